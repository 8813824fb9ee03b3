"""capreg ledger."""

from pathlib import Path

import click

from capreg.cli.groups import DefaultGroup
from capreg.cli.ledger_entries import close, payment, reverse
from capreg.cli.ledger_export import export
from capreg.cli.options import Output, day_option, list_options, output_options, session_options
from capreg.cli.output import show, show_list
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import CapregError, ExitCode
from capreg.exchange.header import read as read_header
from capreg.model.day import day_there
from capreg.office.account import UnknownEntryError
from capreg.office.books import Books, books_of
from capreg.office.entry import WHATS, Entry
from capreg.office.entry import balances as balances_of
from capreg.office.head import currency_of
from capreg.office.proof import entries
from capreg.office.receipts import check_bundle, check_receipt, read_receipt
from capreg.office.receipts import receipt as receipt_of
from capreg.office.verification import UNTRUSTED
from capreg.office.verification import verify as verify_books
from capreg.views.arranged import Arrangement
from capreg.views.ledger import findings_page, receipt_page
from capreg.views.office import balances_page, ledger_page


class BooksError(CapregError):
    """The books do not hold."""

    exit_code = ExitCode.INVALID


class ForgedBooksError(BooksError):
    """The books do not hold, and it is the signature that says so."""

    exit_code = ExitCode.UNTRUSTED


@click.group(cls=DefaultGroup)
def ledger() -> None:
    """List what was charged; verify, reverse, close and export the ledger."""


@ledger.command("list")
@click.option("--client", "client_id", metavar="ID", help="Only the entries of a client.")
@click.option("--what", type=click.Choice(WHATS), help="Only the entries of a kind.")
@day_option("--from", "since", "Only entries of that day or later.")
@day_option("--until", "until", "Only entries of that day or earlier.")
@list_options
@output_options
@session_options
@pass_session
def list_(session: Session, client_id, what, since, until, wanted: Arrangement, output: Output) -> None:
    """List the entries, every one of them proved on the way; what 'capreg ledger' alone does.

    \b
    Examples:
      capreg ledger
      capreg ledger list --client nordwerk --from 2026-01-01
      capreg ledger -O csv -o ledger.csv
    """
    books = books_of(session.registry)
    found = [
        one for one in entries(books) if what in (None, one.what) and _is_wanted(books, one, client_id, since, until)
    ]
    show_list(session, ledger_page(found, output.language_of(books.settings)), output, wanted)


def _is_wanted(books: Books, entry: Entry, client: str | None, since, until) -> bool:
    on = day_there(entry.moment, books.settings.time_zone)
    return (client is None or entry.client == client) and (since or on) <= on <= (until or on)


@ledger.command()
@day_option("--on", "on", "At the end of that day; else now.")
@list_options
@output_options
@session_options
@pass_session
def balances(session: Session, on, wanted: Arrangement, output: Output) -> None:
    """List what each client owes, VAT included; less than nothing where it paid in advance.

    \b
    Examples:
      capreg ledger balances
    """
    books = books_of(session.registry)
    found = [one for one in entries(books) if _is_wanted(books, one, None, None, on)]
    page = balances_page(balances_of(found), currency_of(books), output.language_of(books.settings))
    show_list(session, page, output, wanted)


@ledger.command()
@click.option("--receipt", "receipts", multiple=True, metavar="FILE", help="A receipt that the ledger must bear out.")
@click.option("--bundle", "bundles", multiple=True, metavar="FILE", help="A bundle that the ledger must bear out.")
@output_options
@session_options
@pass_session
def verify(session: Session, receipts, bundles, output: Output) -> None:
    """Verify the whole ledger: chain, signed head, prices, VAT, reversals, invoices, closings.

    Who holds the hub's key could write book and head anew; receipts that were handed out before are the witnesses
    against that. A receipt is what 'capreg ledger receipt' writes, or a profile or printout as JSON. A bundle that was
    handed out names the last entry of its day.

    \b
    Examples:
      capreg ledger verify
    """
    books = books_of(session.registry)
    verified = verify_books(books)
    show(session, findings_page(verified.findings), output, piped="text")
    if verified.findings:
        is_forged = any(one.id == UNTRUSTED for one in verified.findings)
        raise (ForgedBooksError if is_forged else BooksError)(
            f"{counted(len(verified.findings), 'fault')} in the ledger"
        )
    known = {entry.number: entry.hash for entry in verified.entries}
    for path in receipts:
        check_receipt(books, read_receipt(Path(path)), known)
    for path in bundles:
        with Path(path).open("rb") as file:
            header = read_header(file, path)
        check_bundle(books, header.key, header.ledger, known)
    counts = [counted(len(found), what) for found, what in ((receipts, "receipt"), (bundles, "bundle")) if found]
    witnesses = f", and {' and '.join(counts)} borne out" if counts else ""
    session.note(f"The ledger holds: {counted(len(known), 'entry')}, chain, head and prices verified{witnesses}.")


@ledger.command()
@click.argument("number", type=click.IntRange(min=1))
@output_options
@session_options
@pass_session
def receipt(session: Session, number, output: Output) -> None:
    """Write the receipt of an entry, signed by the hub: a witness from outside for 'ledger verify'.

    \b
    Examples:
      capreg ledger receipt 1 -o receipt-1.json
    """
    books = books_of(session.registry)
    found = {entry.number: entry for entry in entries(books)}
    if number not in found:
        raise UnknownEntryError(number)
    show(session, receipt_page(receipt_of(books, found[number])), output, piped="json")


for command in (payment, reverse, close, export):
    ledger.add_command(command)
