"""One way in which a record meets a question, by certain entries and a certain site; and the best of several."""

from collections.abc import Callable, Sequence
from math import inf

from capreg.model.value import Value
from capreg.query.question import Item
from capreg.query.verdict import Truth, Verdict, worst

# Scores are whole numbers, so that sums are exact in whatever order they are made, by the matcher and by the index.
FULL_SCORE = 2_000_000
MEETS_SCORE = 1_000_000
NOT_STATED_SCORE = 500_000


def score(verdict: Verdict) -> int:
    """Return what a verdict adds to the fit: 0 for a failure, 1/4 of the full score for silence, from 1/2 up by comfort.

    Scores stand in the order of the verdicts they are of, so that AND is the least and OR the greatest of them.
    """
    if verdict.truth is Truth.MEETS:
        return met_score(verdict.comfort)
    return NOT_STATED_SCORE if verdict.truth is Truth.NOT_STATED else 0


def met_score(comfort: float) -> int:
    """Return the score of what is met with a comfort from 0 to 1."""
    return MEETS_SCORE + round(comfort * MEETS_SCORE)


def fit_of(total: int, count: int) -> float:
    """Return the mean of `count` scores in relation to the full score, rounded half up to three decimals; of none, 1."""
    return (2_000 * total + FULL_SCORE * count) // (2 * FULL_SCORE * count) / 1_000 if count else 1.0


class Way(Value):
    """The verdicts of one way to meet a question, and what they come to.

    `unmet` are the positions in the query of the terms that are not met; `score` is the sum of the scores. `truth` may be
    more favourable than the verdicts shown, where another way fails nothing but shows less.
    """

    truth: Truth
    verdicts: tuple[Verdict, ...] = ()
    unmet: frozenset[int] = frozenset()
    score: int = 0
    site: int = 0

    @classmethod
    def of(cls, items: Sequence[Item], verdicts: Sequence[Verdict]) -> "Way":
        """Return the way that some items are met together, by the verdict on each."""
        pairs = zip(items, verdicts, strict=True)
        unmet = frozenset(item.position for item, one in pairs if one.truth is not Truth.MEETS)
        truth = min((one.truth for one in verdicts), default=Truth.MEETS)
        return cls(truth, tuple(verdicts), unmet, sum(map(score, verdicts)))

    def beside(self, other: "Way") -> "Way":
        """Return both together: AND."""
        truth = min(self.truth, other.truth)
        verdicts = (*self.verdicts, *other.verdicts)
        return Way(truth, verdicts, self.unmet | other.unmet, self.score + other.score, self.site)

    @property
    def verdict(self) -> Verdict:
        """All the verdicts as one."""
        return worst(self.verdicts)._replace(truth=self.truth)

    @property
    def distance_km(self) -> float:
        """The distance of the place asked for, 0 where none was."""
        return min((one.distance_km for one in self.verdicts if one.distance_km is not None), default=0.0)

    @property
    def gap(self) -> float:
        """By how much the verdicts fall short together, in relation to what was asked; endless where one is no amount."""
        short = (one for one in self.verdicts if one.truth is Truth.FAILS)
        return sum(inf if one.gap is None else one.gap for one in short)


Rank = Callable[[Way], tuple]


def most_met(way: Way) -> tuple:
    """Rank ways by how many terms they meet, then by how many they state."""
    return -len(way.unmet), sum(one.truth for one in way.verdicts)


def most_comfortable(way: Way) -> tuple:
    """Rank ways by their score alone, as preferences are, which need not be met."""
    return (way.score,)


def of_several(ways: Sequence[Way], rank: Rank) -> Way:
    """OR: the way that is shown is the nearest of the best, the most comfortable and the least short of equally near ones.

    Its score is the highest that any of the best reaches, its truth the most favourable of all.
    """
    top = max(map(rank, ways))
    equal = [way for way in ways if rank(way) == top]
    shown = min(equal, key=lambda way: (way.distance_km, -way.score, way.gap))
    return shown._replace(truth=max(way.truth for way in ways), score=max(way.score for way in equal))
