"""What an index knows of the disk: its folders, its files, and how they were when it looked last."""

import sqlite3
from collections.abc import Mapping

from capreg.index.look import Before, Folder, Listing, Look, folder_stamp, look, names_read

# Up to so many files each is looked at whenever the index is opened, above only those in folders that changed.
MOST_LOOKED_AT = 20_000
# Under this name an index keeps something that is another whenever it has looked and found something else.
MARK = "looked"


def look_again(root: str, connection: sqlite3.Connection, kinds: Mapping[str, str], every: bool) -> Look:
    """Return what has changed on the disk since an index last looked.

    Args:
        kinds: the folder of each kind below the root.
        every: look at every file, not only at those in folders that changed.
    """
    known = connection.execute("SELECT path, kind, stamp FROM folder").fetchall()
    # Mostly nothing has.
    if not every and all(folder_stamp(f"{root}/{path}") == stamp for path, _, stamp in known):
        return Look([], [], {})
    folders = {path: Folder(path, kind, stamp) for path, kind, stamp in known}
    listings = _listings(connection) if every else {}
    before = Before(folders, lambda path: listings.get(path) or listing_of(connection, path))
    return look(root, kinds, before, every)


def listing_of(connection: sqlite3.Connection, path: str) -> Listing | None:
    """Return the files that an index knows in a folder, None for a folder that it does not know."""
    row = connection.execute("SELECT names, stamps FROM listing WHERE path = ?", (path,)).fetchone()
    return Listing(tuple(names_read(row[0])), row[1]) if row else None


def _listings(connection: sqlite3.Connection) -> dict[str, Listing]:
    rows = connection.execute("SELECT path, names, stamps FROM listing")
    return {path: Listing(tuple(names_read(names)), stamps) for path, names, stamps in rows}
