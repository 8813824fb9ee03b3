"""Making a new registry."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from capreg.errors import UsageError
from capreg.store.files import canonical, write_whole
from capreg.store.git import IGNORED
from capreg.store.root import SETTINGS
from capreg.store.schemas import shipped_kinds, shipped_schema


class OccupiedError(UsageError):
    """The folder for a new registry holds something already."""


def create(folder: Path, sample: bool, dry_run: bool = False) -> list[str]:
    """Make a registry in a new or empty folder, whole or not at all, and return its files' names.

    Raises:
        OccupiedError: something is there already.
        OSError: the disk refused; nothing is left behind.
    """
    if folder.exists() and (not folder.is_dir() or any(one.name != ".git" for one in folder.iterdir())):
        raise OccupiedError(f"{folder} is not empty", "Name a folder that is new or empty.")
    content = {
        ".gitignore": IGNORED.encode(),
        **(dict(_sample(files("capreg.sample_registry"), "")) if sample else _plain(folder)),
    }
    if not dry_run:
        _move_in(content, folder.resolve())
    return sorted(content)


def _move_in(content: Mapping[str, bytes], folder: Path) -> None:
    """Write everything beside the folder, then move it in; the settings, which make it a registry, come last."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name[:40]}.{secrets.token_hex(6)}.tmp")
    try:
        for name in (*content, *(f"{kind}/" for kind in _folders())):
            (draft / name if name.endswith("/") else (draft / name).parent).mkdir(parents=True, exist_ok=True)
        for name, data in content.items():
            write_whole(draft / name, data, durable=False)
        folder.mkdir(exist_ok=True)
        for one in sorted(draft.iterdir(), key=lambda one: one.name == SETTINGS):
            one.rename(folder / one.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _folders() -> list[str]:
    return [shipped_schema(kind)["capreg"]["kind"]["folder"] for kind in shipped_kinds()]


def _plain(folder: Path) -> dict[str, bytes]:
    """Return the settings of a new registry: the example of their schema, under the folder's name."""
    example = shipped_schema("registry")["examples"][0]
    return {SETTINGS: canonical({**example, "hub": folder.resolve().name[:120] or "hub"})}


def _sample(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the sample that belongs to a registry."""
    for one in folder.iterdir():
        if one.is_dir() and not one.name.startswith((".", "_")) and one.name != "office":
            yield from _sample(one, f"{place}{one.name}/")
        elif one.name.endswith((".json", ".md")):
            yield f"{place}{one.name}", one.read_bytes()
