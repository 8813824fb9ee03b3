"""How complete records are, as a page for the hub's own eyes: a line for each question that would help."""

from collections.abc import Iterator, Sequence
from typing import Any

from capreg.model.kinds import Kind
from capreg.views.labels import label
from capreg.views.page import SCHEMA_VERSION, Column, Page, Rows

NUMBERS = ("score", "asked", "found")
KEYS = ("id", "name", "score", "question", "field", "asked", "found")
# What people read: the name stands for the id, the question for its field.
READ = ("name", "score", "question", "asked", "found")


def complete_page(found: Sequence[Any], kind: Kind, language: str) -> Page:
    """Return the page of how complete the records of a kind are; one that misses nothing has a line without a question."""
    data = [line for one in found for line in _lines(one, kind, language)]
    columns = {key: Column(key, label(f"complete {key}", language), numeric=key in NUMBERS) for key in KEYS}
    rows, read = (
        Rows([columns[key] for key in keys], [[line[key] for key in keys] for line in data]) for keys in (KEYS, READ)
    )
    return Page([read], rows, {"schema_version": SCHEMA_VERSION, "results": data}, data, hub_only=True)


def _lines(one: Any, kind: Kind, language: str) -> Iterator[dict[str, Any]]:
    head = {"id": one.id, "name": str(one.document.get(kind.title, "")), "score": int(one.score * 100)}
    if not one.missing:
        yield {**head, "question": None, "field": None, "asked": None, "found": None}
    for missing in one.missing:
        question = {"question": missing.question.ask[language], "field": missing.question.name}
        yield {**head, **question, "asked": missing.asked, "found": missing.found}
