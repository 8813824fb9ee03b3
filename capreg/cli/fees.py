"""capreg fees."""

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
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.model.money import Money
from capreg.office.books import books_of
from capreg.office.fees import BEHIND, Fee, charge_fees
from capreg.office.fees import fees as fees_of
from capreg.office.ledger import looking
from capreg.views.arranged import Arrangement
from capreg.views.office import fees_page


@click.command()
@day_option("--on", "on", "Who owes what on that day; else today.")
@click.option("--lapsed", is_flag=True, help="Only those behind: not entered, not paid in time, or reversed.")
@click.option("--charge", is_flag=True, help="Enter the fees that are due today, each once and only once.")
@list_options
@dry_run_option
@yes_option
@output_options
@session_options
@pass_session
def fees(session: Session, on, lapsed, charge, wanted: Arrangement, dry_run, yes, output: Output) -> None:
    """List the fees that are not paid, or enter those that are due.

    A fee falls due on the first day of the fee year, and is to be paid within the payment term that registry.json says.

    \b
    Examples:
      capreg fees
      capreg fees --lapsed -O csv
      capreg fees --charge --yes
    """
    if charge and on:
        raise UsageError("--charge enters what is due today", "Leave out --on.")
    books = books_of(session.registry)
    with looking(books) as ledger:
        found, currency = fees_of(ledger, on or ledger.day), ledger.currency
    due = [fee for fee in found if fee.state == "due"]
    owed = [fee for fee in found if fee.state in BEHIND] if lapsed else [fee for fee in found if fee.state != "paid"]
    page = fees_page(due if charge else owed, currency, output.language_of(books.settings))
    show_list(session, page, output, wanted)
    if charge:
        _charge(session, books, due, currency, dry_run, yes)


def _charge(session: Session, books, due: list[Fee], currency: str, dry_run: bool, yes: bool) -> None:
    total = Money(sum(fee.gross for fee in due), currency)
    if not due or dry_run:
        return session.note(f"{total} would be charged." if due else "No fee is due.")
    if not agreed(f"Charge {counted(len(due), 'fee')}, {total} in all?", yes):
        return session.note("Nothing was charged.")
    charged = charge_fees(books, due)
    session.note(
        f"Charged {counted(len(charged), 'fee')}, {Money(sum(one.gross for one in charged), currency)} in all."
    )
