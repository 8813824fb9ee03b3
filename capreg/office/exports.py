"""Exports of the detailed tier, of which the office keeps a note."""

from dataclasses import asdict, dataclass

from capreg.office.books import Books

TABLE = "exports"


@dataclass(frozen=True)
class Export:
    """What left the registry without a sale; the fields stand in `office.schema.json`."""

    day: str
    by: str
    kinds: list[str]
    query: str
    tier: str
    format: str
    count: int


def note_export(books: Books, export: Export) -> None:
    """Keep a note of an export; returns when it is on the disk, so that nothing leaves without one.

    Raises:
        BusyError: another process holds the office.
    """
    with books.changing() as tables:
        tables.table(TABLE).insert(asdict(export))


def exports(books: Books) -> list[Export]:
    """Return all exports that were noted, the oldest first."""
    return [Export(**one) for one in books.reading().table(TABLE).all()]
