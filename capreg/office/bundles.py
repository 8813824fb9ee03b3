"""The bundles that a hub has issued: the header of each, so that no number ever stands for two contents."""

from pathlib import Path
from typing import Any

from capreg.errors import UsageError
from capreg.office.books import Books
from capreg.office.head import read_head, read_opening
from capreg.office.keys import FILE, FOLDER, hub_key, make_key
from capreg.store.durable import make_private
from capreg.store.files import read_bytes, write_whole

BUNDLES = "bundles"


class IssuedBundleError(UsageError):
    """A bundle of that number was issued with other content, or the number leaves a gap."""


def issued(books: Books) -> list[int]:
    """Return the numbers of the bundles that were issued, in their order."""
    names = (path.stem for path in (books.folder / BUNDLES).glob("*.json"))
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def header_of(books: Books, number: int) -> bytes | None:
    """Return the block that heads the bundle of a number, None where none was issued; raises UnreadableError."""
    path = _path(books, number)
    return read_bytes(path, books.folder) if path.exists() else None


def _path(books: Books, number: int) -> Path:
    return books.folder / BUNDLES / f"{number:06}.json"


def check_number(books: Books, number: int) -> None:
    """Raise IssuedBundleError for a number that is neither the next one nor one that was issued."""
    known = issued(books)
    following = known[-1] + 1 if known else 1
    if number != following and number not in known:
        raise IssuedBundleError(f"the next bundle is number {following}, not {number}", "Leave out --number.")


def issue(books: Books, number: int, block: bytes) -> None:
    """Keep the header of a bundle before the bundle is handed out; returns when it is on the disk.

    Raises:
        IssuedBundleError: another bundle was issued under that number.
    """
    make_private(books.folder / BUNDLES)
    known = header_of(books, number)
    if known not in (None, block):
        raise IssuedBundleError(
            f"bundle {number} was issued with other content",
            "What it holds has changed since: leave out --number, and it gets the next one.",
        )
    if known is None:
        check_number(books, number)
        write_whole(_path(books, number), block, mode=0o600)


def signing_key(books: Books):
    """Return the hub's key, made where the hub has none and never had one.

    Args:
        books: the office, held alone.

    Raises:
        KeyUnusableError: the key is not there, or is not the one of the ledger.
    """
    opening = read_opening(books.ledger)
    if opening is None and not issued(books) and not (books.folder / FOLDER / FILE).exists():
        make_key(books.folder)
    return hub_key(books.folder, opening.key if opening else None)


def ledger_head(books: Books) -> dict[str, Any] | None:
    """Return the number and the hash of the ledger's last entry, None where nothing was ever entered.

    Raises:
        UntrustedLedgerError, DamagedLedgerError: the ledger does not hold.
    """
    opening = read_opening(books.ledger)
    head = read_head(books.ledger, opening) if opening else None
    return head._asdict() if head else None
