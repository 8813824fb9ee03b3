"""The terminal: the only module that loads rich."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from capreg.model.text import plain
from capreg.views.page import HUB_ONLY, Block, Heading, Named, Note, Page, Pairs, Rows, Screen, cell

GAP = 2
# How many cells a broken word weighs as much as, in a head and in the column that names the row.
HEAD = 4
NAMING = 3
HEADINGS = {1: "bold", 2: "bold cyan", 3: "bold"}


def table(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page for a terminal, as wide as the screen."""
    if page.hub_only:
        yield _drawn(Text(HUB_ONLY, style="reverse"), screen)
    mark = _drawn(Text(plain(page.mark), style="dim"), screen)
    if page.mark:
        yield mark
    for block in page.blocks:
        yield _drawn(_block(block, screen), screen)
    if page.mark:
        yield f"\n{mark}"


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


def _block(block: Block, screen: Screen) -> RenderableType:
    if isinstance(block, Heading):
        return Padding(Text(plain(block.text), style=HEADINGS[block.level]), (1 if block.level < 3 else 0, 0, 0, 0))
    if isinstance(block, Pairs):
        return _pairs(block)
    return (
        _rows(block, screen)
        if isinstance(block, Rows)
        else Text(plain(block.text), style="dim" if isinstance(block, Note) else "")
    )


def _pairs(pairs: Pairs) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in pairs.pairs:
        grid.add_row(Text(f"  {plain(label)}"), Text("\n".join(plain(line) for line in value.split("\n"))))
    return grid


def _rows(rows: Rows, screen: Screen) -> Table:
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    heads = [column.head for column in rows.columns]
    cells = [[_lines(value) for value in row] for row in rows.rows]
    for column, width in zip(rows.columns, widths([heads, *cells], screen.width - GAP * len(heads)), strict=True):
        drawn.add_column(Text(column.head), justify="right" if column.numeric else "left", overflow="fold", width=width)
    for row in cells:
        drawn.add_row(*map(Text, row))
    return drawn


def _lines(value: Any) -> str:
    """Return a cell; a record's id stands under its title."""
    return f"{plain(value.title)}\n{plain(value.id)}" if isinstance(value, Named) else plain(cell(value))


def widths(cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return how wide each column is drawn.

    No word is broken while there is room for the longest of each column; where there is none, the fewest cells have one
    broken, and those of the first column, which names the row, last. What is left goes to the fullest column, sign by sign.
    """
    columns = list(zip(*cells, strict=True))
    longest = [[max(map(cell_len, text.split()), default=1) for text in texts] for texts in columns]
    found = [max(words) for words in longest]
    wanted = [max((cell_len(line) for text in texts for line in text.split("\n")), default=1) for texts in columns]
    while sum(found) > max(room, len(found)):
        found[_least_missed(longest, found)] -= 1
    while sum(found) < min(room, sum(wanted)):
        fullest = max(range(len(found)), key=lambda at: wanted[at] / found[at])
        found[fullest] += 1
    return found


def _least_missed(longest: list[list[int]], found: list[int]) -> int:
    """Return the column of which a sign less breaks the fewest words; the first row of lengths is the head's."""
    return min(range(len(found)), key=lambda at: (found[at] == 1, _broken(longest[at], found[at], at == 0), -found[at]))


def _broken(longest: list[int], width: int, naming: bool) -> int:
    """Return how many cells of a column would have a word broken if it were a sign narrower, heads and names weighed."""
    head, *cells = longest
    return (HEAD * (head >= width) + sum(word >= width for word in cells)) * (NAMING if naming else 1)
