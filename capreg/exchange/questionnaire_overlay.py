"""Answers laid over a record: what was asked is as it was answered, all else stays as it is."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from capreg.model.answers import NONE, AnswerError, Words, read
from capreg.model.book import NUMBER_AROUND, OWN_NUMBER
from capreg.model.kinds import Field
from capreg.model.questionnaire import ABSENT, Blank, Part, Path, entries, stated
from capreg.model.record import values
from capreg.model.schema import schema_at
from capreg.model.value import Value
from capreg.store.explain import explain
from capreg.store.schemas import LoadedKind
from capreg.store.validators import validator


class Spot(Value):
    """A cell of a workbook; without a column, a whole row."""

    sheet: str
    row: int
    column: str


@dataclass
class Row:
    """One row, or all single answers of a sheet: its cells by their paths, and which entry of the record it was."""

    spot: Spot
    was: Path | None = None
    cells: dict[Path, tuple[Any, Spot]] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Whether it holds more than numbers that tie rows together."""
        return any(
            value is not None for path, (value, _) in self.cells.items() if path not in (OWN_NUMBER, NUMBER_AROUND)
        )

    def number(self, path: Path) -> str:
        """Return a number that ties rows together, as a text; "" for none."""
        value = self.cells.get(path, (None, None))[0]
        return (
            ""
            if value is None
            else str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
        )


@dataclass
class Sheet:
    """What a sheet holds: single answers where `part` is None, else the entries of a list."""

    name: str
    part: Part | None
    rows: list[Row] = field(default_factory=list)
    order: list[Path] = field(default_factory=list)

    @property
    def says_none(self) -> bool:
        """Whether it says that the list has no entries."""
        first = next((path for path in self.order if path not in (OWN_NUMBER, NUMBER_AROUND)), None)
        told = [(path, value) for row in self.rows for path, (value, _) in row.cells.items() if value is not None]
        told = [one for one in told if one[0] not in (OWN_NUMBER, NUMBER_AROUND)]
        return len(told) == 1 and told[0][0] == first and isinstance(told[0][1], str) and told[0][1].strip() == NONE


class Overlay:
    """Lays the answers of one questionnaire over one record."""

    def __init__(self, loaded: LoadedKind, asked: list[Part], words: Words, fault: Callable[[Spot, str], None]) -> None:
        self.loaded, self.words, self.fault = loaded, words, fault
        self.singles = {blank.path: blank for part in asked if not part.is_list for blank in part.blanks}
        self.validators: dict[Path, Any] = {}
        self.spots: dict[Path, Spot] = {}
        self.numbered: dict[Path, dict[str, tuple[Path, dict]]] = {}

    def applied(self, document: Mapping[str, Any], sheets: list[Sheet]) -> dict[str, Any]:
        """Return a document as the answers have it; what is wrong is told to `fault`."""
        self.before = document
        made = deepcopy(dict(document))
        for sheet in sorted(sheets, key=lambda one: len(one.part.path) if one.part else 0):
            sheet.rows = [row for row in sheet.rows if row.says_something or self._showed_nothing(row)]
            if sheet.part is None:
                for row in sheet.rows:
                    self._fill(made, self.singles, row, ())
            elif sheet.part.around:
                self._inner(made, sheet)
            else:
                self.spots[sheet.part.path] = Spot(sheet.name, 0, "")
                self._list(made, sheet.part.path, sheet, sheet.rows, sheet.part.path)
        return made

    def _showed_nothing(self, row: Row) -> bool:
        """Whether a row is blank because its entry states nothing that is asked here: it stays; other blank rows are no entries."""
        entry = stated(self.before, row.was) if row.was else ABSENT
        return entry is not ABSENT and all(stated(entry, path) is ABSENT for path in row.cells)

    def spot(self, place: Path) -> Spot:
        """Return the cell that a place in the document comes from, or the nearest around it."""
        for size in range(len(place), 0, -1):
            if place[:size] in self.spots:
                return self.spots[place[:size]]
        return Spot("", 0, "")

    def _list(self, holder: dict, path: Path, sheet: Sheet, rows: list[Row], place: Path) -> None:
        """Put the entries of a list where they belong; `path` leads there from the holder, `place` from the record."""
        if sheet.says_none:
            return put(holder, path, [])
        if not rows:
            return None if stated(holder, path) == [] and sheet.part.around else put(holder, path, ABSENT)
        blanks = {blank.path: blank for blank in sheet.part.blanks}
        made, used = [], set()
        numbered = self.numbered.setdefault(sheet.part.path, {})
        for at, row in enumerate(rows):
            was = stated(self.before, row.was) if row.was and row.was not in used else ABSENT
            used.add(row.was)
            entry = deepcopy(dict(was)) if isinstance(was, Mapping) else {}
            self.spots[*place, at] = row.spot
            self._fill(entry, blanks, row, (*place, at))
            made.append(entry)
            if number := row.number(OWN_NUMBER):
                if number in numbered:
                    self.fault(row.spot, f"the number {number} stands twice in this sheet")
                numbered[number] = (*place, at), entry
        self._name(sheet.part, made)
        put(holder, path, made)

    def _inner(self, made: dict, sheet: Sheet) -> None:
        """Put the entries of a list within a list into the entries they belong to, which are named by their numbers."""
        part = sheet.part
        around = self.numbered.get(part.around)
        if around is None:
            around = {str(at): (one.place, one.value) for at, one in enumerate(entries(made, part.around), 1)}
        path = part.path[len(part.around) + 1 :]
        held: dict[str, list[Row]] = {number: [] for number in around}
        for row in sheet.rows:
            number = row.number(NUMBER_AROUND)
            if number not in held:
                told = (
                    f"belongs to No. '{number}', which stands in no filled row of its sheet"
                    if number
                    else "does not say to which No. it belongs"
                )
                self.fault(row.cells.get(NUMBER_AROUND, (None, row.spot))[1], told)
            else:
                held[number].append(row)
        for number, (place, entry) in around.items():
            self._list(entry, path, sheet, held[number], (*place, *path))

    def _name(self, part: Part, made: list[dict]) -> None:
        """Give entries that need an id, and were given none, one of their own."""
        field: Field = self.loaded.kind.at((*part.path, "*"))
        schema = schema_at(self.loaded.schema, field.path)
        for key, below in field.properties.items():
            if below.is_entry_id and key in schema.get("required", ()):
                taken = {entry.get(key) for entry in made}
                for entry in made:
                    if key not in entry:
                        entry[key] = _free(str(below.examples[0]) if below.examples else part.path[-1], taken)
                        taken.add(entry[key])

    def _fill(self, holder: dict, blanks: Mapping[Path, Blank], row: Row, place: Path) -> None:
        """Write the answers of a row into an entry, or into the record."""
        for path, blank in blanks.items():
            if path in row.cells:
                value, spot = row.cells[path]
                self.spots[*place, *path] = spot
                if not isinstance(blank.step, int):
                    put(holder, path, self._read(blank, value, spot))
        for path in dict.fromkeys(path[:-1] for path, blank in blanks.items() if isinstance(blank.step, int)):
            self._several(holder, path, [one for at, one in blanks.items() if at[:-1] == path], row, place)

    def _several(self, holder: dict, path: Path, blanks: list[Blank], row: Row, place: Path) -> None:
        """Write several lengths that are one answer."""
        told = [(blank, *row.cells[blank.path]) for blank in blanks if blank.path in row.cells]
        if len(told) < len(blanks):
            return
        self.spots[*place, *path] = told[0][2]
        read = [self._read(blank, value, spot) for blank, value, spot in told]
        missing = [spot for (_, value, spot) in told if value is None]
        if missing and len(missing) < len(told):
            self.fault(missing[0], "all of these lengths are needed, or none")
        elif ABSENT not in read or len(missing) == len(told):
            put(holder, path, ABSENT if missing else read)

    def _read(self, blank: Blank, cell: Any, spot: Spot) -> Any:
        """Return the value of a cell, ABSENT where nothing stands there or what stands there is told to be wrong."""
        if cell is None:
            return ABSENT
        try:
            value = read(blank, cell, self.words, _Known(self.before, blank))
        except AnswerError as error:
            self.fault(spot, error.sentence)
            return ABSENT
        key = (*blank.field.path, blank.step)
        if key not in self.validators:
            self.validators[key] = validator(blank.schema)
        if not self.validators[key].is_valid(value):
            for misfit in explain(blank.schema, value):
                self.fault(spot, misfit.sentence)
        return value


class _Known:
    """The words that a record states already for a question, looked up when they are needed."""

    def __init__(self, document: Mapping[str, Any], blank: Blank) -> None:
        self.document, self.blank = document, blank

    def __contains__(self, word: object) -> bool:
        return word in list(values(self.document, self.blank.field.path))


def _free(wanted: str, taken: set[Any]) -> str:
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found


def put(holder: dict, path: Path, value: Any) -> None:
    """Write a value at a path, or take away what stands there, and what holds nothing after that; what is equal stays."""
    there = stated(holder, path)
    if value is ABSENT:
        if there is not ABSENT:
            _take_away(holder, path)
    elif there is ABSENT or there != value:
        for step in path[:-1]:
            if not isinstance(holder.get(step), dict):
                holder[step] = {}
            holder = holder[step]
        holder[path[-1]] = value


def _take_away(holder: dict, path: Path) -> None:
    if len(path) > 1:
        _take_away(holder[path[0]], path[1:])
        if holder[path[0]]:
            return
    del holder[path[0]]
