"""Saved searches: inquiries with a name, and what each found the last time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tinydb import where
from tinydb.table import Table

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.office.books import Books

TABLE = "searches"
NAME = re.compile(r"[a-z0-9-]{1,64}")


class UnknownSearchError(CapregError):
    """No search was saved under that name."""

    exit_code = ExitCode.MISSING


@dataclass(frozen=True)
class SavedSearch:
    """A search with a name: the kind it asks for, the document of its inquiry, and the ids it found the last time."""

    name: str
    kind: str
    inquiry: Mapping[str, Any]
    seen: tuple[str, ...] = ()


def check_name(name: str) -> None:
    """Raise UsageError for what is no name of a search."""
    if not NAME.fullmatch(name):
        raise UsageError(f"'{name[:64]}' is no name for a search", "Write small letters, digits and hyphens.")


def save_search(books: Books, search: SavedSearch) -> SavedSearch | None:
    """Keep a search under its name, and return the one that was kept under it before, None where there was none.

    Raises:
        UsageError: the name is no name.
        BusyError: another process holds the office.
    """
    check_name(search.name)
    with books.changing() as tables:
        before = _found(tables.table(TABLE), search.name)
        tables.table(TABLE).upsert(asdict(search), where("name") == search.name)
    return before


def saved_search(books: Books, name: str) -> SavedSearch:
    """Return the search that was saved under a name.

    Raises:
        UnknownSearchError: there is none; names the nearest.
    """
    return _known(books.reading().table(TABLE), name)


def remember(books: Books, name: str, seen: Sequence[str]) -> None:
    """Keep what a saved search has found and shown; raises UnknownSearchError or BusyError."""
    with books.changing() as tables:
        _known(tables.table(TABLE), name)
        tables.table(TABLE).update({"seen": list(seen)}, where("name") == name)


def _known(table: Table, name: str) -> SavedSearch:
    found = _found(table, name)
    if found is None:
        raise UnknownSearchError(f"no search is saved as '{name[:64]}'", nearest(name, (one["name"] for one in table)))
    return found


def _found(table: Table, name: str) -> SavedSearch | None:
    one = table.get(where("name") == name)
    return SavedSearch(**{**one, "seen": tuple(one["seen"])}) if one else None
