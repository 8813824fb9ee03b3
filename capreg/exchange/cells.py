"""A cell of a list -> the value that a field wants: numbers, days, units, yes and no, as lists write them."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from capreg.model.day import is_day
from capreg.model.kinds import Field
from capreg.model.quantity import QuantityError, convert, shown
from capreg.model.text import fold
from capreg.model.value import Value

NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?", re.ASCII)
# A number with its unit, as a cell has it.
MEASURE = re.compile(r"([+-]?\d[\d.,' \u00a0\u202f\u2009]*?)\s*([^\d\s.,'+-][^\s]*)?", re.ASCII)
WEB = re.compile(r"(https?://)?[^\s@/]+\.[^\W\d_]{2,}([/?:#]\S*)?$")
# Workbooks count days from here (the 29th of February 1900 included, which never was); no list speaks of days before 1930.
FIRST_DAY, EARLIEST, LATEST = date(1899, 12, 30), 11_000, 80_000
YES, NO = {"yes", "y", "true", "1", "x", "si", "s", "vero", "ja"}, {"no", "n", "false", "0", "falso", "nein"}
SHORTEST_TELEPHONE = 6
SOME_DAY = datetime(2026, 11, 22)


class Cell(Exception):
    """A cell cannot become the value that is wanted; says why."""


class Writing(Value):
    """How a list writes numbers and days; None where nobody said it. `unit` is that of numbers without one."""

    decimal: str | None = None
    thousands: str | None = None
    dates: Sequence[str] = ()
    unit: str | None = None


def text_of(value: Any) -> str:
    """Return a cell as the text that it shows: whole numbers without a point, days as ISO 8601 writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return shown(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def number(text: str, writing: Writing) -> Decimal:
    """Return the number of a text.

    Raises:
        Cell: it is none, or could be two.
    """
    decimal = writing.decimal or "."
    said = writing.decimal or writing.thousands
    thousands = writing.thousands or (("." if decimal == "," else ",") if said else "")
    text = text.lstrip("'")
    if " " in text or "\u00a0" in text or "\u202f" in text:
        text = _ungrouped(text.replace("\u00a0", " ").replace("\u202f", " "), " ", decimal)
    if thousands and thousands in text:
        text = _ungrouped(text, thousands, decimal)
    plain = text.replace(decimal, ".") if decimal != "." else text
    if decimal != "." and "." in text or not NUMBER.fullmatch(plain):
        if "," in text and not said:
            raise Cell('a number with a comma; say what the comma is: decimal: "," or thousands: ","')
        raise Cell("not a number")
    return Decimal(plain)


def _ungrouped(text: str, sign: str, decimal: str) -> str:
    """Return a number without the signs between its thousands, if they stand where thousands end."""
    whole, point, rest = text.partition(decimal)
    groups = whole.split(sign)
    is_grouped = all(len(one) == 3 for one in groups[1:]) and 0 < len(groups[0].lstrip("+-")) <= 3
    return "".join(groups) + point + rest if is_grouped else text


def measured(value: Any, field: Field, writing: Writing) -> Decimal:
    """Return a number in the unit of a field: of a number, of a text, of a text with a unit; raises Cell."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found, spelling = Decimal(str(value)), ""
    else:
        text = text_of(value)
        if text.endswith("%"):
            return _share(text, field, writing)
        match = MEASURE.fullmatch(text.strip())
        if match is None:
            raise Cell("not a number")
        found, spelling = number(match[1].strip(), writing), match[2] or ""
    if not spelling and not writing.unit:
        return found
    try:
        return convert(found, spelling or writing.unit, field.unit)
    except QuantityError as error:
        raise Cell(error.sentence) from None


def _share(text: str, field: Field, writing: Writing) -> Decimal:
    found = number(text[:-1].strip(), writing)
    return found / 100 if field.bounds[1] is not None and field.bounds[1] <= 1 else found


def whole_or_not(value: Decimal, type: str) -> int | float:
    """Return a number of the type of a field; raises Cell for one with decimals where a whole one is wanted."""
    if value == value.to_integral_value():
        return int(value)
    if type == "integer":
        raise Cell("not a whole number")
    return float(value)


def day_of(value: Any, writing: Writing) -> str:
    """Return a day as ISO 8601 writes it: of a workbook's day, of a text in one of the ways that were said; raises Cell."""
    if isinstance(value, date):
        return text_of(value)
    text = text_of(value)
    for way in writing.dates:
        try:
            return datetime.strptime(english(text) if "%b" in way.lower() else text, way).date().isoformat()
        except ValueError:
            continue
    if is_day(text[:10]) and (len(text) == 10 or text[10] in "T "):
        return text[:10]
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and EARLIEST < float(text) < LATEST:
        return (FIRST_DAY + timedelta(days=int(float(text)))).isoformat()
    ways = " or ".join(SOME_DAY.strftime(way) for way in writing.dates) or "2026-11-22"
    raise Cell(f"not a day like {ways}")


ITALIAN = {
    "gen": "jan",
    "mag": "may",
    "giu": "jun",
    "lug": "jul",
    "ago": "aug",
    "set": "sep",
    "ott": "oct",
    "dic": "dec",
}
LONG = {"gennaio": "january", "febbraio": "february", "marzo": "march", "aprile": "april", "maggio": "may"}
LONG |= {"giugno": "june", "luglio": "july", "agosto": "august", "settembre": "september", "ottobre": "october"}
LONG |= {"novembre": "november", "dicembre": "december"}
MONTHS = {**ITALIAN, **LONG, "sept": "sep"}


def english(text: str) -> str:
    """Return a day with the names of months as `strptime` knows them: 12 gennaio 2026 is 12 january 2026."""
    return re.sub(r"[^\W\d_]+", lambda match: MONTHS.get(match[0].lower(), match[0]), text)


def flag_of(value: Any) -> bool:
    """Return what a cell says to yes or no, in the words that lists have for these; raises Cell."""
    if isinstance(value, bool):
        return value
    said = fold(text_of(value))
    if said not in YES | NO:
        raise Cell("neither yes nor no")
    return said in YES


def country_of(text: str) -> str:
    """Return the two letters of a country, of its name in one of the languages that lists are written in; raises Cell."""
    from capreg.exchange.countries import country

    if found := country(text):
        return found
    raise Cell("no country that is known by this name")


def website_of(text: str) -> str:
    """Return an address in the web with its scheme; raises Cell for what cannot be one."""
    if not WEB.match(text):
        raise Cell("no address in the web")
    return text if "://" in text else f"https://{text}"


def telephone_of(text: str, prefix: str = "") -> str:
    """Return a telephone number as +, the country's prefix and digits; raises Cell where nothing says the country.

    Args:
        prefix: that of the country, `+39`, for numbers without one; a 0 before them is left out, but in Italy.
    """
    several = [text.split(sign)[0] for sign in ("\n", ";", ",", "/", " ext", " int")]
    first = min((one for one in several if len(re.sub(r"\D", "", one)) >= SHORTEST_TELEPHONE), key=len, default=text)
    digits = re.sub(r"\D", "", first.replace("(0)", ""))
    if first.strip(" (").startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if not prefix:
        raise Cell('a telephone number without the prefix of its country; say it: prefix: "+39"')
    return prefix + (digits if prefix == "+39" else digits.removeprefix("0"))


def year_of(text: str) -> str:
    """Return the year in a text, `2003` of `2003-11-20`; raises Cell where there are none, or two."""
    found = set(re.findall(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", text))
    if len(found) != 1:
        raise Cell("no year, or several")
    return found.pop()


# What a mapping may say with `as`.
WAYS: dict[str, Callable[..., str]] = {
    "country": country_of,
    "telephone": telephone_of,
    "website": website_of,
    "year": year_of,
}
