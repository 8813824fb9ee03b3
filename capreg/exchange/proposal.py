"""A proposed mapping as a YAML text that people read: each column with the reason beside it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from capreg.exchange.mapping import ITSELF, is_leaf
from capreg.exchange.trying import Tried
from capreg.model.kinds import Field
from capreg.model.schema import schema_at
from capreg.store.schemas import LoadedKind

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*[A-Za-z0-9]|[A-Za-z]")
# What YAML would read as something else.
SPECIAL = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
UNKNOWN = "??"


class Reasoned(dict):
    """A part of a template with the reason for it."""

    def __init__(self, parts: Mapping[str, Any], reason: str = "") -> None:
        super().__init__(parts)
        self.reason = reason


class Proposal:
    """A mapping while it is put together, field by field."""

    def __init__(self, loaded: LoadedKind, file: str, remarks: Sequence[str]) -> None:
        self.loaded, self.file, self.remarks = loaded, file, remarks
        self.record: dict[str, Any] = {}
        self.columns: dict[tuple, str] = {}
        self.left: list[tuple[str, str]] = []

    def add(self, at: Field, column: str, how: Tried, reason: str) -> None:
        """Give a column to a field."""
        self.columns[at.path] = column
        if how.is_many:
            entry = Reasoned({at.path[-1]: ITSELF})
            self._entries(at.path[:-2]).append(Reasoned({"from": column, **how.options, "entry": entry}, reason))
            return
        inside = self._object(at.path[:-1])
        inside[at.path[-1]] = Reasoned({"column": column, **how.options}, reason)

    def add_each(self, at: Field, columns: Mapping[str, str], signs: tuple[list[str], list[str]]) -> None:
        """Give to a list an entry for each of several columns that say yes."""
        self.columns[at.path] = next(iter(columns))
        parts = {"yes": signs[0], "no": signs[1], "each": dict(columns), "entry": {at.path[-1]: {"each": True}}}
        self._entries(at.path[:-2]).append(Reasoned(parts, "columns that say yes or no to a word that is their name"))

    def leave(self, column: str, example: str) -> None:
        """Tell of a column that no field was found for."""
        self.left.append((column, example))

    def _entries(self, path: tuple[str, ...]) -> list:
        inside = self._object(path[:-1])
        return inside.setdefault(path[-1], [])

    def _object(self, path: tuple[str, ...]) -> dict:
        """Return the object at a path of the template, made where there is none; of a list its first plain entry."""
        at: Any = self.record
        for step, following in zip(path, (*path[1:], ""), strict=False):
            if step == "*":
                plain = next((one for one in at if "entry" not in one), None)
                if plain is None:
                    at.append(plain := {})
                at = plain
            else:
                at = at.setdefault(step, [] if following == "*" else {})
        return at

    def text(self) -> str:
        """Return the mapping as YAML."""
        self._complete(self.record, self.loaded.kind.root, "")
        lines = [f"# Proposed for {self.file}. Read it through: capreg does not know what the columns mean."]
        lines += [f"# {one[:1].upper()}{one[1:]}." for one in self.remarks]
        lines += ["", f"kind: {self.loaded.kind.id}", *self._key(), "", "record:", *_emitted(self._ordered(), 1)]
        if self.left:
            lines += ["", "# No field was found for these columns:"]
            lines += [
                f"#   {_shown(name)}{f', as in {_shown(example)}' if example else ''}" for name, example in self.left
            ]
        return "\n".join(lines) + "\n"

    def _ordered(self) -> dict[str, Any]:
        return {key: self.record[key] for key in self.loaded.kind.root.properties if key in self.record}

    def _key(self) -> list[str]:
        """Return the columns that tell one record from another, and those of its id."""
        title = self.columns.get((self.loaded.kind.title,)) or next(iter(self.columns.values()), None)
        title = title or (self.left[0][0] if self.left else "?")
        same = {one.path: one.same for one in self.loaded.kind.root.walk()}
        places = [column for path, column in self.columns.items() if same.get(path) == "place"]
        numbers = [column for path, column in self.columns.items() if same.get(path[:-2]) == "number"]
        key, id = [title, *places[:3]], [title, *(numbers or places)[:1]]
        return [
            f"key: {_flow(list(dict.fromkeys(key)))}   # rows that agree on these are one record",
            f"id: {_flow(list(dict.fromkeys(id)))}   # the record's id is made of these",
        ]

    def _complete(self, template: Any, at: Field, column: str) -> None:
        """Give each object of the template what its schema asks for beside the columns, or leave it out and say so."""
        if isinstance(template, list):
            for entry in list(template):
                inner = entry.get("entry", entry)
                if at.items.properties and not self._is_whole(inner, at.items, at.same):
                    template.remove(entry)
            return
        for key, below in list(template.items()):
            if at.properties and not is_leaf(below):
                self._complete(below, at.properties[key], column)
                if isinstance(below, dict) and not self._is_whole(below, at.properties[key], None) or not below:
                    del template[key]

    def _is_whole(self, template: dict, at: Field, same: str | None) -> bool:
        """Add what is required; False where nobody could know it, the columns then being left."""
        self._complete(template, at, "")
        for key in schema_at(self.loaded.schema, at.path).get("required", ()):
            if key in template:
                continue
            known = self._known(at.properties[key], template, same)
            if known is None:
                self._drop(template, key)
                return False
            template[key] = known
        return True

    def _known(self, at: Field, template: dict, same: str | None) -> Reasoned | None:
        schema = schema_at(self.loaded.schema, at.path)
        if schema.get("pattern") == "^[A-Z]{2}$":
            return Reasoned({"value": UNKNOWN}, "no column says it: write it here, the same for all rows")
        if same == "number":
            column = next((one["column"] for one in template.values() if "column" in one), "")
            return Reasoned({"value": column[:40]}, "what kind of number it is: write it better")
        is_free = at.examples and not (at.search and at.search.words) and at.type == "string" and not at.same
        return Reasoned({"value": at.examples[0]}, "the same for all rows") if is_free else None

    def _drop(self, template: Any, lacking: str) -> None:
        """Put the columns of what is left out among those that no field was found for."""
        if isinstance(template, dict) and is_leaf(template):
            if "column" in template:
                self.left.append((template["column"], f"left out, as no column gives the {lacking} that goes with it"))
            return
        for below in template.values() if isinstance(template, dict) else template:
            if isinstance(below, (dict, list)):
                self._drop(below, lacking)


def _emitted(value: Any, depth: int) -> list[str]:
    """Return a part of a template as lines of YAML."""
    pad = "  " * depth
    lines = []
    for key, below in value.items():
        if isinstance(below, list):
            lines.append(f"{pad}{_shown(key)}:")
            for entry in below:
                lines += _entry(entry, depth + 1)
        elif key == "each" and isinstance(below, dict):
            lines += [f"{pad}each:", *(f"{pad}  {_shown(name)}: {_shown(word)}" for name, word in below.items())]
        elif is_leaf(below) or not isinstance(below, dict):
            lines.append(f"{pad}{_shown(key)}: {_flow(below)}{_reason(below)}")
        else:
            lines += [f"{pad}{_shown(key)}:", *_emitted(below, depth + 1)]
    return lines


def _entry(entry: dict, depth: int) -> list[str]:
    pad = "  " * depth
    if "from" in entry:
        return [f"{pad}- {_flow(entry)}{_reason(entry)}"]
    if "each" in entry:
        inner = [f"{pad}  yes: {_flow(entry['yes'])}{_reason(entry)}", f"{pad}  no: {_flow(entry['no'])}"]
        inner += _emitted({"each": entry["each"]}, depth + 1) + [f"{pad}  entry: {_flow(entry['entry'])}"]
    else:
        inner = _emitted(entry, depth + 1)
    return [f"{pad}- {inner[0].lstrip()}", *inner[1:]]


def _reason(part: Any) -> str:
    return f"   # {part.reason}" if isinstance(part, Reasoned) and part.reason else ""


def _flow(value: Any) -> str:
    """Return a value on one line; a column alone is its name."""
    if isinstance(value, Mapping):
        if set(value) == {"column"}:
            return _shown(value["column"])
        return "{" + ", ".join(f"{_shown(key)}: {_flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return _shown(value)


def _shown(value: Any) -> str:
    """Return a plain value as YAML reads it back."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in SPECIAL:
        return value
    return json.dumps(value, ensure_ascii=False)
