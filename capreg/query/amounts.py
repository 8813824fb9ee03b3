"""Conditions on numbers: amounts, limits, ranges and sizes."""

from decimal import Decimal
from typing import Any

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.quantity import convert, decimal, shown
from capreg.model.value import Value
from capreg.query.asking import Asking
from capreg.query.grades import grade_mm, is_named
from capreg.query.ranges import Range, RangeError, numbers, sizes
from capreg.query.verdict import Truth, Verdict, best


def _with_unit(number: Decimal, unit: str | None) -> str:
    return f"{shown(number)} {unit}" if unit else shown(number)


def _ends(text: str) -> list[str]:
    """Return the ends of a range as they were typed, without its signs."""
    return [end for part in text.split("..") if (end := part.strip("<>= "))]


def _refuse_outside(field: Field, text: str, asked: Range) -> None:
    """Raise RangeError for a range that holds no number which the field's schema lets a record state."""
    low, high = field.bounds
    if low is not None and asked.high is not None and asked.high < decimal(low):
        raise RangeError(f"'{text[:40]}' is less than the minimum of {_with_unit(decimal(low), field.unit)}")
    if high is not None and asked.low is not None and asked.low > decimal(high):
        raise RangeError(f"'{text[:40]}' is more than the maximum of {_with_unit(decimal(high), field.unit)}")


def _rest(part: Decimal, whole: Decimal) -> float:
    """Return 1 - part / whole, what is left of a whole; nothing of nothing."""
    return round(float(1 - part / whole), 6) if whole > 0 else 0.0


class Number(Value):
    """A number within any of the ranges asked; `names` says what a range was called where it was not typed as numbers."""

    ranges: tuple[Range, ...]
    unit: str | None
    names: tuple[str, ...] = ()

    whole = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Number":
        """Return the condition; raises QuantityError or RangeError for values that are no such range."""
        ranges = [cls.checked(numbers(value, field.unit), value) for value in values]
        for one, value in zip(ranges, values, strict=True):
            _refuse_outside(field, value, one)
        return cls(tuple(ranges), field.unit)

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the range as this way of searching understands it."""
        return one

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated number."""
        held = decimal(value)
        return best(self.compared(asked, held, self._asked(at)) for at, asked in enumerate(self.ranges))

    def compared(self, asked: Range, held: Decimal, words: str) -> Verdict:
        """Return the verdict on a number for one of the ranges, which in words is `words`."""
        stated = _with_unit(held, self.unit)
        if asked.holds(held):
            return Verdict(Truth.MEETS, stated, asked=words, **self.ease(asked, held))
        short, end = (asked.low - held, asked.low) if asked.below(held) else (held - asked.high, asked.high)
        return self.short(stated, words, short, end)

    def ease(self, asked: Range, held: Decimal) -> dict[str, Any]:
        """Return the comfort and the margin of a number that meets a range: within a range all are as good."""
        return {}

    def short(self, stated: str, words: str, short: Decimal, of: Decimal) -> Verdict:
        """Return the verdict on what falls short of an end."""
        gap = float(abs(short / of)) if of else float(short)
        margin = (-float(short), self.unit or "")
        return Verdict(Truth.FAILS, stated, asked=words, margin=margin, gap=round(gap, 6))

    def _asked(self, at: int) -> str:
        one = self.ranges[at]
        ends = list(dict.fromkeys(shown(end) for end in (one.low, one.high) if end is not None))
        text = f"{'..'.join(ends)} {self.unit or ''}".rstrip()
        return f"{text} ({self.names[at]})" if self.names else text


class AtMost(Number):
    """A limit that is held, or finer: tolerance, roughness, lead time."""

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "AtMost | Graded":
        """Return the condition; raises QuantityError or RangeError for values that are no limit."""
        if field.search.nominal and any(map(is_named, values)):
            return Graded(values, field, asking)
        return super().read(values, field, asking)

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the limit; it has one end, the upper."""
        if one.high is None or one.low is not None and one.low != one.high:
            raise RangeError(
                f"'{text[:40]}' asks for more than a limit",
                f"Write the limit alone: ..{_ends(text)[-1]}",
            )
        return Range(None, one.high, one.strict)

    def ease(self, asked: Range, held: Decimal) -> dict[str, Any]:
        """The finer, the more comfortable."""
        return {"comfort": _rest(held, asked.high), "margin": (float(asked.high - held), self.unit or "")}


class AtLeast(Number):
    """An amount that is there, or more: hours, loads, forces."""

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the amount; it has one end, the lower."""
        if one.low is None or one.high is not None and one.low != one.high:
            raise RangeError(
                f"'{text[:40]}' asks for more than a least amount",
                f"Write the amount alone: {_ends(text)[0]}",
            )
        return Range(one.low, None, one.strict)

    def ease(self, asked: Range, held: Decimal) -> dict[str, Any]:
        """The more, the more comfortable."""
        return {"comfort": _rest(asked.low, held), "margin": (float(held - asked.low), self.unit or "")}


class Graded(Value):
    """A limit in tolerance grades or classes, which is none before a nominal size is known."""

    values: tuple[str, ...]
    field: Field
    asking: Asking

    def at(self, nominal_mm: Decimal | None) -> AtMost:
        """Return the limit at a nominal size in millimetres.

        Raises:
            UsageError: there is none, or the standard gives no value for it.
        """
        if nominal_mm is None:
            names = " or ".join(f"{name}:" for name in self.field.search.nominal)
            raise UsageError("a grade needs a nominal size", f"Ask for {names} in the same part.")
        read = [self._limit(value, nominal_mm) for value in self.values]
        return AtMost(tuple(limit for limit, _ in read), self.field.unit, tuple(name for _, name in read))

    def _limit(self, value: str, nominal_mm: Decimal) -> tuple[Range, str]:
        if not is_named(value):
            return AtMost.read((value,), self.field, self.asking).ranges[0], value
        limit = convert(grade_mm(value, nominal_mm), "mm", self.field.unit)
        return Range(None, limit), f"{value.upper()} at {shown(nominal_mm)} mm"


class Contains(Number):
    """A stated range {min, max} that holds all that is asked; without min it begins at nothing."""

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the range; both its ends are needed."""
        if one.low is None or one.high is None:
            raise RangeError(
                f"'{text[:40]}' has an open end that says nothing", f"Write the value alone: {_ends(text)[0]}"
            )
        return one

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated range; an upper end that is not stated leaves it open."""
        low = decimal(value["min"]) if "min" in value else None
        high = decimal(value["max"]) if "max" in value else None
        return best(self._holding(asked, low, high, self._asked(at)) for at, asked in enumerate(self.ranges))

    def _holding(self, asked: Range, low: Decimal | None, high: Decimal | None, words: str) -> Verdict:
        ends = "" if low is None else shown(low), "" if high is None else shown(high)
        stated = f"{'..'.join(ends)} {self.unit or ''}".rstrip()
        below = low - asked.low if low is not None else -asked.low
        above = asked.high - high if high is not None else None
        if max(below, above or 0) > 0:
            return self.short(stated, words, *((below, asked.low) if below >= (above or 0) else (above, asked.high)))
        if high is None:
            return Verdict(Truth.NOT_STATED, stated)
        comfort = min(_rest(asked.high, high), _rest(low, asked.low) if low and asked.low else 1.0)
        return Verdict(
            Truth.MEETS, stated, asked=words, comfort=comfort, margin=(float(-max(below, above)), self.unit or "")
        )


class Envelope(Value):
    """Three lengths that fit into the stated three in one of the six axis-parallel orientations."""

    sizes: tuple[tuple[Decimal, ...], ...]
    unit: str

    whole = True

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Envelope":
        """Return the condition; raises QuantityError or RangeError for what is no size."""
        found = [sizes(value, field.unit) for value in values]
        for size, value in zip(found, values, strict=True):
            _refuse_outside(field, value, Range(size[0], size[-1]))
        return cls(tuple(found), field.unit)

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated size; longest against longest decides for all orientations."""
        held = sorted((decimal(length) for length in value), reverse=True)
        return best(self._fitting(asked, held, self._words(value)) for asked in self.sizes)

    def _fitting(self, asked: tuple[Decimal, ...], held: list[Decimal], stated: str) -> Verdict:
        pairs = list(zip(asked, held, strict=True))
        margin = min(there - needed for needed, there in pairs)
        said = {"stated": stated, "asked": self._words(asked), "margin": (float(margin), self.unit)}
        if margin >= 0:
            return Verdict(Truth.MEETS, **said, comfort=min(_rest(needed, there) for needed, there in pairs))
        gap = max((needed - there) / needed for needed, there in pairs)
        return Verdict(Truth.FAILS, **said, gap=round(float(gap), 6))

    def _words(self, lengths: Any) -> str:
        return f"{' x '.join(shown(length) for length in lengths)} {self.unit}"
