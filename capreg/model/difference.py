"""What differs between two documents of a kind, field by field; and a document with such changes made to it.

Objects are gone through key by key, lists of entries entry by entry; what the schema shows as one value (a range, a position, a
list of words) changes as one. Entries that have an id are named by it, others by their position: those that were there by the
one before, new ones by the one after.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from capreg.model.kinds import Field
from capreg.model.record import pointer
from capreg.model.value import Value

NOTHING = object()
Path = tuple[str | int, ...]


class Change(Value):
    """One value before and after; NOTHING where there is none.

    `field` is what the schema says of it, None where it describes nothing there. An `is_order` change says in which order
    the entries of a list stand, by their ids.
    """

    path: Path
    field: Field | None
    before: Any
    after: Any
    is_order: bool = False

    @property
    def pointer(self) -> str:
        """Where it stands, as messages show it: `/capabilities/milling-5x/tolerance_mm`."""
        return pointer(self.path)


def difference(root: Field | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what differs between two documents, in the order of the second.

    Args:
        root: the kind's root field; None where no schema describes the documents.
    """
    return list(_different((), root, before, after))


def _different(path: Path, field: Field | None, before: Any, after: Any) -> Iterator[Change]:
    is_whole = field is not None and field.search is not None
    if not is_whole and isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _in_object(path, field, before, after)
    elif not is_whole and _are_entries(before) and _are_entries(after):
        entry = field.items if field else None
        of = _by_id if _have_ids(before) and _have_ids(after) else _by_position
        yield from of(path, field, entry, before, after)
    elif not _is_same(before, after):
        yield Change(path, field, before, after)


def _in_object(path: Path, field: Field | None, before: Mapping, after: Mapping) -> Iterator[Change]:
    described = field.properties if field else {}
    for key in (*after, *(key for key in before if key not in after)):
        below = before.get(key, NOTHING), after.get(key, NOTHING)
        yield from _different((*path, key), described.get(key), *below)


def _by_id(path: Path, field: Field | None, entry: Field | None, before: list, after: list) -> Iterator[Change]:
    old, new = ({one["id"]: one for one in entries} for entries in (before, after))
    for id in (*new, *(id for id in old if id not in new)):
        yield from _different((*path, id), entry, old.get(id, NOTHING), new.get(id, NOTHING))
    if [*(id for id in old if id in new), *(id for id in new if id not in old)] != list(new):
        yield Change(path, field, list(old), list(new), is_order=True)


def _by_position(path: Path, field: Field | None, entry: Field | None, before: list, after: list) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [repr(one) for one in before], [repr(one) for one in after], autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        both = min(old_end - old, new_end - new) if kind == "replace" else 0
        for step in range(both):
            yield from _different((*path, old + step), entry, before[old + step], after[new + step])
        if kind != "equal":
            yield from (Change((*path, at), entry, before[at], NOTHING) for at in range(old + both, old_end))
            yield from (Change((*path, at), entry, NOTHING, after[at]) for at in range(new + both, new_end))


def _are_entries(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _have_ids(entries: list) -> bool:
    """Whether each entry has an id of its own."""
    ids = [one.get("id") for one in entries]
    return all(isinstance(id, str) for id in ids) and len(set(ids)) == len(ids)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal; yes is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_is_same(value, other[key]) for key, value in one.items())
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def applied(document: Any, changes: Iterable[Change]) -> Any:
    """Return a document with changes made to it; those of `difference(root, a, b)` made to `a` give `b`."""
    return _applied(document, [(one.path, one) for one in changes])


def _applied(value: Any, changes: list[tuple[Path, Change]]) -> Any:
    """Return a value with changes made to it, each with the way that leads to it from here."""
    below: dict[str | int, list[tuple[Path, Change]]] = {}
    for way, change in changes:
        if not way and not change.is_order:
            return change.after
        if way:
            below.setdefault(way[0], []).append((way[1:], change))
    if isinstance(value, Mapping):
        return _object(value, below)
    order = next((change.after for way, change in changes if not way), None)
    return _positioned(value, below) if any(isinstance(step, int) for step in below) else _named(value, below, order)


def _object(value: Mapping, below: Mapping[str | int, list]) -> dict:
    found = {key: _applied(value.get(key, NOTHING), below.get(key, [])) for key in (*value, *below)}
    return {key: one for key, one in found.items() if one is not NOTHING}


def _named(entries: list, below: Mapping[str | int, list], order: list[str] | None) -> list:
    found = _object({one["id"]: one for one in entries}, below) if below or order else None
    return entries if found is None else [found[id] for id in order or found]


def _positioned(entries: list, below: Mapping[str | int, list]) -> list:
    """Return a list of entries by position: what was there is changed or left out, then what is new takes its place."""
    new = {
        at: change.after for at, ways in below.items() for way, change in ways if not way and change.before is NOTHING
    }
    old = {at: [one for one in ways if one[0] or one[1].before is not NOTHING] for at, ways in below.items()}
    changed = (_applied(entry, old.get(at, [])) for at, entry in enumerate(entries))
    found = [one for one in changed if one is not NOTHING]
    for at in sorted(new):
        found.insert(at, new[at])
    return found
