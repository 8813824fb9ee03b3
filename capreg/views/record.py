"""One record as blocks: what a profile, a printout and `show` have in common."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from capreg.model.day import DAY
from capreg.model.kinds import Field, Kind
from capreg.model.record import STATEMENTS
from capreg.views.page import Block, Column, Heading, Pairs, Rows
from capreg.views.values import Speech

WIDEST = 5
Told = Iterator[tuple[Field, str]]


class Layout:
    """Lays out one record, already cut to its tier, in the order of its schema.

    The ids of entries, and what refers to them, are shown where they tell something: where the list that is referred
    to has several entries.
    """

    def __init__(self, kind: Kind, document: Mapping[str, Any], speech: Speech) -> None:
        self.kind, self.document, self.speech = kind, document, speech

    @cached_property
    def _told_apart(self) -> set[str]:
        """The lists, by their paths with dots, whose entries are referred to and are several."""
        lists = {one.refers: self.document.get(one.refers) for one in self.kind.root.walk() if one.refers}
        return {path for path, entries in lists.items() if isinstance(entries, list) and len(entries) > 1}

    def sections(self) -> Iterator[Block]:
        """Yield the record as headed parts."""
        first, rest = [], []
        for field, value in self._below(self.kind.root, self.document):
            if field.path not in (("kind",), (self.kind.title,)) and not field.is_entry_id:
                (first if field.is_leaf else rest).append((field, value))
        if pairs := self._labelled(
            (field, self._text(field, value)) for field, value in first if field.path != ("id",)
        ):
            label = self.kind.label[self.speech.language]
            yield Heading(label[:1].upper() + label[1:], 2)
            yield Pairs(pairs)
        for field, value in rest:
            yield from self._section(field, value, 2)

    def brief(self) -> list[tuple[str, str]]:
        """Return the record as pairs of label and text, an entry of a list a line."""
        hidden = (("kind",), ("id",), (self.kind.title,))
        return self._labelled(
            (field, text) for field, text in self._flat(self.kind.root, self.document) if field.path not in hidden
        )

    def line(self, field: Field, value: Any) -> str:
        """Return any part of the record on one line."""
        if field.is_leaf:
            return self._text(field, value)
        if isinstance(value, list):
            return "; ".join(self._line(field, entry) for entry in value)
        if field.path[-1:] == ("*",):
            return self._line(self.kind.at(field.path[:-1]), value)
        return ", ".join(self._said(below, text.replace("\n", "; ")) for below, text in self._flat(field, value))

    def entry_name(self, field: Field, entry: Mapping[str, Any]) -> str:
        """Return what an entry of a list is called: its first value, "" where it says nothing."""
        return next((text for _, text in self._named(field, entry)), "")

    def _labelled(self, told: Told) -> list[tuple[str, str]]:
        return [(self.speech.label(field), text) for field, text in told if text]

    def _section(self, field: Field, value: Any, level: int) -> Iterator[Block]:
        """Yield a list with its entries, or an object with its plain values and then its lists."""
        if isinstance(value, list):
            if blocks := list(self._entries(field, value)):
                yield Heading(self.speech.label(field), level)
                yield from blocks
            return
        plain = self._labelled(self._flat(field, value, lists=False))
        lists = [block for below, one in self._lists(field, value) for block in self._section(below, one, 3)]
        if plain or lists:
            yield Heading(self.speech.label(field), level)
        if plain:
            yield Pairs(plain)
        yield from lists

    def _below(self, field: Field, value: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
        for key, below in field.properties.items():
            if key in value and not (below.refers and below.refers not in self._told_apart):
                yield below, value[key]

    def _lists(self, field: Field, value: Mapping[str, Any]) -> Iterator[tuple[Field, list]]:
        """Yield the lists of entries in an object and in the objects below it."""
        for below, one in self._below(field, value):
            if isinstance(one, Mapping) and not below.is_leaf:
                yield from self._lists(below, one)
            elif isinstance(one, list) and not below.is_leaf:
                yield below, one

    def _flat(self, field: Field, value: Mapping[str, Any], lists: bool = True) -> Told:
        """Yield the plain values of an object and of the objects below it; of its lists an entry a line."""
        for below, one in self._below(field, value):
            if below.is_leaf:
                if not below.is_entry_id:
                    yield below, self._text(below, one)
            elif isinstance(one, Mapping):
                yield from self._flat(below, one, lists)
            elif isinstance(one, list) and lists:
                yield below, "\n".join(filter(None, (self._line(below, entry) for entry in one)))

    def _entries(self, field: Field, entries: list) -> Iterator[Block]:
        """Yield a list as a table where it is narrow, else entry by entry under its first value."""
        listed = [self._named(field, entry) for entry in entries]
        listed = [entry for entry in listed if entry]
        fields = {below.path: below for entry in listed for below, _ in entry}
        order = [one for one in field.walk() if one.path in fields]
        if not order:
            return
        if len(order) <= WIDEST:
            columns = [
                Column(one.dotted, self.speech.label(one), numeric=one.type in ("number", "integer")) for one in order
            ]
            by_path = [{below.path: text for below, text in entry} for entry in listed]
            yield Rows(columns, [[entry.get(one.path) for one in order] for entry in by_path])
            return
        for (_, head), *rest in listed:
            yield Heading(head, 3)
            yield Pairs(self._labelled(rest))

    def _named(self, field: Field, entry: Mapping[str, Any]) -> list[tuple[Field, str]]:
        """Return what an entry says; its id follows its first value where others refer to it by that."""
        told = [(below, text) for below, text in self._flat(field.items, entry) if text]
        if told and field.dotted in self._told_apart and "id" in entry:
            told[0] = (told[0][0], f"{told[0][1]} ({entry['id']})")
        return told

    def _line(self, field: Field, entry: Mapping[str, Any]) -> str:
        """Return an entry on one line: texts bare, numbers and days with their label; a colon after what heads a list."""
        said = [
            self._said(below, text.replace("\n", "; "))
            for below, text in self._named(field, entry)
            if not _is_place(below)
        ]
        if isinstance(field.together, str) and len(said) > 1:
            return f"{said[0]}: {', '.join(said[1:])}"
        return ", ".join(said)

    def _said(self, field: Field, text: str) -> str:
        bare = field.type in ("string", "array", None) and not DAY.fullmatch(text) and not field.refers
        return text if bare else f"{self.speech.label(field)} {text}"

    def _text(self, field: Field, value: Any) -> str:
        """Return a plain value; a word that serves a list's head with that head's label, a pointer in labels."""
        if field.serves:
            return self.speech.value(self.kind.searched(field.serves)[0], value)
        if field.path == (STATEMENTS, "*", "about"):
            return self._place(value)
        return self.speech.value(field, value)

    def _place(self, pointer: str) -> str:
        """Return a pointer into the record as labels: `Capacity › Spare capacity › 5-axis`."""
        at: Field | None = self.kind.root
        told = []
        for step in pointer.split("/")[1:]:
            is_entry = at is not None and at.items is not None
            at = at.items if is_entry else at.properties.get(step) if at else None
            told.append(step if is_entry or at is None else self.speech.label(at))
        label = self.kind.label[self.speech.language]
        return " › ".join(told) or label[:1].upper() + label[1:]


def _is_place(field: Field) -> bool:
    return field.search is not None and field.search.meaning == "place"
