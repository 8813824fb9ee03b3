"""Who could close the gap of a near miss: another record, within an hour, that does the part of work that is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from capreg.index.answer import Found, Hit, Remedy
from capreg.index.find import asking_of, searched_tier
from capreg.model.kinds import Kind
from capreg.model.place import Position
from capreg.model.record import Record, cut, values
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.match import match
from capreg.query.question import Part, Question
from capreg.query.verdict import Truth
from capreg.store.registry import Registry

WITHIN_MINUTES = 60.0
# A record that does a part: its id, its document, where its sites lie.
Doer = tuple[str, Mapping[str, Any], Sequence[Position]]


def remedies(registry: Registry, found: Found, near_misses: Sequence[Hit], internal: bool = False) -> dict[str, Remedy]:
    """Return the nearest remedy within an hour for each near miss that has one, by the near miss's id.

    Only a part of work that stands beside others can be done by somebody else: a client who asks for one process wants
    it from the firm itself.

    Args:
        near_misses: some of those that were found.
        internal: look through the confidential tier too, as the search did.
    """
    if not near_misses:
        return {}
    asking = asking_of(registry, found.kind, found.on, internal)
    work = [part for part in read_question(found.query, asking).parts if part.together.work]
    if len(work) < 2:
        return {}
    lacking = {hit.id: at for hit in near_misses for at, part in enumerate(work) if _lacks(hit, part)}
    doers = _doers(registry, asking, {at: work[at] for at in lacking.values()})
    nearest = {
        hit.id: _nearest(registry, hit, doers[lacking[hit.id]], found.kind) for hit in near_misses if hit.id in lacking
    }
    return {id: replace(one, part=work[lacking[id]].items[0].text) for id, one in nearest.items() if one}


def _lacks(hit: Hit, part: Part) -> bool:
    return any(item.position in hit.match.missing for item in part.items)


def _doers(registry: Registry, asking: Asking, parts: Mapping[int, Part]) -> dict[int, list[Doer]]:
    """Return the records that meet each part, in one pass."""
    found: dict[int, list[Doer]] = {at: [] for at in parts}
    for record in registry.read(asking.kind) if parts else ():
        if isinstance(record, Record):
            document = cut(asking.kind, record.document, searched_tier(asking.internal))
            for at, part in parts.items():
                if match(Question(parts=(part,)), document, asking).truth is Truth.MEETS:
                    found[at].append((record.id, document, list(_positions(asking.kind, document))))
    return found


def _nearest(registry: Registry, hit: Hit, doers: Sequence[Doer], kind: Kind) -> Remedy | None:
    ways = (
        Remedy(id, document, "", start.distance_km(end), registry.settings.travel.minutes(start, end))
        for id, document, ends in doers
        if id != hit.id
        for start in _positions(kind, hit.document)
        for end in ends
    )
    nearest = min(ways, key=lambda way: (way.minutes, way.id), default=None)
    return nearest if nearest and nearest.minutes <= WITHIN_MINUTES else None


def _positions(kind: Kind, document: Mapping[str, Any]) -> Iterator[Position]:
    for field in kind.root.walk():
        if field.search and field.search.meaning == "place":
            for value in values(document, field.path):
                yield Position(value["latitude"], value["longitude"])
