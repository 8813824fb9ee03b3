"""The verdict on one requirement: meets, fails, or not stated."""

from collections.abc import Iterable
from enum import IntEnum

from capreg.model.value import Value


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


class Verdict(Value):
    """What one record, or one entry of it, says to one requirement.

    `stated` is the value behind it in words, `asked` the amount it is held against; `where` is the pointer to the entry,
    `at` the pointer to the value itself. `margin` is (amount, unit) to spare, negative where a value falls short;
    `gap` is what it falls short by in relation to what was asked. `comfort`, 0 to 1, says how well a
    requirement is met. `distance_km` is the distance from the place that was asked for.
    """

    truth: Truth
    stated: str | None = None
    where: str | None = None
    at: str | None = None
    asked: str | None = None
    margin: tuple[float, str] | None = None
    gap: float | None = None
    comfort: float = 1.0
    distance_km: float | None = None
    requirement: str = ""

    def standing(self, where: str | None, at: str | None) -> "Verdict":
        """Return the verdict with where the entry and the value stand."""
        return Verdict(self.truth, self.stated, where, at, *self[4:])

    def on(self, requirement: str) -> "Verdict":
        """Return the verdict with the words that asked for it."""
        return Verdict(*self[:-1], requirement)

    @property
    def opposite(self) -> "Verdict":
        """The verdict on the requirement's negation."""
        return self._replace(truth=self.truth.opposite, margin=None, gap=None, asked=None, comfort=1.0)

    @property
    def short_by(self) -> tuple[float, str] | None:
        """What a failing value lacks (amount, unit)."""
        if self.truth is not Truth.FAILS or self.margin is None:
            return None
        return -self.margin[0], self.margin[1]


NOT_STATED = Verdict(Truth.NOT_STATED)
FAILS = Verdict(Truth.FAILS)
MEETS = Verdict(Truth.MEETS)


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """OR: the most favourable verdict, the most comfortable and the least short of equals; of none, *fails*."""
    found = list(verdicts)
    return found[0] if len(found) == 1 else max(found, key=_favour, default=FAILS)


def _favour(verdict: Verdict) -> tuple:
    short = -verdict.gap if verdict.gap is not None else float("-inf")
    return verdict.truth, verdict.comfort if verdict.truth is Truth.MEETS else short


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """AND: the least favourable verdict, the first of equals, as comfortable as the least of them; of none, *meets*."""
    found = list(verdicts)
    if len(found) < 2:
        return found[0] if found else MEETS
    first = min(found, key=lambda verdict: verdict.truth)
    comfort = min(one.comfort for one in found)
    return first if first.comfort == comfort else first._replace(comfort=comfort)
