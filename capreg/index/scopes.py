"""What a translation stands in, and what it comes to."""

from collections.abc import Mapping

from capreg.index.layout import Path
from capreg.model.kinds import Field
from capreg.model.value import Value
from capreg.query.conditions import WordOf
from capreg.query.way import MEETS_SCORE


class Scope(Value):
    """The aliases of the rows that stand for their lists, and the condition on the head of the part."""

    rows: Mapping[Path, str]
    head: WordOf | None = None

    def within(self, together: Field, alias: str) -> "Scope":
        """Return the scope in which a row stands for its list."""
        return self._replace(rows={**self.rows, together.path: alias})


class Term(Value):
    """One thing asked as SQL: its score, and whether it is met, which is what a record is found by."""

    score: str
    met: str

    @classmethod
    def of(cls, score: str, met: str | None = None) -> "Term":
        """Return a term; that it is met can always be told by its score, if by nothing that is sooner looked at."""
        return cls(score, met or f"{score} >= {MEETS_SCORE}")


class Sums(Value):
    """The answer to a question as SQL: what must hold, the sum of the scores, how many requirements are not met at least.

    `met` and `score` are of a record that meets all; `unmet` may be too low, never too high. `distance` is that of the
    place asked for.
    """

    met: list[str]
    score: str
    unmet: str
    distance: str
