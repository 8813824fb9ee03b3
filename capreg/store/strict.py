"""JSON read strictly: bytes -> a document, or the fault with its line and column.

orjson reads at full speed; what comes out equal to its canonical bytes has no double key. Only what differs goes
through the slow reader, which also knows where each value stands.
"""

import re
from typing import Any

import orjson

from capreg.errors import CapregError, ExitCode
from capreg.model.text import CONTROLS
from capreg.model.value import Value
from capreg.store.files import canonical

DEEPEST = 64
BLANK = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?", re.ASCII)
LITERAL = re.compile(r"true|false|null|-?[A-Za-z]+")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
SUSPICIOUS = re.compile(rb"\\u00[01]|\\[bfr]|\x7f|\xc2[\x80-\x9f]|\n" + b"  " * (DEEPEST + 1))
# Without any of these nothing is suspicious.
SIGNS = (b"\\", b"\x7f", b"\xc2", b"\n" + b"  " * (DEEPEST + 1))
KEYWORDS = {"true": True, "false": False, "null": None}


class DocumentError(CapregError):
    """The bytes are not strict JSON; `line` and `column` count from one."""

    exit_code = ExitCode.INVALID

    def __init__(self, fault: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{line}:{column} {fault}")
        self.fault, self.line, self.column = fault, line, column


class Located(Value):
    """A document and where each of its values begins, as an offset into the text, by the path of keys and positions."""

    value: Any
    text: str
    offsets: dict[tuple, int]

    def position(self, path: tuple) -> tuple[int, int]:
        """Return line and column, from one, of the value at a path, or of the nearest value around it."""
        while path not in self.offsets and path:
            path = path[:-1]
        return line_and_column(self.text, self.offsets.get(path, 0))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from one, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def read(data: bytes) -> Any:
    """Return the document that strict JSON bytes state.

    Raises:
        DocumentError: not UTF-8, a byte order mark, a double key, NaN or Infinity, a lone surrogate, a control
            character, more than 64 levels, a number out of range, or not JSON at all.
    """
    try:
        document = orjson.loads(data)
        if not _is_suspicious(data) and canonical(document) == data:
            return document
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return locate(data).value


def _is_suspicious(data: bytes) -> bool:
    """Whether bytes may hold a control character, or nest too deep; most hold nothing that could be either."""
    return any(sign in data for sign in SIGNS) and SUSPICIOUS.search(data) is not None


def locate(data: bytes) -> Located:
    """Return the document with the place of each value; raises as `read` does."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise DocumentError("a byte order mark stands before the text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise DocumentError(
            f"byte 0x{data[error.start]:02x} is not UTF-8", *line_and_column(before, len(before))
        ) from None
    reader = _Reader(text)
    value = reader.value(())
    reader.skip()
    if reader.at < len(text):
        raise reader.fault("something follows the end of the document")
    return Located(value, text, reader.offsets)


class _Reader:
    """A recursive descent over JSON text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.offsets: dict[tuple, int] = {}

    def fault(self, sentence: str, at: int | None = None) -> DocumentError:
        """Return an error at an offset, the current one unless another is given."""
        return DocumentError(sentence, *line_and_column(self.text, self.at if at is None else at))

    def skip(self) -> None:
        """Step over blanks."""
        self.at = BLANK.match(self.text, self.at).end()

    def value(self, path: tuple) -> Any:
        """Read one value."""
        self.skip()
        if len(path) > DEEPEST:
            raise self.fault(f"more than {DEEPEST} levels")
        self.offsets[path] = self.at
        first = self.text[self.at : self.at + 1]
        if first == "{":
            return self.object(path)
        if first == "[":
            return self.array(path)
        return self.string() if first == '"' else self.scalar()

    def object(self, path: tuple) -> dict:
        """Read an object; a key that stands twice is a fault."""
        found: dict[str, Any] = {}
        for start in self.members("{", "}"):
            if self.text[start : start + 1] != '"':
                raise self.fault("a key in double quotes is missing")
            key = self.string()
            if key in found:
                raise self.fault(f"the key {key!r} stands twice", start)
            self.expect(":")
            found[key] = self.value((*path, key))
        return found

    def array(self, path: tuple) -> list:
        """Read an array."""
        found: list = []
        for _ in self.members("[", "]"):
            found.append(self.value((*path, len(found))))
        return found

    def members(self, opening: str, closing: str):
        """Yield the offset of each member between two brackets."""
        self.expect(opening)
        self.skip()
        if self.text.startswith(closing, self.at):
            self.at += 1
            return
        while True:
            self.skip()
            yield self.at
            self.skip()
            if self.text.startswith(closing, self.at):
                self.at += 1
                return
            self.expect(",")

    def expect(self, sign: str) -> None:
        """Step over a sign that must stand here."""
        self.skip()
        if not self.text.startswith(sign, self.at):
            raise self.fault("the document ends too early" if self.at >= len(self.text) else f"a '{sign}' is missing")
        self.at += 1

    def string(self) -> str:
        """Read a string; controls and lone surrogates are faults, raw or escaped."""
        start, parts = self.at, []
        self.at += 1
        while True:
            plain = PLAIN.match(self.text, self.at)
            parts.append(plain[0])
            self.at = plain.end()
            sign = self.text[self.at : self.at + 1]
            if sign == '"':
                break
            if sign != "\\":
                raise self.fault(
                    "a string never ends" if not sign else f"control character U+{ord(sign):04X} in a string"
                )
            parts.append(self.escape())
        self.at += 1
        return self.checked("".join(parts), start)

    def checked(self, text: str, start: int) -> str:
        """Return the text of a string without surrogate pairs; raise for what it may not hold."""
        try:
            joined = text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self.fault("a lone surrogate in a string", start) from None
        if found := re.search(CONTROLS, joined):
            raise self.fault(f"control character U+{ord(found[0]):04X} in a string", start)
        return joined

    def escape(self) -> str:
        """Read one escape."""
        sign = self.text[self.at + 1 : self.at + 2]
        if sign in ESCAPES and sign:
            self.at += 2
            return ESCAPES[sign]
        digits = self.text[self.at + 2 : self.at + 6]
        if sign != "u" or not re.fullmatch("[0-9a-fA-F]{4}", digits):
            raise self.fault("an escape that JSON does not know")
        self.at += 6
        return chr(int(digits, 16))

    def scalar(self) -> Any:
        """Read a number, true, false or null."""
        if number := NUMBER.match(self.text, self.at):
            self.at = number.end()
            return self.number(number[0], number.start())
        word = LITERAL.match(self.text, self.at)
        if word and word[0] in KEYWORDS:
            self.at = word.end()
            return KEYWORDS[word[0]]
        if self.at >= len(self.text):
            raise self.fault("the document ends too early")
        raise self.fault(f"{word[0][:20]} is not JSON" if word else "a value is missing")

    def number(self, text: str, start: int) -> int | float:
        """Return a number; one that a binary float cannot hold is a fault."""
        value = int(text) if text.lstrip("-").isdigit() else float(text)
        if value in (float("inf"), float("-inf")) or isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
            raise self.fault("a number too large", start)
        return value
