"""The answer to a query: the hits, and what each says to what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from capreg.model.kinds import Kind
from capreg.query.match import Match
from capreg.query.verdict import Truth

# The columns that are no fields of a record: how far its site lies from the place that was asked for, and its fit.
DISTANCE = "distance_km"
FIT = "fit"


@dataclass(frozen=True)
class Hit:
    """One record that meets everything, or nearly; cut to the tiers that were searched, and what it says to each requirement."""

    id: str
    document: Mapping[str, Any]
    match: Match

    @property
    def near_miss(self) -> bool:
        """Whether it fails or does not state a requirement."""
        return self.match.truth is not Truth.MEETS


@dataclass(frozen=True)
class Remedy:
    """A record that meets the part which a near miss lacks, and how far it lies from that one; minutes are an estimate."""

    id: str
    document: Mapping[str, Any]
    part: str
    distance_km: float
    minutes: float


@dataclass(frozen=True)
class Found:
    """The answer to a query: all hits by id, the near misses where they were asked for, and what is worth a note.

    `on` is the day that counts, `today` the hub's, from which the age of statements is counted. `left_out` counts the
    files that held no record that could be used; `notes` tell which place a name was taken for.
    """

    kind: Kind
    query: str
    on: date
    today: date
    hits: tuple[Hit, ...]
    left_out: int
    near_misses: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
