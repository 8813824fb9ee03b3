"""The files beside the records on which an index depends: settings, schemas, vocabularies, places."""

import os
import time
from collections.abc import Iterator

import orjson

import capreg.schemas
from capreg.index.look import is_settled
from capreg.store.root import SETTINGS

FOLDERS = ("schemas", os.path.join("schemas", "vocabularies"))
FILES = (SETTINGS, "places.json", "travel.json")
SHIPPED = os.path.dirname(capreg.schemas.__file__)


def inputs_of(root: str) -> bytes:
    """Return the stamps of these files, the shipped schemas among them; never the same for one that has only just changed."""
    now = time.time_ns()
    return orjson.dumps([_stamp(path, now) for path in _paths(root)])


def _paths(root: str) -> Iterator[str]:
    yield from (os.path.join(root, name) for name in FILES)
    for folder in (*(os.path.join(root, name) for name in FOLDERS), SHIPPED, os.path.join(SHIPPED, "vocabularies")):
        yield from (os.path.join(folder, name) for name in _names(folder))


def _names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".json"))
    except OSError:
        return []


def _stamp(path: str, now: int) -> list:
    try:
        state = os.stat(path)
    except OSError:
        return [path]
    fresh = [] if is_settled(state.st_ctime_ns, now) else [now]
    return [path, state.st_ino, state.st_ctime_ns, state.st_size, *fresh]
