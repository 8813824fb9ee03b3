"""The commands of capreg ledger that enter something: payment, reverse, close."""

import click

from capreg.cli.options import agreed, dry_run_option, order_option, session_options, yes_option
from capreg.cli.selling import amount_of, ordered
from capreg.cli.session import Session, pass_session
from capreg.model.money import Money
from capreg.office.account import close_year, closing_draft, enter_payment, reversal
from capreg.office.account import reverse as reverse_entry
from capreg.office.books import books_of
from capreg.office.clients import client as find_client
from capreg.office.ledger import looking


@click.command()
@click.argument("client_id", metavar="CLIENT")
@click.argument("amount")
@click.option("--note", default="", metavar="TEXT", help="What the bank statement says.")
@order_option
@dry_run_option
@yes_option
@session_options
@pass_session
def payment(session: Session, client_id, amount, note, order, dry_run, yes) -> None:
    """Enter what a client paid. Payments cover the oldest charges first.

    \b
    Examples:
      capreg ledger payment nordwerk 100.00 --note "bank, 12 November" --order bank-2026-11-12 --yes
    """
    books = books_of(session.registry)
    find_client(books, client_id)
    with looking(books) as ledger:
        paid = amount_of(amount, ledger.currency)
    if dry_run:
        return session.note(f"Would enter that {client_id} paid {paid}.")
    reference = ordered(order)
    session.note(f"Order {reference}; after a lost connection, '--order {reference}' is the same payment.")
    if agreed(f"Enter that {client_id} paid {paid}?", yes):
        entry, is_new = enter_payment(books, client_id, paid, reference, note)
        session.note(f"Ledger entry {entry.number}: {paid} from {client_id}{'' if is_new else ', entered before'}.")


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--why", required=True, metavar="TEXT", help="Why it is reversed; it is kept with the entry.")
@dry_run_option
@yes_option
@session_options
@pass_session
def reverse(session: Session, number, why, dry_run, yes) -> None:
    """Reverse an entry, once, by a new one; nothing is ever edited.

    What it sold is owned no more. One that was invoiced gets a credit note: 'capreg invoice --again' prints it.

    \b
    Examples:
      capreg ledger reverse 1 --why "sold by mistake" --yes
    """
    books = books_of(session.registry)
    with looking(books) as ledger:
        draft = reversal(ledger, number, why)
        back = Money(-draft.gross, draft.currency)
    if dry_run:
        return session.note(f"Would reverse entry {number}: {back} back to {draft.client}.")
    if agreed(f"Reverse entry {number}, {back} back to {draft.client}?", yes):
        entry = reverse_entry(books, number, why)
        paper = entry.details.get("credit_note")
        session.note(
            f"Ledger entry {entry.number}: entry {number} reversed{f', credit note {paper}' if paper else ''}."
        )


@click.command()
@click.argument("year", type=click.IntRange(min=2000, max=9999))
@dry_run_option
@yes_option
@session_options
@pass_session
def close(session: Session, year, dry_run, yes) -> None:
    """Close a year: its balances are carried over, and nothing is entered in it any more.

    \b
    Examples:
      capreg ledger close 2026 --dry-run
    """
    books = books_of(session.registry)
    with looking(books) as ledger:
        draft, is_over = closing_draft(ledger, year), year < ledger.now.year
        total = Money(sum(draft.details["balances"].values()), ledger.currency)
    warning = "" if is_over else f" The year is not over: nothing can be entered until {year + 1} begins."
    if dry_run:
        return session.note(f"Would close {year}: clients owe {total} in all.{warning}")
    if agreed(f"Close the year {year}, with {total} owed in all?{warning}", yes):
        entry = close_year(books, year)
        session.note(f"Ledger entry {entry.number}: the year {year} is closed, {total} carried over.{warning}")
