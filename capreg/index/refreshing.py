"""Bringing an index up to date: only what changed on the disk is read again."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import orjson

from capreg.index.database import meta, set_meta, version_of
from capreg.index.known import MARK
from capreg.index.layout import Layout
from capreg.index.look import Look, names_written
from capreg.index.words import Codes
from capreg.index.writing import Writer
from capreg.model.kinds import Kind
from capreg.model.record import Record, cut
from capreg.store.records import BrokenRecordError, load_record
from capreg.store.validators import validator

ENDING = ".json"


def refresh(catalogue, connection: sqlite3.Connection, seen: Look, version: int, thorough: bool) -> None:
    """Bring an index up to date, as a whole or not at all.

    Args:
        catalogue: the registry and the tier that the index is of.
        seen: what had changed when the index was of that version (`version_of`).
        thorough: look at every file, where the index has changed since.
    """
    with transaction(connection):
        now = seen if version_of(connection) == version else catalogue.look(connection, thorough)
        for kind, files in now.files.items():
            if files:
                _renew(catalogue, connection, catalogue.kind_in(connection, kind), files)
        write_look(connection, now)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Change an index as a whole or not at all; others that change it wait, those that read it see the old one."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _renew(catalogue, connection: sqlite3.Connection, kind: Kind, files: set[str]) -> None:
    """Read again what changed: of files that claim the same id, the first in the order of names that holds a record."""
    writer = Writer(connection, Layout(kind), Codes(connection))
    deciding = validator(orjson.loads(meta(connection, f"schema:{kind.id}")))
    for id, paths in _by_id(connection, kind, catalogue.root, files).items():
        connection.execute("DELETE FROM unused WHERE kind = ? AND id = ?", (kind.id, id))
        found = [(path, _loaded(catalogue.root, kind, deciding, path)) for path in paths]
        first = next(((path, one) for path, one in found if one is not None), None)
        if first:
            writer.put(id, first[0], cut(kind, first[1].document, catalogue.tier))
        else:
            writer.remove(id)
        for path, _ in found:
            if not first or path != first[0]:
                leave_out(connection, kind.id, path)
    writer.finish()


def _loaded(root: str, kind: Kind, deciding, path: str) -> Record | None:
    try:
        return load_record(root, kind, deciding, f"{root}/{path}")
    except BrokenRecordError:
        return None


def leave_out(connection: sqlite3.Connection, kind: str, path: str) -> None:
    """Keep that a file holds no record that is used."""
    row = (path, kind, os.path.basename(path).removesuffix(ENDING))
    connection.execute("INSERT OR REPLACE INTO unused VALUES (?, ?, ?)", row)


def write_look(connection: sqlite3.Connection, now: Look) -> None:
    """Keep how the folders and files were found."""
    for path in (*now.gone, *(folder.path for folder in now.folders)):
        for table in ("folder", "listing"):
            connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))
    for folder in now.folders:
        connection.execute("INSERT INTO folder VALUES (?, ?, ?)", (folder.path, folder.kind, folder.stamp))
        row = (folder.path, names_written(folder.listing.names), folder.listing.stamps)
        connection.execute("INSERT INTO listing VALUES (?, ?, ?)", row)
    rows = connection.execute("SELECT length(stamps) / 24 FROM listing")
    set_meta(connection, "files", sum(number for (number,) in rows))
    set_meta(connection, MARK, os.urandom(16))


def _by_id(connection: sqlite3.Connection, kind: Kind, root: str, files: set[str]) -> dict[str, list[str]]:
    """Return the files that are there for each id of which any file changed, in the order in which a registry reads them."""
    at = Layout(kind)
    found: dict[str, set[str]] = {}
    for path in files:
        found.setdefault(os.path.basename(path).removesuffix(ENDING), set()).add(path)
    for id, paths in found.items():
        for asked in (
            f"SELECT path FROM {at.card} JOIN {at.name} USING (rec) WHERE id = ?1",
            "SELECT path FROM unused WHERE id = ?1 AND kind = ?2",
        ):
            paths |= {path for (path,) in connection.execute(asked, (id, kind.id)[: asked.count("?")])}
    return {
        id: sorted((one for one in paths if os.path.lexists(os.path.join(root, one))), key=order_of)
        for id, paths in sorted(found.items())
    }


def order_of(path: str) -> list[tuple[int, str]]:
    """Return by what files stand in the order in which a registry reads them: those of a folder before its sub-folders."""
    *folders, name = path.split("/")
    return [*((1, folder) for folder in folders), (0, name)]
