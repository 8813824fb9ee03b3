"""The short printout for a client as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from capreg.index.answer import Found, Hit
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.views.columns import at_site, columns_of, raw, spoken
from capreg.views.page import SCHEMA_VERSION, Block, Heading, Note, Page, Pairs, Rows
from capreg.views.record import Layout
from capreg.views.values import Speech


@dataclass(frozen=True)
class Head:
    """What stands above a printout: the hub, and where it is a client's, who that is and which of its printouts it is.

    `entry` is the ledger's entry by which it was sold, `receipt` the same as the hub signed it, for machines.
    """

    hub: str
    client: str | None
    number: int | None = None
    entry: Any = None
    receipt: Any = None


def printout_page(head: Head, found: Found, hits: Sequence[Hit], speech: Speech) -> Page:
    """Return the page of a short printout.

    Every record is cut to the short tier here; of a requirement on a closed field it is said that it is met,
    never the value behind it.
    """
    kind = found.kind
    documents = [cut(kind, hit.document, Tier.short) for hit in hits]
    blocks: list[Block] = [Heading(speech.word("printout"), 1), Pairs(_head(head, found, speech))]
    for position, (hit, document) in enumerate(zip(hits, documents, strict=True), 1):
        blocks.append(Heading(f"{position}. {document.get(kind.title, hit.id)}", 2))
        blocks.append(Pairs([*_distance(found, hit, speech), *Layout(kind, document, speech).brief()]))
    if not hits:
        blocks.append(Note(speech.word("nothing")))
    results = [_result(found, hit, document) for hit, document in zip(hits, documents, strict=True)]
    chosen = columns_of(kind, [one for one in kind.columns if _is_short(found, one)], Tier.short, speech)
    rows = [
        [
            hit.id,
            *(spoken(raw(kind, at_site(kind, document, hit), fields), fields, speech) for _, fields in chosen),
        ]
        for hit, document in zip(hits, documents, strict=True)
    ]
    identity = columns_of(kind, ["id"], Tier.short, speech)
    table = Rows([column for column, _ in [*identity, *chosen]], rows)
    return Page(blocks, table, _data(head, found, results), results)


def _is_short(found: Found, name: str) -> bool:
    return all(field.tier is Tier.short for field in found.kind.named(name))


def _head(head: Head, found: Found, speech: Speech) -> list[tuple[str, str]]:
    said = [
        ("hub", head.hub),
        ("client", head.client),
        ("number", head.number),
        ("receipt", f"{head.entry.number} ({head.entry.hash[:16]})" if head.entry else None),
        ("query", found.query),
        ("date", found.on.isoformat()),
        ("hits", len(found.hits)),
    ]
    return [(speech.word(key), str(value)) for key, value in said if value is not None]


def _shown_distance(found: Found, hit: Hit) -> float | None:
    """Return the distance where the position it was measured from is open to all."""
    return hit.distance_km if found.kind.distance_tier is Tier.short else None


def _distance(found: Found, hit: Hit, speech: Speech) -> list[tuple[str, str]]:
    distance = _shown_distance(found, hit)
    return [] if distance is None else [(speech.word("distance"), f"{distance:.1f} km")]


def _result(found: Found, hit: Hit, document: dict) -> dict:
    verdicts = [{"requirement": one.requirement, "verdict": one.truth.phrase} for one in hit.match.verdicts]
    distance = _shown_distance(found, hit)
    measured = {} if distance is None else {"distance_km": round(distance, 1)}
    return {"id": hit.id, **measured, "record": document, "verdicts": verdicts}


def _data(head: Head, found: Found, results: list[dict]) -> dict:
    return {
        "schema_version": SCHEMA_VERSION,
        "hub": head.hub,
        "client": head.client,
        "number": head.number,
        **({"entry": head.entry.number, "order": head.entry.order, "receipt": head.receipt} if head.entry else {}),
        "kind": found.kind.id,
        "query": found.query,
        "on": found.on.isoformat(),
        "total": len(found.hits),
        "results": results,
    }
