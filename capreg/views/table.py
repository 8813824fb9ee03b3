"""The terminal: the only module that loads rich."""

import io
from collections.abc import Iterator

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from capreg.model.text import plain
from capreg.views.page import HUB_ONLY, Block, Heading, Note, Page, Pairs, Rows, Screen, cell

LONGEST_WORD = 14
HEADINGS = {1: "bold", 2: "bold cyan", 3: "bold"}


def table(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page for a terminal, as wide as the screen."""
    if page.hub_only:
        yield _drawn(Text(HUB_ONLY, style="reverse"), screen)
    for block in page.blocks:
        yield _drawn(_block(block), screen)


def _drawn(what: RenderableType, screen: Screen) -> str:
    console = Console(
        file=io.StringIO(),
        width=screen.width,
        force_terminal=screen.color,
        color_system="standard" if screen.color else None,
        no_color=not screen.color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    console.print(what)
    lines = console.file.getvalue().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _block(block: Block) -> RenderableType:
    if isinstance(block, Heading):
        return Padding(Text(plain(block.text), style=HEADINGS[block.level]), (1 if block.level < 3 else 0, 0, 0, 0))
    if isinstance(block, Pairs):
        return _pairs(block)
    return _rows(block) if isinstance(block, Rows) else Text(plain(block.text), style="dim" if isinstance(block, Note) else "")


def _pairs(pairs: Pairs) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in pairs.pairs:
        grid.add_row(Text(f"  {plain(label)}"), Text("\n".join(plain(line) for line in value.split("\n"))))
    return grid


def _rows(rows: Rows) -> Table:
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    cells = [[plain(cell(value)) for value in row] for row in rows.rows]
    for at, column in enumerate(rows.columns):
        longest = max((len(word) for text in (column.head, *(row[at] for row in cells)) for word in text.split()), default=1)
        drawn.add_column(
            Text(column.head), justify="right" if column.numeric else "left", overflow="fold", min_width=min(longest, LONGEST_WORD)
        )
    for row in cells:
        drawn.add_row(*map(Text, row))
    return drawn
