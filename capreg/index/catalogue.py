"""The index of a registry, ready to be asked: brought up to date when it is opened, made anew where it cannot be used."""

import os
import sqlite3
import time
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any
from zlib import crc32

import orjson

from capreg.errors import CapregError, ExitCode, nearest
from capreg.index import ahead
from capreg.index.compiled import kind_read, settings_read
from capreg.index.database import UnusableIndexError, identity_of, is_busy, meta, opened, version_of
from capreg.index.inputs import inputs_of
from capreg.index.known import MARK, MOST_LOOKED_AT, listing_of, look_again
from capreg.index.layout import Layout
from capreg.index.look import Look, has_fresh, stamped
from capreg.index.words import IndexedVocabularies
from capreg.model.kinds import Kind, Tier
from capreg.model.settings import Settings
from capreg.store.kinds import UnknownKindError

# Loaded on use: making an index needs the schemas, their validators and the locks, a query needs none of these.
MAKING, REFRESHING = "capreg.index.making", "capreg.index.refreshing"
FILES = {Tier.detailed: "index.sqlite", Tier.confidential: "internal.sqlite"}
FAULT = b"!"


class InvalidInputError(CapregError):
    """A file on which an answer depends does not hold."""

    exit_code = ExitCode.INVALID


class BusyIndexError(CapregError):
    """Another process held the index for half a minute."""

    exit_code = ExitCode.BUSY

    def __init__(self) -> None:
        super().__init__("the index is busy: another capreg writes to it", "Try again in a moment.")


class DamagedIndexError(CapregError):
    """What the index holds is not what was written into it."""

    def __init__(self) -> None:
        super().__init__("the index is damaged", "Make it anew: capreg index --rebuild")


class Catalogue:
    """The index of one registry at one tier."""

    is_bundle = False

    def __init__(self, root: str, tier: Tier = Tier.detailed) -> None:
        self.root, self.tier = root, tier
        self._kinds: dict[str, Kind] = {}

    def serves(self, tier: Tier) -> bool:
        """Whether what is asked of a tier is asked of this index."""
        return tier is self.tier

    def is_closed(self, kind: Kind) -> bool:
        """Whether of all records of a kind only the short tier is at hand."""
        return False

    @cached_property
    def connection(self) -> sqlite3.Connection:
        """The index itself, up to date; raises what is wrong with the registry's settings or schemas."""
        return self.current(thorough=False)

    def current(self, thorough: bool) -> sqlite3.Connection:
        """Return a connection to the index, brought up to date.

        Args:
            thorough: look at every file, however many there are.

        Raises:
            BusyIndexError: another process held it for half a minute.
            SchemaError, SettingsError: the registry cannot be indexed as it is.
        """
        for path in self.paths():
            try:
                return self._current(path, thorough)
            except (OSError, sqlite3.OperationalError) as error:
                if isinstance(error, sqlite3.Error) and is_busy(error):
                    raise BusyIndexError from None
                failed = error
        raise failed

    def _current(self, path: str, thorough: bool) -> sqlite3.Connection:
        try:
            connection = opened(path, identity_of(self.root, self.tier))
            if meta(connection, "inputs") != inputs_of(self.root):
                import_module(MAKING).renew_known(self, connection)
            self._refresh(connection, thorough)
            return connection
        except UnusableIndexError:
            return import_module(MAKING).made(self, path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return import_module(MAKING).anew(self)

    def _refresh(self, connection: sqlite3.Connection, thorough: bool) -> None:
        version = version_of(connection)
        scouted = None if thorough else ahead.said(self.root, meta(connection, MARK))
        now = self.look(connection, thorough) if scouted is None else Look.of(scouted)
        if not now.is_same:
            import_module(REFRESHING).refresh(self, connection, now, version, thorough)

    def look(self, connection: sqlite3.Connection, thorough: bool) -> Look:
        """Return what has changed on the disk since the index last looked."""
        every = thorough or int(meta(connection, "files")) <= MOST_LOOKED_AT
        return look_again(self.root, connection, orjson.loads(meta(connection, "folders")), every)

    def paths(self) -> Iterator[str]:
        """Yield where the index may lie: in the registry, else in the user's cache, else in memory."""
        own = os.path.join(self.root, ".capreg")
        if os.access(own if os.path.isdir(own) else self.root, os.W_OK | os.X_OK):
            yield os.path.join(own, FILES[self.tier])
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        state = os.stat(self.root)
        yield os.path.join(cache, "capreg", f"{state.st_dev:x}-{state.st_ino:x}", FILES[self.tier])
        yield ":memory:"

    def remade(self) -> "Catalogue":
        """Return the catalogue with its index made anew, since what was there is damaged."""
        self.close()
        fresh = Catalogue(self.root, self.tier)
        fresh.take(import_module(MAKING).anew(fresh))
        return fresh

    def document(self, kind: str, id: str) -> dict[str, Any] | None:
        """Return a record, cut to the tier, by the name of its kind and its id; None where there is none that can be used.

        Of the disk only its own file is looked at, unless that has changed.
        """
        if "connection" not in self.__dict__:
            self._glimpse(kind, id)
        row = self._row(self.connection, self.kind(kind), id)
        return read_card(*row[1:]) if row else None

    def _glimpse(self, kind: str, id: str) -> None:
        """Take the index as it is, where it is right about one record; else look at every file."""
        path = next(self.paths())
        try:
            connection = opened(path, identity_of(self.root, self.tier))
        except UnusableIndexError:
            return None
        if meta(connection, "inputs") == inputs_of(self.root) and meta(connection, f"kind:{kind}"):
            row = self._row(connection, self.kind_in(connection, kind), id)
            if row and self._is_current(connection, row[0]):
                return self.take(connection)
            if row:
                connection.close()
                return self.take(self.current(thorough=True))
        connection.close()
        return None

    def _is_current(self, connection: sqlite3.Connection, path: str) -> bool:
        folder, name = os.path.split(path)
        known = listing_of(connection, folder)
        now = stamped(os.path.join(self.root, folder), (name,), time.time_ns())
        return known is not None and known.by_name().get(name) == now.stamps and not has_fresh(now)

    @staticmethod
    def _row(connection: sqlite3.Connection, kind: Kind, id: str) -> tuple[str, bytes, int] | None:
        at = Layout(kind)
        asked = f"SELECT path, document, check_sum FROM {at.card} JOIN {at.name} USING (rec) WHERE id = ?"
        return connection.execute(asked, (id,)).fetchone()

    def take(self, connection: sqlite3.Connection) -> None:
        """Go on with another connection to the index."""
        if connection is not self.__dict__.get("connection"):
            self.close()
        self.__dict__["connection"] = connection

    def close(self) -> None:
        """Let go of the index."""
        if "connection" in self.__dict__:
            self.connection.close()

    @cached_property
    def settings(self) -> Settings:
        """What the registry says of itself."""
        return settings_read(self.known("settings"))

    @cached_property
    def folders(self) -> dict[str, str]:
        """The folder of each kind."""
        return orjson.loads(self.known("folders"))

    def kind(self, id: str) -> Kind:
        """Return a kind by name; raises UnknownKindError, which names those there are."""
        if id not in self.folders:
            raise UnknownKindError(f"unknown kind '{id[:60]}'", nearest(id, self.folders))
        return self.kind_in(self.connection, id)

    def kind_in(self, connection: sqlite3.Connection, id: str) -> Kind:
        """Return a kind that an index knows."""
        if id not in self._kinds:
            self._kinds[id] = kind_read(meta(connection, f"kind:{id}"))
        return self._kinds[id]

    def layout(self, kind: Kind) -> Layout:
        """Return where the values of a kind stand."""
        return Layout(self.kind(kind.id))

    @cached_property
    def vocabularies(self) -> IndexedVocabularies:
        """The vocabularies by name."""
        return IndexedVocabularies(self.connection)

    def left_out(self, kind: Kind) -> int:
        """Return how many files of a kind hold no record that can be used."""
        asked = "SELECT count(*) FROM unused WHERE kind = ?"
        return self.connection.execute(asked, (kind.id,)).fetchone()[0]

    def known(self, name: str) -> bytes:
        """Return one thing that the index keeps; raises InvalidInputError where what it is made from does not hold."""
        found = meta(self.connection, name)
        if found.startswith(FAULT):
            raise InvalidInputError(found[1:].decode())
        return found


def read_card(document: bytes, check_sum: int) -> dict[str, Any]:
    """Return the record on a card; raises DamagedIndexError for one that is not as it was written."""
    return orjson.loads(content_of(document, check_sum))


def content_of(document: bytes, check_sum: int) -> bytes:
    """Return the content of a card, which is a record as JSON; raises DamagedIndexError for one that is not as it was written."""
    if not isinstance(document, bytes) or crc32(document) != check_sum:
        raise DamagedIndexError
    return document
