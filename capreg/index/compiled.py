"""Kinds, settings and places as the index keeps them, so that no schema is read to answer a query."""

from typing import Any

import orjson

from capreg.model.kinds import Field, Kind, Search, Tier
from capreg.model.place import Place, Position, Travel, Way
from capreg.model.settings import Settings

KIND = ("id", "folder", "label", "labels", "title", "columns")
FIELD = (
    "label", "unit", "unless", "together", "refers", "serves", "work", "dated", "stale_after", "type", "is_mixed",
    "bounds", "examples",
)  # fmt: skip
TUPLES = {"bounds", "examples"}
TIERS = tuple(Tier)


def kind_written(kind: Kind) -> bytes:
    """Return a kind as bytes."""
    return orjson.dumps({**{key: getattr(kind, key) for key in KIND}, "root": _field_written(kind.root)})


def kind_read(data: bytes) -> Kind:
    """Return the kind that bytes hold."""
    said = orjson.loads(data)
    return Kind(**{**said, "columns": tuple(said["columns"]), "root": _field_read((), said["root"])})


def _field_written(field: Field) -> dict[str, Any]:
    said = {key: getattr(field, key) for key in FIELD}
    usual = Field((), Tier.short)
    found = {key: value for key, value in said.items() if value != getattr(usual, key)}
    found["tier"] = int(field.tier)
    if field.search:
        found["search"] = list(field.search)
    if field.properties:
        found["properties"] = {key: _field_written(one) for key, one in field.properties.items()}
    if field.items:
        found["items"] = _field_written(field.items)
    return found


def _field_read(path: tuple[str, ...], said: dict[str, Any]) -> Field:
    """Return a field from what was read of it, which is used up."""
    said["tier"] = TIERS[said["tier"]]
    for key in TUPLES & said.keys():
        said[key] = tuple(said[key])
    if "search" in said:
        name, meaning, words, since, *lists = said["search"]
        said["search"] = Search(name, meaning, words, since, *map(tuple, lists))
    if "properties" in said:
        said["properties"] = {key: _field_read((*path, key), one) for key, one in said["properties"].items()}
    if "items" in said:
        said["items"] = _field_read((*path, "*"), said["items"])
    return Field(path=path, **said)


def settings_written(settings: Settings) -> bytes:
    """Return settings as bytes."""
    return orjson.dumps({**settings._asdict(), "travel": settings.travel._asdict()})


def settings_read(data: bytes) -> Settings:
    """Return the settings that bytes hold."""
    said = orjson.loads(data)
    return Settings(**{**said, "travel": Travel(**said["travel"])})


def places_written(places: list[Place]) -> bytes:
    """Return places as bytes."""
    return orjson.dumps(places, default=list)


def places_read(data: bytes) -> list[Place]:
    """Return the places that bytes hold."""
    return [
        Place(name, country, Position(*position), people, tuple(also))
        for name, country, position, people, also in orjson.loads(data)
    ]


def ways_written(ways: list[Way]) -> bytes:
    """Return a table of travel times as bytes."""
    return orjson.dumps(ways, default=list)


def ways_read(data: bytes) -> list[Way]:
    """Return the table of travel times that bytes hold."""
    return [Way(*one) for one in orjson.loads(data)]
