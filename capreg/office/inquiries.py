"""Inquiries that were answered with a printout, kept with their hits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from tinydb import where
from tinydb.queries import QueryInstance

from capreg.office.books import Books

TABLE = "inquiries"


@dataclass(frozen=True)
class KeptInquiry:
    """What a client asked, and which records were found; the fields stand in `office.schema.json`."""

    order: str
    kind: str
    query: str
    on: str
    day: str
    ids: Sequence[str]
    client: str
    number: int = 0


def keep_inquiry(books: Books, inquiry: KeptInquiry) -> KeptInquiry:
    """Keep an inquiry under its client and order, and return it with its number, counted from one for each client.

    One that is kept for the client under the same order already, for a printout that was not sold, gives up its place and its number.

    Raises:
        BusyError: another process holds the office.
    """
    with books.changing() as tables:
        table = tables.table(TABLE)
        known = table.get(_of(inquiry.client, inquiry.order))
        number = known["number"] if known else table.count(where("client") == inquiry.client) + 1
        numbered = replace(inquiry, number=number)
        table.upsert(asdict(numbered), _of(inquiry.client, inquiry.order))
    return numbered


def _of(client: str, order: str) -> QueryInstance:
    return (where("client") == client) & (where("order") == order)


def kept_inquiry(books: Books, client: str, order: str) -> KeptInquiry | None:
    """Return the inquiry that is kept for a client under an order, None where none is."""
    known = books.reading().table(TABLE).get(_of(client, order))
    return KeptInquiry(**known) if known else None


def inquiries(books: Books, since: date | None = None, until: date | None = None) -> list[KeptInquiry]:
    """Return the inquiries that were asked from one day to another, both included, in the order in which they were kept."""
    first, last = since.isoformat() if since else "", until.isoformat() if until else "9999-12-31"
    return [KeptInquiry(**one) for one in books.reading().table(TABLE).all() if first <= one["day"] <= last]
