"""Files and folders that are written piece by piece, and stand in their place whole or not at all."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from capreg.store.files import flush


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Give a file to be written in the time of a block, after which it stands in its place.

    What is no plain file (a pipe, /dev/null) is written to, never replaced.

    Raises:
        OSError: the disk refused; the file is as it was.
    """
    is_plain = path.is_file() or not path.exists()
    with _room(path.parent if is_plain else Path(tempfile.gettempdir()), path.name) as room:
        made = room / path.name
        yield made
        if is_plain:
            if path.exists():
                made.chmod(stat.S_IMODE(path.stat().st_mode))
            flush(made)
            os.replace(made, path)
            flush(path.parent)
        else:
            with made.open("rb") as content, path.open("wb") as file:
                shutil.copyfileobj(content, file)


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Give a folder to be filled in the time of a block, after which it stands in its place; one that is there is removed.

    Raises:
        OSError: the disk refused; the folder is as it was.
    """
    with _room(path.parent, path.name) as room:
        made = room / path.name
        made.mkdir()
        yield made
        for file in made.iterdir():
            flush(file)
        if path.exists():
            path.rename(room / "before")
        try:
            made.rename(path)
        except OSError:
            with suppress(FileNotFoundError):
                (room / "before").rename(path)
            raise
        flush(path.parent)


@contextmanager
def _room(folder: Path, name: str) -> Iterator[Path]:
    room = Path(tempfile.mkdtemp(prefix=f".{name[:40]}.", suffix=".tmp", dir=folder))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
