"""A record as one row: the values of its lists side by side in one cell, as a list of a search shows them."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from capreg.exchange.selection import Part, Selection
from capreg.exchange.tables import ID, distinct
from capreg.model.kinds import Field
from capreg.model.quantity import shown
from capreg.model.record import values, whole_values
from capreg.model.value import Value


class FlatColumn(Value):
    """One column: its name, and the field that it shows."""

    name: str
    field: Field

    @property
    def head(self) -> str:
        """The name with the unit."""
        return f"{self.name} ({self.field.unit})" if self.field.unit else self.name


def flat_columns(part: Part) -> list[FlatColumn]:
    """Return the columns of a kind beside the id: by query name, or where several fields share it by their paths."""
    kind = part.kind
    fields = [one for one in kind.leaves(part.tier) if one.path != (ID,)]
    names = (one.name if len(kind.by_query_name.get(one.name, ())) == 1 else one.dotted for one in fields)
    return [FlatColumn(name, field) for name, field in zip(distinct(names, taken=(ID,)), fields, strict=True)]


def flat(column: FlatColumn, record: Mapping[str, Any]) -> Any:
    """Return what a record states in a column: one value, a text of several, None where it states none."""
    field = column.field
    is_size = field.search is not None and field.search.meaning == "envelope"
    found: list[Any] = []
    for value in (whole_values if is_size else values)(record, field.path):
        if value is not None and value not in found:
            found.append(value)
    if len(found) == 1 and not isinstance(found[0], (list, dict)):
        return found[0]
    return ", ".join(map(text, found)) if found else None


def text(value: Any) -> str:
    """Return a value as a query writes it: a range with dots, a size with x, a position as its degrees."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "x".join(map(text, value))
    if isinstance(value, dict):
        return _structure(value)
    return shown(value) if isinstance(value, float) else str(value)


def _structure(value: dict) -> str:
    if value and value.keys() <= {"min", "max"}:
        return "..".join(text(value[end]) if end in value else "" for end in ("min", "max"))
    if value.keys() == {"latitude", "longitude"}:
        return f"{value['latitude']},{value['longitude']}"
    return orjson.dumps(value).decode()


def say_what_is_lost(selection: Selection, way_out: str, a_site_a_row: bool = False) -> None:
    """Tell of which lists one row cannot say which values stand in one entry.

    Args:
        a_site_a_row: a row has one site only, so that these are kept apart.
    """
    for part in selection.parts:
        apart = part.kind.shared.path if a_site_a_row and part.kind.shared else None
        lists = [".".join(way) for way, below in part.table.lists if len(below.columns) > 1 and way != apart]
        if lists:
            selection.losses.say(
                f"{part.kind.labels['en']}: one row does not tell which values belong to one entry of a list"
                f" ({', '.join(lists)}). {way_out}"
            )


def say_of_nulls(selection: Selection) -> None:
    """Tell which fields may be stated to be none, which looks like not stated."""
    for part in selection.parts:
        names = [one.dotted for one in part.kind.leaves(part.tier) if one.path in part.facts.nulls]
        if names:
            selection.losses.say(
                f"{part.kind.labels['en']}: what is stated to be none looks like what is not stated ({', '.join(names)})."
            )


def rows_of(part: Part) -> Iterator[tuple[str, list[Any]]]:
    """Yield each record's id and row."""
    columns = flat_columns(part)
    for id, record in part:
        yield id, [flat(column, record) for column in columns]
