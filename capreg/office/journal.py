"""The journal: the entries of the ledger on the disk, a file a year. It only grows.

A line counts once it is whole on the disk, which its own hash proves. What follows the last whole line was torn off
by a crash and never was an entry.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from capreg.errors import CapregError, ExitCode
from capreg.model.value import Value
from capreg.office.entry import Entry, read_line
from capreg.store.files import flush, read_bytes

LARGEST = 1 << 32
BLOCK = 1 << 16
YEAR = re.compile(r"\d{4}\.jsonl")


class DamagedLedgerError(CapregError):
    """The ledger is not as it was written; nothing is charged until a person has looked."""

    exit_code = ExitCode.INVALID

    def __init__(self, sentence: str) -> None:
        super().__init__(
            sentence, "Nothing is charged until it is put right from a backup: 'capreg ledger verify' tells all."
        )


class UncertainEntryError(CapregError):
    """The disk failed while an entry was written, and again while it was taken back."""

    def __init__(self, path: Path, order: str) -> None:
        super().__init__(
            f"{path}: the disk failed, and whether the order {order} was entered is not known",
            f"Mend the disk, then give the same order again: --order {order}.",
        )


class Tail(Value):
    """Where a journal ends: its last entry, the file that holds it, from which byte, and whether nothing follows its line."""

    last: Entry | None
    path: Path | None
    start: int
    is_clean: bool

    @property
    def end(self) -> int:
        """The offset after the last whole line."""
        return self.start + len(self.last.line) if self.last else 0


class Place(Value):
    """Where an entry stands: in which file, from which byte, how many bytes long."""

    file: str
    offset: int
    length: int


def year_files(folder: Path) -> list[Path]:
    """Return the files of a journal, the oldest year first.

    Raises:
        DamagedLedgerError: the folder or a file is a symbolic link, whose target could change unseen.
    """
    found: list[Path] = []
    with suppress(FileNotFoundError):
        found = sorted(path for path in folder.iterdir() if YEAR.fullmatch(path.name))
    for path in (folder, *found):
        if path.is_symlink():
            raise DamagedLedgerError(f"{path} is a symbolic link")
    return found


def placed_entries(folder: Path, opening: str) -> Iterator[tuple[Entry, Place]]:
    """Yield all entries of a journal with where they stand, each proved by the hash of the one before.

    Args:
        opening: the hash that comes before the first entry.

    Raises:
        DamagedLedgerError: a line is no entry, does not follow the one before, or stands in another year's file.
        UnreadableError: a file is no plain one.
    """
    number, previous, at = 0, opening, ""
    # A file may be empty: a crash left it so, or what it left there was cut off.
    files = [path for path in year_files(folder) if path.stat().st_size]
    for path in files:
        content = read_bytes(path, folder, LARGEST)
        offset = 0
        for position, line in enumerate(_lines(content, path == files[-1]), 1):
            entry = read_line(line)
            fault = _fault(entry, number, previous, at, path)
            if entry is None or fault:
                raise DamagedLedgerError(f"{path}:{position}: {fault}")
            yield entry, Place(path.name, offset, len(line))
            number, previous, at, offset = entry.number, entry.hash, entry.at, offset + len(line)


def _fault(entry: Entry | None, number: int, previous: str, at: str, path: Path) -> str:
    """Return why a line is not the entry that comes next, "" where it is."""
    if entry is None:
        return "this line is no entry of the ledger"
    if entry.number != number + 1:
        return f"entry {entry.number} where {number + 1} should stand"
    if entry.previous != previous:
        return f"entry {entry.number} does not follow the one before it"
    if entry.at < at:
        return f"entry {entry.number} is earlier than the one before it"
    return "" if entry.at.startswith(path.stem) else f"entry {entry.number} is of another year"


def _lines(content: bytes, is_last_file: bool) -> Iterator[bytes]:
    """Yield the lines of a file, with their newlines; what a crash left at the end of the last file is left out."""
    lines = content.splitlines(keepends=True) if b"\r" not in content else _split(content)
    yield from lines[:-1]
    if lines and (lines[-1].endswith(b"\n") or not is_last_file or read_line(lines[-1])):
        yield lines[-1]


def _split(content: bytes) -> list[bytes]:
    """Return the lines of bytes that hold carriage returns, which end no line here."""
    *whole, rest = content.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def tail_of(folder: Path) -> Tail:
    """Return where a journal ends, reading no more than its last lines.

    Raises:
        DamagedLedgerError: its last whole line is no entry.
    """
    for path in reversed(year_files(folder)):
        content, start = _ending(path)
        *whole, rest = content.split(b"\n")
        if rest and (entry := read_line(rest)):
            return Tail(entry, path, start + len(content) - len(rest), is_clean=False)
        if whole:
            at = start + len(content) - len(rest) - len(whole[-1]) - 1
            return Tail(_entry(whole[-1], path), path, at, is_clean=not rest)
    return Tail(None, None, 0, is_clean=True)


def _entry(line: bytes, path: Path) -> Entry:
    entry = read_line(line)
    if entry is None:
        raise DamagedLedgerError(f"{path}: the last line is no entry of the ledger")
    return entry


def _ending(path: Path) -> tuple[bytes, int]:
    """Return the end of a file from before its last whole line, and at which byte it begins."""
    with path.open("rb") as file:
        size, length = file.seek(0, os.SEEK_END), BLOCK
        while True:
            start = max(size - length, 0)
            file.seek(start)
            content = file.read()
            if start == 0 or content.count(b"\n") > 1:
                cut = 0 if start == 0 else content.index(b"\n") + 1
                return content[cut:], start + cut
            length *= 2


def line_at(folder: Path, place: Place) -> Entry | None:
    """Return the entry that stands at a place, None where none does."""
    with suppress(OSError), (folder / place.file).open("rb") as file:
        file.seek(place.offset)
        return read_line(file.read(place.length))
    return None


def settled(folder: Path) -> Tail:
    """Return where a journal ends, after what a crash left there was cut off. To be called under the office's lock.

    Raises:
        DamagedLedgerError: its last whole line is no entry.
        OSError: the disk refused.
    """
    tail = tail_of(folder)
    for path in year_files(folder):
        if (tail.path is None or path > tail.path) and path.stat().st_size:
            # No whole line is in it, and the next entry may be of a later year, after which it would stand in the middle.
            os.truncate(path, 0)
            flush(path)
    return tail if tail.last is None or tail.is_clean else anchored(tail)


def anchored(tail: Tail) -> Tail:
    """Write the last entry of a journal once more where it stands, and cut off what follows; when this returns, it is on the disk.

    Whoever wrote it may have been killed before it was flushed, and after a flush that failed the system holds for
    written what is not: only what is written again is flushed for certain. To be called under the office's lock.

    Raises:
        OSError: the disk refused; the entry is where it was.
    """
    with tail.path.open("r+b") as file:
        file.seek(tail.start)
        file.write(tail.last.line)
        file.truncate()
        os.fsync(file.fileno())
    flush(tail.path.parent)
    return tail._replace(is_clean=True)


def append(folder: Path, entry: Entry, tail: Tail) -> Place:
    """Add an entry after a settled tail, and return where it stands; when this returns, it is on the disk.

    Where the disk refuses, the journal is left as it was. To be called under the office's lock.

    Raises:
        OSError: the disk refused, and nothing was entered.
        UncertainEntryError: the disk refused, and refused again when the entry was to be taken back.
    """
    path = folder / f"{entry.year}.jsonl"
    end = tail.end if path == tail.path else 0
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _write(descriptor, end, entry.line)
        if not end:
            flush(folder)
    except OSError as error:
        _take_back(descriptor, end, path, entry.order)
        error.filename = str(path)
        raise
    finally:
        os.close(descriptor)
    return Place(path.name, end, len(entry.line))


def _write(descriptor: int, end: int, line: bytes) -> None:
    os.ftruncate(descriptor, end)
    os.lseek(descriptor, end, os.SEEK_SET)
    while line:
        line = line[os.write(descriptor, line) :]
    os.fsync(descriptor)


def _take_back(descriptor: int, end: int, path: Path, order: str) -> None:
    """Cut an entry off again that did not reach the disk."""
    try:
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)
    except OSError:
        raise UncertainEntryError(path, order) from None
