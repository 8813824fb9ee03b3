"""The history of one record: every change of it that is known, each going on where the one before it ended.

What capreg changed stands in the registry's own history. Where a line of it does not go on where the one before it ended, something
else changed the record in between; git tells what, where the registry is in its hands.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from capreg.model.difference import difference
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.store import strict
from capreg.store.changes import history
from capreg.store.comparing import renamed
from capreg.store.git import Commit, commits_of, contents
from capreg.store.noted import Noted
from capreg.store.registry import Registry
from capreg.store.states import Held, state_now, utc, written

Document = Mapping[str, Any] | None


class Entry(Value):
    """One change of a record: from what to what, None where no record stood.

    `was` is the id before it. `at` is when, in UTC. A change made outside capreg was made after `since` and by `at`, either
    "" where nothing tells; `commit` is the one of git by which it is known.
    """

    at: str
    id: str
    was: str
    before: Document
    after: Document
    is_outside: bool = False
    since: str = ""
    commit: Commit | None = None


def entries_of(registry: Registry, kind: Kind, id: str) -> list[Entry]:
    """Return the history of a record, the oldest first; that of one that was removed or renamed, too.

    Raises:
        UnknownRecordError: there is no such record, and never was as far as the history knows.
        BrokenRecordError: its file holds no record.
    """
    held = state_now(registry, [kind]).held.get((kind.id, id))
    lines = [one for one in history(registry) if one.kind == kind.id]
    steps = _followed(lines, id)
    if not steps and held is None:
        registry.path(kind, id)
    file = (
        held.file if held else next((one.file for one in reversed(lines) if one.id == id), f"{kind.folder}/{id}.json")
    )
    return list(_chained(steps, held, _Commits(registry, file), id))


def _followed(lines: list[Noted], id: str) -> list[Entry]:
    """Return the lines of a record, the oldest first, through its renames."""
    found: list[Entry] = []
    left = list(lines)
    while left:
        one = left.pop()
        earlier = left[-1] if left else None
        renaming = _renaming(earlier, one) if earlier and id in (earlier.id, one.id) else None
        if renaming:
            left.pop()
            id = renaming.was
            found.append(renaming)
        elif one.id == id:
            found.append(Entry(one.at, id, id, one.before, one.after))
    return found[::-1]


def _renaming(first: Noted, second: Noted) -> Entry | None:
    """Return the renaming that two lines make, None where they make none: one removes what the other makes new."""
    made, removed = (first, second) if second.mark is None else (second, first)
    if removed.mark is not None or made.mark is None or made.before is not None:
        return None
    old, new = (made.kind, removed.id), (made.kind, made.id)
    is_one = renamed({old: removed.before or {}}, {new: made.after or {}})
    return Entry(second.at, made.id, removed.id, removed.before, made.after) if is_one else None


def _chained(steps: list[Entry], held: Held | None, commits: "_Commits", id: str) -> Iterator[Entry]:
    known, since = None, ""
    for step in steps:
        yield from _outside(known, Entry(step.at, step.was, step.was, None, step.before, True, since), commits, step.at)
        if step.was != step.id or _differ(step.before, step.after):
            yield step
        known, since = step.after, step.at
    if steps and steps[-1].id != id:
        return
    yield from _outside(
        known, Entry(written(held) if held else "", id, id, None, held.document if held else None, True, since), commits
    )


def _outside(known: Document, last: Entry, commits: "_Commits", until: str = "") -> Iterator[Entry]:
    """Yield what led from one known state to the next and no line tells: commit by commit, and then what is in none.

    Args:
        last: the change to the next known state, if nothing happened in between.
        until: the moment before which the commits lie, "" for now.
    """
    since = last.since
    for commit, document in commits.between(since, until):
        if _differ(known, document):
            yield Entry(utc(commit.at), last.id, last.id, known, document, True, since, commit)
        known, since = document, utc(commit.at)
    if _differ(known, last.after):
        yield last._replace(before=known, since=since, at=last.at if last.at >= since else "")


def _differ(one: Document, other: Document) -> bool:
    if one is None or other is None:
        return one is not other
    return bool(difference(None, one, other))


class _Commits:
    """What git knows of a file."""

    def __init__(self, registry: Registry, file: str) -> None:
        self.found = commits_of(registry.root, file)
        places = {commit.name: f"{commit.name}:./{file}" for commit in self.found}
        held = contents(registry.root, places.values())
        self.documents = {name: _read(held.get(place)) for name, place in places.items()}

    def between(self, since: str, at: str) -> Iterator[tuple[Commit, Document]]:
        """Yield the commits after one moment and before another, "" for an open end, each with what it holds."""
        for one in self.found:
            if since < utc(one.at) and (not at or utc(one.at) < at):
                yield one, self.documents[one.name]


def _read(content: bytes | None) -> Document:
    try:
        found = strict.read(content) if content else None
    except strict.DocumentError:
        return None
    return found if isinstance(found, Mapping) else None
