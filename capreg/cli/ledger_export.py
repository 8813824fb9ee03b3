"""capreg ledger export."""

import click

from capreg.cli.options import Output, session_options
from capreg.cli.output import deliver, made, ready
from capreg.cli.session import Session, pass_session
from capreg.exchange.bookkeeping import JOURNALS, transactions
from capreg.model.day import day_there
from capreg.office.books import books_of
from capreg.office.head import currency_of
from capreg.office.proof import entries
from capreg.views import FORMATS
from capreg.views.office import ledger_page


@click.command()
@click.argument("program", type=click.Choice(["csv", *JOURNALS]))
@click.option("-o", "--output", "path", metavar="FILE", help="Write there, whole or not at all; - is standard output.")
@session_options
@pass_session
def export(session: Session, program, path) -> None:
    """Write the ledger as CSV, or as a journal that hledger or beancount read.

    \b
    Examples:
      capreg ledger export hledger -o hub.journal
      capreg ledger export beancount -o hub.beancount
      capreg ledger export csv -o ledger.csv
    """
    output = Output("csv" if program == "csv" else "text", path, "never", None, tuple(FORMATS))
    ready(session, output)
    books = books_of(session.registry)
    found = entries(books)
    if program == "csv":
        return deliver(session, output, made(ledger_page(found, output.language_of(books.settings)), None, "csv"))
    moved = list(transactions(found, lambda entry: day_there(entry.moment, books.settings.time_zone)))
    deliver(session, output, "".join(JOURNALS[program](moved, currency_of(books))).encode())
