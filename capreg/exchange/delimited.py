"""Lists as text, a row a line: CSV and TSV."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from capreg.exchange.encodings import Decoded, decoded
from capreg.exchange.mapping import Mapped
from capreg.exchange.sheet import MOST_COLUMNS, Listed, Raw, SheetError, Wanted, tabled

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SNIFFED_LINES = 40
LONGEST_CELL = 1 << 17


def read_csv(name: str, content: bytes, mapping: Mapped | None, wanted: Wanted) -> Listed:
    """Return the rows of a text whose cells stand between commas, or what else divides them; raises SheetError."""
    read = decoded(name, content, mapping.encoding if mapping else None)
    said = mapping.delimiter if mapping else None
    delimiter = said or _delimiter(read.text)
    remarks = [*read.remarks, *([] if said or delimiter == "," else [f"cells are divided by {NAMES[delimiter]}"])]
    return tabled(name, _raws(name, read, delimiter), wanted, remarks, read.text.count("\n"))


def read_tsv(name: str, content: bytes, mapping: Mapped | None, wanted: Wanted) -> Listed:
    """Return the rows of a text whose cells are divided by tabs; raises SheetError."""
    read = decoded(name, content, mapping.encoding if mapping else None)
    delimiter = (mapping and mapping.delimiter) or "\t"
    return tabled(name, _raws(name, read, delimiter), wanted, read.remarks, read.text.count("\n"))


def _delimiter(text: str) -> str:
    """Return what divides the cells: what makes most rows alike, in most cells."""
    lines = list(islice(io.StringIO(text[: 1 << 18], newline=""), SNIFFED_LINES))
    return max(DELIMITERS, key=lambda one: (_alike(lines, one), -DELIMITERS.index(one)))


def _alike(lines: list[str], delimiter: str) -> int:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0
    usual = max(set(widths), key=lambda width: (widths.count(width) * (width - 1), width), default=1)
    return widths.count(usual) * (usual - 1)


def _raws(name: str, read: Decoded, delimiter: str) -> Iterator[Raw]:
    """Yield the rows; a quote that nothing closes is told where it was opened."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(read.text, newline=""), delimiter=delimiter, strict=True)
    number, line = 0, 0
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MOST_COLUMNS:
                raise SheetError(
                    f"{name}, row {number}: {len(cells):,} columns, and at most {MOST_COLUMNS:,} are read",
                    'Is it the right delimiter? Say it in the mapping: delimiter: ";"',
                )
            odd = read.odd and any(one in read.odd for one in range(line + 1, reader.line_num + 1))
            line = reader.line_num
            yield Raw(number, cells, "not written as the rest of the file is: read as cp1252" if odd else "")
    except csv.Error as error:
        raise _quoted(name, number + 1, line + 1, error) from None


def _quoted(name: str, row: int, line: int, error: csv.Error) -> SheetError:
    where = f"{name}, row {row}, line {line}"
    if "unexpected end" in str(error) or "field larger" in str(error):
        return SheetError(
            f"{where}: a quote is opened that nothing closes", "Close it, or double it if it means itself."
        )
    return SheetError(f"{where}: {error}", "A quote inside a quoted cell is written twice.")
