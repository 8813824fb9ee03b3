"""One record -> its rows in the index."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from capreg.index.cells import cell
from capreg.index.layout import ABSENT, EMPTY, Layout, Path, Table
from capreg.index.lines import lines_and_stems, strings
from capreg.index.values import Stored, row
from capreg.model.place import Position
from capreg.model.record import values
from capreg.model.text import fold
from capreg.model.value import Value


class Rows(Value):
    """All that the index holds of one record: its own rows and card, the rows of its entries by table, cells, text, words.

    `text` is None where the index has it already.
    """

    record: tuple[Stored, ...]
    wide: tuple[Stored, ...]
    card: bytes
    entries: list[tuple[str, list[tuple[Stored, ...]]]]
    cells: set[int]
    text: tuple[str, str, str] | None
    words: list[tuple[int, str]]


def rows_of(
    layout: Layout,
    codes: Mapping[tuple[str, str], int],
    document: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> Rows:
    """Return the rows of a record that is cut to the tier of the index.

    Args:
        codes: the numbers of the words, by vocabulary and id.
        before: the record as the index has it.
    """
    listed = [(table, _list_at(document, table.together.path)) for table in layout.lists.values()]
    counts = [None if entries is None else len(entries) for _, entries in listed]
    words = _words(layout, document)
    is_told = before is not None and words == _words(layout, before) and _strings(document) == _strings(before)
    return Rows(
        (title_key(layout, document), *counts, *row(document, layout.record)),
        row(document, layout.wide),
        orjson.dumps(document),
        [(table.name, list(_entries(layout, table, entries))) for table, entries in listed],
        {cell(one) for one in positions(layout, document)},
        None if is_told else _text(layout, codes, document, words),
        list(dict.fromkeys(words)),
    )


def _words(layout: Layout, document: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return the words of vocabularies that a record states, each with the number of its field."""
    return [(number, word) for number, field in layout.worded for word in values(document, field.path) if word]


def _strings(document: Mapping[str, Any]) -> list[str]:
    """Return the texts of a record; its kind is none of them."""
    return strings({key: value for key, value in document.items() if key != "kind"}, [])


def title_key(layout: Layout, document: Mapping[str, Any]) -> Stored:
    """Return by what records are ordered that are alike otherwise: the folded title."""
    title = next((value for one in layout.titles for value in values(document, one.path)), None)
    return title if isinstance(title, (int, float)) else None if title is None else fold(str(title))


def _list_at(document: Any, path: Path) -> Sequence | None:
    for step in path:
        if not isinstance(document, Mapping) or step not in document:
            return None
        document = document[step]
    return document


def _entries(layout: Layout, table: Table, entries: Sequence | None) -> Iterator[tuple[Stored, ...]]:
    """Yield the rows of a list; of the one that is shared by a whole question, a row also where it has no entry."""
    if not entries and table.together == layout.kind.shared:
        yield (ABSENT if entries is None else EMPTY, *(None for _ in table.columns))
    for at, entry in enumerate(entries or ()):
        yield (at, *row(entry, table))


def positions(layout: Layout, document: Mapping[str, Any]) -> Iterator[Position]:
    """Yield every position of a record from which a distance is measured."""
    for path in layout.positions:
        for value in values(document, path):
            if value is not None:
                yield Position(value["latitude"], value["longitude"])


def _text(
    layout: Layout, codes: Mapping[tuple[str, str], int], document: Mapping[str, Any], words: list[tuple[int, str]]
) -> tuple[str, str, str]:
    """Return the lines of a record's texts, their stems, and the numbers of the words it states.

    A word that no vocabulary knows is a text of its own.
    """
    vocabulary = layout.vocabulary
    known, unknown = [], []
    for number, word in words:
        code = codes.get((vocabulary[number], word))
        (unknown if code is None else known).append(word if code is None else str(code))
    return (*lines_and_stems([*unknown, *_strings(document)]), " ".join(known))
