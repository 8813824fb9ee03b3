"""capreg ledger."""

import click

from capreg.cli.options import Output, list_options, output_options, session_options
from capreg.cli.output import show_list
from capreg.cli.session import Session, pass_session
from capreg.office.books import books_of
from capreg.office.ledger import entries
from capreg.views.arranged import Arrangement
from capreg.views.office import ledger_page


@click.command()
@list_options
@output_options
@session_options
@pass_session
def ledger(session: Session, wanted: Arrangement, output: Output) -> None:
    """List what was charged.

    \b
    Examples:
      capreg ledger
      capreg ledger -O csv -o ledger.csv
    """
    books = books_of(session.registry)
    show_list(session, ledger_page(entries(books.ledger), output.language_of(books.settings)), output, wanted)
