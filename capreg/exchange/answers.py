"""What a person answers -> the value of a field, held against its part of the schema."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.quantity import convert, shown, split
from capreg.model.schema import schema_at
from capreg.model.text import CONTROLS, fold
from capreg.model.vocabulary import Vocabulary
from capreg.store import strict
from capreg.store.schemas import LoadedKind
from capreg.store.validators import misfits, validator

FLAGS = {"yes": True, "y": True, "true": True, "si": True, "s": True, "no": False, "n": False, "false": False}
TODAY = ("today", "oggi")
# Between the lengths of a size, and between the values of a list.
TIMES = re.compile(r"\s*[x×*]\s*")
BETWEEN = re.compile(r"\s*[;,]\s*")


class AnswerError(UsageError):
    """An answer is no value of its field."""


@dataclass(frozen=True)
class Answers:
    """Reads answers to the questions of a kind."""

    loaded: LoadedKind
    vocabularies: Mapping[str, Vocabulary]
    today: date

    def read(self, field: Field, text: str) -> Any:
        """Return the value of a field that a text means: numbers with or without the unit, words by any of their names.

        Raises:
            AnswerError, QuantityError, UnknownWordError, AmbiguousWordError: it means none, or one that the schema refuses.
        """
        schema = schema_at(self.loaded.schema, field.path)
        value = self._value(field, schema, text.strip(), self.loaded.kind.vocabulary_of(field))
        for misfit in misfits(validator(schema), value):
            raise AnswerError(f"{misfit.sentence}", _like(field))
        return value

    def _value(self, field: Field, schema: Mapping[str, Any], text: str, words: str | None) -> Any:
        if re.search(CONTROLS, text):
            raise AnswerError("it holds a control character")
        if field.type in ("array", "object") and text[:1] in ("[", "{"):
            return self._json(text)
        if field.type == "array":
            return self._list(field, schema, text, words)
        if field.type == "object":
            return self._object(field, text)
        if field.type in ("number", "integer"):
            return _number(field, text, field.unit)
        if field.type == "boolean":
            return self.flag(text)
        if words:
            return self.vocabularies[words].find(text)
        return self.today.isoformat() if schema.get("format") == "date" and fold(text) in TODAY else text

    def _list(self, field: Field, schema: Mapping[str, Any], text: str, words: str | None) -> list:
        if field.search and field.search.meaning == "envelope":
            *first, last = TIMES.split(text)
            number, unit = split(last)
            return [_number(field, f"{one}{unit}", field.unit) for one in (*first, shown(number))]
        if field.items.properties:
            raise AnswerError("a list of entries is given entry by entry", 'Or write it as JSON: [{"...": ...}].')
        # A text may hold a comma: where a semicolon stands, it divides.
        parts = re.split(r"\s*;\s*", text) if ";" in text else BETWEEN.split(text)
        return [self._value(field.items, schema["items"], part, words) for part in parts if part]

    def _object(self, field: Field, text: str) -> dict:
        meaning = field.search.meaning if field.search else None
        if meaning == "contains" and ".." in text:
            low, _, high = text.partition("..")
            unit = split(high)[1] if high else ""
            ends = {"min": f"{low}{'' if not low or split(low)[1] else unit}", "max": high}
            found = {end: _number(field.properties[end], said, field.unit) for end, said in ends.items() if said}
            if len(found) == 2 and found["min"] > found["max"]:
                raise AnswerError(f"the range '{text[:40]}' is reversed", "Write the smaller end first.")
            return found
        if meaning == "place":
            parts = re.split(r"[\s,;]+", text)
            return {
                key: _number(field.properties[key], part, None)
                for key, part in zip(field.properties, parts, strict=False)
            }
        raise AnswerError(f"'{text[:40]}' is not as it is wanted", _like(field))

    @staticmethod
    def _json(text: str) -> Any:
        try:
            return strict.read(text.encode())
        except strict.DocumentError as error:
            raise AnswerError(f"no JSON: {error.fault}") from None

    @staticmethod
    def flag(text: str) -> bool:
        """Return what a yes or a no means, in either language; raises AnswerError."""
        if fold(text) not in FLAGS:
            raise AnswerError(f"'{text[:40]}' is neither yes nor no")
        return FLAGS[fold(text)]


def _number(field: Field, text: str, unit: str | None) -> int | float:
    """Return a number in the unit of its field, which need not be written."""
    number, spelling = split(text)
    if spelling or unit is None:
        number = convert(number, spelling, unit)
    if number == number.to_integral_value():
        return int(number)
    if field.type == "integer":
        raise AnswerError(f"{shown(number)} is not a whole number")
    return float(Decimal(shown(number)))


def _like(field: Field) -> str:
    """Return how an answer may look: the example of the schema, as it is typed."""
    return f"Write it like {typed(field, field.examples[0])}." if field.examples else ""


def typed(field: Field, value: Any) -> str:
    """Return a value as a person types it: what `read` reads as this value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return shown(value)
    if isinstance(value, list):
        parts = [typed(field, one) for one in value]
        if field.search and field.search.meaning == "envelope":
            return "x".join(parts)
        return "".join(f"{one}; " for one in parts).rstrip() if any("," in one for one in parts) else ", ".join(parts)
    if isinstance(value, Mapping):
        if set(value) <= {"min", "max"}:
            return f"{shown(value['min']) if 'min' in value else ''}..{shown(value['max']) if 'max' in value else ''}"
        return ", ".join(typed(field, one) for one in value.values())
    return str(value)
