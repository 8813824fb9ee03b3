"""Which ids are free: no record has one, or had it before it was renamed."""

from capreg.errors import UsageError
from capreg.model.kinds import Kind
from capreg.store.records import ID
from capreg.store.registry import Registry, UnknownRecordError


class TakenIdError(UsageError):
    """An id is none, or another record has it, or had it before it was renamed."""


def refuse_taken(registry: Registry, kind: Kind, id: str, own: str = "") -> None:
    """Raise TakenIdError for an id that a record cannot have.

    Args:
        own: the id of the record that is to have it, which may take back one that it had before.
    """
    if not ID.fullmatch(id):
        raise TakenIdError(f"'{id[:64]}' is no id", "Write small letters, digits and hyphens, at most 64.")
    if id == own:
        raise TakenIdError(f"the id is '{id}' already")
    try:
        holder = registry.path(kind, id).stem
    except UnknownRecordError:
        return
    if holder != own:
        before = f", which is {holder} now" if holder != id else ""
        raise TakenIdError(f"another {kind.label['en']} has the id '{id}'{before}", "Choose another one.")
