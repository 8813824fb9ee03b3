"""How old a statement is: on which day a value of a record was stated, and whether that is too long ago."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from capreg.model.day import later
from capreg.model.kinds import Field, Kind
from capreg.model.record import STATEMENTS, entry_named
from capreg.model.value import Value


class Evidence(Value):
    """The day on which a value was stated, its age in days, and whether it is older than its schema lets it be."""

    stated_on: str
    age_days: int
    is_stale: bool


def evidence(kind: Kind, document: Mapping[str, Any], pointer: str, on: date) -> Evidence | None:
    """Return the evidence for the value at a pointer on a day, None where nothing says when it was stated.

    The day stands in the entry itself where the schema names one (`dated`), else in the most specific of the
    statements about the value, the latest of equals.
    """
    ways = list(_ways(kind.root, document, pointer))
    field, value, _ = ways[-1]
    stated_on = _own_day(field, ways) or _day_of_statement(kind, document, pointer)
    if stated_on is None or value is None:
        return None
    limit = next((one.stale_after for one, _, _ in reversed(ways) if one is not None and one.stale_after), None)
    day = date.fromisoformat(stated_on)
    return Evidence(stated_on, (on - day).days, limit is not None and later(day, limit) < on)


def verified_on(kind: Kind, document: Mapping[str, Any], pointer: str) -> str | None:
    """Return the last day on which somebody verified the value at a pointer, or what it is part of; None where nobody did."""
    if STATEMENTS not in kind.root.properties:
        return None
    day, place = kind.at((STATEMENTS, "*", "verified_by")).dated, _steps(document, pointer)
    statements = [one for one in document.get(STATEMENTS, ()) if day in one]
    abouts = ((_steps(document, one["about"]), one[day]) for one in statements)
    return max((verified for about, verified in abouts if place[: len(about)] == about), default=None)


def _ways(root: Field | None, document: Any, pointer: str) -> Iterator[tuple[Field | None, Any, str | int]]:
    """Yield each place on the way to a pointer: its field, its value, and how its holder calls it."""
    field, value = root, document
    yield field, value, ""
    for step in pointer.split("/")[1:]:
        if isinstance(value, list):
            entry = entry_named(value, step)
            called = value.index(entry) if entry is not None else step
            field, value = field.items if field else None, entry
        else:
            called = step
            field = field.properties.get(step) if field else None
            value = value.get(step) if isinstance(value, Mapping) else None
        yield field, value, called


def _own_day(field: Field | None, ways: list[tuple]) -> str | None:
    if field is None or not field.dated or len(ways) < 2:
        return None
    return ways[-2][1].get(field.dated)


def _day_of_statement(kind: Kind, document: Mapping[str, Any], pointer: str) -> str | None:
    statements = document.get(STATEMENTS)
    if not statements:
        return None
    dated = kind.at((STATEMENTS, "*", "about")).dated
    place = _steps(document, pointer)
    abouts = ((_steps(document, one["about"]), one.get(dated)) for one in statements)
    found = [(len(about), day) for about, day in abouts if day and place[: len(about)] == about]
    return max(found)[1] if found else None


def _steps(document: Any, pointer: str) -> tuple:
    """Return a pointer's steps with the entries of lists by position, however it names them."""
    return tuple(called for _, _, called in _ways(None, document, pointer))
