"""TinyDB that survives crashes and company: one lock, a fresh read inside it, whole-or-nothing replacement."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage

from capreg.errors import CapregError, ExitCode
from capreg.store import strict
from capreg.store.files import canonical, flush, read_bytes, write_whole
from capreg.store.locks import locked
from capreg.store.schemas import shipped_validator
from capreg.store.validators import misfits

LARGEST = 1 << 28


class DamagedOfficeError(CapregError):
    """The office's documents cannot be read; nothing is written over them."""

    exit_code = ExitCode.INVALID


class DurableStorage(Storage):
    """Reads the file anew each time, and replaces it as a whole once the new content is on the disk.

    It is to be used under a lock that spans reading and writing, as `changing` does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any] | None:
        """Return all tables, None where there is no file yet; raises DamagedOfficeError or UnreadableError."""
        if not self.path.exists():
            return None
        try:
            return self._checked(strict.read(read_bytes(self.path, self.path.parent, LARGEST)))
        except strict.DocumentError as error:
            raise self._damaged(f":{error.sentence}") from None

    def _checked(self, document: Any) -> dict[str, Any]:
        for misfit in misfits(shipped_validator("office"), document):
            raise self._damaged(f": {misfit}")
        return document

    def _damaged(self, fault: str) -> DamagedOfficeError:
        return DamagedOfficeError(f"{self.path}{fault}", "Put the last good copy back; capreg writes nothing over it.")

    def write(self, data: dict[str, Any]) -> None:
        """Replace all tables; returns when they are on the disk.

        Raises:
            DocumentError: they hold a text that could not be read again; nothing is written.
            OSError: the disk refused; the file is as it was.
        """
        content = canonical(data)
        strict.read(content)
        write_whole(self.path, content, mode=0o600)


def reading(path: Path) -> TinyDB:
    """Return the documents of an office for reading; a whole file is replaced at once, so no lock is needed."""
    return TinyDB(path, storage=DurableStorage)


@contextmanager
def changing(path: Path) -> Iterator[TinyDB]:
    """Hold the documents of an office alone, to read them afresh and change them.

    Raises:
        BusyError: another process held them for half a minute.
        DamagedOfficeError: the file is not what was written.
    """
    make_private(path.parent)
    with locked(path.with_suffix(".lock"), "the office"), TinyDB(path, storage=DurableStorage) as tables:
        yield tables


def make_private(folder: Path) -> None:
    """Make the folder of an office, for its owner alone, if it is not there.

    Raises:
        DamagedOfficeError: it is a symbolic link, which could lead the books anywhere.
    """
    if folder.is_symlink():
        raise DamagedOfficeError(f"{folder} is a symbolic link", "The books lie in the registry's own folder.")
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        flush(folder.parent)
