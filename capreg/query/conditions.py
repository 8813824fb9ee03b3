"""What a value of a field means for what is asked: one class for each way of searching a field.

Every class is made `read` from the values that were typed (any of them will do) and `judge`s a stated value.
`MEANINGS` maps the schema's `search.as` to its class; `validity` has none, it is not asked but implied.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from capreg.errors import UsageError
from capreg.model.kinds import Field, Kind
from capreg.model.place import Position
from capreg.model.quantity import UNITS, QuantityError, convert, decimal, shown, split
from capreg.model.text import fold, tokens
from capreg.model.vocabulary import Vocabulary
from capreg.query.places import Places
from capreg.query.ranges import Range, RangeError, days, numbers, sizes
from capreg.query.verdict import MEETS, Truth, Verdict, best


@dataclass(frozen=True)
class Asking:
    """What a query is asked of: the kind, its vocabularies, the places known, the day that counts."""

    kind: Kind
    vocabularies: dict[str, Vocabulary]
    places: Places
    on: date
    internal: bool = False


def _with_unit(number: Decimal, unit: str | None) -> str:
    return f"{shown(number)} {unit}" if unit else shown(number)


def _in_range(ranges: tuple[Range, ...], number: Decimal, unit: str | None) -> Verdict:
    stated = _with_unit(number, unit)
    if any(one.holds(number) for one in ranges):
        return Verdict(Truth.MEETS, stated)
    gaps = [one.low - number if one.below(number) else number - one.high for one in ranges]
    return Verdict(Truth.FAILS, stated, short_by=(float(min(gaps)), unit or ""))


@dataclass(frozen=True)
class Number:
    """A number within any of the ranges asked."""

    ranges: tuple[Range, ...]
    unit: str | None

    whole: ClassVar[bool] = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Number":
        """Return the condition; raises QuantityError or RangeError for values that are no such range."""
        return cls(tuple(cls.checked(numbers(value, field.unit), value) for value in values), field.unit)

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the range as this way of searching understands it."""
        return one

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated number."""
        return _in_range(self.ranges, decimal(value), self.unit)


class AtMost(Number):
    """A limit that is held, or finer: tolerance, roughness, lead time."""

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the limit; it has one end, the upper."""
        if one.high is None or one.low is not None and one.low != one.high:
            raise RangeError(f"'{text[:40]}' asks for more than a limit", f"Write the limit alone: ..{text.rpartition('..')[2] or text.partition('..')[0]}")
        return Range(None, one.high, one.strict)


class AtLeast(Number):
    """An amount that is there, or more: hours, loads, forces."""

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the amount; it has one end, the lower."""
        if one.low is None or one.high is not None and one.low != one.high:
            raise RangeError(f"'{text[:40]}' asks for more than a least amount", f"Write the amount alone: {text.partition('..')[0] or text.rpartition('..')[2]}")
        return Range(one.low, None, one.strict)


@dataclass(frozen=True)
class Contains(Number):
    """A stated range {min, max} that holds all that is asked; without min it begins at nothing."""

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the range; both its ends are needed."""
        if one.low is None or one.high is None:
            raise RangeError(f"'{text[:40]}' has an open end that says nothing", f"Write the value alone: {text.strip('.<>= ')}")
        return one

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated range; an upper end that is not stated leaves it open."""
        low = decimal(value["min"]) if "min" in value else None
        high = decimal(value["max"]) if "max" in value else None
        return best(self._one(asked, low, high) for asked in self.ranges)

    def _one(self, asked: Range, low: Decimal | None, high: Decimal | None) -> Verdict:
        stated = f"{'' if low is None else shown(low)}..{'' if high is None else _with_unit(high, self.unit)}"
        gap = max(low - asked.low if low is not None else 0, asked.high - high if high is not None else 0)
        if gap > 0:
            return Verdict(Truth.FAILS, stated, short_by=(float(gap), self.unit or ""))
        return Verdict(Truth.MEETS if high is not None else Truth.NOT_STATED, stated)


@dataclass(frozen=True)
class Envelope:
    """Three lengths that fit into the stated three in one of the six axis-parallel orientations."""

    sizes: tuple[tuple[Decimal, ...], ...]
    unit: str

    whole: ClassVar[bool] = True

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Envelope":
        """Return the condition; raises QuantityError or RangeError for what is no size."""
        return cls(tuple(sizes(value, field.unit) for value in values), field.unit)

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated size; longest against longest decides for all orientations."""
        stated = sorted((decimal(length) for length in value), reverse=True)
        text = f"{' x '.join(shown(decimal(length)) for length in value)} {self.unit}"
        gap = min(max(asked - held for asked, held in zip(size, stated, strict=True)) for size in self.sizes)
        return Verdict(Truth.MEETS, text) if gap <= 0 else Verdict(Truth.FAILS, text, short_by=(float(gap), self.unit))


@dataclass(frozen=True)
class Exact:
    """A text that is one of those asked, whatever its case and accents; yes and no for a flag."""

    texts: frozenset[str]

    whole: ClassVar[bool] = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Exact":
        """Return the condition."""
        return cls(frozenset(fold(value.strip()) for value in values))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated text or flag."""
        stated = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return Verdict(Truth.MEETS if fold(stated) in self.texts else Truth.FAILS, stated)


@dataclass(frozen=True)
class WordOf:
    """A word of a vocabulary: met by itself, all below it and all that include it; a broader word leaves it open."""

    meeting: frozenset[str]
    above: frozenset[str]

    whole: ClassVar[bool] = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "WordOf":
        """Return the condition; raises UnknownWordError or AmbiguousWordError for what is no word."""
        vocabulary = asking.vocabularies[field.search.words]
        ids = [vocabulary.find(value) for value in values]
        meeting = frozenset().union(*(vocabulary.meeting(one) for one in ids))
        return cls(meeting, frozenset().union(*(vocabulary.above(one) for one in ids)))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated word."""
        if value in self.meeting:
            return Verdict(Truth.MEETS, value)
        return Verdict(Truth.NOT_STATED if value in self.above else Truth.FAILS, value)


@dataclass(frozen=True)
class Text:
    """Words that stand in a text one after the other; a `*` at the end makes the last one a prefix."""

    phrases: tuple[tuple[tuple[str, ...], bool], ...]

    whole: ClassVar[bool] = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field | None, asking: Asking | None) -> "Text":
        """Return the condition; raises UsageError for a value without a letter or digit."""
        return cls(tuple((_words(value), value.rstrip().endswith("*")) for value in values))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated text."""
        return Verdict(Truth.MEETS if self.stands_in(tokens(str(value))) else Truth.FAILS, str(value))

    def stands_in(self, words: list[str]) -> bool:
        """Whether any of the phrases stands in the folded words of a text."""
        return any(_stands(phrase, prefix, words) for phrase, prefix in self.phrases)


def _words(value: str) -> tuple[str, ...]:
    found = tuple(tokens(value))
    if not found:
        raise UsageError(f"'{value[:40]}' holds no word to look for")
    return found


def _stands(phrase: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    first, size = phrase[0], len(phrase)
    if size == 1:
        return any(word.startswith(first) for word in words) if prefix else first in words
    return any(_same(phrase, prefix, words[at : at + size]) for at in range(len(words) - size + 1))


def _same(phrase: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    last = words[-1].startswith(phrase[-1]) if prefix else words[-1] == phrase[-1]
    return last and tuple(words[:-1]) == phrase[:-1]


@dataclass(frozen=True)
class Date:
    """A day within any of the ranges asked."""

    ranges: tuple[Range, ...]

    whole: ClassVar[bool] = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Date":
        """Return the condition; raises DayError or RangeError for what is no range of days."""
        return cls(tuple(days(value) for value in values))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated day."""
        return Verdict(Truth.MEETS if any(one.holds(value) for one in self.ranges) else Truth.FAILS, value)


@dataclass(frozen=True)
class Near:
    """A position within a radius of a place, on the great circle."""

    place: Position
    radius_km: float

    whole: ClassVar[bool] = True

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Near":
        """Return the condition.

        Raises:
            UsageError: there is no radius, or no place before it.
            UnknownPlaceError, AmbiguousPlaceError: the place's name leads to none, or to several.
        """
        *place, radius = [part.strip() for value in values for part in value.split(",")]
        if not place:
            raise UsageError("the radius is missing", "Write the place, then how far around it: Bologna,100km or 44.49,11.34,50km.")
        return cls(_position(place, asking.places), _radius_km(radius))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated position, with its distance."""
        distance = self.place.distance_km(Position(**{key: value[key] for key in ("latitude", "longitude")}))
        gap = distance - self.radius_km
        verdict = Verdict(Truth.MEETS if gap <= 0 else Truth.FAILS, f"{distance:.1f} km", distance_km=distance)
        return verdict if gap <= 0 else Verdict(verdict.truth, verdict.stated, None, (round(gap, 3), "km"), distance)


def _radius_km(text: str) -> float:
    number, spelling = split(text)
    if number <= 0:
        raise UsageError(f"a radius of {text} reaches nothing")
    if spelling in UNITS and UNITS[spelling][0] == "time":
        raise QuantityError("a radius in time is not known here", "Write a distance: 60km.")
    return float(convert(number, spelling, "km"))


def _position(parts: list[str], places: Places) -> Position:
    if len(parts) == 2 and all(part[:1] in "+-.0123456789" for part in parts):
        latitude, longitude = (float(convert(*split(part), None)) for part in parts)
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Position(latitude, longitude)
        raise UsageError(f"{','.join(parts)} is not a position", "Write the latitude (-90 to 90), then the longitude (-180 to 180).")
    if len(parts) > 2:
        raise UsageError(f"'{','.join(parts)[:60]}' is not one place", "Write PLACE, PLACE,COUNTRY or LATITUDE,LONGITUDE before the radius.")
    return places.find(*parts)


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
        return Verdict(Truth.FAILS, f"from {since}")
    if until is None:
        return Verdict(Truth.NOT_STATED, "no last day stated")
    if until >= on.isoformat():
        return MEETS
    late = (on - date.fromisoformat(until)).days
    return Verdict(Truth.FAILS, f"lapsed {until}", short_by=(float(late), "d"))
