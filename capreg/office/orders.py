"""Selling from an offline copy: a hub that has a bundle of another signs an order, which that one enters later, once."""

import re
from collections.abc import Mapping
from typing import Any

from capreg.errors import CapregError, ExitCode, UsageError
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.clients import clients
from capreg.office.grants import keyed_client
from capreg.office.keys import hub_key, hub_keys
from capreg.office.ledger import now
from capreg.office.sales import Article, profile_article
from capreg.office.sealed import sealed_version
from capreg.store import age
from capreg.store.signing import fingerprint, public, read_public, read_signed, signed
from capreg.store.versions import part_name

SCHEMA = "order"
FORM = "order 1"
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,27}")
PART = re.compile(r"(?:.*/)?([a-z][a-z0-9_]{0,31})/([a-z0-9-]{1,64})\.([0-9a-f]{16})\.age")


class ForeignOrderError(CapregError):
    """An order is for another hub, of a seller whom nobody knows, or for another key than its client's."""

    exit_code = ExitCode.UNTRUSTED


class Order(Value):
    """An order whose signature holds; what each part means stands in `order.schema.json`."""

    order: str
    kind: str
    id: str
    seal: str
    client: str
    to: str
    at: str
    hub: str
    seller: str


def signed_order(books: Books, part: str, client: str, to: str, hub: str, order: str) -> bytes:
    """Return an order of a sealed part, signed by the hub that sells it.

    Args:
        books: those of the hub that sells.
        part: the part's name in the bundle; nothing is read.
        client: who buys, by its id at the other hub.
        to: the client's public key.
        hub: the public key of the hub whose records they are.

    Raises:
        UsageError: the name is none of a sealed part, the reference is none, or a key is none.
        KeyUnusableError: this hub has no key.
    """
    named = PART.fullmatch(part)
    if not named:
        raise UsageError(f"'{part[:100]}' is no name of a sealed part", "It reads sealed/KIND/ID.SEAL.age: unzip -l.")
    if not REFERENCE.fullmatch(order):
        raise UsageError(
            f"'{order[:64]}' is no reference of such an order", "At most 28 letters, digits, '.', '_', '-'."
        )
    age.recipients([to])
    key = hub_key(books.folder)
    at = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    document = Order(order, *named.groups(), client, to, at, read_public(hub), public(key))._asdict()
    return signed({"capreg": FORM, **document}, key)


def read_order(books: Books, content: bytes) -> tuple[Order, str]:
    """Return an order that came in, and the reference under which it is entered.

    Raises:
        ForgedError: it is none, or its signature does not hold.
        ForeignOrderError: it is for another hub, or was not signed by a client that may, or is for another key than the
            client's own.
        UnknownClientError, NoKeyError: who bought is no client, or has no key.
    """
    document = read_signed(content, SCHEMA, "seller")
    order = Order(**{key: document[key] for key in Order._fields})
    if order.hub not in hub_keys(books.folder):
        raise ForeignOrderError(f"the order {order.order} is for another hub, with the key {fingerprint(order.hub)}")
    seller = next((one for one in clients(books) if one.hub_key == order.seller and not one.closed), None)
    if seller is None:
        raise ForeignOrderError(
            f"the order {order.order} was signed by nobody who may, with the key {fingerprint(order.seller)}",
            "Compare it by telephone, then enter it: capreg client edit HUB --hub-key KEY",
        )
    if keyed_client(books, order.client).key != order.to:
        raise ForeignOrderError(
            f"the order {order.order} is for another key than the one that '{order.client}' gave, {order.to}",
            "Ask the client which one is its own: capreg client edit ID --key KEY",
        )
    return order, f"{SCHEMA}/{seller.id}/{order.order}"


def ordered_article(books: Books, kind: Kind, document: Mapping[str, Any], order: Order) -> Article:
    """Return what was ordered: the version in the seller's bundle, which may be an earlier one; raises NeverSealedError."""
    article = profile_article(kind, document)
    version = sealed_version(books, part_name(order.kind, order.id, order.seal))
    return article._replace(details={**article.details, "version": version})
