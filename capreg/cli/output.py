"""Writing a page where it was asked for."""

import errno
import gc
import os
import sys
from collections.abc import Iterator

from capreg.cli.options import Output
from capreg.cli.session import Session
from capreg.errors import UsageError
from capreg.store.files import write_whole
from capreg.store.root import RESERVED, SETTINGS, NoRegistryError
from capreg.views import BINARY, view
from capreg.views.arranged import Arrangement, arranged, columns_help
from capreg.views.page import Page, Screen

ENDINGS = {".txt": "text", ".yml": "yaml"}
WIDTH = 100
# An answer of more pieces is a long one, for which the collector is turned on again that `capreg.start` turned off.
LONG = 500


class ProtectedError(UsageError):
    """The output would replace a file of the registry itself."""


def ready(session: Session, output: Output, piped: str = "tsv") -> None:
    """Make sure that a page could be written where it is wanted, before anything is charged or changed for it.

    Raises:
        UsageError: the file's ending says no format, or a terminal cannot show the format.
        MissingExtraError: the format needs a library that is not installed.
        ProtectedError: the file is one of the registry's own.
        OSError: the folder is not there.
    """
    format = format_of(output, piped)
    view(format)
    ready_for(session, output, format)


def ready_for(session: Session, output: Output, format: str) -> None:
    """Make sure that a file of a format could be written where it is wanted; raises as `ready` does."""
    if format in BINARY and not to_file(output) and sys.stdout.isatty():
        raise UsageError(f"a terminal cannot show {format}", f"Write it to a file: -o FILE.{format}.")
    if to_file(output):
        target = os.path.realpath(output.path)
        keep_off(session, target)
        if not os.path.isdir(folder := os.path.dirname(target)):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", folder)


def keep_off(session: Session, target: str) -> None:
    """Raise ProtectedError for a path among the files that a registry is made of, or that is a bundle in use."""
    if target in map(os.path.realpath, session.bundles):
        raise ProtectedError(f"'{target}' is a bundle that is read", "Write it elsewhere.")
    if not session.bundle and (registry := _registry_at(session)):
        _keep_off_registry(registry, target)


def _registry_at(session: Session):
    """Return the registry at hand, None where there is none that could be harmed."""
    try:
        return session.registry
    except NoRegistryError:
        return None


def _keep_off_registry(registry, target: str) -> None:
    own = [registry.root / name for name in (SETTINGS, ".gitignore", ".capreg", *RESERVED)]
    own += [registry.root / loaded.kind.folder for loaded in registry.loaded_kinds.values()]
    real = [os.path.realpath(one) for one in own]
    if any(target == one or target.startswith(f"{one}{os.sep}") for one in real):
        raise ProtectedError(f"'{target}' belongs to the registry itself", "Write it elsewhere.")


def show(session: Session, page: Page, output: Output, piped: str = "tsv") -> None:
    """Write a page to standard output, or whole to a file.

    Args:
        piped: the format where nothing says another: `text` where a document is meant.

    Raises:
        UsageError: the file's ending says no format, or the file is one of the registry's own.
        OSError: the file cannot be written; what stood there stays.
    """
    ready(session, output, piped)
    # Who looks into a bundle is no hub, and what is in it is for all who have it.
    page = page._replace(hub_only=page.hub_only and not session.bundle)
    pieces = view(format_of(output, piped))(page, _screen(output))
    if not to_file(output):
        pieces = _watched(session, pieces)
    if to_file(output):
        _save(os.path.realpath(output.path), b"".join(map(_encoded, pieces)))
    else:
        _write(pieces)


def show_list(session: Session, page: Page, output: Output, wanted: Arrangement, piped: str = "tsv") -> None:
    """Write the page of a list as it is arranged, or with `--columns help` the columns it has; raises as `show` does."""
    is_help = list(wanted.columns) == ["help"]
    show(session, columns_help(page.rows.columns) if is_help else arranged(page, wanted), output, piped)


def made(page: Page, output: Output | None, format: str) -> bytes:
    """Return a page in a format as bytes: for the screen that an output goes to, or for none."""
    return b"".join(map(_encoded, view(format)(page, _screen(output) if output else Screen())))


def deliver(session: Session, output: Output, content: bytes) -> None:
    """Write bytes to standard output, or whole to a file; raises OSError where it cannot be written."""
    if to_file(output):
        _save(os.path.realpath(output.path), content)
        return
    session.has_shown = True
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def to_file(output: Output) -> bool:
    """Whether a page goes to a file."""
    return output.path not in (None, "-")


def _save(path: str, content: bytes) -> None:
    """Replace a file as a whole; what is no plain file (a pipe, /dev/null) is written to, never replaced."""
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as file:
            file.write(content)
    else:
        write_whole(path, content)


def _encoded(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode()


def _watched(session: Session, pieces: Iterator[str | bytes]) -> Iterator[str | bytes]:
    """Yield what is shown, and keep that something was; a long answer is worth looking for memory to be used again."""
    for number, piece in enumerate(pieces):
        session.has_shown = True
        if number == LONG:
            gc.freeze()
            gc.enable()
        yield piece


def _write(pieces: Iterator[str | bytes]) -> None:
    for piece in pieces:
        (sys.stdout.buffer if isinstance(piece, bytes) else sys.stdout).write(piece)
    sys.stdout.flush()


def format_of(output: Output, piped: str = "tsv") -> str:
    """Return the format: the option's, else what the file's ending says, else what the output is for."""
    if output.format:
        return output.format
    if not to_file(output):
        return "table" if sys.stdout.isatty() else piped
    ending = os.path.splitext(output.path)[1].lower()
    format = ENDINGS.get(ending, ending[1:])
    if format not in output.formats:
        offered = ", ".join(output.formats)
        raise UsageError(
            f"the ending of '{output.path}' says no format of this command", f"Say one with -O: {offered}."
        )
    return format


def _screen(output: Output) -> Screen:
    terminal = sys.stdout.isatty() and not to_file(output)
    return Screen(max(_width(terminal), 20), _colored(output.color, terminal))


def _width(terminal: bool) -> int:
    """Return how wide the screen is: as COLUMNS says, else as the terminal does, else the usual."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH if terminal else WIDTH
    except (OSError, ValueError):
        return WIDTH


def _colored(wanted: str, terminal: bool) -> bool:
    """The flag wins over NO_COLOR, that over FORCE_COLOR, that over whether it is a terminal."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or terminal
