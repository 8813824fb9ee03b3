"""Texts of records in files that other programs open: harmless for a spreadsheet, and for a terminal."""

import re

from capreg.model.text import UNSAFE

# What a spreadsheet would take for the beginning of a formula, also within the quotes that it may take off.
FORMULA = re.compile(r'"*[=+\-@＝＋－＠]')
# A telephone number, which begins with a sign and runs nothing.
TELEPHONE = re.compile(r"\+[\d ]{6,30}")
# An amount that is less than nothing.
AMOUNT = re.compile(r"-[0-9]{1,20}(\.[0-9]{1,4})?")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: one that begins like a formula gets an apostrophe before it."""
    is_harmless = not FORMULA.match(text) or TELEPHONE.fullmatch(text) or AMOUNT.fullmatch(text)
    return text if is_harmless else f"'{text}"


def escaped(json: str) -> str:
    """Return JSON in which every control character is written as its escape; newlines of the layout stay."""
    if json.isprintable():
        return json
    return re.sub(UNSAFE, lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", json)
