"""The answer to a search as a page."""

from collections.abc import Sequence
from typing import Any

from capreg.index.answer import DISTANCE, Found, Hit
from capreg.model.kinds import Field, Kind, Tier
from capreg.query.verdict import Verdict
from capreg.views.columns import at_site, columns_of, raw, spoken
from capreg.views.page import SCHEMA_VERSION, Column, Named, Note, Page, Rows
from capreg.views.values import Speech

Columns = list[tuple[Column, tuple[Field, ...]]]


def search_page(found: Found, hits: Sequence[Hit], names: Sequence[str], tier: Tier, speech: Speech) -> Page:
    """Return the page of a search.

    Args:
        hits: those shown, in their order.
        names: the columns asked for; the kind's own where none were.

    Raises:
        UnknownFieldError: a column is unknown.
    """
    chosen = columns_of(found.kind, names or _usual(found, hits), tier, speech)
    columns = [column for column, _ in chosen]
    results = [result(found.kind, hit, chosen) for hit in hits]
    shown = _named(found, hits, chosen, speech) if not names else _rows(found.kind, hits, chosen, speech)
    whole = Rows(columns, [[_raw(found.kind, hit, *one) for one in chosen] for hit in hits])
    data = {
        "schema_version": SCHEMA_VERSION,
        "kind": found.kind.id,
        "query": found.query,
        "on": found.on.isoformat(),
        "total": len(found.hits),
        "results": results,
    }
    return Page([shown, Note(_count(found, hits, speech))], whole, data, results, hub_only=True)


def _rows(kind: Kind, hits: Sequence[Hit], chosen: Columns, speech: Speech) -> Rows:
    rows = [[_cell(_raw(kind, hit, *one), one[1], speech) for one in chosen] for hit in hits]
    return Rows([column for column, _ in chosen], rows)


def _named(found: Found, hits: Sequence[Hit], chosen: Columns, speech: Speech) -> Rows:
    """The usual columns as people read them: a record's id stands with its title, and takes no column."""
    table = _rows(found.kind, hits, [one for one in chosen if one[0].name != "id"], speech)
    title = next((at for at, column in enumerate(table.columns) if column.name == found.kind.title), None)
    if title is None:
        return _rows(found.kind, hits, chosen, speech)
    for hit, row in zip(hits, table.rows, strict=True):
        row[title] = Named(str(row[title]), hit.id)
    return table


def _usual(found: Found, hits: Sequence[Hit]) -> list[str]:
    distance = [DISTANCE] if any(hit.match.distance_km is not None for hit in hits) else []
    return ["id", *found.kind.columns, *distance]


def _count(found: Found, hits: Sequence[Hit], speech: Speech) -> str:
    if not found.hits:
        return speech.word("nothing")
    total = len(found.hits)
    labels = found.kind.label if total == 1 else found.kind.labels
    shown = f", {len(hits)} {speech.word('shown')}" if len(hits) < total else ""
    return f"{total} {labels[speech.language]}{shown}"


def _raw(kind: Kind, hit: Hit, column: Column, fields: tuple[Field, ...]) -> Any:
    if fields:
        return raw(kind, at_site(kind, hit.document, hit.match.site), fields)
    return hit.id if column.name == "id" else _distance(hit)


def _distance(hit: Hit) -> float | None:
    return None if hit.match.distance_km is None else round(hit.match.distance_km, 1)


def _cell(value: Any, fields: tuple[Field, ...], speech: Speech) -> Any:
    if fields:
        return spoken(value, fields, speech)
    return f"{value:.1f}" if isinstance(value, float) else value


def result(kind: Kind, hit: Hit, columns: Columns) -> dict[str, Any]:
    """Return one hit as search gives it to machines."""
    stated = {column.name: _raw(kind, hit, column, fields) for column, fields in columns}
    measured = {DISTANCE: _distance(hit)} if hit.match.distance_km is not None else {}
    said = [verdict(one) for one in hit.match.verdicts]
    return {"id": hit.id, **stated, **measured, "near_miss": False, "verdicts": said}


def verdict(one: Verdict) -> dict[str, Any]:
    """Return a verdict for machines, without what it does not say."""
    short_by = {"amount": one.short_by[0], "unit": one.short_by[1]} if one.short_by else None
    said = {
        "requirement": one.requirement,
        "verdict": one.truth.phrase,
        "stated": one.stated,
        "where": one.where,
        "short_by": short_by,
    }
    return {key: value for key, value in said.items() if value is not None}
