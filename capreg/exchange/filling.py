"""A template and a row -> what the row says of a record, and notes on what it could not give."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from capreg.exchange.mapping import Mapped, is_each, is_leaf
from capreg.exchange.sheet import Row
from capreg.model.kinds import Field
from capreg.model.quantity import shown
from capreg.model.text import CONTROLS
from capreg.store.schemas import LoadedKind
from capreg.store.validators import validator


@dataclass(frozen=True)
class Note:
    """What a row could not give: its row, the column, the cell, and why."""

    row: int
    column: str
    cell: str
    fault: str


NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?", re.ASCII)


class Cell(Exception):
    """A cell cannot become the value that is wanted; says why."""


@dataclass
class Filling:
    """Fills the template of a mapping from one row."""

    mapping: Mapped
    loaded: LoadedKind
    validators: dict[tuple, Any]
    row: Row
    notes: list[Note] = field(default_factory=list)

    @cached_property
    def empty(self) -> set[str]:
        """The cells that mean nothing."""
        return {"", *self.mapping.empty}

    def cell(self, column: str) -> str:
        """Return a cell, "" where it means nothing."""
        text = self.row.cells.get(column, "")
        if re.search(CONTROLS, text):
            self.note(column, "a control character in the cell")
            return ""
        return "" if text in self.empty else text

    def note(self, column: str, fault: str) -> None:
        """Report what a cell could not give, once."""
        told = Note(self.row.number, column, self.row.cells.get(column, "") if column else "", fault)
        if told not in self.notes:
            self.notes.append(told)

    def record(self) -> dict[str, Any]:
        """Return the part of a record that the row states, without its kind and id."""
        self._expected()
        self._sums()
        return self.structure(self.mapping.record, self.loaded.kind.root, self.loaded.schema, None)[0]

    def _expected(self) -> None:
        for column, allowed in (self.mapping.expect or {}).items():
            if self.cell(column) not in allowed:
                self.note(column, f"not {' or '.join(allowed)}")

    def _sums(self) -> None:
        for one in self.mapping.sums:
            parts = [_number(self.cell(column) or "0") for column in one.of]
            total = _number(self.cell(one.total))
            if total is not None and None not in parts and sum(parts) != total:
                self.note(one.total, f"{' + '.join(one.of)} add up to {shown(sum(parts))}")

    def value(self, template: Any, at: Field, schema: Mapping[str, Any], word: str | None) -> tuple[Any, bool]:
        """Return what a part of the template becomes, None for nothing, and whether any column had a say in it."""
        if isinstance(template, list):
            return self.entries(template, at, schema)
        if is_leaf(template):
            return self.leaf({"column": template} if isinstance(template, str) else template, at, schema, word)
        return self.structure(template, at, schema, word)

    def structure(
        self, template: Mapping[str, Any], at: Field, schema: Mapping[str, Any], word: str | None
    ) -> tuple[dict, bool]:
        """Return an object with the keys that the row states."""
        found, told = {}, False
        for key, below in template.items():
            value, says = self.value(below, at.properties[key], schema["properties"][key], word)
            told |= says
            if value not in (None, {}, []):
                found[key] = value
        return (self.complete(found, at, schema), True) if told else ({}, False)

    def complete(self, found: dict, at: Field, schema: Mapping[str, Any]) -> dict:
        """Return an object inside the record if it has all that it needs; else report what it lacks."""
        missing = [key for key in schema.get("required", ()) if key not in found]
        if not missing or not at.path:
            return found
        self.note(
            "", f"/{'/'.join(step for step in at.path if step != '*')}: left out, without {' and '.join(missing)}"
        )
        return {}

    def entries(self, template: list, at: Field, schema: Mapping[str, Any]) -> tuple[list, bool]:
        """Return a list with the entries of which a column said something."""
        found = []
        for entry in template:
            if is_each(entry):
                found += [self.value(entry["entry"], at.items, schema["items"], word)[0] for word in self.words(entry)]
            else:
                value, says = self.value(entry, at.items, schema["items"], None)
                found += [value] if says and value not in (None, {}) else []
        return found, bool(found)

    def words(self, entry: Mapping[str, Any]) -> list[str]:
        """Return the words of the columns that say yes; a cell that says neither yes nor no is reported."""
        found = []
        for column, word in entry["each"].items():
            if (cell := self.cell(column)) in entry["yes"]:
                found.append(word)
            elif cell not in entry["no"]:
                self.note(column, "neither yes nor no")
        return found

    def leaf(
        self, template: Mapping[str, Any], at: Field, schema: Mapping[str, Any], word: str | None
    ) -> tuple[Any, bool]:
        """Return one value, and whether a column gave it."""
        if "value" in template:
            return template["value"], False
        if "each" in template:
            return word, True
        columns = template.get("columns") or [template["column"]]
        text = template.get("join", " ").join(cell for column in columns if (cell := self.cell(column)))
        if not text:
            return None, False
        try:
            value = self.checked(_converted(text, at.type, template.get("dates")), at, schema)
            return _between(value, template.get("between")), True
        except Cell as error:
            self.note(columns[0], str(error))
            return None, False

    def checked(self, value: Any, at: Field, schema: Mapping[str, Any]) -> Any:
        """Return the value if the schema takes it here; raise Cell with the reason if not."""
        if at.path not in self.validators:
            self.validators[at.path] = validator(schema)
        for error in self.validators[at.path].iter_errors(value):
            raise Cell(error.message)
        return value


def _converted(text: str, type: str | None, dates: str | None) -> Any:
    if dates:
        try:
            return datetime.strptime(text, dates).date().isoformat()
        except ValueError:
            raise Cell(f"not a day like {datetime(2026, 11, 22).strftime(dates)}") from None
    if type not in ("integer", "number"):
        return text
    number = _number(text)
    if number is None or type == "integer" and number != number.to_integral_value():
        raise Cell(f"not {'a whole' if type == 'integer' else 'a'} number")
    return int(number) if type == "integer" else float(number)


def _number(text: str) -> Decimal | None:
    """Return the number of a cell, None where it is none: digits and at most one point, as lists write them."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _between(value: Any, ranges: list | None) -> Any:
    if ranges and not any(low <= value <= high for low, high in ranges):
        raise Cell(f"not between {' or '.join(f'{low} and {high}' for low, high in ranges)}")
    return value
