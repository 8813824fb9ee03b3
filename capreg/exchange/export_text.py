"""Exports as text, piece by piece: a CSV table, JSON, NDJSON, GeoJSON."""

import csv as csv_format
import io
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from capreg.errors import UsageError
from capreg.exchange.flat import flat, flat_columns, rows_of, say_of_nulls, say_what_is_lost, text
from capreg.exchange.losses import Losses
from capreg.exchange.selection import Part, Selection
from capreg.exchange.tables import ID
from capreg.model.harmless import escaped, harmless
from capreg.model.kinds import Field
from capreg.model.text import plain

SCHEMA_VERSION = 1
APOSTROPHE = (
    "1 text begins like a formula, and got an apostrophe before it.",
    "{} texts begin like a formula, and got an apostrophe before them.",
)


class SeveralKindsError(UsageError):
    """A format holds one table, and several kinds were asked for."""


def csv(selection: Selection) -> Iterator[str]:
    """Yield one table, a record a row.

    Raises:
        SeveralKindsError: records of several kinds would stand in it.
    """
    if len(selection.parts) > 1:
        kinds = ", ".join(part.kind.id for part in selection.parts)
        raise SeveralKindsError(f"one table holds one kind, and there are {kinds}", "Say one with -k, or --lists.")
    say_what_is_lost(selection, "With --lists they stay together.")
    say_of_nulls(selection)
    for part in selection.parts:
        yield _line([ID, *(column.head for column in flat_columns(part))])
        for id, row in rows_of(part):
            yield _line([id, *(_cell(value, selection.losses) for value in row)])


def _cell(value: Any, losses: Losses) -> str:
    return "" if value is None else guarded(plain(text(value)), losses, isinstance(value, str))


def guarded(cell: str, losses: Losses, is_text: bool) -> str:
    """Return a cell that no spreadsheet runs, and count it where it had to be changed for that."""
    kept = harmless(cell) if is_text else cell
    if kept is not cell:
        losses.count(*APOSTROPHE)
    return kept


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv_format.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def ndjson(selection: Selection) -> Iterator[str]:
    """Yield each record on a line."""
    for _, record in _records(selection):
        yield escaped(orjson.dumps(record).decode()) + "\n"


def json(selection: Selection) -> Iterator[str]:
    """Yield one document: of which hub and tier, and all records, each on a line of its own."""
    head = {"schema_version": SCHEMA_VERSION, "hub": selection.hub, "tier": selection.tier.name}
    yield from _listed(head, "records", (record for _, record in _records(selection)))


def geojson(selection: Selection) -> Iterator[str]:
    """Yield a point for each position of each record, with the record's row as it is at that site."""
    say_what_is_lost(selection, "JSON keeps them together.", a_site_a_row=True)
    say_of_nulls(selection)
    found = (one for part in selection.parts for one in _features(part, selection.losses))
    yield from _listed({"type": "FeatureCollection"}, "features", found)


def _listed(head: Mapping[str, Any], name: str, found: Iterator[Any]) -> Iterator[str]:
    """Yield an object whose last member is a long list."""
    yield escaped(orjson.dumps(head).decode())[:-1] + f',"{name}":['
    before = "\n"
    for one in found:
        yield before + escaped(orjson.dumps(one).decode())
        before = ",\n"
    yield "\n]}\n"


def _records(selection: Selection) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return (one for part in selection.parts for one in part)


def _features(part: Part, losses: Losses) -> Iterator[dict[str, Any]]:
    places = [one for one in part.kind.leaves(part.tier) if one.search and one.search.meaning == "place"]
    columns = flat_columns(part)
    label = part.kind.label["en"]
    for id, record in part:
        number = 0
        for place in places:
            for position, at_site in _sites(place, record):
                number += 1
                row = {one.name: value for one in columns if (value := flat(one, at_site)) is not None}
                point = {"type": "Point", "coordinates": [position["longitude"], position["latitude"]]}
                name = f"{part.kind.id}/{id}/{number}"
                yield {"type": "Feature", "id": name, "geometry": point, "properties": {ID: id, **row}}
        if not number:
            losses.count(
                f"1 {label} states no position, and was left out.",
                f"{{}} {part.kind.labels['en']} state no position, and were left out.",
            )


def _sites(place: Field, record: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each position, with the record as it is there: of a list at its root with that entry alone."""
    first, *rest = place.path
    if rest[:1] != ["*"]:
        found = record
        for step in place.path:
            found = found.get(step) if isinstance(found, dict) else None
        if found:
            yield found, record
        return
    for entry in record.get(first) or ():
        found = entry
        for step in rest[1:]:
            found = found.get(step) if isinstance(found, dict) else None
        if found:
            yield found, {**record, first: [entry]}
