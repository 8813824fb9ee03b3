"""Whether one record meets a question: the one meaning of every term, in Kleene's three values."""

from collections.abc import Mapping
from typing import Any

from capreg.model.kinds import Field
from capreg.model.value import Value
from capreg.query.asking import Asking
from capreg.query.holding import holds, if_it_holds
from capreg.query.question import AnyText, Either, Every, Expression, Item, Opposite, Part, Question, Requirement
from capreg.query.scope import Scope
from capreg.query.stated import judge_fields
from capreg.query.texts import Texts
from capreg.query.verdict import FAILS, NOT_STATED, Truth, Verdict, best, worst
from capreg.query.way import Way, fit_of, most_comfortable, most_met, of_several


class Match(Value):
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


def match(
    question: Question, document: Mapping[str, Any], asking: Asking, preferences: Question | None = None
) -> Match:
    """Return what a record says to a question.

    Args:
        document: the record, already cut to the tiers that are searched.
        preferences: what raises the fit and excludes nobody.
    """
    scope = Scope(document, asking, Texts(document, asking))
    way = _question(question, scope, most_met)
    liked = _question(preferences, scope, most_comfortable) if preferences else Way(Truth.MEETS)
    count = len(way.verdicts) + len(liked.verdicts)
    fit = fit_of(way.score + liked.score, count)
    return Match(way.truth, way.verdicts, way.site, fit, way.unmet, liked.verdicts)


def _question(question: Question, scope: Scope, rank) -> Way:
    """Judge a question at the one site that serves it best; where no term speaks of a site, at none."""
    shared = scope.asking.kind.shared
    if not question.at_site or shared.path in scope.entries:
        return _at_site(question, scope, rank)
    sites = scope.list_at(shared)
    if not sites:
        return _at_site(question, scope._replace(entries={**scope.entries, shared.path: (sites, "")}), rank)
    ways = (_at_site(question, scope.within(shared, at, site), rank)._replace(site=at) for at, site in enumerate(sites))
    return of_several(list(ways), rank)


def _at_site(question: Question, scope: Scope, rank) -> Way:
    items = (*question.record, *question.shared)
    whole = Way.of(items, [_item(item, scope) for item in items])
    for part in question.parts:
        whole = whole.beside(_part(part, scope, rank))
    return whole


def _part(part: Part, scope: Scope, rank) -> Way:
    """Judge a part by the entry that meets it best."""
    first = part.items[0].part
    headed = scope._replace(head=first.condition if isinstance(first, Requirement) and first.is_head else None)
    entries = scope.list_at(part.together)
    if not entries:
        missing = NOT_STATED if entries is None else FAILS
        verdicts = (_without_entry(item.part, part.together, missing, headed) for item in part.items)
        return Way.of(part.items, [one.on(item.text) for item, one in zip(part.items, verdicts, strict=True)])
    ways = [_in_entry(part, headed.within(part.together, at, entry)) for at, entry in enumerate(entries)]
    return of_several(ways, rank)


def _without_entry(part: Expression, together: Field, missing: Verdict, scope: Scope, negated: bool = False) -> Verdict:
    """Judge an item of a part that no entry can meet: what it asks of an entry is `missing`, and so is its opposite.

    NOT goes down to the single terms, so that what is asked beside the list is judged as it would be alone.
    """
    if isinstance(part, Opposite) and not part.of_record:
        return _without_entry(part.part, together, missing, scope, not negated)
    if isinstance(part, (Every, Either)):
        every = isinstance(part, Every) != negated
        return (worst if every else best)(_without_entry(one, together, missing, scope, negated) for one in part.parts)
    if isinstance(part, Requirement) and part.together == together:
        return missing
    found = _expression(part, scope)
    return found.opposite if negated else found


def _in_entry(part: Part, scope: Scope) -> Way:
    """Judge a part on one entry; whether the entry holds at all is said with its first item."""
    first, *rest = (_item(item, scope) for item in part.items)
    entry, pointer = scope.entries[part.together.path]
    held = holds(part.together, entry, scope)
    return Way.of(part.items, [if_it_holds(first, held.standing(pointer, held.at)), *rest])


def _item(item: Item, scope: Scope) -> Verdict:
    return _expression(item.part, scope).on(item.text)


def _expression(part: Expression, scope: Scope) -> Verdict:
    if isinstance(part, Requirement):
        return _requirement(part, scope)
    if isinstance(part, AnyText):
        return scope.texts.judge(part.condition)
    if isinstance(part, Opposite):
        return _expression(part.part, scope._replace(entries={}) if part.of_record else scope).opposite
    if isinstance(part, Question):
        return _question(part, scope, most_met).verdict
    return (worst if isinstance(part, Every) else best)(_expression(one, scope) for one in part.parts)


def _requirement(asked: Requirement, scope: Scope) -> Verdict:
    """Judge a condition on the record, on the entry that stands for its list, or on any entry of it."""
    if asked.together is None:
        return judge_fields(asked, scope.document, "", 0, scope)
    if asked.together.path in scope.entries:
        return _bound(asked, *scope.entries[asked.together.path], scope)
    entries = scope.list_at(asked.together)
    if entries is None:
        return NOT_STATED
    return best(_any_entry(asked, scope, at, entry) for at, entry in enumerate(entries))


def _any_entry(asked: Requirement, scope: Scope, position: int, entry: Mapping[str, Any]) -> Verdict:
    inner = scope.within(asked.together, position, entry)
    return if_it_holds(_requirement(asked, inner), holds(asked.together, entry, scope))


def _bound(asked: Requirement, entry: Any, pointer: str, scope: Scope) -> Verdict:
    if not isinstance(entry, Mapping):
        return NOT_STATED if entry is None else FAILS
    found = judge_fields(asked, entry, pointer, len(asked.together.path) + 1, scope)
    # What stands in from another list is told where it stands.
    return found if found.at and not found.at.startswith(f"{pointer}/") else found.standing(pointer, found.at)
