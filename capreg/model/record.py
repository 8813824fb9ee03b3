"""A record, its values, and the one cut to a tier."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from os import PathLike
from typing import Any

from capreg.model.kinds import Field, Kind, Tier
from capreg.model.value import Value

GONE = object()
STATEMENTS = "statements"
FORMER_IDS = "former_ids"


class Record(Value):
    """One record of a registry as its file has it; keys that no schema knows are kept.

    `path` is its file, None for a record that has none yet.
    """

    id: str
    document: Mapping[str, Any]
    path: PathLike | None = None


def cut(kind: Kind, document: Mapping[str, Any], tier: Tier) -> dict[str, Any]:
    """Return what of a record may be seen at a tier.

    This is the only place where a record is reduced. What the schema does not describe is confidential; an
    entry whose `unless` flag is not true is confidential; a statement has the tier of what it is about.
    """
    kept = _cut(_plan(kind, tier), _without_closed_statements(kind, document, tier))
    return {} if kept is GONE else kept


def _without_closed_statements(kind: Kind, document: Mapping[str, Any], tier: Tier) -> Mapping[str, Any]:
    """Leave out the statements about what a tier may not see, judged before anything else is cut."""
    statements = document.get(STATEMENTS)
    if not isinstance(statements, list):
        return document
    seen = [one for one in statements if _statement_tier(kind, document, one) <= tier]
    return {**document, STATEMENTS: seen}


def _statement_tier(kind: Kind, document: Mapping[str, Any], statement: Any) -> Tier:
    about = statement.get("about") if isinstance(statement, Mapping) else None
    return about_tier(kind, document, about) if isinstance(about, str) else Tier.confidential


class _Plan(Value):
    """What a tier may see of one place, worked out once for all records.

    `keeps_unknown` says whether it may see what no schema describes; `flags` close an entry, those beside a key only where
    the key stands; what is plain is seen whole or not at all. Of an object that has nothing but keys which are `seen`
    all is seen.
    """

    is_open: bool
    keeps_unknown: bool
    flags: tuple[str, ...]
    beside: Mapping[str, str]
    properties: Mapping[str, "_Plan"]
    items: "_Plan | None"
    is_plain: bool
    seen: frozenset[str]


@lru_cache(maxsize=32)
def _plan(kind: Kind, tier: Tier) -> _Plan:
    return _planned(kind.root, tier)


def _planned(at: Field, tier: Tier) -> _Plan:
    is_whole = tier is Tier.confidential
    own, beside = ((), {}) if is_whole else _flags(at)
    below = {key: _planned(one, tier) for key, one in at.properties.items()}
    items = _planned(at.items, tier) if at.items else None
    is_open = at.tier <= tier
    is_plain = not below and (items is None or items.is_plain and items.is_open and is_open)
    seen = frozenset(key for key, one in below.items() if one.is_plain and one.is_open)
    return _Plan(is_open, is_whole, own, beside, below, items, is_plain, seen)


def _cut(at: _Plan, value: Any) -> Any:
    if at.properties and isinstance(value, dict):
        return _cut_entry(at, value)
    if at.items is not None and isinstance(value, list):
        kept = _cut_list(at.items, value)
        return kept if kept or not value and at.is_open else GONE
    return value if at.is_open else GONE


def _cut_list(at: _Plan, entries: list) -> list:
    if at.is_plain:
        return entries if at.is_open else []
    return [one for one in (_cut(at, entry) for entry in entries) if one is not GONE]


def _cut_entry(at: _Plan, entry: Mapping[str, Any]) -> Any:
    if (at.flags or at.beside) and _is_closed(at.flags, at.beside, entry):
        return GONE
    if entry and at.seen.issuperset(entry):
        return entry
    seen, known = {}, at.properties
    for key, value in entry.items():
        below = known.get(key)
        if below is None:
            kept = value if at.keeps_unknown else GONE
        elif below.is_plain:
            kept = value if below.is_open else GONE
        else:
            kept = _cut(below, value)
        if kept is not GONE:
            seen[key] = kept
    return seen if seen or not entry and at.is_open else GONE


def _flags(at: Field) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the flags that close an entry: one named on the entries of its list, and those named on properties, by property."""
    own = (at.unless,) if at.path[-1:] == ("*",) and at.unless else ()
    return own, {key: one.unless for key, one in at.properties.items() if one.unless}


def _is_closed(own: tuple[str, ...], beside: Mapping[str, str], entry: Mapping[str, Any]) -> bool:
    """Whether a flag closes an entry."""
    return any(entry.get(flag) is not True for flag in (*own, *(flag for key, flag in beside.items() if key in entry)))


def about_tier(kind: Kind, document: Mapping[str, Any], pointer: str) -> Tier:
    """Return the tier of the part of a record that a statement is about.

    Args:
        pointer: the way from the root, entries of lists named by id or by position:
            `/capabilities/milling-5x/tolerance_mm`; "" is the whole record.

    A pointer that leads nowhere is confidential, as is one into an entry that `unless` closes.
    """
    at, value, found = kind.root, document, Tier.short
    for step in pointer.split("/")[1:]:
        at, value = _step(at, value, step)
        if at is None or value is None or _closes(at, value):
            return Tier.confidential
        found = at.openness
    return found


def _closes(at: Field, value: Any) -> bool:
    return bool(at.properties) and isinstance(value, Mapping) and _is_closed(*_flags(at), value)


def _step(at: Field, value: Any, step: str) -> tuple[Field | None, Any]:
    if at.items and isinstance(value, list):
        return at.items, entry_named(value, step)
    return at.properties.get(step), value.get(step) if isinstance(value, Mapping) else None


def former_ids(document: Mapping[str, Any]) -> list[str]:
    """Return the ids that a record had before it was renamed, the oldest first: names by which it is still found."""
    found = document.get(FORMER_IDS, [])
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def pointer(path: tuple) -> str:
    """Return the path of a value as messages show it: `/capabilities/0/process`, `/` for the whole document."""
    return f"/{'/'.join(map(str, path))}"


def entry_named(entries: list, step: str) -> Any:
    """Return the entry of a list with that id, else at that position, else None."""
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("id") == step:
            return entry
    return (
        entries[int(step)]
        if step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(entries)
        else None
    )


def entry_step(entry: Any, position: int) -> str:
    """Return how a pointer names an entry of a list: by its id, else by its position."""
    return entry["id"] if isinstance(entry, Mapping) and isinstance(entry.get("id"), str) else str(position)


def values(document: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield every value that stands at a path, of a list of plain values each."""
    for value in whole_values(document, path):
        yield from value if isinstance(value, list) else [value]


def whole_values(document: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield what stands at a path, lists of plain values as they are; `*` goes through the entries of a list."""
    found = [document]
    for step in path:
        if step == "*":
            found = [entry for entries in found for entry in entries]
        else:
            found = [one[step] for one in found if (type(one) is dict or isinstance(one, Mapping)) and step in one]
    return iter(found)


def texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a value, at any depth, with the pointer to it; `pointer` is that of the value."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from texts(below, f"{pointer}/{key}")
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from texts(below, f"{pointer}/{entry_step(below, at)}")
