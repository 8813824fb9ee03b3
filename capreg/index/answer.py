"""The answer to a query: the hits, and what each says to what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from capreg.model.kinds import Kind
from capreg.query.match import Match

# The column that is no field of a record: how far its site lies from the place that was asked for.
DISTANCE = "distance_km"


@dataclass(frozen=True)
class Hit:
    """One record that meets everything, cut to the tiers that were searched, and what it says to each requirement."""

    id: str
    document: Mapping[str, Any]
    match: Match


@dataclass(frozen=True)
class Found:
    """The answer to a query: all hits, by id, and how many files held no record that could be used."""

    kind: Kind
    query: str
    on: date
    hits: tuple[Hit, ...]
    left_out: int
