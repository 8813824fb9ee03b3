"""A page of a list, arranged as it was asked for: which columns, in which order, how many."""

from collections.abc import Sequence
from typing import Any

from capreg.errors import UsageError, nearest
from capreg.model.value import Value
from capreg.views.page import Block, Column, Line, Page, Rows


class Arrangement(Value):
    """What `--columns`, `--sort`, `--limit` and `--offset` say of a list."""

    columns: Sequence[str] = ()
    sort: Sequence[str] = ()
    limit: int | None = None
    offset: int = 0


class UnknownColumnError(UsageError):
    """A list has no such column."""


def arranged(page: Page, wanted: Arrangement) -> Page:
    """Return a page of a list as it was asked for; rows that tie stay in the order they had.

    Raises:
        UnknownColumnError: a column, or a key to sort by, is none of the list's; names the nearest.
    """
    rows = [list(row) for row in page.rows.rows]
    names = [column.name for column in page.rows.columns]
    order = list(range(len(rows)))
    for key in reversed(wanted.sort):
        at = _column(names, key.removeprefix("-"))
        order.sort(key=lambda row, at=at: _comparable(rows[row][at]), reverse=key.startswith("-"))
    order = order[wanted.offset :][: wanted.limit]
    chosen = [_column(names, name) for name in wanted.columns] or list(range(len(names)))
    table = Rows([page.rows.columns[at] for at in chosen], [[rows[row][at] for at in chosen] for row in order])
    lines = list(page.lines)
    picked = [_part(lines[row], wanted.columns) for row in order]
    data = {key: picked if value is page.lines else value for key, value in page.data.items()}
    blocks = [table] if wanted.columns else [one for block in page.blocks for one in _picked(block, page, order)]
    return page._replace(blocks=blocks, rows=table, data=data, lines=picked)


def _column(names: Sequence[str], name: str) -> int:
    if name not in names:
        raise UnknownColumnError(f"there is no column '{name[:60]}'", nearest(name, names))
    return names.index(name)


def _comparable(value: Any) -> tuple:
    is_number = isinstance(value, (int, float))
    return value is None, not is_number, value if is_number else 0, str(value)


def _part(line: dict, columns: Sequence[str]) -> dict:
    return {key: line.get(key) for key in columns} if columns else line


def _picked(block: Block, page: Page, order: Sequence[int]) -> list[Block]:
    """Return what stays of a block: of a table its rows, of lines those that belong to a row that stays."""
    if isinstance(block, Rows):
        rows = list(block.rows)
        return [Rows(block.columns, [rows[at] for at in order])]
    if isinstance(block, Line):
        return [block] if list(page.blocks).index(block) in order else []
    return [block]


def columns_help(columns: Sequence[Column]) -> Page:
    """Return the page of `--columns help` for a list: each column with what it means."""
    rows = [(column.name, column.head) for column in columns]
    table = Rows([Column("column", "Column"), Column("meaning", "Meaning")], rows)
    data = [{"column": name, "meaning": meaning} for name, meaning in rows]
    return Page([table], table, data, data)
