"""Files that people write by hand: YAML 1.2, of which JSON is a part."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from capreg.errors import CapregError, ExitCode
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.validators import Draft202012Validator, misfits


class WrittenError(CapregError):
    """A file that a person wrote does not hold; names the file, the line and the fault."""

    exit_code = ExitCode.INVALID


def read_yaml(path: Path, deciding: Draft202012Validator) -> Any:
    """Return the document of a YAML or JSON file that fits a schema.

    Raises:
        WrittenError: it cannot be read, has a double key or an alias, or does not fit; all faults together.
    """
    text = _text(path)
    try:
        _refuse_aliases(path, text)
        document = _plain(YAML(typ="safe", pure=True).load(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise WrittenError(f"{path}{where} {error.problem or error.context}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise WrittenError(f"{path}: {str(error).splitlines()[0]}") from None
    found = list(misfits(deciding, document))
    if found:
        told = (f"{path}:{line_of(text, misfit.path)} {misfit}" for misfit in found)
        raise WrittenError("\n".join(told))
    return document


def _text(path: Path) -> str:
    try:
        text = read_bytes(path, path.parent).decode("utf-8-sig")
    except (UnreadableError, UnicodeDecodeError) as error:
        raise WrittenError(error.sentence if isinstance(error, UnreadableError) else f"{path}: not UTF-8") from None
    return text


def _refuse_aliases(path: Path, text: str) -> None:
    """An alias repeats a part of the file; a few of them, nested, would fill the memory."""
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            raise WrittenError(f"{path}:{event.start_mark.line + 1}: an alias (*{event.anchor}); write it out")


def _plain(value: Any) -> Any:
    """Return the document with days as texts, as JSON has them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def line_of(text: str, path: tuple) -> int:
    """Return the line, from one, on which the value at a path of a YAML text begins, or the nearest around it."""
    at, line = YAML(typ="rt").load(StringIO(text)), 1
    for step in path:
        marks = getattr(at, "lc", None)
        if marks is None or marks.data is None or step not in marks.data:
            return line
        line, at = marks.data[step][0] + 1, at[step]
    return line
