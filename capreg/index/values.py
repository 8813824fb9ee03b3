"""Values of a record as the index holds them, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from capreg.index.layout import Column

LARGEST = 1 << 63
Stored = None | int | float | str | bytes


def stored(holder: Mapping[str, Any], column: Column) -> Stored:
    """Return what a column holds of the record or the entry in which its value stands, None where that is not stated."""
    value: Any = holder
    for step in column.path:
        if step == "*":
            break
        value = value.get(step) if isinstance(value, Mapping) else None
        if value is None:
            return None
    return _written(value if column.is_plain else _pruned(holder, (column.path, *column.beside)))


def read(value: Stored) -> Any:
    """Return the value that a column holds."""
    return orjson.loads(value) if isinstance(value, bytes) else value


def _written(value: Any) -> Stored:
    """Return a number or a text as it is, anything else as JSON: also what SQLite would not give back alike."""
    if isinstance(value, (str, float)) or type(value) is int and -LARGEST <= value < LARGEST:
        return value
    return orjson.dumps(value)


def _pruned(value: Any, paths: Sequence[tuple[str, ...]]) -> Any:
    """Return a value with nothing but what stands at some paths, so that it can be judged as in the whole record."""
    if any(not path for path in paths):
        return value
    if isinstance(value, list):
        return [_pruned(entry, [path[1:] for path in paths]) for entry in value]
    below = {key: [path[1:] for path in paths if path[0] == key] for key in dict.fromkeys(path[0] for path in paths)}
    return {key: _pruned(value[key], rest) for key, rest in below.items() if key in value}
