"""One record as blocks: what a profile, a printout and `show` have in common."""

from collections.abc import Iterator, Mapping
from typing import Any

from capreg.model.day import DAY
from capreg.model.kinds import Field, Kind
from capreg.views.page import Block, Column, Heading, Pairs, Rows
from capreg.views.values import Speech

WIDEST = 5


def is_shown(field: Field) -> bool:
    """Whether readers of documents see a field: not the ids of entries, and not what links one to another."""
    return not (field.refers or field.path[-1] == "id" and not field.search)


def sections(kind: Kind, document: Mapping[str, Any], speech: Speech) -> Iterator[Block]:
    """Yield a record, already cut, as headed parts in the order of its schema."""
    first, rest = [], []
    for key, field in kind.root.properties.items():
        if key in document and key not in ("kind", kind.title) and is_shown(field):
            (first if field.is_leaf else rest).append((field, document[key]))
    if first:
        label = kind.label[speech.language]
        yield Heading(label[:1].upper() + label[1:], 2)
        yield Pairs([(speech.label(field), speech.value(field, value)) for field, value in first])
    for field, value in rest:
        yield from _section(field, value, speech, 2)


def _section(field: Field, value: Any, speech: Speech, level: int) -> Iterator[Block]:
    if isinstance(value, list):
        if value:
            yield Heading(speech.label(field), level)
            yield from _entries(field, value, speech)
        return
    yield Heading(speech.label(field), level)
    if pairs := list(_pairs(field, value, speech)):
        yield Pairs(pairs)
    for below, one in _below(field, value):
        if not below.is_leaf and isinstance(one, list):
            yield from _section(below, one, speech, 3)


def _below(field: Field, value: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
    for key, below in field.properties.items():
        if key in value and (is_shown(below) or not below.is_leaf):
            yield below, value[key]


def _pairs(field: Field, value: Mapping[str, Any], speech: Speech) -> Iterator[tuple[str, str]]:
    """Yield the plain values of an object and of the objects in it."""
    for below, one in _below(field, value):
        if below.is_leaf:
            if one not in (None, [], ""):
                yield speech.label(below), speech.value(below, one)
        elif isinstance(one, Mapping):
            yield from _pairs(below, one, speech)


def _entries(field: Field, entries: list, speech: Speech) -> Iterator[Block]:
    """Yield a list as a table where it is narrow, else entry by entry under its first value."""
    listed = [dict(_pairs(field.items, entry, speech)) | dict(_inner(field.items, entry, speech)) for entry in entries]
    labels = list(dict.fromkeys(label for entry in listed for label in entry))
    if len(labels) <= WIDEST:
        yield Rows(
            [Column(label, label) for label in labels], [[entry.get(label) for label in labels] for entry in listed]
        )
        return
    for entry in listed:
        (_, head), *rest = entry.items()
        yield Heading(head, 3)
        yield Pairs(rest)


def _inner(field: Field, entry: Mapping[str, Any], speech: Speech) -> Iterator[tuple[str, str]]:
    """Yield the lists within an entry, an entry of theirs a line."""
    for below, one in _below(field, entry):
        if not below.is_leaf and isinstance(one, list) and one:
            yield speech.label(below), "\n".join(line(below.items, inner, speech) for inner in one)


def line(field: Field, entry: Mapping[str, Any], speech: Speech) -> str:
    """Return an entry of a list on one line: texts bare, numbers and days with their label."""
    return ", ".join(_said(below, one, speech) for below, one in _plain(field, entry) if one not in (None, [], ""))


def _headed(field: Field, entry: Mapping[str, Any], speech: Speech) -> str:
    """Return an entry on one line; a colon follows the head of a list whose entries are met together."""
    said = line(field.items, entry, speech)
    return said.replace(", ", ": ", 1) if isinstance(field.together, str) else said


def _plain(field: Field, entry: Mapping[str, Any]) -> Iterator[tuple[Field, Any]]:
    for below, one in _below(field, entry):
        if not below.is_leaf and isinstance(one, Mapping):
            yield from _plain(below, one)
        elif below.is_leaf and not (below.search and below.search.meaning == "place"):
            yield below, one


def _said(field: Field, value: Any, speech: Speech) -> str:
    bare = isinstance(value, (str, list)) and not (isinstance(value, str) and DAY.fullmatch(value))
    return speech.value(field, value) if bare else f"{speech.label(field)} {speech.value(field, value)}"


def brief(kind: Kind, document: Mapping[str, Any], speech: Speech) -> list[tuple[str, str]]:
    """Return a record, already cut, as pairs of label and text, an entry of a list a line."""
    return [
        pair
        for key, field in kind.root.properties.items()
        if key in document
        for pair in _brief(kind, field, document[key], speech)
    ]


def _brief(kind: Kind, field: Field, value: Any, speech: Speech) -> Iterator[tuple[str, str]]:
    if field.path in (("kind",), (kind.title,)) or not (is_shown(field) or field.properties):
        return
    if field.is_leaf:
        yield speech.label(field), speech.value(field, value)
    elif isinstance(value, list):
        if value:
            yield speech.label(field), "\n".join(_headed(field, entry, speech) for entry in value)
    else:
        for below, one in _below(field, value):
            yield from _brief(kind, below, one, speech)
