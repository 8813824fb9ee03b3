"""Changing the price list: an entry of the ledger that holds from a day on, never one that is past."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from capreg.errors import UsageError
from capreg.office.books import Books
from capreg.office.entry import Draft, Entry
from capreg.office.ledger import Ledger, charging
from capreg.office.prices import FREE, PROFILE, Price


class PastPriceError(UsageError):
    """A price would hold from a day that is past."""


class UnsaidPriceError(UsageError):
    """A price changes nothing, or says what its item does not have."""


def changed_price(ledger: Ledger, item: str, kind: str | None, told: Mapping[str, Any], since: date) -> Price:
    """Return a price as it would be from a day on: what is not told stays as it is.

    Args:
        told: the new values, by the keys of an entry.

    Raises:
        PastPriceError: the day is past.
        UnsaidPriceError: nothing is told, or a new price lacks its amount.
    """
    if since < ledger.day:
        raise PastPriceError(f"{since} is past", "A price holds from today or from a later day on.")
    if item != PROFILE and (kind or "new_version" in told):
        raise UnsaidPriceError(f"a {item} has no kind and no versions", "Leave out --kind and --new-version.")
    known = ledger.prices(since).get((item, kind))
    if not told or known is None and "client_price" not in told:
        raise UnsaidPriceError("no amount is said", f"Write: capreg price change {item} AMOUNT")
    if known is None:
        known = Price(item, kind, told["client_price"], told["client_price"], "0", FREE if item == PROFILE else None)
    return known._replace(**told, since=since.isoformat())


def enter_price(books: Books, item: str, kind: str | None, told: Mapping[str, Any], since: date | None) -> Entry:
    """Enter a change of price, from today on unless another day is said, and return its entry.

    Raises:
        PastPriceError, UnsaidPriceError: as `changed_price`.
        what `charging` and `Ledger.enter` raise.
    """
    with charging(books) as ledger:
        price = changed_price(ledger, item, kind, told, since or ledger.day)
        details = {**price.document, "from": price.since}
        number = len(ledger.tally.special("price")) + 1
        return ledger.enter(Draft(f"price/{number}", "price", ledger.currency, details=details))
