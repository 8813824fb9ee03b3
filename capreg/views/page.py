"""What every result is made into before a format shows it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from capreg.model.quantity import shown
from capreg.model.value import Value


class Screen(Value):
    """Where a page is shown: how many cells wide, and whether in colour."""

    width: int = 100
    color: bool = False


class Column(Value):
    """One column of rows: its name for machines, its label for people, its unit; numbers stand to the right."""

    name: str
    label: str
    unit: str = ""
    numeric: bool = False

    @property
    def head(self) -> str:
        """The label with the unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


class Heading(Value):
    """A title of a part, level 1 to 3."""

    text: str
    level: int = 2


class Pairs(Value):
    """Lines of a label and what it says; what it says may be several lines."""

    pairs: Sequence[tuple[str, str]]


class Rows(Value):
    """Rows of cells under columns; None is what is not stated."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


class Note(Value):
    """A sentence by the way."""

    text: str


class Line(Value):
    """A line that must not be broken, for programs that read it."""

    text: str


Block = Heading | Pairs | Rows | Note | Line


class Again:
    """Something to go through that is made anew each time, so that no more than a piece of it is in memory."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[Any]:
        return iter(self._make())


class Page(Value):
    """A result, ready for any format.

    `blocks` is what people read; `rows` what tsv and csv hold; `data` what JSON holds, and `lines` what ndjson
    holds. A page that is for the hub's own eyes says so in every format that people read, and so does one that leaves
    the hub say for whom it is: `mark` is one line, such as "for Nordwerk AG, 2026-11-26, No. 12", that every sheet
    carries; what machines read leaves it out, its data hold the same. `language` is the one that the page is written in.
    """

    blocks: Iterable[Block]
    rows: Rows
    data: Any
    lines: Iterable[Any]
    hub_only: bool = False
    mark: str = ""
    language: str = ""


HUB_ONLY = "HUB ONLY"
SCHEMA_VERSION = 1


class Named(Value):
    """A cell that names a record for people, and for the next command."""

    title: str
    id: str

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"


def cell(value: Any) -> str:
    """Return a cell as text: lists with commas, the lengths of a size with x, nothing for what is not stated."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return _structure(value)
    if isinstance(value, (list, tuple)):
        return ", ".join("x".join(map(cell, one)) if isinstance(one, (list, tuple)) else cell(one) for one in value)
    return shown(value) if isinstance(value, float) else str(value)


def is_range(value: Mapping[str, Any]) -> bool:
    """Whether a structure holds the ends of a range, one or both or none of them, and nothing else."""
    return set(value) <= {"min", "max"} and all(type(end) in (int, float) for end in value.values())


def _structure(value: dict) -> str:
    """Return a range as a query writes it, a position as its numbers, anything else as JSON."""
    if value and is_range(value):
        return f"{cell(value.get('min'))}..{cell(value.get('max'))}"
    if set(value) == {"latitude", "longitude"}:
        return f"{value['latitude']},{value['longitude']}"
    return orjson.dumps(value).decode()
