"""What a registry holds at a moment: now, at a commit of git, or on a day before.

Contents are told apart by their marks, and a record is read only where it is looked at.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from capreg.model.day import DayError
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.store import strict
from capreg.store.changes import history
from capreg.store.files import LARGEST, UnreadableError, canonical, read_bytes
from capreg.store.git import Commit, commit_before, commits_of, contents, files_in
from capreg.store.noted import Noted, mark
from capreg.store.records import BrokenRecordError
from capreg.store.registry import Registry
from capreg.store.root import SETTINGS

Key = tuple[str, str]
# The end of the calendar, after which a file may claim to have been written.
LATEST = datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp()


class Held:
    """One record of a state: its file as messages show it, and its content, read when it is asked for."""

    def __init__(self, file: str, read: Callable[[], bytes], changed: float = 0.0) -> None:
        self.file, self._read, self.changed = file, read, changed

    @cached_property
    def mark(self) -> str:
        """What tells its content from another; of a file that cannot be read, its path."""
        try:
            return mark(self._read())
        except (UnreadableError, BrokenRecordError):
            return self.file

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The record, whether or not it is valid; raises BrokenRecordError where the file holds no object of JSON."""
        return self.read()

    def read(self) -> Mapping[str, Any]:
        """Return the record as `document` does, and keep nothing of it."""
        try:
            content = self._read()
            if len(content) > LARGEST:
                raise UnreadableError(self.file, f"{len(content)} bytes, and at most {LARGEST} are read")
            found = strict.read(content)
        except UnreadableError as error:
            raise BrokenRecordError(Path(self.file), error.fault) from None
        except strict.DocumentError as error:
            raise BrokenRecordError(Path(self.file), error.fault, error.line, error.column) from None
        if not isinstance(found, Mapping):
            raise BrokenRecordError(Path(self.file), "holds no record")
        return found


class State(Value):
    """The records of a registry at a moment, by kind and id; `unsure` are those of which the moment is not known for sure."""

    held: Mapping[Key, Held]
    unsure: frozenset[Key] = frozenset()


def state_now(registry: Registry, kinds: Iterable[Kind]) -> State:
    """Return what a registry holds now."""
    found: dict[Key, Held] = {}
    for kind in kinds:
        for path in registry.paths(kind):
            found.setdefault((kind.id, path.stem), _of_file(registry, path))
    return State(found)


def _of_file(registry: Registry, path: Path) -> Held:
    try:
        changed = min(os.lstat(path).st_mtime, LATEST)
    except OSError:
        changed = 0.0
    return Held(registry.shown(path).as_posix(), lambda: read_bytes(path, registry.root), changed)


def _mark(held: Held | None) -> str | None:
    return held.mark if held else None


def _of_document(file: str, document: Mapping[str, Any] | None) -> Held | None:
    return None if document is None else Held(file, lambda: canonical(document))


def state_at(registry: Registry, kinds: Iterable[Kind], commit: Commit, now: State) -> State:
    """Return what a commit of git holds of a registry; only what differs from now is fetched."""
    files = [
        (kind.id, path, name)
        for kind in kinds
        for path, name in files_in(registry.root, commit.name, kind.folder).items()
    ]
    files = [one for one in files if one[1].endswith(".json") and not Path(one[1]).name.startswith(".")]
    known = {held.mark: held for held in now.held.values()}
    fetched = contents(registry.root, (name for _, _, name in files if name not in known))
    found: dict[Key, Held] = {}
    for kind, path, name in sorted(files):
        content = fetched.get(name)
        held = known[name] if name in known else Held(path, lambda content=content: content or b"")
        found.setdefault((kind, Path(path).stem), held)
    return State(found)


def knows(registry: Registry, commit: Commit | None) -> bool:
    """Whether a commit holds the registry at all."""
    return commit is not None and bool(contents(registry.root, [f"{commit.name}:./{SETTINGS}"]))


def end_of(day: date, zone: str) -> str:
    """Return the moment at which a day ends in a time zone, in UTC as the history writes it; raises DayError beyond the calendar."""
    try:
        return _written(datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)))
    except OverflowError:
        raise DayError(f"{day} ends beyond the calendar") from None


def utc(moment: str) -> str:
    """Return a moment (ISO 8601) in UTC, as the history writes it."""
    return _written(datetime.fromisoformat(moment))


def written(held: Held) -> str:
    """Return when a record's file was last written, in UTC as the history writes it."""
    return _written(datetime.fromtimestamp(held.changed, UTC))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def state_on(registry: Registry, kinds: Iterable[Kind], day: date, now: State) -> State:
    """Return what a registry held at the end of a day.

    The history's lines are undone from the last one backwards. What they do not tell for sure, because something else than capreg
    changed a file, is taken from the last commit of git before that moment, where there is one.
    """
    end, of = end_of(day, registry.settings.time_zone), tuple(kinds)
    commit = commit_before(registry.root, end)
    committed = state_at(registry, of, commit, now) if knows(registry, commit) else None
    past = _Past(registry.root, end, now, committed, commit)
    ids = {kind.id for kind in of}
    around = _around(registry, end)
    keys = {key for key in (*now.held, *around, *(committed.held if committed else ())) if key[0] in ids}
    held = {key: found for key in sorted(keys) if (found := past.held(key, *around.get(key, (None, None))))}
    return State(held, frozenset(past.unsure))


def _around(registry: Registry, end: str) -> dict[Key, tuple[Noted | None, Noted | None]]:
    """Return of each record the last line before a moment, and the first after it."""
    found: dict[Key, tuple[Noted | None, Noted | None]] = {}
    for one in history(registry):
        last, first = found.get((one.kind, one.id), (None, None))
        found[one.kind, one.id] = (one, first) if one.at < end else (last, first or one)
    return found


class _Past:
    """Decides what stood where at the end of a day."""

    def __init__(self, root: Path, end: str, now: State, committed: State | None, commit: Commit | None) -> None:
        self.root, self.end, self.now, self.committed = root, end, now, committed
        self.committed_at = utc(commit.at) if committed and commit else ""
        self.unsure: set[Key] = set()

    def held(self, key: Key, last: Noted | None, first: Noted | None) -> Held | None:
        """Return what stood there, None for nothing.

        Args:
            last: the last line of the record before the moment.
            first: the first line after it.
        """
        following = _of_document(first.file, first.before) if first else self.now.held.get(key)
        is_sure = last is not None and last.mark == _mark(following)
        if self.committed and (last is None or last.at <= self.committed_at):
            there = self.committed.held.get(key)
            if not is_sure or last.mark != _mark(there) and self._is_touched(last):
                return there
        return following if is_sure else self._outside(key, last, first, following)

    def _is_touched(self, last: Noted) -> bool:
        """Whether a commit after a line changed the file: else the commit that there is only left the line's change out."""
        return any(last.at < utc(one.at) <= self.committed_at for one in commits_of(self.root, last.file))

    def _outside(self, key: Key, last: Noted | None, first: Noted | None, following: Held | None) -> Held | None:
        """Return what stood there where something else changed it, and no commit tells when; a file not written since is sure."""
        now = None if first else self.now.held.get(key)
        if last is None and following is None:
            return None
        if now and written(now) < self.end:
            return following
        self.unsure.add(key)
        return following if first or last is None else _of_document(last.file, last.after)
