"""TSV: one row a result, whole values, a first row with the columns' names."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from capreg.model.text import plain
from capreg.views.page import Page, Screen, cell

# What a spreadsheet would take for the beginning of a formula; an amount less than nothing is a number.
FORMULA = re.compile(r"[=+@＝＋－＠]|-(?!\d+(\.\d+)?\Z)")
# A telephone number, which begins with a sign and runs nothing.
TELEPHONE = re.compile(r"\+[\d ]{6,30}")


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
    """Return a cell that no spreadsheet runs: a text that begins like a formula gets an apostrophe before it."""
    text = plain(cell(value))
    if isinstance(value, (int, float)):
        return text
    return f"'{text}" if FORMULA.match(text) and not TELEPHONE.fullmatch(text) else text
