"""What an index holds, as a page."""

from collections.abc import Sequence

from capreg.index.answer import Holding
from capreg.views.page import SCHEMA_VERSION, Column, Page, Rows

COLUMNS = (
    Column("kind", "Kind"),
    Column("records", "Records", numeric=True),
    Column("left_out", "Files left out", numeric=True),
)


def holdings_page(found: Sequence[Holding]) -> Page:
    """Return the page of how many records of each kind an index holds, and how many files hold none."""
    table = Rows(COLUMNS, [list(one) for one in found])
    lines = [one._asdict() for one in found]
    return Page([table], table, {"schema_version": SCHEMA_VERSION, "kinds": lines}, lines)
