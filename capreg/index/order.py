"""The order of hits: by columns, ties broken by id, so that the same input gives the same bytes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from capreg.index.answer import DISTANCE, Hit
from capreg.model.kinds import Kind, Tier
from capreg.model.record import values
from capreg.model.text import fold


def ordered(kind: Kind, hits: Iterable[Hit], sort: Sequence[str], tier: Tier = Tier.detailed) -> list[Hit]:
    """Return hits sorted by columns, `-` before one meaning downwards; what a record does not state comes last.

    Without a column they stand by distance, where one was asked for, then by name.

    Raises:
        UnknownFieldError: no column is called so.
    """
    found = sorted(hits, key=lambda hit: hit.id)
    usual = [DISTANCE, kind.title] if kind.distance_tier <= tier else [kind.title]
    for column in reversed(list(sort) or usual):
        found = _by(key_of(kind, column.removeprefix("-"), tier), found, column.startswith("-"))
    return found


def _by(key: Callable[[Hit], Any], hits: list[Hit], downwards: bool) -> list[Hit]:
    """Sort, hits that tie staying in the order they had."""
    stated = [hit for hit in hits if key(hit) is not None]
    return sorted(stated, key=key, reverse=downwards) + [hit for hit in hits if key(hit) is None]


def key_of(kind: Kind, column: str, tier: Tier) -> Callable[[Hit], Any]:
    """Return what a column sorts a hit by: its first value, numbers before texts; None where nothing is stated."""
    if column == DISTANCE:
        return lambda hit: hit.match.distance_km
    if column == "id":
        return lambda hit: hit.id
    fields = kind.named(column, tier)
    return lambda hit: next((_comparable(value) for one in fields for value in values(hit.document, one.path)), None)


def _comparable(value: Any) -> tuple:
    if isinstance(value, dict):
        value = next((value[end] for end in ("max", "min") if end in value), 0)
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, fold(str(value)))
