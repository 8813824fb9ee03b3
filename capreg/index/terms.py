"""Terms of SQL: scores put together, words, numbers."""

from collections.abc import Iterable
from decimal import Decimal
from math import inf, nextafter

from capreg.index.layout import Column
from capreg.index.values import LARGEST
from capreg.model.kinds import Field
from capreg.model.quantity import decimal
from capreg.query.amounts import Number
from capreg.query.conditions import WordOf
from capreg.query.ranges import Range
from capreg.query.way import FULL_SCORE, MEETS_SCORE, NOT_STATED_SCORE

# How many arguments SQLite takes for one call.
MOST_ARGUMENTS = 100
# No number is greater (IEEE 754, binary64).
GREATEST = "1.7976931348623157e308"


def least(terms: Iterable[str]) -> str:
    """Return AND: the least of some scores."""
    return _of("min", list(terms))


def greatest(terms: Iterable[str]) -> str:
    """Return OR: the greatest of some scores."""
    return _of("max", list(terms))


def _of(function: str, terms: list[str]) -> str:
    if not terms:
        return str(FULL_SCORE if function == "min" else 0)
    if len(terms) > MOST_ARGUMENTS:
        return _of(function, [_of(function, terms[:MOST_ARGUMENTS]), *terms[MOST_ARGUMENTS:]])
    return terms[0] if len(terms) == 1 else f"{function}({', '.join(terms)})"


def after(first: list[str], then: list[str]) -> list[str]:
    """Return what must all hold, some of it looked at only where the rest holds; SQLite looks into other tables last."""
    return (
        [f"CASE WHEN {' AND '.join(first)} THEN {' AND '.join(then)} ELSE 0 END"] if first and then else [*first, *then]
    )


def total(terms: Iterable[str]) -> str:
    """Return the sum of some terms."""
    return f"({' + '.join(terms) or '0'})"


def opposite(term: str) -> str:
    """Return NOT of a score."""
    return f"CASE {term} WHEN 0 THEN {FULL_SCORE} WHEN {NOT_STATED_SCORE} THEN {NOT_STATED_SCORE} ELSE 0 END"


def quoted(words: Iterable[str]) -> str:
    """Return words as a list of SQL texts."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words))


def told(field: Field, column: Column, condition: object, held: str, judged: str) -> str | None:
    """Return whether what a column holds meets a condition, None where SQLite itself cannot tell.

    Args:
        judged: the score of what the column holds, for what may be of another type than the field's.
    """
    if not column.is_plain:
        return None
    if isinstance(condition, WordOf) and field.type == "string":
        term = f"{held} IN ({quoted(condition.meeting)})"
        return _judged_if(f"typeof({held}) = 'blob'", judged, term) if field.is_mixed else term
    if (
        isinstance(condition, Number)
        and field.type in ("number", "integer")
        and not any(map(_is_large, condition.ranges))
    ):
        ranges = " OR ".join(f"({within(asked, held)})" for asked in condition.ranges)
        # To SQLite every text, and all that stands as JSON, is more than any number.
        return _judged_if(f"{held} > {GREATEST}", judged, f"({ranges})") if field.is_mixed else f"({ranges})"
    return None


def lasting(first: str, last: str, day: str, judged: str) -> str:
    """Return whether a period from one column to another holds on a day (ISO 8601), which may be written otherwise there."""
    return _judged_if(
        f"{last} NOT GLOB '????-??-??'", judged, f"({first} IS NULL OR {first} <= '{day}') AND {last} >= '{day}'"
    )


def _judged_if(odd: str, judged: str, term: str) -> str:
    """Return a term, what is odd being judged instead of compared."""
    return f"CASE WHEN {odd} THEN {judged} >= {MEETS_SCORE} ELSE {term} END"


def _is_large(asked: Range) -> bool:
    """Whether an end lies where a column holds whole numbers as texts."""
    return any(end is not None and abs(end) >= LARGEST for end in (asked.low, asked.high))


def within(asked: Range, held: str) -> str:
    """Return whether a number lies in a range, as SQLite compares numbers: decimals by the binary numbers next to them."""
    low = [] if asked.low is None else [f"{held} >= {_bound(asked.low, asked.strict, up=True)}"]
    high = [] if asked.high is None else [f"{held} <= {_bound(asked.high, asked.strict, up=False)}"]
    return " AND ".join([*low, *high])


def _bound(end: Decimal, strict: bool, up: bool) -> str:
    """Return the outermost number, as a record may state it, that still lies within an end of a range."""
    if not strict and end == int(end) and abs(end) < LARGEST:
        return str(int(end))
    number = float(end)
    inside = Decimal.__gt__ if up else Decimal.__lt__
    while not (inside(decimal(number), end) or decimal(number) == end and not strict):
        number = nextafter(number, inf if up else -inf)
    return repr(number)
