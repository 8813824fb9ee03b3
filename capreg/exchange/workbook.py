"""Lists as workbooks (XLSX): the values that formulas have, merged cells, several sheets."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from warnings import catch_warnings, simplefilter

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from capreg.errors import nearest
from capreg.exchange.mapping import Mapped
from capreg.exchange.sheet import Listed, Raw, SheetError, Wanted, tabled

# What a workbook may unpack to, in bytes.
LARGEST = 1 << 29
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
# A formula whose cell holds no value: a program wrote it, and no spreadsheet has worked it out.
UNKNOWN = "a formula without a value; open the workbook in a spreadsheet program and save it"
FAILURES = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    SyntaxError,
)


def read_workbook(name: str, content: bytes, mapping: Mapped | None, wanted: Wanted) -> Listed:
    """Return the rows of a sheet of a workbook; raises SheetError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile:
        raise SheetError(f"{name}: a damaged workbook", "Open it in a spreadsheet program and save it anew.") from None
    if unpacked > LARGEST:
        raise SheetError(f"{name}: it unpacks to {unpacked:,} bytes, and at most {LARGEST:,} are read")
    with catch_warnings():
        simplefilter("ignore")
        try:
            return _listed(name, content, mapping.sheet if mapping else None, wanted)
        except FAILURES as error:
            raise SheetError(f"{name}: no workbook that can be read: {error}") from None


def _listed(name: str, content: bytes, wanted_sheet: str | int | None, wanted: Wanted) -> Listed:
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet, remarks = _sheet(name, workbook, wanted_sheet)
    where = f"{name}, sheet '{sheet.title}'"
    xml = workbook._archive.read(sheet._worksheet_path)
    merged = [range_boundaries(one.decode()) for one in MERGED.findall(xml)]
    if merged:
        remarks.append(f"{len(merged)} merged areas: what stands in one holds for each of its rows")
    formulas = None
    if FORMULA.search(xml):
        formulas = load_workbook(io.BytesIO(content), read_only=True)[sheet.title]
    raws = _filled(_raws(where, sheet, formulas), merged)
    return tabled(where, raws, wanted, remarks, xml.count(b"<row "), is_wide=True)


def _sheet(name: str, workbook: Any, wanted: str | int | None) -> tuple[Any, list[str]]:
    """Return the sheet that is wanted, or the first of those that hold rows and are shown."""
    sheets = workbook.worksheets
    titles = [one.title for one in sheets]
    if isinstance(wanted, int):
        if wanted > len(sheets):
            raise SheetError(f"{name}: there is no sheet {wanted}", f"There are: {', '.join(titles)}.")
        return sheets[wanted - 1], []
    if wanted is not None:
        if wanted not in titles:
            raise SheetError(f"{name}: there is no sheet '{wanted}'", nearest(wanted, titles))
        return sheets[titles.index(wanted)], []
    full = [one for one in sheets if one.sheet_state == "visible" and _holds_rows(one)] or sheets[:1]
    if not full:
        raise SheetError(f"{name}: a workbook without a sheet")
    others = ", ".join(f"'{one.title}'" for one in full[1:])
    told = (
        f"the sheet '{full[0].title}' was read, and not {others}; say another in the mapping: sheet: {full[1].title}"
        if others
        else ""
    )
    return full[0], [told] if told else []


def _holds_rows(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = (
        row for row in sheet.iter_rows(max_row=200, values_only=True) if any(cell not in (None, "") for cell in row)
    )
    return next(rows, None) is not None


def _raws(where: str, sheet: Any, formulas: Any) -> Iterator[Raw]:
    """Yield the rows of a sheet; an error, and a formula without a value, is a cell that cannot be read."""
    # What a file says of its own size is often wrong.
    sheet.reset_dimensions()
    beside = None
    if formulas is not None:
        formulas.reset_dimensions()
        beside = formulas.iter_rows()
    try:
        for number, row in enumerate(sheet.iter_rows(), 1):
            there = next(beside, ()) if beside else ()
            faults = {at: f"the error {cell.value}" for at, cell in enumerate(row) if cell.data_type == "e"}
            faults |= {at: UNKNOWN for at, cell in enumerate(there) if cell.data_type == "f" and row[at].value is None}
            yield Raw(
                number, [None if at in faults else _value(cell.value) for at, cell in enumerate(row)], faults=faults
            )
    except FAILURES as error:
        raise SheetError(f"{where}: cannot be read on: {error}") from None


def _value(value: Any) -> Any:
    """Return a cell's value: a day without a time as a day, Windows' ends of lines as lines."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, str):
        return value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return value if isinstance(value, (bool, int, float, date)) or value is None else str(value)


def _filled(raws: Iterator[Raw], merged: list[tuple[int, int, int, int]]) -> Iterator[Raw]:
    """Yield rows in which what stands in merged cells stands in each of their rows."""
    down: dict[int, tuple[int, Any]] = {}
    starts: Mapping[tuple[int, int], int] = {(top, left): bottom for left, top, _, bottom in merged if bottom > top}
    if not starts:
        yield from raws
        return
    for raw in raws:
        cells = list(raw.cells)
        is_blank = all(cell in (None, "") for cell in cells)
        for at in [at for at, (last, _) in down.items() if last < raw.number]:
            del down[at]
        for at, (_, value) in down.items():
            if not is_blank:
                cells += [None] * (at + 1 - len(cells))
                cells[at] = value
        for at, cell in enumerate(cells):
            if (raw.number, at + 1) in starts:
                down[at] = starts[raw.number, at + 1], cell
        yield raw._replace(cells=cells)
