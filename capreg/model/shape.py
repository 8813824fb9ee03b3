"""Whether a document has the shape that a kind describes: that much must hold for labels and units to fit what stands in it."""

from collections.abc import Mapping
from typing import Any

from capreg.model.kinds import Field, Kind
from capreg.model.value import Value

TYPES = {
    "object": Mapping,
    "array": list,
    "string": str,
    "boolean": bool,
    "number": (int, float),
    "integer": (int, float),
}


class Shaped(Value):
    """A kind without its schema, as a bundle knows it, where records are cut: what must be stated may be missing in them."""

    kind: Kind

    def fits(self, document: Any) -> bool:
        """Whether a document has the shape of the kind."""
        return _fits(self.kind.root, document)


def _fits(field: Field, value: Any) -> bool:
    if value is None:
        return field.is_leaf and not (field.search and field.search.words) and field.path[-1:] != ("*",)
    if not isinstance(value, _type(field)):
        return False
    below = [(one, value[key]) for key, one in field.properties.items() if key in value]
    below += [(field.items, entry) for entry in value] if field.items else []
    return all(_fits(*one) for one in below)


def _type(field: Field) -> Any:
    return Mapping if field.properties else list if field.items else TYPES.get(field.type, object)
