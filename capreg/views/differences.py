"""What differs between two states of a registry, as a page for the hub's own eyes."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.views.changed import Changed, change_cells, change_data
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Named, Note, Page, Pairs, Rows
from capreg.views.values import Speech

COLUMNS = tuple(Column(one, one) for one in ("kind", "id", "was", "change", "path", "before", "after"))
WHOLE = ("new", "gone")
NOTED = 5


class Between(Value):
    """The two states that are compared, as people name them, and what is not sure or not read of them."""

    before: str
    after: str
    unsure: Sequence[str] = ()
    unread: Sequence[str] = ()


def differences_page(found: Collection[Any], between: Between, kinds: Mapping[str, Kind], speech: Speech) -> Page:
    """Return the page of what differs, kind by kind: new, gone, renamed, then what changed record by record."""
    data = [_data(one) for one in found]
    whole = {
        "schema_version": SCHEMA_VERSION,
        **{"from": between.before, "to": between.after},
        "counts": Counter(one.what for one in found),
        "records": data,
        "unsure": list(between.unsure),
        "unread": list(between.unread),
    }
    rows = Rows(COLUMNS, [row for one in found for row in _rows(one)])
    return Page(list(_blocks(found, between, kinds, speech)), rows, whole, data, hub_only=True)


def _data(one: Any) -> dict[str, Any]:
    said = {"kind": one.kind, "id": one.id, "change": one.what, **({"was": one.was} if one.was != one.id else {})}
    if one.what in WHOLE:
        return {**said, "record": one.before if one.after is None else one.after}
    return {**said, "changes": [change_data(change) for change in one.changes]}


def _rows(one: Any) -> Iterator[list[Any]]:
    head = [one.kind, one.id, one.was if one.was != one.id else None, one.what]
    if not one.changes:
        yield [*head, None, None, None]
    yield from ([*head, *change_cells(change)] for change in one.changes)


def _blocks(found: Collection[Any], between: Between, kinds: Mapping[str, Kind], speech: Speech) -> Iterator[Block]:
    yield Heading(speech.word("change from to").format(between.before, between.after), 1)
    for id, kind in kinds.items():
        yield from _of_kind([one for one in found if one.kind == id], kind, speech)
    if not found:
        yield Note(speech.word("change none"))
    if closed := [one.id for one in found if one.what == "changed" and not one.changes]:
        yield Note(speech.word("change closed").format(shortened(closed)))
    if between.unsure:
        yield Note(speech.word("change unsure").format(shortened(between.unsure)))
    yield from (Note(speech.word("change unread").format(one)) for one in between.unread)


def shortened(ids: Sequence[str]) -> str:
    """Return a list of ids, of a long one the first and how many more."""
    more = f" + {len(ids) - NOTED}" if len(ids) > NOTED else ""
    return ", ".join(ids[:NOTED]) + more


def _of_kind(found: Sequence[Any], kind: Kind, speech: Speech) -> Iterator[Block]:
    counts = Counter(one.what for one in found)
    if not found:
        return
    said = ", ".join(f"{counts[what]} {speech.word(f'change {what}')}" for what in sorted(counts, key=_order))
    yield Heading(f"{_labels(kind, speech)}: {said}", 2)
    for what in WHOLE:
        if counts[what]:
            columns = [Column("name", speech.word(f"change {what}")), Column("id", speech.word("id"))]
            yield Rows(columns, [_named(kind, one) for one in found if one.what == what])
    for one in (one for one in found if one.what not in WHOLE and (one.changes or one.was != one.id)):
        yield Heading(_title(kind, one, speech), 2)
        yield Pairs(Changed(kind, one.before, one.after, speech).pairs(one.changes))


def _order(what: str) -> int:
    return ("new", "gone", "renamed", "changed").index(what)


def _labels(kind: Kind, speech: Speech) -> str:
    label = kind.labels[speech.language]
    return label[:1].upper() + label[1:]


def _named(kind: Kind, one: Any) -> Named:
    document = one.before if one.after is None else one.after
    return Named(str(document.get(kind.title, "")), one.id)


def _title(kind: Kind, one: Any, speech: Speech) -> str:
    was = f", {speech.word('change formerly').format(one.was)}" if one.was != one.id else ""
    return f"{_named(kind, one)}{was}"
