"""Selling detailed profiles: charged to a client once in the entitlement period."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from capreg.errors import CapregError, ExitCode
from capreg.model.day import later, today
from capreg.model.money import Money
from capreg.office.books import Books
from capreg.office.clients import client as find_client
from capreg.office.ledger import Entry, append, entries
from capreg.store.locks import BusyError

PROFILE = "profile"


class NoPriceError(CapregError):
    """The price list has no price for what was asked."""

    exit_code = ExitCode.REFUSED


@dataclass(frozen=True)
class Offer:
    """What a profile would cost a client now: nothing, where the client owns it by an earlier entry."""

    price: Money | None
    owned: Entry | None


def offer(books: Books, client: str, kind: str, record: str) -> Offer:
    """Return what a profile costs a client today; charges nothing.

    Raises:
        UnknownClientError: there is no such client.
        NoPriceError: profiles of the kind are not for sale.
        DamagedLedgerError: the ledger cannot be trusted.
    """
    find_client(books, client)
    owned = _owned(entries(books.ledger), client, kind, record, today(books.settings.time_zone))
    return Offer(None if owned else _price(books, kind), owned)


@dataclass(frozen=True)
class Sale:
    """The entry by which a client owns a profile, and whether it was charged just now."""

    entry: Entry
    charged: bool


def sell_profile(books: Books, client: str, kind: str, record: str, shown: Money) -> Sale:
    """Charge a profile to a client, unless the client owns it already, and return the entry that says so.

    When this returns, the sale is on the disk.

    Args:
        shown: the price that the buyer agreed to.

    Raises:
        BusyError: the price is another than the one shown, or another process holds the office.
        UnknownClientError, NoPriceError, DamagedLedgerError: as `offer`.
        OSError: the disk refused; nothing was charged.
    """
    with books.changing() as tables:
        find_client(books, client, tables)
        day = today(books.settings.time_zone)
        charged = entries(books.ledger)
        if owned := _owned(charged, client, kind, record, day):
            return Sale(owned, charged=False)
        price = _price(books, kind)
        if price != shown:
            raise BusyError(f"the price is now {price}, not {shown}", "Look again, and order again.")
        entry = _entry(books, len(charged) + 1, client, kind, record, price, day)
        append(books.ledger, entry)
        return Sale(entry, charged=True)


def _entry(books: Books, number: int, client: str, kind: str, record: str, price: Money, day: date) -> Entry:
    return Entry(
        number=number,
        at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        client=client,
        what=PROFILE,
        kind=kind,
        record=record,
        amount=price.amount,
        currency=price.currency,
        until=later(day, books.settings.entitlement).isoformat(),
    )


def _price(books: Books, kind: str) -> Money:
    price = books.settings.prices["profiles"].get(kind)
    if price is None:
        raise NoPriceError(
            f"profiles of the kind '{kind}' have no price",
            f'Add one to registry.json: "prices": {{"profiles": {{"{kind}": "45.00"}}}}',
        )
    return Money.parse(price, books.settings.currency)


def _owned(charged: list[Entry], client: str, kind: str, record: str, day: date) -> Entry | None:
    wanted = (client, PROFILE, kind, record)
    for entry in charged:
        if (entry.client, entry.what, entry.kind, entry.record) == wanted and day.isoformat() < entry.until:
            return entry
    return None
