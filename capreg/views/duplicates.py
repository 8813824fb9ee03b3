"""The records that may be one as a page."""

from collections.abc import Sequence

from capreg.views.page import SCHEMA_VERSION, Column, Page, Rows

COLUMNS = (
    Column("score", "Score", numeric=True),
    Column("first", "Record"),
    Column("second", "May be"),
    Column("reasons", "Because of"),
)


def duplicates_page(found: Sequence) -> Page:
    """Return the page of pairs of records that may be one, with how alike they are, out of 100, and in what."""
    data = [one._asdict() for one in found]
    rows = Rows(COLUMNS, [[one[column.name] for column in COLUMNS] for one in data])
    return Page([rows] if data else [], rows, {"schema_version": SCHEMA_VERSION, "duplicates": data}, data)
