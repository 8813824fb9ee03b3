"""Text of records: folded for search, made harmless for output."""

import re
import unicodedata

TOKEN = re.compile(r"[^\W_]+")
# Patterns that are compiled on use.
# What no text of a record may hold: C0 controls but tab and newline, DEL, C1 controls.
CONTROLS = "[\x00-\x08\x0b-\x1f\x7f-\x9f]"
# C0 and C1 controls, DEL, line separators, and the controls of writing direction (Unicode's Bidi_Control).
UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


def fold(text: str) -> str:
    """Return the text in lower case without accents, so that FORLÌ and forli are one."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def tokens(text: str) -> list[str]:
    """Return the folded words of a text, in order: letters and digits, all else divides."""
    return TOKEN.findall(fold(text))


def plain(text: str) -> str:
    """Return the text with every control character and every control of writing direction shown as its code."""
    return text if text.isprintable() else re.sub(UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", text)
