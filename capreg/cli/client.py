"""capreg client."""

import click

from capreg.cli.options import Output, agreed, dry_run_option, list_options, output_options, session_options, yes_option
from capreg.cli.output import show as write
from capreg.cli.output import show_list
from capreg.cli.session import Session, pass_session
from capreg.errors import UsageError
from capreg.model.day import today
from capreg.office.books import books_of
from capreg.office.clients import Client, add_client, change_client, clients
from capreg.office.clients import client as find_client
from capreg.office.ledger import looking
from capreg.office.proof import entries
from capreg.views.arranged import Arrangement
from capreg.views.office import client_page, clients_page


def client_options(command):
    """Give a command the options that say what is known of a client."""
    for option in (
        click.option("--prepaid", is_flag=True, help="The client pays in advance: the same as --credit 0."),
        click.option(
            "--credit", metavar="AMOUNT", help="How much the client may owe, VAT included; no limit unless said."
        ),
        click.option("--hub-key", metavar="KEY", help="Of a client that is a hub: the key with which it signs orders."),
        click.option("--key", metavar="KEY", help="The client's public key, age1..., for which grants are made."),
        click.option("--vat-number", metavar="NUMBER", help="The client's VAT number; its check digits are checked."),
        click.option("--country", metavar="CC", help="Where the client is taxed (ISO 3166, two letters)."),
        click.option("--address", metavar="TEXT", help="The client's address, on one line."),
        click.option("--email", metavar="ADDRESS", help="The client's e-mail address."),
        click.option("--name", metavar="NAME", help="The client's full name; else its id."),
    ):
        command = option(command)
    return command


def _told(prepaid: bool, credit: str | None, **told: str | None) -> dict[str, str]:
    """Return what was said of a client, by field."""
    if prepaid and credit is not None:
        raise UsageError("--prepaid and --credit contradict each other", "Name one of them.")
    told["credit"] = "0" if prepaid else credit
    return {key: value for key, value in told.items() if value is not None}


@click.group()
def client() -> None:
    """Add, list, show, edit and close the clients of the office."""


@client.command()
@click.argument("id")
@client_options
@dry_run_option
@session_options
@pass_session
def add(session: Session, id, dry_run, **told) -> None:
    """Enter a client.

    \b
    Examples:
      capreg client add nordwerk --name "Nordwerk Fahrzeugbau AG" --email purchasing@nordwerk.example
      capreg client add elbe --key age1tw50vlt9jsywh8xk8wter6tta5nf6sf695q9pwygt46c8hupjs5qds8s42
      capreg client add messe --name "Messe-Hub"
      capreg client add rhone --name "Hydraulique du Rhône" --country FR --prepaid
    """
    books = books_of(session.registry)
    fields = {"name": id, "since": today(books.settings.time_zone).isoformat(), **_told(**told)}
    added = add_client(books, Client(id, **fields), dry_run)
    session.note(f"{'Would add' if dry_run else 'Added'} the client {added.id}: {added.name}")


@client.command("list")
@list_options
@output_options
@session_options
@pass_session
def list_(session: Session, wanted: Arrangement, output: Output) -> None:
    """List all clients, with what they owe.

    \b
    Examples:
      capreg client list -O csv
    """
    books = books_of(session.registry)
    with looking(books) as ledger:
        page = clients_page(
            clients(books), ledger.tally.balances(), ledger.currency, output.language_of(books.settings)
        )
    show_list(session, page, output, wanted)


@client.command()
@click.argument("id")
@output_options
@session_options
@pass_session
def show(session: Session, id, output: Output) -> None:
    """Show one client: what is known, what it owes, and what it owns.

    \b
    Examples:
      capreg client show nordwerk
    """
    books = books_of(session.registry)
    found = find_client(books, id)
    with looking(books) as ledger:
        owed, currency = ledger.tally.balance(id).owed, ledger.currency
    own = [one for one in entries(books) if one.client == id]
    page = client_page(found, own, owed, currency, today(books.settings.time_zone), output.language_of(books.settings))
    write(session, page, output, piped="text")


@client.command()
@click.argument("id")
@client_options
@click.option("--open", "reopened", is_flag=True, help="Sell to a closed client again.")
@dry_run_option
@session_options
@pass_session
def edit(session: Session, id, reopened, dry_run, **told) -> None:
    """Change what is known of a client; "" forgets it.

    \b
    Examples:
      capreg client edit nordwerk --email orders@nordwerk.example --credit 500.00
      capreg client edit messe --hub-key "$(capreg key hub)"
    """
    changes = {**_told(**told), **({"closed": ""} if reopened else {})}
    if not changes:
        raise UsageError("nothing is said that would change", "See: capreg client edit --help")
    changed = change_client(books_of(session.registry), id, changes, dry_run)
    session.note(f"{'Would change' if dry_run else 'Changed'} the client {changed.id}: {', '.join(sorted(changes))}")


@client.command()
@click.argument("id")
@dry_run_option
@yes_option
@session_options
@pass_session
def close(session: Session, id, dry_run, yes) -> None:
    """Close a client: nothing is sold to it from today on; what it owes stays owed.

    \b
    Examples:
      capreg client close nordwerk --yes
    """
    books = books_of(session.registry)
    find_client(books, id)
    if dry_run:
        return session.note(f"Would close the client {id}.")
    if agreed(f"Close the client {id}?", yes):
        change_client(books, id, {"closed": today(books.settings.time_zone).isoformat()})
        session.note(f"Closed the client {id}.")
