"""One record in full as a page: the detailed profile that was paid for, and the hub's own look at it."""

from collections.abc import Iterator, Mapping
from typing import Any

from capreg.model.kinds import Kind
from capreg.model.record import entry_step
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Page, Pairs, Rows
from capreg.views.record import Layout
from capreg.views.values import Speech


def profile_page(kind: Kind, document: Mapping[str, Any], hub: str, entry: Any, receipt: Any, speech: Speech) -> Page:
    """Return the page of a profile that leaves the hub.

    Args:
        document: the record, already cut to the detailed tier.
        entry: the ledger's entry by which the client owns it.
        receipt: the entry as the hub signed it, for machines.
    """
    said = {
        "profile": entry.details["record"],
        "hub": hub,
        "client": entry.client,
        "receipt": f"{entry.number} ({entry.hash[:16]})",
        "owned": entry.details["until"],
    }
    head = [(speech.word(key), value) for key, value in said.items()]
    blocks = [Heading(str(document.get(kind.title, "")), 1), Pairs(head), *Layout(kind, document, speech).sections()]
    return _page(blocks, document, {**_data(hub, entry), "record": document, "receipt": receipt}, speech)


def _data(hub: str, entry: Any) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "hub": hub,
        "client": entry.client,
        "kind": entry.details["kind"],
        "id": entry.details["record"],
        "entry": entry.number,
        "order": entry.order,
        "owned_until": entry.details["until"],
    }


def granted_page(kind: Kind, document: Mapping[str, Any], hub: str, grant: Any, speech: Speech) -> Page:
    """Return the page of a profile that a grant opened, marked with client, day and number.

    Args:
        document: the record, as the hub cut it to the detailed tier.
        grant: what opened it.
    """
    said = {"profile": grant.id, "hub": hub, "client": grant.client, "receipt": str(grant.number), "date": grant.on}
    head = [(speech.word(key), value) for key, value in said.items()]
    blocks = [Heading(str(document.get(kind.title, "")), 1), Pairs(head), *Layout(kind, document, speech).sections()]
    told = {
        "hub": hub,
        "client": grant.client,
        "kind": grant.kind,
        "id": grant.id,
        "entry": grant.number,
        "on": grant.on,
    }
    page = _page(blocks, document, {"schema_version": SCHEMA_VERSION, **told, "record": document}, speech)
    mark = speech.word("mark").format(grant.client, grant.on, grant.number)
    return page._replace(mark=mark, language=speech.language)


def record_page(kind: Kind, document: Mapping[str, Any], speech: Speech) -> Page:
    """Return the page of a record for the hub's own eyes."""
    blocks = [Heading(str(document.get(kind.title, "")), 1), *Layout(kind, document, speech).sections()]
    return _page(blocks, document, document, speech, hub_only=True)


def _page(blocks: list[Block], document: Mapping[str, Any], data: Any, speech: Speech, hub_only: bool = False) -> Page:
    columns = [Column("field", speech.word("field")), Column("value", speech.word("value"))]
    return Page(blocks, Rows(columns, list(_flat(document, ""))), data, [data], hub_only)


def _flat(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Yield (pointer, value) for every plain value, entries of lists named by their id."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _flat(below, f"{pointer}/{key}")
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _flat(below, f"{pointer}/{entry_step(below, at)}")
    else:
        yield pointer, value
