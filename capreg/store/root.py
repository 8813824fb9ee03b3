"""Where a registry lies."""

import os
from collections.abc import Iterator

from capreg.errors import UsageError

SETTINGS = "registry.json"
# Folders of a registry that hold something else than records.
RESERVED = ("office", "schemas", "keys", "history", "drafts")


class NoRegistryError(UsageError):
    """No registry was named, and none lies around."""


def find_root(named: str | None, start: str) -> str:
    """Return the folder of the registry: the one named, else the nearest around `start` that holds `registry.json`.

    Raises:
        NoRegistryError: there is none.
    """
    for folder in [named] if named else _around(start):
        if os.path.isfile(os.path.join(folder, SETTINGS)):
            return folder
    what = (
        f"{named} is no registry: it holds no {SETTINGS}"
        if named
        else f"no registry here: neither {start} nor a folder above it holds {SETTINGS}"
    )
    raise NoRegistryError(
        what, "Name one with -R DIR or CAPREG_REGISTRY, or make one: capreg init DIR, or capreg init DIR --sample"
    )


def _around(folder: str) -> Iterator[str]:
    """Yield a folder and all above it."""
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        yield (folder := above)
