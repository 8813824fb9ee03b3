"""capreg client."""

import click

from capreg.cli.options import Output, dry_run_option, list_options, output_options, session_options
from capreg.cli.output import show as write
from capreg.cli.output import show_list
from capreg.cli.session import Session, pass_session
from capreg.model.day import today
from capreg.office.books import books_of
from capreg.office.clients import add_client, clients
from capreg.office.clients import client as find_client
from capreg.views.arranged import Arrangement
from capreg.views.office import client_page, clients_page


@click.group()
def client() -> None:
    """Add, list and show the clients of the office."""


@client.command()
@click.argument("id")
@click.option("--name", "full_name", metavar="NAME", help="The client's full name; else its id.")
@click.option("--email", default="", metavar="ADDRESS", help="The client's e-mail address.")
@dry_run_option
@session_options
@pass_session
def add(session: Session, id, full_name, email, dry_run) -> None:
    """Enter a client.

    \b
    Examples:
      capreg client add nordwerk --name "Nordwerk Fahrzeugbau AG" --email purchasing@nordwerk.example
    """
    registry = session.registry
    added = add_client(books_of(registry), id, full_name or id, email, today(registry.settings.time_zone), dry_run)
    session.note(f"{'Would add' if dry_run else 'Added'} the client {added.id}: {added.name}")


@client.command("list")
@list_options
@output_options
@session_options
@pass_session
def list_(session: Session, wanted: Arrangement, output: Output) -> None:
    """List all clients.

    \b
    Examples:
      capreg client list -O csv
    """
    books = books_of(session.registry)
    show_list(session, clients_page(clients(books), output.language_of(books.settings)), output, wanted)


@client.command()
@click.argument("id")
@output_options
@session_options
@pass_session
def show(session: Session, id, output: Output) -> None:
    """Show one client.

    \b
    Examples:
      capreg client show nordwerk
    """
    found = find_client(books_of(session.registry), id)
    write(session, client_page(found, output.language_of(session.registry.settings)), output, piped="text")
