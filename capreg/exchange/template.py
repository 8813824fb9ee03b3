"""Whether the template of a mapping fits the kind: told before a row is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capreg.errors import nearest
from capreg.exchange.cells import WAYS
from capreg.exchange.mapping import MappingError, is_each, is_from, is_leaf
from capreg.model.kinds import Field, Kind
from capreg.model.quantity import UNITS
from capreg.store.patterns import explodes

SOME_DAY = datetime(2026, 11, 22)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _is_words(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(one, str) for one in value.values())


def _is_signs(value: Any) -> bool:
    return all(isinstance(one, str) and one for one in (value if isinstance(value, list) and value else [value]))


def _is_pattern(value: Any) -> bool:
    return isinstance(value, str) and not explodes(value) and re.compile(value).groups <= 1


def _is_dates(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_dates(one) for one in value)
    try:
        return isinstance(value, str) and datetime.strptime(SOME_DAY.strftime(value), value) == SOME_DAY
    except (ValueError, TypeError, re.error):
        return False


def _is_ranges(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(end, (int, float)) for end in one) for one in value
    )


# What each part of a leaf, and of an entry for each of several columns, has to be.
FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "column": (lambda value: isinstance(value, str), "the name of a column"),
    "columns": (_is_texts, "a list of columns"),
    "value": (lambda value: value is not None, "a value"),
    "join": (lambda value: isinstance(value, str), "a text"),
    "dates": (_is_dates, 'a form of days that tells day, month and year, as "%d-%b-%Y"'),
    "between": (_is_ranges, "a list of ranges, as [[0, 90]]"),
    "yes": (_is_texts, 'a list of texts, as ["Y"]'),
    "no": (_is_texts, 'a list of texts, as ["N"]'),
    "match": (_is_pattern, "a regular expression that cannot run for ever, with at most one group"),
    "split": (_is_signs, 'the sign between two values, or a list of signs, as [";", "/"]'),
    "decimal": (lambda value: value in (".", ","), '"." or ","'),
    "thousands": (lambda value: value in (".", ",", " ", "'"), """".", ",", " " or "'\""""),
    "unit": (lambda value: value in UNITS, "a unit, as mm"),
    "as": (lambda value: value in WAYS, f"one of {', '.join(WAYS)}"),
    "prefix": (
        lambda value: isinstance(value, str) and re.fullmatch(r"\+\d{1,4}", value) is not None,
        'a prefix, as "+39"',
    ),
    "values": (lambda value: isinstance(value, Mapping) and bool(value), "cells with what they mean, as {J: true}"),
    "optional": (lambda value: isinstance(value, bool), "true or false"),
    "from": (lambda value: isinstance(value, str), "the name of a column"),
}
EACH = ("each", "yes", "no", "entry")
FROM = {"from", "split", "optional", "entry"}


def measured_as(at: Field, key: str) -> Field:
    """Return a property of a field; the ends of a range stand in the unit of the range."""
    below = at.properties[key]
    return below if below.unit or not at.unit else below._replace(unit=at.unit)


@dataclass(frozen=True)
class TemplateCheck:
    """Holds a template against a kind. `words` gives the words that a vocabulary has, or will have."""

    kind: Kind
    words: Callable[[str], set[str]]

    def check(self, template: Any, field: Field, each: tuple[str, ...] = ()) -> None:
        """Raise MappingError where a template names a place or a word that is not there, or has no form that means anything.

        Args:
            each: the words that `{each: true}` stands for here.
        """
        place = "/record/" + "/".join(step for step in field.path if step != "*")
        if isinstance(template, list):
            self._list(template, field, place)
        elif is_leaf(template):
            self._leaf(template, field, place, each)
        elif not isinstance(template, Mapping):
            raise MappingError(f"{place}: the name of a column, a list or an object is wanted, not {template!r}")
        elif field.items is not None:
            raise MappingError(f"{place}: a list is wanted here", "Begin each entry with a hyphen.")
        else:
            for key, below in template.items():
                if key not in field.properties:
                    hint = nearest(key, field.properties)
                    raise MappingError(f"{place}: {self.kind.labels['en']} have no field '{key}' here", hint)
                self.check(below, measured_as(field, key), each)

    def _list(self, template: list, field: Field, place: str) -> None:
        if field.items is None:
            raise MappingError(f"{place}: not a list")
        for entry in template:
            if is_from(entry):
                self._from(entry, field, place)
                continue
            if not is_each(entry):
                self.check(entry, field.items)
                continue
            if set(entry) != set(EACH) or not _is_words(entry["each"]):
                raise MappingError(f"{place}: an entry for each of several columns has {', '.join(EACH)}")
            self._parts({key: entry[key] for key in ("yes", "no")}, place)
            self.check(entry["entry"], field.items, tuple(entry["each"].values()))

    def _from(self, entry: Mapping[str, Any], field: Field, place: str) -> None:
        if unknown := set(entry) - FROM:
            hint = nearest(min(unknown), FROM)
            raise MappingError(f"{place}: an entry for each thing in a cell has no '{min(unknown)}'", hint)
        self._parts({key: value for key, value in entry.items() if key != "entry"}, place)
        self.check(entry["entry"], field.items)

    def _leaf(self, template: Any, field: Field, place: str, each: tuple[str, ...]) -> None:
        is_given = isinstance(template, Mapping) and {"value", "values"} & set(template)
        below = field.properties or (field.items and field.items.properties)
        if below and not is_given:
            raise MappingError(
                f"{place}: it has parts, and one column cannot give them", f"They are: {', '.join(below)}."
            )
        if isinstance(template, str):
            return
        self._parts({key: value for key, value in template.items() if key != "each"}, place)
        self._unit(template, field, place)
        stated = each if "each" in template else (template["value"],) if "value" in template else ()
        stated = (*stated, *template.get("values", {}).values())
        if field.search and field.search.words:
            known = self.words(field.search.words)
            for word in stated:
                if word not in known:
                    hint = nearest(str(word), known)
                    raise MappingError(f"{place}: '{word}' is no word of the vocabulary {field.search.words}", hint)

    @staticmethod
    def _unit(template: Mapping[str, Any], field: Field, place: str) -> None:
        wanted = UNITS[field.unit][0] if field.unit else "units, as the field has none"
        if "unit" in template and UNITS[template["unit"]][0] != wanted:
            raise MappingError(f"{place}: '{template['unit']}' is not among the {wanted}")

    @staticmethod
    def _parts(parts: Mapping[str, Any], place: str) -> None:
        for key, value in parts.items():
            fits, form = FORMS[key]
            if not fits(value):
                raise MappingError(f"{place}: '{key}' is to be {form}")
