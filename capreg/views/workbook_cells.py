"""The cells of a questionnaire's workbook: how they look, what they hold, and what they refuse."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from capreg.model.book import FIRST_ENTRY
from capreg.model.questionnaire import Blank

INK, QUIET, ACCENT, PALE, LINE = "1D2126", "616A75", "1F4E79", "E8EEF5", "C9CED4"
FONT = "Calibri"
HEAD, BOLD = Font(FONT, 11, bold=True, color="FFFFFF"), Font(FONT, 11, bold=True, color=INK)
PLAIN, TITLE, PART = (
    Font(FONT, 11, color=INK),
    Font(FONT, 16, bold=True, color=ACCENT),
    Font(FONT, 11, bold=True, color=ACCENT),
)
HEAD_FILL, ASK_FILL = PatternFill("solid", fgColor=ACCENT), PatternFill("solid", fgColor=PALE)
SMALL = Font(FONT, color=QUIET, size=9)
TOP = Alignment(wrap_text=True, vertical="top")
UNDER = Border(bottom=Side(style="thin", color=LINE))
NARROWEST, WIDEST = 11, 44
ANSWER_WIDTHS = (28, 44, 8, 64)
LINE_HEIGHT = 14
DAY_FORMAT, TEXT_FORMAT = "yyyy-mm-dd", "@"
# Beginnings that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t")


def number_rule(blank: Blank, cell: str) -> DataValidation:
    """Return the rule by which a cell takes a number within its bounds.

    Args:
        cell: the first one that the rule holds for.
    """
    scalar = blank.scalar
    kind = "whole" if blank.sort == "integer" else "decimal"
    low, above, high = (scalar.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if above is not None:
        upper = f",{cell}<={high}" if high is not None else ""
        whole = f",INT({cell})={cell}" if kind == "whole" else ""
        return DataValidation("custom", formula1=f"AND(ISNUMBER({cell}),{cell}>{above}{upper}{whole})")
    low, high = -1e15 if low is None else low, 1e15 if high is None else high
    return DataValidation(kind, operator="between", formula1=_plain(low), formula2=_plain(high))


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def form_of(blank: Blank) -> str:
    """Return the form of a cell: texts stay texts, so that a postal code keeps its zeros."""
    if blank.is_list or blank.sort in ("string", "json", "boolean"):
        return TEXT_FORMAT
    return DAY_FORMAT if blank.sort == "date" else "General"


def put(sheet: Worksheet, row: int, column: int, value: Any, **look: Any) -> Cell:
    """Write a cell; a text is always a text, never a formula or an error."""
    cell = sheet.cell(row, column)
    if value != "":
        cell.value = value if not isinstance(value, str) else None
        if isinstance(value, str):
            cell._value, cell.data_type = value, "s"
            cell.quotePrefix = value.startswith(FORMULA)
    for key, one in look.items():
        setattr(cell, key, one)
    return cell


def lines(sheet: Worksheet, row: int, widths: Mapping[int, float]) -> int:
    """Return how many lines a row needs, so that nothing in it is cut off."""
    texts = ((str(sheet.cell(row, column).value or ""), width) for column, width in widths.items())
    return max(sum(ceil((len(line) or 1) * 1.1 / width) for line in text.split("\n")) for text, width in texts)


def to_print(sheet: Worksheet) -> None:
    """Let a sheet be as wide as the paper, its head on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{sheet.max_row if sheet.max_row < FIRST_ENTRY else FIRST_ENTRY - 1}"
