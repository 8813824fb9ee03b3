"""capreg rename."""

from contextlib import nullcontext

import click

from capreg.cli.options import dry_run_option, kind_option, session_options
from capreg.cli.session import Session, counted, pass_session
from capreg.model.kinds import Kind
from capreg.model.record import FORMER_IDS, Record, former_ids
from capreg.office.books import books_of
from capreg.office.renaming import follow
from capreg.store.changes import changing
from capreg.store.ids import refuse_taken
from capreg.store.registry import Registry


@click.command()
@click.argument("id")
@click.argument("new_id", metavar="NEW")
@kind_option
@dry_run_option
@session_options
@pass_session
def rename(session: Session, id, new_id, kind_id, dry_run) -> None:
    """Give a record another id; it is still found by the old one.

    The file is renamed, and the record keeps its old id among its former ids. What the office keeps of inquiries and
    saved searches follows; the ledger cannot change, so clients own what they bought under the old id, and a member
    stays the client that it was.

    \b
    Examples:
      capreg rename torneria-reno torneria-del-reno --dry-run
      capreg rename mollificio-sillaro sillaro
    """
    registry = session.registry
    kind = registry.kind(kind_id)
    record = registry.get(kind, id)
    # Renamed already, by a run that ended before the office followed: the rest is done now.
    is_done = record.id == new_id and id in former_ids(record.document)
    former = id if is_done else record.id
    if not is_done:
        _renamed(registry, kind, record, new_id)
    if dry_run:
        return session.note(f"Would rename {former} to {new_id}; it would still be found as {former}.")
    books = books_of(registry)
    with changing(registry) as changes, books.changing() if books.folder.exists() else nullcontext() as tables:
        record = registry.get(kind, id)
        if record.id != new_id:
            changes.move(kind, record, _renamed(registry, kind, record, new_id))
        followed = follow(tables, kind, former, new_id) if tables is not None else 0
    session.note(f"{former} is {new_id} now, and still found as {former}.")
    if followed:
        session.note(f"The office has the new id in {counted(followed, 'place')}.")


def _renamed(registry: Registry, kind: Kind, record: Record, id: str) -> Record:
    """Return a record under another id, its old one among its former ids; raises TakenIdError."""
    refuse_taken(registry, kind, id, record.id)
    rest = {key: value for key, value in record.document.items() if key != FORMER_IDS}
    former = [one for one in former_ids(record.document) if one != id]
    document: dict = {}
    for key, value in rest.items():
        document[key] = value
        if key == "id":
            document |= {"id": id, FORMER_IDS: [*former, record.id]}
    return Record(id, document, record.path)
