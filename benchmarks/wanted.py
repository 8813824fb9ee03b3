"""What capreg is to reach: ratios of rows within one run, and the memory of a search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peers import (
    CHECK,
    CLICK,
    LARGER,
    LARGEST,
    PARSE,
    READ,
    REBUILD,
    REFRESH,
    SEARCH,
    SHOW,
    SHOWN,
    SMALLER,
    TABLE,
    UTILS,
    VOCABULARY,
)

MEMORY_MB = "peak memory"
Measures = Mapping[str, float]


@dataclass(frozen=True)
class Wanted:
    """A ratio of one row to another that must be reached, and one that is aimed at; `firms` where one size is meant."""

    what: str
    row: str
    against: str
    must: float
    aim: float
    firms: int | None = None


@dataclass(frozen=True)
class Reached:
    """What was measured of what is wanted, at one size; None where it could not be."""

    wanted: Wanted
    firms: int
    measured: float | None

    @property
    def verdict(self) -> str:
        """How that compares: `aim`, `must`, `missed` or `not measured`."""
        if self.measured is None:
            return "not measured"
        if self.measured <= self.wanted.aim:
            return "aim"
        return "must" if self.measured <= self.wanted.must else "missed"


WANTED = (
    Wanted("piped search", SEARCH, CLICK, 1.75, 1.3, 10_000),
    Wanted("piped search", SEARCH, CLICK, 1.5, 0.9, 100_000),
    Wanted("piped search", SEARCH, UTILS, 0.6, 0.3),
    Wanted("table on a terminal", SHOWN, TABLE, 1.3, 1.0),
    Wanted("show", SHOW, READ, 1.5, 1.1),
    Wanted("vocabulary", VOCABULARY, READ, 1.5, 1.1),
    Wanted("check of all", CHECK, PARSE, 2, 1.25),
    Wanted("building the index", REBUILD, PARSE, 6, 3),
    Wanted("after one changed file", REFRESH, SEARCH, 1.3, 1.1, 10_000),
    Wanted("equally many hits", LARGER, SMALLER, 2, 1.2, 1_000_000),
    Wanted("peak memory of a search, MB", MEMORY_MB, "", 40, 25, 100_000),
)


def reached(measured: Mapping[int, Measures]) -> Iterator[Reached]:
    """Yield what was reached at each size measured, by the measures of each."""
    for wanted in WANTED:
        for firms, measures in measured.items():
            if wanted.firms == firms or (wanted.firms is None and firms <= LARGEST):
                yield Reached(wanted, firms, _figure(wanted, measures))


def _figure(wanted: Wanted, measures: Measures) -> float | None:
    if wanted.row not in measures:
        return None
    if not wanted.against:
        return measures[wanted.row]
    return measures[wanted.row] / measures[wanted.against] if wanted.against in measures else None
