"""The version of a profile: what a client got to see, as a hash, by which a sale names it; and the seal that stands for it in public.

Who knows all but a few values of a profile could try which ones give its hash. So what leaves the hub unpaid names a version
by its seal, which only a key that is paid for can make.
"""

import hmac
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


def seal_of(version: str, key: str) -> str:
    """Return the seal of a version: its HMAC-SHA-256 (RFC 2104) under the key that opens its part, an identity of age."""
    return hmac.digest(key.encode(), version.encode(), "sha256").hex()


def part_name(kind: str, id: str, seal: str) -> str:
    """Return the name under which the sealed part of a version lies in a bundle, by the version's seal or its beginning."""
    return f"{FOLDER}/{kind}/{id}.{seal[:SHOWN]}.age"
