"""capreg invoice."""

import click

from capreg.cli.issuing import hand_out_paper, refuse_beside_again
from capreg.cli.options import (
    Output,
    agreed,
    day_option,
    document_options,
    dry_run_option,
    list_options,
    session_options,
    yes_option,
)
from capreg.cli.output import ready, show_list
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.model.money import Money
from capreg.office.books import Books, books_of
from capreg.office.ledger import looking
from capreg.office.papers import invoice as make_invoice
from capreg.office.papers import paper, papers, waiting
from capreg.views.arranged import Arrangement
from capreg.views.office import papers_page


@click.command()
@click.argument("client_id", metavar="CLIENT", required=False)
@day_option("--until", "until", "What was charged up to that day; else up to today.")
@click.option("--again", metavar="NUMBER", help="An invoice or a credit note as it was issued.")
@click.option("--list", "listed", is_flag=True, help="List all invoices and credit notes.")
@list_options
@dry_run_option
@yes_option
@document_options
@session_options
@pass_session
def invoice(
    session: Session, client_id, until, again, listed, wanted: Arrangement, dry_run, yes, output: Output
) -> None:
    """Invoice what was charged to a client and is not invoiced yet.

    Invoices are numbered without gaps within a year, and kept as they were issued. What was reversed after it was
    invoiced has a credit note, with a number of its own.

    \b
    Examples:
      capreg invoice nordwerk --dry-run
      capreg invoice nordwerk --yes -o invoice.md
      capreg invoice --list
    """
    ready(session, output, piped="tsv" if listed else "text")
    books = books_of(session.registry)
    if listed:
        return show_list(session, papers_page(papers(books), output.language_of(books.settings)), output, wanted)
    if again is not None:
        refuse_beside_again(client_id, until, dry_run)
        return hand_out_paper(session, books, paper(books, again), output)
    if client_id is None:
        raise UsageError("an invoice is for a client", "Write: capreg invoice CLIENT, or --list, or --again NUMBER.")
    if number := _made(session, books, client_id, until, dry_run, yes):
        hand_out_paper(session, books, paper(books, number), output)


def _made(session: Session, books: Books, client_id: str, until, dry_run: bool, yes: bool) -> str | None:
    """Return the number of a new invoice, None where none was wanted."""
    with looking(books) as ledger:
        day = until or ledger.day
        lines = waiting(ledger, client_id, day)
        total = Money(sum(one.gross for one in lines), ledger.currency)
    what = f"{counted(len(lines), 'entry')}, {total} in all"
    if dry_run:
        return session.note(f"Would invoice to {client_id}: {what}.")
    if not agreed(f"Invoice to {client_id}: {what}?", yes):
        return session.note("Nothing was invoiced.")
    entry = make_invoice(books, client_id, day, [one.number for one in lines])
    session.note(f"Ledger entry {entry.number}: invoice {entry.details['invoice']}, {total}.")
    return entry.details["invoice"]
