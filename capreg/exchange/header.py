"""The header of a bundle: one block of a fixed size, canonical JSON and blanks, signed by the hub.

Every byte of the block follows from what it says, so that no bit of it can be changed unseen.
"""

import re
from collections.abc import Callable, Mapping
from typing import IO, Any

import orjson

from capreg.errors import CapregError, ExitCode
from capreg.model.day import is_day
from capreg.model.value import Value
from capreg.store.signing import canonical_line, digest, is_signed

FORMAT = "capreg-bundle-1"
BYTES = 4096
HASH = re.compile("[0-9a-f]{64}")
KEY = re.compile("[A-Za-z0-9+/]{43}=")


class HeaderError(CapregError):
    """The header of a bundle is none, or its signature does not hold."""

    exit_code = ExitCode.UNTRUSTED


class Header(Value):
    """What a bundle says of itself.

    `created` and `expires` are days; `kinds`, `query`, `tier` and `sealed` say what was selected; `length` and `sha256`
    are of all that follows the header; `ledger` is the number and hash of the ledger's last entry, `before` the digest of
    the header of the bundle issued before it.
    """

    hub: str
    key: str
    version: int
    created: str
    expires: str | None
    kinds: list[str]
    query: str
    tier: str
    sealed: bool
    length: int
    sha256: str
    ledger: Mapping[str, Any] | None
    before: str | None

    @property
    def document(self) -> dict[str, Any]:
        """All that the signature is of."""
        return {"format": FORMAT, "header_bytes": BYTES, **self._asdict()}

    @property
    def digest(self) -> str:
        """The SHA-256 by which the bundle after it names this one."""
        return digest(self.document)

    @property
    def series(self) -> str:
        """What was selected: versions follow each other among bundles of the same selection."""
        return orjson.dumps([self.kinds, self.query, self.tier, self.sealed]).decode()


def _canonical(document: Mapping[str, Any]) -> bytes:
    return canonical_line(document)[:-1]


def written(header: Header, sign: Callable[[bytes], str]) -> bytes:
    """Return the block of a header.

    Args:
        sign: makes the hub's signature of bytes, in base64.

    Raises:
        HeaderError: it says more than the block holds.
    """
    document = header.document
    return _block({**document, "signature": sign(_canonical(document))})


def _block(document: Mapping[str, Any]) -> bytes:
    line = _canonical(document)
    if len(line) >= BYTES:
        raise HeaderError(f"the header says more than {BYTES} bytes", "Select by a shorter query.")
    return line.ljust(BYTES - 1) + b"\n"


def read(file: IO[bytes], name: str) -> Header:
    """Return the header with which a file begins, its signature proved.

    Args:
        name: how messages call the file.

    Raises:
        HeaderError: it begins with no header, or the signature does not hold for the key in it.
    """
    return proved(file.read(BYTES), name)


def proved(block: bytes, name: str) -> Header:
    """Return the header that a block holds, its signature proved; raises as `read` does."""
    try:
        document = orjson.loads(block)
        header = Header(**{key: document[key] for key in Header._fields})
        is_whole = _block({**header.document, "signature": document["signature"]}) == block
    except (orjson.JSONDecodeError, TypeError, KeyError, IndexError, HeaderError):
        raise HeaderError(f"{name} is no bundle of capreg, or its header was changed") from None
    if not is_whole or not _is_sound(header):
        raise HeaderError(f"{name}: the header is not as capreg writes it")
    if not is_signed(header.key, _canonical(header.document), document["signature"]):
        raise HeaderError(f"{name}: the signature of the header does not hold")
    return header


def _is_sound(header: Header) -> bool:
    """Whether each part of a header is of its form."""
    numbers = (header.version, header.length)
    return (
        isinstance(header.hub, str)
        and 0 < len(header.hub) <= 120
        and _matches(KEY, header.key)
        and all(type(one) is int and 0 < one < 1 << 40 for one in numbers)
        and _is_day(header.created)
        and (header.expires is None or _is_day(header.expires))
        and isinstance(header.kinds, list)
        and all(isinstance(one, str) for one in (*header.kinds, header.query, header.tier))
        and isinstance(header.sealed, bool)
        and _matches(HASH, header.sha256)
        and (header.before is None or _matches(HASH, header.before))
        and (header.ledger is None or _is_ledger(header.ledger))
    )


def _matches(pattern: re.Pattern, value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and is_day(value)


def _is_ledger(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"hash", "number"}
        and type(value["number"]) is int
        and _matches(HASH, value["hash"])
    )
