"""A template made ready once, then filled from each row: what the row says of a record, and notes on what it could not give."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from capreg.exchange.cells import Cell, Writing, number, text_of
from capreg.exchange.leaves import Leaf
from capreg.exchange.mapping import Mapped, is_each, is_from, is_leaf
from capreg.exchange.nested import piece
from capreg.exchange.sheet import NOTHING, Row
from capreg.exchange.template import measured_as
from capreg.model.kinds import Field
from capreg.model.quantity import shown
from capreg.model.text import CONTROLS
from capreg.model.vocabulary import Vocabulary
from capreg.store.schemas import LoadedKind

Says = tuple[Any, bool]
# How a note begins that tells of a record that may be another one.
TWIN = "possible duplicate of"


@dataclass(frozen=True)
class Note:
    """What a row could not give: its row, the column, the cell, and why."""

    row: int
    column: str
    cell: str
    fault: str


@dataclass
class View:
    """One row while a record is made of it, and the notes on the way."""

    row: Row
    empty: frozenset[str]
    notes: list[Note] = field(default_factory=list)

    def cell(self, column: str) -> Any:
        """Return a cell, "" where it means nothing or cannot be read."""
        if column in self.row.faults:
            self.note(column, self.row.faults[column])
            return ""
        value = self.row.cells.get(column, "")
        if isinstance(value, str):
            if value in self.empty:
                return ""
            if re.search(CONTROLS, value.replace("\r\n", "\n")):
                self.note(column, "a control character in the cell")
                return ""
        return value

    def text(self, column: str) -> str:
        """Return a cell as text on one line."""
        return " ".join(text_of(self.cell(column)).split())

    def note(self, column: str, fault: str) -> None:
        """Report what a cell could not give, once."""
        cell = text_of(self.row.cells.get(column, "")) if column else ""
        told = Note(self.row.number, column, cell, fault)
        if told not in self.notes:
            self.notes.append(told)

    def inside(self, thing: Any, also: Mapping[str, list[str]]) -> "View":
        """Return one of several things in a cell as a row of its own, whose notes are this row's."""
        return View(Row(self.row.number, piece(thing, also), "", NOTHING, ""), self.empty, self.notes)


class Template:
    """The template of a mapping, made ready for its kind.

    Args:
        vocabulary: gives the words of a vocabulary, those that the mapping adds included.
    """

    def __init__(self, mapping: Mapped, loaded: LoadedKind, vocabulary: Callable[[str], Vocabulary]) -> None:
        self.mapping, self.vocabulary = mapping, vocabulary
        self.writing = Writing(mapping.decimal, mapping.thousands, mapping.dates)
        self.empty = frozenset({"", *mapping.empty})
        self._fill = self._structure(mapping.record, loaded.kind.root, loaded.schema)

    def view(self, row: Row) -> View:
        """Return a row as the mapping sees it."""
        return View(row, self.empty)

    def record(self, view: View) -> dict[str, Any]:
        """Return the part of a record that a row states, without its kind and id."""
        for column, allowed in (self.mapping.expect or {}).items():
            if view.text(column) not in allowed:
                view.note(column, f"not {' or '.join(allowed)}")
        self._sums(view)
        return self._fill(view, None)[0]

    def _sums(self, view: View) -> None:
        for one in self.mapping.sums:
            try:
                parts = [number(view.text(column) or "0", self.writing) for column in one.of]
                total = number(view.text(one.total), self.writing)
            except Cell:
                continue
            if sum(parts) != total:
                view.note(one.total, f"{' + '.join(one.of)} add up to {shown(sum(parts))}")

    def _any(self, template: Any, at: Field, schema: Mapping[str, Any]) -> Callable[[View, str | None], Says]:
        if isinstance(template, list):
            return self._entries(template, at, schema)
        if is_leaf(template):
            said = {"column": template} if isinstance(template, str) else template
            words = at.search.words if at.search else None
            leaf = Leaf(said, at, schema, self.writing, self.vocabulary(words) if words else None)
            return leaf.fill
        return self._structure(template, at, schema)

    def _structure(self, template: Mapping[str, Any], at: Field, schema: Mapping[str, Any]):
        """Return what makes an object with the keys that a row states."""
        parts = [
            (key, self._any(below, measured_as(at, key), schema["properties"][key])) for key, below in template.items()
        ]
        required = schema.get("required", ())

        def _filled(view: View, word: str | None) -> Says:
            found, told = {}, False
            for key, part in parts:
                value, says = part(view, word)
                told |= says
                if value is not None and value != {} and value != []:
                    found[key] = value
            return (_complete(view, found, at, required), True) if told else ({}, False)

        return _filled

    def _entries(self, template: Sequence[Any], at: Field, schema: Mapping[str, Any]):
        """Return what makes a list with the entries of which a column said something, none of them twice."""
        parts = [self._entry(entry, at.items, schema["items"]) for entry in template]

        def _filled(view: View, word: str | None) -> Says:
            found = []
            for part in parts:
                found += [one for one in part(view) if one not in found]
            return found, bool(found)

        return _filled

    def _entry(self, entry: Any, at: Field, schema: Mapping[str, Any]) -> Callable[[View], list]:
        """Return what makes the entries that one entry of a template stands for."""
        make = self._any(entry["entry"] if is_each(entry) or is_from(entry) else entry, at, schema)
        if is_each(entry):
            words, yes, no = list(entry["each"].items()), set(entry["yes"]), set(entry["no"])
            return lambda view: [make(view, word)[0] for word in _words(view, words, yes, no)]
        if is_from(entry):
            things, also = _things(entry), self.mapping.also

            def _many(view: View) -> list:
                made = [make(view.inside(thing, also), None) for thing in things(view)]
                return [value for value, says in made if says and value not in (None, {}, [])]

            return _many

        def _one(view: View) -> list:
            value, says = make(view, None)
            return [value] if says and value not in (None, {}, []) else []

        return _one


def _complete(view: View, found: dict, at: Field, required: Sequence[str]) -> dict:
    """Return an object inside the record if it has all that it needs; else report what it lacks."""
    missing = [key for key in required if key not in found]
    if not missing or not at.path:
        return found
    view.note("", f"/{'/'.join(step for step in at.path if step != '*')}: left out, without {' and '.join(missing)}")
    return {}


def _words(view: View, words: Sequence[tuple[str, str]], yes: set[str], no: set[str]) -> list[str]:
    """Return the words of the columns that say yes; a cell that says neither yes nor no is reported."""
    found = []
    for column, word in words:
        cell = view.row.cells.get(column, "")
        if cell in yes:
            found.append(word)
        elif cell not in no and (cell := view.text(column)) not in no:
            found += [word] if cell in yes else []
            if cell not in yes:
                view.note(column, "neither yes nor no")
    return found


def _things(entry: Mapping[str, Any]) -> Callable[[View], list]:
    """Return what gives the things in a cell: those of a list, or the parts of a text."""
    column = entry["from"]
    signs = entry.get("split", ())
    signs = [signs] if isinstance(signs, str) else signs

    def _of(view: View) -> list:
        value = view.cell(column)
        if isinstance(value, list):
            return [one for one in value if one not in (None, "")]
        return [value] if isinstance(value, Mapping) else divided(text_of(value), signs)

    return _of


def divided(text: str, signs: Sequence[str]) -> list[str]:
    """Return the parts of a text between signs, those that hold something."""
    first, *others = signs or ("",)
    for one in others:
        text = text.replace(one, first)
    parts = text.split(first) if first else [text]
    return [part.strip() for part in parts if part.strip()]
