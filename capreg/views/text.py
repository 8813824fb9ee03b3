"""Plain text, as it is printed or sent in an e-mail."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from math import ceil

from capreg.model.text import plain
from capreg.views.page import HUB_ONLY, Block, Heading, Line, Page, Pairs, Rows, Screen, cell

# Loaded on use: most lines are short enough.
WRAPPING = "textwrap"
WIDTH = 78
LABEL = 32
# Lines between the marks of a sheet, and signs in a line: a printer puts 66 lines of 80 on a sheet, some of them margins.
SHEET = 54
PAPER = 80
# A part does not begin where fewer lines are left for it than these, by the level of its heading.
BEGINNING = {1: 14, 2: 10, 3: 5}


def text(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page as lines of plain text; where it carries a mark, sheet by sheet, each with the mark above and below.

    Without a mark, a further heading of the first level begins a sheet.
    """
    if page.hub_only:
        yield f"{HUB_ONLY}\n\n"
    yield from _sheets(page.blocks, plain(page.mark)) if page.mark else _lines(page.blocks)


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for at, block in enumerate(blocks):
        if at and isinstance(block, Heading) and block.level == 1:
            yield "\f"
        yield from _block(block)


def _sheets(blocks: Iterable[Block], mark: str) -> Iterator[str]:
    yield f"{mark}\n\n"
    room = SHEET
    for block in blocks:
        needed = BEGINNING[block.level] if isinstance(block, Heading) else 1
        for line in "".join(_block(block)).splitlines(keepends=True):
            if room < needed:
                yield f"\n{mark}\n\f{mark}\n\n"
                room = SHEET
            yield line
            room, needed = room - max(ceil((len(line) - 1) / PAPER), 1), 1
    yield f"{mark}\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from _heading(block)
    elif isinstance(block, Pairs):
        yield from _pairs(block)
    elif isinstance(block, Rows):
        yield from _rows(block)
    elif isinstance(block, Line):
        yield f"{plain(block.text)}\n"
    else:
        yield f"{_wrapped(block.text, '')}\n\n"


def _heading(heading: Heading) -> Iterator[str]:
    title = plain(heading.text)
    yield f"{title}\n{ {1: '=', 2: '-'}[heading.level] * len(title) }\n\n" if heading.level < 3 else f"{title}\n"


def _pairs(pairs: Pairs) -> Iterator[str]:
    width = min(max((len(label) for label, _ in pairs.pairs), default=0), LABEL)
    for label, value in pairs.pairs:
        yield f"  {plain(label):<{width}}  {_wrapped(value, ' ' * (width + 4))}\n"
    yield "\n"


def _wrapped(value: str, indent: str) -> str:
    """Break a value into lines; those after the first stand under it."""
    width = max(WIDTH - len(indent), 20)
    return f"\n{indent}".join(line for part in value.split("\n") for line in _lines_of(plain(part).rstrip(), width))


def _lines_of(text: str, width: int) -> list[str]:
    return [text] if len(text) <= width else import_module(WRAPPING).wrap(text, width)


def _rows(rows: Rows) -> Iterator[str]:
    table = [[column.head for column in rows.columns], *([plain(cell(value)) for value in row] for row in rows.rows)]
    widths = [max(len(row[at]) for row in table) for at in range(len(rows.columns))]
    for row in table:
        cells = [
            value.rjust(width) if column.numeric else value.ljust(width)
            for value, width, column in zip(row, widths, rows.columns, strict=True)
        ]
        yield "  ".join(cells).rstrip() + "\n"
    yield "\n"
