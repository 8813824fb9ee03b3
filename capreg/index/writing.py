"""Records into the index, a batch at a time."""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import orjson

from capreg.index.bits import bits_of, read, written
from capreg.index.cells import cell
from capreg.index.layout import Layout
from capreg.index.rows import Rows, positions, rows_of
from capreg.model.record import values

BATCH = 2_000


class Writer:
    """Writes the records of one kind; nothing is sure to be in the index before `finish`."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout, codes: Mapping[tuple[str, str], int]) -> None:
        """Take the numbers of the words, by vocabulary and id."""
        self.connection, self.layout, self.codes = connection, layout, codes
        self.kind = layout.kind.id
        self._next = self._value(f"SELECT coalesce(max(rec) + 1, 0) FROM {self.layout.name}")
        self._new: list[tuple[str, str, Rows]] = []
        self._waiting: dict[str, list[tuple]] = defaultdict(list)
        self._records = 0
        self._changed: dict[tuple[int, str], tuple[set[int], list[int]]] = {}
        self._cells: dict[int, tuple[set[int], list[int]]] = {}

    def add(self, id: str, path: str, rows: Rows) -> None:
        """Write a record that the index does not have."""
        self._new.append((id, path, rows))
        if len(self._new) >= BATCH:
            self._number()

    def put(self, id: str, path: str, document: Mapping[str, Any]) -> None:
        """Write a record, cut to the tier of the index, in place of what the index has under its id."""
        rec = self._value(f"SELECT rec FROM {self.layout.name} WHERE id = ?", id)
        if rec is None:
            return self.add(id, path, rows_of(self.layout, self.codes, document))
        card = self.connection.execute(
            f"SELECT path, document FROM {self.layout.card} WHERE rec = ?", (rec,)
        ).fetchone()
        if card == (path, orjson.dumps(document)):
            return None
        rows = rows_of(self.layout, self.codes, document, orjson.loads(card[1]))
        self._forget(rec, with_text=rows.text is not None)
        return self._insert(rec, id, path, rows)

    def remove(self, id: str) -> None:
        """Take a record out, if it is there."""
        rec = self._value(f"SELECT rec FROM {self.layout.name} WHERE id = ?", id)
        if rec is not None:
            self._forget(rec)

    def finish(self) -> None:
        """Write what waits, and which records state which words, now that all of them are known."""
        self._number()
        self._flush()
        for (field, word), (gone, come) in self._changed.items():
            if gone == set(come):
                continue
            data = self._value(
                "SELECT bits FROM bits WHERE kind = ? AND field = ? AND word = ?", self.kind, field, word
            )
            bits = written((read(data) if data else 0) & ~bits_of(gone) | bits_of(come))
            row = (field, self.kind, word, bits)
            self.connection.execute("INSERT OR REPLACE INTO bits VALUES (?, ?, ?, ?)", row)
        self._changed.clear()
        for number, (gone, come) in self._cells.items():
            if gone == set(come):
                continue
            data = self._value(f"SELECT records FROM {self.layout.cells} WHERE cell = ?", number)
            kept = array("I", data or b"")
            found = array("I", sorted({*(rec for rec in kept if rec not in gone), *come})).tobytes()
            self.connection.execute(f"INSERT OR REPLACE INTO {self.layout.cells} VALUES (?, ?)", (number, found))
        self._cells.clear()

    def _number(self) -> None:
        """Give new records their numbers: what lies near each other stands together, so that a search near a place reads less."""
        self._new.sort(key=lambda one: min(one[2].cells, default=-1))
        for id, path, rows in self._new:
            self._insert(self._next, id, path, rows)
            self._next += 1
        self._new.clear()

    def _near(self, number: int) -> tuple[set[int], list[int]]:
        """Return which records lay in a cell before, and which do so now."""
        return self._cells.setdefault(number, (set(), []))

    def _value(self, asked: str, *values: Any) -> Any:
        row = self.connection.execute(asked, values).fetchone()
        return row[0] if row else None

    def _forget(self, rec: int, with_text: bool = True) -> None:
        self._flush()
        document = orjson.loads(self._value(f"SELECT document FROM {self.layout.card} WHERE rec = ?", rec))
        for number, field in self.layout.worded:
            for word in values(document, field.path):
                self._changes(number, word)[0].add(rec)
        for one in {cell(position) for position in positions(self.layout, document)}:
            self._near(one)[0].add(rec)
        for table in (
            self.layout.name,
            self.layout.wide.name,
            self.layout.card,
            *(table.name for table in self.layout.lists.values()),
        ):
            self.connection.execute(f"DELETE FROM {table} WHERE rec = ?", (rec,))
        if with_text:
            self.connection.execute(f"DELETE FROM {self.layout.text} WHERE rowid = ?", (rec,))

    def _insert(self, rec: int, id: str, path: str, rows: Rows) -> None:
        self._wait(self.layout.name, (rec, id, *rows.record))
        self._wait(self.layout.wide.name, (rec, *rows.wide))
        self._wait(self.layout.card, (rec, path, rows.card, crc32(rows.card)))
        for table, entries in rows.entries:
            self._waiting[table] += [(rec, *entry) for entry in entries]
        for one in rows.cells:
            self._near(one)[1].append(rec)
        if rows.text is not None:
            self._wait(f"{self.layout.text} (rowid, lines, stems, words)", (rec, *rows.text))
        for key in rows.words:
            self._changes(*key)[1].append(rec)
        self._records += 1
        if self._records >= BATCH:
            self._flush()

    def _changes(self, number: int, word: str) -> tuple[set[int], list[int]]:
        """Return which records stated a word before, and which do so now."""
        return self._changed.setdefault((number, word), (set(), []))

    def _wait(self, table: str, row: tuple) -> None:
        self._waiting[table].append(row)

    def _flush(self) -> None:
        for table, rows in self._waiting.items():
            if not rows:
                continue
            marks = ", ".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        self._waiting.clear()
        self._records = 0
