"""Finding the records of a kind that meet a query: a straight scan through the matcher."""

from datetime import date

from capreg.index.answer import Found, Hit
from capreg.model.day import today
from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record, cut
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.match import match
from capreg.query.verdict import Truth
from capreg.store.registry import Registry


def find(registry: Registry, kind: Kind, query: str, on: date | None = None, internal: bool = False) -> Found:
    """Return the records of a kind that meet a query.

    Args:
        on: the day that counts for certificates and spare capacity; the hub's today unless given.
        internal: search the confidential tier too.

    Raises:
        QuerySyntaxError, UnknownFieldError, UnknownWordError, ...: the query is not right; see `read_question`.
    """
    day = on or today(registry.settings.time_zone)
    tier = Tier.confidential if internal else Tier.detailed
    asking = Asking(kind, registry.vocabularies, registry.places(tier), day, internal)
    question = read_question(query, asking)
    hits, left_out = [], 0
    for record in registry.read(kind):
        if not isinstance(record, Record):
            left_out += 1
            continue
        document = cut(kind, record.document, tier)
        result = match(question, document, asking)
        if result.truth is Truth.MEETS:
            hits.append(Hit(record.id, document, result))
    return Found(kind, query, day, tuple(sorted(hits, key=lambda hit: hit.id)), left_out)
