"""capreg printout."""

import click

from capreg.cli.options import Output, dry_run_option, kind_option, on_option, output_options, session_options
from capreg.cli.output import ready, show
from capreg.cli.search import tell_left_out
from capreg.cli.session import Session, pass_session
from capreg.index.find import find
from capreg.index.order import ordered
from capreg.model.kinds import Tier
from capreg.office.books import books_of
from capreg.office.printouts import number_printout
from capreg.query.language import join
from capreg.views.printout import Head, printout_page
from capreg.views.values import Speech


@click.command()
@click.argument("query", nargs=-1)
@click.option("--client", "client_id", metavar="ID", help="For which client; printouts are numbered per client.")
@kind_option
@on_option
@dry_run_option
@output_options
@session_options
@pass_session
def printout(session: Session, query, client_id, kind_id, on, dry_run, output: Output) -> None:
    """Print the short printout of a search for a client.

    It holds what anybody may know of the firms that meet the query: who they are and what they do.

    \b
    Examples:
      capreg printout process:milling material:aluminium --client nordwerk
      capreg printout certificate:iso-9001 near:Modena,30km --language it -o modena.md
    """
    registry = session.registry
    ready(session, output, piped="text")
    kind = registry.kind(kind_id)
    found = find(registry, kind, join(query), on)
    hits = ordered(kind, found.hits, [], Tier.short)
    ids = [hit.id for hit in hits]
    number = number_printout(books_of(registry), client_id, found.query, found.on, ids, dry_run) if client_id else None
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    show(
        session,
        printout_page(Head(registry.settings.hub, client_id, number), found, hits, speech),
        output,
        piped="text",
    )
    tell_left_out(session, found)
