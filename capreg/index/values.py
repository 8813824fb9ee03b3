"""Values of a record as the index holds them, and back."""

from collections.abc import Mapping
from typing import Any

import orjson

from capreg.index.layout import Column, Table, Tree

LARGEST = 1 << 63
PLAIN = (str, float, type(None))
Stored = None | int | float | str | bytes


def row(holder: Mapping[str, Any], table: Table) -> tuple[Stored, ...]:
    """Return what the columns of a table hold of the record or the entry in which their values stand."""
    under = map(holder.get, table.keys)
    plain = [value if type(value) in PLAIN else written(value) for value in under]
    # Most of what stands deeper is not there at all, which the first step tells.
    deeper = [
        stored(holder, column) if first is None or holder.get(first) is not None else None
        for first, column in table.others
    ]
    return (*plain, *deeper)


def stored(holder: Mapping[str, Any], column: Column) -> Stored:
    """Return what a column holds of the record or the entry in which its value stands, None where that is not stated."""
    value: Any = holder
    for step in column.way:
        value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
    return written(value if column.is_plain else _pruned(holder, column.tree))


def read(value: Stored) -> Any:
    """Return the value that a column holds."""
    return orjson.loads(value) if isinstance(value, bytes) else value


def written(value: Any) -> Stored:
    """Return a number or a text as it is, anything else as JSON: also what SQLite would not give back alike."""
    sort = type(value)
    if sort is str or sort is float or sort is int and -LARGEST <= value < LARGEST:
        return value
    return orjson.dumps(value)


def _pruned(value: Any, tree: Tree) -> Any:
    """Return a value with nothing but what stands in a tree of keys, so that it can be judged as in the whole record."""
    if not tree:
        return value
    if isinstance(value, list):
        return [_pruned(entry, tree["*"]) for entry in value]
    return {key: _pruned(value[key], below) for key, below in tree.items() if key in value}
