"""Who could close the gap of a near miss: another record, within an hour, that does the part of work that is missing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from capreg.index.answer import Found, Hit, Remedy
from capreg.index.catalogue import Catalogue
from capreg.index.engine import Engine
from capreg.index.find import asking_of, catalogue_of
from capreg.index.order import Order
from capreg.model.kinds import Kind
from capreg.model.place import Position
from capreg.model.record import values
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.question import Part, Question

WITHIN_MINUTES = 60.0
# A record that does a part: its id, its document, where its sites lie.
Doer = tuple[str, Mapping[str, Any], Sequence[Position]]


def remedies(registry: Any, found: Found, near_misses: Sequence[Hit], internal: bool = False) -> dict[str, Remedy]:
    """Return the nearest remedy within an hour for each near miss that has one, by the near miss's id.

    Only a part of work that stands beside others can be done by somebody else: a client who asks for one process wants
    it from the firm itself.

    Args:
        near_misses: some of those that were found.
        internal: look through the confidential tier too, as the search did.
    """
    if not near_misses:
        return {}
    catalogue = catalogue_of(registry, internal)
    asking = asking_of(catalogue, found.kind, found.on, internal)
    work = [part for part in read_question(found.query, asking).parts if part.together.work]
    if len(work) < 2:
        return {}
    lacking = {hit.id: at for hit in near_misses for at, part in enumerate(work) if _lacks(hit, part)}
    doers = _doers(catalogue, asking, {at: work[at] for at in lacking.values()})
    nearest = {
        hit.id: _nearest(catalogue, hit, doers[lacking[hit.id]], found.kind) for hit in near_misses if hit.id in lacking
    }
    return {id: one._replace(part=work[lacking[id]].items[0].text) for id, one in nearest.items() if one}


def _lacks(hit: Hit, part: Part) -> bool:
    return any(item.position in hit.match.missing for item in part.items)


def _doers(catalogue: Catalogue, asking: Asking, parts: Mapping[int, Part]) -> dict[int, list[Doer]]:
    """Return the records that meet each part."""
    asked = {at: Engine(catalogue, asking, Question(parts=(part,))) for at, part in parts.items()}
    return {
        at: [
            (hit.id, hit.document, list(_positions(asking.kind, hit.document)))
            for hit in engine.hits(Order.by_id(asking.kind))
        ]
        for at, engine in asked.items()
    }


def _nearest(catalogue: Catalogue, hit: Hit, doers: Sequence[Doer], kind: Kind) -> Remedy | None:
    ways = (
        Remedy(id, document, "", start.distance_km(end), catalogue.settings.travel.minutes(start, end))
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
