"""A questionnaire as an XLSX workbook, which says itself what each of its cells means; what its cells are stands in `workbook_cells`."""

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from capreg.errors import CapregError
from capreg.model.answers import NONE, written
from capreg.model.book import (
    ABOUT,
    FIRST_ANSWER,
    FIRST_ENTRY,
    KEY_COLUMN,
    LONGEST_CELL,
    MARK,
    NUMBER_AROUND,
    OWN_NUMBER,
    PATHS_ROW,
    ROOM,
    SHEET,
    VERSION,
    WORDS,
    path_text,
)
from capreg.model.questionnaire import ABSENT, Blank, Entry, Part, entries, shown_digest, stated
from capreg.model.schema import schema_at
from capreg.views.questionnaire import Questionnaire
from capreg.views.workbook_cells import (
    ANSWER_WIDTHS,
    ASK_FILL,
    BOLD,
    HEAD,
    HEAD_FILL,
    LINE_HEIGHT,
    NARROWEST,
    PART,
    PLAIN,
    SMALL,
    TITLE,
    TOP,
    UNDER,
    WIDEST,
    form_of,
    lines,
    number_rule,
    put,
    to_print,
)

# A list of more columns would be too small on paper.
WIDEST_PRINTED = 12


class TooLongError(CapregError):
    """An answer is longer than a cell of a workbook takes."""


def workbook(asked: Questionnaire) -> bytes:
    """Return a questionnaire as the bytes of an XLSX workbook.

    Raises:
        TooLongError: an answer does not fit a cell.
    """
    book = Workbook()
    _Writing(asked, book).write()
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


class _Writing:
    """Writes one questionnaire into a workbook."""

    def __init__(self, asked: Questionnaire, book: Workbook) -> None:
        self.asked, self.book = asked, book
        self.sheets = list(zip(asked.parts, _names(asked), strict=True))
        names = sorted({blank.words for part in asked.parts for blank in part.blanks if blank.words})
        self.columns = {name: get_column_letter(at) for at, name in enumerate(names, 1)}
        self.labels = {name: self._labels(name) for name in names}

    def write(self) -> None:
        """Write the sheet that explains, a sheet for each part, and the hidden ones."""
        self._cover(self.book.active)
        for part, name in self.sheets:
            sheet = self.book.create_sheet(name)
            (self._list if part.is_list else self._answers)(part, sheet)
            if len(part.blanks) <= WIDEST_PRINTED or not part.is_list:
                to_print(sheet)
        self._words(self.book.create_sheet(WORDS))
        self._about(self.book.create_sheet(ABOUT))

    def _cover(self, sheet: Worksheet) -> None:
        word = self.asked.speech.word
        sheet.title = word("questionnaire")
        sheet.sheet_view.showGridLines = False
        sheet.column_dimensions["A"].width = 100
        told = [(self.asked.title, TITLE), (self.asked.hub, SMALL), ("", SMALL)]
        told += [(word(key), PLAIN) for key in ("how to fill", "how to list", "how to keep")]
        told += [("", SMALL), (word("sheets"), PART)]
        told += [(name, PLAIN) for _, name in self.sheets]
        for row, (text, font) in enumerate(told, 1):
            put(sheet, row, 1, text, font=font, alignment=TOP)
            sheet.row_dimensions[row].height = font.size * 1.35 * lines(sheet, row, {1: 100 * 11 / font.size})

    def _answers(self, part: Part, sheet: Worksheet) -> None:
        """Write single answers: a question a row; its path stands in a hidden column."""
        word = self.asked.speech.word
        put(sheet, 1, KEY_COLUMN, path_text(()))
        for column, key in enumerate(("question", "answer", "unit", "what is asked"), 2):
            put(sheet, 1, column, word(key), font=HEAD, fill=HEAD_FILL, alignment=TOP)
        for row, blank in enumerate(part.blanks, FIRST_ANSWER):
            put(sheet, row, KEY_COLUMN, path_text(blank.path))
            put(sheet, row, 2, self.asked.name(blank), font=BOLD, alignment=TOP, border=UNDER)
            self._cell(sheet, row, 3, blank, stated(self.asked.document, blank.path), border=UNDER)
            put(sheet, row, 4, self._unit(blank), font=SMALL, alignment=TOP, border=UNDER)
            told = f"{self.asked.question(blank)}\n{self.asked.help(blank)}".strip()
            put(sheet, row, 5, told, font=SMALL, alignment=TOP, border=UNDER)
            sheet.row_dimensions[row].height = LINE_HEIGHT * lines(
                sheet, row, dict(zip((2, 3, 4, 5), ANSWER_WIDTHS, strict=True))
            )
            self._validate(sheet, blank, f"C{row}")
        for letter, width in zip("BCDE", ANSWER_WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.column_dimensions["A"].hidden = True
        sheet.freeze_panes = f"C{FIRST_ANSWER}"

    def _unit(self, blank: Blank) -> str:
        head, name = self.asked.head(blank), self.asked.name(blank)
        return head.removeprefix(name).strip(" ()")

    def _list(self, part: Part, sheet: Worksheet) -> None:
        """Write a list: an entry a row; a hidden row holds the paths, a hidden column which entry of the record it is."""
        holds = any(one.around == part.path for one in self.asked.parts)
        leading = [(path_text(OWN_NUMBER), "entry no")] * holds + [(path_text(NUMBER_AROUND), "belongs to")] * bool(
            part.around
        )
        put(sheet, PATHS_ROW, KEY_COLUMN, path_text(part.path))
        for column, (path, key) in enumerate(leading, 2):
            put(sheet, PATHS_ROW, column, path)
            self._head(sheet, column, self.asked.speech.word(key), "")
            sheet.column_dimensions[get_column_letter(column)].width = NARROWEST
        first = 2 + len(leading)
        for column, blank in enumerate(part.blanks, first):
            letter = get_column_letter(column)
            put(sheet, PATHS_ROW, column, path_text(blank.path))
            self._head(
                sheet,
                column,
                self._name(part, blank),
                f"{self.asked.question(blank)}\n{self.asked.help(blank)}".strip(),
            )
            self._shape(sheet, letter, blank)
            self._validate(sheet, blank, f"{letter}{FIRST_ENTRY}:{letter}{FIRST_ENTRY + ROOM - 1}")
        found = list(entries(self.asked.document, part.path))
        for row, entry in enumerate(found, FIRST_ENTRY):
            self._entry(part, sheet, row, first, entry)
        if not found and not part.around and stated(self.asked.document, part.path) == []:
            put(sheet, FIRST_ENTRY, first, NONE)
        if holds:
            for number in range(1, len(found) + ROOM // 10 + 1):
                put(sheet, FIRST_ENTRY + number - 1, 2, number, font=SMALL)
        widths = {at: sheet.column_dimensions[get_column_letter(at)].width for at in range(2, first + len(part.blanks))}
        for row in (PATHS_ROW + 1, PATHS_ROW + 2, *range(FIRST_ENTRY, FIRST_ENTRY + len(found))):
            sheet.row_dimensions[row].height = LINE_HEIGHT * lines(sheet, row, widths)
        sheet.row_dimensions[PATHS_ROW].hidden = True
        sheet.column_dimensions["A"].hidden = True
        sheet.freeze_panes = f"{get_column_letter(first + 1)}{FIRST_ENTRY}"

    def _name(self, part: Part, blank: Blank) -> str:
        needed = len(blank.path) == 1 and blank.path[0] in self._schema_of(part).get("required", ())
        return f"{self.asked.head(blank)} *" if needed else self.asked.head(blank)

    def _schema_of(self, part: Part) -> Any:
        return schema_at(self.asked.schema, (*part.path, "*"))

    def _head(self, sheet: Worksheet, column: int, name: str, told: str) -> None:
        put(sheet, PATHS_ROW + 1, column, name, font=HEAD, fill=HEAD_FILL, alignment=TOP)
        put(sheet, PATHS_ROW + 2, column, told, font=SMALL, fill=ASK_FILL, alignment=TOP)

    def _shape(self, sheet: Worksheet, letter: str, blank: Blank) -> None:
        """Give a column its width, and what is written into it its form."""
        column = sheet.column_dimensions[letter]
        length = (
            30
            if blank.is_list or blank.words
            else max(len(str(one)) for one in (*blank.field.examples, self.asked.head(blank)))
        )
        column.width = min(max(length + 2, NARROWEST, len(self.asked.question(blank)) // 3), WIDEST)
        column.number_format, column.alignment = form_of(blank), TOP

    def _entry(self, part: Part, sheet: Worksheet, row: int, first: int, entry: Entry) -> None:
        put(sheet, row, KEY_COLUMN, path_text(entry.place))
        if part.around:
            holders = [one.place for one in entries(self.asked.document, part.around)]
            put(sheet, row, first - 1, holders.index(entry.place[: len(part.around) + 1]) + 1)
        for column, blank in enumerate(part.blanks, first):
            self._cell(sheet, row, column, blank, stated(entry.value, blank.path))

    def _cell(self, sheet: Worksheet, row: int, column: int, blank: Blank, value: Any, **look: Any) -> None:
        answer = "" if value is ABSENT else written(blank, value, self.asked.words)
        if isinstance(answer, str) and len(answer) > LONGEST_CELL:
            sentence = f"the answer '{self.asked.name(blank)}' is longer than a cell of a workbook takes"
            raise TooLongError(sentence, "Write the questionnaire as YAML: -O yaml.")
        cell = put(sheet, row, column, answer, font=PLAIN, alignment=TOP, **look)
        cell.number_format = form_of(blank)

    def _validate(self, sheet: Worksheet, blank: Blank, cells: str) -> None:
        """Let cells refuse what is no answer; where several may stand in one, let them only propose."""
        rule = self._rule(blank, cells.partition(":")[0])
        if rule is None:
            return
        rule.allow_blank = True
        rule.showErrorMessage = not blank.is_list
        rule.errorTitle, rule.error = self.asked.head(blank)[:32], self._refusal(blank)[:250]
        sheet.add_data_validation(rule)
        rule.add(cells)

    def _refusal(self, blank: Blank) -> str:
        return self.asked.help(blank) or self.asked.speech.word("answer refused")

    def _rule(self, blank: Blank, cell: str) -> DataValidation | None:
        word = self.asked.speech.word
        if blank.words:
            column, size = self.columns[blank.words], len(self.labels[blank.words])
            return DataValidation("list", formula1=f"{WORDS}!${column}$1:${column}${size}") if size else None
        if blank.sort == "boolean":
            return DataValidation("list", formula1=f'"{word("yes")},{word("no")}"')
        if "enum" in blank.scalar and not any("," in one or '"' in one for one in map(str, blank.scalar["enum"])):
            return DataValidation("list", formula1=f'"{",".join(map(str, blank.scalar["enum"]))}"')
        if blank.is_list or blank.may_be_null:
            return None
        if blank.sort in ("number", "integer"):
            return number_rule(blank, cell)
        if blank.sort == "date":
            return DataValidation("date", operator="greaterThan", formula1="1")
        if "maxLength" in blank.scalar:
            return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(blank.scalar["maxLength"]))
        return None

    def _labels(self, vocabulary: str) -> list[str]:
        words = self.asked.speech.vocabularies[vocabulary]
        held = next(one for part in self.asked.parts for one in part.blanks if one.words == vocabulary)
        plain = held._replace(schema=held.scalar)
        return sorted((str(written(plain, word, self.asked.words)) for word in words.words), key=str.casefold)

    def _words(self, sheet: Worksheet) -> None:
        """Write the words that the lists of cells propose."""
        for at, name in enumerate(self.columns, 1):
            for row, text in enumerate(self.labels[name], 1):
                put(sheet, row, at, text)
        sheet.sheet_state = "hidden"

    def _about(self, sheet: Worksheet) -> None:
        asked = self.asked
        told = {
            MARK: VERSION,
            "kind": asked.kind.id,
            "id": asked.document.get("id", ""),
            "form": asked.form,
            "language": asked.speech.language,
            "shown": shown_digest(asked.parts, asked.document) if asked.document else "",
        }
        for row, (key, value) in enumerate([*told.items(), *((SHEET, name) for _, name in self.sheets)], 1):
            put(sheet, row, 1, key)
            put(sheet, row, 2, value)
        sheet.sheet_state = "hidden"


def _names(asked: Questionnaire) -> Iterator[str]:
    """Yield a name for each sheet: what a spreadsheet allows, and none twice."""
    taken = {ABOUT.casefold(), WORDS.casefold(), asked.speech.word("questionnaire").casefold()}
    for part in asked.parts:
        plain = "".join(" " if one in "[]:*?/\\'" or not one.isprintable() else one for one in asked.part_title(part))
        wanted = name = " ".join(plain.split())[:31].strip() or part.group[:31]
        number = 2
        while name.casefold() in taken:
            name, number = f"{wanted[:27]} {number}", number + 1
        taken.add(name.casefold())
        yield name
