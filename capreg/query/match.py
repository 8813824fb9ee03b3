"""Whether one record meets a question: the one meaning of every term, in Kleene's three values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from capreg.model.kinds import Field
from capreg.model.record import entry_step, strings, values
from capreg.model.text import tokens
from capreg.query.asking import Asking
from capreg.query.conditions import WordOf, validity
from capreg.query.question import AnyText, Every, Expression, Item, Opposite, Part, Path, Question, Requirement
from capreg.query.verdict import FAILS, MEETS, NOT_STATED, Truth, Verdict, best, worst


@dataclass(frozen=True)
class Match:
    """What one record says to a question: a verdict for each thing asked, and all of them together.

    `site` is the position in its list of the site that serves best; the first, where nothing speaks of a site.
    """

    truth: Truth
    verdicts: tuple[Verdict, ...]
    site: int = 0

    @property
    def distance_km(self) -> float | None:
        """The distance to the place asked for, where one was asked and the site that serves states its position."""
        return next((one.distance_km for one in self.verdicts if one.distance_km is not None), None)


class _Texts:
    """All text of a record as folded words, worked out when first asked for."""

    def __init__(self, document: Mapping[str, Any], asking: Asking) -> None:
        self.document = document
        self.asking = asking

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of every text, and of every label and synonym of each vocabulary word that is stated."""
        texts = [text for key, value in self.document.items() if key != "kind" for text in strings(value)]
        return [tokens(text) for text in [*texts, *self._spellings()]]

    def _spellings(self) -> Iterable[str]:
        for one in self.asking.kind.worded:
            vocabulary = self.asking.vocabularies[one.search.words]
            for word in values(self.document, one.path):
                yield from vocabulary.texts(word)


@dataclass(frozen=True)
class _Scope:
    """What an expression is judged on: the record, and the entries that stand for their lists, with their pointers."""

    document: Mapping[str, Any]
    asking: Asking
    texts: _Texts
    entries: Mapping[Path, tuple[Any, str]] = field(default_factory=dict)
    head: WordOf | None = None

    def within(self, together: Field, position: int, entry: Any) -> "_Scope":
        """Return the scope in which one entry stands for its list."""
        pointer = f"/{'/'.join(together.path)}/{entry_step(entry, position)}"
        return replace(self, entries={**self.entries, together.path: (entry, pointer)})

    def list_at(self, together: Field) -> Sequence | None:
        """Return the entries of a list, None where the record does not state it."""
        at: Any = self.document
        for step in together.path:
            if not isinstance(at, Mapping) or step not in at:
                return None
            at = at[step]
        return at


def match(question: Question, document: Mapping[str, Any], asking: Asking) -> Match:
    """Return what a record says to a question.

    Args:
        document: the record, already cut to the tiers that are searched.
    """
    verdicts, site = _question(question, _Scope(document, asking, _Texts(document, asking)))
    return Match(worst(verdicts).truth, verdicts, site)


def _question(question: Question, scope: _Scope) -> tuple[tuple[Verdict, ...], int]:
    """Judge a question at the one site that serves it best; where no term speaks of a site, at none."""
    shared = scope.asking.kind.shared
    if not question.at_site or shared.path in scope.entries:
        return _at_site(question, scope), 0
    sites = scope.list_at(shared)
    if not sites:
        return _at_site(question, replace(scope, entries={**scope.entries, shared.path: (sites, "")})), 0
    judged = [_at_site(question, scope.within(shared, at, site)) for at, site in enumerate(sites)]
    best_site = max(range(len(judged)), key=lambda at: _rank(judged[at]))
    return judged[best_site], best_site


def _rank(verdicts: Sequence[Verdict]) -> tuple:
    """The best of several ways to meet a question: by the whole, then by how much of it, then the nearest."""
    nearest = min((one.distance_km for one in verdicts if one.distance_km is not None), default=0.0)
    return worst(verdicts).truth, sum(one.truth for one in verdicts), -nearest


def _at_site(question: Question, scope: _Scope) -> tuple[Verdict, ...]:
    verdicts = [_item(item, scope) for item in (*question.record, *question.shared)]
    for part in question.parts:
        verdicts.extend(_part(part, scope))
    return tuple(verdicts)


def _part(part: Part, scope: _Scope) -> tuple[Verdict, ...]:
    """Judge a part by the entry that meets it best; a list that is absent is not stated, an empty one fails."""
    entries = scope.list_at(part.together)
    if not entries:
        verdict = NOT_STATED if entries is None else FAILS
        return tuple(replace(verdict, requirement=item.text) for item in part.items)
    first = part.items[0].part
    headed = replace(scope, head=first.condition if isinstance(first, Requirement) and first.is_head else None)
    return max(
        (_in_entry(part, headed.within(part.together, at, entry)) for at, entry in enumerate(entries)), key=_rank
    )


def _in_entry(part: Part, scope: _Scope) -> tuple[Verdict, ...]:
    """Judge a part on one entry; whether the entry holds at all is said with its first item."""
    first, *rest = (_item(item, scope) for item in part.items)
    entry, pointer = scope.entries[part.together.path]
    held = worst((first, replace(_holds(part.together, entry, scope), where=pointer)))
    return (replace(held, requirement=part.items[0].text), *rest)


def _holds(together: Field, entry: Mapping[str, Any], scope: _Scope) -> Verdict:
    """Whether an entry holds on the day asked, at the site asked, and for the word asked."""
    return worst(_ties(together, entry, scope))


def _ties(together: Field, entry: Mapping[str, Any], scope: _Scope) -> Iterable[Verdict]:
    shared = scope.asking.kind.shared
    for key, one in together.items.properties.items():
        if one.search and one.search.meaning == "validity":
            yield validity(entry.get(one.search.since), entry.get(key), scope.asking.on)
        elif one.serves and scope.head and key in entry:
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
        return MEETS if any(map(part.condition.stands_in, scope.texts.words)) else FAILS
    if isinstance(part, Opposite):
        return _expression(part.part, replace(scope, entries={}) if part.of_record else scope).opposite
    if isinstance(part, Question):
        return worst(_question(part, scope)[0])
    return (worst if isinstance(part, Every) else best)(_expression(one, scope) for one in part.parts)


def _requirement(asked: Requirement, scope: _Scope) -> Verdict:
    """Judge a condition on the record, on the entry that stands for its list, or on any entry of it."""
    if asked.together is None:
        return _fields(asked, scope.document, "", 0)
    if asked.together.path in scope.entries:
        entry, pointer = scope.entries[asked.together.path]
        return _bound(asked, entry, pointer)
    entries = scope.list_at(asked.together)
    if entries is None:
        return NOT_STATED
    return best(_any_entry(asked, scope, at, entry) for at, entry in enumerate(entries))


def _any_entry(asked: Requirement, scope: _Scope, position: int, entry: Mapping[str, Any]) -> Verdict:
    inner = scope.within(asked.together, position, entry)
    return worst((_requirement(asked, inner), _holds(asked.together, entry, scope)))


def _bound(asked: Requirement, entry: Any, pointer: str) -> Verdict:
    if not isinstance(entry, Mapping):
        return NOT_STATED if entry is None else FAILS
    return replace(_fields(asked, entry, pointer, len(asked.together.path) + 1), where=pointer)


def _fields(asked: Requirement, holder: Any, pointer: str, depth: int) -> Verdict:
    """Fields that share a name are one thing, stated if any of them is."""
    verdicts = [_stated(holder, one.path[depth:], asked.condition, pointer) for one in asked.fields]
    return best([one for one in verdicts if one is not NOT_STATED] or verdicts)


def _stated(value: Any, path: Path, condition: Any, pointer: str) -> Verdict:
    if value is None:
        return NOT_STATED
    if not path:
        return replace(_value(value, condition), where=pointer)
    step, rest = path[0], path[1:]
    if step == "*":
        return best(
            _stated(entry, rest, condition, f"{pointer}/{entry_step(entry, at)}") for at, entry in enumerate(value)
        )
    return _stated(value[step], rest, condition, f"{pointer}/{step}") if step in value else NOT_STATED


def _value(value: Any, condition: Any) -> Verdict:
    """Judge a value; of a list any will do, and where none does all are told."""
    if not isinstance(value, list) or condition.whole:
        return condition.judge(value)
    verdict = best(condition.judge(one) for one in value)
    return verdict if verdict.truth is Truth.MEETS else replace(verdict, stated=", ".join(map(str, value)))
