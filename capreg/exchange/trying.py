"""In which way the cells of a column could be read as a field: all ways are tried, the best is told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from capreg.exchange.cells import Writing, text_of
from capreg.exchange.leaves import NUMBERS, Leaf
from capreg.model.kinds import Field
from capreg.model.quantity import unit_named
from capreg.model.schema import schema_at
from capreg.model.vocabulary import Vocabulary
from capreg.store.schemas import LoadedKind

DATES = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y/%m/%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y%m%d",
)
SIGNS = (";", "\n", "|", ",", "/")
# What in the brackets of a head is a unit: `Floor (m2)`, `Weight [kg]`.
UNIT = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]")
ENOUGH = 60
# A column of which fewer cells hold a word of a vocabulary, as a share, is none of words.
WORDY = 0.3


@dataclass(frozen=True)
class Tried:
    """A way of reading cells as a field: what the mapping says of it, and which share of them it takes.

    `is_many` says that a cell holds several entries of the field's list.
    """

    options: Mapping[str, Any]
    share: float
    is_many: bool = False
    other: str = ""

    def told(self, cells: int) -> str:
        """Return in a few words how many of so many cells it takes."""
        number = min(cells, ENOUGH)
        return f"{round(self.share * number)} of {number} different cells fit{self.other}"


def fields_of(loaded: LoadedKind) -> Iterator[tuple[Field, Mapping[str, Any]]]:
    """Yield the fields that a list may give, with their schemas: those that a questionnaire asks, of one value or several plain ones."""
    for at in loaded.kind.root.walk():
        below = at.properties or (at.items and at.items.properties)
        if at.ask and not below and not at.is_entry_id and not at.refers:
            yield at, schema_at(loaded.schema, at.path)


def tried(column: str, cells: Sequence[Any], at: Field, schema: Mapping[str, Any], words: Vocabulary | None) -> Tried:
    """Return the best way of reading the cells of a column as a field."""
    cells = cells[:ENOUGH]
    if (
        cells
        and isinstance(cells[0], Mapping)
        or isinstance(cells[0], list)
        and isinstance((cells[0] or [""])[0], Mapping)
    ):
        return Tried({}, 0)
    found = []
    for options in _ways(column, at, schema):
        leaf = Leaf({"column": column, **options}, at, schema, Writing(), words)
        found.append(Tried(options, sum(_fits(leaf, cell) for cell in cells) / len(cells)))
    found += _several(column, cells, at, schema, words)
    best = max(found, key=lambda one: one.share)
    others = [
        one for one in found if one.share == best.share and one.share and one.options.get("dates") and one is not best
    ]
    if best.options.get("dates") and others:
        return Tried(best.options, best.share, best.is_many, f", and as {others[0].options['dates']} too: look")
    return best


def _is_word(words: Vocabulary, cell: Any) -> bool:
    """Whether a cell, or one of the things in it, is a word."""
    parts = cell if isinstance(cell, list) else re.split(r"[;,/|\n]", text_of(cell))
    return any(words.called(text_of(part).strip()) for part in [*parts, text_of(cell)])


def _fits(leaf: Leaf, cell: Any) -> bool:
    value, fault = leaf.tried(cell)
    return value is not None and not fault


def _ways(column: str, at: Field, schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a mapping could say of a column, the simplest first."""
    type = at.type if at.items is None else at.items.type
    unit = UNIT.search(column)
    named = {"unit": found} if at.unit and unit and (found := unit_named(unit[1])) and found != at.unit else {}
    if at.items is not None:
        signs = ("x", "X", "*") if type in NUMBERS else SIGNS
        yield named
        yield from ({**named, "split": sign} for sign in signs)
        return
    yield named
    if type in NUMBERS:
        yield {**named, "decimal": ","}
        yield {**named, "thousands": ","}
        low, high = at.bounds
        if low is not None and high is not None and low >= 1500 and high <= 2200:
            yield {"as": "year"}
    if schema.get("format") == "date":
        yield from ({"dates": way} for way in DATES)
    if schema.get("pattern") == "^[A-Z]{2}$":
        yield {"as": "country"}
    if schema.get("pattern", "").startswith("^\\+"):
        yield {"as": "telephone"}
    if schema.get("format") == "uri":
        yield {"as": "website"}


def _several(
    column: str, cells: Sequence[Any], at: Field, schema: Mapping[str, Any], words: Vocabulary | None
) -> Iterator[Tried]:
    """Yield the ways of reading a cell as several entries of the list in which the field stands."""
    if words is None or at.items is not None or at.path[-2:-1] != ("*",):
        return
    leaf = Leaf({"column": column}, at, schema, Writing(), words)
    if any(isinstance(cell, list) for cell in cells):
        parts = [part for cell in cells for part in (cell if isinstance(cell, list) else [cell])]
        yield Tried({}, sum(_fits(leaf, part) for part in parts) / max(len(parts), 1), is_many=True)
        return
    for sign in SIGNS:
        if any(sign in text_of(cell) for cell in cells):
            parts = [part.strip() for cell in cells for part in text_of(cell).split(sign) if part.strip()]
            share = sum(_fits(leaf, part) for part in parts) / max(len(parts), 1)
            yield Tried({"split": sign}, share, is_many=True)
