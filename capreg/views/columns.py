"""Columns of a list of records: which there are, and what stands in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from capreg.index.answer import DISTANCE, FIT, Hit
from capreg.model.kinds import Field, Kind, Tier
from capreg.model.record import values, whole_values
from capreg.views.page import Column, Page, Rows, cell
from capreg.views.values import Speech


def columns_of(kind: Kind, names: Sequence[str], tier: Tier, speech: Speech) -> list[tuple[Column, tuple[Field, ...]]]:
    """Return the columns asked for, each with the fields it shows; none for those that are no fields.

    Raises:
        UnknownFieldError: the kind has no such column at the tier; names the nearest.
    """
    return [_column(kind, name, tier, speech) for name in names]


def _column(kind: Kind, name: str, tier: Tier, speech: Speech) -> tuple[Column, tuple[Field, ...]]:
    if name == DISTANCE:
        return Column(DISTANCE, speech.word("distance"), "km", numeric=True), ()
    if name in (FIT, "id"):
        return Column(name, speech.word(name), numeric=name == FIT), ()
    fields = kind.named(name, tier)
    numeric = fields[0].type in ("number", "integer")
    return Column(name, speech.label(fields[0]), fields[0].unit or "", numeric), fields


def at_site(kind: Kind, document: Any, hit: Hit) -> Any:
    """Return a record with one of its sites only: the one that serves what was asked."""
    key = kind.shared.path[0] if kind.shared and len(kind.shared.path) == 1 else None
    if len(document.get(key, ())) < 2:
        return document
    return {**document, key: document[key][hit.site :][:1]}


def raw(kind: Kind, document: Any, fields: tuple[Field, ...]) -> Any:
    """Return what a record states in a column: one value, a list where it may state several, None where it states none.

    Where the first of several fields holds one value only (a name, before other names), that one alone. Of the list
    that is shared, the sites, the record is to hold one.
    """
    several = _several(kind, fields[0])
    shown = fields if several else fields[:1]
    found: list[Any] = []
    for value in (value for one in shown for value in _stated(document, one)):
        if value not in found:
            found.append(value)
    return (found if several else found[0]) if found else None


def _stated(document: Any, field: Field) -> Iterator[Any]:
    """Yield the values of a field; the three lengths of a size are one."""
    return (whole_values if _is_size(field) else values)(document, field.path)


def _is_size(field: Field) -> bool:
    return field.search is not None and field.search.meaning == "envelope"


def _several(kind: Kind, field: Field) -> bool:
    below = field.path
    if kind.shared and below[: len(kind.shared.path)] == kind.shared.path:
        below = below[len(kind.shared.path) + 1 :]
    return "*" in below or field.type == "array"


def spoken(value: Any, fields: tuple[Field, ...], speech: Speech) -> Any:
    """Return what stands in a column as people read it; numbers stay numbers, their unit heads the column."""
    if isinstance(value, list) and not (_is_size(fields[0]) and isinstance(value[0], (int, float))):
        return ", ".join(cell(spoken(one, fields, speech)) for one in value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if value is None or is_number else speech.value(fields[0], value)


def columns_page(kind: Kind, tier: Tier, speech: Speech) -> Page:
    """Return the page of `--columns help`: every column with what it means."""
    own = [("id", speech.word("id")), (FIT, speech.word(FIT)), (DISTANCE, speech.word("distance"))]
    rows = list({**dict(own), **{one.name: speech.label(one) for one in reversed(kind.leaves(tier))}}.items())
    table = Rows([Column("column", "Column"), Column("meaning", "Meaning")], rows)
    data = [{"column": name, "meaning": meaning} for name, meaning in rows]
    return Page([table], table, data, data, hub_only=False)
