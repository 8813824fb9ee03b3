"""The ledger as a journal for programs of bookkeeping: hledger and beancount.

What moves no money (prices, invoices, closings, what was free) has no place in either. Amounts are what stands in the
ledger; an account is a client's id, or the item that was sold.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from capreg.model.money import Money, decimals_of
from capreg.model.value import Value


class Posting(Value):
    """What one account gains: the names on the way to it, and the amount in minor units."""

    account: tuple[str, ...]
    minor: int


class Transaction(Value):
    """One entry of the ledger, in balance: its postings add up to nothing."""

    on: date
    number: int
    order: str
    client: str
    text: str
    currency: str
    postings: Sequence[Posting]


def transactions(entries: Sequence[Any], day_of: Callable[[Any], date]) -> Iterator[Transaction]:
    """Yield the entries that move money as transactions.

    Args:
        day_of: the day of an entry, where the hub is.
    """
    known = {entry.number: entry for entry in entries}
    for entry in entries:
        if entry.client and entry.gross:
            of = known.get(entry.details.get("reverses", entry.number), entry)
            told = f"reversal of entry {of.number}" if of is not entry else _text(entry)
            postings = [one for one in _postings(entry, of) if one.minor]
            yield Transaction(day_of(entry), entry.number, entry.order, entry.client, told, entry.currency, postings)


def _text(entry: Any) -> str:
    about = [entry.details[key] for key in ("kind", "record", "member", "from") if key in entry.details]
    return " ".join([entry.what, *about])


def _postings(entry: Any, of: Any) -> list[Posting]:
    """Return the postings of an entry; those of a reversal go to the accounts of the entry it reverses."""
    owed = Posting(("assets", "receivable", entry.client), entry.gross)
    if of.what == "payment":
        return [owed, Posting(("assets", "bank"), -entry.amount)]
    sold = ("income", of.what, *filter(None, [of.details.get("kind") if of.what == "profile" else None]))
    return [owed, Posting(sold, -entry.amount), Posting(("liabilities", "vat"), -entry.vat)]


def hledger(found: Sequence[Transaction], currency: str) -> Iterator[str]:
    """Yield the lines of a journal that hledger reads, also with `--strict`."""
    example = Money(10 ** (decimals_of(currency) + 3), currency).amount
    yield f"commodity {example}{'' if '.' in example else '.'} {currency}\n"
    for account in _accounts(found):
        yield f"account {':'.join(account)}\n"
    for one in found:
        yield f"\n{one.on} ({one.number}) {one.client} | {one.text}  ; order:{one.order}\n"
        for account, minor in one.postings:
            yield f"    {':'.join(account)}  {Money(minor, one.currency)}\n"


def beancount(found: Sequence[Transaction], currency: str) -> Iterator[str]:
    """Yield the lines of a journal that beancount reads."""
    yield f'option "operating_currency" "{currency}"\n'
    first = min((one.on for one in found), default=None)
    for account in _accounts(found):
        yield f"{first} open {_beancount_account(account)} {currency}\n"
    for one in found:
        yield f'\n{one.on} * "{one.client}" "{one.text}"\n  entry: {one.number}\n  order: "{one.order}"\n'
        for account, minor in one.postings:
            yield f"  {_beancount_account(account)}  {Money(minor, one.currency)}\n"


def _accounts(found: Sequence[Transaction]) -> list[tuple[str, ...]]:
    return sorted({posting.account for one in found for posting in one.postings})


def _beancount_account(account: Sequence[str]) -> str:
    """Return an account as beancount names it: each part begins with a capital or a digit.

    A part that begins with a hyphen gets two capitals before it, which no other id can have.
    """
    return ":".join(
        f"XX{part}" if part.startswith("-") else (part[0].upper() + part[1:]).replace("_", "-") for part in account
    )


JOURNALS: Mapping[str, Callable[[Sequence[Transaction], str], Iterator[str]]] = {
    "hledger": hledger,
    "beancount": beancount,
}
