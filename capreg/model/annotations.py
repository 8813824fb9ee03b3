"""The annotations of a schema -> the kind that they describe."""

from collections.abc import Mapping

from capreg.model.kinds import Field, Kind, Search, Tier


def read_kind(id: str, schema: Mapping) -> Kind:
    """Return the kind that a schema without references describes; `model.sound` says whether it makes sense."""
    said = schema["capreg"]["kind"]
    rest = {key: said[key] for key in ("folder", "label", "title")}
    return Kind(
        id=id,
        labels=said.get("labels", said["label"]),
        columns=tuple(said["columns"]),
        root=_field((), schema, None),
        **rest,
    )


def _field(path: tuple[str, ...], schema: Mapping, above: Tier | None) -> Field:
    note = {key: value for key, value in schema.get("capreg", {}).items() if key != "kind"}
    own = Tier[note.pop("tier")] if "tier" in note else None
    stated = max((tier for tier in (above, own) if tier is not None), default=None)
    search = Search.read(note.pop("search")) if "search" in note else None
    below = {
        key: _field((*path, key), one, stated)
        for key, one in schema.get("properties", {}).items()
        if isinstance(one, Mapping)
    }
    items = schema.get("items")
    return Field(
        path=path,
        tier=Tier.confidential if stated is None else stated,
        search=search,
        type=_type(schema),
        may_be_null="null" in _types(schema),
        is_mixed=len({*_types(schema)} - {"null"}) > 1,
        bounds=_bounds(schema),
        examples=tuple(schema.get("examples", ())),
        properties=below,
        items=_field((*path, "*"), items, stated) if isinstance(items, Mapping) else None,
        **note,
    )


def _bounds(schema: Mapping) -> tuple[float | None, float | None]:
    """Return the least and the greatest number that a value, or a part of it, may be."""
    parts = [one for one in (*schema.get("properties", {}).values(), schema.get("items")) if isinstance(one, Mapping)]
    found = [schema, *parts] if schema.get("type") in ("number", "integer") else parts
    lows = [one[key] for one in found for key in ("minimum", "exclusiveMinimum") if key in one]
    highs = [one[key] for one in found for key in ("maximum", "exclusiveMaximum") if key in one]
    return min(lows, default=None), max(highs, default=None)


def _type(schema: Mapping) -> str | None:
    return next((one for one in _types(schema) if one != "null"), None)


def _types(schema: Mapping) -> list[str]:
    types = schema.get("type", [])
    return types if isinstance(types, list) else [types]
