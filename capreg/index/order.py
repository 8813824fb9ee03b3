"""The order of hits: by columns, ties broken by id, so that the same input gives the same bytes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from capreg.index.answer import DISTANCE, FIT, Hit
from capreg.model.kinds import Kind, Tier
from capreg.model.record import values
from capreg.model.text import fold
from capreg.query.verdict import Truth


def ordered(kind: Kind, hits: Iterable[Hit], sort: Sequence[str], tier: Tier = Tier.detailed) -> list[Hit]:
    """Return hits sorted by columns, `-` before one meaning downwards; what a record does not state comes last.

    Without a column they stand by fit, then by distance, where one was asked for, then by name. At the short tier fit,
    which closed values make, does not count, nor does a distance from a closed position.

    Raises:
        UnknownFieldError: no column is called so.
    """
    found = sorted(hits, key=lambda hit: hit.id)
    usual = [DISTANCE, kind.title] if kind.distance_tier <= tier else [kind.title]
    for column in reversed(list(sort) or ([f"-{FIT}"] if tier > Tier.short else []) + usual):
        found = _by(key_of(kind, column.removeprefix("-"), tier), found, column.startswith("-"))
    return found


def by_gap(kind: Kind, near_misses: Iterable[Hit]) -> list[Hit]:
    """Return near misses by what they fall short: an amount in relation to what was asked, silence, then the rest."""
    return sorted(ordered(kind, near_misses, []), key=_gap)


def _gap(hit: Hit) -> tuple:
    short = hit.match.short_of
    if short.gap is not None:
        return 0, short.gap
    return (1, 0.0) if short.truth is Truth.NOT_STATED else (2, 0.0)


def _by(key: Callable[[Hit], Any], hits: list[Hit], downwards: bool) -> list[Hit]:
    """Sort, hits that tie staying in the order they had."""
    stated = [hit for hit in hits if key(hit) is not None]
    return sorted(stated, key=key, reverse=downwards) + [hit for hit in hits if key(hit) is None]


def key_of(kind: Kind, column: str, tier: Tier) -> Callable[[Hit], Any]:
    """Return what a column sorts a hit by: its first value, numbers before texts; None where nothing is stated."""
    if column in NO_FIELDS:
        return NO_FIELDS[column]
    fields = kind.named(column, tier)
    return lambda hit: next((_comparable(value) for one in fields for value in values(hit.document, one.path)), None)


NO_FIELDS = {
    DISTANCE: lambda hit: hit.match.distance_km,
    FIT: lambda hit: hit.match.fit,
    "id": lambda hit: hit.id,
}


def _comparable(value: Any) -> tuple:
    if isinstance(value, dict):
        value = next((value[end] for end in ("max", "min") if end in value), 0)
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, fold(str(value)))
