"""The hub's books as pages."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from capreg.views.labels import label
from capreg.views.page import SCHEMA_VERSION, Column, Heading, Page, Pairs, Rows

CLIENT = ("id", "name", "since", "email")
ENTRY = ("number", "at", "client", "what", "kind", "record", "amount", "currency", "until")
NUMERIC = ("amount",)


def clients_page(clients: Sequence[Any], language: str) -> Page:
    """Return the page of a list of clients."""
    return _listed("client", CLIENT, clients, language)


def ledger_page(entries: Sequence[Any], language: str) -> Page:
    """Return the page of the ledger, in the order charged; people read the amount with its currency."""
    page = _listed("entry", ENTRY, entries, language)
    columns = [column for column in page.rows.columns if column.name not in ("kind", "currency")]
    rows = [[_spoken(entry, column.name) for column in columns] for entry in entries]
    return page._replace(blocks=[Rows(columns, rows)])


def _spoken(entry: Any, key: str) -> str:
    if key == "amount":
        return f"{entry.amount} {entry.currency}"
    return entry.at[:16].replace("T", " ") if key == "at" else str(getattr(entry, key))


def client_page(client: Any, language: str) -> Page:
    """Return the page of one client."""
    data = {key: value for key, value in asdict(client).items() if value}
    pairs = [(label(f"client {key}", language), value) for key, value in data.items()]
    rows = Rows([Column(key, label(f"client {key}", language)) for key in data], [list(data.values())])
    return Page([Heading(client.name, 1), Pairs(pairs)], rows, {"schema_version": SCHEMA_VERSION, **data}, [data])


def _listed(what: str, keys: Sequence[str], found: Sequence[Any], language: str) -> Page:
    columns = [Column(key, label(f"{what} {key}", language), numeric=key in NUMERIC) for key in keys]
    data = [asdict(one) for one in found]
    rows = Rows(columns, [[one[key] for key in keys] for one in data])
    return Page([rows], rows, {"schema_version": SCHEMA_VERSION, "results": data}, data)
