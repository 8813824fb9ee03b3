"""A bundle in use: verified when it is first met, and from then on known by its size, times and inode.

What a use needs lies in the user's cache, for their eyes alone: the index, and beside it what was verified when.
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from capreg.exchange.trust import Hubs, Issue, Terms
from capreg.index.bundled import BundledCatalogue, check_index
from capreg.index.look import is_settled
from capreg.store.files import write_whole

# Loaded on use: what was verified before is used without any of it.
OPENING = "capreg.exchange.opening"
INDEX, NOTE = "index.sqlite", "verified.json"
Told = Callable[[int, int], None]
Tell = Callable[[str], None]


def catalogue(path: str, terms: Terms, tell: Tell, told: Told) -> BundledCatalogue:
    """Return the index of a bundle, ready to be asked.

    Args:
        tell: is told what the user must know: a hub that is met for the first time or has changed its key, an expiry
            that has passed.
        told: is told how many bytes are verified, of how many.

    Raises:
        HeaderError, ArchiveError, UntrustedBundleError, ExpiredBundleError, HostileIndexError: it is not to be used.
    """
    hubs = Hubs(terms)
    issue = _known(path)
    if issue is None or hubs.doubts(issue):
        issue = _verified(path, hubs, told)
    else:
        hubs.check(issue)
    for notice in hubs.notices(issue):
        tell(notice)
    hubs.remember(issue)
    return BundledCatalogue(path, str(_folder(path) / INDEX), lambda: _once_more(path, terms))


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
            return Issue(*note["issue"])
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
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
    # Its changes of key are proved anew where they count once more.
    *said, _ = issue
    note = {"bundle": stamp, "index": _stamp((folder / INDEX).stat()), "issue": said}
    write_whole(folder / NOTE, orjson.dumps(note), mode=0o600)
    return issue
