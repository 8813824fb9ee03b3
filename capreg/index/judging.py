"""The conditions of a query as SQL calls them: each judges what stands in a column, as the matcher does.

Scores are those of `capreg.query.way`: they order verdicts, so that AND is the least and OR the greatest of them. NULL is
a field that is not stated at all.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import Any

from capreg.index.layout import Column
from capreg.index.values import Stored, read
from capreg.model.place import Position
from capreg.query.conditions import WordOf, validity
from capreg.query.near import Near
from capreg.query.phrases import Text
from capreg.query.stated import judge_at
from capreg.query.verdict import NOT_STATED, Truth, Verdict
from capreg.query.way import met_score, score

# What SQLite says where a function was stopped.
STOPPED = "user-defined function raised exception"
# What is kept is forgotten when it is so much, so that memory does not grow with the registry.
MOST_KEPT = 20_000
# The score of words, of which nothing but their truth is known.
OF_WORDS = {truth: score(Verdict(truth)) for truth in Truth}


Work = Callable[..., Any]


class Kept(dict):
    """What some work makes of each thing, kept; SQL looks up what is there without a step of Python."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, thing: Any) -> Any:
        found = self._work(thing)
        if len(self) >= MOST_KEPT:
            self.clear()
        self[thing] = found
        return found


class Judged:
    """A condition and the column that it judges, with the scores and the distances of what it has judged already."""

    def __init__(self, condition: Any, column: Column, guarded: Callable[[Work], Work]) -> None:
        """Take what lets work be called from SQL."""
        self.condition, self.column = condition, column
        self.scores, self.distances = Kept(guarded(self.score)), Kept(guarded(self.distance_km))

    def score(self, value: Stored) -> int | None:
        """Return the score of what the column holds, None where it is not stated."""
        if value is None:
            return None
        if isinstance(self.condition, WordOf) and self.column.is_plain:
            words = read(value)
            return OF_WORDS[self.condition.truth(words if isinstance(words, list) else (words,))]
        verdict = self._verdict(value)
        return None if verdict is NOT_STATED else score(verdict)

    def distance_km(self, value: Stored) -> float | None:
        """Return the distance of a position, in km."""
        return None if value is None else self._verdict(value).distance_km

    def _verdict(self, value: Stored) -> Verdict:
        """Return the matcher's verdict."""
        return judge_at(read(value), () if self.column.is_plain else self.column.path, self.condition)


class Measured:
    """A radius in km around a place, and the distances that were measured from there already: each is asked for twice."""

    def __init__(self, near: Near, guarded: Callable[[Work], Work]) -> None:
        """Take what lets work be called from SQL."""
        self.near = near
        self.score, self.distance_km = guarded(self._score), lru_cache(MOST_KEPT)(guarded(self._distance_km))

    def _distance_km(self, latitude: float | None, longitude: float | None) -> float | None:
        """Return how far a position lies, None where it is not stated."""
        if latitude is None or longitude is None:
            return None
        return self.near.place.position.distance_km(Position(latitude, longitude))

    def _score(self, latitude: float | None, longitude: float | None) -> int | None:
        distance = self.distance_km(latitude, longitude)
        if distance is None:
            return None
        comfort = self.near.comfort(distance)
        return 0 if comfort is None else met_score(comfort)


class Judges:
    """The conditions of one query, by number, with the verdicts that were given already: the same few values recur."""

    def __init__(self, on: date, names_of: Callable[[int], list[str]]) -> None:
        """Take the day that counts, and what reads the names of a vocabulary's word by its number, a line each."""
        self.on, self.names_of = on, names_of
        self.judged: list[Judged] = []
        self.measured: list[Measured] = []
        self._texts: list[tuple[Kept, Kept]] = []
        self._periods = Kept(lambda period: score(validity(*period, on)))
        self._stopped: BaseException | None = None

    def judge(self, condition: Any, column: Column) -> int:
        """Return the number of a condition on a column: `judge3(value)` is the score of a value for the third."""
        for number, known in enumerate(self.judged):
            if known.condition is condition and known.column is column:
                return number
        self.judged.append(Judged(condition, column, self._guarded))
        return len(self.judged) - 1

    def measure(self, near: Near) -> int:
        """Return the number of a radius in km: `reach0(latitude, longitude)` is a score for the first, `far0` a distance."""
        for number, known in enumerate(self.measured):
            if known.near is near:
                return number
        self.measured.append(Measured(near, self._guarded))
        return len(self.measured) - 1

    def look_for(self, text: Text) -> int:
        """Return the number of words that are looked for in any text."""
        lines = Kept(self._guarded(lambda line: text.stands_in(line.split())))
        names = Kept(self._guarded(lambda code: sum(lines[line] for line in self.names_of(int(code)))))
        self._texts.append((lines, names))
        return len(self._texts) - 1

    @contextmanager
    def callable_from(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Make the conditions callable from SQL for the time of a block; afterwards nothing holds the connection.

        What stops one of them, a fault or an interrupt, is raised as it is; SQLite does not hand it on.
        """
        functions = self._functions()
        for name, (count, function) in functions.items():
            connection.create_function(name, count, function, deterministic=True)
        try:
            yield
        except sqlite3.OperationalError as error:
            if self._stopped is not None or STOPPED in str(error):
                raise self._stopped or KeyboardInterrupt from None
            raise
        finally:
            for name, (count, _) in functions.items():
                connection.create_function(name, count, None)

    def _functions(self) -> dict[str, tuple[int, Callable]]:
        scores = {f"judge{number}": (1, one.scores.__getitem__) for number, one in enumerate(self.judged)}
        distances = {f"distance{number}": (1, one.distances.__getitem__) for number, one in enumerate(self.judged)}
        reach = {f"reach{number}": (2, one.score) for number, one in enumerate(self.measured)}
        far = {f"far{number}": (2, one.distance_km) for number, one in enumerate(self.measured)}
        periods = {"valid": (2, lambda since, until: self._periods[since, until])}
        return {**scores, **distances, **reach, **far, **periods, "texts": (3, self._holding)}

    def _guarded(self, work: Work) -> Work:
        """Return work that keeps what stops it."""

        def run(*things: Any) -> Any:
            try:
                return work(*things)
            except BaseException as error:
                self._stopped = error
                raise

        return run

    def _holding(self, number: int, lines: str, words: str) -> int:
        """Return the score of words that are looked for in a record's texts and in the names of the words it states."""
        in_line, in_names = self._texts[number]
        found = sum(map(in_line.__getitem__, lines.split("\n"))) + sum(map(in_names.__getitem__, words.split()))
        return met_score(round(found / (found + 1), 6)) if found else 0
