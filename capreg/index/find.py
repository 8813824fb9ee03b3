"""Finding the records of a kind that meet a query: a straight scan through the matcher."""

from collections.abc import Iterator
from datetime import date

from capreg.index.answer import Found, Hit
from capreg.model.day import today
from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record, cut
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.match import match
from capreg.query.question import Question
from capreg.query.verdict import Truth
from capreg.store.registry import Registry

# How many requirements a near miss fails or does not state.
NEARLY = 1


def asking_of(registry: Registry, kind: Kind, on: date | None = None, internal: bool = False) -> Asking:
    """Return what a query is asked of.

    Args:
        on: the day that counts for certificates and spare capacity; the hub's today unless given.
        internal: search the confidential tier too.
    """
    day = on or today(registry.settings.time_zone)
    return Asking(kind, registry.vocabularies, registry.places(searched_tier(internal)), day, internal)


def searched_tier(internal: bool) -> Tier:
    """Return the tier that a search looks through, the confidential one for the hub alone."""
    return Tier.confidential if internal else Tier.detailed


def find(
    registry: Registry,
    kind: Kind,
    query: str,
    on: date | None = None,
    internal: bool = False,
    preferences: str = "",
    near_misses: bool = False,
) -> Found:
    """Return the records of a kind that meet a query.

    Args:
        on: the day that counts for certificates and spare capacity; the hub's today unless given.
        internal: search the confidential tier too.
        preferences: what raises the fit and excludes nobody, as a query.
        near_misses: return those, too, that fail or do not state exactly one requirement.

    Raises:
        QuerySyntaxError, UnknownFieldError, UnknownWordError, ...: the query is not right; see `read_question`.
    """
    asking = asking_of(registry, kind, on, internal)
    question, liked = read_question(query, asking), read_question(preferences, asking)
    hits, near, left_out = [], [], 0
    for one in _judged(registry, asking, question, liked):
        if one is None:
            left_out += 1
        elif one.match.truth is Truth.MEETS:
            hits.append(one)
        elif near_misses and one.match.unmet == NEARLY:
            near.append(one)
    now = today(registry.settings.time_zone)
    notes = tuple(asking.places.notes)
    return Found(kind, query, asking.on, now, _by_id(hits), left_out, _by_id(near), notes)


def _judged(registry: Registry, asking: Asking, question: Question, liked: Question) -> Iterator[Hit | None]:
    """Yield each record with what it says; None for a file that holds none."""
    tier = searched_tier(asking.internal)
    for record in registry.read(asking.kind):
        if isinstance(record, Record):
            document = cut(asking.kind, record.document, tier)
            yield Hit(record.id, document, match(question, document, asking, liked))
        else:
            yield None


def _by_id(hits: list[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: hit.id))
