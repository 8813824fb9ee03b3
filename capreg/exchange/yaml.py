"""Files that people write by hand: YAML 1.2, of which JSON is a part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from capreg.errors import CapregError, ExitCode
from capreg.model.record import pointer
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.validators import Draft202012Validator, misfits


class WrittenError(CapregError):
    """A file that a person wrote does not hold; names the file, the line and the fault."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True)
class Written:
    """A YAML or JSON document that fits its schema, with the text it was read from."""

    name: str
    text: str
    document: Any

    @classmethod
    def read(cls, name: str, content: bytes, deciding: Draft202012Validator) -> "Written":
        """Return the document of a file's bytes.

        Args:
            name: how messages call the file.

        Raises:
            WrittenError: it cannot be read, has a double key or an alias, or does not fit; all faults together.
        """
        text = _text(name, content)
        try:
            _refuse_aliases(name, text)
            document = _plain(YAML(typ="safe", pure=True).load(text))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
            raise WrittenError(f"{name}{where} {error.problem or error.context}") from None
        except (YAMLError, ValueError, RecursionError) as error:
            raise WrittenError(f"{name}: {str(error).splitlines()[0]}") from None
        written = cls(name, text, document)
        written.refuse((misfit.path, misfit.sentence) for misfit in misfits(deciding, document))
        return written

    def refuse(self, faults: Iterable[tuple[tuple, str]]) -> None:
        """Raise WrittenError for faults, each (path, sentence), with the lines where they stand; none is no fault."""
        told = sorted((line_of(self.text, path), pointer(path), sentence) for path, sentence in faults)
        if told:
            raise WrittenError("\n".join(f"{self.name}:{line} {place}: {sentence}" for line, place, sentence in told))


def read_yaml(path: Path, deciding: Draft202012Validator) -> Any:
    """Return the document of a YAML or JSON file that fits a schema.

    Raises:
        WrittenError: it cannot be read, has a double key or an alias, or does not fit; all faults together.
    """
    return Written.read(str(path), read_written(path), deciding).document


def read_written(path: Path) -> bytes:
    """Return the bytes of a file that a person wrote; raises WrittenError where it cannot be read."""
    try:
        return read_bytes(path, path.parent)
    except UnreadableError as error:
        raise WrittenError(error.sentence) from None


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrittenError(f"{name}: not UTF-8") from None


def _refuse_aliases(name: str, text: str) -> None:
    """An alias repeats a part of the file; a few of them, nested, would fill the memory."""
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            raise WrittenError(f"{name}:{event.start_mark.line + 1}: an alias (*{event.anchor}); write it out")


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
