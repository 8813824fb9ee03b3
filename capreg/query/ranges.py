"""Ranges as they are typed: `10..50`, `..0.01mm`, `1000m2..`, `>=10`, `500x400x300mm`."""

import re
from decimal import Decimal
from typing import Any

from capreg.errors import UsageError
from capreg.model.day import day
from capreg.model.quantity import convert, split
from capreg.model.value import Value

COMPARISON = re.compile(r"(<=|>=|<|>)(.*)", re.DOTALL)


class RangeError(UsageError):
    """A range that is empty, reversed, or has an end too many or too few."""


class Range(Value):
    """Values from `low` to `high`; None is an open end, `strict` leaves the ends themselves out."""

    low: Any = None
    high: Any = None
    strict: bool = False

    def holds(self, value: Any) -> bool:
        """Whether a value lies in the range."""
        return not self.below(value) and not self.above(value)

    def below(self, value: Any) -> bool:
        """Whether a value lies below the range."""
        return self.low is not None and (value <= self.low if self.strict else value < self.low)

    def above(self, value: Any) -> bool:
        """Whether a value lies above the range."""
        return self.high is not None and (value >= self.high if self.strict else value > self.high)


def numbers(text: str, unit: str | None) -> Range:
    """Return the range of numbers that a value asks for, in the unit of the field.

    One unit after either end holds for both (`1..2cm`).

    Raises:
        QuantityError: an end is no number, or its unit is missing, unknown or of another dimension.
        RangeError: the range is empty or reversed.
    """
    low, high, strict = _ends(text)
    parsed = [split(end) if end else None for end in (low, high)]
    shared = next((spelling for end in reversed(parsed) if end for spelling in [end[1]] if spelling), "")
    return _range(*(convert(end[0], end[1] or shared, unit) if end else None for end in parsed), strict, text)


def days(text: str) -> Range:
    """Return the range of days that a value asks for.

    Raises:
        DayError: an end is no day.
        RangeError: the range is empty or reversed.
    """
    low, high, strict = _ends(text)
    return _range(*(day(end).isoformat() if end else None for end in (low, high)), strict, text)


def sizes(text: str, unit: str) -> tuple[Decimal, ...]:
    """Return three lengths, the longest first, of `500x400x300mm`.

    Raises:
        QuantityError: a length is no number, or its unit is missing or wrong.
        RangeError: there are not three, or one is not above zero.
    """
    parts = [split(part) for part in re.split(r"\s*[x×]\s*", text.strip())]
    if len(parts) != 3:
        raise RangeError(f"'{text[:40]}' is not a size", "Write three lengths and the unit: 500x400x300mm.")
    shared = parts[2][1]
    lengths = tuple(sorted((convert(number, spelling or shared, unit) for number, spelling in parts), reverse=True))
    if lengths[-1] <= 0:
        raise RangeError(f"'{text[:40]}' is not a size: a length must be above zero")
    return lengths


def _ends(text: str) -> tuple[str, str, bool]:
    compared = COMPARISON.fullmatch(text.strip())
    if compared:
        sign, end = compared[1], compared[2].strip()
        return ("", end, sign == "<") if sign[0] == "<" else (end, "", sign == ">")
    low, dots, high = (part.strip() for part in text.partition(".."))
    return (low, high, False) if dots else (low, low, False)


def _range(low: Any, high: Any, strict: bool, text: str) -> Range:
    if low is None and high is None:
        raise RangeError(f"the range '{text[:40]}' has no end")
    if low is not None and high is not None and low > high:
        raise RangeError(f"the range '{text[:40]}' is reversed", "Write the smaller end first.")
    return Range(low, high, strict)
