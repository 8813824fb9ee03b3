"""capreg remove."""

from contextlib import nullcontext

import click

from capreg.cli.options import (
    Output,
    agreed,
    dry_run_option,
    internal_option,
    kind_option,
    output_options,
    session_options,
    yes_option,
)
from capreg.cli.output import show
from capreg.cli.session import Session, pass_session
from capreg.errors import CapregError, ExitCode
from capreg.model.day import today
from capreg.model.kinds import Kind, Tier
from capreg.model.record import cut
from capreg.office.books import Books, books_of
from capreg.office.members import member_of
from capreg.store.changes import changing
from capreg.views.profile import record_page


class StillMemberError(CapregError):
    """The record is a member of the office."""

    exit_code = ExitCode.REFUSED


@click.command()
@click.argument("id")
@kind_option
@internal_option
@dry_run_option
@yes_option
@output_options
@session_options
@pass_session
def remove(session: Session, id, kind_id, internal, dry_run, yes, output: Output) -> None:
    """Remove a record from the registry.

    It is shown, and removed if you say yes. What it said stays in the registry's history; what was sold of it, and the
    documents that were issued, stay in the office. A member leaves first.

    \b
    Examples:
      capreg remove ingranaggi-calderara --dry-run
      capreg remove trattori-padani -k contractor --yes -q
    """
    registry = session.registry
    kind, books = registry.kind(kind_id), books_of(registry)
    record = registry.get(kind, id)
    _refuse_member(books, kind, record.id)
    if not session.option("quiet"):
        document = cut(kind, record.document, Tier.searched(internal))
        show(session, record_page(kind, document, session.speech(output, internal)), output, piped="text")
    if dry_run:
        return session.note(f"Would remove {registry.shown(record.path)}.")
    if not agreed(f"Remove {record.id}?", yes):
        return session.note("Nothing was removed.")
    with changing(registry) as changes, books.changing() if books.folder.exists() else nullcontext():
        _refuse_member(books, kind, record.id)
        changes.remove(kind, registry.get(kind, record.id))
    session.note(f"Removed {registry.shown(record.path)}; the registry's history keeps what it said.")


def _refuse_member(books: Books, kind: Kind, id: str) -> None:
    found = member_of(books.reading(), kind, id, today(books.settings.time_zone))
    if found:
        raise StillMemberError(
            f"'{id}' is a member since {found.since}", f"Let it leave first: capreg member leave {found.id}"
        )
