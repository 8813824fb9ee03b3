"""The answer to a query: the hits, and what each says to what was asked."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from capreg.model.day import today
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.query.match import Match
from capreg.query.verdict import Truth

# The columns that are no fields of a record: how far its site lies from the place that was asked for, and its fit.
DISTANCE = "distance_km"
FIT = "fit"
# More hits than this are no page that would be kept.
PAGE = 256


class Met(Value):
    """What is known of a record that meets everything before it is judged: its fit, its distance where one was asked.

    `site` is the position in its list of the site that serves best.
    """

    fit: float
    distance_km: float | None
    site: int


class Hit:
    """One record that meets everything, or nearly; cut to the tiers that were searched, and what it says to each requirement."""

    def __init__(
        self, id: str, document: Mapping[str, Any], judged: Callable[[Mapping[str, Any]], Match], met: Met | None = None
    ) -> None:
        """Take what judges the record, which it does when it is first asked what `met` does not say."""
        self.id, self.document, self._judged, self._met = id, document, judged, met

    @cached_property
    def match(self) -> Match:
        """What the record says to each requirement."""
        return self._judged(self.document)

    @property
    def fit(self) -> float:
        """Its fit, 0 to 1."""
        return (self._met or self.match).fit

    @property
    def distance_km(self) -> float | None:
        """The distance to the place asked for, None where there is none."""
        return (self._met or self.match).distance_km

    @property
    def site(self) -> int:
        """The position in its list of the site that serves best."""
        return (self._met or self.match).site

    @property
    def near_miss(self) -> bool:
        """Whether it fails or does not state a requirement."""
        return self._met is None and self.match.truth is not Truth.MEETS


Read = Callable[[Sequence[int]], Iterable[tuple[int, Hit]]]


class Hits(Sequence):
    """The hits in their order, four bytes each; a record is read when it is looked at.

    Only those of a page are kept, as they were when the question was answered. What is read later and meets the question
    no more, since it was changed meanwhile, is passed over.
    """

    def __init__(self, records: array, read: Read, read_page: Read) -> None:
        """Take what reads records one by one, and what reads a page of them."""
        self.records, self._read, self._read_page = records, read, read_page
        self._kept: dict[int, Hit] = {}

    def keep(self, page: slice) -> None:
        """Read the hits of a page now, unless they are too many for one."""
        wanted = self.records[page]
        if len(wanted) <= PAGE:
            self._kept.update(self._read_page(wanted))

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, at):
        if isinstance(at, slice):
            part = Hits(self.records[at], self._read, self._read_page)
            part._kept = self._kept
            return part
        return next(iter(self[at : at + 1 if at != -1 else None]))

    def __iter__(self) -> Iterator[Hit]:
        for rec in self.records:
            if rec in self._kept:
                yield self._kept[rec]
            else:
                yield from (hit for _, hit in self._read((rec,)) if not hit.near_miss)


class Holding(Value):
    """How many records of a kind an index holds, and how many files hold none that can be used."""

    kind: str
    records: int
    left_out: int


class Remedy(Value):
    """A record that meets the part which a near miss lacks, and how far it lies from that one; minutes are an estimate."""

    id: str
    document: Mapping[str, Any]
    part: str
    distance_km: float
    minutes: float


class Found(Value):
    """The answer to a query: all hits in the order asked for, the near misses where they were asked for, and what is worth a note.

    `on` is the day that counts, `zone` the hub's time zone. `left_out` counts the
    files that held no record that could be used; `notes` tell which place a name was taken for. `measured` says
    whether the hits have a distance.
    """

    kind: Kind
    query: str
    on: date
    zone: str
    hits: Sequence[Hit]
    left_out: int
    near_misses: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    measured: bool = False

    @property
    def today(self) -> date:
        """The hub's day, from which the age of statements is counted."""
        return today(self.zone)
