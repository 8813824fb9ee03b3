"""What changes an account beside a sale: payments, reversals, and the closing of a year."""

import re

from capreg.errors import CapregError, ExitCode, UsageError
from capreg.model.money import Money
from capreg.office.books import Books
from capreg.office.clients import client
from capreg.office.entry import Draft, Entry
from capreg.office.ledger import Ledger, OtherOrderError, charging
from capreg.office.papers import CREDIT, next_paper, parties

TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,500}")


class UnknownEntryError(CapregError):
    """The ledger has no entry of that number."""

    exit_code = ExitCode.MISSING

    def __init__(self, number: int) -> None:
        super().__init__(f"the ledger has no entry {number}", "See: capreg ledger")


class IrreversibleError(CapregError):
    """An entry was reversed before, or is of a kind that is not."""

    exit_code = ExitCode.REFUSED


class YearError(CapregError):
    """A year cannot be closed: it was, or one before it is open, or it has not begun."""

    exit_code = ExitCode.REFUSED


def enter_payment(books: Books, client_id: str, amount: Money, order: str, note: str = "") -> tuple[Entry, bool]:
    """Enter what a client paid, and return the entry, and whether it was entered just now.

    Raises:
        UnknownClientError: there is no such client.
        OtherOrderError: the order was for something else.
        UsageError: it is nothing that was paid.
        what `charging` and `Ledger.enter` raise.
    """
    if amount.minor <= 0:
        raise UsageError(f"{amount} is no payment", "Name what was paid; a payment entered by mistake is reversed.")
    if note:
        _refuse_text("note", note)
    with charging(books) as ledger:
        client(books, client_id, ledger.tables)
        details = {"note": note} if note else {}
        draft = Draft(order, "payment", ledger.currency, client_id, -amount.minor, details=details)
        known = ledger.ordered(draft, ("note",))
        if known is not None and known.amount != draft.amount:
            raise OtherOrderError(f"the order {order} is entry {known.number}, of another amount")
        return known or ledger.enter(draft), known is None


def _refuse_text(name: str, text: str) -> None:
    """Raise UsageError for a text that no entry holds."""
    if not TEXT.fullmatch(text):
        raise UsageError(
            f"the {name} is empty, too long or holds control characters", "Write one line of at most 500 signs."
        )


def reverse(books: Books, number: int, why: str) -> Entry:
    """Reverse an entry once, by a new one, and return it: what it sold is owned no more; one that was invoiced gets a credit note.

    Raises:
        UnknownEntryError: there is no such entry.
        IrreversibleError: it was reversed before, or is no sale and no payment.
        UsageError: the reason is no line of text.
        what `charging` and `Ledger.enter` raise.
    """
    with charging(books) as ledger:
        return ledger.enter(reversal(ledger, number, why))


def reversal(ledger: Ledger, number: int, why: str) -> Draft:
    """Return the draft that reverses an entry; raises as `reverse` does."""
    _refuse_text("reason", why)
    entry = reversible(ledger, number)
    details = {"reverses": number, "why": why}
    if ledger.tally.invoiced_by(number):
        details |= {"credit_note": next_paper(ledger, CREDIT), **parties(ledger, entry.client)}
    amounts = (-entry.amount, entry.vat_rate, -entry.vat)
    return Draft(f"reversal/{number}", "reversal", entry.currency, entry.client, *amounts, details)


def known_entry(ledger: Ledger, number: int) -> Entry:
    """Return an entry by number; raises UnknownEntryError where there is none."""
    entry = ledger.tally.entry(number)
    if entry is None:
        raise UnknownEntryError(number)
    return entry


def reversible(ledger: Ledger, number: int) -> Entry:
    """Return an entry that can be reversed; raises UnknownEntryError or IrreversibleError."""
    entry = known_entry(ledger, number)
    if by := ledger.tally.reversed_by(number):
        raise IrreversibleError(f"entry {number} was reversed by entry {by}")
    if not entry.is_charge and entry.what != "payment":
        raise IrreversibleError(f"entry {number} is a {entry.what}", "Only sales, fees and payments are reversed.")
    return entry


def close_year(books: Books, year: int) -> Entry:
    """Close a year: what each client owes at its end is entered, and nothing is entered in the year any more.

    Raises:
        YearError: the year is closed, has not begun, or one before it is open.
        what `charging` and `Ledger.enter` raise.
    """
    with charging(books) as ledger:
        return ledger.enter(closing_draft(ledger, year))


def closing_draft(ledger: Ledger, year: int) -> Draft:
    """Return the draft that closes a year; raises YearError."""
    closed = [entry.details["year"] for entry in ledger.tally.special("closing")]
    if year in closed:
        raise YearError(f"the year {year} is closed already")
    if year > ledger.now.year:
        raise YearError(f"the year {year} has not begun")
    first = max(closed) + 1 if closed else ledger.tally.first_year() or year
    if year != first:
        raise YearError(
            f"the year {year} is not the next to be closed", f"Close {first} first." if year > first else ""
        )
    balances = ledger.tally.balances(year)
    return Draft(f"closing/{year}", "closing", ledger.currency, details={"year": year, "balances": balances})
