"""Statements: who stated a value of a record, how and when, and who verified it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from capreg.model.kinds import Kind
from capreg.model.record import STATEMENTS, entry_named


def day_of(kind: Kind, key: str) -> str:
    """Return the property of a statement that holds the day which belongs to another one of it, as its schema says."""
    return kind.at((STATEMENTS, "*", key)).dated


def with_statement(
    kind: Kind, document: Mapping[str, Any], pointer: str, source: str, method: str | None, on: date
) -> dict[str, Any]:
    """Return a record with a statement about the value at a pointer; what was verified of an earlier one is left out."""
    said = {"source": source, "method": method, day_of(kind, "about"): on.isoformat()}
    return _with(document, pointer, {"about": pointer, **{key: value for key, value in said.items() if value}})


def with_verification(
    kind: Kind, document: Mapping[str, Any], pointer: str, by: str, how: str, on: date
) -> dict[str, Any]:
    """Return a record whose statement about the value at a pointer says who verified it.

    Where there is none, it is made: of the nearest one that speaks of the value too, else as stated by who verified it.
    """
    known = _nearest(document, pointer) or {"source": by, day_of(kind, "about"): on.isoformat()}
    kept = {key: known[key] for key in ("source", "method", day_of(kind, "about")) if key in known}
    verified = {day_of(kind, "verified_by"): on.isoformat(), "verified_by": by, "verified_how": how}
    return _with(document, pointer, {"about": pointer, **kept, **verified})


def without_statements(document: Mapping[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """Return a record, from which what stands at a path is to be taken, without the statements about that.

    Where it is an entry of a list, those about later entries that have no id name them by their new positions.
    """
    kept = []
    for one in document.get(STATEMENTS, ()):
        steps = _named(document, one["about"])
        if steps[: len(path)] != path:
            kept.append({**one, "about": _moved(one["about"], steps, path)})
    return {**document, STATEMENTS: kept} if STATEMENTS in document else dict(document)


def _moved(pointer: str, steps: tuple[str | int, ...], path: tuple[str | int, ...]) -> str:
    """Return a pointer to a later entry, named by its position, as it is when the entry at a path is taken out."""
    *around, at = path
    last = len(around)
    if not isinstance(at, int) or steps[:last] != tuple(around):
        return pointer
    if len(steps) <= last or not isinstance(steps[last], int) or steps[last] <= at:
        return pointer
    told = pointer.split("/")
    if told[last + 1] == str(steps[last]):
        told[last + 1] = str(steps[last] - 1)
    return "/".join(told)


def _with(document: Mapping[str, Any], pointer: str, statement: Mapping[str, Any]) -> dict[str, Any]:
    """Put a statement in the place of the one about the same value, or after all others."""
    statements = list(document.get(STATEMENTS, ()))
    there = [at for at, one in enumerate(statements) if _named(document, one["about"]) == _named(document, pointer)]
    at = there[-1] if there else len(statements)
    statements[at : at + 1] = [dict(statement)]
    return {**document, STATEMENTS: statements}


def _nearest(document: Mapping[str, Any], pointer: str) -> Mapping[str, Any] | None:
    """Return the statement that speaks of a value most nearly, the last of equals."""
    place = _named(document, pointer)
    found = [
        (len(about), at)
        for at, one in enumerate(document.get(STATEMENTS, ()))
        if place[: len(about := _named(document, one["about"]))] == about
    ]
    return document[STATEMENTS][max(found)[1]] if found else None


def _named(document: Any, pointer: str) -> tuple[str | int, ...]:
    """Return the steps of a pointer with the entries of lists by position, however it names them."""
    steps: list[str | int] = []
    for step in pointer.split("/")[1:]:
        if isinstance(document, list):
            entry = entry_named(document, step)
            step = next((at for at, one in enumerate(document) if one is entry), step)
            document = entry
        else:
            document = document.get(step) if isinstance(document, Mapping) else None
        steps.append(step)
    return tuple(steps)
