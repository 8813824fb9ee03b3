"""capreg profile."""

import click

from capreg.cli.granted import ready_to_grant, show_granted, write_grant
from capreg.cli.issuing import hand_out, hand_out_again, refuse_beside_again
from capreg.cli.options import (
    Output,
    again_option,
    agreed,
    document_options,
    dry_run_option,
    grant_options,
    kind_option,
    order_option,
    session_options,
    yes_option,
)
from capreg.cli.output import ready
from capreg.cli.selling import entered, ordered, owned, preview, told
from capreg.cli.session import Session, pass_session
from capreg.errors import UsageError
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.office.books import Books, books_of
from capreg.office.entry import Entry
from capreg.office.receipts import receipt
from capreg.office.sales import Article, Offer, offer, profile_article, sell
from capreg.office.sealed import kept_parts
from capreg.views.profile import profile_page
from capreg.views.values import Speech


@click.command()
@click.argument("id", required=False)
@click.option("--client", "client_id", metavar="ID", help="To which client it is sold.")
@kind_option
@order_option
@again_option
@click.option(
    "--grant", "grant_path", metavar="FILE", help="Write a grant that opens the sealed part, in place of the profile."
)
@dry_run_option
@yes_option
@document_options
@grant_options
@session_options
@pass_session
def profile(session: Session, id, client_id, kind_id, order, again, grant_path, dry_run, yes, output: Output) -> None:
    """Sell the detailed profile of a record to a client.

    A version is charged once in the entitlement period; after that the client owns it, and it is shown again for
    nothing. The same order again is the same sale. Members in good standing pay the prices for members.

    With --grant, the client gets what opens the sealed part of a bundle instead. Who has bought opens it with --grants
    and --identity.

    \b
    Examples:
      capreg profile officine-savena --client nordwerk --dry-run
      capreg profile officine-savena --client nordwerk --yes -o savena.md
      capreg profile -k contractor trattori-padani --client nordwerk --order po-4711 --yes
      capreg profile --again 1
      capreg profile officine-savena --client elbe --grant savena.json --yes
      capreg --grants . --identity me.key profile officine-savena
    """
    if session.option("grants"):
        if any((client_id, order, again, grant_path, dry_run)):
            raise UsageError(
                "what grants open is shown, and never sold", "Leave --grants out, or all that says a sale."
            )
        return show_granted(session, kind_id, id, output)
    registry = session.registry
    books = books_of(registry)
    ready(session, output, piped="text")
    if again is not None:
        refuse_beside_again(id, client_id, order, dry_run)
        return hand_out_again(session, books, again, output)
    if id is None or client_id is None:
        raise UsageError("a profile is of a record, for a client", "Write: capreg profile ID --client CLIENT")
    if grant_path:
        ready_to_grant(session, books, client_id, grant_path, output)
    kind = registry.kind(kind_id)
    record = registry.get(kind, id)
    article, reference = profile_article(kind, record.document), ordered(order)
    offered = offer(books, client_id, article, reference)
    if dry_run:
        return session.note(preview(offered, client_id))
    if offered.entry is None:
        session.note(told(reference, offered))
        if not agreed(f"Sell the detailed profile of {id} to {client_id} for {offered}?", yes):
            return session.note("Nothing was charged.")
    else:
        session.note(f"{owned(offered.entry)}; it costs nothing.")
    if grant_path:
        # Sealed before it is charged, so that what was bought can be opened whatever becomes of the record.
        list(kept_parts(books, [(kind, record.document)]))
    entry = offered.entry or _sold(session, books, client_id, article, reference, offered)
    if grant_path:
        return write_grant(session, books, entry, grant_path)
    hand_out(session, books, entry, _page(books, kind, record, entry, registry, output), output)


def _sold(session: Session, books: Books, client: str, article: Article, order: str, offered: Offer) -> Entry:
    sale = sell(books, client, article, order, offered)
    if sale.is_new:
        session.note(entered(sale.entry))
    return sale.entry


def _page(books: Books, kind, record, entry: Entry, registry, output: Output):
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    document = cut(kind, record.document, Tier.detailed)
    return profile_page(kind, document, registry.settings.hub, entry, receipt(books, entry), speech)
