"""capreg printout."""

import click

from capreg.cli.asked import asked, file_option
from capreg.cli.issuing import hand_out, hand_out_again, refuse_beside_again
from capreg.cli.options import (
    Output,
    again_option,
    agreed,
    document_options,
    dry_run_option,
    kind_option,
    on_option,
    order_option,
    session_options,
    yes_option,
)
from capreg.cli.output import ready, show
from capreg.cli.parsing import Command
from capreg.cli.search import tell
from capreg.cli.selling import entered, ordered, owned, preview, told
from capreg.cli.session import Session, pass_session
from capreg.index.answer import Found, Hit
from capreg.index.find import find
from capreg.index.order import Order
from capreg.model.day import today
from capreg.model.kinds import Tier
from capreg.office.books import Books, books_of
from capreg.office.clients import is_client
from capreg.office.entry import Entry
from capreg.office.inquiries import KeptInquiry, keep_inquiry, kept_inquiry
from capreg.office.receipts import receipt
from capreg.office.sales import Offer, offer, printout_article, sell
from capreg.query.language import join
from capreg.views.printout import Head, printout_page


@click.command(cls=Command)
@click.argument("query", nargs=-1)
@file_option
@click.option("--client", "client_id", metavar="ID", help="For which client; printouts are numbered per client.")
@kind_option
@on_option
@order_option
@again_option
@dry_run_option
@yes_option
@document_options
@session_options
@pass_session
def printout(session: Session, query, file, client_id, kind_id, on, order, again, dry_run, yes, output: Output) -> None:
    """Print the short printout of a search for a client.

    It holds what anybody may know of the firms that meet the query: who they are and what they do. An inquiry's client
    is the printout's, unless --client names another. For a client it is a sale, at the price of the list, and is kept
    as it was; one that finds nothing costs nothing.

    \b
    Examples:
      capreg printout process:milling material:aluminium --client nordwerk --yes
      capreg printout certificate:iso-9001 near:Modena,30km --language it -o modena.md
      capreg printout --again 1
    """
    ready(session, output, piped="text")
    if again is not None:
        refuse_beside_again(query, file, client_id, on, order, dry_run)
        return hand_out_again(session, books_of(session.catalogue()), again, output)
    catalogue = session.catalogue()
    what = asked(catalogue, kind_id, join(query), file, on)
    found = find(catalogue, what.kind, what.inquiry.query, what.on, order=Order.of(what.kind, [], Tier.short))
    hits = list(found.hits)
    client = _client(session, client_id, what.inquiry.client)
    if client is None:
        head = Head(catalogue.settings.hub, what.inquiry.client)
        show(session, printout_page(head, found, hits, session.speech(output)), output, piped="text")
    else:
        _for_client(session, client, found, hits, ordered(order), dry_run, yes, output)
    tell(session, found)


def _client(session: Session, named: str | None, of_inquiry: str | None) -> str | None:
    """Return for which client a printout is; one that only the inquiry names need not be a client of the office."""
    if named or not of_inquiry:
        return named
    if is_client(books_of(session.catalogue()), of_inquiry):
        return of_inquiry
    session.note(f"The office has no client '{of_inquiry}', so nothing is sold: 'capreg client add' adds one.")
    return None


def _for_client(session, client: str, found: Found, hits: list[Hit], order: str, dry_run, yes, output: Output) -> None:
    books = books_of(session.catalogue())
    article = printout_article(found.kind, found.query, found.on, len(hits))
    offered = offer(books, client, article, order)
    if dry_run:
        return session.note(preview(offered, client) if hits else "Nothing was found, and nothing would be charged.")
    if offered.entry is None and not _agreed(session, client, offered, hits, order, yes):
        return session.note("Nothing was charged.")
    if offered.entry:
        session.note(f"{owned(offered.entry)}; it costs nothing.")
    session.only_once()
    inquiry = _inquiry(books, client, found, hits, order)
    entry = offered.entry or (_sold(session, books, client, article, order, offered) if hits else None)
    # After the sale, which refuses an order that somebody gave meanwhile for something else.
    kept = (kept_inquiry(books, client, order) if offered.entry else None) or keep_inquiry(books, inquiry)
    number, signed = kept.number, receipt(books, entry) if entry else None
    head = Head(session.catalogue().settings.hub, client, number, entry, signed)
    page = printout_page(head, found, hits, session.speech(output))
    if entry is None:
        session.note("Nothing was found, and nothing is charged; the inquiry is kept.")
        return show(session, page, output, piped="text")
    hand_out(session, books, entry, page, output)


def _agreed(session: Session, client: str, offered: Offer, hits: list[Hit], order: str, yes: bool) -> bool:
    """Whether a printout is to be sold; what costs nothing needs no yes."""
    if not hits or not offered.total.minor:
        return True
    session.note(told(order, offered))
    return agreed(f"Sell the short printout of {len(hits)} to {client} for {offered}?", yes)


def _inquiry(books: Books, client: str, found: Found, hits: list[Hit], order: str) -> KeptInquiry:
    day = today(books.settings.time_zone).isoformat()
    ids = [hit.id for hit in hits]
    return KeptInquiry(order, found.kind.id, found.query, found.on.isoformat(), day, ids, client)


def _sold(session: Session, books: Books, client: str, article, order: str, offered: Offer) -> Entry:
    # Whatever goes wrong from here on, it must not be done again as an order of its own, with an index made anew.
    session.has_shown = True
    sale = sell(books, client, article, order, offered)
    if sale.is_new:
        session.note(entered(sale.entry))
    return sale.entry
