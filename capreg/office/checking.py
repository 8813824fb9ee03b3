"""All that is wrong with an office, as `check` tells it."""

import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from capreg.errors import CapregError
from capreg.office.books import Books, books_of
from capreg.office.clients import clients
from capreg.office.head import read_opening
from capreg.office.keys import KeyUnusableError, current, hub_key
from capreg.office.members import members
from capreg.office.prices import first_list
from capreg.office.sealed import SealUnusableError, has_parts, kept_secret
from capreg.office.verification import Verified, verify
from capreg.store.check import ERROR, INFO, WARN, Fault
from capreg.store.files import UnreadableError
from capreg.store.registry import Registry
from capreg.store.signing import public

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_office(registry: Registry) -> Iterator[Fault]:
    """Yield every fault of a registry's office: who else may read it, its documents, its key, its ledger."""
    books = books_of(registry)
    records = {id: {path.stem for path in registry.paths(one.kind)} for id, one in registry.loaded_kinds.items()}
    yield from _open_to_others(books)
    verified = verify(books)
    yield from (_fault(ERROR, "ledger", one.id, f"entry {one.entry}: {one.sentence}") for one in verified.findings)
    try:
        yield from _documents(books, verified, records)
        yield from _opening(books)
        yield from _seal(books)
    except (CapregError, UnreadableError) as error:
        yield _fault(ERROR, "office.json", "office-damaged", error.sentence)


def _fault(severity: str, file: str, id: str, sentence: str) -> Fault:
    return Fault(severity, f"office/{file}".removesuffix("/"), 1, 1, "", sentence, id)


def _open_to_others(books: Books) -> Iterator[Fault]:
    for path in (books.folder, *sorted(books.folder.rglob("*"))):
        if path.lstat().st_mode & OTHERS and not path.is_symlink():
            sentence = f"others than its owner may use it: chmod {'700' if path.is_dir() else '600'}"
            yield _fault(ERROR, _shown(path, books), "office-open-to-others", sentence)


def _shown(path: Path, books: Books) -> str:
    return path.relative_to(books.folder).as_posix().removeprefix(".")


def _documents(books: Books, verified: Verified, records: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    known = {client.id for client in clients(books)}
    for id in sorted({entry.client for entry in verified.entries if entry.client} - known):
        yield _fault(ERROR, "office.json", "client-unknown", f"the ledger charges '{id}', who is no client")
    for member in members(books):
        if member.record_id not in records.get(member.kind, ()):
            sentence = f"the member '{member.record_id}' is no record of the kind '{member.kind}'"
            yield _fault(WARN, "office.json", "member-unknown", sentence)
        if member.id not in known:
            yield _fault(ERROR, "office.json", "client-unknown", f"the member '{member.id}' is no client")


def _opening(books: Books) -> Iterator[Fault]:
    """Yield what no longer agrees with the opening of the ledger: the key, and what `registry.json` says of prices."""
    opening = read_opening(books.ledger)
    if opening is None:
        return
    yield from _key(books, opening.key)
    if [price.document for price in first_list(books.settings)] != opening.prices:
        sentence = (
            "the prices of registry.json are not those that opened the ledger; 'capreg price' tells and changes them"
        )
        yield _fault(INFO, "ledger/opening.json", "prices-differ", sentence)


def _key(books: Books, expected: str) -> Iterator[Fault]:
    try:
        own = public(hub_key(books.folder))
    except KeyUnusableError:
        sentence = "the hub's key is not there, or is none: 'capreg office restore' puts it back"
        yield _fault(ERROR, "keys/hub.key", "key-missing", sentence)
        return
    if own != current(books.folder, expected):
        yield _fault(
            ERROR, "keys/hub.key", "key-foreign", "this key is another than the one that the ledger was opened with"
        )


def _seal(books: Books) -> Iterator[Fault]:
    try:
        if has_parts(books):
            kept_secret(books)
    except SealUnusableError:
        sentence = "parts were sealed, and the secret of the seals is not there, or is none: 'capreg office restore' puts it back"
        yield _fault(ERROR, "keys/seal.key", "seal-missing", sentence)
