"""The short printouts that were handed out, numbered per client."""

from collections.abc import Sequence
from datetime import date

from tinydb import where

from capreg.office.books import Books
from capreg.office.clients import client as find_client

TABLE = "printouts"


def number_printout(books: Books, client: str, query: str, on: date, ids: Sequence[str], dry_run: bool = False) -> int:
    """Keep what a printout for a client shows, and return its number, counted from one for each client.

    Raises:
        UnknownClientError: there is no such client.
        BusyError: another process holds the office.
    """
    if dry_run:
        find_client(books, client)
        return books.reading().table(TABLE).count(where("client") == client) + 1
    with books.changing() as tables:
        find_client(books, client, tables)
        number = tables.table(TABLE).count(where("client") == client) + 1
        tables.table(TABLE).insert(
            {"client": client, "number": number, "query": query, "on": on.isoformat(), "ids": list(ids)}
        )
    return number
