"""capreg price."""

import click

from capreg.cli.options import (
    Output,
    agreed,
    day_option,
    dry_run_option,
    list_options,
    output_options,
    session_options,
    yes_option,
)
from capreg.cli.output import show_list
from capreg.cli.selling import amount_of
from capreg.cli.session import Session, pass_session
from capreg.errors import UsageError
from capreg.model.money import PERCENT, Money
from capreg.office.books import books_of
from capreg.office.ledger import looking
from capreg.office.prices import FREE, ITEMS, Price
from capreg.office.pricing import changed_price, enter_price
from capreg.views.arranged import Arrangement
from capreg.views.office import prices_page


@click.group()
def price() -> None:
    """List the prices, and change one from a day on."""


@price.command("list")
@day_option("--on", "on", "The prices of that day; else of today.")
@list_options
@output_options
@session_options
@pass_session
def list_(session: Session, on, wanted: Arrangement, output: Output) -> None:
    """List the prices, without VAT.

    \b
    Examples:
      capreg price list
      capreg price list --on 2027-01-01 -O json
    """
    books = books_of(session.registry)
    with looking(books) as ledger:
        prices, currency = ledger.prices(on or ledger.day), ledger.currency
    show_list(session, prices_page(list(prices.values()), currency, output.language_of(books.settings)), output, wanted)


@price.command()
@click.argument("item", type=click.Choice(ITEMS))
@click.argument("amount", required=False)
@click.option("-k", "--kind", "kind_id", metavar="KIND", help="Of a profile: which kind of record; firm unless said.")
@click.option("--member", metavar="AMOUNT", help="The price for members in good standing; as it was, unless said.")
@click.option("--vat-rate", metavar="PERCENT", help="VAT in percent, 22 or 5.5; as it was, unless said.")
@click.option(
    "--new-version", type=click.Choice([FREE, "charged"]), help="Of a profile: what a new one costs its owners."
)
@day_option("--from", "since", "The first day of the price: today, the usual, or later.")
@dry_run_option
@yes_option
@session_options
@pass_session
def change(session: Session, item, amount, kind_id, member, vat_rate, new_version, since, dry_run, yes) -> None:
    """Change a price from a day on; AMOUNT is that for clients, without VAT. What was sold before keeps its price.

    \b
    Examples:
      capreg price change profile 50.00 --member 35.00 --from 2027-01-01 --yes
      capreg price change profile -k contractor --new-version charged --dry-run
      capreg price change printout 5.00 --vat-rate 22 --yes
    """
    registry = session.registry
    kind = registry.kind(kind_id or "firm").id if item == "profile" else kind_id
    books = books_of(registry)
    with looking(books) as ledger:
        told = _told(amount, member, vat_rate, new_version, ledger.currency)
        wanted = changed_price(ledger, item, kind, told, since or ledger.day)
        question = _question(wanted, ledger.currency)
    if dry_run:
        return session.note(f"Would enter: {question}.")
    if agreed(f"Enter: {question}?", yes):
        entry = enter_price(books, item, kind, told, since)
        session.note(f"Ledger entry {entry.number}: {question}.")


def _told(amount: str | None, member: str | None, vat_rate: str | None, new_version: str | None, currency: str) -> dict:
    """Return what was said of a price, as an entry states it."""
    told = {
        "client_price": None if amount is None else amount_of(amount, currency).minor,
        "member_price": None if member is None else amount_of(member, currency).minor,
    }
    if vat_rate is not None and not PERCENT.fullmatch(vat_rate):
        raise UsageError(f"'{vat_rate[:40]}' is not a percentage", "Write digits, and at most 3 decimals: 22 or 5.5.")
    told |= {"price_vat_rate": vat_rate, "new_version": new_version}
    return {key: value for key, value in told.items() if value is not None}


def _question(price: Price, currency: str) -> str:
    what = f"{price.item} of the kind {price.kind}" if price.kind else price.item
    amounts = f"{Money(price.client_price, currency)}, members {Money(price.member_price, currency)}"
    new_version = f", new versions {price.new_version}" if price.new_version else ""
    return f"{what} {amounts}, VAT {price.price_vat_rate} %{new_version}, from {price.since} on"
