"""What became of an imported list as a page."""

from collections.abc import Sequence
from dataclasses import asdict

from capreg.views.page import SCHEMA_VERSION, Column, Page, Rows

COLUMNS = (
    Column("row", "Row", numeric=True),
    Column("column", "Column"),
    Column("cell", "Cell"),
    Column("fault", "What it could not give"),
)


def imported_page(rows: int, outcomes: dict[str, int], notes: Sequence) -> Page:
    """Return the page of an import: what each row could not give, row by row."""
    data = [asdict(note) for note in notes]
    table = Rows(COLUMNS, [[note[column.name] for column in COLUMNS] for note in data])
    return Page(
        [table] if data else [],
        table,
        {"schema_version": SCHEMA_VERSION, "rows": rows, "outcomes": outcomes, "notes": data},
        data,
    )
