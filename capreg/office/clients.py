"""The clients of the office."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from tinydb import TinyDB, where
from tinydb.table import Document

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.model.money import AmountError, Money
from capreg.model.record import pointer
from capreg.office.books import Books
from capreg.office.vat import Tax, tax, vat_number
from capreg.store import age
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


class ClosedClientError(CapregError):
    """Nothing is sold to a client that was closed."""

    exit_code = ExitCode.REFUSED


@dataclass(frozen=True)
class Client:
    """Somebody who asks the hub, and pays it; the fields stand in `office.schema.json`."""

    id: str
    name: str
    since: str
    email: str = ""
    address: str = ""
    country: str = ""
    vat_number: str = ""
    credit: str = ""
    closed: str = ""
    key: str = ""
    hub_key: str = ""

    @property
    def document(self) -> dict[str, str]:
        """The client as the office keeps it: nothing of what is not known."""
        return {key: value for key, value in asdict(self).items() if value}


def add_client(books: Books, client: Client, dry_run: bool = False) -> Client:
    """Enter a client and return it.

    Raises:
        InvalidClientError: the id, the name, the e-mail address, the country or the amount is not right.
        InvalidVatNumberError: the VAT number is none.
        AgeKeyError: the key is no public key of age.
        KnownClientError: the id is taken.
    """
    checked = _checked(books, client)
    if dry_run:
        _refuse_known(books.reading(), checked.id)
        return checked
    with books.changing() as tables:
        keep_client(tables, checked)
    return checked


def keep_client(tables: TinyDB, client: Client) -> None:
    """Enter a client into documents that are held; raises KnownClientError where the id is taken."""
    _refuse_known(tables, client.id)
    tables.table(TABLE).insert(client.document)


def change_client(books: Books, id: str, changes: dict[str, str], dry_run: bool = False) -> Client:
    """Change what is known of a client, and return it as it is then.

    Args:
        changes: the new values by field; "" forgets one.

    Raises:
        UnknownClientError: there is none.
        InvalidClientError, InvalidVatNumberError, AgeKeyError: as `add_client`.
    """
    if dry_run:
        return _checked(books, replace(client(books, id), **changes))
    with books.changing() as tables:
        changed = _checked(books, replace(client(books, id, tables), **changes))
        table = tables.table(TABLE)
        number = table.get(where("id") == id).doc_id
        table.remove(doc_ids=[number])
        table.insert(Document(changed.document, number))
    return changed


def _checked(books: Books, client: Client) -> Client:
    if client.vat_number:
        number = vat_number(client.vat_number, client.country or books.settings.country)
        client = replace(client, vat_number=number)
    for misfit in misfits(shipped_validator("office"), {TABLE: {"1": client.document}}):
        raise InvalidClientError(f"client {pointer(misfit.path[2:])}: {misfit.sentence}")
    if client.key:
        age.recipients([client.key])
    try:
        Money.parse(client.credit or "0", books.settings.currency)
    except AmountError as error:
        raise InvalidClientError(error.sentence, error.way_out) from None
    return client


def _refuse_known(tables: TinyDB, id: str) -> None:
    if tables.table(TABLE).contains(where("id") == id):
        raise KnownClientError(f"there is a client '{id}' already", "See: capreg client show " + id)


def clients(books: Books) -> list[Client]:
    """Return all clients, by id."""
    return sorted((Client(**one) for one in books.reading().table(TABLE).all()), key=lambda client: client.id)


def is_client(books: Books, id: str, tables: TinyDB | None = None) -> bool:
    """Return whether the office has a client of that id."""
    return (tables if tables is not None else books.reading()).table(TABLE).contains(where("id") == id)


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


def taxed(books: Books, buyer: Client, net: int, rate: str) -> Tax:
    """Return what is added to an amount, in minor units, that is charged to a client at a rate in percent."""
    return tax(net, rate, books.settings.country, buyer.country or None, buyer.vat_number or None)


def open_client(books: Books, id: str, tables: TinyDB, today: date) -> Client:
    """Return a client to whom something may be sold today; raises UnknownClientError or ClosedClientError."""
    found = client(books, id, tables)
    if found.closed and found.closed <= today.isoformat():
        raise ClosedClientError(
            f"the client '{id}' was closed on {found.closed}", f"Open it again: capreg client edit {id} --open"
        )
    return found
