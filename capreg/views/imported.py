"""What became of an imported list as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from capreg.views.page import SCHEMA_VERSION, Block, Column, Page, Rows

COLUMNS = (
    Column("row", "Row", numeric=True),
    Column("column", "Column"),
    Column("cell", "Cell"),
    Column("fault", "What it could not give"),
)
REPORT = (Column("row", "Row", numeric=True), Column("outcome", "Outcome"), Column("id", "Record"), *COLUMNS[1:])


def imported_page(done: Any, shown: Sequence[Block] = ()) -> Page:
    """Return the page of an import: to people what rows could not give, to machines what became of each row.

    Args:
        done: what became of the list.
        shown: the first records, as people would see them.
    """
    notes = [asdict(note) for note in done.notes]
    table = Rows(COLUMNS, [[note[column.name] for column in COLUMNS] for note in notes])
    taken = [asdict(one) for one in done.taken]
    data = {
        "schema_version": SCHEMA_VERSION,
        "rows": done.rows,
        "outcomes": dict(done.outcomes),
        "remarks": list(done.remarks),
        "notes": notes,
        "taken": taken,
        "first": list(done.first),
    }
    report = _report(taken, notes)
    lines = [dict(zip((column.name for column in REPORT), row, strict=True)) for row in report]
    return Page([*([table] if notes else []), *shown], Rows(REPORT, report), data, lines)


def _report(taken: Sequence[Mapping[str, Any]], notes: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return a line for each thing told of a row, and one for a row of which nothing is."""
    by_row: dict[int, list[Mapping[str, Any]]] = {}
    for note in notes:
        by_row.setdefault(note["row"], []).append(note)
    nothing = [{"column": "", "cell": "", "fault": ""}]
    return [
        [one["row"], one["outcome"], one["id"], note["column"], note["cell"], note["fault"]]
        for one in taken
        for note in by_row.get(one["row"], nothing)
    ]
