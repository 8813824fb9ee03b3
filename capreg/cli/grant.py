"""capreg grant."""

import errno
import os
from pathlib import Path

import click

from capreg.cli.granted import read_most, show_opened, write_grant
from capreg.cli.options import (
    Output,
    agreed,
    document_options,
    dry_run_option,
    grant_options,
    order_option,
    session_options,
    yes_option,
)
from capreg.cli.output import keep_off
from capreg.cli.selling import entered, ordered, preview
from capreg.cli.session import Session, counted, pass_session
from capreg.office.books import books_of
from capreg.office.orders import ordered_article, read_order, signed_order
from capreg.office.sales import offer, sell
from capreg.store.files import write_whole
from capreg.store.signing import LARGEST


@click.group()
def grant() -> None:
    """Open what was bought sealed; order from an offline copy, and take such orders."""


@grant.command("open")
@click.argument("grant_path", metavar="GRANT")
@click.argument("part", metavar="PART")
@document_options
@grant_options
@session_options
@pass_session
def open_(session: Session, grant_path, part, output: Output) -> None:
    """Show the profile that a grant opens out of a sealed part of a bundle, as a file.

    The grant must be signed by the hub (--hub-key KEY, or the hub's own registry), the identity be the one that it was made
    for, and the part be of the version that it names; else the exit code is 7.

    \b
    Examples:
      capreg grant open savena.json office/sealed/firm/officine-savena.*.age --identity me.key -O json
    """
    show_opened(session, grant_path, part, output)


@grant.command("order")
@click.argument("part", metavar="PART")
@click.option("--client", "client_id", required=True, metavar="ID", help="Who buys: a client of the other hub.")
@click.option("--to", "recipient", required=True, metavar="KEY", help="The client's public key: age1...")
@click.option("--hub-key", "hub", required=True, metavar="KEY", help="The public key of the hub whose bundle it is.")
@click.option("-o", "--output", "path", required=True, metavar="FILE", help="Write the order there.")
@order_option
@dry_run_option
@session_options
@pass_session
def order_(session: Session, part, client_id, recipient, hub, path, order, dry_run) -> None:
    """Order a profile from an offline copy, for a client; signed by the hub of the registry at hand.

    PART is the name of the sealed part in the other hub's bundle. That hub turns the order into an entry and a grant:
    'capreg grant take'. Nothing is charged here.

    \b
    Examples:
      capreg grant order "$(unzip -Z1 all.capreg 'sealed/firm/officine-savena.*')" --client elbe --hub-key "$(capreg key hub)" --to "$(capreg key show me.key)" --order fair-1 -o fair-1.json
    """
    target = Path(path).resolve()
    keep_off(session, str(target))
    reference = ordered(order)
    content = signed_order(books_of(session.registry), part, client_id, recipient, hub, reference)
    if dry_run:
        return session.note(f"Would write the order {reference}, {len(content)} bytes, to {path}.")
    write_whole(target, content)
    session.note(f"Wrote the order {reference} to {path}.")


@grant.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("-o", "--output", "folder", required=True, metavar="DIR", help="Write the grants into that folder.")
@dry_run_option
@yes_option
@session_options
@pass_session
def take(session: Session, files, folder, dry_run, yes) -> None:
    """Take orders that another hub signed: each becomes an entry, once, and a grant.

    The other hub is a client whose key is entered (client edit HUB --hub-key KEY), and the buyer one that gave the key
    that the order names. All orders are looked at before the first is charged. Given again, an order costs nothing.

    \b
    Examples:
      capreg grant take fair-1.json -o . --yes
    """
    registry = session.registry
    books = books_of(registry)
    keep_off(session, os.path.realpath(folder))
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", folder)
    taken = []
    for path in files:
        order, reference = read_order(books, read_most(path, LARGEST))
        kind = registry.kind(order.kind)
        article = ordered_article(books, kind, registry.get(kind, order.id).document, order)
        taken.append((order, reference, article, offer(books, order.client, article, reference)))
    for order, *_, offered in taken:
        session.note(f"{order.order}, {order.at}: {order.kind} {order.id}. {preview(offered, order.client)}")
    if dry_run or not agreed(f"Enter {counted(len(taken), 'order')}?", yes):
        return
    for order, reference, article, offered in taken:
        sale = sell(books, order.client, article, reference, offered)
        if sale.is_new:
            session.note(entered(sale.entry))
        write_grant(session, books, sale.entry, os.path.join(folder, f"grant-{sale.entry.number:06d}.json"))
