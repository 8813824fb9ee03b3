"""One question to the index: which records meet it, in which order, and which do nearly."""

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import orjson

from capreg.index.answer import Hit, Hits, Met
from capreg.index.bits import bits_of, records_of
from capreg.index.candidates import Candidates
from capreg.index.catalogue import Catalogue, DamagedIndexError, read_card
from capreg.index.judging import Judges
from capreg.index.order import Order
from capreg.index.scopes import Scope, Sums
from capreg.index.translation import Translation
from capreg.index.words import names_of
from capreg.model.value import Value
from capreg.query.asking import Asking
from capreg.query.match import Match, match
from capreg.query.question import Question
from capreg.query.way import FULL_SCORE, fit_of

NOTHING: Mapping[int, Met] = MappingProxyType({})
# How many requirements a near miss fails or does not state.
NEARLY = 1


class Asked(Value):
    """A question in SQL, and whether the scores and the distances that SQL makes are those of the matcher."""

    sums: Sums
    preferred: str
    is_score_exact: bool
    is_distance_exact: bool


class Engine:
    """Asks one index one question. What SQL cannot say, or not order, the matcher decides record by record."""

    def __init__(self, catalogue: Catalogue, asking: Asking, question: Question, liked: Question | None = None) -> None:
        self.connection, self.asking = catalogue.connection, asking
        self.layout = catalogue.layout(asking.kind)
        self.question, self.liked = question, liked or Question()
        self.candidates = Candidates(self.connection, self.layout)
        self.judges = Judges(asking.on, partial(names_of, self.connection))

    def hits(self, order: Order) -> Hits:
        """Return all records that meet the question, in an order."""
        found = self._rows(order)
        if found is not None:
            return Hits(found, self._read, self._read_page)
        may_meet = self._listed(self.candidates.of(self.question))
        met = [(rec, hit) for rec, hit in self._read(may_meet) if not hit.near_miss]
        number = {hit.id: rec for rec, hit in met}
        judged = array("I", (number[hit.id] for hit in order.sorted([hit for _, hit in met])))
        return Hits(judged, self._read, self._read)

    def nearly(self) -> tuple[Hit, ...]:
        """Return the records that fail or do not state exactly one requirement, by id."""
        found = (hit for _, hit in self._read(self._near()) if hit.near_miss and hit.match.unmet == NEARLY)
        return tuple(sorted(found, key=lambda hit: hit.id))

    @property
    def measured(self) -> bool:
        """Whether a distance is asked for."""
        return self._asked.sums.distance != "NULL" or not self._asked.is_distance_exact

    @cached_property
    def _at_site(self) -> bool:
        return self.question.at_site and self.layout.kind.shared is not None

    @cached_property
    def _asked(self) -> Asked:
        translation = Translation(self.layout, self.judges)
        scope = Scope({self.layout.kind.shared.path: "s"} if self._at_site else {})
        sums = translation.sums(self.question, scope)
        measured = translation.is_distance_exact
        return Asked(sums, translation.preferred(self.liked, Scope({})), translation.is_score_exact, measured)

    def _rows(self, order: Order) -> array | None:
        """Return the records that meet the question in an order, None where SQL cannot say which."""
        asked = self._asked
        terms = order.terms(self.layout, asked.is_score_exact, asked.is_distance_exact)
        if terms is None:
            return None
        columns = self._columns
        wanted = "".join(f", {columns[name]} AS {name}" for name in columns if any(name in one for one in terms))
        return self._run(f"{self._met(wanted)} ORDER BY {', '.join(terms)}", self.candidates.of(self.question), _first)

    def _met(self, columns: str) -> str:
        """Return SQL that selects the records that meet the question, with columns beside their numbers."""
        where = " AND ".join(self._asked.sums.met) or "1"
        return f"SELECT r.rec{columns} FROM {{candidates}} AND {where}{' GROUP BY r.rec' if self._at_site else ''}"

    @cached_property
    def _columns(self) -> dict[str, str]:
        """The fit of a record in thousandths, and its distance, at the site that serves best."""
        best, nearest = ("max", "min") if self._at_site else ("", "")
        count = self._count
        total = f"{best}({self._asked.sums.score}) + {self._asked.preferred}"
        fit = f"(2000 * ({total}) + {FULL_SCORE * count}) / {2 * FULL_SCORE * count}" if count else "1000"
        return {"fit": fit, "distance": f"{nearest}({self._asked.sums.distance})"}

    @property
    def _count(self) -> int:
        """How many verdicts make the fit."""
        return _requirements(self.question) + _requirements(self.liked)

    def _near(self) -> Sequence[int]:
        unmet, among = self._asked.sums.unmet, self.candidates.nearly(self.question)
        found = self._run(
            f"SELECT r.rec FROM {{candidates}} GROUP BY r.rec HAVING min({unmet}) <= {NEARLY}", among, _first
        )
        return self._listed(among) if found is None else found

    def _run(self, asked: str, among: int | None, take: Callable[[Iterable[tuple]], Any]) -> Any:
        """Return what is taken of the rows that SQL yields among some records, None where it is too much for SQLite."""
        kind = self.layout.kind
        records = self.layout.name
        candidates = f"{records} r"
        if self._at_site:
            candidates += f" CROSS JOIN {self.layout.table(kind.shared).name} s ON s.rec = r.rec"
        # In the order of their numbers, so that sites are grouped as they come.
        candidates += " WHERE 1" if among is None else " WHERE r.rec IN (SELECT value FROM json_each(?))"
        values = () if among is None else (orjson.dumps(list(records_of(among))).decode(),)
        try:
            with self.judges.callable_from(self.connection):
                return take(self.connection.execute(asked.format(candidates=candidates), values))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            return None

    def _listed(self, among: int | None) -> list[int]:
        """Return the records of a set; all where it is None."""
        if among is not None:
            return list(records_of(among))
        return [rec for (rec,) in self.connection.execute(f"SELECT rec FROM {self.layout.name}")]

    def _read(self, records: Sequence[int], met: Mapping[int, Met] = NOTHING) -> Iterator[tuple[int, Hit]]:
        """Yield each record by its number, as far as it is still there, with what is known of it already."""
        card = (
            f"SELECT id, document, check_sum FROM {self.layout.name} JOIN {self.layout.card} USING (rec) WHERE rec = ?"
        )
        try:
            for rec in records:
                row = self.connection.execute(card, (rec,)).fetchone()
                if row:
                    yield rec, Hit(row[0], read_card(*row[1:]), self._judged, met.get(rec))
        except sqlite3.DatabaseError:
            raise DamagedIndexError from None

    def _read_page(self, records: Sequence[int]) -> Iterator[tuple[int, Hit]]:
        """Yield records that meet the question, with the fit and the distance that SQL tells, where they are those of the matcher."""
        asked = self._asked
        if not (asked.is_score_exact and asked.is_distance_exact):
            return self._read(records)
        site = "s.entry" if self._at_site else "0"
        ways = (
            f"SELECT r.rec, {asked.sums.score} + {asked.preferred}, {asked.sums.distance}, {site} FROM {{candidates}}"
        )
        found = self._run(" AND ".join((ways, *asked.sums.met)), bits_of(records), self._known)
        return self._read(records, found or NOTHING)

    def _known(self, rows: Iterable[tuple]) -> dict[int, Met]:
        """Return what is known of records by the rows of their sites that meet everything; see `of_several` in `query/way.py`."""
        ways: dict[int, list[tuple]] = {}
        for rec, total, distance, site in rows:
            ways.setdefault(rec, []).append((distance or 0.0, -total, site, distance))
        return {rec: self._best(found) for rec, found in ways.items()}

    def _best(self, ways: list[tuple]) -> Met:
        *_, site, distance = min(ways)
        fit = fit_of(-min(negative for _, negative, *_ in ways), self._count)
        return Met(fit, distance, max(site, 0))

    def _judged(self, document: Mapping[str, Any]) -> Match:
        return match(self.question, document, self.asking, self.liked)


def _first(rows: Iterable[tuple]) -> array:
    """Return the records that rows begin with."""
    return array("I", (row[0] for row in rows))


def _requirements(question: Question) -> int:
    """Return how many verdicts a question has."""
    return len(question.record) + len(question.shared) + sum(len(part.items) for part in question.parts)
