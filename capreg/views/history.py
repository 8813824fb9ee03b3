"""The history of one record as a page for the hub's own eyes, the newest change first."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.views.changed import Changed, change_cells, change_data
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Page, Pairs, Rows
from capreg.views.values import Speech

COLUMNS = tuple(
    Column(one, one) for one in ("at", "since", "id", "was", "change", "how", "author", "path", "before", "after")
)
CAPREG, OUTSIDE, GIT = "capreg", "outside", "git"
SHORT = 10


class Told(Value):
    """One change of a record: when and how it came about, and in what it differs, as far as the tier goes."""

    entry: Any
    differing: Any


def history_page(found: Sequence[Told], kind: Kind, id: str, zone: str, speech: Speech) -> Page:
    """Return the page of a record's history.

    Args:
        zone: the time zone in which people read when something happened.
    """
    data = [_data(one) for one in found]
    whole = {"schema_version": SCHEMA_VERSION, "kind": kind.id, "id": id, "changes": data}
    rows = Rows(COLUMNS, [row for one in found for row in _rows(one)])
    return Page(list(_blocks(found, kind, id, ZoneInfo(zone), speech)), rows, whole, data, hub_only=True)


def _how(entry: Any) -> str:
    return GIT if entry.commit else OUTSIDE if entry.is_outside else CAPREG


def _head(one: Told) -> dict[str, Any]:
    entry, commit = one.entry, one.entry.commit
    said = {"at": entry.at or None, "since": entry.since or None if entry.is_outside else None, "id": entry.id}
    was = entry.was if entry.was != entry.id else None
    return {
        **said,
        "was": was,
        "change": one.differing.what,
        "how": _how(entry),
        "author": commit.author if commit else None,
    }


def _data(one: Told) -> dict[str, Any]:
    commit = {"commit": one.entry.commit.name} if one.entry.commit else {}
    head = {key: value for key, value in _head(one).items() if value is not None}
    return {**head, **commit, "changes": [change_data(change) for change in one.differing.changes]}


def _rows(one: Told) -> Iterator[list[Any]]:
    head = list(_head(one).values())
    changes = [change_cells(change) for change in one.differing.changes]
    yield from ([*head, *cells] for cells in changes or [[None, None, None]])


def _blocks(found: Sequence[Told], kind: Kind, id: str, zone: ZoneInfo, speech: Speech) -> Iterator[Block]:
    yield Heading(speech.word("change history").format(id), 1)
    for one in found:
        differing = one.differing
        said = [_when(one.entry, zone, speech), speech.word(f"change {differing.what}")]
        if differing.was != differing.id:
            said.append(speech.word("change formerly").format(differing.was))
        yield Heading(", ".join(said), 2)
        if differing.changes:
            yield Pairs(Changed(kind, differing.before, differing.after, speech).pairs(differing.changes))
        elif differing.what == "changed":
            yield Pairs([("", speech.word("change here closed"))])


def _when(entry: Any, zone: ZoneInfo, speech: Speech) -> str:
    """Return when and by which way, as people read it: `2026-11-22 10:15`, `between DAY and DAY outside capreg`."""
    if not entry.is_outside:
        return _local(entry.at, zone)
    if entry.commit:
        told = speech.word("change commit").format(entry.commit.name[:SHORT], entry.commit.author)
        return f"{_local(entry.at, zone)}, {told}"
    days = [_local(one, zone) for one in (entry.since, entry.at) if one]
    way = "between" if len(days) > 1 else "by" if entry.at else "after"
    return speech.word(f"change outside {way}" if days else "change outside").format(*days)


def _local(moment: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}"
