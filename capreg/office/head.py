"""The opening of a ledger, which says whose it is, and its head, which names the last entry; the head is signed.

The head is written after each entry, so it is at most one entry behind; a journal that is shorter than its head, or
longer by more, was not left so by any crash.
"""

from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from capreg.errors import CapregError, ExitCode
from capreg.model.value import Value
from capreg.office.books import ISSUED, Books
from capreg.office.entry import Entry
from capreg.office.journal import DamagedLedgerError, year_files
from capreg.office.keys import current, is_handed_over
from capreg.office.tally import FILE as TALLY
from capreg.store.files import UnreadableError, read_bytes, write_whole
from capreg.store.schemas import shipped_validator
from capreg.store.signing import canonical_line, digest, is_signed, signature

OPENING, HEAD = "opening.json", "head.json"


class UntrustedLedgerError(CapregError):
    """The ledger and its signed head contradict each other."""

    exit_code = ExitCode.UNTRUSTED

    def __init__(self, sentence: str) -> None:
        super().__init__(
            sentence, "Nothing is charged until it is put right from a backup: 'capreg ledger verify' tells all."
        )


class Opening(Value):
    """What stands before the first entry; what each part means stands in `opening.schema.json`."""

    hub: str
    key: str
    at: str
    currency: str
    prices: list[dict[str, Any]]

    @property
    def hash(self) -> str:
        """The hash that the first entry names."""
        return digest(self._asdict())


class Head(Value):
    """Which entry is the last: its number, 0 for the opening, and its hash."""

    number: int
    hash: str

    def bears_out(self, last: Entry | None, opening: Opening) -> bool:
        """Whether a journal may end with an entry: the one that is named, or the one after it, before which a crash came."""
        if last is None:
            return self == (0, opening.hash)
        return self in ((last.number, last.hash), (last.number - 1, last.previous))


def read_opening(folder: Path) -> Opening | None:
    """Return the opening of a ledger, None where nothing was ever charged.

    Raises:
        DamagedLedgerError: it cannot be read, or entries stand without it.
    """
    path = folder / OPENING
    if not path.exists():
        # Looked for twice: another process may have opened the ledger, and begun it, since.
        if (year_files(folder) or (folder / HEAD).exists() or has_traces(folder)) and not path.exists():
            raise DamagedLedgerError(f"{path} is not there")
        if not path.exists():
            return None
    document = _document(path)
    if not shipped_validator("opening").is_valid(document):
        raise DamagedLedgerError(f"{path} is no opening of a ledger")
    return Opening(**document)


def currency_of(books: Books) -> str:
    """Return the currency of a ledger; before anything was charged, that of `registry.json`."""
    opening = read_opening(books.ledger)
    return opening.currency if opening else books.settings.currency


def has_traces(folder: Path) -> bool:
    """Whether the office of a ledger holds what only a ledger that has begun leaves behind it."""
    return (folder.parent / TALLY).exists() or any((folder.parent / ISSUED).glob("*"))


def write_opening(folder: Path, opening: Opening) -> None:
    """Write the opening of a ledger; returns when it is on the disk."""
    write_whole(folder / OPENING, canonical_line(opening._asdict()), mode=0o600)


def read_head(folder: Path, opening: Opening) -> Head | None:
    """Return the head of a ledger, None where it was never written.

    Raises:
        DamagedLedgerError: it cannot be read.
        UntrustedLedgerError: its signature does not hold.
    """
    path = folder / HEAD
    if not path.exists():
        return None
    document = _document(path)
    try:
        head, signed = Head(document["number"], document["hash"]), document["signature"]
    except (AttributeError, KeyError, TypeError):
        raise DamagedLedgerError(f"{path} is no head of a ledger") from None
    if not _is_signed(folder, head, opening, signed):
        raise UntrustedLedgerError(f"{path}: the signature does not hold")
    return head


def _is_signed(folder: Path, head: Head, opening: Opening, signed: str) -> bool:
    """Whether the hub's key signed a head; or the one before it, where the key was changed at this very entry."""
    line, before = _signed(head, opening), is_handed_over(folder.parent, head._asdict(), opening.key)
    signers = (current(folder.parent, opening.key), *([before] if before else []))
    return any(is_signed(key, line, signed) for key in signers)


def is_borne_out(folder: Path, last: Entry | None, head: Head | None, opening: Opening) -> bool:
    """Whether a head bears out how a journal ends; before the first entry there may be none."""
    return head.bears_out(last, opening) if head else last is None and not has_traces(folder)


def strange(folder: Path, last: Entry | None, head: Head | None) -> UntrustedLedgerError:
    """Return the error that says how a head and the end of its journal contradict each other."""
    if head is None:
        return UntrustedLedgerError(f"{folder}: the head of the ledger is not there")
    number = last.number if last else 0
    return UntrustedLedgerError(
        f"{folder}: the signed head names entry {head.number}, and the journal ends at {number}"
    )


def write_head(folder: Path, head: Head, opening: Opening, key: Ed25519PrivateKey) -> None:
    """Sign and write the head of a ledger; returns when it is on the disk."""
    document = {**head._asdict(), "signature": signature(key, _signed(head, opening))}
    write_whole(folder / HEAD, canonical_line(document), mode=0o600)


def _signed(head: Head, opening: Opening) -> bytes:
    """Return the bytes that the signature of a head is of."""
    return canonical_line({"ledger": opening.hash, **head._asdict()})


def _document(path: Path) -> Any:
    try:
        return orjson.loads(read_bytes(path, path.parent))
    except (UnreadableError, orjson.JSONDecodeError):
        raise DamagedLedgerError(f"{path} cannot be read") from None
