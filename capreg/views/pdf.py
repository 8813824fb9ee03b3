"""PDF: a page set by typst, which gets every text as data; the only module that loads typst."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import orjson

from capreg.errors import UsageError
from capreg.model.text import plain
from capreg.views.labels import label
from capreg.views.page import HUB_ONLY, Block, Heading, Line, Named, Page, Pairs, Rows, Screen, cell


class MissingExtraError(UsageError):
    """A format needs a library that is not installed."""


class MissingSignError(UsageError):
    """A text holds a sign that the fonts of the PDF lack."""


try:
    import typst
except ModuleNotFoundError:
    raise MissingExtraError("PDF needs the extra 'book'", "Install it: pip install 'capreg[book]'.") from None

TEMPLATE = files("capreg.views").joinpath("page.typ").read_bytes()
# A table of more columns than this lies on its side.
UPRIGHT = 7


def pdf(page: Page, screen: Screen) -> Iterator[bytes]:
    """Yield the page as a PDF on A4 that screen readers can read; the same page gives the same bytes in one version of typst.

    Raises:
        MissingSignError: a text holds a sign that typst's own fonts lack; no other fonts are used.
    """
    inputs = {"page": orjson.dumps(_document(page)).decode()}
    try:
        yield typst.Compiler(TEMPLATE, ignore_system_fonts=True, sys_inputs=inputs).compile(
            format="pdf", pdf_standards="ua-1"
        )
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        raise MissingSignError("the fonts of the PDF lack a sign of this page", "Write it as html.") from error


def _document(page: Page) -> dict[str, Any]:
    """Return the page as plain data; each text is a list of its lines."""
    language = page.language or "en"
    blocks = list(page.blocks)
    titles = [block.text for block in blocks if isinstance(block, Heading)]
    sheets = sum(isinstance(block, Heading) and block.level == 1 for block in blocks)
    return {
        "title": plain(titles[0]) if titles else "capreg",
        # What heads the later sheets, unless they begin with titles of their own.
        "running": plain(titles[0]) if titles and sheets < 2 else "",
        "language": language,
        "mark": plain(page.mark),
        "hub_only": HUB_ONLY if page.hub_only else "",
        "page_of": label("page of", language).split("{}"),
        "wide": any(isinstance(block, Rows) and len(block.columns) > UPRIGHT for block in blocks),
        "blocks": [_block(block) for block in blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"is": "heading", "level": block.level, "text": plain(block.text)}
    if isinstance(block, Pairs):
        return {"is": "pairs", "pairs": [[plain(name), _lines(value)] for name, value in block.pairs]}
    if isinstance(block, Rows):
        return _rows(block)
    return {"is": "line" if isinstance(block, Line) else "note", "text": plain(block.text)}


def _rows(rows: Rows) -> dict[str, Any]:
    heads = [plain(column.head) for column in rows.columns]
    cells = [[_cell(value) for value in row] for row in rows.rows]
    columns = zip(*[[[head] for head in heads], *cells], strict=True)
    return {
        "is": "rows",
        "heads": heads,
        "numeric": [column.numeric for column in rows.columns],
        "lengths": [max(len(line) for one in column for line in one) for column in columns],
        "rows": cells,
    }


def _cell(value: Any) -> list[str]:
    """Return a cell; a record's id stands under its title."""
    return [plain(value.title), plain(value.id)] if isinstance(value, Named) else [plain(cell(value))]


def _lines(value: str) -> list[str]:
    return [plain(line) for line in value.split("\n")]
