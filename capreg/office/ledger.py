"""The ledger: what was charged, to whom, for what. It only grows.

One canonical JSON line an entry. A line counts once its newline is on the disk; a torn last line never was an entry.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from capreg.errors import CapregError, ExitCode
from capreg.store.files import flush_folder
from capreg.store.schemas import shipped_schema, validator


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
    """
    return _entries(_whole_lines(ledger), ledger)


def append(ledger: Path, entry: Entry) -> None:
    """Add an entry; returns when it is on the disk. To be called under the office's lock.

    A torn last line, left by a crash, is cut off first. Where the disk refuses, the ledger is left as it was.

    Raises:
        OSError: the disk refused.
    """
    ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not ledger.exists()
    descriptor = os.open(ledger, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        end = len(_whole_lines(ledger))
        _write(descriptor, end, _line(entry))
        if is_new:
            flush_folder(ledger.parent)
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


def _whole_lines(ledger: Path) -> bytes:
    content = ledger.read_bytes() if ledger.exists() else b""
    return content[: content.rfind(b"\n") + 1]


def _entries(content: bytes, ledger: Path) -> list[Entry]:
    found, holds = [], validator(shipped_schema("entry"))
    for number, line in enumerate(content.splitlines(), 1):
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise _damaged(ledger, number) from None
        if not holds.is_valid(document) or document["number"] != number or _line(Entry(**document)) != line + b"\n":
            raise _damaged(ledger, number)
        found.append(Entry(**document))
    return found


def _line(entry: Entry) -> bytes:
    return orjson.dumps(asdict(entry), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _damaged(ledger: Path, line: int) -> DamagedLedgerError:
    return DamagedLedgerError(
        f"{ledger}:{line}: this line is no entry of the ledger", "Nothing is charged until it is put right from a copy."
    )
