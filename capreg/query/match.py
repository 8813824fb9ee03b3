"""Whether one record meets a question: the one meaning of every term, in Kleene's three values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from capreg.model.kinds import Field
from capreg.model.record import entry_step
from capreg.query.asking import Asking
from capreg.query.conditions import WordOf, validity
from capreg.query.question import AnyText, Every, Expression, Item, Opposite, Part, Path, Question, Requirement
from capreg.query.texts import Texts
from capreg.query.verdict import FAILS, MEETS, NOT_STATED, Truth, Verdict, best, worst
from capreg.query.way import Way, most_comfortable, most_met, of_several


@dataclass(frozen=True)
class Match:
    """What one record says to a question: a verdict for each thing asked, and all of them together.

    `site` is the position in its list of the site that serves best; the first, where nothing speaks of a site. `fit`
    is the record's fit, 0 to 1 (`docs/matching.md` has the formula), `missing` where in the query the terms stand that it
    fails or does not state, `preferred` what it says to the preferences.
    """

    truth: Truth
    verdicts: tuple[Verdict, ...]
    site: int = 0
    fit: float = 1.0
    missing: frozenset[int] = frozenset()
    preferred: tuple[Verdict, ...] = ()

    @property
    def unmet(self) -> int:
        """How many requirements it fails or does not state."""
        return len(self.missing)

    @property
    def distance_km(self) -> float | None:
        """The distance to the place asked for, where one was asked and the site that serves states its position."""
        return next((one.distance_km for one in self.verdicts if one.distance_km is not None), None)

    @property
    def short_of(self) -> Verdict | None:
        """The first verdict that is not *meets*, None where all are."""
        return next((one for one in self.verdicts if one.truth is not Truth.MEETS), None)


@dataclass(frozen=True)
class _Scope:
    """What an expression is judged on: the record, and the entries that stand for their lists, with their pointers."""

    document: Mapping[str, Any]
    asking: Asking
    texts: Texts
    entries: Mapping[Path, tuple[Any, str]] = field(default_factory=dict)
    head: WordOf | None = None

    def within(self, together: Field, position: int, entry: Any) -> "_Scope":
        """Return the scope in which one entry stands for its list."""
        return replace(self, entries={**self.entries, together.path: (entry, _pointer(together, position, entry))})

    def list_at(self, together: Field) -> Sequence | None:
        """Return the entries of a list, None where the record does not state it."""
        at: Any = self.document
        for step in together.path:
            if not isinstance(at, Mapping) or step not in at:
                return None
            at = at[step]
        return at


def _pointer(together: Field, position: int, entry: Any) -> str:
    return f"/{'/'.join(together.path)}/{entry_step(entry, position)}"


def match(
    question: Question, document: Mapping[str, Any], asking: Asking, preferences: Question | None = None
) -> Match:
    """Return what a record says to a question.

    Args:
        document: the record, already cut to the tiers that are searched.
        preferences: what raises the fit and excludes nobody.
    """
    scope = _Scope(document, asking, Texts(document, asking))
    way = _question(question, scope, most_met)
    liked = _question(preferences, scope, most_comfortable) if preferences else Way(Truth.MEETS)
    count = len(way.verdicts) + len(liked.verdicts)
    fit = round((way.score + liked.score) / count, 3) if count else 1.0
    return Match(way.truth, way.verdicts, way.site, fit, way.unmet, liked.verdicts)


def _question(question: Question, scope: _Scope, rank) -> Way:
    """Judge a question at the one site that serves it best; where no term speaks of a site, at none."""
    shared = scope.asking.kind.shared
    if not question.at_site or shared.path in scope.entries:
        return _at_site(question, scope, rank)
    sites = scope.list_at(shared)
    if not sites:
        return _at_site(question, replace(scope, entries={**scope.entries, shared.path: (sites, "")}), rank)
    ways = (replace(_at_site(question, scope.within(shared, at, site), rank), site=at) for at, site in enumerate(sites))
    return of_several(list(ways), rank)


def _at_site(question: Question, scope: _Scope, rank) -> Way:
    whole = Way(Truth.MEETS)
    for item in (*question.record, *question.shared):
        whole = whole.beside(Way.of(item, _item(item, scope)))
    for part in question.parts:
        whole = whole.beside(_part(part, scope, rank))
    return whole


def _part(part: Part, scope: _Scope, rank) -> Way:
    """Judge a part by the entry that meets it best."""
    first = part.items[0].part
    headed = replace(scope, head=first.condition if isinstance(first, Requirement) and first.is_head else None)
    entries = scope.list_at(part.together)
    if not entries:
        missing = NOT_STATED if entries is None else FAILS
        return _together(Way.of(item, replace(missing, requirement=item.text)) for item in part.items)
    ways = [_in_entry(part, headed.within(part.together, at, entry)) for at, entry in enumerate(entries)]
    return of_several(ways, rank)


def _together(ways: Iterable[Way]) -> Way:
    whole = Way(Truth.MEETS)
    for one in ways:
        whole = whole.beside(one)
    return whole


def _in_entry(part: Part, scope: _Scope) -> Way:
    """Judge a part on one entry; whether the entry holds at all is said with its first item."""
    first, *rest = (_item(item, scope) for item in part.items)
    entry, pointer = scope.entries[part.together.path]
    verdicts = (_if_it_holds(first, replace(_holds(part.together, entry, scope), where=pointer)), *rest)
    return _together(Way.of(item, one) for item, one in zip(part.items, verdicts, strict=True))


def _if_it_holds(first: Verdict, holds: Verdict) -> Verdict:
    """Return the verdict on an entry's first item and on the entry itself; of an entry that lapses, its last day too."""
    both = replace(worst((first, holds)), requirement=first.requirement)
    if both.truth is Truth.MEETS and holds.margin:
        return replace(both, stated=f"{first.stated}, {holds.stated}", margin=first.margin or holds.margin)
    return both


def _holds(together: Field, entry: Mapping[str, Any], scope: _Scope) -> Verdict:
    """Whether an entry holds on the day asked, at the site asked, and for the word asked."""
    return worst(_ties(together, entry, scope))


def _ties(together: Field, entry: Mapping[str, Any], scope: _Scope) -> Iterable[Verdict]:
    """The days come first: of ties that all hold, the first is told."""
    for key, one in together.items.properties.items():
        if one.search and one.search.meaning == "validity":
            yield validity(entry.get(one.search.since), entry.get(key), scope.asking.on)
    shared = scope.asking.kind.shared
    for key, one in together.items.properties.items():
        if one.serves and scope.head and key in entry:
            yield scope.head.judge(entry[key])
        elif shared and one.refers == shared.dotted and shared.path in scope.entries and key in entry:
            yield _same_site(entry[key], scope.entries[shared.path][0])


def _same_site(named: str, site: Any) -> Verdict:
    """An entry that names a site must name the one that is asked about; without sites that is not stated."""
    if not isinstance(site, Mapping):
        return NOT_STATED
    return MEETS if site.get("id") == named else Verdict(Truth.FAILS, f"at the site {named}")


def _item(item: Item, scope: _Scope) -> Verdict:
    return replace(_expression(item.part, scope), requirement=item.text)


def _expression(part: Expression, scope: _Scope) -> Verdict:
    if isinstance(part, Requirement):
        return _requirement(part, scope)
    if isinstance(part, AnyText):
        return scope.texts.judge(part.condition)
    if isinstance(part, Opposite):
        return _expression(part.part, replace(scope, entries={}) if part.of_record else scope).opposite
    if isinstance(part, Question):
        return _question(part, scope, most_met).verdict
    return (worst if isinstance(part, Every) else best)(_expression(one, scope) for one in part.parts)


def _requirement(asked: Requirement, scope: _Scope) -> Verdict:
    """Judge a condition on the record, on the entry that stands for its list, or on any entry of it."""
    if asked.together is None:
        return _fields(asked, scope.document, "", 0, scope)
    if asked.together.path in scope.entries:
        return _bound(asked, *scope.entries[asked.together.path], scope)
    entries = scope.list_at(asked.together)
    if entries is None:
        return NOT_STATED
    return best(_any_entry(asked, scope, at, entry) for at, entry in enumerate(entries))


def _any_entry(asked: Requirement, scope: _Scope, position: int, entry: Mapping[str, Any]) -> Verdict:
    inner = scope.within(asked.together, position, entry)
    return _if_it_holds(_requirement(asked, inner), _holds(asked.together, entry, scope))


def _bound(asked: Requirement, entry: Any, pointer: str, scope: _Scope) -> Verdict:
    if not isinstance(entry, Mapping):
        return NOT_STATED if entry is None else FAILS
    found = _fields(asked, entry, pointer, len(asked.together.path) + 1, scope)
    return replace(found, where=pointer)


def _fields(asked: Requirement, holder: Any, pointer: str, depth: int, scope: _Scope) -> Verdict:
    """Fields that share a name are one thing, stated if any of them is."""
    verdicts = [_stated_or_standing_in(one, holder, asked.condition, pointer, depth, scope) for one in asked.fields]
    return best([one for one in verdicts if one is not NOT_STATED] or verdicts)


def _stated_or_standing_in(one: Field, holder: Any, condition: Any, pointer: str, depth: int, scope: _Scope) -> Verdict:
    found = _stated(holder, one.path[depth:], condition, pointer, {})
    if found is NOT_STATED and one.search.otherwise and isinstance(holder, Mapping):
        return _standing_in(one, holder, condition, scope)
    return found


def _standing_in(one: Field, holder: Mapping[str, Any], condition: Any, scope: _Scope) -> Verdict:
    """Judge what stands in for a field that is not stated: of the entries that are named beside it, any may serve."""
    through, key = one.search.otherwise
    refers = scope.asking.kind.at((*one.path[:-1], through)).refers
    others = scope.asking.kind.at(tuple(refers.split(".")))
    named = holder.get(through) or []
    entries = [(at, entry) for at, entry in enumerate(scope.list_at(others) or []) if entry.get("id") in named]
    lost = [NOT_STATED] * (len(named) - len(entries))
    return best(
        [*(_in_place(others, at, entry, key, condition, scope) for at, entry in entries), *lost] or [NOT_STATED]
    )


def _in_place(others: Field, at: int, entry: Mapping[str, Any], key: str, condition: Any, scope: _Scope) -> Verdict:
    found = _stated(entry, (key,), condition, _pointer(others, at, entry), {})
    return worst((found, _holds(others, entry, scope)))


def _stated(value: Any, path: Path, condition: Any, pointer: str, holder: Any) -> Verdict:
    """Judge what stands at a path; `holder` is what holds the value."""
    if value is None:
        return NOT_STATED
    if not path:
        return replace(_value(value, condition, holder), where=pointer, at=pointer)
    step, rest = path[0], path[1:]
    if step == "*":
        return best(
            _stated(entry, rest, condition, f"{pointer}/{entry_step(entry, at)}", value)
            for at, entry in enumerate(value)
        )
    return _stated(value[step], rest, condition, f"{pointer}/{step}", value) if step in value else NOT_STATED


def _value(value: Any, condition: Any, holder: Any) -> Verdict:
    """Judge a value; of a list any will do, and where none does all are told."""
    if condition.whole:
        return condition.judge_beside(value, holder) if hasattr(condition, "judge_beside") else condition.judge(value)
    if not isinstance(value, list):
        return condition.judge(value)
    verdict = best(condition.judge(one) for one in value)
    return verdict if verdict.truth is Truth.MEETS else replace(verdict, stated=", ".join(map(str, value)))
