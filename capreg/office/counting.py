"""What the tally counts: its tables, and what an entry changes in them."""

import sqlite3

from capreg.office.entry import Entry
from capreg.office.journal import Place

FORMAT = 2
TABLES = """
CREATE TABLE entries (
  number INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, ord TEXT UNIQUE, what TEXT, client TEXT,
  kind TEXT, record TEXT, version TEXT, until TEXT, year INTEGER, charged INTEGER
);
CREATE INDEX owned ON entries (client, kind, record) WHERE what = 'profile';
CREATE INDEX fees ON entries (client) WHERE what = 'fee';
CREATE INDEX special ON entries (what) WHERE what = 'price' OR what = 'closing' OR what = 'fee';
CREATE TABLE reversed (number INTEGER PRIMARY KEY, by INTEGER);
CREATE TABLE invoiced (number INTEGER PRIMARY KEY, by INTEGER);
CREATE TABLE papers (series TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE balances (client TEXT PRIMARY KEY, charged INTEGER, paid INTEGER) WITHOUT ROWID;
"""
INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def enter(database: sqlite3.Connection, entry: Entry, place: Place) -> None:
    """Count an entry, and keep where it stands."""
    charged = _balance(database, entry) if entry.client else 0
    known = [entry.details.get(key) for key in ("kind", "record", "version", "until")]
    told = (entry.number, *place, entry.order, entry.what, entry.client, *known, entry.year, charged)
    database.execute(INSERT, told)
    if entry.what == "reversal":
        _reverse(database, entry)
    for number in entry.details.get("entries", ()):
        database.execute("INSERT INTO invoiced VALUES (?, ?)", (number, entry.number))
    for paper in (entry.details[key] for key in ("invoice", "credit_note") if key in entry.details):
        database.execute(
            "INSERT INTO papers VALUES (?, 1) ON CONFLICT (series) DO UPDATE SET count = count + 1", [series_of(paper)]
        )


def _reverse(database: sqlite3.Connection, entry: Entry) -> None:
    """Note what an entry reverses: a charge counts no more among those that were to be paid before a later one."""
    number = entry.details["reverses"]
    database.execute("INSERT INTO reversed VALUES (?, ?)", (number, entry.number))
    if entry.gross < 0:
        told = (entry.gross, number, entry.number, entry.client)
        database.execute(
            "UPDATE entries SET charged = charged + ? WHERE number BETWEEN ? AND ? - 1 AND client = ?", told
        )


def _balance(database: sqlite3.Connection, entry: Entry) -> int:
    """Add an entry to its client's balance, and return what was charged to the client until then, it included.

    A reversal takes back: what was charged, where it is of a charge; what was paid, where it is of a payment.
    """
    is_of_charge = entry.is_charge or entry.what == "reversal" and entry.gross < 0
    charged, paid = (entry.gross, 0) if is_of_charge else (0, -entry.gross)
    database.execute(
        "INSERT INTO balances VALUES (?, ?, ?) ON CONFLICT (client) DO UPDATE SET charged = charged + ?, paid = paid + ?",
        (entry.client, charged, paid, charged, paid),
    )
    return database.execute("SELECT charged FROM balances WHERE client = ?", [entry.client]).fetchone()[0]


def series_of(paper: str) -> str:
    """Return the series of a paper's number: all but its last digits, `2026-` of `2026-0001`."""
    return paper[:5] + paper[5:].rstrip("0123456789")
