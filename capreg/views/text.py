"""Plain text, as it is printed or sent in an e-mail."""

from collections.abc import Iterator
from textwrap import wrap

from capreg.model.text import plain
from capreg.views.page import HUB_ONLY, Block, Heading, Line, Page, Pairs, Rows, Screen, cell

WIDTH = 78
LABEL = 32


def text(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page as lines of plain text."""
    if page.hub_only:
        yield f"{HUB_ONLY}\n\n"
    for block in page.blocks:
        yield from _block(block)


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
    lines = [line for part in value.split("\n") for line in wrap(plain(part), max(WIDTH - len(indent), 20)) or [""]]
    return f"\n{indent}".join(lines)


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
