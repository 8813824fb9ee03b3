"""The fields of a kind as a page."""

from capreg.model.kinds import Field, Kind
from capreg.query.examples import example
from capreg.views.page import SCHEMA_VERSION, Column, Page, Rows
from capreg.views.values import Speech

COLUMNS = (
    Column("field", "Field"),
    Column("label", "Label"),
    Column("unit", "Unit"),
    Column("tier", "Tier"),
    Column("searched", "Searched"),
    Column("example", "Example"),
)


def fields_page(kind: Kind, speech: Speech) -> Page:
    """Return the page of all fields of a kind, in the order of its schema."""
    data = [_described(kind, field, speech) for field in kind.leaves()]
    rows = Rows(COLUMNS, [[one.get(column.name) for column in COLUMNS] for one in data])
    return Page([rows], rows, {"schema_version": SCHEMA_VERSION, "kind": kind.id, "fields": data}, data, hub_only=True)


def _described(kind: Kind, field: Field, speech: Speech) -> dict:
    together = kind.together(field.path)
    said = {
        "field": field.name,
        "path": field.dotted,
        "label": speech.label(field),
        "unit": field.unit,
        "tier": field.tier.name,
        "searched": field.search.meaning if field.search else None,
        "together": ".".join(together.path) if together else None,
        "example": example(field),
    }
    return {key: value for key, value in said.items() if value is not None}
