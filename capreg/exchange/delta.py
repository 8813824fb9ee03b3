"""The way from one bundle to the next as a small file, and the next bundle made from it, equal to the byte.

A delta is a line that says what it is, the digest of the old bundle's header, the new bundle's header as it is, and what
is to be copied from the old bundle or written as it stands, compressed. It needs no signature of its own: what it makes
is proved against the new header, as any bundle is.
"""

import lzma
import mmap
import re
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from capreg.errors import CapregError, ExitCode, UsageError
from capreg.exchange import header
from capreg.exchange.header import BYTES, Header
from capreg.exchange.trust import Issue
from capreg.model.value import Value
from capreg.store.rotation import leading, read_rotations

MAGIC = b"capreg-delta-1\n"
DIGEST = 64
# How much stands here as it is, how much is copied, and from how far behind the end of the last copy.
STEP = struct.Struct(">IIq")
# Fixed, so that whoever reads it knows how much memory it takes.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
PIECE = 1 << 20
# The pieces that are looked for: at least so many bytes, more in a large file, up to where a value mostly ends.
LEAST, MOST_PIECES = 24, 2_000_000
ENDS = rb'[,:}\x00"]'


class DeltaError(CapregError):
    """A file is no delta, or not for this bundle."""

    exit_code = ExitCode.UNTRUSTED


class StrangeBundleError(UsageError):
    """Between two bundles there is no delta."""


class Delta(Value):
    """What a delta says before what it changes: the digest of the bundle it begins with, and the header it ends with."""

    old: str
    block: bytes
    header: Header


def check_pair(old: Header, new: Header) -> None:
    """Raise StrangeBundleError unless a bundle is a later one of the same selection."""
    if old.series != new.series:
        raise StrangeBundleError("the two bundles are of different selections", "Send the whole new one.")
    if old.version >= new.version:
        raise StrangeBundleError(
            f"version {new.version} does not follow version {old.version}", "Name the old one first."
        )


def check_hub(old: Header, new: Issue) -> None:
    """Raise StrangeBundleError unless a bundle, proved, is signed by the key of another, or by one that followed it; ForgedError where a change of key does not hold."""
    if old.key != new.key and not leading(old.key, new.key, read_rotations(new.rotations)):
        raise StrangeBundleError("the two bundles are of different hubs", "Send the whole new one.")


def write_delta(old: Path, new: Path, before: Header, file: IO[bytes]) -> None:
    """Write what leads from one bundle to another, both verified.

    Args:
        before: the header of the old one.
    """
    with _mapped(old) as known, _mapped(new) as wanted:
        file.write(MAGIC + before.digest.encode() + wanted[:BYTES])
        with lzma.LZMAFile(file, "wb", format=lzma.FORMAT_RAW, filters=FILTERS) as packed:
            expected = BYTES
            for told, start, length in _steps(known, wanted):
                packed.write(STEP.pack(len(told), length, start - expected) + told)
                expected = start + length


def _mapped(path: Path) -> closing:
    with path.open("rb") as file:
        return closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _steps(old: mmap.mmap, new: mmap.mmap) -> Iterator[tuple[bytes, int, int]]:
    """Yield what stands as it is, then where a copy begins and how long it is, up to the end of the new bundle."""
    least, most = _sizes(max(len(old), len(new)))
    # Where no value ends for long, a piece ends all the same: else each byte of it would be tried as a beginning.
    pattern = re.compile(b"(?s).{%d,%d}?%s|.{%d}" % (least, most, ENDS, most))
    known: dict[int, int] = {}
    for start, end in _pieces(pattern, old):
        known.setdefault(hash(old[start:end]), start)
    # What stands in the new one from `begin` on is copied from `source`; up to `done` it was told before.
    done, begin, source, length = BYTES, BYTES, BYTES, 0
    for start, end in _pieces(pattern, new):
        piece = new[start:end]
        if begin + length == start and old[source + length : source + length + len(piece)] == piece:
            length += len(piece)
            continue
        found = known.get(hash(piece))
        if found is not None and old[found : found + len(piece)] == piece:
            if length:
                yield new[done:begin], source, length
                done = begin + length
            begin, source, length = start, found, len(piece)
    if length:
        yield new[done:begin], source, length
    if begin + length < len(new):
        yield new[max(begin + length, done) :], source + length, 0


def _sizes(size: int) -> tuple[int, int]:
    least = max(LEAST, size // MOST_PIECES)
    return least, least * 16


def _pieces(pattern: re.Pattern, data: mmap.mmap) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(data, BYTES):
        yield match.span()


def read_delta(file: IO[bytes], name: str) -> Delta:
    """Return what a delta says of itself, the new header's signature proved, and leave the file where the changes begin.

    Raises:
        DeltaError: it is none.
        HeaderError: the signature does not hold.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise DeltaError(f"{name} is no delta of capreg")
    old, block = file.read(DIGEST), file.read(BYTES)
    return Delta(old.decode("ascii", "replace"), block, header.proved(block, name))


def apply_delta(file: IO[bytes], delta: Delta, name: str, old: Path, draft: IO[bytes]) -> None:
    """Write what a delta makes of a verified bundle; the outcome is to be verified before it is used.

    Args:
        file: stands behind what `read_delta` read.

    Raises:
        DeltaError: it is damaged, or copies what is not there.
    """
    draft.write(delta.block)
    end = BYTES + delta.header.length
    try:
        with _mapped(old) as known, lzma.LZMAFile(file, format=lzma.FORMAT_RAW, filters=FILTERS) as packed:
            expected = BYTES
            while draft.tell() < end:
                told, length, shift = STEP.unpack(packed.read(STEP.size))
                start = expected + shift
                if not 0 < told + length <= end - draft.tell() or start < BYTES or start + length > len(known):
                    raise DeltaError(f"{name} is damaged, or not for this bundle")
                _copy(packed, told, draft)
                for at in range(start, start + length, PIECE):
                    draft.write(known[at : min(at + PIECE, start + length)])
                expected = start + length
    except (lzma.LZMAError, EOFError, struct.error):
        raise DeltaError(f"{name} is damaged") from None


def _copy(packed: IO[bytes], length: int, draft: IO[bytes]) -> None:
    while length:
        piece = packed.read(min(length, PIECE))
        if not piece:
            raise EOFError
        draft.write(piece)
        length -= len(piece)
