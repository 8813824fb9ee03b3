"""One value of a record: which cells it comes from, and how it is made of them."""

import re
from collections.abc import Mapping
from copy import copy, deepcopy
from importlib import import_module
from typing import TYPE_CHECKING, Any

from capreg.exchange.cells import WAYS, Cell, Writing, day_of, flag_of, measured, text_of, whole_or_not
from capreg.model.kinds import Field
from capreg.model.text import fold
from capreg.model.vocabulary import Vocabulary
from capreg.store.validators import validator

if TYPE_CHECKING:
    from capreg.exchange.filling import View

# Loaded on use: for words that nobody knows.
FUZZY, NEAR = "rapidfuzz", 60
NUMBERS = ("integer", "number")
# What a cell made is kept, as lists say the same thing in many rows.
MOST_KEPT = 20_000
LAST_UNIT = re.compile(r"(.*\d)\s*([^\d\s]+)")


class Leaf:
    """Makes one value from the cells of a row; `vocabulary` is that of the field's words, None where it has none."""

    def __init__(
        self,
        said: Mapping[str, Any],
        at: Field,
        schema: Mapping[str, Any],
        writing: Writing,
        vocabulary: Vocabulary | None,
    ) -> None:
        self.said, self.at, self.schema, self.vocabulary = said, at, schema, vocabulary
        dates = said.get("dates", writing.dates)
        self.writing = Writing(
            said.get("decimal", writing.decimal),
            said.get("thousands", writing.thousands),
            [dates] if isinstance(dates, str) else dates,
            said.get("unit"),
        )
        self.columns = said.get("columns") or [said.get("column", "")]
        self.validator = validator(schema)
        self.values = {fold(str(key)): value for key, value in said.get("values", {}).items()}
        self.match = re.compile(said["match"]) if "match" in said else None
        split = said.get("split", ())
        self.split = [split] if isinstance(split, str) else split
        self.made: dict[Any, tuple[Any, str]] = {}

    def fill(self, view: "View", word: str | None) -> tuple[Any, bool]:
        """Return the value, None for nothing, and whether a column gave it."""
        if "value" in self.said:
            return deepcopy(self.said["value"]), False
        if "each" in self.said:
            return word, True
        if len(self.columns) == 1:
            raw = view.cell(self.columns[0])
        else:
            raw = self.said.get("join", " ").join(text for column in self.columns if (text := view.text(column)))
        if raw == "" or raw == []:
            return None, False
        value, fault = self._once(raw)
        if fault:
            view.note(self.columns[0], fault)
        # What is kept for other rows is not to change with this one's record.
        return copy(value) if isinstance(value, (list, dict)) else value, value is not None

    def _once(self, raw: Any) -> tuple[Any, str]:
        """Return what a cell makes and why not, made once for each different cell."""
        if isinstance(raw, (list, dict)):
            return self.tried(raw)
        key = (type(raw), raw)
        if key not in self.made:
            if len(self.made) >= MOST_KEPT:
                self.made.clear()
            self.made[key] = self.tried(raw)
        return self.made[key]

    def tried(self, raw: Any) -> tuple[Any, str]:
        """Return what a cell makes, None for nothing, and why not, "" where it is well."""
        try:
            if self.at.items is not None:
                return self._several(raw)
            return self._checked(self._one(raw, self.at, self.schema)), ""
        except Cell as error:
            return None, str(error)

    def _checked(self, value: Any) -> Any:
        """Return the value if the schema takes it here; raise Cell with the reason if not."""
        for error in self.validator.iter_errors(value):
            raise Cell(error.message)
        ranges = self.said.get("between")
        if ranges and not any(low <= value <= high for low, high in ranges):
            raise Cell(f"not between {' or '.join(f'{low} and {high}' for low, high in ranges)}")
        return value

    def _several(self, raw: Any) -> tuple[Any, str]:
        """Return the values of a list of plain ones; of the parts of a cell those that are none are told and left out."""
        is_word = self.vocabulary is not None
        found, faults = [], []
        for part in self._parts(raw):
            try:
                made = self._one(part, self.at.items, self.schema["items"])
                found += [made] if not is_word or made not in found else []
            except Cell as error:
                faults.append(f"'{text_of(part)[:60]}': {error}" if self.split or isinstance(raw, list) else str(error))
        if self.schema.get("uniqueItems"):
            found = list(dict.fromkeys(found))
        return (self._checked(found) if found else None), "; ".join(faults)

    def _parts(self, raw: Any) -> list:
        if isinstance(raw, list):
            return [one for one in raw if one not in (None, "")]
        first, *others = self.split or ("",)
        text = text_of(raw)
        for one in others:
            text = text.replace(one, first)
        parts = [part.strip() for part in text.split(first) if part.strip()] if first else [raw]
        return self._with_unit(parts)

    def _with_unit(self, parts: list) -> list:
        """Return the lengths of a size, of which often only the last says the unit."""
        if self.at.unit and len(parts) > 1 and (last := LAST_UNIT.fullmatch(parts[-1])):
            return [part if LAST_UNIT.fullmatch(part) else f"{part} {last[2]}" for part in parts]
        return parts

    def _one(self, raw: Any, at: Field, schema: Mapping[str, Any]) -> Any:
        """Return one value as the field wants it."""
        if self.match:
            raw = self._matched(text_of(raw))
        if self.values and (key := fold(text_of(raw))) in self.values:
            return self.values[key]
        if isinstance(raw, (list, dict)):
            raise Cell("several things, where one is wanted; say which: from, or a path with dots")
        if "as" in self.said:
            prefix = [self.said["prefix"]] if "prefix" in self.said else []
            raw = WAYS[self.said["as"]](text_of(raw), *prefix)
        if self.vocabulary:
            return self._word(text_of(raw))
        if at.type in NUMBERS:
            # The lengths of a size stand in the unit of the size.
            return whole_or_not(measured(raw, at if at.unit else self.at, self.writing), at.type)
        if schema.get("format") == "date" or "dates" in self.said:
            return day_of(raw, self.writing)
        if at.type == "boolean":
            return flag_of(raw)
        return self._on_one_line(text_of(raw))

    def _on_one_line(self, text: str) -> str:
        """Return a text whose lines follow one another on one, divided by what the mapping joins cells with."""
        return self.said.get("join", " ").join(line.strip(" ,") for line in text.splitlines() if line.strip(" ,"))

    def _matched(self, text: str) -> str:
        found = self.match.search(text[:1000])
        if found is None:
            raise Cell(f"nothing in it fits {self.match.pattern}")
        return (found[1] if self.match.groups else found[0]).strip()

    def _word(self, text: str) -> str:
        """Return the word that a text means, in either language; raise Cell with the nearest where it means none."""
        found = self.vocabulary.called(text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Cell(f"it may mean {' or '.join(sorted(found))}; say which: values")
        fuzzy = import_module(FUZZY)
        near = fuzzy.process.extractOne(fold(text), list(self.vocabulary.by_spelling), scorer=fuzzy.fuzz.ratio)
        hint = f"; the nearest is '{near[0]}'" if near and near[1] >= NEAR else ""
        raise Cell(f"no word of the vocabulary {self.vocabulary.title}{hint}")
