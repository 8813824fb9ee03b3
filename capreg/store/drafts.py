"""Drafts: what a person has typed and the registry does not have yet, kept in files of its own beside the records.

They may hold what is confidential, and are nothing of the registry's: only their owner may read them, and git ignores them.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path

from capreg.store.files import LARGEST, UnreadableError, read_bytes, write_whole
from capreg.store.registry import Registry

FOLDER = "drafts"
IGNORED = ".gitignore"


def new_draft(registry: Registry, stem: str, ending: str, content: bytes) -> Path:
    """Write a draft under a name that no other has, and return its file; raises OSError where the disk refuses."""
    folder = registry.root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / IGNORED).exists():
        write_whole(folder / IGNORED, b"*\n", durable=False)
    path = folder / f"{stem}-{secrets.token_hex(3)}{ending}"
    write_whole(path, content, durable=False, mode=0o600)
    return path


def drafts(registry: Registry, stem: str) -> Iterator[tuple[Path, bytes]]:
    """Yield the drafts of a stem with what they hold, the newest first; one that cannot be read is passed over."""
    found = [path for path in (registry.root / FOLDER).glob(f"{stem}-{'[0-9a-f]' * 6}.*") if path.is_file()]
    for path in sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name)):
        try:
            yield path, read_bytes(path, registry.root, LARGEST)
        except UnreadableError:
            continue
