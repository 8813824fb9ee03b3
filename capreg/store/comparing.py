"""Two states of records side by side: which are new, gone, renamed or changed, and in what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from capreg.model.difference import Change, difference
from capreg.model.kinds import Kind, Tier
from capreg.model.record import cut
from capreg.model.value import Value
from capreg.store.files import canonical
from capreg.store.records import BrokenRecordError
from capreg.store.states import Key, State

NEW, GONE, RENAMED, CHANGED = "new", "gone", "renamed", "changed"


class Described(Protocol):
    """A kind, and what decides whether a document can be told in its words."""

    kind: Kind

    def fits(self, document: Any) -> bool:
        """Whether a document is as the kind describes it."""


class Differing(Value):
    """A record that differs: how, both documents as far as the tier goes, and field by field.

    `was` is the id before, which differs where it was renamed; `changes` is empty where it changed only in what the tier does not see.
    """

    kind: str
    id: str
    was: str
    what: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    changes: Sequence[Change] = ()


class Compared(Value):
    """What differs, in the order of kinds and ids, and what could not be read."""

    records: list[Differing]
    unread: list[str]


def compared(before: State, after: State, kinds: Mapping[str, Described], tier: Tier) -> Compared:
    """Return what differs between two states.

    Args:
        kinds: the kinds that are looked at.
        tier: up to which tier.
    """
    unread: list[str] = []
    pairs = list(_pairs(before, after, kinds, unread))
    gone = {key: old for key, old, new in pairs if new is None}
    fresh = {key: new for key, old, new in pairs if old is None}
    was = renamed(gone, fresh)
    taken = set(was.values())
    found = [
        differing(kinds[key[0]], key, was.get(key, key), gone.get(was.get(key, key), old), new, tier)
        for key, old, new in pairs
        if key not in taken
    ]
    return Compared([one for one in found if one], unread)


def _pairs(before: State, after: State, kinds: Mapping[str, Described], unread: list[str]) -> Iterator[tuple]:
    """Yield what each side holds under a key, where that differs; what cannot be read is told."""
    order = {kind: at for at, kind in enumerate(kinds)}
    keys = {key for key in (*before.held, *after.held) if key[0] in order}
    for key in sorted(keys, key=lambda key: (order[key[0]], key[1])):
        sides = before.held.get(key), after.held.get(key)
        if sides[0] is sides[1] or all(sides) and sides[0].mark == sides[1].mark:
            continue
        try:
            yield key, *(side.document if side else None for side in sides)
        except BrokenRecordError as error:
            unread.append(error.sentence)


def renamed(gone: Mapping[Key, Mapping], fresh: Mapping[Key, Mapping]) -> dict[Key, Key]:
    """Return of records that are new under another id what they were: they name the old id, or say the same as it did."""
    same = {(key[0], _but_its_id(document)): key for key, document in gone.items()}
    found: dict[Key, Key] = {}
    for key, document in fresh.items():
        named = ((key[0], id) for id in _named(document))
        was = next((one for one in named if one in gone), same.get((key[0], _but_its_id(document))))
        if was and was not in found.values():
            found[key] = was
    return found


def _but_its_id(document: Mapping[str, Any]) -> bytes:
    return canonical({key: document[key] for key in sorted(document) if key != "id"})


def _named(document: Mapping[str, Any]) -> Iterable[str]:
    """Return the texts in the plain lists of a record: the old id stays among them as an alias."""
    return (text for value in document.values() if isinstance(value, list) for text in value if isinstance(text, str))


def differing(described: Described, key: Key, was: Key, old: Any, new: Any, tier: Tier) -> Differing | None:
    """Return how a record differs, None where it does not.

    Args:
        key: its kind and id, and `was` those before.
        old: what it was, None where there was none; `new` what it is.
        tier: up to which tier the documents and the changes are shown.
    """
    kind, both = described.kind, old is not None and new is not None
    seen = [None if one is None else cut(kind, one, tier) for one in (old, new)]
    if not both:
        return Differing(*key, was[1], NEW if old is None else GONE, *seen)
    if was == key and not difference(None, old, new):
        return None
    # What no schema allows is told as it stands: a label or a unit may not fit it.
    root = kind.root if all(map(described.fits, (old, new))) else None
    return Differing(*key, was[1], CHANGED if was == key else RENAMED, *seen, difference(root, *seen))
