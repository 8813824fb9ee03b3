"""Receipts: an entry of the ledger, signed by the hub, as a witness that the ledger itself cannot change.

Who holds the hub's key could write the whole book anew, head and all; what was handed out before still tells.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.office.books import Books
from capreg.office.entry import Entry
from capreg.office.head import read_opening
from capreg.office.keys import hub_key, hub_keys_since
from capreg.office.ledger import make_sure
from capreg.store.signing import canonical_line, is_signed, public, signature


class ForeignReceiptError(CapregError):
    """A receipt is none, is not signed by the hub, or its entry is not in the ledger as it was."""

    exit_code = ExitCode.UNTRUSTED


def receipt(books: Books, entry: Entry) -> dict[str, Any]:
    """Return the receipt of an entry, to be handed out as JSON; when this returns, the entry is on the disk.

    Raises:
        KeyUnusableError: the hub's key is not there.
        what `make_sure` raises.
    """
    make_sure(books, entry)
    key = hub_key(books.folder)
    return {"entry": entry.document, "key": public(key), "signature": signature(key, canonical_line(entry.document))}


def read_receipt(path: Path) -> Any:
    """Return what a file that should hold a receipt says; raises ForeignReceiptError for what is no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ForeignReceiptError(f"{path} is no receipt") from None


def check_receipt(books: Books, document: Any, known: Mapping[int, str]) -> int:
    """Return the number of the entry of which a document is, or holds under `receipt`, a receipt that the ledger bears out.

    Args:
        known: the hashes of the entries of the ledger, by number.

    Raises:
        ForeignReceiptError: it is no receipt, its signature does not hold, or the ledger says otherwise.
    """
    try:
        told = document.get("receipt", document)
        entry, key, signed = dict(told["entry"]), told["key"], told["signature"]
        number, claimed, line = int(entry["number"]), entry["hash"], canonical_line(entry)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ForeignReceiptError("this is no receipt") from None
    if not is_signed(key, line, signed):
        raise ForeignReceiptError(f"the receipt of entry {number} is not signed by whom it names")
    _check_entry(books, "receipt", key, (number, claimed), known)
    return number


def check_bundle(books: Books, key: str, head: Mapping[str, Any] | None, known: Mapping[int, str]) -> None:
    """Refuse a ledger that does not bear out the head of the ledger that a bundle names, its signature proved.

    Args:
        key: by which the bundle was signed.
        head: number and hash of the last entry at that time, None where nothing had been entered.
        known: the hashes of the entries of the ledger, by number.

    Raises:
        ForeignReceiptError: the bundle is of another hub, or the ledger says otherwise.
    """
    if head is not None:
        _check_entry(books, "bundle", key, (head["number"], head["hash"]), known)


def _check_entry(books: Books, what: str, key: str, entry: tuple[int, str], known: Mapping[int, str]) -> None:
    opening, (number, claimed) = read_opening(books.ledger), entry
    if opening is None or key not in hub_keys_since(books.folder, opening.key):
        raise ForeignReceiptError(f"the {what} of entry {number} was signed by another key than this ledger's")
    if {0: opening.hash, **known}.get(number) != claimed:
        last = max(known, default=0)
        raise ForeignReceiptError(
            f"the ledger is not the one that gave this {what}: its entry {number} "
            + ("is another" if number <= last else f"is missing, the last one is {last}"),
            f"The ledger was replaced, or a backup older than the {what} was put back.",
        )
