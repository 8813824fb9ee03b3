"""TSV: one row a result, whole values, a first row with the columns' names."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from capreg.model.text import plain
from capreg.views.page import Page, Screen, cell

# What a spreadsheet would take for the beginning of a formula, also within the quotes that it may take off.
FORMULA = re.compile(r'"*[=+\-@＝＋－＠]')
# A telephone number, which begins with a sign and runs nothing.
TELEPHONE = re.compile(r"\+[\d ]{6,30}")
# An amount that is less than nothing.
AMOUNT = re.compile(r"-[0-9]{1,20}(\.[0-9]{1,4})?")


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
    is_harmless = TELEPHONE.fullmatch(text) or AMOUNT.fullmatch(text)
    return f"'{text}" if FORMULA.match(text) and not is_harmless else text
