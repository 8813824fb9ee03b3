"""An example of a query for each field, from the examples of its schema."""

from typing import Any

from capreg.model.kinds import Field
from capreg.model.quantity import shown
from capreg.query.language import quoted


def example(field: Field) -> str | None:
    """Return a term that asks for what the schema gives as an example of the field; None where it is not searched."""
    if not field.search or not field.search.name or not field.examples:
        return None
    return f"{field.search.name}:{_asked(field, field.examples[0])}"


def _asked(field: Field, value: Any) -> str:
    unit = field.unit or ""
    meaning = field.search.meaning
    if meaning == "at-most":
        return f"..{shown(value)}{unit}"
    if meaning == "contains":
        return f"{shown(value.get('max', value.get('min')))}{unit}"
    if meaning == "envelope":
        return "x".join(shown(one) for one in value) + unit
    if meaning == "place":
        return f"{value['latitude']},{value['longitude']},50km"
    return _plain(value[0] if isinstance(value, list) else value, unit)


def _plain(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{shown(value)}{unit}"
    return quoted(value)
