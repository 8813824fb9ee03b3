"""What is due in a record: values stated too long ago, entries that lapse, and that nobody ever verified any of it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from capreg.model.day import day, later
from capreg.model.evidence import evidence, verified_on
from capreg.model.kinds import Field, Kind
from capreg.model.record import STATEMENTS, entry_step
from capreg.model.value import Value

OLD, LAPSED, LAPSES, UNVERIFIED = "old", "lapsed", "lapses", "unverified"


class Due(Value):
    """One thing that is due: where, when it was stated, why, and the limit: a duration, or the last day of an entry."""

    pointer: str
    path: tuple[str | int, ...]
    field: Field
    stated_on: str | None
    age_days: int | None
    why: str
    limit: str | None = None


def due(kind: Kind, document: Mapping[str, Any], on: date, within: int) -> Iterator[Due]:
    """Yield what is due in a record on a day, in the order of its schema.

    A value is old where it was neither stated nor verified within its `stale_after`; what lies in an old one is not told
    again. Of a value that nobody dated, nothing is told.

    Args:
        within: so many days ahead an entry that lapses is told.
    """
    if STATEMENTS in kind.root.properties and not _is_verified(kind, document):
        yield Due("", (), kind.root, None, None, UNVERIFIED)
    last = (on + timedelta(days=within)).isoformat()
    yield from _Walk(kind, document, on, last).below(kind.root, document, "", (), None)


def _is_verified(kind: Kind, document: Mapping[str, Any]) -> bool:
    verified = kind.at((STATEMENTS, "*", "verified_by")).dated
    return any(verified in one for one in document.get(STATEMENTS, ()))


class _Walk(Value):
    """Goes through a record, from the whole to its parts."""

    kind: Kind
    document: Mapping[str, Any]
    on: date
    last: str

    def below(self, field: Field, value: Any, pointer: str, path: tuple, limit: str | None) -> Iterator[Due]:
        """Yield what is due at a place and below it; `limit` is how old it may be."""
        limit = field.stale_after or limit
        if limit and (old := self._old(field, pointer, path, limit)):
            yield old
        elif field.items is not None and isinstance(value, list):
            for at, entry in enumerate(value):
                step = entry_step(entry, at)
                yield from self.below(field.items, entry, f"{pointer}/{step}", (*path, at), limit)
            return
        elif isinstance(value, Mapping):
            for key, one in field.properties.items():
                if key in value and key != STATEMENTS:
                    yield from self.below(one, value[key], f"{pointer}/{key}", (*path, key), limit)
            return
        yield from self._lapsing(field, value, pointer, path)

    def _old(self, field: Field, pointer: str, path: tuple, limit: str) -> Due | None:
        found = evidence(self.kind, self.document, pointer, self.on)
        if found is None or later(day(found.stated_on), limit) >= self.on:
            return None
        verified = verified_on(self.kind, self.document, pointer)
        if verified and later(day(verified), limit) >= self.on:
            return None
        return Due(pointer, path, field, found.stated_on, found.age_days, OLD, limit)

    def _lapsing(self, field: Field, value: Any, pointer: str, path: tuple) -> Iterator[Due]:
        """Yield the last day of an entry that has lapsed, or soon does."""
        if field.is_period and isinstance(value, str) and value <= self.last:
            stated = evidence(self.kind, self.document, pointer, self.on)
            told = (stated.stated_on, stated.age_days) if stated else (None, None)
            yield Due(pointer, path, field, *told, LAPSED if value < self.on.isoformat() else LAPSES, value)
