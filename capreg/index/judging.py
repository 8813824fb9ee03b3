"""The conditions of a query as SQL calls them: each judges what stands in a column, as the matcher does.

Scores are those of `capreg.query.way`: they order verdicts, so that AND is the least and OR the greatest of them. NULL is
a field that is not stated at all.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

import orjson

from capreg.index.layout import Column
from capreg.index.values import Stored, read
from capreg.model.place import Position
from capreg.query.conditions import validity
from capreg.query.near import Near
from capreg.query.phrases import Text
from capreg.query.stated import judge_at
from capreg.query.verdict import NOT_STATED, Truth, Verdict
from capreg.query.way import score

# How many arguments each function takes in SQL.
ARGUMENTS = {"judge": 2, "distance": 2, "valid": 2, "texts": 3}


class Judged(NamedTuple):
    """A condition and the column that it judges."""

    condition: Any
    column: Column

    @property
    def is_distance(self) -> bool:
        """Whether positions are judged by nothing but their distance: there are as many of them as records."""
        return isinstance(self.condition, Near) and self.condition.unit == "km" and "*" not in self.column.path

    def position(self, value: bytes) -> Position:
        """Return the position that the column holds."""
        found = orjson.loads(value)
        for step in self.column.path:
            found = found[step]
        return Position(found["latitude"], found["longitude"])

    def verdict(self, value: Stored) -> Verdict:
        """Return the matcher's verdict on what the column holds."""
        return judge_at(read(value), () if self.column.is_plain else self.column.path, self.condition)


class Judges:
    """The conditions of one query, by number, with the verdicts that were given already: the same few values recur."""

    def __init__(self, on: date, names_of: Callable[[int], list[str]]) -> None:
        """Take the day that counts, and what reads the names of a vocabulary's word by its number, a line each."""
        self.on, self.names_of = on, names_of
        self.judged: list[Judged] = []
        self.texts: list[Text] = []
        self._scores: list[dict[Stored, int | None]] = []
        self._distances: list[dict[Stored, float | None]] = []
        self._lines: list[dict[str, bool]] = []
        self._names: list[dict[str, int]] = []
        self._periods: dict[tuple, int] = {}
        self._stopped: BaseException | None = None

    def judge(self, condition: Any, column: Column) -> int:
        """Return the number of a condition on a column."""
        for number, known in enumerate(self.judged):
            if known.condition is condition and known.column is column:
                return number
        self.judged.append(Judged(condition, column))
        self._scores.append({})
        self._distances.append({})
        return len(self.judged) - 1

    def look_for(self, text: Text) -> int:
        """Add words that are looked for in any text, and return their number."""
        self.texts.append(text)
        self._lines.append({})
        self._names.append({})
        return len(self.texts) - 1

    @contextmanager
    def callable_from(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Make the conditions callable from SQL for the time of a block; afterwards nothing holds the connection."""
        functions = {"judge": self.score, "distance": self.distance, "valid": self.period, "texts": self.holding}
        for name, function in functions.items():
            connection.create_function(name, ARGUMENTS[name], self._watched(function), deterministic=True)
        try:
            yield
        except sqlite3.OperationalError:
            # What stopped a function (an interrupt, a fault) is told, not that SQL stopped.
            if self._stopped is not None:
                raise self._stopped from None
            raise
        finally:
            for name in functions:
                connection.create_function(name, ARGUMENTS[name], None)

    def _watched(self, function: Callable) -> Callable:
        """Return a function that keeps what stops it, which SQLite does not hand on."""

        def call(*values: Any) -> Any:
            try:
                return function(*values)
            except BaseException as error:
                self._stopped = error
                raise

        return call

    def score(self, number: int, value: Stored) -> int | None:
        """Return the score of a value, NULL for none."""
        known = self._scores[number]
        if value not in known:
            known[value] = self._score(number, value)
        return known[value]

    def _score(self, number: int, value: Stored) -> int | None:
        judged = self.judged[number]
        if value is None:
            return None
        if judged.is_distance:
            self._distances[number][value], comfort = judged.condition.comfort_km(judged.position(value))
            return 0 if comfort is None else score(Verdict(Truth.MEETS, comfort=comfort))
        verdict = judged.verdict(value)
        return None if verdict is NOT_STATED else score(verdict)

    def distance(self, number: int, value: Stored) -> float | None:
        """Return the distance of a position, in km."""
        known = self._distances[number]
        if value not in known:
            known[value] = None if value is None else self.judged[number].verdict(value).distance_km
        return known[value]

    def period(self, since: str | None, until: str | None) -> int:
        """Return the score of a period on the day that counts."""
        if (since, until) not in self._periods:
            self._periods[since, until] = score(validity(since, until, self.on))
        return self._periods[since, until]

    def holding(self, number: int, lines: str, words: str) -> int:
        """Return the score of words that are looked for in a record's texts and in the names of the words it states."""
        found = sum(self._in_line(number, line) for line in lines.split("\n"))
        found += sum(self._in_names(number, code) for code in words.split())
        return score(Verdict(Truth.MEETS, comfort=round(found / (found + 1), 6))) if found else 0

    def _in_line(self, number: int, line: str) -> bool:
        known = self._lines[number]
        if line not in known:
            known[line] = self.texts[number].stands_in(line.split())
        return known[line]

    def _in_names(self, number: int, code: str) -> int:
        known = self._names[number]
        if code not in known:
            known[code] = sum(self._in_line(number, line) for line in self.names_of(int(code)))
        return known[code]
