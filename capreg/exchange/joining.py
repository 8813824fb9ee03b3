"""Putting together what several rows, or a list and the registry, say of one record."""

from collections.abc import Callable, Mapping
from typing import Any

from capreg.model.kinds import Field, Kind

# What is told of a place: where it is, what was or stays there, what the sentence is about it.
Told = Callable[[str, str, Any], None]


def join(into: dict[str, Any], stated: Mapping[str, Any], told: Told, place: str = "") -> None:
    """Add what a further row says: entries of lists are added, a value that differs is told and not taken."""
    for key, value in stated.items():
        have = into.setdefault(key, value)
        if isinstance(have, dict):
            join(have, value, told, f"{place}/{key}")
        elif isinstance(have, list):
            join_lists(have, value, lambda same, one, at=f"{place}/{key}": join(same, one, told, f"{at}/{one['id']}"))
        elif have != value:
            told(f"{place}/{key}", f"an earlier row of the same record says {have}, which stays", value)


def join_lists(have: list, further: list, both: Callable[[Any, Any], None]) -> None:
    """Add the entries of a list that are not there; `both` puts together two that are the same thing by their id."""
    for entry in further:
        same = _same(have, entry)
        if same is not None:
            both(same, entry)
        elif entry not in have:
            have.append(entry)


def _same(entries: list, entry: Any) -> Any:
    """Return the entry of a list that is the same thing, by its id and the scheme of the id, or None."""
    named = _named(entry)
    return next((one for one in entries if _named(one) == named), None) if named else None


def _named(entry: Any) -> tuple | None:
    return (entry["id"], entry.get("scheme")) if isinstance(entry, Mapping) and "id" in entry else None


def updated(
    at: Field, known: Mapping[str, Any], stated: Mapping[str, Any], told: Told, place: str = ""
) -> dict[str, Any]:
    """Return a record as a list says it now; what the list does not speak of stays.

    A list of entries is as the list says; an entry that was there keeps what the list does not say of it, and one that the
    list has no longer is told and goes.
    """
    both = dict(known)
    for key, value in stated.items():
        below, before = at.properties[key], known.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            both[key] = updated(below, before, value, told, f"{place}/{key}")
        elif isinstance(value, list) and isinstance(before, list) and below.items and below.items.properties:
            both[key] = _updated_list(below, before, value, told, f"{place}/{key}")
        else:
            both[key] = value
    return both


def _updated_list(at: Field, known: list, stated: list, told: Told, place: str) -> list:
    head = _head(at)
    names, found = [_identity(one, head) for one in known], []
    stated_names = [_identity(one, head) for one in stated]
    for name, entry in zip(stated_names, stated, strict=True):
        is_one = name is not None and names.count(name) == 1 and stated_names.count(name) == 1
        found.append(updated(at.items, known[names.index(name)], entry, told, place) if is_one else entry)
    for name, entry in zip(names, known, strict=True):
        if name not in stated_names and entry not in found:
            told(place, "the list has it no longer, and it goes", name[0] if name else "")
    return found


def _head(at: Field) -> str | None:
    """Return the property of the entries by whose word they are asked for, None where there is none."""
    below = at.items.properties.items() if at.items else ()
    return next((key for key, one in below if one.search and one.search.name == at.together), None)


def _identity(entry: Any, head: str | None) -> tuple | None:
    if not isinstance(entry, Mapping):
        return None
    return _named(entry) or ((entry[head], None) if head and isinstance(entry.get(head), str) else None)


def merged(kind: Kind, known: Mapping[str, Any], stated: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Return a record onto which a person puts another of the same thing.

    Lists are joined; a single value of the other one replaces what is there, and is told; the id and the title stay, and
    the other title becomes one of the further names, where the kind has a list of these.
    """
    stays = {"id", "kind", kind.title}
    both = _merged(known, {key: value for key, value in stated.items() if key not in stays}, told, "")
    other = stated.get(kind.title)
    names = next((key for key, one in kind.root.properties.items() if one.same == "title" and one.items), None)
    if names and other and other != known.get(kind.title) and other not in known.get(names, ()):
        both[names] = [*both.get(names, ()), other]
    return {key: both[key] for key in (*kind.root.properties, *both) if key in both}


def _merged(known: Mapping[str, Any], stated: Mapping[str, Any], told: Told, place: str) -> dict[str, Any]:
    both = dict(known)
    for key, value in stated.items():
        before, here = known.get(key), f"{place}/{key}"
        if isinstance(value, dict) and isinstance(before, dict):
            both[key] = _merged(before, value, told, here)
        elif isinstance(value, list) and isinstance(before, list):
            both[key] = _merged_list(before, value, told, here)
        else:
            if before not in (None, value):
                told(here, f"{before} was there, and is replaced", value)
            both[key] = value
    return both


def _merged_list(known: list, stated: list, told: Told, place: str) -> list:
    found = list(known)
    for entry in stated:
        same = _same(found, entry)
        if same is not None:
            found[found.index(same)] = _merged(same, entry, told, f"{place}/{entry['id']}")
        elif entry not in found:
            found.append(entry)
    return found
