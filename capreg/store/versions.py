"""The version of a profile: what a client got to see, as a hash, by which a sale, a sealed part and a grant name it."""

from collections.abc import Mapping
from typing import Any

from capreg.model.record import STATEMENTS
from capreg.store.signing import digest

SHOWN = 16
FOLDER = "sealed"


def version_of(seen: Mapping[str, Any]) -> str:
    """Return the version of a record that was cut to the detailed tier.

    The statements are left out, so that who confirmed what, and when, makes no new version.
    """
    return digest({key: value for key, value in seen.items() if key != STATEMENTS})


def part_name(kind: str, id: str, version: str) -> str:
    """Return the name under which the sealed part of a version lies in a bundle."""
    return f"{FOLDER}/{kind}/{id}.{version[:SHOWN]}.age"
