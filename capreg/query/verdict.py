"""The verdict on one requirement: meets, fails, or not stated."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum


class Truth(IntEnum):
    """Kleene's three values: AND is the least, OR the greatest, NOT turns around the middle."""

    FAILS = 0
    NOT_STATED = 1
    MEETS = 2

    @property
    def opposite(self) -> "Truth":
        """NOT of the value; of *not stated*, *not stated*."""
        return Truth(2 - self)

    @property
    def phrase(self) -> str:
        """The value in words: `meets`, `fails`, `not stated`."""
        return self.phrase_of[self]


Truth.phrase_of = {Truth.FAILS: "fails", Truth.NOT_STATED: "not stated", Truth.MEETS: "meets"}


@dataclass(frozen=True)
class Verdict:
    """What one record, or one entry of it, says to one requirement.

    `stated` is the value behind it in words, `where` the pointer to it, `short_by` what a failing number lacks
    (amount, unit), `distance_km` the distance that a place was asked for.
    """

    truth: Truth
    stated: str | None = None
    where: str | None = None
    short_by: tuple[float, str] | None = None
    distance_km: float | None = None
    requirement: str = ""

    @property
    def opposite(self) -> "Verdict":
        """The verdict on the requirement's negation."""
        return replace(self, truth=self.truth.opposite, short_by=None)


NOT_STATED = Verdict(Truth.NOT_STATED)
FAILS = Verdict(Truth.FAILS)
MEETS = Verdict(Truth.MEETS)


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """OR: the most favourable verdict, the first of equals; of none, *fails*."""
    return max(verdicts, key=lambda verdict: verdict.truth, default=FAILS)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """AND: the least favourable verdict, the first of equals; of none, *meets*."""
    return min(verdicts, key=lambda verdict: verdict.truth, default=MEETS)
