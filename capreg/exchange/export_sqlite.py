"""An export as a SQLite file, which Datasette opens: a table a kind and a list, with foreign keys, and the texts searchable.

The same records give the same bytes with the same version of SQLite, which writes its number into the file.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from capreg.exchange.flat import say_of_nulls
from capreg.exchange.selection import Part, Selection
from capreg.exchange.tables import Table, TableColumn, distinct, rows, unit_of

TYPES = {"integer": "INTEGER", "count": "INTEGER", "boolean": "INTEGER", "number": "REAL"}
BATCH = 1_000
FIELDS = "columns"
# Names that columns of a searchable table cannot have.
TAKEN = ("rank", "rowid")


def sqlite(selection: Selection, path: Path) -> None:
    """Write the tables of all kinds into a new file, beside a table of what each column means."""
    say_of_nulls(selection)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        names = _names(selection)
        _describe(connection, selection, names)
        for part in selection.parts:
            _fill(connection, part, names)
            _make_searchable(connection, part, names)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _names(selection: Selection) -> dict[str, str]:
    """Return the names of the tables in the file, no two of them the same."""
    tables = [table.name for part in selection.parts for table in part.table.walk()]
    searched = [f"{part.kind.id}_fts" for part in selection.parts]
    wanted = (name.replace(".", "_") for name in (*tables, *searched))
    return dict(zip([*tables, *searched], distinct(wanted, taken=(FIELDS,)), strict=True))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _describe(connection: sqlite3.Connection, selection: Selection, names: dict[str, str]) -> None:
    connection.execute(
        f"CREATE TABLE {FIELDS} (table_name TEXT, column_name TEXT, path TEXT, label TEXT, unit TEXT,"
        " PRIMARY KEY (table_name, column_name))"
    )
    for part in selection.parts:
        for table in part.table.walk():
            told = (
                (names[table.name], one.name, one.field.dotted, one.field.label.get(selection.language), unit_of(one))
                for one in table.columns
            )
            connection.executemany(f"INSERT INTO {FIELDS} VALUES (?, ?, ?, ?, ?)", told)


def _fill(connection: sqlite3.Connection, part: Part, names: dict[str, str]) -> None:
    inserts = {}
    for table in part.table.walk():
        connection.execute(_created(table, names))
        marks = ", ".join("?" * (len(table.keys) + len(table.columns)))
        inserts[table.name] = f"INSERT INTO {_quoted(names[table.name])} VALUES ({marks})"
    waiting: dict[str, list[list]] = defaultdict(list)
    for number, (id, record) in enumerate(part, 1):
        for table, row in rows(part.table, record, id):
            waiting[table.name].append([_stored(value) for value in row])
        if number % BATCH == 0:
            _flush(connection, inserts, waiting)
    _flush(connection, inserts, waiting)


def _flush(connection: sqlite3.Connection, inserts: dict[str, str], waiting: dict[str, list[list]]) -> None:
    for name, insert in inserts.items():
        connection.executemany(insert, waiting.pop(name, ()))


def _created(table: Table, names: dict[str, str]) -> str:
    first = f"{_quoted(table.keys[0])} TEXT NOT NULL"
    keys = [first, *(f"{_quoted(key)} INTEGER NOT NULL" for key in table.keys[1:])]
    columns = [f"{_quoted(one.name)} {TYPES.get(one.type, 'TEXT')}" for one in table.columns]
    rules = [f"PRIMARY KEY ({', '.join(map(_quoted, table.keys))})"]
    if table.parent:
        parent, parent_keys = table.parent
        own = ", ".join(map(_quoted, table.keys[: len(parent_keys)]))
        rules.append(
            f"FOREIGN KEY ({own}) REFERENCES {_quoted(names[parent])} ({', '.join(map(_quoted, parent_keys))})"
        )
    return f"CREATE TABLE {_quoted(names[table.name])} ({', '.join([*keys, *columns, *rules])})"


def _stored(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, (list, dict)) else value


def _texts(table: Table) -> Iterator[TableColumn]:
    texts = (one for one in table.columns if one.field.search and one.field.search.meaning == "text")
    return (one for one in texts if one.name.lower() not in TAKEN)


def _make_searchable(connection: sqlite3.Connection, part: Part, names: dict[str, str]) -> None:
    """Make the texts of the records searchable, in a table that Datasette finds beside that of the records."""
    columns = ", ".join(_quoted(one.name) for one in _texts(part.table))
    if columns:
        made, of = names[f"{part.kind.id}_fts"], names[part.table.name]
        connection.execute(
            f'CREATE VIRTUAL TABLE {_quoted(made)} USING fts5({columns}, content="{of}", tokenize="unicode61")'
        )
        connection.execute(f"INSERT INTO {_quoted(made)} ({_quoted(made)}) VALUES ('rebuild')")
