"""Sets of records as the bits of one whole number: bit n is record n."""

from array import array
from collections.abc import Iterable, Iterator


def bits_of(records: Iterable[int]) -> int:
    """Return the set of some records."""
    listed = records if isinstance(records, array) else list(records)
    written = bytearray((max(listed, default=-1) >> 3) + 1)
    for record in listed:
        written[record >> 3] |= 1 << (record & 7)
    return int.from_bytes(written, "little")


def records_of(bits: int) -> Iterator[int]:
    """Yield the records of a set, in their order."""
    signs = bin(bits)[:1:-1]
    at = signs.find("1")
    while at >= 0:
        yield at
        at = signs.find("1", at + 1)


def written(bits: int) -> bytes:
    """Return a set as bytes."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def read(data: bytes) -> int:
    """Return the set that bytes hold."""
    return int.from_bytes(data, "little")
