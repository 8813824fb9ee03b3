"""Values of fields as people read them."""

from collections.abc import Mapping
from typing import Any

from capreg.model.kinds import Field
from capreg.model.quantity import shown
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary
from capreg.views.labels import label
from capreg.views.page import cell, is_range

PRINTED_UNITS = {"um": "µm", "m2": "m²", "m3": "m³", "cm3": "cm³"}


def unit(field: Field) -> str:
    """Return the unit of a field as it is printed, "" where it has none."""
    return PRINTED_UNITS.get(field.unit, field.unit) if field.unit else ""


class Speech(Value):
    """In which language values are shown, and the vocabularies that know their labels."""

    language: str
    vocabularies: Mapping[str, Vocabulary]

    def label(self, field: Field) -> str:
        """Return a field's label; its last key where it has none."""
        return field.label.get(self.language) or (field.path[-1] if field.path else "")

    def word(self, key: str) -> str:
        """Return a word of documents."""
        return label(key, self.language)

    def value(self, field: Field, value: Any) -> str:
        """Return a value of a field with its unit, its word's label, its flag in words; lists with commas."""
        if isinstance(value, list):
            if field.search and field.search.meaning == "envelope":
                return f"{' x '.join(shown(one) for one in value)} {unit(field)}"
            return ", ".join(self.value(field, one) for one in value)
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, Mapping):
            return self._structure(field, value)
        if isinstance(value, (int, float)):
            return f"{shown(value)} {unit(field)}".rstrip()
        return self._text(field, value)

    def _text(self, field: Field, value: Any) -> str:
        if field.search and field.search.words:
            return self.vocabularies[field.search.words].label(value, self.language)
        return "" if value is None else str(value)

    def _structure(self, field: Field, value: Mapping[str, Any]) -> str:
        """Return a range in words, anything else as machines read it."""
        if not is_range(value):
            return cell(value)
        ends = [(word, shown(value[end])) for word, end in (("from", "min"), ("up to", "max")) if end in value]
        return f"{' '.join(f'{self.word(word)} {number}' for word, number in ends)} {unit(field)}".rstrip()
