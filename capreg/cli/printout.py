"""capreg printout."""

import click

from capreg.cli.asked import asked, file_option
from capreg.cli.options import Output, dry_run_option, kind_option, on_option, output_options, session_options
from capreg.cli.output import ready, show
from capreg.cli.search import tell
from capreg.cli.session import Session, pass_session
from capreg.index.answer import Found, Hit
from capreg.index.find import find
from capreg.index.order import Order
from capreg.model.kinds import Tier
from capreg.office.books import books_of
from capreg.office.clients import is_client
from capreg.office.printouts import number_printout
from capreg.query.language import join
from capreg.views.printout import Head, printout_page


@click.command()
@click.argument("query", nargs=-1)
@file_option
@click.option("--client", "client_id", metavar="ID", help="For which client; printouts are numbered per client.")
@kind_option
@on_option
@dry_run_option
@output_options
@session_options
@pass_session
def printout(session: Session, query, file, client_id, kind_id, on, dry_run, output: Output) -> None:
    """Print the short printout of a search for a client.

    It holds what anybody may know of the firms that meet the query: who they are and what they do. An inquiry's client
    is the printout's, unless --client names another.

    \b
    Examples:
      capreg printout process:milling material:aluminium --client nordwerk
      capreg printout certificate:iso-9001 near:Modena,30km --language it -o modena.md
    """
    ready(session, output, piped="text")
    catalogue = session.catalogue()
    what = asked(catalogue, kind_id, join(query), file, on)
    found = find(catalogue, what.kind, what.inquiry.query, what.on, order=Order.of(what.kind, [], Tier.short))
    hits = list(found.hits)
    head = _head(session, client_id, what.inquiry.client, found, hits, dry_run)
    show(session, printout_page(head, found, hits, session.speech(output)), output, piped="text")
    tell(session, found)


def _head(session: Session, named: str | None, of_inquiry: str | None, found: Found, hits: list[Hit], dry_run) -> Head:
    """Number the printout for its client; one that only the inquiry names need not be a client of the office."""
    books = books_of(session.catalogue())
    known = of_inquiry if of_inquiry and is_client(books, of_inquiry) else None
    if of_inquiry and not (named or known):
        session.note(
            f"The office has no client '{of_inquiry}', so the printout has no number: 'capreg client add' adds one."
        )
    client = named or known
    ids = [hit.id for hit in hits]
    number = number_printout(books, client, found.query, found.on, ids, dry_run) if client else None
    return Head(session.catalogue().settings.hub, client or of_inquiry, number)
