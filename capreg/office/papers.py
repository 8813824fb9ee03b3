"""Invoices and credit notes: numbered without gaps within a year, each of them an entry of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.model.day import day, day_there, later
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.clients import client
from capreg.office.entry import Draft, Entry
from capreg.office.ledger import Ledger, charging
from capreg.office.proof import entries
from capreg.store.locks import BusyError

INVOICE, CREDIT = "", "C"


class NothingToInvoiceError(CapregError):
    """Nothing that was charged to a client waits for an invoice."""

    exit_code = ExitCode.REFUSED


class UnknownPaperError(CapregError):
    """No invoice or credit note has that number."""

    exit_code = ExitCode.MISSING


class Paper(Value):
    """An invoice, or a credit note, with the entries that it is of, and the days on which they were made, where the hub is.

    `credits` is the number of the invoice that a credit note takes something back from.
    """

    number: str
    entry: Entry
    lines: Sequence[Entry]
    days: Sequence[date]
    on: date
    due: date | None
    credits: str | None = None

    @property
    def sign(self) -> int:
        """What the amounts of its lines are multiplied with: a credit note gives back."""
        return -1 if self.credits else 1

    @property
    def totals(self) -> list[tuple[str, str, int, int]]:
        """For each treatment and rate of VAT: the two, what was charged at it, and the VAT, in minor units."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for line in self.lines:
            key = line.details["vat_treatment"], line.vat_rate
            net, vat = found.get(key, (0, 0))
            found[key] = net + self.sign * line.amount, vat + self.sign * line.vat
        return [(*key, *sums) for key, sums in found.items()]

    @property
    def net(self) -> int:
        """The sum of its lines before VAT, in minor units."""
        return self.sign * sum(line.amount for line in self.lines)

    @property
    def gross(self) -> int:
        """The sum of its lines, VAT included, in minor units."""
        return self.sign * sum(line.gross for line in self.lines)


def next_paper(ledger: Ledger, series: str) -> str:
    """Return the number of the next invoice or credit note of the year: `2026-0001`, `2026-C0001`."""
    prefix = f"{ledger.now.year}-{series}"
    return f"{prefix}{ledger.tally.papers(prefix) + 1:04d}"


def parties(ledger: Ledger, client_id: str) -> dict[str, dict[str, str]]:
    """Return who sells and who buys, as a paper of today names them."""
    settings, buyer = ledger.books.settings, client(ledger.books, client_id, ledger.tables)
    seller = {"name": settings.hub, "country": settings.country, **settings.seller}
    told = {key: getattr(buyer, key) for key in ("name", "address", "country", "vat_number", "email")}
    return {"seller": _known(seller), "buyer": _known(told)}


def _known(party: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in party.items() if value}


def waiting(ledger: Ledger, client_id: str, until: date) -> list[Entry]:
    """Return what was charged to a client up to a day and waits for an invoice; what was free needs none.

    Raises:
        UnknownClientError: there is no such client.
        NothingToInvoiceError: nothing waits.
    """
    client(ledger.books, client_id, ledger.tables)
    zone = ledger.books.settings.time_zone
    found = [one for one in ledger.tally.uninvoiced(client_id) if one.amount and day_there(one.moment, zone) <= until]
    if not found:
        raise NothingToInvoiceError(f"nothing that was charged to '{client_id}' up to {until} waits for an invoice")
    return found


def invoice(books: Books, client_id: str, until: date, shown: Sequence[int]) -> Entry:
    """Invoice what waits, those entries that were shown and no others, and return the entry of the invoice.

    Raises:
        BusyError: something of it was invoiced or reversed since.
        what `charging` and `Ledger.enter` raise.
    """
    with charging(books) as ledger:
        lines = [one for one in waiting(ledger, client_id, until) if one.number in shown]
        if len(lines) != len(shown):
            raise BusyError(f"what waits for an invoice to '{client_id}' has changed", "Look again, and invoice again.")
        return ledger.enter(_draft(ledger, client_id, lines))


def _draft(ledger: Ledger, client_id: str, lines: Sequence[Entry]) -> Draft:
    number = next_paper(ledger, INVOICE)
    details = {
        "invoice": number,
        "entries": [one.number for one in lines],
        "net": sum(one.amount for one in lines),
        "total": sum(one.gross for one in lines),
        "due": later(ledger.day, ledger.books.settings.payment_term).isoformat(),
        **parties(ledger, client_id),
    }
    return Draft(f"invoice/{number}", "invoice", ledger.currency, client_id, details=details)


def papers(books: Books) -> list[Paper]:
    """Return all invoices and credit notes, in the order in which they were made."""
    known = entries(books)
    invoices = {line: entry for entry in known for line in entry.details.get("entries", ())}
    return [_paper(entry, known, invoices, books.settings.time_zone) for entry in known if _number(entry)]


def _number(entry: Entry) -> str | None:
    return entry.details.get("invoice") or entry.details.get("credit_note")


def _paper(entry: Entry, known: Sequence[Entry], invoices: Mapping[int, Entry], zone: str) -> Paper:
    on = day_there(entry.moment, zone)
    if "invoice" in entry.details:
        lines = [known[number - 1] for number in entry.details["entries"]]
        days = [day_there(line.moment, zone) for line in lines]
        return Paper(entry.details["invoice"], entry, lines, days, on, day(entry.details["due"]))
    reversed_entry = known[entry.details["reverses"] - 1]
    invoiced = invoices[reversed_entry.number].details["invoice"]
    days = [day_there(reversed_entry.moment, zone)]
    return Paper(entry.details["credit_note"], entry, [reversed_entry], days, on, None, invoiced)


def paper(books: Books, number: str) -> Paper:
    """Return an invoice or a credit note by number; raises UnknownPaperError where there is none."""
    for one in papers(books):
        if one.number == number:
            return one
    raise UnknownPaperError(f"there is no invoice and no credit note '{number[:40]}'", "See: capreg invoice --list")
