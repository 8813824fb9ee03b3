"""The index in a bundle: made afresh from the records that were cut, and read where it lies.

Nothing of the hub's own index or disk is in it: no stamps of files, no prices, nothing that was deleted or is closed.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cached_property
from importlib import import_module
from typing import Any
from urllib.parse import quote

import orjson

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.index.catalogue import Catalogue, content_of, read_card
from capreg.index.compiled import kind_read, settings_read
from capreg.index.database import FORMAT, create, meta, set_meta, shape_of
from capreg.index.layout import Layout
from capreg.model.kinds import Kind, Tier

# Loaded on use: it brings the schemas and their validators, which no search needs.
REGISTRY = "capreg.store.registry"
IDENTITY = orjson.dumps(["bundle", FORMAT])
PAGE_BYTES = 16_384


class HostileIndexError(CapregError):
    """The index in a bundle is none that capreg made, though the hub signed it."""

    exit_code = ExitCode.UNTRUSTED

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the index in {path} is not one that this version of capreg can use",
            "It was made by another version, or was meant to do harm: ask the hub.",
        )


class ReadOnlyBundleError(UsageError):
    """A bundle is only read; what was asked needs a registry of one's own."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is a bundle, which is only read", "Name a registry with -R DIR.")


class BundledCatalogue(Catalogue):
    """The index of a bundle, which holds the short tier and never changes.

    Args:
        root: the file of the bundle.
        index: the index that was taken out of it.
        renew: takes it out once more, and returns where it lies.
        issue: what its header says, by which it is trusted.
    """

    def __init__(self, root: str, index: str, renew: Callable[[], str], issue: Any = None) -> None:
        super().__init__(root, Tier.short)
        self.index, self.renew, self.issue = index, renew, issue

    is_bundle = True

    @cached_property
    def connection(self) -> sqlite3.Connection:
        """The index itself; nothing that it may hold (triggers, views, functions) is trusted to run."""
        return read_only(self.index)

    def serves(self, tier: Tier) -> bool:
        """Whether what is asked of a tier is asked of this index: all that a bundle opens is in it."""
        return tier < Tier.confidential

    def is_closed(self, kind: Kind) -> bool:
        """Whether of all records of a kind only the short tier is at hand."""
        return True

    def document(self, kind: str, id: str) -> dict[str, Any] | None:
        """Return a record of the short tier; raises UnknownRecordError, which names the nearest ids, where there is none."""
        found = self.kind(kind)
        row = self._row(self.connection, found, id)
        if row is None:
            ids = (one for (one,) in self.connection.execute(f"SELECT id FROM {Layout(found).name}"))
            unknown = import_module(REGISTRY).UnknownRecordError
            raise unknown(f"there is no {found.label['en']} '{id[:64]}' in the bundle", nearest(id, ids))
        return read_card(*row[1:])

    def contents(self, kind: Kind) -> Iterator[tuple[str, bytes]]:
        """Yield the id and the content of every record of a kind; raises DamagedIndexError."""
        at = Layout(kind)
        asked = f"SELECT id, document, check_sum FROM {at.card} JOIN {at.name} USING (rec)"
        return ((id, content_of(*card)) for id, *card in self.connection.execute(asked))

    def content(self, kind: Kind, id: str) -> bytes:
        """Return the content of a record that is there; raises DamagedIndexError."""
        _, *card = self._row(self.connection, kind, id)
        return content_of(*card)

    def remade(self) -> "BundledCatalogue":
        """Return the catalogue with its index taken out of the bundle once more."""
        self.close()
        return BundledCatalogue(self.root, self.renew(), self.renew, self.issue)


def read_only(index: str) -> sqlite3.Connection:
    """Return a connection to an index that nobody writes to."""
    connection = sqlite3.connect(f"file:{quote(index)}?immutable=1", uri=True, isolation_level=None)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA query_only=ON")
    return connection


def check_index(index: str, bundle: str) -> None:
    """Raise HostileIndexError unless an index out of a bundle has exactly the tables that its kinds call for."""
    try:
        with closing(read_only(index)) as connection, closing(sqlite3.connect(":memory:")) as wanted:
            catalogue = BundledCatalogue(bundle, index, lambda: index)
            catalogue.__dict__["connection"] = connection
            settings_read(meta(connection, "settings"))
            kinds = [kind_read(meta(connection, f"kind:{id}")) for id in catalogue.folders]
            create(wanted, map(Layout, kinds))
            if meta(connection, "identity") != IDENTITY or shape_of(connection) != shape_of(wanted):
                raise HostileIndexError(bundle)
    except HostileIndexError:
        raise
    except Exception:
        # Whatever a hostile file makes fail, it fails for that.
        raise HostileIndexError(bundle) from None


def settle(connection: sqlite3.Connection, kinds: Mapping[str, Kind], known: Mapping[str, bytes]) -> None:
    """Write into an index what it is to know of itself, as the last thing that is written."""
    folders = orjson.dumps({id: kind.folder for id, kind in kinds.items()})
    for name, value in sorted({**known, "folders": folders, "identity": IDENTITY}.items()):
        set_meta(connection, name, value)
    set_meta(connection, "shape", shape_of(connection))
