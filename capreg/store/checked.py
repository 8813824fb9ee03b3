"""A JSON file of the hub's own, read strictly and held against its schema."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.store import strict
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.schemas import shipped_validator
from capreg.store.validators import Misfit, misfits


class InvalidFileError(CapregError):
    """A file does not hold; a line for each fault, beginning with the file."""

    exit_code = ExitCode.INVALID


def read_checked(
    path: Path,
    root: Path,
    schema: str,
    nonsense: Callable[[Any], Iterable[Misfit]] = lambda _: (),
    refused: type[InvalidFileError] = InvalidFileError,
) -> Any:
    """Return the document of a file.

    Args:
        root: the registry, out of which the file must not lead.
        schema: the name of the shipped schema that it must fit.
        nonsense: finds what no schema can see, in a document that fits.
        refused: the error to raise.

    Raises:
        InvalidFileError: it cannot be read, does not fit, or makes no sense; all faults together, each with its line.
    """
    try:
        located = strict.locate(read_bytes(path, root))
    except UnreadableError as error:
        raise refused(error.sentence) from None
    except strict.DocumentError as error:
        raise refused(f"{path}:{error.sentence}") from None
    found = list(misfits(shipped_validator(schema), located.value)) or list(nonsense(located.value))
    if found:
        lines = ("{}:{}:{} {}".format(path, *located.position(misfit.path), misfit) for misfit in found)
        raise refused("\n".join(lines))
    return located.value
