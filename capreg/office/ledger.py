"""The ledger: what was charged, to whom, for what. It only grows.

The journal is the only commit point: a whole line on the disk is an entry. `charging` holds the office alone, brings
the head up to date, and enters drafts one by one; `entries` reads all of it and proves it on the way.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import sleep

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tinydb import TinyDB

from capreg.errors import CapregError, ExitCode
from capreg.model.day import day_there
from capreg.office.books import Books
from capreg.office.entry import Draft, Entry, entry_of, refuse_unfit
from capreg.office.head import (
    Head,
    Opening,
    is_borne_out,
    read_head,
    read_opening,
    strange,
    write_head,
    write_opening,
)
from capreg.office.journal import Tail, anchored, append, settled, tail_of
from capreg.office.keys import check_key, current, hub_key, make_key, rotate, settle_key
from capreg.office.prices import Price, first_list, listed
from capreg.office.tally import Tally
from capreg.store.durable import make_private
from capreg.store.files import flush
from capreg.store.locks import BusyError
from capreg.store.signing import public

SLACK = timedelta(hours=1)
# How long to wait before each look at a ledger whose head and end differ: another process may be between the two.
PATIENCE = (0, 0.005, 0.02, 0.08)


class ClockError(CapregError):
    """The clock of the machine is far behind the last entry."""


class ClosedYearError(CapregError):
    """The year to which an entry would belong is closed."""

    exit_code = ExitCode.REFUSED


class UnsignedEntryError(CapregError):
    """An entry is on the disk, and the disk failed when the head that names it was to be signed."""

    def __init__(self, entry: Entry, error: OSError) -> None:
        super().__init__(
            f"entry {entry.number} was made, and then the disk failed: {error.filename}: {error.strerror}",
            f"Mend the disk, then give the same order again, which is not charged twice: --order {entry.order}.",
        )


class OtherOrderError(CapregError):
    """An order's reference was used before, for something else."""

    exit_code = ExitCode.REFUSED


class Ledger:
    """The ledger: what it says, and, where the office is held alone and the hub's key is at hand, how it grows."""

    def __init__(
        self,
        books: Books,
        tables: TinyDB,
        opening: Opening,
        tally: Tally,
        tail: Tail,
        key: Ed25519PrivateKey | None = None,
    ) -> None:
        self.books, self.tables, self.tally = books, tables, tally
        self._opening, self._tail, self._key = opening, tail, key

    @cached_property
    def now(self) -> datetime:
        """The time of what is entered next; raises ClockError."""
        return _moment(self._tail.last)

    @property
    def day(self) -> date:
        """The day that it is where the hub is; raises ClockError."""
        return day_there(self.now, self.books.settings.time_zone)

    @property
    def currency(self) -> str:
        """The currency of all entries."""
        return self._opening.currency

    def prices(self, day: date) -> dict[tuple[str, str | None], Price]:
        """Return the prices that hold on a day."""
        return listed(self._opening.prices, self.tally.special("price"), day)

    def ordered(self, draft: Draft, content: tuple) -> Entry | None:
        """Return the entry of an order, None where it was not entered yet.

        Args:
            content: the keys that make the same order the same.

        Raises:
            OtherOrderError: the order was for something else.
        """
        entry = self.tally.order(draft.order)
        return None if entry is None else same_order(entry, draft, content)

    def enter(self, draft: Draft) -> Entry:
        """Enter a draft; when this returns, the entry is on the disk, and the head names it.

        Raises:
            ClosedYearError: the year is closed.
            UnfitEntryError: a text or an amount is out of its bounds; nothing was entered.
            OSError: the disk refused, and nothing was entered.
            UncertainEntryError: as `journal.append`.
            UnsignedEntryError: it was entered, and the disk refused the head.
        """
        self._refuse_closed_year()
        number = self._tail.last.number + 1 if self._tail.last else 1
        previous = self._tail.last.hash if self._tail.last else self._opening.hash
        entry = entry_of(draft, number, previous, self.now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        refuse_unfit(entry.document)
        place = append(self.books.ledger, entry, self._tail)
        self._tail = Tail(entry, self.books.ledger / place.file, place.offset, is_clean=True)
        try:
            write_head(self.books.ledger, Head(entry.number, entry.hash), self._opening, self._key)
        except OSError as error:
            raise UnsignedEntryError(entry, error) from None
        self.tally.add(entry, place)
        return entry

    def change_key(self) -> str:
        """Give the hub a new key, and return its public half; the head is signed with it when this returns.

        Raises:
            OSError: the disk refused; the key is the old one, or the new one, and the next entry finds which.
        """
        last = self._tail.last
        head = Head(last.number, last.hash) if last else Head(0, self._opening.hash)
        self._key = rotate(self.books.folder, self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), head._asdict())
        write_head(self.books.ledger, head, self._opening, self._key)
        return public(self._key)

    def _refuse_closed_year(self) -> None:
        closings = {entry.details["year"] for entry in self.tally.special("closing")}
        if self.now.year in closings:
            raise ClosedYearError(f"the year {self.now.year} is closed", "Nothing is entered in it any more.")


def same_order(entry: Entry, draft: Draft, content: tuple) -> Entry:
    """Return the entry of an order that is given again; raises OtherOrderError where it was for something else."""
    asked = (draft.what, draft.client, *(draft.details.get(key) for key in content))
    if (entry.what, entry.client, *(entry.details.get(key) for key in content)) != asked:
        raise OtherOrderError(
            f"the order {draft.order} is entry {entry.number}, for something else",
            "Leave --order out, or name another.",
        )
    return entry


def now() -> datetime:
    """Return the moment, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def _moment(last: Entry | None) -> datetime:
    """Return the time of the next entry: now, but never earlier than the last one."""
    moment = now()
    if last is None or moment >= last.moment:
        return moment
    if last.moment - moment > SLACK:
        raise ClockError(
            f"the clock says {moment:%Y-%m-%d %H:%M} UTC, and the last entry was made at {last.moment:%Y-%m-%d %H:%M} UTC",
            "Set the clock right. If it was wrong when that entry was made, put back the backup from before it: capreg office restore.",
        )
    return last.moment


@contextmanager
def charging(books: Books) -> Iterator[Ledger]:
    """Hold the office alone, to enter something.

    Raises:
        BusyError: another process holds the office.
        DamagedLedgerError, UntrustedLedgerError: the ledger is not as it was written.
        KeyUnusableError: the hub's key is not there, or another than the one that the ledger was opened with.
        ClockError, once the time is asked for: the clock is more than an hour behind the last entry.
    """
    with books.changing() as tables:
        opening = read_opening(books.ledger) or _opened(books)
        settle_key(books.folder)
        key = hub_key(books.folder, opening.key)
        tail = _trusted(books.ledger, opening, key)
        with closing(Tally(books.folder, books.ledger, opening.hash, public(key), key)) as tally:
            yield Ledger(books, tables, opening, tally, tail, key)


@contextmanager
def looking(books: Books) -> Iterator[Ledger]:
    """Look at the ledger without holding the office; nothing is written, and nothing can be entered.

    Raises:
        DamagedLedgerError, UntrustedLedgerError: the ledger is not as it was written.
    """
    found = read_opening(books.ledger)
    # Where nothing was charged yet, nothing is read: another process may be about to begin.
    journal = books.ledger if found else books.folder / "unopened"
    opening = found or _first_opening(books, "")
    with closing(Tally(books.folder, journal, opening.hash, current(books.folder, opening.key))) as tally:
        tail = _borne_out(books, opening) if found else tail_of(journal)
        yield Ledger(books, books.reading(), opening, tally, tail)


def _borne_out(books: Books, opening: Opening) -> Tail:
    """Return where the journal ends, as its head says; looked at again while another process may be entering."""
    check_key(books.folder, opening.key)
    for wait in PATIENCE:
        sleep(wait)
        head = read_head(books.ledger, opening)
        tail = tail_of(books.ledger)
        if is_borne_out(books.ledger, tail.last, head, opening):
            return tail
    raise strange(books.ledger, tail.last, head)


def make_sure(books: Books, entry: Entry) -> None:
    """Return when an entry that was found without holding the office is on the disk, and the head names it.

    Who wrote it may be about to flush it still, or was killed before that.

    Raises:
        BusyError: the disk refused it after all, and it was taken back; or another process holds the office.
        what `charging` raises.
    """
    opening = read_opening(books.ledger)
    head = read_head(books.ledger, opening) if opening else None
    if head is not None and head.number >= entry.number:
        return
    with charging(books) as ledger:
        if ledger.tally.entry(entry.number) != entry:
            raise BusyError(f"entry {entry.number} was taken back, since the disk failed", "Give the same order again.")


def _opened(books: Books) -> Opening:
    """Open a ledger: its currency and first price list are those of `registry.json` now."""
    make_private(books.ledger)
    make_key(books.folder)
    # Who made one of these folders may have been killed before its name was on the disk.
    for folder in (books.folder, books.folder.parent):
        flush(folder)
    opening = _first_opening(books, public(hub_key(books.folder)))
    refuse_unfit(opening._asdict(), "opening")
    write_opening(books.ledger, opening)
    return opening


def _first_opening(books: Books, key: str) -> Opening:
    settings = books.settings
    first = [price.document for price in first_list(settings)]
    return Opening(settings.hub, key, now().strftime("%Y-%m-%dT%H:%M:%SZ"), settings.currency, first)


def _trusted(folder: Path, opening: Opening, key: Ed25519PrivateKey) -> Tail:
    """Return where the journal ends, its torn end cut off and its head brought up to date; nothing is cut before it is trusted.

    Raises:
        UntrustedLedgerError: the journal ends with another entry than the head names, or the one after it.
    """
    tail, head = tail_of(folder), read_head(folder, opening)
    if not is_borne_out(folder, tail.last, head, opening):
        raise strange(folder, tail.last, head)
    last = Head(tail.last.number, tail.last.hash) if tail.last else Head(0, opening.hash)
    tail = settled(folder)
    if head != last:
        if tail.last:
            tail = anchored(tail)
        write_head(folder, last, opening, key)
    return tail
