"""Objects within objects as rows whose cells are called by paths."""

from collections.abc import Mapping, Sequence
from typing import Any

from capreg.exchange.mapping import ITSELF


class Nested(dict):
    """An object of a list; its parts are called by paths with dots, `location.address.city`."""

    def __init__(self, found: Mapping[str, Any], also: Mapping[str, list[str]]) -> None:
        super().__init__(found)
        self.also = also

    def get(self, column: str, default: Any = "") -> Any:
        """Return what stands at a path, or at one of its other names; the default where nothing does."""
        for name in (column, *self.also.get(column, ())):
            value = self[name] if name in self else at_path(self, name.split("."))
            if value is not None:
                return value.strip() if isinstance(value, str) else value
        return default


def at_path(value: Any, steps: Sequence[str]) -> Any:
    """Return what stands in an object at the end of some steps, None for nothing."""
    for step in steps:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, Mapping):
            value = dict.get(value, step)
        else:
            return None
    return value


def piece(value: Any, also: Mapping[str, list[str]]) -> Mapping[str, Any]:
    """Return one of several things in a cell as a row of its own: an object's parts, or the thing itself."""
    return Nested(value, also) if isinstance(value, Mapping) else {ITSELF: value}
