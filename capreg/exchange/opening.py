"""A bundle, verified to its last byte before anything of it is used or stands anywhere under its name.

The order: the header's signature, the hub's key, the version, the expiry, the form of the archive, then the hash of
everything; where the hub was met with another key, the changes of key in the bundle are the first that is read of it then,
and key, version and expiry come last. What is wanted of the content is written while it is hashed, into a draft that its
caller throws away where anything does not hold; so what is used is what was hashed, whatever happens to the file meanwhile.
"""

import os
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO
from zlib import crc32

import orjson

from capreg.exchange import archive, header
from capreg.exchange.archive import ArchiveError, Entry
from capreg.exchange.header import BYTES, Header
from capreg.exchange.trust import Hubs, Issue
from capreg.model.value import Value
from capreg.store.rotation import FILE as ROTATIONS

PIECE = 1 << 20
# datapackage.json names each file; no more of a bundle is ever held in memory.
LARGEST_DESCRIPTOR = 1 << 25
DESCRIPTOR = "datapackage.json"
Told = Callable[[int, int], None]


class DamagedBundleError(ArchiveError):
    """A bundle was cut, grown or changed since the hub signed it."""


def issue_of(found: Header) -> Issue:
    """Return what of a header decides whether its bundle is trusted."""
    return Issue(found.hub, found.key, found.version, found.created, found.expires, found.series, found.digest)


def read_header(file: IO[bytes], name: str) -> Header:
    """Return the header of a bundle, its signature proved, and leave the file where the archive begins.

    Raises:
        HeaderError: it begins with no header, or the signature does not hold.
        DamagedBundleError: it is longer or shorter than the header says.
    """
    found = header.read(file, name)
    length = os.fstat(file.fileno()).st_size
    if length != BYTES + found.length:
        raise DamagedBundleError(
            f"{name} has {length} bytes, and the hub signed {BYTES + found.length}", "Fetch the file again."
        )
    return found


def prove(file: IO[bytes], found: Header, name: str, drafts: Mapping[str, IO[bytes]], told: Told) -> list[Entry]:
    """Return the entries of a bundle whose header was read, its content proved against the header.

    Args:
        drafts: where the content of some entries is written to, by their names.
        told: is told how many bytes are proved, of how many.

    Raises:
        ArchiveError: the archive is of another form than capreg writes.
        DamagedBundleError: the hash does not hold.
    """
    entries = archive.read(file, BYTES + found.length)
    file.seek(BYTES)
    digest, at, end = sha256(), BYTES, BYTES + found.length
    wanted = deque((one, drafts[one.name]) for one in entries if one.name in drafts)
    # Hashing takes as long as reading and writing: a processor each.
    with ThreadPoolExecutor(1) as other:
        while at < end and (piece := file.read(min(PIECE, end - at))):
            hashed = other.submit(digest.update, piece)
            _keep(wanted, piece, at)
            hashed.result()
            at += len(piece)
            told(at - BYTES, found.length)
    if at != end or digest.hexdigest() != found.sha256:
        raise DamagedBundleError(f"{name}: the content is not what the hub signed", "Fetch the file again.")
    return entries


def admitted(
    file: IO[bytes], found: Header, name: str, hubs: Hubs, drafts: Mapping[str, IO[bytes]], told: Told
) -> tuple[Issue, list[Entry]]:
    """Return what decides whether a bundle is trusted, and its entries: all of it proved, and nothing known of its hub against it.

    Until this returns, no draft is to be used or named. Takes and raises what `prove` does, and what `Hubs.check` raises.
    """
    issue, entries = proved(file, found, name, drafts, told)
    issue = issue._replace(rotations=hubs.terms.rotations or issue.rotations)
    hubs.check(issue)
    return issue, entries


def proved(
    file: IO[bytes], found: Header, name: str, drafts: Mapping[str, IO[bytes]], told: Told
) -> tuple[Issue, list[Entry]]:
    """Prove a bundle as `prove` does, and return what decides whether it is trusted, and its entries."""
    rotations = BytesIO()
    entries = prove(file, found, name, {**drafts, ROTATIONS: rotations}, told)
    return issue_of(found)._replace(rotations=rotations.getvalue()), entries


def _keep(wanted: deque, piece: bytes, at: int) -> None:
    """Write the parts of a piece that stand at some place of the file to where they are wanted, and forget those that are done."""
    while wanted and wanted[0][0].at < at + len(piece):
        entry, draft = wanted[0]
        draft.write(piece[max(entry.at - at, 0) : entry.end - at])
        if entry.end > at + len(piece):
            break
        wanted.popleft()


def check_sums(file: IO[bytes], entries: list[Entry]) -> None:
    """Refuse an archive, already proved, of which other tools would say that it is damaged, or that lists other content.

    Raises:
        ArchiveError: a checksum, or what datapackage.json says of a file, does not hold.
    """
    listed = _listed(file, entries)
    for entry in entries:
        digest, check_sum = sha256(), 0
        file.seek(entry.at)
        for at in range(0, entry.length, PIECE):
            piece = file.read(min(PIECE, entry.length - at))
            digest.update(piece)
            check_sum = crc32(piece, check_sum)
        said = (f"sha256:{digest.hexdigest()}", entry.length)
        if check_sum != entry.check_sum or entry.name != DESCRIPTOR and listed.get(entry.name) != said:
            raise ArchiveError(f"'{entry.name}' in the bundle is not what its own lists say of it")
    if len(listed) != len(entries) - 1:
        raise ArchiveError(f"{DESCRIPTOR} in the bundle names what is not there")


def _listed(file: IO[bytes], entries: list[Entry]) -> dict[str, tuple[str, int]]:
    """Return the hash and the length of each file as the descriptor lists them."""
    with suppress(orjson.JSONDecodeError, KeyError, TypeError):
        resources = orjson.loads(content(file, entries, DESCRIPTOR))["resources"]
        return {one["path"]: (one["hash"], one["bytes"]) for one in resources}
    raise ArchiveError(f"{DESCRIPTOR} in the bundle is no descriptor")


def content(file: IO[bytes], entries: list[Entry], name: str) -> bytes:
    """Return the content of an entry that is small; raises ArchiveError where it is not there or is too large."""
    entry = next((one for one in entries if one.name == name), None)
    if entry is None or entry.length > LARGEST_DESCRIPTOR:
        raise ArchiveError(f"the bundle holds no '{name}' that could be read")
    file.seek(entry.at)
    return file.read(entry.length)


def unpack(file: IO[bytes], found: Header, name: str, folder: Path, told: Told) -> list[Entry]:
    """Write all that a bundle holds into a new folder, while it is proved; raises as `prove` does.

    The folder is a draft until this returns: nothing in it is to be used before.
    """
    start = file.tell()
    entries = archive.read(file, BYTES + found.length)
    file.seek(start)
    drafts = {one.name: folder / one.name for one in entries}
    for path in drafts.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    return prove(file, found, name, _Appending(drafts), told)


class _Appending(dict):
    """Files that are opened for each piece only, however many there are."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        super().__init__(paths)
        for path in paths.values():
            path.touch(mode=0o600, exist_ok=False)

    def __getitem__(self, name: str) -> "_Appending._File":
        return self._File(super().__getitem__(name))

    class _File(Value):
        path: Path

        def write(self, piece: bytes) -> None:
            """Add a piece to the file."""
            with self.path.open("ab") as file:
                file.write(piece)
