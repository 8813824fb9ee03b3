"""Changing the records of a registry: under one lock, each change noted in its history before it is made.

`history/YEAR.jsonl` holds a line a change: when, which record, its file, what stood there before, null for a new one, and what
stands there after it. Undoing the lines from the last one backwards gives the registry as it was on any day; what an editor or
git changed shows in that the next line of the record, or its file, does not go on where the line ends.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from capreg.model.kinds import Kind
from capreg.model.record import Record
from capreg.store.files import flush
from capreg.store.noted import Noted, line
from capreg.store.registry import Registry

FOLDER = "history"


class Changes:
    """The records of a registry, held alone, to be written, moved or removed."""

    def __init__(self, registry: Registry, history: IO[bytes], durable: bool) -> None:
        self.registry, self._history, self._durable = registry, history, durable

    def put(self, kind: Kind, record: Record, before: Mapping[str, Any] | None) -> None:
        """Write a record, new where nothing stood before; raises as `Registry.put` does."""
        path = record.path or self.registry.root / kind.folder / f"{record.id}.json"
        content = self.registry.check_put(kind, record)
        self._note(kind, record.id, Path(path), before, record.document, content)
        self.registry.put(kind, record, self._durable)

    def remove(self, kind: Kind, record: Record) -> None:
        """Remove a record's file; raises OSError where the disk refuses."""
        path = Path(record.path)
        self._note(kind, record.id, path, record.document)
        path.unlink()
        if self._durable:
            flush(path.parent)

    def move(self, kind: Kind, record: Record, moved: Record) -> None:
        """Write a record under another id, where it stood before, and remove the file that it had.

        Raises:
            OSError: the disk refused; the record stands under the id that it had.
        """
        path = Path(record.path)
        self.put(kind, moved._replace(path=path.with_name(f"{moved.id}.json")), None)
        try:
            self.remove(kind, record)
        except OSError:
            path.with_name(f"{moved.id}.json").unlink()
            raise

    def _note(
        self,
        kind: Kind,
        id: str,
        path: Path,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None = None,
        content: bytes | None = None,
    ) -> None:
        head = {"at": _now(), "kind": kind.id, "id": id, "file": self.registry.shown(path).as_posix()}
        self._history.write(line(head, before, after, content))
        self._history.flush()
        if self._durable:
            os.fsync(self._history.fileno())


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def changing(registry: Registry, durable: bool = True) -> Iterator[Changes]:
    """Hold the records of a registry alone, to change them.

    Args:
        durable: each change is on the disk when it returns; else all are at the end of the block.

    Raises:
        BusyError: another process is writing.
        OSError: the disk refused; what was changed before stays, each record whole.
    """
    folder = registry.root / FOLDER
    with registry.writing():
        folder.mkdir(exist_ok=True)
        with (folder / f"{_now()[:4]}.jsonl").open("ab") as history:
            _end_line(history)
            yield Changes(registry, history, durable)
        if not durable:
            os.sync()


def _end_line(history: IO[bytes]) -> None:
    """Begin on a line of its own, where a crash left half of one."""
    if history.tell():
        with Path(history.name).open("rb") as written:
            written.seek(-1, os.SEEK_END)
            if written.read(1) != b"\n":
                history.write(b"\n")


def history(registry: Registry) -> Iterator[Noted]:
    """Yield all changes that were noted, the oldest first; a line that a crash left half written is passed over."""
    for path in sorted((registry.root / FOLDER).glob("*.jsonl")):
        with path.open("rb") as lines:
            for one in lines:
                with suppress(ValueError, KeyError):
                    yield Noted(one)
