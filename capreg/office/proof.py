"""Reading the whole ledger: every entry is proved on the way, by the hash of the one before, and the last by the head."""

from pathlib import Path

from capreg.office.books import Books
from capreg.office.entry import Entry
from capreg.office.head import Head, Opening, is_borne_out, read_head, read_opening, strange
from capreg.office.journal import placed_entries
from capreg.office.keys import check_key


def entries(books: Books) -> list[Entry]:
    """Return all entries in their order, every one of them proved; needs no lock.

    Raises:
        DamagedLedgerError, UntrustedLedgerError: the ledger is not as it was written.
    """
    opening = read_opening(books.ledger)
    if opening is None:
        return []
    found: list[Entry] = []
    prove(books, opening, found)
    return found


def prove(books: Books, opening: Opening, found: list[Entry]) -> None:
    """Add all entries of a ledger to a list, each as it is proved, and prove that they are all; raises as `entries` does."""
    check_key(books.folder, opening.key)
    head = read_head(books.ledger, opening)
    for entry, _ in placed_entries(books.ledger, opening.hash):
        found.append(entry)
    _refuse_other_head(books.ledger, opening, head, found)


def _refuse_other_head(folder: Path, opening: Opening, head: Head | None, found: list[Entry]) -> None:
    """Raise UntrustedLedgerError where a head, read before the entries, is not among them, or the one of now not their end."""
    last = found[-1] if found else None
    hashes = [opening.hash, *(entry.hash for entry in found)]
    is_among = head is None or head.number < len(hashes) and hashes[head.number] == head.hash
    # Entered meanwhile by another process, whose head then names it, or a later one.
    now = read_head(folder, opening)
    is_end = is_borne_out(folder, last, now, opening) or now is not None and now != head and now.number > len(found)
    if not is_among or not is_end:
        raise strange(folder, last, now or head)
