"""Markdown: headings, lists and tables that read well as they are."""

import re
from collections.abc import Iterator

from capreg.model.text import plain
from capreg.views.page import HUB_ONLY, Block, Heading, Page, Pairs, Rows, Screen, cell

# What Markdown or HTML would take for markup anywhere, and what only where a line begins.
MARKUP = re.compile(r"[\\`*_{}\[\]<>#|!~&$]")
BEGINNING = re.compile(r"(?:\d{0,9}[.)]|[-+=])(?=\s|[-=]|$)")


def markdown(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page as Markdown (CommonMark, with the tables of GitHub); no text of a record becomes markup."""
    if page.hub_only:
        yield f"**{HUB_ONLY}**\n\n"
    if page.mark:
        yield f"{_line(page.mark)}\n\n"
    for block in page.blocks:
        yield from _block(block)
    if page.mark:
        yield f"{_line(page.mark)}\n"


def escaped(text: str) -> str:
    """Return a text as Markdown shows it to the letter."""
    return MARKUP.sub(lambda match: f"\\{match[0]}", plain(text))


def _line(text: str) -> str:
    """Return a text that begins a line as Markdown shows it to the letter."""
    found = BEGINNING.match(text)
    at = found.end() - 1 if found else None
    return escaped(text) if at is None else f"{escaped(text[:at])}\\{text[at]}{escaped(text[at + 1 :])}"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {escaped(block.text)}\n\n"
    elif isinstance(block, Pairs):
        yield from (_pair(label, value) for label, value in block.pairs)
        yield "\n"
    elif isinstance(block, Rows):
        yield from _rows(block)
    else:
        yield f"{_line(block.text)}\n\n"


def _pair(label: str, value: str) -> str:
    first, *more = value.split("\n")
    if not more:
        return f"- **{escaped(label)}**: {escaped(first)}\n"
    return f"- **{escaped(label)}**:\n" + "".join(f"  - {_line(line)}\n" for line in (first, *more))


def _rows(rows: Rows) -> Iterator[str]:
    yield f"| {' | '.join(escaped(column.head) for column in rows.columns)} |\n"
    yield f"|{'|'.join(' ---: ' if column.numeric else ' --- ' for column in rows.columns)}|\n"
    for row in rows.rows:
        yield f"| {' | '.join(escaped(cell(value)) for value in row)} |\n"
    yield "\n"
