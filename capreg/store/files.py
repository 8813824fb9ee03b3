"""Bytes on the disk: safe reading, canonical JSON, whole-or-nothing writing."""

import errno
import os
import stat
from contextlib import suppress
from functools import lru_cache
from typing import Any

import orjson

from capreg.errors import CapregError, ExitCode

LARGEST = 1 << 20
# O_NONBLOCK: opening a pipe that nobody writes to must not wait.
OPENING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
LEADS_OUT = "a symbolic link that leads out of the registry"
StrPath = str | os.PathLike[str]


class UnreadableError(CapregError):
    """A path is no plain file that capreg would read."""

    exit_code = ExitCode.INVALID

    def __init__(self, path: StrPath, fault: str) -> None:
        super().__init__(f"{path}: {fault}")
        self.path, self.fault = path, fault


def canonical(document: Any) -> bytes:
    """Return the bytes in which capreg writes a document: UTF-8, two blanks of indentation, one newline at the end."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_bytes(path: StrPath, root: StrPath, largest: int = LARGEST) -> bytes:
    """Return the content of a plain file under a root.

    Raises:
        UnreadableError: it is a folder, a pipe, a link that leads out of the root, larger than allowed, or not there.
    """
    descriptor = _opened(os.fspath(path), os.fspath(root))
    try:
        return _content(descriptor, path, largest)
    finally:
        os.close(descriptor)


def _opened(path: str, root: str) -> int:
    """Return the descriptor of what lies at a path that stays below a root when all symbolic links are followed."""
    folder, name = os.path.split(path)
    if _leads_out(f"{_real(folder)}{os.sep}{name}", root):
        raise UnreadableError(path, LEADS_OUT)
    try:
        return os.open(path, OPENING | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise UnreadableError(path, error.strerror or str(error)) from None
    return _opened_link(path, root)


def _opened_link(path: str, root: str) -> int:
    if _leads_out(os.path.realpath(path), root):
        raise UnreadableError(path, LEADS_OUT)
    try:
        return os.open(path, OPENING)
    except OSError as error:
        raise UnreadableError(path, error.strerror or str(error)) from None


def _leads_out(place: str, root: str) -> bool:
    return not place.startswith(_real(root).rstrip(os.sep) + os.sep)


@lru_cache(maxsize=64)
def _real(folder: str) -> str:
    """Return where a folder lies when all symbolic links are followed; the same few hold all the files of a run."""
    return os.path.realpath(folder)


def _content(descriptor: int, path: StrPath, largest: int) -> bytes:
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        raise UnreadableError(path, "not a plain file")
    if state.st_size > largest:
        raise UnreadableError(path, f"{state.st_size} bytes, and at most {largest} are read")
    content = os.read(descriptor, state.st_size + 1)
    if len(content) == state.st_size:
        return content
    # It grows or shrinks meanwhile, or what holds it gives less at once.
    with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
        return content + file.readall()


def write_whole(path: StrPath, data: bytes, durable: bool = True, mode: int = 0o666) -> None:
    """Replace a file by new content, whole or not at all.

    Args:
        durable: return only when the content is on the disk, so that it survives a power cut.
        mode: the rights of a new file from its first byte, less the umask; one that is there keeps its own.

    Raises:
        OSError: the disk refused; the file is as it was.
    """
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name[:40]}.{os.urandom(6).hex()}.tmp")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as file:
            with suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(os.stat(path).st_mode))
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(draft)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None
        raise
    if durable:
        flush(folder or os.curdir)


def flush(path: StrPath) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
