"""The rows of a list -> the records that they make, and what each row could not give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from capreg.exchange.filling import Note, Template, View
from capreg.exchange.joining import join
from capreg.exchange.mapping import Mapped
from capreg.exchange.sheet import Row
from capreg.model.text import tokens
from capreg.store.explain import explain
from capreg.store.schemas import LoadedKind

LONGEST_ID = 64


@dataclass
class Group:
    """The rows that speak of one record, and what they say together; `fault` says why it is none, "" where it is."""

    rows: list[int]
    document: dict[str, Any]
    fault: str = ""


class Gathered:
    """The records that the rows of a list make, by the columns that tell them apart."""

    def __init__(self, mapping: Mapped, loaded: LoadedKind, template: Template) -> None:
        self.mapping, self.loaded, self.template = mapping, loaded, template
        self.groups: dict[tuple, Group] = {}
        self.refused: dict[int, str] = {}
        self.notes: list[Note] = []
        self.rows = 0

    def take(self, row: Row) -> None:
        """Take one row: into a new record, or into that of an earlier row with the same key."""
        self.rows += 1
        if row.remark:
            self.notes.append(Note(row.number, "", "", row.remark))
        if row.fault:
            self.refused[row.number] = row.fault
            return
        view = self.template.view(row)
        stated = self.template.record(view)
        key = tuple(view.text(column).casefold() for column in self.mapping.key)
        self.notes += view.notes
        if not any(key):
            self.refused[row.number] = f"nothing stands in {', '.join(self.mapping.key)}"
        elif key in self.groups:
            group = self.groups[key]
            group.rows.append(row.number)
            join(group.document, stated, self._told(row.number))
        else:
            self.groups[key] = Group([row.number], self._document(stated, view))

    def _told(self, row: int):
        return lambda place, sentence, value: self.notes.append(Note(row, "", str(value), f"{place}: {sentence}"))

    def _document(self, stated: Mapping[str, Any], view: View) -> dict[str, Any]:
        id = slug([view.text(column) for column in self.mapping.id])
        found = {"kind": self.loaded.kind.id, "id": id, **stated}
        return {key: found[key] for key in self.loaded.kind.root.properties if key in found}

    def judge(self) -> None:
        """Find out which of the records are none: they do not fit the schema, or an earlier one has their id."""
        first: dict[str, int] = {}
        for group in self.groups.values():
            id = group.document["id"]
            group.fault = misfits_of(self.loaded, group.document)
            if not group.fault and id in first:
                group.fault = f"row {first[id]} has the id {id!r} already"
            elif not group.fault:
                first[id] = group.rows[0]


def misfits_of(loaded: LoadedKind, document: Mapping[str, Any]) -> str:
    """Return why a document is no valid record, "" where it is one."""
    return "" if loaded.validator.is_valid(document) else "; ".join(map(str, explain(loaded.schema, document)))


def slug(parts: list[str]) -> str:
    """Return an id made of texts: small letters, digits and hyphens, at most 64, the last part whole if it can be."""
    *first, last = ("-".join("".join(c for c in word if c.isascii()) for word in tokens(part)) for part in parts)
    room = LONGEST_ID - len(last) - 1
    return "-".join(part for part in ("-".join(first)[: max(room, 0)].strip("-"), last[:LONGEST_ID]) if part)
