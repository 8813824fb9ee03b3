"""Bytes of a list -> text, whatever wrote them; what was taken, and how sure that is, is told."""

import codecs
from collections.abc import Sequence

from charset_normalizer import from_bytes

from capreg.exchange.sheet import SheetError
from capreg.model.value import Value

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What offices have written lists in; cp1252 is what a line is that is not what the others are.
LIKELY = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
    "mac_roman",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
]
OTHERWISE = "cp1252"
SAMPLE = 1 << 16


class Decoded(Value):
    """The text of a file; `remarks` say what was taken for granted, `odd` which lines (from one) were read otherwise."""

    text: str
    remarks: Sequence[str] = ()
    odd: frozenset[int] = frozenset()


def decoded(name: str, content: bytes, encoding: str | None) -> Decoded:
    """Return the text of bytes: as their mark says, as the mapping says, as UTF-8, or as charset-normalizer finds.

    Raises:
        SheetError: nobody knows the encoding.
    """
    for mark, marked in MARKS:
        if content.startswith(mark):
            return _strictly(name, content, marked)
    if encoding:
        return _as_said(name, content, encoding)
    if wide := _wide(content):
        return Decoded(_strictly(name, content, wide).text, [f"read as {wide}, which its zero bytes tell"])
    try:
        return Decoded(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _found(name, content)


def _strictly(name: str, content: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(content.decode(encoding))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SheetError(f"{name}: line {line}: not {encoding}: {error.reason}") from None


def _as_said(name: str, content: bytes, encoding: str) -> Decoded:
    try:
        codecs.lookup(encoding).decode(b"")
    except (LookupError, TypeError):
        raise SheetError(f"{name}: '{encoding}' is no encoding", "Say encoding: utf-8, or cp1252.") from None
    try:
        return Decoded(content.decode(encoding))
    except UnicodeError:
        return _mixed(content, encoding)


def _wide(content: bytes) -> str:
    """Return which UTF-16 a text without a mark is, "" for none: its signs are mostly every second byte."""
    sample = content[:SAMPLE]
    half = len(sample) // 2
    for encoding, zeros in (("utf-16-le", sample[1::2].count(0)), ("utf-16-be", sample[::2].count(0))):
        if half > 1 and zeros > half * 0.7:
            return encoding
    return ""


def _found(name: str, content: bytes) -> Decoded:
    """Return a text that is not UTF-8, or not UTF-8 alone."""
    strange = [line for line in content.splitlines(True) if not line.isascii()]
    if any(_is_utf8(line) for line in strange):
        return _mixed(content, "utf-8")
    taken, sure, others = _likeliest(b"".join(strange)[:SAMPLE])
    also = f" (of {' or '.join(others)} as much)" if others else ""
    remark = f"not UTF-8; read as {taken}, {sure:.0%} sure{also}. If letters are wrong, say another: encoding: cp1250"
    return Decoded(content.decode(taken, errors="replace"), [remark])


def _likeliest(sample: bytes) -> tuple[str, float, list[str]]:
    """Return the encoding that makes most sense of a sample, how sure that is, and which others make as much."""
    matches = list(from_bytes(sample, cp_isolation=LIKELY, preemptive_behaviour=False))
    if not matches:
        return OTHERWISE, 0, []
    # What differs in the third digit differs by chance.
    best = [
        one for one in matches if (one.chaos, -one.coherence) <= (matches[0].chaos + 0.005, 0.05 - matches[0].coherence)
    ]
    could = {encoding for one in best for encoding in one.could_be_from_charset}
    first, *others = [one for one in LIKELY if one in could] or [matches[0].encoding]
    return first, 1 - matches[0].chaos, others[:2]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mixed(content: bytes, encoding: str) -> Decoded:
    """Return a text of which some lines are written otherwise than the rest."""
    lines, odd = [], set()
    for number, line in enumerate(content.splitlines(True), 1):
        try:
            lines.append(line.decode(encoding))
        except UnicodeError:
            odd.add(number)
            lines.append(line.decode(OTHERWISE, errors="replace"))
    remark = f"{len(odd)} of {len(lines)} lines are not {encoding} and were read as {OTHERWISE}; the rows are told"
    return Decoded("".join(lines), [remark], frozenset(odd))
