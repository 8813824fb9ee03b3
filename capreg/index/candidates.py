"""Which records may meet a question at all: quickly told from words, places and texts, before anything is judged.

A set is never too small; None is all records.
"""

import sqlite3
from array import array
from collections.abc import Iterator
from functools import reduce
from itertools import chain
from operator import and_, or_

from capreg.index.bits import bits_of, read
from capreg.index.cells import around
from capreg.index.layout import Layout
from capreg.index.lines import text_query
from capreg.model.kinds import Field
from capreg.query.conditions import WordOf
from capreg.query.near import Near
from capreg.query.phrases import Text
from capreg.query.question import AnyText, Either, Every, Expression, Question, Requirement

Bits = int | None


class Candidates:
    """What the index says of the records of one kind."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout) -> None:
        self.connection, self.layout = connection, layout
        self.kind = layout.kind.id

    def of(self, question: Question) -> Bits:
        """Return the records that may meet a question."""
        return _all(found for _, found in self._items(question))

    def nearly(self, question: Question) -> Bits:
        """Return the records that may meet a question but for one of its terms."""
        terms: dict[int, Bits] = {}
        for position, found in self._items(question):
            terms[position] = _all((terms.get(position), found))
        known = [found for found in terms.values() if found is not None]
        if len(known) < 2:
            return None
        return reduce(or_, (reduce(and_, (*known[:at], *known[at + 1 :])) for at in range(len(known))))

    def _items(self, question: Question) -> Iterator[tuple[int, Bits]]:
        """Yield where in the query each term stands, and the records that may meet it."""
        for item in (*question.record, *question.shared, *(one for part in question.parts for one in part.items)):
            yield item.position, self._expression(item.part)

    def _expression(self, part: Expression) -> Bits:
        if isinstance(part, Requirement):
            return self._requirement(part)
        if isinstance(part, AnyText):
            return self._anywhere(part.condition)
        if isinstance(part, Question):
            return self.of(part)
        if isinstance(part, Every):
            return _all(map(self._expression, part.parts))
        return _any([self._expression(one) for one in part.parts]) if isinstance(part, Either) else None

    def _requirement(self, asked: Requirement) -> Bits:
        condition = asked.condition
        if isinstance(condition, WordOf):
            return _any([self.stating(one, condition.meeting) for one in asked.fields])
        if isinstance(condition, Near):
            return self._near(condition)
        return (
            self._holding(f"{{lines stems}} : ({text_query(condition.phrases)})")
            if isinstance(condition, Text)
            else None
        )

    def stating(self, field: Field, words: frozenset[str]) -> int:
        """Return the records that state any of some words in a field."""
        asked = ", ".join("?" * len(words))
        rows = self.connection.execute(
            f"SELECT bits FROM bits WHERE kind = ? AND field = ? AND word IN ({asked})",
            (self.kind, self.layout.number[field.path], *words),
        )
        return reduce(or_, (read(data) for (data,) in rows), 0)

    def _near(self, near: Near) -> Bits:
        reach = near.reach_km
        if reach is None:
            return None
        runs = " OR ".join(f"cell BETWEEN {first} AND {last}" for first, last in around(near.place.position, reach))
        rows = self.connection.execute(f"SELECT records FROM {self.layout.cells} WHERE {runs}")
        cells = [array("I", records) for (records,) in rows if records]
        # Those of a cell stand in their order.
        return bits_of(chain.from_iterable(cells), max((records[-1] for records in cells), default=0))

    def _anywhere(self, text: Text) -> int:
        """Return the records whose texts may hold words, or that state a word which goes by them."""
        asked = text_query(text.phrases)
        codes = self.connection.execute("SELECT rowid FROM word_text WHERE word_text MATCH ?", (asked,))
        words = " OR ".join(f'"{code}"' for (code,) in codes)
        return self._holding(f"({{lines stems}} : ({asked}))" + (f" OR (words : ({words}))" if words else ""))

    def _holding(self, asked: str) -> int:
        table = self.layout.text
        return bits_of(
            rec for (rec,) in self.connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (asked,))
        )


def _all(sets) -> Bits:
    known = [one for one in sets if one is not None]
    return reduce(and_, known) if known else None


def _any(sets: list[Bits]) -> Bits:
    return None if any(one is None for one in sets) else reduce(or_, sets, 0)
