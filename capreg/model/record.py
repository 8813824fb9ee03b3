"""A record, its values, and the one cut to a tier."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from capreg.model.kinds import Field, Kind, Tier

GONE = object()
STATEMENTS = "statements"


class Record(NamedTuple):
    """One record of a registry as its file has it; keys that no schema knows are kept.

    `path` is its file, None for a record that has none yet.
    """

    id: str
    document: Mapping[str, Any]
    path: Path | None = None


def cut(kind: Kind, document: Mapping[str, Any], tier: Tier) -> dict[str, Any]:
    """Return what of a record may be seen at a tier.

    This is the only place where a record is reduced. What the schema does not describe is confidential; an
    entry whose `unless` flag is not true is confidential; a statement has the tier of what it is about.
    """
    kept = _cut(kind.root, _without_closed_statements(kind, document, tier), tier)
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


def _cut(at: Field | None, value: Any, tier: Tier) -> Any:
    if at is None or at.tier > tier and not at.properties and not at.items:
        return value if tier is Tier.confidential else GONE
    if isinstance(value, Mapping) and at.properties:
        return _cut_entry(at, value, tier)
    if isinstance(value, list) and at.items:
        kept = [one for one in (_cut(at.items, entry, tier) for entry in value) if one is not GONE]
        return kept if kept or not value and at.tier <= tier else GONE
    return value if at.tier <= tier else GONE


def _cut_entry(at: Field, entry: Mapping[str, Any], tier: Tier) -> Any:
    if tier < Tier.confidential and _closed(at, entry):
        return GONE
    kept = {key: _cut(at.properties.get(key), value, tier) for key, value in entry.items()}
    seen = {key: value for key, value in kept.items() if value is not GONE}
    return seen if seen or not entry and at.tier <= tier else GONE


def _closed(at: Field, entry: Mapping[str, Any]) -> bool:
    """Whether a flag closes an entry: one named on the entries of its list, or on a property beside the flag."""
    own = [at.unless] if at.path[-1:] == ("*",) else []
    flags = own + [one.unless for key, one in at.properties.items() if key in entry]
    return any(entry.get(flag) is not True for flag in flags if flag)


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
        if at is None or value is None or at.properties and isinstance(value, Mapping) and _closed(at, value):
            return Tier.confidential
        found = _own_tier(at)
    return found


def _own_tier(at: Field) -> Tier:
    """A container without a tier of its own is as open as the most open part of it."""
    return min((one.tier for one in at.walk()), default=at.tier)


def _step(at: Field, value: Any, step: str) -> tuple[Field | None, Any]:
    if at.items and isinstance(value, list):
        return at.items, entry_named(value, step)
    return at.properties.get(step), value.get(step) if isinstance(value, Mapping) else None


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
    if not path:
        yield document
    elif path[0] == "*":
        for entry in document:
            yield from whole_values(entry, path[1:])
    elif isinstance(document, Mapping) and path[0] in document:
        yield from whole_values(document[path[0]], path[1:])


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
