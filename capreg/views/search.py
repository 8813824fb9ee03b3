"""The answer to a search as a page."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any

from capreg.index.answer import DISTANCE, FIT, Found, Hit, Remedy
from capreg.model.kinds import Field, Kind, Tier
from capreg.views.columns import at_site, columns_of, raw, spoken
from capreg.views.page import SCHEMA_VERSION, Again, Block, Column, Heading, Named, Note, Page, Rows
from capreg.views.values import Speech

# Loaded on use: most pages show no verdicts.
VERDICTS = "capreg.views.verdicts"

Columns = list[tuple[Column, tuple[Field, ...]]]
Remedies = Mapping[str, Remedy]
NONE: Remedies = MappingProxyType({})
DECIMALS = {DISTANCE: 1, FIT: 3}


def search_page(
    found: Found, shown: Sequence[Hit], names: Sequence[str], tier: Tier, speech: Speech, remedies: Remedies = NONE
) -> Page:
    """Return the page of a search.

    Args:
        shown: the hits and the near misses that are shown, in their order.
        names: the columns asked for; the kind's own where none were.
        remedies: who could close the gap of a near miss, by its id.

    Raises:
        UnknownFieldError: a column is unknown.
    """
    chosen = columns_of(found.kind, names or _usual(found), tier, speech)
    results = Again(lambda: (result(found, hit, chosen, speech, remedies.get(hit.id)) for hit in shown))
    data = {
        "schema_version": SCHEMA_VERSION,
        "kind": found.kind.id,
        "query": found.query,
        "on": found.on.isoformat(),
        "total": len(found.hits),
        "results": results,
    }
    rows = _whole(found, shown, chosen, speech, remedies)
    blocks = Again(lambda: _blocks(found, shown, names, chosen, speech, remedies))
    return Page(blocks, rows, data, results, hub_only=True)


def _blocks(
    found: Found, shown: Sequence[Hit], names: Sequence[str], chosen: Columns, speech: Speech, remedies: Remedies
) -> Iterator[Block]:
    hits, near = ([hit for hit in shown if hit.near_miss is is_near] for is_near in (False, True))
    if hits or not near:
        yield (_rows if names else _named)(found.kind, hits, chosen, speech)
    yield count_note(found, len(hits), speech)
    if near:
        yield Heading(speech.word("near misses"), 3)
        yield _near_misses(found.kind, near, speech, remedies)


def _near_misses(kind: Kind, near: Sequence[Hit], speech: Speech, remedies: Remedies) -> Rows:
    """Return the near misses as people read them: what each is short of, and who could help where anybody could."""
    names = [kind.title, "gap", *(["remedy"] if any(hit.id in remedies for hit in near) else [])]
    helped = (remedy_told(kind, remedies[hit.id], speech) if hit.id in remedies else "" for hit in near)
    rows = [
        [_title(kind, hit), gap_told(hit, speech), who][: len(names)] for hit, who in zip(near, helped, strict=True)
    ]
    return Rows([Column(name, _column_label(kind, name, speech)) for name in names], rows)


def _gap(hit: Hit, speech: Speech) -> str:
    return import_module(VERDICTS).gap(hit.match.short_of, speech)


def gap_told(hit: Hit, speech: Speech) -> str:
    """Return which requirement a near miss does not meet, and by how much."""
    return f"{hit.match.short_of.requirement}: {_gap(hit, speech)}"


def remedy_told(kind: Kind, remedy: Remedy, speech: Speech) -> str:
    """Return who does the part that a near miss lacks, and how far that is by road, which is an estimate."""
    minutes = speech.word("estimate").format(f"{remedy.minutes:.0f}")
    return f"{remedy.document.get(kind.title, remedy.id)} ({remedy.id}): {remedy.part}, {minutes}"


def _column_label(kind: Kind, name: str, speech: Speech) -> str:
    return speech.label(kind.root.properties[name]) if name == kind.title else speech.word(name)


def _title(kind: Kind, hit: Hit) -> Named:
    return Named(str(hit.document.get(kind.title, hit.id)), hit.id)


def _short(kind: Kind, hit: Hit, speech: Speech, remedy: Remedy | None) -> list[str]:
    return [hit.match.short_of.requirement, _gap(hit, speech), remedy_told(kind, remedy, speech) if remedy else ""]


def _whole(found: Found, shown: Sequence[Hit], chosen: Columns, speech: Speech, remedies: Remedies) -> Rows:
    """Return what tsv and csv hold: the columns, and of near misses what they are short of."""
    columns = [column for column, _ in chosen]
    rows = Again(lambda: ([_raw(found.kind, hit, *one) for one in chosen] for hit in shown))
    if not found.near_misses:
        return Rows(columns, rows)
    more = [Column(name, speech.word(name)) for name in ("requirement", "gap", "remedy")]
    said = (_short(found.kind, hit, speech, remedies.get(hit.id)) if hit.near_miss else [""] * 3 for hit in shown)
    return Rows([*columns, *more], [[*row, *short] for row, short in zip(rows, said, strict=True)])


def _rows(kind: Kind, hits: Sequence[Hit], chosen: Columns, speech: Speech) -> Rows:
    rows = [[_cell(_raw(kind, hit, *one), *one, speech) for one in chosen] for hit in hits]
    return Rows([column for column, _ in chosen], rows)


def _named(kind: Kind, hits: Sequence[Hit], chosen: Columns, speech: Speech) -> Rows:
    """The usual columns as people read them: a record's id stands with its title, and takes no column."""
    table = _rows(kind, hits, [one for one in chosen if one[0].name != "id"], speech)
    title = next((at for at, column in enumerate(table.columns) if column.name == kind.title), None)
    if title is None:
        return _rows(kind, hits, chosen, speech)
    for hit, row in zip(hits, table.rows, strict=True):
        row[title] = Named(str(row[title]), hit.id)
    return table


def _usual(found: Found) -> list[str]:
    return ["id", *found.kind.columns, *([DISTANCE] if found.measured else []), FIT]


def count_note(found: Found, hits: int, speech: Speech) -> Note:
    """Return how many records meet the query, and how many of them are shown."""
    if not found.hits:
        return Note(speech.word("nothing"))
    total = len(found.hits)
    labels = found.kind.label if total == 1 else found.kind.labels
    shown = f", {hits} {speech.word('shown')}" if hits < total else ""
    return Note(f"{total} {labels[speech.language]}{shown}")


def _raw(kind: Kind, hit: Hit, column: Column, fields: tuple[Field, ...]) -> Any:
    if fields:
        return raw(kind, at_site(kind, hit.document, hit), fields)
    return {"id": hit.id, FIT: hit.fit, DISTANCE: _distance(hit)}[column.name]


def _distance(hit: Hit) -> float | None:
    return None if hit.distance_km is None else round(hit.distance_km, 1)


def _cell(value: Any, column: Column, fields: tuple[Field, ...], speech: Speech) -> Any:
    if fields:
        return spoken(value, fields, speech)
    return f"{value:.{DECIMALS[column.name]}f}" if isinstance(value, float) else value


def result(found: Found, hit: Hit, columns: Columns, speech: Speech, remedy: Remedy | None) -> dict[str, Any]:
    """Return one hit, or one near miss, as search gives it to machines."""
    stated = {column.name: _raw(found.kind, hit, column, fields) for column, fields in columns}
    measured = {DISTANCE: _distance(hit)} if hit.distance_km is not None else {}
    verdicts = import_module(VERDICTS)
    said = [verdicts.for_machines(one) for one in verdicts.told(found, hit)]
    near = {"gap": _gap(hit, speech)} if hit.near_miss else {}
    helped = {"remedy": _remedy(found.kind, remedy)} if remedy else {}
    own = {FIT: hit.fit, "near_miss": hit.near_miss, **near, **helped, "verdicts": said}
    return {"id": hit.id, **stated, **measured, **own}


def _remedy(kind: Kind, remedy: Remedy) -> dict[str, Any]:
    title = remedy.document.get(kind.title, remedy.id)
    way = {DISTANCE: round(remedy.distance_km, 1), "minutes_estimated": round(remedy.minutes)}
    return {"id": remedy.id, kind.title: title, "part": remedy.part, **way}
