"""What has changed on the disk since the index last looked.

Every folder is looked at; every file of it where the folder changed, and else where it is asked for. A file or a folder
is the same as before if its stamp is: number (inode), time of change, size. What changed so shortly before it was looked
at that it may change again within the same tick of the file system's clock gets no stamp: the next look takes it for
changed.
"""

import os
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from capreg.model.value import Value
from capreg.store.listing import listed

# A folder that cannot be listed stands for a file that is no record.
ITSELF = "."
GONE = b""
# How fine the clock of a file system may be, in ns: two ticks of the slowest kernel, or for old file systems two seconds.
FINE, COARSE = 20_000_000, 2_000_000_000
SECOND = 1_000_000_000
PER_FILE = 3
# The time of change of a file that has only just changed.
FRESH = -1


class Listing(Value):
    """The files of one folder and their stamps, three numbers each."""

    names: tuple[str, ...]
    stamps: bytes

    def by_name(self) -> dict[str, bytes]:
        """Return the stamp of each file."""
        size = PER_FILE * 8
        return {name: self.stamps[at * size : (at + 1) * size] for at, name in enumerate(self.names)}

    def settled(self) -> dict[str, bytes]:
        """Return the stamp of each file whose stamp can be trusted later."""
        return {name: stamp for name, stamp in self.by_name().items() if any(stamp) and not _is_fresh(stamp)}


class Folder(Value):
    """One folder as it was found: its kind, its stamp, its files; `listing` None where only its stamp was looked at."""

    path: str
    kind: str
    stamp: bytes
    listing: Listing | None = None


class Look(Value):
    """What differs: the folders that changed as they are now, those that are gone, and the files that are new, gone or changed."""

    folders: list[Folder]
    gone: list[str]
    files: dict[str, set[str]]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (self.folders or self.gone or any(self.files.values()))

    def plain(self) -> list:
        """Return it as plain lists, texts and bytes, to be handed from one process to another."""
        folders = [[one.path, one.kind, one.stamp, list(one.listing.names), one.listing.stamps] for one in self.folders]
        return [folders, self.gone, [[kind, list(paths)] for kind, paths in self.files.items()]]

    @classmethod
    def of(cls, plain: list) -> "Look":
        """Return what `plain` made plain."""
        folders, gone, files = plain
        return cls(
            [Folder(*folder, Listing(tuple(names), stamps)) for *folder, names, stamps in folders],
            gone,
            {kind: set(paths) for kind, paths in files},
        )


class Before(Value):
    """What the index knows: the folders by path, and how the listing of one is read."""

    folders: Mapping[str, Folder]
    listing: Callable[[str], Listing | None]


def look(root: str, kinds: Mapping[str, str], before: Before, thorough: bool) -> Look:
    """Return what has changed.

    Args:
        kinds: the folder of each kind below the root.
        thorough: look at every file, not only at those in folders that changed.
    """
    seen: dict[str, Folder] = {}
    below = _below(before.folders)
    for kind, folder in kinds.items():
        _visit(root, folder, kind, before, below, thorough, seen)
    gone = [path for path in before.folders if path not in seen]
    files: dict[str, set[str]] = {kind: set() for kind in kinds}
    changed = []
    for now in (one for one in seen.values() if one.listing is not None):
        listing = before.listing(now.path)
        files[now.kind] |= _different(now.path, listing, now.listing)
        if listing != now.listing or before.folders[now.path].stamp != now.stamp:
            changed.append(now)
    for path in gone:
        files[before.folders[path].kind] |= _different(path, before.listing(path), None)
    return Look(changed, gone, files)


def _below(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the folders directly below each folder."""
    found: dict[str, list[str]] = {}
    for path in paths:
        above, _, name = path.rpartition("/")
        found.setdefault(above, []).append(name)
    return found


def _visit(
    root: str, path: str, kind: str, before: Before, below: Mapping[str, list[str]], thorough: bool, seen: dict
) -> None:
    """Look at a folder and at those below it."""
    place = f"{root}/{path}"
    now, stamp = time.time_ns(), folder_stamp(place)
    known = before.folders.get(path)
    if known is not None and known.stamp == stamp:
        found = known._replace(listing=stamped(place, before.listing(path).names, now)) if thorough else known
        names = below.get(path, ())
    else:
        files, names = _listed(place)
        found = Folder(path, kind, _settled(stamp, now), stamped(place, files, now))
    seen[path] = found
    for name in names:
        _visit(root, f"{path}/{name}", kind, before, below, thorough, seen)


def _listed(place: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the files and the sub-folders of a folder; what is there but cannot be listed is a file itself."""
    if os.path.islink(place):
        return (ITSELF,), []
    try:
        names, folders = listed(place)
    except FileNotFoundError:
        return (), []
    except OSError:
        return (ITSELF,), []
    return tuple(names), folders


def folder_stamp(place: str) -> bytes:
    """Return the stamp of a folder, b"" where there is none."""
    try:
        state = os.lstat(place)
    except OSError:
        return GONE
    return array("q", (state.st_ino, state.st_mtime_ns, state.st_ctime_ns)).tobytes()


def _settled(stamp: bytes, now: int) -> bytes:
    """Return a stamp that can be trusted later: not that of a folder that has only just changed."""
    return stamp if not stamp or is_settled(array("q", stamp)[2], now) else stamp + b"?"


def is_settled(changed: int, now: int) -> bool:
    """Whether what was last changed at a time cannot change again without its time telling so."""
    return changed + (FINE if changed % SECOND else COARSE) < now


def stamped(place: str, names: Sequence[str], now: int) -> Listing:
    """Return the files of a folder with their stamps; one that cannot be looked at has none."""
    kept = tuple(names)
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return Listing(kept, bytes(8 * PER_FILE * len(kept)))
    try:
        found = array("q", _states(descriptor, kept))
    finally:
        os.close(descriptor)
    if max(found[1::PER_FILE], default=0) >= now - COARSE:
        for at in range(1, len(found), PER_FILE):
            found[at] = found[at] if is_settled(found[at], now) else FRESH
    return Listing(kept, found.tobytes())


def _states(descriptor: int, names: tuple[str, ...]) -> list[int]:
    """Return number, time of change and size of each file; the loop in which a search spends most of its time."""
    stat, found = os.stat, []
    for name in names:
        try:
            state = stat(name, dir_fd=descriptor)
            found += state[1], state.st_ctime_ns, state[6]
        except OSError:
            found += 0, 0, 0
    return found


def _different(path: str, before: Listing | None, now: Listing | None) -> set[str]:
    """Return the paths of the files of a folder that are new, gone, changed, or too fresh to say."""
    if before == now and (now is None or not has_fresh(now)):
        return set()
    old, new = (one.by_name() if one else {} for one in (before, now))
    names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name) or _is_fresh(new.get(name))}
    return {f"{path}/{name}" for name in names}


def has_fresh(listing: Listing) -> bool:
    """Whether any file has changed so shortly before that it may change again unseen."""
    return FRESH in array("q", listing.stamps)[1::PER_FILE]


def _is_fresh(stamp: bytes | None) -> bool:
    return stamp is not None and array("q", stamp)[1] == FRESH


def names_written(names: Iterable[str]) -> bytes:
    """Return names of files as bytes; no name holds a zero byte."""
    return "\0".join(names).encode("utf-8", "surrogateescape")


def names_read(data: bytes) -> Iterator[str]:
    """Yield the names that bytes hold."""
    return iter(data.decode("utf-8", "surrogateescape").split("\0") if data else ())
