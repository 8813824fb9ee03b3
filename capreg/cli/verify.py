"""capreg verify."""

from collections.abc import Iterable
from datetime import date

import click

from capreg.cli.options import day_option, dry_run_option, kind_option, session_options
from capreg.cli.session import Session, pass_session
from capreg.errors import UsageError
from capreg.model.day import today
from capreg.model.kinds import Kind
from capreg.model.places import Place, UnknownEntryError, place, value_at
from capreg.model.record import STATEMENTS, Record
from capreg.model.statements import with_verification
from capreg.store.changes import changing


@click.command()
@click.argument("id")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD...")
@kind_option
@click.option("--by", required=True, metavar="WHO", help="Who verified it.")
@click.option("--method", required=True, metavar="HOW", help="How, as visit or certificate seen.")
@day_option("--on", "on", "On which day; else today.")
@dry_run_option
@session_options
@pass_session
def verify(session: Session, id, fields, kind_id, by, method, on, dry_run) -> None:
    """Note who verified fields of a record, how and when.

    A FIELD is a path with dots, entries of lists by position or id, or a pointer as 'capreg stale' lists it; / is the whole
    record. It goes into the statement about that field, which is made if there is none.

    \b
    Examples:
      capreg verify officine-savena machines capacity.hours_week --by 'M. Neri' --method visit
      capreg verify torneria-reno / --by 'M. Neri' --method visit --on 2026-11-20 --dry-run
    """
    registry = session.registry
    kind, now = registry.kind(kind_id), today(registry.settings.time_zone)
    on = on or now
    if on > now:
        raise UsageError(f"{on} is not here yet", "Name the day on which it was verified.")

    if dry_run:
        record = registry.get(kind, id)
        registry.check_put(kind, _verified(kind, record, fields, by, method, on))
        return session.note(f"Would note that {by} verified {', '.join(fields)} of {record.id} on {on}.")
    with changing(registry) as changes:
        record = registry.get(kind, id)
        changes.put(kind, _verified(kind, record, fields, by, method, on), record.document)
    session.note(f"Noted that {by} verified {', '.join(fields)} of {record.id} on {on}.")
    return None


def _verified(kind: Kind, record: Record, fields: Iterable[str], by: str, method: str, on: date) -> Record:
    """Return a record with its fields verified; raises UnknownEntryError for one that it does not state."""
    document = record.document
    for written in fields:
        document = with_verification(kind, document, _stated(kind, document, written).pointer, by, method, on)
    return record._replace(document=document)


def _stated(kind: Kind, document, written: str) -> Place:
    """Return the place of a field that the record states; raises UnknownEntryError where it does not."""
    found = place(kind, document, written)
    if value_at(document, found.path) is None or found.path[:1] == (STATEMENTS,):
        raise UnknownEntryError(f"'{written[:100]}': the record states nothing there", "See: capreg show ID")
    return found
