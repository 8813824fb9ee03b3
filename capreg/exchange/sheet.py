"""The rows of a list under their columns, whatever form its file has."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from capreg.errors import CapregError, ExitCode, nearest
from capreg.exchange.mapping import Mapped, is_pattern
from capreg.model.text import tokens
from capreg.model.value import Value

MOST_COLUMNS = 5000
# The head is looked for in so many rows.
HEAD_WITHIN = 30
NOTHING: Mapping[str, Any] = {}


class SheetError(CapregError):
    """A list cannot be read: its encoding, its form, its columns."""

    exit_code = ExitCode.INVALID


class Raw(Value):
    """A row as its file has it; `faults` says by position which cells cannot be read, `remark` what is to be told."""

    number: int
    cells: Sequence[Any]
    remark: str = ""
    faults: Mapping[int, str] = NOTHING


class Row(Value):
    """One row; `number` is the one a spreadsheet shows, the first being 1. Cells that are texts are stripped of blanks.

    `fault` says why the row cannot be taken, "" where it can; `faults` says by column which cells cannot be read;
    `remark` is told though the row is taken.
    """

    number: int
    cells: Mapping[str, Any]
    fault: str = ""
    faults: Mapping[str, str] = NOTHING
    remark: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a mapping wants of a list: its columns, those that may be missing, their other names, and where the head stands."""

    columns: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    also: Mapping[str, list[str]] = field(default_factory=dict)
    header: int | None = None

    @classmethod
    def of(cls, mapping: Mapped) -> "Wanted":
        """Return what a mapping wants."""
        return cls(frozenset(mapping.columns()), frozenset(mapping.optional()), mapping.also, mapping.header)

    def all(self) -> list[str]:
        """Return the names of all columns, in the order of the alphabet."""
        return sorted(self.columns | self.optional)


@dataclass(frozen=True)
class Listed:
    """A list that was opened: its columns, its rows, and what was taken for granted in reading it.

    `total` is how many rows there are, or more; 0 where nobody knows.
    """

    columns: Sequence[str]
    rows: Iterator[Row]
    remarks: Sequence[str] = ()
    total: int = 0


def tabled(
    name: str, raws: Iterator[Raw], wanted: Wanted, remarks: Sequence[str], total: int = 0, is_wide: bool = False
) -> Listed:
    """Return the rows of a table below its head; blank ones are passed over.

    Args:
        name: how messages call the file, and the sheet.
        is_wide: a cell beyond the head is one that nobody named, and no sign that cells have moved.

    Raises:
        SheetError: a column is not there, or there are too many.
    """
    first = list(islice(raws, HEAD_WITHIN if wanted.header is None else wanted.header))
    at = _head_at(first, wanted)
    head = first[at] if 0 <= at < len(first) else None
    rest = chain(first[at + 1 :] if head else first, raws)
    if head is None:
        begun = list(islice(rest, HEAD_WITHIN))
        head, rest = (
            Raw(0, [letters(one) for one in range(max((len(one.cells) for one in begun), default=0))]),
            chain(begun, rest),
        )
        if wanted.header:
            raise SheetError(f"{name}: there is no row {wanted.header} for the head", "Say the row: header: 1")
    names = [" ".join(_text(one).split()) for one in head.cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise SheetError(f"{name}, row {head.number}: {len(names):,} columns, and at most {MOST_COLUMNS:,} are read")
    taken = _taken(name, head.number, names, wanted)
    told = [*remarks, *([f"the head is row {head.number}"] if head.number > 1 and wanted.header is None else [])]
    return Listed([one for one in names if one], _rows(rest, names, taken, is_wide), told, total)


def letters(position: int) -> str:
    """Return what a spreadsheet calls a column: 0 is A, 26 is AA."""
    above, here = divmod(position, 26)
    return (letters(above - 1) if above else "") + chr(ord("A") + here)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _head_at(first: Sequence[Raw], wanted: Wanted) -> int:
    """Return the place of the head among the first rows, -1 for none: the one that has most of the wanted columns."""
    if wanted.header is not None:
        return next((at for at, one in enumerate(first) if one.number == wanted.header), -1)
    names = wanted.all()
    scores = []
    for at, one in enumerate(first):
        texts = [" ".join(_text(cell).split()) for cell in one.cells]
        found = sum(bool(positions(texts, name, wanted.also)) for name in names) if names else _headlike(one.cells)
        scores.append((found, -at))
    best, at = max(scores, default=(0, 0))
    if not best:
        at = -next((at for at, one in enumerate(first) if any(map(_text, one.cells))), 0)
    return -at if first else -1


def _headlike(cells: Sequence[Any]) -> int:
    """Return how many different short texts a row has, which is what a head is made of."""
    texts = {cell.strip() for cell in cells if isinstance(cell, str)}
    return len({text for text in texts if text and len(text) < 80 and not re.fullmatch(r"[\d.,/:+-]+", text)})


def positions(names: Sequence[str], wanted: str, also: Mapping[str, Sequence[str]]) -> list[int]:
    """Return where a wanted column stands: by its own name, by another, by either whatever case and signs, by a pattern."""
    others = also.get(wanted, ())
    plain = [wanted, *(one for one in others if not is_pattern(one))]
    for one in plain:
        if one in names:
            return [at for at, name in enumerate(names) if name == one]
    folded = [tokens(name) for name in names]
    for one in plain:
        if found := [at for at, name in enumerate(folded) if name and name == tokens(one)]:
            return found
    for one in others:
        if is_pattern(one):
            pattern = re.compile(one[1:-1], re.IGNORECASE)
            if found := [at for at, name in enumerate(names) if name and pattern.fullmatch(name)]:
                return found
    return []


def _taken(name: str, number: int, names: Sequence[str], wanted: Wanted) -> dict[str, int]:
    """Return the places of the columns that are read, by the names that the mapping gives them; all if it wants none."""
    if not wanted.columns and not wanted.optional:
        return {one or letters(at): at for at, one in reversed(list(enumerate(names)))}
    taken = {}
    for one in wanted.all():
        found = positions(names, one, wanted.also)
        if len(found) == 1:
            taken[one] = found[0]
        elif found or one in wanted.columns:
            what = "there are several columns" if found else "there is no column"
            hint = nearest(one, (name for name in names if name))
            raise SheetError(f"{name}, row {number}: {what} '{one}'", hint)
    return taken


def _rows(raws: Iterator[Raw], names: Sequence[str], taken: Mapping[str, int], is_wide: bool) -> Iterator[Row]:
    width, head = len(names), [one for one in names if one]
    reading = [(column, at) for column, at in taken.items()]
    for number, cells, remark, faults in raws:
        stripped = [cell.strip() if isinstance(cell, str) else "" if cell is None else cell for cell in cells]
        if not any(one != "" for one in stripped) and not faults:
            continue
        fault = ""
        if len(stripped) > width and not is_wide and any(one != "" for one in stripped[width:]):
            fault = f"it has {len(stripped)} cells, the head {width}"
        elif [one for one in stripped if one != ""] == head:
            fault = "it repeats the head"
        length = len(stripped)
        found = {column: stripped[at] for column, at in reading if at < length}
        unread = {column: faults[at] for column, at in reading if at in faults} if faults else NOTHING
        yield Row(number, found, fault, unread, remark)


Told = Callable[[int, int], None]
