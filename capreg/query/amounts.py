"""Conditions on numbers: amounts, limits, ranges and sizes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from capreg.model.kinds import Field
from capreg.model.quantity import decimal, shown
from capreg.query.asking import Asking
from capreg.query.ranges import Range, RangeError, numbers, sizes
from capreg.query.verdict import Truth, Verdict, best


def _with_unit(number: Decimal, unit: str | None) -> str:
    return f"{shown(number)} {unit}" if unit else shown(number)


def _in_range(ranges: tuple[Range, ...], number: Decimal, unit: str | None) -> Verdict:
    stated = _with_unit(number, unit)
    if any(one.holds(number) for one in ranges):
        return Verdict(Truth.MEETS, stated)
    gaps = [one.low - number if one.below(number) else number - one.high for one in ranges]
    return Verdict(Truth.FAILS, stated, short_by=(float(min(gaps)), unit or ""))


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


@dataclass(frozen=True)
class Number:
    """A number within any of the ranges asked."""

    ranges: tuple[Range, ...]
    unit: str | None

    whole: ClassVar[bool] = False

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
        return _in_range(self.ranges, decimal(value), self.unit)


class AtMost(Number):
    """A limit that is held, or finer: tolerance, roughness, lead time."""

    @staticmethod
    def checked(one: Range, text: str) -> Range:
        """Return the limit; it has one end, the upper."""
        if one.high is None or one.low is not None and one.low != one.high:
            raise RangeError(
                f"'{text[:40]}' asks for more than a limit",
                f"Write the limit alone: ..{_ends(text)[-1]}",
            )
        return Range(None, one.high, one.strict)


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


@dataclass(frozen=True)
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
        return best(self._one(asked, low, high) for asked in self.ranges)

    def _one(self, asked: Range, low: Decimal | None, high: Decimal | None) -> Verdict:
        ends = "" if low is None else shown(low), "" if high is None else shown(high)
        stated = f"{'..'.join(ends)} {self.unit or ''}".rstrip()
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
        found = [sizes(value, field.unit) for value in values]
        for size, value in zip(found, values, strict=True):
            _refuse_outside(field, value, Range(size[0], size[-1]))
        return cls(tuple(found), field.unit)

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated size; longest against longest decides for all orientations."""
        stated = sorted((decimal(length) for length in value), reverse=True)
        text = f"{' x '.join(shown(decimal(length)) for length in value)} {self.unit}"
        gap = min(max(asked - held for asked, held in zip(size, stated, strict=True)) for size in self.sizes)
        return Verdict(Truth.MEETS, text) if gap <= 0 else Verdict(Truth.FAILS, text, short_by=(float(gap), self.unit))
