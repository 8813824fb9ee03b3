"""TSV: one row a result, whole values, a first row with the columns' names."""

from collections.abc import Iterator, Sequence
from typing import Any

from capreg.model.harmless import harmless
from capreg.model.text import plain
from capreg.views.page import Page, Screen, cell


def tsv(page: Page, screen: Screen) -> Iterator[str]:
    """Yield tab-separated rows; control characters within values, tabs and newlines too, are shown as their codes."""
    for row in rows(page):
        yield "\t".join(row) + "\n"


def rows(page: Page) -> Iterator[Sequence[str]]:
    """Yield the names of the columns, then each row as harmless text."""
    yield [column.name for column in page.rows.columns]
    for row in page.rows.rows:
        yield [_harmless(value) for value in row]


def _harmless(value: Any) -> str:
    """Return a cell that no spreadsheet runs."""
    text = plain(cell(value))
    return text if isinstance(value, (int, float)) else harmless(text)
