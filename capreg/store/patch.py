"""A registry's own schema of a shipped kind: a merge patch that only adds properties."""

from collections.abc import Mapping
from typing import Any

from capreg.errors import CapregError, ExitCode

ABOUT_THE_FILE = ("$schema", "title", "description", "$comment")


class PatchError(CapregError):
    """A patch would change or remove what the shipped schema says."""

    exit_code = ExitCode.INVALID


def extended(base: Any, patch: Any, place: str = "", adding: bool = False) -> Any:
    """Return a schema with a registry's patch merged in (RFC 7396), which may add properties and nothing else.

    Raises:
        PatchError: the patch changes or removes something.
    """
    if not isinstance(patch, Mapping) or not isinstance(base, Mapping):
        if patch == base:
            return base
        raise PatchError(f"{place or '/'}: a patch may only add properties, not change what is there")
    merged = dict(base)
    for key, value in patch.items():
        where = f"{place}/{key}"
        if key in base:
            merged[key] = extended(base[key], value, where, adding=key == "properties" and not adding)
        elif adding and isinstance(value, Mapping):
            merged[key] = value
        elif key not in ABOUT_THE_FILE:
            raise PatchError(f"{where}: a patch may only add properties, not keywords")
    return merged
