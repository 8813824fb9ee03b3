"""Grants: what a sale hands out, so that the sealed part of a profile opens for one client, offline."""

from base64 import b64encode

from capreg.errors import CapregError, ExitCode
from capreg.model.day import day_there
from capreg.office.books import Books
from capreg.office.clients import Client, client
from capreg.office.entry import Entry
from capreg.office.issued import issue, kept
from capreg.office.keys import hub_key
from capreg.office.ledger import make_sure
from capreg.office.sealed import part_key, seal_secret
from capreg.store import age
from capreg.store.signing import public, signed
from capreg.store.versions import seal_of

FORM = "grant 1"
LARGEST = 1000


class NoKeyError(CapregError):
    """A client gave no public key, so that nothing can be granted to it."""

    exit_code = ExitCode.MISSING


def keyed_client(books: Books, id: str) -> Client:
    """Return a client for whom a grant can be made; raises UnknownClientError or NoKeyError."""
    found = client(books, id)
    if not found.key:
        raise NoKeyError(
            f"'{id}' gave no public key, for which a grant could be made",
            f"Enter it: capreg client edit {id} --key age1...; 'capreg key new' makes one.",
        )
    return found


def grant(books: Books, entry: Entry) -> bytes:
    """Return the grant of a sale, for the key that its client has now; the same bytes as long as it has that one.

    Args:
        entry: by which a profile was sold; it is on the disk when this returns.

    Raises:
        NoKeyError, KeyUnusableError, SealUnusableError: a key is missing.
        BusyError: another process holds the office.
    """
    make_sure(books, entry)
    buyer = keyed_client(books, entry.client)
    form = f"{buyer.key[4:16]}.grant.json"
    if (content := kept(books, entry.number, form)) is None:
        issue(books, entry.number, form, _made(books, entry, buyer))
        content = kept(books, entry.number, form)
    return content


def _made(books: Books, entry: Entry, buyer: Client) -> bytes:
    """Return a grant small enough for any e-mail; what age adds to its headers by chance varies, so it is made until it is."""
    kind, id, version = (entry.details[key] for key in ("kind", "record", "version"))
    key, opens = hub_key(books.folder), part_key(seal_secret(books), kind, id, version)
    document = {
        "capreg": FORM,
        "kind": kind,
        "id": id,
        "seal": seal_of(version, opens),
        "client": buyer.id,
        "to": buyer.key,
        "number": entry.number,
        "on": day_there(entry.moment, books.settings.time_zone).isoformat(),
        "hub": public(key),
    }
    while True:
        sealed = b64encode(age.encrypted(opens.encode(), [buyer.key])).decode()
        if len(content := signed({**document, "key": sealed}, key)) < LARGEST:
            return content
