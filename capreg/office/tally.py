"""The tally: what the journal says, by order, client and record, so that a sale reads no more of it than its end.

Derived and disposable: it is made anew from the journal, every entry of which is proved on the way, whenever the files
of the journal, or its own, are not as the last sale left them, and when it fails: a seal beside it says how, signed with
the hub's key. What it finds is read again from the journal before it counts.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from capreg.model.value import Value
from capreg.office.counting import FORMAT, TABLES, enter
from capreg.office.entry import Entry, balances
from capreg.office.journal import DamagedLedgerError, Place, line_at, placed_entries, year_files
from capreg.store.files import UnreadableError, read_bytes, write_whole
from capreg.store.signing import is_signed, signature

FILE = "tally.sqlite"
SEAL = f"{FILE}.seal"


class Balance(Value):
    """What was charged to a client in all, and what the client paid, in minor units, VAT included; what was reversed is in neither."""

    charged: int = 0
    paid: int = 0

    @property
    def owed(self) -> int:
        """What the client owes; less than nothing where paid in advance."""
        return self.charged - self.paid


class Tally:
    """A tally that agrees with its journal."""

    def __init__(
        self, office: Path, journal: Path, opening: str, public: str, key: Ed25519PrivateKey | None = None
    ) -> None:
        """Open the tally of a journal, made anew where it is not there, damaged or of another state.

        Args:
            opening: the hash that comes before the first entry.
            public: the hub's public key, for which the seal must hold.
            key: the hub's key, where the office is held alone; where it is not, nothing is written.

        Raises:
            DamagedLedgerError: the journal had to be read, and is not as it was written.
        """
        self._path, self._journal, self._opening = office / FILE, journal, opening
        self._public, self._key = public, key
        self._database = self._kept() or self._remade()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _kept(self) -> sqlite3.Connection | None:
        """Return the tally as it lies there, None where it cannot be used."""
        if not self._path.is_file() or self._path.is_symlink() or not self._is_sealed():
            return None
        where = f"{self._path.resolve().as_uri()}?mode={'rw' if self._key else 'ro'}"
        try:
            database = sqlite3.connect(where, uri=True, isolation_level=None)
        except sqlite3.Error:
            return None
        try:
            if database.execute("PRAGMA user_version").fetchone() == (FORMAT,):
                return database
        except sqlite3.Error:
            pass
        database.close()
        return None

    def _is_sealed(self) -> bool:
        """Whether the journal and the tally lie there as the hub sealed them."""
        try:
            told = orjson.loads(read_bytes(self._path.with_name(SEAL), self._path.parent))
            return is_signed(self._public, self._state(self._files()), told["signature"])
        except (UnreadableError, orjson.JSONDecodeError, KeyError, TypeError, OSError):
            return False

    def _seal(self, files: str) -> None:
        """Seal the tally of a journal whose files were in a state; where the disk takes no seal, it is made anew next time."""
        with suppress(OSError):
            document = {"signature": signature(self._key, self._state(files))}
            write_whole(self._path.with_name(SEAL), orjson.dumps(document), durable=False, mode=0o600)

    def _state(self, files: str) -> bytes:
        """Return what is sealed: the state of the journal's files, and of the tally's own."""
        return orjson.dumps([FILE, files, _touched(self._path)])

    def _remade(self) -> sqlite3.Connection:
        return self._made() if self._key else self._filled(":memory:")

    def _made(self) -> sqlite3.Connection:
        """Return a tally made anew from the whole journal; in memory, where the disk takes none."""
        try:
            for name in (FILE, SEAL, f"{FILE}-journal"):
                self._path.with_name(name).unlink(missing_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            files = self._files()
            database = self._filled(str(self._path))
            self._seal(files)
            return database
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                self._path.unlink()
            return self._filled(":memory:")

    def _filled(self, where: str) -> sqlite3.Connection:
        database = sqlite3.connect(where, isolation_level=None)
        try:
            database.execute("BEGIN")
            for statement in TABLES.split(";"):
                database.execute(statement)
            for entry, place in placed_entries(self._journal, self._opening):
                enter(database, entry, place)
            database.execute(f"PRAGMA user_version = {FORMAT}")
            database.execute("COMMIT")
        except BaseException:
            database.close()
            raise
        return database

    def _files(self) -> str:
        """Return what tells whether the files of the journal were touched: size, times and inode of each."""
        told = [[path.name, *_touched(path)] for path in year_files(self._journal)]
        return orjson.dumps([self._opening, told]).decode()

    def add(self, entry: Entry, place: Place) -> None:
        """Count an entry that was just written; where that fails, the tally is made anew at the next sale."""
        try:
            self._database.execute("BEGIN")
            enter(self._database, entry, place)
            self._database.execute("COMMIT")
            self._seal(self._files())
        except (sqlite3.Error, OSError):
            self._database.close()
            self._database = self._made()

    def _rows(self, statement: str, values: Iterable[object] = ()) -> list[tuple]:
        """Return what the tally answers; one that fails is made anew and asked again."""
        try:
            return self._database.execute(statement, tuple(values)).fetchall()
        except sqlite3.Error:
            self._renew()
        return self._database.execute(statement, tuple(values)).fetchall()

    def _renew(self) -> None:
        self._database.close()
        self._database = self._remade()

    def _entries(self, where: str, values: Iterable[object] = ()) -> Iterator[Entry]:
        """Yield the entries that the tally names, each read from the journal; one that is not where it should be, from a new tally."""
        asked, values = f"SELECT number, file, offset, length FROM entries WHERE {where} ORDER BY number", tuple(values)
        found = self._read(self._rows(asked, values))
        if None in found:
            self._renew()
            found = self._read(self._rows(asked, values))
        if None in found:
            raise DamagedLedgerError(f"{self._journal}: an entry is not where it was written")
        yield from found

    def _read(self, rows: Iterable[tuple]) -> list[Entry | None]:
        found = [(number, line_at(self._journal, Place(*place))) for number, *place in rows]
        return [entry if entry and entry.number == number else None for number, entry in found]

    def order(self, order: str) -> Entry | None:
        """Return the entry of an order, None where it was not entered."""
        return next(self._entries("ord = ?", [order]), None)

    def entry(self, number: int) -> Entry | None:
        """Return an entry by number, None where there is none."""
        return next(self._entries("number = ?", [number]), None)

    def owned(self, client: str, kind: str, record: str, day: str) -> list[Entry]:
        """Return the entries by which a client owns versions of a profile on a day."""
        where = "what = 'profile' AND client = ? AND kind = ? AND record = ? AND until > ?"
        found = self._entries(where, [client, kind, record, day])
        return [one for one in found if not self.is_reversed(one)]

    def special(self, what: str) -> list[Entry]:
        """Return all entries that change a price, close a year, or are a fee, in their order."""
        # As SQLite finds by the index only what is named where the statement is prepared.
        return list(self._entries(f"what = '{what}'"))

    def fee_orders(self, client: str) -> list[str]:
        """Return the orders of all fees that were entered for a client, in their order."""
        rows = self._rows("SELECT ord FROM entries WHERE what = 'fee' AND client = ? ORDER BY number", [client])
        return [order for (order,) in rows]

    def balance(self, client: str) -> Balance:
        """Return what was charged to a client, and paid."""
        rows = self._rows("SELECT charged, paid FROM balances WHERE client = ?", [client])
        return Balance(*rows[0]) if rows else Balance()

    def balances(self, until: int | None = None) -> dict[str, int]:
        """Return what each client owes who owes anything, or is owed, by id; at the end of a year where one is said."""
        if until is None:
            rows = self._rows("SELECT client, charged - paid FROM balances")
            return {client: owed for client, owed in sorted(rows) if owed}
        return balances(self._entries("client IS NOT NULL AND year <= ?", [until]))

    def first_year(self) -> int | None:
        """Return the year of the first entry, None where there is none."""
        return self._one("SELECT year FROM entries WHERE number = ?", 1)

    def is_paid(self, entry: Entry) -> bool:
        """Whether what a client paid covers an entry: payments cover the oldest charges first, none that was reversed."""
        ((charged,),) = self._rows("SELECT charged FROM entries WHERE number = ?", [entry.number])
        return charged <= self.balance(entry.client).paid

    def reversed_by(self, number: int) -> int | None:
        """Return the number of the entry that reversed one, None where none did."""
        return self._one("SELECT by FROM reversed WHERE number = ?", number)

    def is_reversed(self, entry: Entry) -> bool:
        """Whether an entry was reversed, or the one that it renews."""
        return any(self.reversed_by(number) for number in {entry.number, entry.details.get("renews", entry.number)})

    def invoiced_by(self, number: int) -> int | None:
        """Return the number of the entry by which one was invoiced, None where it was not."""
        return self._one("SELECT by FROM invoiced WHERE number = ?", number)

    def uninvoiced(self, client: str) -> list[Entry]:
        """Return what was charged to a client, not reversed, and not invoiced yet."""
        where = "client = ? AND what IN ('printout', 'profile', 'fee') AND number NOT IN (SELECT number FROM reversed)"
        return list(self._entries(f"{where} AND number NOT IN (SELECT number FROM invoiced)", [client]))

    def papers(self, series: str) -> int:
        """Return how many papers of a series (`2026-`, `2026-C`) were numbered."""
        return self._one("SELECT count FROM papers WHERE series = ?", series) or 0

    def _one(self, statement: str, value: object) -> int | None:
        rows = self._rows(statement, [value])
        return rows[0][0] if rows else None


def _touched(path: Path) -> list[int]:
    """Return what tells whether a file was touched: its size, times and inode."""
    state = os.lstat(path)
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
