"""Places in a record, as people write them: `capacity.spare[0].hours_week`, `machines[dmu-65]`, `/capacity/spare/5-axis`."""

import re
from collections.abc import Mapping
from typing import Any

from capreg.errors import CapregError, ExitCode, nearest
from capreg.model.kinds import Field, Kind, UnknownFieldError
from capreg.model.record import entry_named, entry_step
from capreg.model.value import Value

WRITTEN = re.compile(r"[\w-]+(\.[\w-]+|\[[^\[\]]+\])*")
STEP = re.compile(r"[\w-]+|\[([^\[\]]+)\]")


class UnknownEntryError(CapregError):
    """A list of the record has no such entry, or the record states nothing there."""

    exit_code = ExitCode.MISSING


class Place(Value):
    """A place in a record: its field, the way to it by keys and positions, and what a pointer calls it."""

    field: Field
    path: tuple[str | int, ...]
    pointer: str


def place(kind: Kind, document: Mapping[str, Any], written: str) -> Place:
    """Return the place that is written, as a path with dots or as a pointer; `/` is the whole record.

    The position after the last entry of a list is where a new entry would stand.

    Raises:
        UnknownFieldError: the kind has no such field; names the nearest.
        UnknownEntryError: the list has no such entry.
    """
    field, value, path, pointer = kind.root, document, (), ""
    for step in _steps(written):
        if field.items is not None:
            at = _position(value if isinstance(value, list) else [], step, written)
            field = field.items
            value = value[at] if isinstance(value, list) and at < len(value) else None
            path, pointer = (*path, at), f"{pointer}/{entry_step(value, at)}"
        elif step in field.properties:
            field = field.properties[step]
            value = value.get(step) if isinstance(value, Mapping) else None
            path, pointer = (*path, step), f"{pointer}/{step}"
        else:
            hint = nearest(step, field.properties)
            raise UnknownFieldError(f"'{written[:100]}': {kind.labels['en']} have no field '{step[:60]}' there", hint)
    return Place(field, path, pointer)


def _steps(written: str) -> list[str]:
    if written.startswith("/"):
        return [step for step in written.split("/") if step]
    if not WRITTEN.fullmatch(written):
        raise UnknownFieldError(
            f"'{written[:100]}' is no place in a record",
            "Write it as capacity.spare[0].hours_week, or machines[dmu-65].",
        )
    return [match[1] or match[0] for match in STEP.finditer(written)]


def _position(entries: list, step: str, written: str) -> int:
    entry = entry_named(entries, step)
    if entry is not None:
        return next(at for at, one in enumerate(entries) if one is entry)
    if step == str(len(entries)):
        return len(entries)
    named = [entry_step(one, at) for at, one in enumerate(entries)]
    raise UnknownEntryError(f"'{written[:100]}': there is no entry '{step[:60]}'", nearest(step, named))


def value_at(document: Any, path: tuple[str | int, ...]) -> Any:
    """Return what stands at a path of keys and positions, None where nothing does."""
    for step in path:
        if isinstance(document, list):
            document = document[step] if isinstance(step, int) and step < len(document) else None
        else:
            document = document.get(step) if isinstance(document, Mapping) else None
    return document


def with_value(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return a document with a value at a path; what lies between is made, what was there stays as it is."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        entries = list(document or [])
        entries[step : step + 1] = [with_value(entries[step] if step < len(entries) else None, tuple(rest), value)]
        return entries
    known = document or {}
    return {**known, step: with_value(known.get(step), tuple(rest), value)}


def without(document: Any, path: tuple[str | int, ...]) -> Any:
    """Return a document without what stands at a path."""
    step, *rest = path
    if rest:
        kept = without(document[step], tuple(rest))
        return with_value(document, (step,), kept)
    if isinstance(document, list):
        return [one for at, one in enumerate(document) if at != step]
    return {key: value for key, value in document.items() if key != step}
