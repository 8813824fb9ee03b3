"""Numbers with units, exactly: decimals, never binary floats."""

import re
from decimal import Decimal

from capreg.errors import UsageError

NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)"
QUANTITY = re.compile(rf"({NUMBER})\s*([^\d\s.,+-]\S*)?", re.ASCII)
LONGEST_NUMBER = 24

# Units by dimension, each with its factor to the dimension's first unit (SI brochure, 9th edition; inch, foot,
# mile and pound by the international agreement of 1959; mechanical horsepower 550 ft lbf/s).
DIMENSIONS = {
    "units of length": {
        "mm": "1",
        "um": "0.001",
        "cm": "10",
        "dm": "100",
        "m": "1000",
        "km": "1000000",
        "in": "25.4",
        "ft": "304.8",
        "mi": "1609344",
    },
    "units of area": {"m2": "1", "cm2": "0.0001", "ha": "10000", "ft2": "0.09290304"},
    "units of mass": {"kg": "1", "g": "0.001", "t": "1000", "lb": "0.45359237"},
    "units of power": {"kW": "1", "W": "0.001", "MW": "1000", "hp": "0.7456998715822702"},
    "units of time": {"h": "1", "min": "0.016666666666666666666666667", "d": "24", "wk": "168"},
    "units of force": {"kN": "1", "N": "0.001", "MN": "1000"},
    "units of rotation": {"rpm": "1"},
    "units of share": {"ppm": "1"},
    "units of volume": {"l": "1", "cm3": "0.001", "m3": "1000"},
    "units of pressure": {"bar": "1", "MPa": "10", "kPa": "0.01"},
    "units of voltage": {"V": "1", "kV": "1000"},
    "units of current": {"A": "1"},
}
SPELLINGS = {"µm": "um", "μm": "um", "m²": "m2", "cm²": "cm2", "ft²": "ft2", "w": "wk", "week": "wk", "weeks": "wk"}
SPELLINGS |= {"day": "d", "days": "d", "hours": "h", "hour": "h"}
UNITS = {
    unit: (dimension, Decimal(factor)) for dimension, units in DIMENSIONS.items() for unit, factor in units.items()
}
BY_LOWER_CASE = {unit.lower(): unit for unit in UNITS}
# A small m before these would be a thousandth, not a million.
NO_MILLI = ("mw", "mn")


class QuantityError(UsageError):
    """A number or its unit cannot be read as the field needs it."""


def unit_named(spelling: str) -> str | None:
    """Return the unit that a spelling means (`µm`, `MM`, `weeks`), or None."""
    if spelling in UNITS:
        return spelling
    lower = spelling.lower()
    return None if lower in NO_MILLI else SPELLINGS.get(lower) or BY_LOWER_CASE.get(lower)


def decimal(value: int | float) -> Decimal:
    """Return the number of a record as the decimal that its file shows."""
    return Decimal(str(value))


def split(text: str) -> tuple[Decimal, str]:
    """Return the number and the unit's spelling ("" where none stands) of `0.01mm`.

    Raises:
        QuantityError: it is no number, is absurdly long, or has a decimal comma.
    """
    match = QUANTITY.fullmatch(text.strip())
    if match is None or len(match[1]) > LONGEST_NUMBER:
        raise QuantityError(
            f"'{text[:40]}' is not a number", "Write a number with a decimal point and its unit: 0.01mm."
        )
    return Decimal(match[1]), match[2] or ""


def convert(number: Decimal, spelling: str, unit: str | None) -> Decimal:
    """Return the number in the unit of the field.

    Args:
        number: as typed.
        spelling: the unit as typed, "" for none.
        unit: the unit in which the field stands, None where it has none.

    Raises:
        QuantityError: the unit is missing, unknown, not wanted, or of another dimension.
    """
    if unit is None:
        if spelling:
            raise QuantityError(f"this field has no unit, yet '{spelling}' was given")
        return number
    if not spelling:
        raise QuantityError("the unit is missing", f"Write {number}{unit}, or another of the {UNITS[unit][0]}.")
    named = unit_named(spelling)
    dimension, factor = UNITS[unit]
    if named is None or UNITS[named][0] != dimension:
        what = "unknown" if named is None else f"not among the {dimension}"
        raise QuantityError(
            f"the unit '{spelling[:20]}' is {what}", f"The {dimension}: {', '.join(DIMENSIONS[dimension])}."
        )
    return number * UNITS[named][1] / factor


def shown(number: Decimal | int | float) -> str:
    """Return a number as people write it: no exponent, no needless zeros."""
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
