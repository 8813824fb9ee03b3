"""What is due, record by record, as a page."""

from collections.abc import Sequence

from capreg.model.due import LAPSED, LAPSES, OLD, Due
from capreg.views.page import SCHEMA_VERSION, Column, Page, Rows
from capreg.views.values import Speech

# What is told of each beside its record and its place.
TOLD = Due._fields[3:]
COLUMNS = ("id", "field", *TOLD[:-1])


def stale_page(kind: str, on: str, found: Sequence[tuple[str, Due]], speech: Speech) -> Page:
    """Return the page of what is due: pairs of a record's id and what is due in it."""
    columns = [
        Column(name, speech.word(f"due {name}"), "d" if name == "age_days" else "", name == "age_days")
        for name in COLUMNS
    ]
    rows = [[id, one.pointer or "/", one.stated_on, one.age_days, why(one, speech)] for id, one in found]
    data = [{"id": id, "field": one.pointer or "/", **{key: getattr(one, key) for key in TOLD}} for id, one in found]
    table = Rows(columns, rows)
    whole = {"schema_version": SCHEMA_VERSION, "kind": kind, "on": on, "due": data}
    return Page([table] if rows else [], table, whole, data, hub_only=True)


def why(one: Due, speech: Speech) -> str:
    """Return in words why something is due."""
    told = speech.word(f"due {one.why}")
    if one.why == OLD:
        return told.format(_duration(one.limit, speech))
    return told.format(one.limit) if one.why in (LAPSED, LAPSES) else told


def _duration(limit: str, speech: Speech) -> str:
    """Return an ISO 8601 duration in words: `6 weeks` for P6W."""
    number, unit = limit[1:-1], limit[-1]
    return f"{number} {speech.word(f'duration {unit}' if number == '1' else f'durations {unit}')}"
