"""Sealed parts: the detailed tier of a record's version, encrypted for a key of its own, which a sale hands out.

All keys follow from one secret of the hub and from the version (HKDF, RFC 5869), so that none can get lost as long as
the secret is kept. What age makes differs each time; a part is therefore made once, and kept.
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from capreg.errors import CapregError, ExitCode
from capreg.model.kinds import Kind, Tier
from capreg.model.record import cut
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.keys import FOLDER as KEYS
from capreg.office.keys import SEAL, SEAL_SIZE, make_seal
from capreg.store import age
from capreg.store.durable import make_private
from capreg.store.files import UnreadableError, read_bytes, write_whole
from capreg.store.signing import canonical_line, digest
from capreg.store.versions import FOLDER, SHOWN, part_name, seal_of, version_of

PURPOSE = "capreg sealed part 1"
# The length of what is sealed is this, or this doubled as often as it takes.
SMALLEST = 1 << 12
LARGEST = 1 << 22
# How many parts are sealed while the office is held once.
TOGETHER = 200


class SealUnusableError(CapregError):
    """The secret of the hub's seals is missing where it is needed, or is none."""

    exit_code = ExitCode.UNTRUSTED


class NeverSealedError(CapregError):
    """No part of that version was ever sealed here."""

    exit_code = ExitCode.MISSING


class SealedPart(Value):
    """A sealed part: its name in a bundle, the version that was sealed, the file of age."""

    name: str
    version: str
    content: bytes


def seal_secret(books: Books) -> bytes:
    """Return the secret from which the keys of all parts follow; made when it is first needed, and on the disk then.

    Raises:
        SealUnusableError: it is none, or is not there although parts were sealed with it.
        BusyError: another process holds the office.
    """
    path = books.folder / KEYS / SEAL
    if not path.exists():
        with books.changing():
            if has_parts(books) and not path.exists():
                raise _unusable(path)
            make_seal(books.folder)
    return kept_secret(books)


def kept_secret(books: Books) -> bytes:
    """Return the secret of the seals as it is kept; raises SealUnusableError where it is not there, or is none."""
    path = books.folder / KEYS / SEAL
    try:
        secret = b64decode(read_bytes(path, books.folder).strip(), validate=True)
    except (UnreadableError, ValueError):
        secret = b""
    if len(secret) != SEAL_SIZE:
        raise _unusable(path)
    return secret


def _unusable(path: Path) -> SealUnusableError:
    return SealUnusableError(
        f"{path}: the secret of the seals is not there, or is none", "Put it back: 'capreg office restore'."
    )


def part_key(secret: bytes, kind: str, id: str, version: str) -> str:
    """Return the identity of age that opens the part of a version."""
    purpose = "\0".join((PURPOSE, kind, id, version)).encode()
    return age.identity_of(HKDF(SHA256(), SEAL_SIZE, None, purpose).derive(secret))


def padded(content: bytes) -> bytes:
    """Return JSON with blanks after it, so that its length tells little."""
    size = SMALLEST
    while size < len(content):
        size *= 2
    return content.ljust(size)


def sealed_part(secret: bytes, kind: Kind, document: Mapping[str, Any]) -> SealedPart:
    """Return the sealed part of a record, cut to the detailed tier here."""
    seen = cut(kind, document, Tier.detailed)
    version = version_of(seen)
    key = part_key(secret, kind.id, seen["id"], version)
    content = age.encrypted(padded(canonical_line(seen)), [age.public_of(key)])
    return SealedPart(part_name(kind.id, seen["id"], seal_of(version, key)), version, content)


class _Wanted(Value):
    """A record whose part is wanted, its version, and where the part is kept."""

    kind: Kind
    document: Mapping[str, Any]
    version: str
    path: Path


def kept_parts(books: Books, records: Iterable[tuple[Kind, Mapping[str, Any]]]) -> Iterator[SealedPart]:
    """Yield the sealed part of each record, as it was first made; the same records give the same bytes.

    A version whose statements have changed is sealed anew, for the same key.

    Args:
        records: kinds with their documents, which are cut here.

    Raises:
        SealUnusableError, BusyError: as `seal_secret`.
        OSError: the disk refused.
    """
    secret, left = seal_secret(books), iter(records)
    while wanted := [_wanted(books, kind, document) for kind, document in islice(left, TOGETHER)]:
        _seal_missing(books, secret, wanted)
        for one in wanted:
            name = _name(secret, one.kind.id, one.document["id"], one.version)
            yield SealedPart(name, one.version, read_bytes(one.path, books.folder, LARGEST))


def _wanted(books: Books, kind: Kind, document: Mapping[str, Any]) -> _Wanted:
    seen = cut(kind, document, Tier.detailed)
    version = version_of(seen)
    return _Wanted(
        kind, document, version, _folder(books, kind.id) / f"{seen['id']}.{version}.{digest(seen)[:SHOWN]}.age"
    )


def _seal_missing(books: Books, secret: bytes, wanted: Iterable[_Wanted]) -> None:
    """Seal what is not sealed yet; where two do so at once, the first one's parts are kept."""
    missing = [one for one in wanted if not one.path.exists()]
    made = [(one.path, sealed_part(secret, one.kind, one.document).content) for one in missing]
    if not made:
        return
    with books.changing():
        make_private(books.folder / FOLDER)
        for path, content in made:
            make_private(path.parent)
            if not path.exists():
                write_whole(path, content, durable=False, mode=0o600)


def has_parts(books: Books) -> bool:
    """Whether anything was ever sealed here."""
    return (books.folder / FOLDER).exists()


def _name(secret: bytes, kind: str, id: str, version: str) -> str:
    """Return the name of a version's part in a bundle."""
    return part_name(kind, id, seal_of(version, part_key(secret, kind, id, version)))


def latest_part(books: Books, name: str) -> bytes | None:
    """Return a kept part by its name in a bundle, as it was made last; None where there is none."""
    found = sorted((path for _, path in _named(books, name)), key=lambda path: path.stat().st_mtime_ns)
    return read_bytes(found[-1], books.folder, LARGEST) if found else None


def sealed_version(books: Books, name: str) -> str:
    """Return the version of which a part with a name was sealed here; raises NeverSealedError."""
    for version, _ in _named(books, name):
        return version
    raise NeverSealedError(f"no part {name} was sealed by this hub", "It is of another bundle, or of none.")


def _named(books: Books, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the versions and the files of the kept parts that have a name in a bundle."""
    _, kind, file = name.split("/")
    id = file.split(".")[0]
    for path in _folder(books, kind).glob(f"{id}.*.age"):
        version = path.name.split(".")[1]
        if _name(kept_secret(books), kind, id, version) == name:
            yield version, path


def _folder(books: Books, kind: str) -> Path:
    return books.folder / FOLDER / kind
