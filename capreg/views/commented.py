"""A questionnaire as commented YAML: every question above its answer, and all that a record states."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from capreg.model.day import is_day
from capreg.model.kinds import Field
from capreg.model.questionnaire import Blank
from capreg.views.questionnaire import Questionnaire

PLAIN_TEXT = re.compile(r"[^\W\d_](?:[^\W_]|[ ./'()&+_-])*(?<! )")
PLAIN_KEY = re.compile(r"[a-z][a-z0-9_]*")
# Words that YAML, of one version or another, takes for something else.
TAKEN = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
WIDTH = 100
WORDS_NAMED = 6


def commented(asked: Questionnaire, hub_only: str = "") -> str:
    """Return a questionnaire as YAML.

    Args:
        hub_only: what the first line says of a file that holds more than a firm is asked.
    """
    return "".join(f"{line}\n" for line in _Writing(asked).lines(hub_only))


class _Writing:
    """Writes one questionnaire, a line at a time."""

    def __init__(self, asked: Questionnaire) -> None:
        self.asked = asked
        self.blanks: dict[tuple[str, ...], list[Blank]] = {}
        for part in asked.parts:
            for blank in part.blanks:
                self.blanks.setdefault(blank.field.path, []).append(blank)

    def lines(self, hub_only: str) -> Iterator[str]:
        """Yield the lines of the file."""
        asked = self.asked
        yield from _comment(asked.title, 0)
        yield from _comment(" - ".join(filter(None, (hub_only, asked.speech.word("how to fill")))), 0)
        document = {"kind": asked.kind.id, "id": None, **asked.document}
        yield from self._object(asked.kind.root, document, 0, True)

    def _object(self, at: Field, value: Mapping[str, Any], indent: int, told: bool) -> Iterator[str]:
        """Yield an object: what is asked in the order of the schema, then what no schema knows.

        Args:
            told: with the questions, and room for answers that are not there.
        """
        for key, below in at.properties.items():
            if key in value or told and self._asks(below):
                yield from self._property(below, key, value, indent, told)
        for key, one in value.items():
            if key not in at.properties:
                yield f"{' ' * indent}{_key(key)}: {_flow(one)}"

    def _asks(self, at: Field) -> bool:
        return any(one.path in self.blanks for one in at.walk())

    def _property(self, at: Field, key: str, value: Mapping[str, Any], indent: int, told: bool) -> Iterator[str]:
        one, margin = value.get(key), " " * indent
        if told and (indent == 0 or at.path in self.blanks):
            yield from self._question(at, indent)
        if (
            at.path in self.blanks
            or not (at.properties or at.items and at.items.properties)
            or key in value
            and not one
        ):
            is_blank = key not in value or at.path == ("id",) and one is None
            hidden = "# " if is_blank and at.may_be_null else ""
            yield f"{margin}{hidden}{_key(key)}:{'' if is_blank else f' {_flow(one)}'}"
        elif at.properties:
            yield f"{margin}{_key(key)}:"
            yield from self._object(at, one or {}, indent + 2, told)
        else:
            yield f"{margin}{_key(key)}:"
            for number, entry in enumerate(one or [{}]):
                yield from self._entry(at.items, entry, indent + 2, told and not number and self._asks(at))

    def _entry(self, at: Field, entry: Any, indent: int, told: bool) -> Iterator[str]:
        lines = list(self._object(at, entry, indent + 2, told)) if isinstance(entry, Mapping) else []
        first = next((number for number, line in enumerate(lines) if not line.lstrip().startswith("#")), None)
        if first is None:
            yield from lines
            yield f"{' ' * indent}- {_flow(entry)}"
            return
        lines[first] = f"{' ' * indent}- {lines[first].lstrip()}"
        yield from lines

    def _question(self, at: Field, indent: int) -> Iterator[str]:
        """Yield the comment above an answer; above a part of the record, its label."""
        blanks = self.blanks.get(at.path)
        if indent == 0:
            yield ""
        if not blanks:
            if at.properties or at.items:
                yield from _comment(f"--- {self.asked.speech.label(at)} ---", indent)
            return
        first = blanks[0]
        unit = f" ({at.unit})" if at.unit else ""
        yield from _comment(f"{self.asked.question(first)}{unit}", indent)
        told = [*self.asked.limits(first, in_cells=False), *self._example(at), *self._words(first)]
        yield from _comment("; ".join(told), indent)

    def _example(self, at: Field) -> Iterator[str]:
        if at.examples:
            yield self.asked.speech.word("example").format(_flow(at.examples[0]))

    def _words(self, blank: Blank) -> Iterator[str]:
        """Yield some of the words that may be written, and where the others are."""
        if blank.words:
            tops = self.asked.speech.vocabularies[blank.words].tops[:WORDS_NAMED]
            yield f"{', '.join(tops)}, ... (capreg vocabulary --in {blank.words})"


def _comment(text: str, indent: int) -> Iterator[str]:
    margin, line = " " * indent, ""
    for word in text.split():
        if line and len(margin) + len(line) + len(word) > WIDTH:
            yield f"{margin}# {line}"
            line = ""
        line = f"{line} {word}" if line else word
    if line:
        yield f"{margin}# {line}"


def _key(key: str) -> str:
    return key if PLAIN_KEY.fullmatch(key) and key not in TAKEN else _quoted(key)


def _flow(value: Any) -> str:
    """Return a value on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {_flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, (int, float)):
        return _number(value)
    return value if _is_plain(value) else _quoted(value)


def _number(value: int | float) -> str:
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _is_plain(text: str) -> bool:
    """Whether a text means itself without quotes."""
    return is_day(text) or bool(PLAIN_TEXT.fullmatch(text)) and text.isprintable() and text.casefold() not in TAKEN


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    return f"\\U{ord(sign):08x}"
