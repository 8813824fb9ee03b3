"""TSV and CSV: one row a result, whole values, a first row with the columns' names."""

import csv as writer
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from capreg.model.text import plain
from capreg.views.page import Page, Screen, cell

# What a spreadsheet would take for the beginning of a formula.
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")


def tsv(page: Page, screen: Screen) -> Iterator[str]:
    """Yield tab-separated rows; control characters within values, tabs and newlines too, are shown as their codes."""
    for row in _rows(page):
        yield "\t".join(row) + "\n"


def csv(page: Page, screen: Screen) -> Iterator[str]:
    """Yield rows in the form of RFC 4180, with plain newlines."""
    for row in _rows(page):
        buffer = io.StringIO()
        writer.writer(buffer, lineterminator="\n").writerow(row)
        yield buffer.getvalue()


def _rows(page: Page) -> Iterator[Sequence[str]]:
    yield [column.name for column in page.rows.columns]
    for row in page.rows.rows:
        yield [_harmless(value) for value in row]


def _harmless(value: Any) -> str:
    """Return a cell that no spreadsheet runs: a text that begins like a formula gets an apostrophe before it."""
    text = plain(cell(value))
    return f"'{text}" if not isinstance(value, (int, float)) and FORMULA.match(text) else text
