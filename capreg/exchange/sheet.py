"""The rows of a list: CSV in any of the encodings and delimiters that lists come in."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capreg.errors import CapregError, ExitCode, nearest
from capreg.exchange.mapping import Mapped

LARGEST = 1 << 30
MOST_COLUMNS = 5000


class SheetError(CapregError):
    """A list cannot be read: its encoding, its form, its columns."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True)
class Row:
    """One row; `number` is the one a spreadsheet shows, the head being row 1. Cells are stripped of blanks.

    `fault` says why the row cannot be taken, "" where it can.
    """

    number: int
    cells: dict[str, str]
    fault: str = ""


def rows(path: Path, mapping: Mapped) -> Iterator[Row]:
    """Yield the rows of a CSV file below its head; blank ones are passed over.

    Raises:
        SheetError: the file cannot be read, or lacks a column that the mapping names.
        OSError: the file cannot be opened.
    """
    if not path.is_file() and path.exists():
        raise SheetError(f"{path}: not a plain file")
    if path.stat().st_size > LARGEST:
        raise SheetError(f"{path}: larger than {LARGEST} bytes")
    with path.open(encoding="utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=mapping.delimiter, strict=True)
        try:
            head = _head(next(reader, []), path, mapping)
            for number, cells in enumerate(reader, 2):
                if any(cell.strip() for cell in cells):
                    yield _row(number, cells, head)
        except UnicodeError as error:
            hint = "Say the encoding in the mapping: encoding: cp1252"
            raise SheetError(f"{path}: not {mapping.encoding}: {error}", hint) from None
        except csv.Error as error:
            raise SheetError(f"{path}: line {reader.line_num}: {error}") from None


def _row(number: int, cells: list[str], head: list[str]) -> Row:
    fault = f"it has {len(cells)} cells, the head {len(head)}" if len(cells) > len(head) else ""
    return Row(number, {name: cell.strip() for name, cell in zip(head, cells, strict=False)}, fault)


def _head(head: list[str], path: Path, mapping: Mapped) -> list[str]:
    names = [name.strip() for name in head]
    if len(names) > MOST_COLUMNS:
        raise SheetError(f"{path}: more than {MOST_COLUMNS} columns")
    for wanted in sorted(mapping.columns()):
        if names.count(wanted) != 1:
            what = "there is no column" if wanted not in names else "there are several columns"
            raise SheetError(f"{path}: {what} '{wanted}'", nearest(wanted, (name for name in names if name)))
    return names
