"""The plain zip in a bundle, in one form only: so that any tool lists it, and nothing can hide in it.

Every entry is stored, with a fixed time and no extras, in the order of the names; the central directory says exactly what
the local headers say. So the bytes follow from names, lengths, checksums and contents alone, and an archive of any other
form is refused.
"""

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import IO
from zlib import crc32

from capreg.errors import CapregError, ExitCode
from capreg.model.value import Value
from capreg.store.rotation import FILE as ROTATIONS
from capreg.store.rotation import LARGEST as LARGEST_ROTATIONS

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
# The first day that a zip can name, 1980-01-01.
DAY = (1 << 5) | 1
STORED, NEEDED, MADE_BY, RIGHTS = 0, 10, 3 << 8 | 10, 0o100644 << 16
LARGEST, MOST, LONGEST = (1 << 32) - 1, 65_534, 200
PIECE = 1 << 20
NAMES = re.compile(
    r"datapackage\.json|index\.html|index\.sqlite|rotations\.jsonl|data/[a-z][a-z0-9_]{0,31}\.ndjson"
    r"|schemas/[a-z][a-z0-9_]{0,31}\.schema\.json|schemas/vocabularies/[a-z][a-z0-9_-]{0,63}\.json"
    r"|sealed/[a-z][a-z0-9_]{0,31}/[a-z0-9-]{1,64}\.[0-9a-f]{16}\.age"
)


class ArchiveError(CapregError):
    """The archive in a bundle is of another form than capreg writes."""

    exit_code = ExitCode.UNTRUSTED


class TooLargeError(CapregError):
    """What is to be packed is more than a plain zip can hold."""

    exit_code = ExitCode.INVALID


class Entry(Value):
    """One file of an archive: its name, its length, its CRC-32, and where its content begins."""

    name: str
    length: int
    check_sum: int
    at: int = 0

    @property
    def end(self) -> int:
        """Where its content ends."""
        return self.at + self.length

    @property
    def local(self) -> bytes:
        """What stands before its content."""
        name = self.name.encode()
        sizes = (self.check_sum, self.length, self.length)
        return LOCAL.pack(b"PK\3\4", NEEDED, 0, STORED, 0, DAY, *sizes, len(name), 0) + name

    @property
    def central(self) -> bytes:
        """What the central directory says of it."""
        name = self.name.encode()
        sizes = (self.check_sum, self.length, self.length, len(name))
        start = self.at - len(self.local)
        return CENTRAL.pack(b"PK\1\2", MADE_BY, NEEDED, 0, STORED, 0, DAY, *sizes, 0, 0, 0, 0, RIGHTS, start) + name


def tail(entries: list[Entry], start: int) -> bytes:
    """Return what stands behind the contents: the central directory, and its end.

    Args:
        start: where it will stand in the file.
    """
    central = b"".join(one.central for one in entries)
    return central + END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(central), start, 0)


def write(files: Iterable[tuple[str, Callable[[], Iterator[bytes]]]], file: IO[bytes]) -> list[Entry]:
    """Write an archive where a file stands; its offsets count from the file's beginning, as unzip wants them.

    Args:
        files: names, in their order, and what yields the content in pieces, each time it is called.

    Raises:
        TooLargeError: they are more than a zip without extensions can hold.
    """
    entries = []
    for name, pieces in files:
        length = check_sum = 0
        for piece in pieces():
            length, check_sum = length + len(piece), crc32(piece, check_sum)
        entry = Entry(name, length, check_sum, file.tell() + LOCAL.size + len(name))
        if entry.end > LARGEST or len(entries) == MOST:
            raise TooLargeError(
                f"a bundle holds at most 4 GiB and {MOST} files", "Select less: --kinds, a query, or without --sealed."
            )
        file.write(entry.local)
        for piece in pieces():
            file.write(piece)
        entries.append(entry)
    file.write(tail(entries, file.tell()))
    return entries


def read(file: IO[bytes], end: int) -> list[Entry]:
    """Return the entries of an archive that begins where a file stands and ends at `end`; no content is read.

    Raises:
        ArchiveError: it is not exactly of the form that `write` gives, holds a name that no bundle does, or more changes of
            key than are read.
    """
    entries: list[Entry] = []
    while (start := file.tell()) + LOCAL.size <= end:
        head = file.read(LOCAL.size)
        if head[:4] != b"PK\3\4":
            break
        *_, check_sum, length, _, size, _ = LOCAL.unpack(head)
        name = file.read(min(size, LONGEST)).decode("ascii", "replace")
        entry = Entry(name, length, check_sum, start + LOCAL.size + size)
        last = entries[-1].name if entries else ""
        if not NAMES.fullmatch(name):
            raise ArchiveError(f"the bundle holds '{name[:60]}', which none should")
        if name == ROTATIONS and length > LARGEST_ROTATIONS:
            raise ArchiveError(f"'{name}' in the bundle has {length} bytes: at most {LARGEST_ROTATIONS} are read")
        if entry.local != head + name.encode() or entry.end > end or name <= last or len(entries) == MOST:
            raise ArchiveError(f"the archive is not as capreg writes it, at '{name}'")
        entries.append(entry)
        file.seek(entry.end)
    wanted = tail(entries, start)
    file.seek(start)
    if end - start != len(wanted) or file.read(len(wanted)) != wanted:
        raise ArchiveError("the archive's directory is not as capreg writes it")
    return entries
