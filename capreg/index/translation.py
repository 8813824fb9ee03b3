"""What is asked -> SQL that says the same as `capreg.query.match`, function by function, for all records at once.

An expression is an SQL term that yields a score; AND is `min`, OR is `max`. In a scope stand the aliases of the rows that
stand for their lists: `r` is always the row of the record.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count

from capreg.index.judging import Judges
from capreg.index.layout import ABSENT, AXES, Column, Layout, Table
from capreg.index.scopes import Scope, Sums, Term
from capreg.index.terms import after, greatest, lasting, least, opposite, told, total
from capreg.model.kinds import Field
from capreg.query.amounts import Number
from capreg.query.conditions import WordOf
from capreg.query.near import Near
from capreg.query.question import AnyText, Either, Every, Expression, Item, Opposite, Part, Question, Requirement
from capreg.query.way import FULL_SCORE, MEETS_SCORE, NOT_STATED_SCORE


class Translation:
    """Turns one question into SQL; its conditions are kept among the judges."""

    def __init__(self, layout: Layout, judges: Judges) -> None:
        self.layout, self.judges = layout, judges
        self.kind = layout.kind
        self.is_score_exact = True
        self.is_distance_exact = True
        self._measured = 0
        self._aliases = (f"x{number}" for number in count())

    def sums(self, question: Question, scope: Scope) -> Sums:
        """Return what a question comes to, at one site where it speaks of one."""
        items = (*question.record, *question.shared)
        terms = [self.item(item, scope) for item in items]
        common = _in_several(question.parts)
        parts = [self.part(part, common, scope) for part in question.parts]
        at = next((at for at, item in enumerate(items) if _is_near(item.part)), None)
        self.is_distance_exact = self._measured == (at is not None)
        met = [term.met for term in terms]
        measured = [] if at is None else [met.pop(at)]
        return Sums(
            [*met, *after([one for part in parts for one in part.met], measured)],
            total([*_scores(terms), *(part.score for part in parts)]),
            total([*(f"({score} < {MEETS_SCORE})" for score in _scores(terms)), *(part.unmet for part in parts)]),
            "NULL" if at is None else self._distance(items[at].part, scope),
        )

    def preferred(self, question: Question, scope: Scope) -> str:
        """Return the greatest sum of scores that a record reaches for preferences, which it need not meet."""
        if question.at_site and self.kind.shared.path not in scope.rows:
            return self._best_site(scope, lambda inner: self.preferred(question, inner))
        terms = [self.item(item, scope) for item in (*question.record, *question.shared)]
        return total([*_scores(terms), *(self._over_entries(part, scope, total) for part in question.parts)])

    def truth(self, question: Question, scope: Scope) -> str:
        """Return the score of a question within another, right in its truth; its comfort is that of the matcher's choice."""
        self.is_score_exact = False
        if question.at_site and self.kind.shared.path not in scope.rows:
            return self._best_site(scope, lambda inner: self.truth(question, inner))
        terms = [self.item(item, scope) for item in (*question.record, *question.shared)]
        return least([*_scores(terms), *(self._over_entries(part, scope, least) for part in question.parts)])

    def part(self, part: Part, common: set[int], scope: Scope) -> Sums:
        """Return what a part comes to: over the entries of its list, the greatest sum of those that meet it.

        Args:
            common: where in the query terms stand that hold for several parts: who fails one fails it once.
        """
        table, alias, items, ties = self._opened(part, scope)
        summed = _tied(items, ties)
        without = self._without(part, scope)
        of_record = f"FROM {table.name} {alias} WHERE {alias}.rec = r.rec"
        met = " AND ".join(one.met for one in (*_numbers_first(part, items), *ties))
        own, alone = (
            total(f"({term} < {MEETS_SCORE})" for term, one in pairs if one.position not in common)
            for pairs in (zip(summed, part.items, strict=True), zip(without, part.items, strict=True))
        )
        is_met, best = (
            f"EXISTS (SELECT 1 {of_record} AND {met})",
            f"(SELECT max({total(summed)}) {of_record} AND {met})",
        )
        if set(without) != {self._missing(part.together)}:
            empty = self._met_without(part, without)
            is_met, best = f"({is_met} OR {empty} IS NOT NULL)", f"coalesce({best}, {empty})"
        return Sums([is_met], best, f"coalesce((SELECT min({own}) {of_record}), {alone})", "NULL")

    def _met_without(self, part: Part, without: list[str]) -> str:
        """Return the sum of what meets a part although its list has no entry, NULL where the part is not met so."""
        met = " AND ".join(f"{one} >= {MEETS_SCORE}" for one in without)
        empty = f"coalesce(r.{self.layout.count(part.together)}, 0) = 0"
        return f"CASE WHEN {empty} AND {met} THEN {total(without)} END"

    def _opened(self, part: Part, scope: Scope) -> tuple[Table, str, list[Term], list[Term]]:
        """Return the table of a part's list, an alias for its rows, the items as one of these meets them, and its ties."""
        table, alias = self.layout.table(part.together), next(self._aliases)
        inner = self._headed(part, scope).within(part.together, alias)
        return table, alias, [self.item(item, inner) for item in part.items], self.holds(part.together, alias, inner)

    def _headed(self, part: Part, scope: Scope) -> Scope:
        first = part.items[0].part
        return scope._replace(head=first.condition if isinstance(first, Requirement) and first.is_head else None)

    def _over_entries(self, part: Part, scope: Scope, together) -> str:
        """Return the best of a part over its entries; of a list without one, what can be said without it."""
        table, alias, items, ties = self._opened(part, scope)
        without = self._without(part, scope)
        found = f"(SELECT max({together(_tied(items, ties))}) FROM {table.name} {alias} WHERE {alias}.rec = r.rec)"
        return f"coalesce({found}, {together(without)})"

    def _without(self, part: Part, scope: Scope) -> list[str]:
        """Return the scores of the items of a part whose list has no entry."""
        missing, headed = self._missing(part.together), self._headed(part, scope)
        return [self.without_entry(item.part, part.together, missing, headed) for item in part.items]

    def without_entry(
        self, part: Expression, together: Field, missing: str, scope: Scope, negated: bool = False
    ) -> str:
        """Return the score of an item of a part whose list has no entry."""
        if isinstance(part, Opposite) and not part.of_record:
            return self.without_entry(part.part, together, missing, scope, not negated)
        if isinstance(part, (Every, Either)):
            every = isinstance(part, Every) != negated
            inner = [self.without_entry(one, together, missing, scope, negated) for one in part.parts]
            return (least if every else greatest)(inner)
        if isinstance(part, Requirement) and part.together == together:
            return missing
        found = self.expression(part, scope)
        return opposite(found) if negated else found

    def _missing(self, together: Field) -> str:
        return f"CASE WHEN r.{self.layout.count(together)} IS NULL THEN {NOT_STATED_SCORE} ELSE 0 END"

    def _best_site(self, scope: Scope, inner) -> str:
        table, alias = self.layout.table(self.kind.shared), next(self._aliases)
        found = inner(scope.within(self.kind.shared, alias))
        return f"(SELECT max({found}) FROM {table.name} {alias} WHERE {alias}.rec = r.rec)"

    def item(self, item: Item, scope: Scope) -> Term:
        """Return one thing asked for."""
        return Term.of(self.expression(item.part, scope), self._met(item.part, scope))

    def _met(self, part: Expression, scope: Scope) -> str | None:
        """Return whether something is met that SQLite itself can tell of one row, None where it is to be judged."""
        if not isinstance(part, Requirement) or len(part.fields) > 1 or part.fields[0].search.otherwise:
            return None
        alias = "r" if part.together is None else scope.rows.get(part.together.path)
        if alias is None:
            return None
        field = part.fields[0]
        if measured := self._measure(field, part.condition, alias):
            return f"far{measured} <= {part.condition.radius!r}"
        column = self.layout.column_of(field)
        held = self._held(field, column, alias)
        return told(field, column, part.condition, held, self._judged(part.condition, column, held))

    def _measure(self, field: Field, condition: object, alias: str) -> str | None:
        """Return what follows the name of a function that measures a position, None where that is to be judged."""
        if not isinstance(condition, Near) or condition.unit != "km" or "*" in self.layout.column_of(field).path:
            return None
        axes = [field.properties.get(axis) for axis in AXES]
        if None in axes:
            return None
        held = (self._held(one, self.layout.column_of(one), alias) for one in axes)
        return f"{self.judges.measure(condition)}({', '.join(held)})"

    def expression(self, part: Expression, scope: Scope) -> str:
        """Return the score of an expression."""
        if isinstance(part, Requirement):
            return self.requirement(part, scope)
        if isinstance(part, AnyText):
            return self.text(part)
        if isinstance(part, Opposite):
            return self.opposite(part, scope)
        if isinstance(part, Question):
            return self.truth(part, scope)
        return (least if isinstance(part, Every) else greatest)([self.expression(one, scope) for one in part.parts])

    def opposite(self, part: Opposite, scope: Scope) -> str:
        """Return the score of NOT; what is negated is as comfortable as can be, however it is met."""
        was_exact = self.is_score_exact
        found = opposite(self.expression(part.part, scope._replace(rows={}) if part.of_record else scope))
        self.is_score_exact = was_exact
        return found

    def text(self, part: AnyText) -> str:
        """Return the score of words looked for in any text."""
        number = self.judges.look_for(part.condition)
        return f"(SELECT texts({number}, t.lines, t.words) FROM {self.layout.text} t WHERE t.rowid = r.rec)"

    def requirement(self, asked: Requirement, scope: Scope) -> str:
        """Return the score of a condition on the record, on the row that stands for its list, or on any row of it."""
        if asked.together is None:
            return self.judged(asked, "r", scope)
        alias = scope.rows.get(asked.together.path)
        if alias is None:
            return self._any_entry(asked, scope)
        found = self.judged(asked, alias, scope)
        if asked.together != self.kind.shared:
            return found
        return f"CASE WHEN {alias}.entry >= 0 THEN {found} WHEN {alias}.entry = {ABSENT} THEN {NOT_STATED_SCORE} ELSE 0 END"

    def _any_entry(self, asked: Requirement, scope: Scope) -> str:
        table, alias = self.layout.table(asked.together), next(self._aliases)
        inner = scope.within(asked.together, alias)
        found = least([self.judged(asked, alias, inner), *_scores(self.holds(asked.together, alias, scope))])
        only = f"{alias}.rec = r.rec AND {alias}.entry >= 0"
        return (
            f"coalesce((SELECT max({found}) FROM {table.name} {alias} WHERE {only}), {self._missing(asked.together)})"
        )

    def judged(self, asked: Requirement, alias: str, scope: Scope) -> str:
        """Return the score of fields that share a name: the best of those that are stated."""
        found = [self._field(one, asked, alias, scope) for one in asked.fields]
        if len(found) == 1:
            return f"coalesce({found[0]}, {NOT_STATED_SCORE})"
        best = greatest([f"coalesce({one}, -1)" for one in found])
        return f"coalesce(nullif({best}, -1), {NOT_STATED_SCORE})"

    def _field(self, one: Field, asked: Requirement, alias: str, scope: Scope) -> str:
        self._measured += isinstance(asked.condition, Near)
        measured = self._measure(one, asked.condition, alias)
        found = f"reach{measured}" if measured else self._quick(one, asked.condition, alias)
        if not one.search.otherwise:
            return found
        return f"coalesce({found}, {self._standing_in(one, asked.condition, alias, scope)})"

    def _quick(self, one: Field, condition: object, alias: str) -> str:
        """Return the score of a column: what is plain is judged by SQLite itself, as far as it fails."""
        column = self.layout.column_of(one)
        held = self._held(one, column, alias)
        judged = self._judged(condition, column, held)
        broader = condition.meeting | condition.above if isinstance(condition, WordOf) else None
        known = told(one, column, condition._replace(meeting=broader) if broader else condition, held, judged)
        return f"CASE WHEN {known} THEN {judged} WHEN {held} IS NULL THEN NULL ELSE 0 END" if known else judged

    def _judged(self, condition: object, column: Column, held: str) -> str:
        """Return the score of what a column holds, NULL where it is not stated, as the matcher's condition says."""
        return f"judge{self.judges.judge(condition, column)}({held})"

    def _standing_in(self, one: Field, condition: object, alias: str, scope: Scope) -> str:
        """Return the score of what stands in for a field: of the entries that are named beside it, any may serve."""
        through, key = one.search.otherwise
        holder = self.kind.at(one.path[:-1])
        others = self.kind.at(tuple(holder.properties[through].refers.split(".")))
        table, other = self.layout.table(others), next(self._aliases)
        ids = self.layout.table_of(one).column((*one.path[:-1], through))
        named = f"CAST({alias}.{ids} AS TEXT)"
        column = table.columns[(*others.path, "*", key)]
        score = f"coalesce({self._judged(condition, column, f'{other}.{column.name}')}, {NOT_STATED_SCORE})"
        found = least([score, *_scores(self.holds(others, other, scope))])
        lost = f"CASE WHEN count(*) < json_array_length({named}) THEN {NOT_STATED_SCORE} END"
        best = f"max(coalesce(max({found}), -1), coalesce({lost}, -1))"
        id = table.column((*others.path, "*", "id"))
        among = f"{other}.{id} IN (SELECT value FROM json_each({named}))"
        return f"(SELECT nullif({best}, -1) FROM {table.name} {other} WHERE {other}.rec = r.rec AND {among})"

    def holds(self, together: Field, alias: str, scope: Scope) -> list[Term]:
        """Return what ties an entry to the day asked, to the site asked, and to the word asked."""
        return list(self._ties(self.layout.table(together), together, alias, scope))

    def _ties(self, table: Table, together: Field, alias: str, scope: Scope) -> Iterator[Term]:
        for _, one in together.tying:
            if one.is_period:
                since = (*one.path[:-1], one.search.since)
                first = f"{alias}.{table.column(since)}" if one.search.since else "NULL"
                yield self._valid(first, f"{alias}.{table.column(one.path)}")
        for _, one in together.tying:
            if one.serves and scope.head:
                served = table.columns[one.path]
                judged = self._judged(scope.head, served, f"{alias}.{served.name}")
                yield Term.of(f"coalesce({judged}, {FULL_SCORE})")
            elif self._names_site(one, scope):
                yield self._same_site(f"{alias}.{table.column(one.path)}", scope.rows[self.kind.shared.path])

    def _names_site(self, one: Field, scope: Scope) -> bool:
        shared = self.kind.shared
        return shared is not None and one.refers == shared.dotted and shared.path in scope.rows

    def _valid(self, first: str, last: str) -> Term:
        judged = f"valid({first}, {last})"
        return Term.of(judged, lasting(first, last, self.judges.on.isoformat(), judged))

    def _same_site(self, named: str, site: str) -> Term:
        id = f"{site}.{self.layout.table(self.kind.shared).column((*self.kind.shared.path, '*', 'id'))}"
        score = (
            f"CASE WHEN {named} IS NULL THEN {FULL_SCORE} WHEN {site}.entry < 0 THEN {NOT_STATED_SCORE}"
            f" WHEN {named} = {id} THEN {FULL_SCORE} ELSE 0 END"
        )
        return Term.of(score, f"({named} IS NULL OR {named} = {id})")

    def _distance(self, near: Requirement, scope: Scope) -> str:
        """Return the distance of the site from the place that is asked for."""
        field = near.fields[0]
        alias = "r" if near.together is None else scope.rows[near.together.path]
        if measured := self._measure(field, near.condition, alias):
            return f"far{measured}"
        column = self.layout.column_of(field)
        return f"distance{self.judges.judge(near.condition, column)}({self._held(field, column, alias)})"

    def _held(self, field: Field, column: Column, alias: str) -> str:
        """Return what a column holds, of the record's own ones also where they stand aside."""
        if self.layout.table_of(field) is not self.layout.wide:
            return f"{alias}.{column.name}"
        return f"(SELECT w.{column.name} FROM {self.layout.wide.name} w WHERE w.rec = r.rec)"


def _is_near(part: Expression) -> bool:
    return isinstance(part, Requirement) and isinstance(part.condition, Near)


def _in_several(parts: Iterable[Part]) -> set[int]:
    """Return where in the query the terms stand that hold for several parts."""
    counts = Counter(item.position for part in parts for item in part.items)
    return {position for position, times in counts.items() if times > 1}


def _scores(terms: Iterable[Term]) -> list[str]:
    return [one.score for one in terms]


def _tied(items: list[Term], ties: list[Term]) -> list[str]:
    """Return the scores of the items of a part; whether the entry holds at all counts with the first."""
    first, *rest = _scores(items)
    return [least([first, *_scores(ties)]), *rest]


def _numbers_first(part: Part, items: Iterable[Term]) -> list[Term]:
    """Return the items of a part, first those that SQLite can refuse without reading a list of words."""
    numbers = [isinstance(one.part, Requirement) and isinstance(one.part.condition, Number) for one in part.items]
    return [item for is_number in (True, False) for item, one in zip(items, numbers, strict=True) if one is is_number]
