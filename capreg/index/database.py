"""The index as a file: its tables, and whether a file that is there can be used.

The file is derived and disposable. It is used only if it was made in this form, by this version, for this very folder and
tier, from schemas and settings that are still the same; whatever else lies there is made anew.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from zlib import crc32

import orjson

import capreg
from capreg.index.layout import Layout, Table
from capreg.model.kinds import Tier

FORMAT = 6
WAIT_SECONDS = 30
SHARED = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE word (code INTEGER PRIMARY KEY, vocabulary TEXT, id TEXT, entry BLOB, UNIQUE (vocabulary, id))",
    "CREATE TABLE spelling (vocabulary TEXT, spelling TEXT, code INTEGER, PRIMARY KEY (vocabulary, spelling, code))"
    " WITHOUT ROWID",
    "CREATE VIRTUAL TABLE word_text USING fts5(lines, stems, tokenize='ascii', detail='column')",
    "CREATE TABLE folder (path TEXT PRIMARY KEY, kind TEXT, stamp BLOB) WITHOUT ROWID",
    "CREATE TABLE listing (path TEXT PRIMARY KEY, names BLOB, stamps BLOB) WITHOUT ROWID",
    "CREATE TABLE unused (path TEXT PRIMARY KEY, kind TEXT, id TEXT) WITHOUT ROWID",
    "CREATE TABLE bits (field INTEGER, kind TEXT, word TEXT, bits BLOB, PRIMARY KEY (kind, field, word)) WITHOUT ROWID",
)


class UnusableIndexError(Exception):
    """The file of an index is missing, damaged, older, or of something else; it is to be made anew."""


def connected(path: str) -> sqlite3.Connection:
    """Return a connection to the file of an index, which is made if it is not there.

    Nothing that the file itself may hold (triggers, views, functions) is trusted to run.
    """
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def opened(path: str, identity: bytes) -> sqlite3.Connection:
    """Return a connection to an index that can be used.

    Raises:
        UnusableIndexError: there is none.
    """
    if not os.path.isfile(path) or os.path.islink(path):
        raise UnusableIndexError
    connection = connected(path)
    try:
        if meta(connection, "identity") != identity or meta(connection, "shape") != shape_of(connection):
            raise UnusableIndexError
    except sqlite3.DatabaseError as error:
        if is_busy(error):
            raise
        raise UnusableIndexError from None
    return connection


def is_busy(error: sqlite3.Error) -> bool:
    """Whether an error says that somebody else holds the file, which is no fault of it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def identity_of(root: str, tier: Tier) -> bytes:
    """Return what an index is of: its form, the version that made it, the folder, the tier it holds."""
    return orjson.dumps([FORMAT, capreg.__version__, os.path.realpath(root), os.stat(root).st_ino, int(tier)])


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Read an index as it is at one moment, whatever others change meanwhile; they wait, so let the block be short."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


def meta(connection: sqlite3.Connection, name: str) -> bytes | None:
    """Return one thing that the index knows of itself, None where it does not."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def version_of(connection: sqlite3.Connection) -> int:
    """Return a number that changes whenever another process changes the index."""
    return connection.execute("PRAGMA data_version").fetchone()[0]


def shape_of(connection: sqlite3.Connection) -> int:
    """Return a number that differs where a table, an index, a trigger or a view is missing or has been added."""
    (made,) = connection.execute("SELECT group_concat(sql, ';') FROM sqlite_schema").fetchone()
    return crc32((made or "").encode())


def set_meta(connection: sqlite3.Connection, name: str, value: bytes | int) -> None:
    """Keep one thing that the index knows of itself."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def create(connection: sqlite3.Connection, layouts: Iterable[Layout]) -> None:
    """Make the tables of an index for some kinds."""
    for statement in (*SHARED, *(one for layout in layouts for one in _of_kind(layout))):
        connection.execute(statement)


def _of_kind(layout: Layout) -> Iterable[str]:
    counts = ", ".join(layout.count(table.together) for table in layout.lists.values())
    yield (
        f"CREATE TABLE {layout.name} (rec INTEGER PRIMARY KEY, id TEXT UNIQUE, title"
        f"{', ' + counts if counts else ''}{_columns(layout.record)})"
    )
    yield f"CREATE TABLE {layout.wide.name} (rec INTEGER PRIMARY KEY{_columns(layout.wide)})"
    for table in layout.lists.values():
        yield (
            f"CREATE TABLE {table.name} (rec INTEGER, entry INTEGER{_columns(table)}, PRIMARY KEY (rec, entry))"
            " WITHOUT ROWID"
        )
    yield f"CREATE TABLE {layout.card} (rec INTEGER PRIMARY KEY, path TEXT, document BLOB, check_sum INTEGER)"
    yield f"CREATE TABLE {layout.cells} (cell INTEGER PRIMARY KEY, records BLOB)"
    yield f"CREATE VIRTUAL TABLE {layout.text} USING fts5(lines, stems, words, tokenize='ascii', detail='column')"


def _columns(table: Table) -> str:
    return "".join(f", {column.name}" for column in table.columns.values())
