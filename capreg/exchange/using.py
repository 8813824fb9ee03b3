"""A bundle in use: verified when it is first met, and from then on known by its size, times and inode.

What a use needs lies in the user's cache, for their eyes alone: the index, and beside it what was verified when.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from capreg.exchange.trust import Hubs, Issue, Terms, check_each_other
from capreg.index.bundled import BundledCatalogue, check_index
from capreg.index.look import is_settled
from capreg.store.files import write_whole

# Loaded on use: what was verified before is used without any of it.
OPENING = "capreg.exchange.opening"
INDEX, NOTE = "index.sqlite", "verified.json"
Told = Callable[[int, int], None]
Tell = Callable[[str], None]


def catalogue(path: str, terms: Terms, tell: Tell, told: Told) -> BundledCatalogue:
    """Return the index of a bundle, ready to be asked; raises as `catalogues` does."""
    return catalogues([path], terms, tell, told)[0]


def catalogues(paths: Sequence[str], terms: Terms, tell: Tell, told: Told) -> list[BundledCatalogue]:
    """Return the indexes of bundles that are used together; nothing is remembered of any where one is refused.

    Args:
        tell: is told what the user must know: a hub that is met for the first time or has changed its key, an expiry
            that has passed.
        told: is told how many bytes are verified, of how many.

    Raises:
        HeaderError, ArchiveError, UntrustedBundleError, ExpiredBundleError, HostileIndexError: it is not to be used.
    """
    hubs = Hubs(terms)
    issues = [_issue(path, hubs, one) for path, one in _shared(paths, told)]
    check_each_other(issues)
    # The older first: the later one may bring the change of the key that signed the older.
    for issue in sorted(issues, key=lambda issue: issue.version):
        for notice in hubs.notices(issue):
            tell(notice)
        hubs.remember(issue)
    return [
        BundledCatalogue(path, str(_folder(path) / INDEX), partial(_once_more, path, terms), issue)
        for path, issue in zip(paths, issues, strict=True)
    ]


def _shared(paths: Sequence[str], told: Told) -> Iterator[tuple[str, Told]]:
    """Yield each file with what is told how much of it is verified, and tells that as a part of all of them."""
    sizes, before = [Path(path).stat().st_size for path in paths], 0
    for path, size in zip(paths, sizes, strict=True):
        yield path, lambda done, total, before=before: told(before + done, sum(sizes))
        before += size


def _issue(path: str, hubs: Hubs, told: Told) -> Issue:
    """Return what a bundle is, which holds."""
    issue = _known(path)
    if issue is None or hubs.doubts(issue):
        return _verified(path, hubs, told)
    hubs.check(issue)
    return issue


def _once_more(path: str, terms: Terms) -> str:
    """Take the index out of a bundle again, and return where it lies."""
    _verified(path, Hubs(terms), lambda done, total: None)
    return str(_folder(path) / INDEX)


def _folder(path: str) -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return base / "capreg" / "bundles" / sha256(os.path.realpath(path).encode()).hexdigest()[:32]


def _stamp(state: os.stat_result) -> list[int]:
    return [state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns]


def _known(path: str) -> Issue | None:
    """Return what a bundle is, where it and the index taken out of it are as they were when it was verified."""
    folder = _folder(path)
    try:
        note = orjson.loads((folder / NOTE).read_bytes())
        if note["bundle"] == _stamp(Path(path).stat()) and note["index"] == _stamp((folder / INDEX).stat()):
            *said, rotations = note["issue"]
            return Issue(*said, rotations.encode())
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        pass
    return None


def _verified(path: str, hubs: Hubs, told: Told) -> Issue:
    """Verify a bundle, and put its index into the cache; nothing is kept of one that does not hold."""
    opening: Any = import_module(OPENING)
    folder = _folder(path)
    with Path(path).open("rb", buffering=0) as file:
        before, now = _stamp(os.fstat(file.fileno())), time.time_ns()
        found = opening.read_header(file, path)
        hubs.look(opening.issue_of(found))
        for place in (folder.parent, folder):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, draft = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as index:
                issue, _ = opening.admitted(file, found, path, hubs, {INDEX: index}, told)
            check_index(draft, path)
            os.replace(draft, folder / INDEX)
        except BaseException:
            with suppress(OSError):
                Path(draft).unlink()
                folder.rmdir()
            raise
    # A file that has only just changed could change again within the same tick of the clock, unseen.
    stamp = before if is_settled(before[-1], now) else []
    # Its changes of key prove themselves wherever they count.
    *said, rotations = issue
    note = {
        "bundle": stamp,
        "index": _stamp((folder / INDEX).stat()),
        "issue": [*said, rotations.decode("ascii", "replace")],
    }
    write_whole(folder / NOTE, orjson.dumps(note), mode=0o600)
    return issue
