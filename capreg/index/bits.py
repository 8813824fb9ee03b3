"""Sets of records as the bits of one whole number: bit n is record n."""

from collections.abc import Iterable, Iterator

ONE = ord("1")


def bits_of(records: Iterable[int], last: int | None = None) -> int:
    """Return the set of some records.

    Args:
        last: a number that none of them is above, where it is known.
    """
    if last is None:
        records = list(records)
        last = max(records, default=0)
    signs = bytearray(b"0") * (last + 1)
    for record in records:
        signs[record] = ONE
    signs.reverse()
    return int(signs, 2)


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
