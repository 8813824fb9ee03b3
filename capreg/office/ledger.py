"""The ledger: what was charged, to whom, for what. It only grows.

One canonical JSON line an entry. A line counts once its newline is on the disk; a torn last line never was an entry.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from capreg.errors import CapregError, ExitCode
from capreg.store.files import flush, read_bytes
from capreg.store.schemas import shipped_validator

LARGEST = 1 << 30


class DamagedLedgerError(CapregError):
    """The ledger holds a line that is no entry; nothing is charged until a person has looked."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True)
class Entry:
    """One charge; what each part means stands in `entry.schema.json`."""

    number: int
    at: str
    client: str
    what: str
    kind: str
    record: str
    amount: str
    currency: str
    until: str


def entries(ledger: Path) -> list[Entry]:
    """Return all entries, in the order charged.

    Raises:
        DamagedLedgerError: a line is not an entry, or the numbers have a gap.
        UnreadableError: it is no plain file.
    """
    return _entries(_whole_lines(_content(ledger)), ledger)


def append(ledger: Path, entry: Entry) -> None:
    """Add an entry; returns when it is on the disk. To be called under the office's lock.

    A torn last line, left by a crash, is cut off first. Where the disk refuses, the ledger is left as it was.

    Raises:
        OSError: the disk refused.
    """
    content = _content(ledger)
    lines = _whole_lines(content)
    kept = min(len(lines), len(content))
    descriptor = os.open(ledger, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _write(descriptor, kept, lines[kept:] + _line(entry))
        if not kept:
            flush(ledger.parent)
    except OSError as error:
        error.filename = str(ledger)
        raise
    finally:
        os.close(descriptor)


def _write(descriptor: int, end: int, line: bytes) -> None:
    try:
        os.ftruncate(descriptor, end)
        os.lseek(descriptor, end, os.SEEK_SET)
        while line:
            line = line[os.write(descriptor, line) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)
        raise


def _content(ledger: Path) -> bytes:
    return read_bytes(ledger, ledger.parent, LARGEST) if os.path.lexists(ledger) else b""


def _whole_lines(content: bytes) -> bytes:
    """Return the lines that count: a torn last one does not, one that lacks only its newline does."""
    end = content.rfind(b"\n") + 1
    last = content[end:]
    return content[:end] + (last + b"\n" if _entry(last) else b"")


def _entry(line: bytes) -> Entry | None:
    """Return the entry of a line, None where it is not one, to the byte."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not shipped_validator("entry").is_valid(document):
        return None
    entry = Entry(**document)
    return entry if _line(entry) == line + b"\n" else None


def _entries(content: bytes, ledger: Path) -> list[Entry]:
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        entry = _entry(line)
        if entry is None or entry.number != number:
            raise DamagedLedgerError(
                f"{ledger}:{number}: this line is no entry of the ledger",
                "Nothing is charged until it is put right from a copy.",
            )
        found.append(entry)
    return found


def _line(entry: Entry) -> bytes:
    return orjson.dumps(asdict(entry), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
