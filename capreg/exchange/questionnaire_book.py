"""A questionnaire's workbook -> the record that it states, or every fault with its sheet, row and column."""

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from capreg.errors import nearest
from capreg.exchange.gathering import slug
from capreg.exchange.questionnaire import Answered, AnswersError, ChangedSinceError, Fault, known, ordered
from capreg.exchange.questionnaire_overlay import Overlay, Row, Sheet, Spot
from capreg.model.answers import LANGUAGES, Words
from capreg.model.book import ABOUT, MARK, NUMBER_AROUND, OWN_NUMBER, SHEET, VERSION, WORDS, read_path
from capreg.model.questionnaire import FORMS, Path, parts, shown_digest
from capreg.model.record import Record, pointer
from capreg.store.check import ERROR, nonsense
from capreg.store.explain import explain
from capreg.store.registry import Registry

# Within so many rows and columns a sheet says what its cells mean.
BEGINNING = 30
LARGEST_UNPACKED = 1 << 28
MOST_ROWS = 100_000
# What the validator says of an answer that is not there, and what people are told.
REQUIRED, NEEDED = re.compile(r"'(.+)' is a required property"), "an answer is needed here"


def read(registry: Registry, path: File) -> Answered:
    """Return what a workbook states.

    Raises:
        AnswersError: it cannot be read, or its answers do not hold; all faults together.
        ChangedSinceError: what it showed of the record has changed since.
    """
    book = _opened(path)
    about, names = _about(path, book)
    reading = _Reading(registry, path, about)
    for sheet in book.worksheets:
        if sheet.title not in (ABOUT, WORDS):
            reading.take(sheet, sheet.title in names)
    return reading.answered()


def _opened(path: File) -> Workbook:
    try:
        with zipfile.ZipFile(path) as held:
            if sum(one.file_size for one in held.infolist()) > LARGEST_UNPACKED:
                raise AnswersError(path, [Fault("", 0, "", f"unpacks to over {LARGEST_UNPACKED} bytes")])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(path)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, SyntaxError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise AnswersError(path, [Fault("", 0, "", f"is no workbook that can be read: {reason}")]) from None


def _about(path: File, book: Workbook) -> tuple[dict[str, str], set[str]]:
    """Return what a workbook says of itself, and the names of the sheets that it asked with."""
    rows = list(book[ABOUT].iter_rows(max_col=2, values_only=True)) if ABOUT in book.sheetnames else []
    about = {str(key): str(value) if value is not None else "" for key, value in rows if key != SHEET}
    if MARK not in about:
        raise AnswersError(path, [Fault(ABOUT, 0, "", "does not say that this is a questionnaire")])
    if about[MARK] != str(VERSION) or about.get("form") not in FORMS or about.get("language") not in LANGUAGES:
        raise AnswersError(
            path, [Fault(ABOUT, 0, "", "was made by another version of capreg, or changed; make it anew")]
        )
    return about, {str(value) for key, value in rows if key == SHEET}


class _Reading:
    """Reads one workbook, gathering what is wrong."""

    def __init__(self, registry: Registry, path: File, about: Mapping[str, str]) -> None:
        self.registry, self.path, self.about = registry, path, about
        if about["kind"] not in registry.loaded_kinds:
            hint = nearest(about["kind"], registry.loaded_kinds)
            sentence = f"asks for the kind '{about['kind'][:40]}', which this registry does not have. {hint}".rstrip()
            raise AnswersError(path, [Fault("", 0, "", sentence)])
        self.loaded = registry.loaded(about["kind"])
        self.kind = self.loaded.kind
        self.asked = parts(self.kind, self.loaded.schema)
        self.faults: list[Fault] = []
        self.sheets: list[Sheet] = []

    def fault(self, spot: Spot, sentence: str) -> None:
        """Keep what is wrong at a place."""
        self.faults.append(Fault(spot.sheet, spot.row, spot.column, sentence))

    def take(self, sheet: Worksheet, is_ours: bool) -> None:
        """Read a sheet; one that people added says nothing."""
        marked = _mark(sheet)
        if marked is None:
            if is_ours:
                self.faults.append(Fault(sheet.title, 0, "", "does not say any more what its cells mean; make it anew"))
            return
        row, column, path = marked
        if sheet.max_row - row > MOST_ROWS:
            return self.faults.append(Fault(sheet.title, 0, "", f"has more than {MOST_ROWS} rows"))
        if path == ():
            return self._answers(sheet, row, column)
        part = next((one for one in self.asked if one.path == path), None)
        if part is None:
            sentence = f"asks for a list that {self.kind.labels['en']} do not have; make the questionnaire anew"
            return self.faults.append(Fault(sheet.title, 0, "", sentence))
        self._entries(sheet, row, column, path)

    def _answers(self, sheet: Worksheet, first: int, column: int) -> None:
        blanks = {blank.path: blank for part in self.asked if not part.is_list for blank in part.blanks}
        merged = _merged(sheet)
        found = Sheet(sheet.title, None)
        row_found = Row(Spot(sheet.title, 0, ""))
        for row in range(first + 1, sheet.max_row + 1):
            path = read_path(sheet.cell(row, column).value)
            if path is None:
                continue
            spot = Spot(sheet.title, row, get_column_letter(column + 2))
            value = self._value(sheet, row, column + 2, spot, merged)
            if path in row_found.cells:
                self.fault(spot, "this question stands twice")
            elif path in blanks:
                row_found.cells[path] = value, spot
            elif value is not None:
                self.fault(
                    spot, f"answers what {self.kind.labels['en']} are not asked any more; make the questionnaire anew"
                )
        found.rows.append(row_found)
        self.sheets.append(found)

    def _entries(self, sheet: Worksheet, first: int, column: int, path: Path) -> None:
        part = next(one for one in self.asked if one.path == path)
        blanks = {blank.path for blank in part.blanks} | {OWN_NUMBER, NUMBER_AROUND}
        columns = {at: read_path(sheet.cell(first, at).value) for at in range(column + 1, sheet.max_column + 1)}
        for asked, number in Counter(one for one in columns.values() if one is not None).items():
            if number > 1:
                self.faults.append(Fault(sheet.title, 0, "", f"asks twice for {asked[-1]}"))
        found, merged = (
            Sheet(sheet.title, part, order=[one for one in columns.values() if one in blanks]),
            _merged(sheet),
        )
        for row in range(first + 3, sheet.max_row + 1):
            one = Row(Spot(sheet.title, row, ""), read_path(sheet.cell(row, column).value))
            for at, asked in columns.items():
                spot = Spot(sheet.title, row, get_column_letter(at))
                value = self._value(sheet, row, at, spot, merged)
                if asked in blanks:
                    one.cells[asked] = value, spot
                elif value is not None:
                    self._stray(spot, asked)
            if one.says_something or one.was:
                found.rows.append(one)
        self.sheets.append(found)

    def _stray(self, spot: Spot, asked: Path | None) -> None:
        told = "this column is none of the questionnaire's; empty it, or move it to a sheet of your own"
        gone = f"answers what {self.kind.labels['en']} are not asked any more; make the questionnaire anew"
        self.fault(spot, told if asked is None else gone)

    def _value(self, sheet: Worksheet, row: int, column: int, spot: Spot, merged: Mapping[tuple[int, int], str]) -> Any:
        """Return what stands in a cell, None for nothing."""
        cell = sheet.cell(row, column)
        if (row, column) in merged:
            self.fault(
                spot, f"one of the merged cells {merged[row, column]}; unmerge them, and write each answer into its own"
            )
        elif cell.data_type == "f":
            self.fault(spot, "a formula; write its value")
        elif cell.data_type == "e":
            self.fault(spot, f"the error {cell.value}; write a value, or nothing")
        else:
            return None if isinstance(cell.value, str) and not cell.value.strip() else cell.value
        return None

    def answered(self) -> Answered:
        """Return the record, or raise with everything that is wrong."""
        id = self.about.get("id", "")
        overlay = Overlay(
            self.loaded, self.asked, Words(self.about["language"], self.registry.vocabularies), self.fault
        )
        if not id:
            id = slug([str(self._title())]) or "-"
        before = known(self.registry, self.loaded, id)
        document = before.document if before else {"kind": self.kind.id, "id": id}
        made = ordered(self.kind.root, overlay.applied(document, self.sheets), document if before else None)
        if not self.faults:
            self.faults += self._misfits(made, overlay, before)
        if self.faults:
            raise AnswersError(self.path, list(dict.fromkeys(self.faults)))
        found = Answered(self.loaded, Record(id, made, before.path if before else None), before)
        if before and found.is_changed:
            self._refuse_other(before)
        return found

    def _title(self) -> Any:
        """Return the answer that heads the record."""
        cells = [one.cells.get((self.kind.title,)) for sheet in self.sheets if sheet.part is None for one in sheet.rows]
        return next((cell[0] for cell in cells if cell and cell[0] is not None), "")

    def _refuse_other(self, before: Record) -> None:
        """Refuse to change a record by what was not made of it as it is."""
        label = self.kind.label["en"]
        if not self.about.get("id"):
            sentence = f"the registry has a {label} '{before.id}' already, which says other things"
            hint = f"Make its questionnaire with 'capreg template {before.id}', and write this into it."
            raise AnswersError(self.path, [Fault("", 0, "", f"{sentence}. {hint}")])
        shown = shown_digest(parts(self.kind, self.loaded.schema, self.about["form"]), before.document)
        if self.about.get("shown") != shown:
            sentence = f"{self.path}: the {label} '{before.id}' has changed since this questionnaire was made of it"
            hint = f"Make it anew with 'capreg template {before.id}', and write this into it; nothing was written."
            raise ChangedSinceError(sentence, hint)

    def _misfits(self, document: Mapping[str, Any], overlay: Overlay, before: Record | None) -> Iterator[Fault]:
        """Yield what is wrong with a document as a whole, at the cells that it comes from."""
        found = []
        if not self.loaded.validator.is_valid(document):
            found = [(one.path, one.sentence) for one in explain(self.loaded.schema, document)]
        else:
            had = (
                {(id, sentence) for id, _, _, sentence in nonsense(self.registry, self.kind, before.document)}
                if before
                else set()
            )
            judged = nonsense(self.registry, self.kind, document)
            found = [
                (place, told) for id, severity, place, told in judged if severity == ERROR and (id, told) not in had
            ]
        for place, sentence in found:
            if missing := REQUIRED.fullmatch(sentence):
                place, sentence = (*place, missing[1]), NEEDED
            spot = overlay.spot(place)
            where = "" if spot.column else f"{pointer(place)}: "
            yield Fault(spot.sheet, spot.row, spot.column, f"{where}{sentence}")


def _mark(sheet: Worksheet) -> tuple[int, int, Path] | None:
    """Return where a sheet begins to say what its cells mean, and what it asks for; None for one that says nothing."""
    for cells in sheet.iter_rows(max_row=min(sheet.max_row, BEGINNING), max_col=min(sheet.max_column, BEGINNING)):
        for cell in cells:
            path = read_path(cell.value)
            # A number in it: which entry a row was.
            if path is not None and all(isinstance(step, str) for step in path):
                return cell.row, cell.column, path
    return None


def _merged(sheet: Worksheet) -> dict[tuple[int, int], str]:
    """Return the cells that are merged with others, each with the name of the whole."""
    found = {}
    for one in sheet.merged_cells.ranges:
        if one.size["rows"] * one.size["columns"] <= MOST_ROWS:
            found |= dict.fromkeys(one.cells, one.coord)
    return found
