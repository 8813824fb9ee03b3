"""The clients of the office."""

from dataclasses import asdict, dataclass
from datetime import date

from tinydb import TinyDB, where

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.model.record import pointer
from capreg.office.books import Books
from capreg.store.schemas import shipped_validator
from capreg.store.validators import misfits

TABLE = "clients"


class UnknownClientError(CapregError):
    """The office has no such client."""

    exit_code = ExitCode.MISSING


class KnownClientError(UsageError):
    """The office has a client of that id already."""


class InvalidClientError(UsageError):
    """What was said of a client does not fit its schema."""


@dataclass(frozen=True)
class Client:
    """Somebody who asks the hub, and pays it; the fields stand in `office.schema.json`."""

    id: str
    name: str
    since: str
    email: str = ""


def add_client(books: Books, id: str, full_name: str, email: str, today: date, dry_run: bool = False) -> Client:
    """Enter a client and return it.

    Raises:
        InvalidClientError: the id, the name or the e-mail address is not right.
        KnownClientError: the id is taken.
    """
    client = Client(id, full_name, today.isoformat(), email)
    document = {key: value for key, value in asdict(client).items() if value}
    for misfit in misfits(shipped_validator("office"), {TABLE: {"1": document}}):
        raise InvalidClientError(f"client {pointer(misfit.path[2:])}: {misfit.sentence}")
    if dry_run:
        _refuse_known(books.reading(), id)
        return client
    with books.changing() as tables:
        _refuse_known(tables, id)
        tables.table(TABLE).insert(document)
    return client


def _refuse_known(tables: TinyDB, id: str) -> None:
    if tables.table(TABLE).contains(where("id") == id):
        raise KnownClientError(f"there is a client '{id}' already", "See: capreg client show " + id)


def clients(books: Books) -> list[Client]:
    """Return all clients, by id."""
    return sorted((Client(**one) for one in books.reading().table(TABLE).all()), key=lambda client: client.id)


def is_client(books: Books, id: str) -> bool:
    """Return whether the office has a client of that id."""
    return books.reading().table(TABLE).contains(where("id") == id)


def client(books: Books, id: str, tables: TinyDB | None = None) -> Client:
    """Return a client by id.

    Args:
        tables: the documents, where they are held already.

    Raises:
        UnknownClientError: there is none; names the nearest.
    """
    table = (tables if tables is not None else books.reading()).table(TABLE)
    found = table.get(where("id") == id)
    if found is None:
        known = [one["id"] for one in table.all()]
        hint = nearest(id, known) or "Add one: capreg client add ID --name NAME"
        raise UnknownClientError(f"there is no client '{id[:64]}'", hint)
    return Client(**found)
