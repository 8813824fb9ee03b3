"""capreg profile."""

import click

from capreg.cli.options import (
    Output,
    agreed,
    dry_run_option,
    kind_option,
    output_options,
    session_options,
    yes_option,
)
from capreg.cli.output import ready, show
from capreg.cli.session import Session, pass_session
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.office.books import Books, books_of
from capreg.office.ledger import Entry
from capreg.office.sales import Offer, offer, sell_profile
from capreg.views.profile import profile_page
from capreg.views.values import Speech


@click.command()
@click.argument("id")
@click.option("--client", "client_id", metavar="ID", required=True, help="To which client it is sold.")
@kind_option
@dry_run_option
@yes_option
@output_options
@session_options
@pass_session
def profile(session: Session, id, client_id, kind_id, dry_run, yes, output: Output) -> None:
    """Sell the detailed profile of a record to a client.

    It is charged once in the entitlement period; after that the client owns it, and it is shown again for nothing.

    \b
    Examples:
      capreg profile officine-savena --client nordwerk --dry-run
      capreg profile officine-savena --client nordwerk --yes -o savena.md
    """
    registry = session.registry
    ready(session, output, piped="text")
    kind = registry.kind(kind_id)
    record = registry.get(kind, id)
    books = books_of(registry)
    offered = offer(books, client_id, kind.id, id)
    if dry_run:
        return session.note(_would(offered, client_id))
    entry = offered.owned or _sold(session, books, offered, client_id, kind.id, id, yes)
    if entry is None:
        return session.note("Nothing was charged.")
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    document = cut(kind, record.document, Tier.detailed)
    show(session, profile_page(kind, document, registry.settings.hub, entry, speech), output, piped="text")


def _would(offered: Offer, client: str) -> str:
    if offered.owned:
        return f"Nothing would be charged: {client} owns this profile until {offered.owned.until}."
    return f"{offered.price} would be charged to {client}."


def _sold(session: Session, books: Books, offered: Offer, client: str, kind: str, id: str, yes: bool) -> Entry | None:
    if not agreed(f"Sell the detailed profile of {id} to {client} for {offered.price}?", yes):
        return None
    sale = sell_profile(books, client, kind, id, offered.price)
    entry = sale.entry
    if sale.charged:
        session.note(f"Ledger entry {entry.number}: {entry.amount} {entry.currency} charged to {client}.")
    return entry
