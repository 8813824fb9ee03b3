"""An export as a workbook: a sheet a kind and a list, typed cells, heads that stay in sight, filters."""

import io
import re
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZipFile

import orjson
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from capreg.errors import CapregError
from capreg.exchange.flat import say_of_nulls, text
from capreg.exchange.packing import pack
from capreg.exchange.selection import Selection
from capreg.exchange.tables import Table, TableColumn, distinct, rows, unit_of

# What a sheet can hold.
MOST_ROWS, LONGEST_TEXT, LONGEST_NAME = 1_048_576, 32_767, 31
# Days before the calendar of a spreadsheet begins stay texts.
FIRST_DAY = "1900-03-01"
# A text that looks like the code of a character, as a workbook writes it: its first line is written as a code itself.
CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# What XML cannot hold.
NOT_IN_XML = re.compile("[\ufffe\uffff]")
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
CUT = ("1 text was cut to the 32,767 characters of a cell.", "{} texts were cut to the 32,767 characters of a cell.")
# How texts begin that openpyxl would not take for texts.
NO_TEXT = ("=", "#")
REPLACED = (
    "1 text holds what a workbook cannot, which was replaced by U+FFFD.",
    "{} texts hold what a workbook cannot, which was replaced by U+FFFD.",
)
CORE = "docProps/core.xml"
# Without a name and a time: openpyxl would write when it was saved.
SAYS_NOTHING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<cp:coreProperties'
    b' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)


class FullSheetError(CapregError):
    """A sheet cannot hold all rows of a table."""


class _Sheet:
    """One sheet that is filled row by row."""

    def __init__(self, book: Workbook, name: str, table: Table, selection: Selection) -> None:
        self.sheet, self.table, self.losses, self.rows = book.create_sheet(name), table, selection.losses, 1
        self.days = [False] * len(table.keys) + [one.type == "date" for one in table.columns]
        self.sheet.freeze_panes = f"{get_column_letter(len(table.keys) + 1)}2"
        self.sheet.append([self._head(one) for one in (*table.keys, *map(_head, table.columns))])

    def _head(self, name: str) -> Cell:
        cell = WriteOnlyCell(self.sheet, name)
        cell.font = Font(bold=True)
        return cell

    def add(self, row: list[Any]) -> None:
        """Write a row; raises FullSheetError where the sheet is full."""
        self.rows += 1
        if self.rows > MOST_ROWS:
            way_out = "Export less, or as CSV with --lists, or as SQLite."
            raise FullSheetError(f"a sheet holds {MOST_ROWS} rows, and {self.sheet.title} has more", way_out)
        self.sheet.append([self._cell(value, day) for value, day in zip(row, self.days, strict=True)])

    def _cell(self, value: Any, is_day: bool) -> Any:
        if isinstance(value, list):
            return self._text(", ".join(map(text, value)) if _is_plain(value) else orjson.dumps(value).decode())
        if isinstance(value, dict):
            return self._text(orjson.dumps(value).decode())
        if is_day and isinstance(value, str) and value >= FIRST_DAY:
            return date.fromisoformat(value)
        return self._text(value) if isinstance(value, str) else value

    def _text(self, value: str) -> str | Cell:
        """Return a text as a cell may hold it; what looks like a formula or an error becomes a cell that is a text."""
        if len(value) > LONGEST_TEXT:
            self.losses.count(*CUT)
            value = value[:LONGEST_TEXT]
        if NOT_IN_XML.search(value):
            self.losses.count(*REPLACED)
            value = NOT_IN_XML.sub("\ufffd", value)
        value = CODE.sub("_x005F_", value)
        if value[:1] not in NO_TEXT:
            return value
        cell = WriteOnlyCell(self.sheet, value)
        cell.data_type = "s"
        return cell

    def finish(self) -> None:
        """Give the sheet its filters."""
        last = get_column_letter(len(self.table.keys) + len(self.table.columns))
        self.sheet.auto_filter.ref = f"A1:{last}{self.rows}"


def _head(column: TableColumn) -> str:
    unit = unit_of(column)
    return f"{column.name} ({unit})" if unit else column.name


def _is_plain(values: list) -> bool:
    return not any(isinstance(one, (list, dict)) for one in values)


def xlsx(selection: Selection, path: Path) -> None:
    """Write all tables as the sheets of a workbook.

    Raises:
        FullSheetError: a table has more rows than a sheet can hold.
    """
    say_of_nulls(selection)
    with TemporaryDirectory(dir=path.parent) as room:
        made = Path(room) / "made.xlsx"
        _workbook(selection).save(made)
        with ZipFile(made) as archive:
            pack(path, ((one.filename, _content(archive, one.filename)) for one in archive.infolist()))


def _content(archive: ZipFile, name: str) -> IO[bytes]:
    return io.BytesIO(SAYS_NOTHING) if name == CORE else archive.open(name)


def _workbook(selection: Selection) -> Workbook:
    book = Workbook(write_only=True)
    tables = [table for part in selection.parts for table in part.table.walk()]
    names = distinct(_sheet_name(one.name.replace(".", "_")) for one in tables)
    sheets = {table.name: _Sheet(book, name, table, selection) for table, name in zip(tables, names, strict=True)}
    try:
        for part in selection.parts:
            for id, record in part:
                for table, row in rows(part.table, record, id):
                    sheets[table.name].add(row)
    except BaseException:
        # Else each sheet would complain of its own when it is thrown away.
        for sheet in sheets.values():
            sheet.sheet.close()
        raise
    for sheet in sheets.values():
        sheet.finish()
    return book


def _sheet_name(name: str) -> str:
    """Return a name that a sheet may have; room is left for a number that tells it from another."""
    return name.translate(NOT_IN_NAMES)[: LONGEST_NAME - 3]
