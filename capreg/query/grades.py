"""Tolerance grades and classes -> millimetres at a nominal size.

Sources: ISO 286-1:2010, table 1 (standard tolerance grades); ISO 2768-1:1989, table 1 (linear dimensions), whose
permissible deviations are taken as they are printed, for one direction.
"""

import re
from decimal import Decimal

from capreg.model.quantity import shown
from capreg.query.ranges import RangeError

# A limit may be written as one: `..it7`. Compiled on use.
GRADE = r"(?i)(?:\.\.|<=)?\s*(?:it ?-?(01|0|[1-9]|1[0-8])|iso ?-?2768(?:-1)?[- ]?([fmcv]))"
NAMED = r"(?i)it|iso|[a-z]{1,2}\d"
LIMITS = ".<= "

# The upper ends of the ranges of nominal sizes, in millimetres: over the one before, up to and including.
SIZES = (3, 6, 10, 18, 30, 50, 80, 120, 180, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150)
# In micrometres.
GRADES = {
    "01": "0.3 0.4 0.4 0.5 0.6 0.6 0.8 1 1.2 2 2.5 3 4",
    "0": "0.5 0.6 0.6 0.8 1 1 1.2 1.5 2 3 4 5 6",
    "1": "0.8 1 1 1.2 1.5 1.5 2 2.5 3.5 4.5 6 7 8 9 10 11 13 15 18 22 26",
    "2": "1.2 1.5 1.5 2 2.5 2.5 3 4 5 7 8 9 10 11 13 15 18 21 25 30 36",
    "3": "2 2.5 2.5 3 4 4 5 6 8 10 12 13 15 16 18 21 24 29 35 41 50",
    "4": "3 4 4 5 6 7 8 10 12 14 16 18 20 22 25 28 33 39 46 55 68",
    "5": "4 5 6 8 9 11 13 15 18 20 23 25 27 32 36 40 47 55 65 78 96",
    "6": "6 8 9 11 13 16 19 22 25 29 32 36 40 44 50 56 66 78 92 110 135",
    "7": "10 12 15 18 21 25 30 35 40 46 52 57 63 70 80 90 105 125 150 175 210",
    "8": "14 18 22 27 33 39 46 54 63 72 81 89 97 110 125 140 165 195 230 280 330",
    "9": "25 30 36 43 52 62 74 87 100 115 130 140 155 175 200 230 260 310 370 440 540",
    "10": "40 48 58 70 84 100 120 140 160 185 210 230 250 280 320 360 420 500 600 700 860",
    "11": "60 75 90 110 130 160 190 220 250 290 320 360 400 440 500 560 660 780 920 1100 1350",
    "12": "100 120 150 180 210 250 300 350 400 460 520 570 630 700 800 900 1050 1250 1500 1750 2100",
    "13": "140 180 220 270 330 390 460 540 630 720 810 890 970 1100 1250 1400 1650 1950 2300 2800 3300",
    "14": "250 300 360 430 520 620 740 870 1000 1150 1300 1400 1550 1750 2000 2300 2600 3100 3700 4400 5400",
    "15": "400 480 580 700 840 1000 1200 1400 1600 1850 2100 2300 2500 2800 3200 3600 4200 5000 6000 7000 8600",
    "16": "600 750 900 1100 1300 1600 1900 2200 2500 2900 3200 3600 4000 4400 5000 5600 6600 7800 9200 11000 13500",
    "17": "1000 1200 1500 1800 2100 2500 3000 3500 4000 4600 5200 5700 6300 7000 8000 9000 10500 12500 15000 17500 21000",
    "18": "1400 1800 2200 2700 3300 3900 4600 5400 6300 7200 8100 8900 9700 11000 12500 14000 16500 19500 23000 28000 33000",
}
CLASS_SIZES = (3, 6, 30, 120, 400, 1000, 2000, 4000)
# In millimetres; "-" where the standard gives none. Below 0.5 mm it gives none at all.
CLASSES = {
    "f": "0.05 0.05 0.1 0.15 0.2 0.3 0.5 -",
    "m": "0.1 0.1 0.2 0.3 0.5 0.8 1.2 2",
    "c": "0.2 0.3 0.5 0.8 1.2 2 3 4",
    "v": "- 0.5 1 1.5 2.5 4 6 8",
}
SMALLEST_OF_A_CLASS = Decimal("0.5")


def is_named(text: str) -> bool:
    """Whether a text is meant as a grade or a class, of which it may be none that there is."""
    named = text.strip().lstrip(LIMITS)
    return named[:1].isalpha() and re.match(NAMED, named) is not None


def grade_mm(text: str, nominal_mm: Decimal) -> Decimal:
    """Return the tolerance, in millimetres, that a grade or class stands for at a nominal size in millimetres.

    Raises:
        RangeError: there is no such grade, or the standard's table gives no value there.
    """
    found = re.fullmatch(GRADE, text.strip())
    if found is None:
        raise RangeError(
            f"'{text[:40]}' is no tolerance grade",
            "Write one such as it7 or iso2768-f; there are it01 to it18, and f, m, c, v.",
        )
    grade, letter = found.groups()
    if grade:
        value, scale = _entry(GRADES[grade], SIZES, nominal_mm), Decimal("0.001")
    elif nominal_mm < SMALLEST_OF_A_CLASS:
        value, scale = "-", Decimal(1)
    else:
        value, scale = _entry(CLASSES[letter.lower()], CLASS_SIZES, nominal_mm), Decimal(1)
    if value == "-":
        raise RangeError(
            f"{text} is not defined for a nominal size of {shown(nominal_mm)} mm", "Write the limit in millimetres."
        )
    return Decimal(value) * scale


def _entry(row: str, sizes: tuple[int, ...], nominal_mm: Decimal) -> str:
    at = sum(size < nominal_mm for size in sizes)
    values = row.split()
    return values[at] if at < len(values) and nominal_mm > 0 else "-"
