"""Making a new registry."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from capreg.errors import UsageError
from capreg.store.files import canonical, write_whole
from capreg.store.git import IGNORED
from capreg.store.registry import SETTINGS
from capreg.store.schemas import shipped_kinds, shipped_schema

PLAIN = {
    "hub": "",
    "time_zone": "Europe/Rome",
    "currency": "EUR",
    "languages": ["en", "it"],
    "prices": {"profiles": {}},
    "fee": "250.00",
    "entitlement": "P1Y",
}


class OccupiedError(UsageError):
    """The folder for a new registry holds something already."""


def create(folder: Path, sample: bool, dry_run: bool = False) -> list[str]:
    """Make a registry in a new or empty folder, and return its files' names.

    Raises:
        OccupiedError: something is there already.
        OSError: the disk refused.
    """
    if folder.exists() and (not folder.is_dir() or any(one.name != ".git" for one in folder.iterdir())):
        raise OccupiedError(f"{folder} is not empty", "Name a folder that is new or empty.")
    content = {
        ".gitignore": IGNORED.encode(),
        **(dict(_sample(files("capreg.sample_registry"), "")) if sample else _plain(folder)),
    }
    # The settings come last: without them a folder is no registry, so a half-made one is never taken for a whole.
    for name in sorted(content, key=lambda name: (name == SETTINGS, name)) if not dry_run else ():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, content[name], durable=False)
    for kind in shipped_kinds() if not dry_run else ():
        (folder / shipped_schema(kind)["capreg"]["kind"]["folder"]).mkdir(exist_ok=True)
    return sorted(content)


def _plain(folder: Path) -> dict[str, bytes]:
    return {SETTINGS: canonical({**PLAIN, "hub": folder.resolve().name or "hub"})}


def _sample(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the sample that belongs to a registry."""
    for one in folder.iterdir():
        if one.is_dir() and not one.name.startswith((".", "_")) and one.name != "office":
            yield from _sample(one, f"{place}{one.name}/")
        elif one.name.endswith((".json", ".md")):
            yield f"{place}{one.name}", one.read_bytes()
