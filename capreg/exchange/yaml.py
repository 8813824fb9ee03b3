"""Files that people write by hand: YAML 1.2, of which JSON is a part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, SequenceNode

from capreg.errors import CapregError, ExitCode
from capreg.model.record import pointer
from capreg.store.files import StrPath
from capreg.store.validators import Draft202012Validator, misfits

LARGEST = 1 << 16
DEEPEST = 20
LONGEST_SENTENCE = 200


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
    def read(cls, name: str, content: bytes, deciding: Draft202012Validator, typ: str = "safe") -> "Written":
        """Return the document of a file's bytes.

        Args:
            name: how messages call the file.
            typ: `safe` for numbers, days and flags, `base` for every value as the text that was written.

        Raises:
            WrittenError: it cannot be read, has a double key or an alias, or does not fit; all faults together.
        """
        text = _text(name, content)
        try:
            _refuse_tricks(name, text)
            document = _plain(YAML(typ=typ, pure=True).load(text))
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
        told = sorted((line_of(self.text, path), pointer(path), _short(sentence)) for path, sentence in faults)
        if told:
            raise WrittenError("\n".join(f"{self.name}:{line} {place}: {sentence}" for line, place, sentence in told))


def _short(sentence: str) -> str:
    """Return a sentence without the middle of a value that goes on for ever."""
    first, *rest = sentence.split("\n")
    half = LONGEST_SENTENCE // 2
    shown = f"{first[:half]} ... {first[-half:]}" if len(first) > LONGEST_SENTENCE else first
    return "\n".join([shown, *rest])


def read_yaml(path: Path, deciding: Draft202012Validator) -> Any:
    """Return the document of a YAML or JSON file that fits a schema.

    Raises:
        WrittenError: it cannot be read, has a double key or an alias, or does not fit; all faults together.
    """
    return Written.read(str(path), read_written(path), deciding).document


def read_written(path: StrPath) -> bytes:
    """Return the bytes of a file that a person wrote and named, wherever it lies.

    Raises:
        WrittenError: it cannot be read, or is larger than anybody would write.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path of any sort
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise WrittenError(f"{path}: {error.strerror}") from None
    if len(content) > LARGEST:
        raise WrittenError(f"{path}: larger than {LARGEST} bytes")
    return content


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrittenError(f"{name}: not UTF-8") from None


def _refuse_tricks(name: str, text: str) -> None:
    """Refuse what would fill the memory: an alias, which repeats a part of the file, and parts within parts without end."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise WrittenError(f"{name}:{line}: nests deeper than {DEEPEST}")
        if isinstance(event, AliasEvent):
            raise WrittenError(f"{name}:{line}: an alias (*{event.anchor}); write it out")


def _plain(value: Any) -> Any:
    """Return the document with days as texts, as JSON has them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def line_of(text: str, path: tuple) -> int:
    """Return the line, from one, on which the value at a path of a YAML text begins, or the nearest around it."""
    node = YAML(typ="safe", pure=True).compose(text)
    line = 1
    for step in path:
        found = _below(node, step)
        if found is None:
            return line
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _below(node: Any, step: Any) -> tuple[Any, Any] | None:
    """Return where a step begins and where it leads: the key and the value, or the entry of a list twice."""
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None
