"""Finding one's way in the schema of a kind."""

from collections.abc import Mapping, Sequence
from typing import Any


def schema_at(schema: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """Return the part of a schema, without references, that describes the field at a path."""
    for step in path:
        schema = schema["items"] if step == "*" else schema["properties"][step]
    return schema
