"""Which files the last check found without fault, so that the next one reads only what has changed since."""

import os
from collections.abc import Iterable
from contextlib import suppress

import orjson

from capreg.index.database import identity_of
from capreg.index.inputs import inputs_of
from capreg.index.look import Before, Listing, Look, look
from capreg.model.kinds import Tier
from capreg.store.files import canonical, write_whole

FILE = os.path.join(".capreg", "checked.json")


def every_file(root: str, folders: dict[str, str]) -> Look:
    """Return all files of records as they are now; to be looked at before they are read."""
    return look(root, folders, Before({}, lambda _: None), thorough=True)


def clean_files(root: str, now: Look) -> set[str]:
    """Return the files that were without fault and have not changed since, nor has anything that decides on them."""
    try:
        with open(os.path.join(root, FILE), "rb") as file:
            known = orjson.loads(file.read())
        if known["of"] != _decisive(root):
            return set()
        return {path for path, stamp in _stamps(now).items() if known["clean"].get(path) == stamp}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def keep_clean(root: str, now: Look, faulty: Iterable[str]) -> None:
    """Keep which files are without fault; where nothing can be written, the next check reads them all again."""
    found = set(faulty)
    kept = {path: stamp for path, stamp in _stamps(now).items() if path not in found}
    with suppress(OSError):
        os.makedirs(os.path.join(root, ".capreg"), exist_ok=True)
        content = canonical({"of": _decisive(root), "clean": kept})
        write_whole(os.path.join(root, FILE), content, durable=False, mode=0o600)


def _decisive(root: str) -> str:
    """Return the stamps of what decides, beside the files themselves, on whether they are without fault."""
    return f"{identity_of(root, Tier.confidential).hex()} {inputs_of(root).hex()}"


def _stamps(now: Look) -> dict[str, str]:
    """Return the stamp of each file that has not only just changed."""
    listings: Iterable[tuple[str, Listing]] = ((folder.path, folder.listing) for folder in now.folders)
    return {f"{path}/{name}": stamp.hex() for path, listing in listings for name, stamp in listing.settled().items()}
