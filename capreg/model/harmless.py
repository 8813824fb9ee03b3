"""Texts of records in files that other programs open: harmless for a spreadsheet, and for a terminal."""

import re

from capreg.model.text import UNSAFE

# What a spreadsheet would take for the beginning of a formula, also within the quotes that it may take off.
SIGNS = frozenset("=+-@＝＋－＠")
# A telephone number, which begins with a sign and runs nothing; an amount that is less than nothing. Compiled on use.
TELEPHONE = r"\+[\d ]{6,30}"
AMOUNT = r"-[0-9]{1,20}(\.[0-9]{1,4})?"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: one that begins like a formula gets an apostrophe before it."""
    if text.lstrip('"')[:1] not in SIGNS or re.fullmatch(TELEPHONE, text) or re.fullmatch(AMOUNT, text):
        return text
    return f"'{text}"


def escaped(json: str) -> str:
    """Return JSON in which every control character is written as its escape; newlines of the layout stay."""
    if json.isprintable():
        return json
    return re.sub(UNSAFE, lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", json)
