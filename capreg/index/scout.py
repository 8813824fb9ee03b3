"""What the other process does that `ahead` begins: it loads little, and looks."""

import os
import sqlite3

from capreg.index.ahead import INDEX
from capreg.index.known import MARK, MOST_LOOKED_AT, look_again

# SQLite reads the JSON, so that no module for that has to be loaded.
KINDS = "SELECT key, json_each.value FROM meta, json_each(CAST(meta.value AS TEXT)) WHERE name = 'folders'"


def scouted(root: str) -> tuple[str, bytes, list] | None:
    """Return the registry, what its index says of when it looked last, and what has changed since, as plain values.

    None where the index changed meanwhile.

    Raises:
        sqlite3.Error: the index cannot be read.
    """
    connection = sqlite3.connect(os.path.join(root, INDEX))
    mark = _meta(connection, MARK)
    every = int(_meta(connection, "files")) <= MOST_LOOKED_AT
    found = look_again(root, connection, dict(connection.execute(KINDS)), every)
    return (root, mark, found.plain()) if mark == _meta(connection, MARK) else None


def _meta(connection: sqlite3.Connection, name: str) -> bytes:
    return connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0]
