"""How complete records are, and which missing answer would help each be found most, by what clients asked for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from capreg.errors import CapregError
from capreg.index.answer import Hit
from capreg.index.catalogue import Catalogue
from capreg.index.find import find
from capreg.model.kinds import Field, Kind, Tier
from capreg.model.value import Value
from capreg.office.inquiries import KeptInquiry
from capreg.query.language import parse
from capreg.query.lists import terms
from capreg.query.verdict import Truth

# What a question of the questionnaire counts, and what each inquiry adds that asked for its field.
EACH, ASKED = 1, 10


class Question(Value):
    """A question of the questionnaire: the field that answers it, as a query or a column calls it, and how it is asked."""

    path: tuple[str, ...]
    name: str
    ask: Mapping[str, str]


class Missing(Value):
    """A question that a record does not answer, or not for what was asked.

    `asked` is how many inquiries asked for its field, `found` how many of these the record meets in all but this.
    """

    question: Question
    asked: int
    found: int


class Completeness(Value):
    """How much of what counts a record states, 0 to 1, and what is missing, what helps most first."""

    id: str
    document: Mapping[str, Any]
    score: float
    missing: Sequence[Missing]


def questions(kind: Kind) -> list[Question]:
    """Return the questions of a kind, in the order of its schema; ids of entries, and what no search looks through, left out."""
    return list(_questions(kind.root))


def _questions(at: Field) -> Iterator[Question]:
    if at.is_entry_id or at.is_leaf and at.tier > Tier.searched(internal=False):
        return
    is_searched = at.search is not None and bool(at.search.name)
    ask = next((one.ask for one in at.walk() if one.ask), None) if is_searched else at.ask
    if ask and (is_searched or at.is_leaf):
        yield Question(at.path, at.name, ask)
    elif not at.is_leaf:
        for below in (*at.properties.values(), *([at.items] if at.items else [])):
            yield from _questions(below)


def completeness(catalogue: Catalogue, kind: Kind, inquiries: Iterable[KeptInquiry], most: int) -> list[Completeness]:
    """Return how complete each record of a kind is, those first that one answer would help most.

    Args:
        inquiries: what was asked for; those that can be read no more are passed over.
        most: how many missing questions are told of each.

    A question counts EACH, and ASKED more for each inquiry that asked for its field; the score is what a record states of all that.
    """
    asked: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for query, times in Counter(one.query for one in inquiries if one.kind == kind.id).items():
        with suppress(CapregError):
            nearly = find(catalogue, kind, query, near_misses=True).near_misses
            asked.update({name: times for name in _named(query)})
            found.update({(hit.id, name): times for hit in nearly for name in _not_stated(hit)})
    every = [(one, EACH + ASKED * asked[one.name]) for one in questions(kind)]
    judged = [_judged(hit, every, asked, found, most) for hit in find(catalogue, kind, "").hits]
    return sorted(judged, key=lambda one: (*(-help for help in _helps(one)), one.score, one.id))


def _helps(one: Completeness) -> tuple[int, int]:
    return next(((first.found, first.asked) for first in one.missing), (0, 0))


def _named(query: str) -> set[str]:
    """Return the names of the fields that a query asks for, what it excludes as well: either has to be stated."""
    return {term.name for term in terms(parse(query))}


def _not_stated(hit: Hit) -> set[str]:
    """Return the fields of the one requirement that a near miss does not state; none where it fails it."""
    unmet = [one for one in hit.match.verdicts if one.truth is not Truth.MEETS]
    if any(one.truth is not Truth.NOT_STATED for one in unmet):
        return set()
    return set().union(*(_named(one.requirement) for one in unmet))


def _judged(
    hit: Hit, every: Sequence[tuple[Question, int]], asked: Counter[str], found: Counter[tuple[str, str]], most: int
) -> Completeness:
    stated = {one.path: is_stated(hit.document, one.path) for one, _ in every}
    whole = sum(weight for _, weight in every)
    score = sum(weight for one, weight in every if stated[one.path]) / whole if whole else 1.0
    missing = [
        Missing(one, asked[one.name], found[hit.id, one.name])
        for one, _ in every
        if not stated[one.path] or found[hit.id, one.name]
    ]
    missing.sort(key=lambda one: (-one.found, -one.asked, one.question.ask["form"] != "short"))
    return Completeness(hit.id, hit.document, score, missing[:most])


def is_stated(document: Any, path: Sequence[str]) -> bool:
    """Whether a record states a field; of a list that one of its entries does, an empty list states all."""
    if not path:
        return True
    if path[0] == "*":
        return not document or any(is_stated(entry, path[1:]) for entry in document)
    return isinstance(document, Mapping) and path[0] in document and is_stated(document[path[0]], path[1:])
