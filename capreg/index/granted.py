"""The index of a bundle in which the profiles that were opened stand with all that they say.

It is a copy for one command, which no name leads to any more: what was bought lies sealed on the disk, and open nowhere.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from capreg.index.bundled import BundledCatalogue
from capreg.index.database import connected
from capreg.index.layout import Layout
from capreg.index.words import codes_of
from capreg.index.writing import Writer
from capreg.model.kinds import Kind, Tier

Documents = Iterable[Mapping[str, Any]]


class GrantedCatalogue(BundledCatalogue):
    """The index of a bundle at the tier of what was opened; of all other records it holds the short tier, as before.

    Args:
        kinds: of which kinds a profile was opened.
    """

    def __init__(self, root: str, index: str, renew: Callable[[], str], kinds: Collection[str]) -> None:
        super().__init__(root, index, renew)
        self.tier, self._opened = Tier.detailed, kinds

    def is_closed(self, kind: Kind) -> bool:
        """Whether of all records of a kind only the short tier is at hand."""
        return kind.id not in self._opened


def with_opened(catalogue: BundledCatalogue, documents: Documents) -> GrantedCatalogue:
    """Return the index of a bundle in which profiles stand in place of their short tier.

    Args:
        documents: the profiles, each cut to the detailed tier by the hub that sealed it.

    Raises:
        OSError: there is no room for a copy.
    """
    profiles = sorted(documents, key=lambda document: (document["kind"], document["id"]))
    found = GrantedCatalogue(catalogue.root, catalogue.index, catalogue.renew, {one["kind"] for one in profiles})
    found.take(_copied(catalogue.index))
    for id in found.folders:
        _put(found, found.kind(id), [one for one in profiles if one["kind"] == id])
    return found


def _copied(index: str) -> sqlite3.Connection:
    """Return a connection to a copy of an index that is gone when the connection is."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(index)) as room:
        copy = os.path.join(room, os.path.basename(index))
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(index, copy)
        connection = connected(copy)
    connection.execute("PRAGMA journal_mode=OFF")
    return connection


def _put(catalogue: GrantedCatalogue, kind: Kind, documents: Documents) -> None:
    writer = Writer(catalogue.connection, Layout(kind), codes_of(catalogue.connection))
    for document in documents:
        writer.put(document["id"], f"{kind.folder}/{document['id']}.json", document)
    writer.finish()
