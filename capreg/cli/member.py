"""capreg member."""

import click

from capreg.cli.options import (
    Output,
    agreed,
    day_option,
    dry_run_option,
    kind_option,
    list_options,
    output_options,
    session_options,
    yes_option,
)
from capreg.cli.output import show_list
from capreg.cli.session import Session, pass_session
from capreg.model.day import today
from capreg.office.books import books_of
from capreg.office.fees import fees
from capreg.office.ledger import looking
from capreg.office.members import join as join_as_member
from capreg.office.members import leave as leave_as_member
from capreg.office.members import member as find_member
from capreg.office.members import members
from capreg.views.arranged import Arrangement
from capreg.views.office import members_page


@click.group()
def member() -> None:
    """Let firms join and leave, and list the members."""


@member.command()
@click.argument("id")
@kind_option
@day_option("--from", "since", "The first day of its fee years; else today.")
@dry_run_option
@session_options
@pass_session
def join(session: Session, id, kind_id, since, dry_run) -> None:
    """Make a firm of the registry a member, and a client, if it is none yet.

    Its fee falls due on the day it joins and on each anniversary. A day within the year before is for a member of old:
    fees are charged from that day on.

    \b
    Examples:
      capreg member join officine-savena
      capreg member join torneria-reno --from 2026-09-01
    """
    registry = session.registry
    kind, books = registry.kind(kind_id), books_of(registry)
    now = today(registry.settings.time_zone)
    joined = join_as_member(books, kind, registry.get(kind, id), since or now, now, dry_run)
    session.note(f"{'Would make' if dry_run else 'Made'} {id} a member from {joined.since} on.")


@member.command()
@click.argument("id")
@day_option("--on", "on", "From which day it is none; else today.")
@dry_run_option
@yes_option
@session_options
@pass_session
def leave(session: Session, id, on, dry_run, yes) -> None:
    """Let a member leave; no fee falls due from that day on, and none is paid back.

    \b
    Examples:
      capreg member leave officine-savena --yes
    """
    books = books_of(session.registry)
    find_member(books, id)
    day = on or today(books.settings.time_zone)
    if dry_run or agreed(f"Let {id} leave on {day}?", yes):
        leave_as_member(books, id, day, dry_run)
        session.note(f"{id} {'would be' if dry_run else 'is'} no member from {day} on.")


@member.command("list")
@list_options
@output_options
@session_options
@pass_session
def list_(session: Session, wanted: Arrangement, output: Output) -> None:
    """List the members, with the standing of each.

    \b
    Examples:
      capreg member list
    """
    books = books_of(session.registry)
    with looking(books) as ledger:
        page = members_page(members(books), fees(ledger, ledger.day), ledger.day, output.language_of(books.settings))
    show_list(session, page, output, wanted)
