"""Locks between processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from capreg.errors import CapregError, ExitCode

LOCK_SECONDS = 30


class BusyError(CapregError):
    """Another process holds the lock."""

    exit_code = ExitCode.BUSY


@contextmanager
def locked(path: Path, what: str, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold a lock file for the time of the block; the operating system frees it when the process ends.

    Args:
        seconds: how long to wait for another process that holds it.

    Raises:
        BusyError: another process held it for longer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=seconds, mode=0o600):
            yield
    except Timeout:
        raise BusyError(f"{what} is busy: another capreg is writing to it", "Try again in a moment.") from None
