"""The order of hits: by columns, ties broken by id, so that the same input gives the same bytes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from capreg.index.answer import DISTANCE, FIT, Hit
from capreg.index.layout import Layout
from capreg.model.kinds import Kind, Tier
from capreg.model.record import values
from capreg.model.text import fold
from capreg.model.value import Value
from capreg.query.verdict import Truth


class Order(Value):
    """By what hits stand in order: columns, `-` before one meaning downwards, ties broken by id.

    What a record does not state comes last.
    """

    kind: Kind
    columns: tuple[str, ...]
    tier: Tier = Tier.detailed

    @classmethod
    def of(cls, kind: Kind, sort: Sequence[str], tier: Tier = Tier.detailed) -> "Order":
        """Return the order by columns; without any, by fit, then by distance, where one was asked for, then by name.

        At the short tier fit, which closed values make, does not count, nor does a distance from a closed position.

        Raises:
            UnknownFieldError: no column is called so.
        """
        measured = [DISTANCE] if kind.distance_tier <= tier else []
        usual = [*([f"-{FIT}"] if tier > Tier.short else []), *measured, kind.title]
        columns = tuple(sort or usual)
        for column in columns:
            key_of(kind, column.removeprefix("-"), tier)
        return cls(kind, columns, tier)

    @classmethod
    def by_id(cls, kind: Kind) -> "Order":
        """Return the order by id alone."""
        return cls(kind, ())

    def sorted(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return hits in this order."""
        found = sorted(hits, key=lambda hit: hit.id)
        for column in reversed(self.columns):
            found = _by(key_of(self.kind, column.removeprefix("-"), self.tier), found, column.startswith("-"))
        return found

    def terms(self, layout: Layout, is_score_exact: bool, is_distance_exact: bool) -> list[str] | None:
        """Return the terms by which SQL sorts alike, None where it cannot."""
        known = {"id": "r.id", self.kind.title: "r.title"}
        known |= {FIT: "fit"} if is_score_exact else {}
        known |= {DISTANCE: "distance"} if is_distance_exact else {}
        terms = []
        for column in self.columns:
            name = column.removeprefix("-")
            found = known.get(name) or self._column(layout, name)
            if found is None:
                return None
            terms += [f"{found} IS NULL", f"{found}{' DESC' if column.startswith('-') else ''}"]
        return [*terms, "r.id"]

    def _column(self, layout: Layout, name: str) -> str | None:
        """Return the column of the records that holds what a single number of a field sorts by."""
        fields = self.kind.named(name, self.tier) if name not in NO_FIELDS else ()
        column = layout.record.columns.get(fields[0].path) if len(fields) == 1 else None
        is_number = column is not None and fields[0].type in ("number", "integer") and column.is_plain
        return f"r.{column.name}" if is_number else None


def ordered(kind: Kind, hits: Iterable[Hit], sort: Sequence[str], tier: Tier = Tier.detailed) -> list[Hit]:
    """Return hits in the order that columns say; raises UnknownFieldError."""
    return Order.of(kind, sort, tier).sorted(hits)


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
    DISTANCE: lambda hit: hit.distance_km,
    FIT: lambda hit: hit.fit,
    "id": lambda hit: hit.id,
}


def _comparable(value: Any) -> tuple:
    if isinstance(value, dict):
        value = next((value[end] for end in ("max", "min") if end in value), 0)
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, fold(str(value)))
