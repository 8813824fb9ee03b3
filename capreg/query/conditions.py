"""What a value of a field means for what is asked: one class for each way of searching a field.

Every class is made `read` from the values that were typed (any of them will do) and `judge`s a stated value; `whole`
says that a list is one value to it. `MEANINGS` maps the schema's `search.as` to its class; `validity` has none, it is
not asked but implied.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.text import fold
from capreg.model.value import Value
from capreg.query.amounts import AtLeast, AtMost, Contains, Envelope, Number
from capreg.query.asking import Asking
from capreg.query.near import Near
from capreg.query.phrases import Text
from capreg.query.ranges import Range, days
from capreg.query.verdict import Truth, Verdict

# Days; what is valid for so long is as comfortable as can be.
YEAR = 365
FLAGS = {"yes": "yes", "true": "yes", "si": "yes", "no": "no", "false": "no"}


class Exact(Value):
    """A text that is one of those asked, whatever its case and accents; yes and no for a flag."""

    texts: frozenset[str]

    whole = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Exact":
        """Return the condition; raises UsageError for a flag that is asked for by neither yes nor no."""
        texts = frozenset(fold(value.strip()) for value in values)
        return cls(frozenset(map(_flag, texts)) if field.type == "boolean" else texts)

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated text or flag."""
        stated = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return Verdict(Truth.MEETS if fold(stated) in self.texts else Truth.FAILS, stated)


class WordOf(Value):
    """A word of a vocabulary: met by itself, all below it and all that include it; a broader word leaves it open."""

    meeting: frozenset[str]
    above: frozenset[str]

    whole = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "WordOf":
        """Return the condition; raises UnknownWordError or AmbiguousWordError for what is no word."""
        vocabulary = asking.vocabularies[field.search.words]
        ids = [vocabulary.find(value) for value in values]
        meeting = frozenset().union(*(vocabulary.meeting(one) for one in ids))
        return cls(meeting, frozenset().union(*(vocabulary.above(one) for one in ids)))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated word."""
        return Verdict(self.truth((value,)), value)

    def truth(self, values: Iterable[str]) -> Truth:
        """Return the most favourable truth of stated words."""
        if not self.meeting.isdisjoint(values):
            return Truth.MEETS
        return Truth.FAILS if self.above.isdisjoint(values) else Truth.NOT_STATED


class Date(Value):
    """A day within any of the ranges asked."""

    ranges: tuple[Range, ...]

    whole = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Date":
        """Return the condition; raises DayError or RangeError for what is no range of days."""
        return cls(tuple(days(value) for value in values))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated day."""
        return Verdict(Truth.MEETS if any(one.holds(value) for one in self.ranges) else Truth.FAILS, value)


def _flag(text: str) -> str:
    if text not in FLAGS:
        raise UsageError(f"'{text[:40]}' is neither yes nor no", f"Write one of: {', '.join(FLAGS)}.")
    return FLAGS[text]


MEANINGS = {
    "number": Number,
    "at-most": AtMost,
    "at-least": AtLeast,
    "contains": Contains,
    "envelope": Envelope,
    "exact": Exact,
    "word": WordOf,
    "text": Text,
    "date": Date,
    "place": Near,
}


def validity(since: str | None, until: str | None, on: date) -> Verdict:
    """Return whether a statement of a period holds on a day; without its last day that is not stated."""
    if since is not None and since > on.isoformat():
        early = (date.fromisoformat(since) - on).days
        return Verdict(Truth.FAILS, f"from {since}", margin=(-float(early), "d"), gap=early / YEAR)
    if until is None:
        return Verdict(Truth.NOT_STATED, "no last day stated")
    left = (date.fromisoformat(until) - on).days
    if left >= 0:
        return Verdict(
            Truth.MEETS, f"until {until}", margin=(float(left), "d"), comfort=round(min(1.0, left / YEAR), 6)
        )
    return Verdict(Truth.FAILS, f"lapsed {until}", margin=(float(left), "d"), gap=-left / YEAR)
