"""An answer as it is written into a cell, and read again: each is the other's reverse.

A text stands as it is, and between quotes as JSON has it where it could be taken for something else: blanks around it, a
divider of lists in it, a sign that no workbook holds.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from capreg.errors import CapregError, ExitCode, nearest
from capreg.model.questionnaire import Blank
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary

# What says that there is none: no entry of a list, no parent company.
NONE = "-"
LANGUAGES = ("en", "it")
DIVIDER = "; "
YES, NO = ("yes", "sì", "si", "true", "vero", "y", "s"), ("no", "false", "falso", "n")
# Numbers of more than fifteen digits do not fit a cell's number.
MOST_EXACT = 10**15
# Days before the first of March 1900 are counted in two ways by spreadsheets.
FIRST_DAY = date(1900, 3, 1)
# What a workbook's XML cannot hold, or would read as an escape.
UNHELD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
# 1.450 may be one and a half or fourteen hundred.
UNSURE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
PIECE = {
    True: re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")\s*(?=[;,\n]|$)|([^;,\n]*))\s*(?:[;,\n]|$)'),
    False: re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")\s*(?=[;\n]|$)|([^;\n]*))\s*(?:[;\n]|$)'),
}


class AnswerError(CapregError):
    """What stands in a cell is no answer to its question."""

    exit_code = ExitCode.INVALID


class Words(Value):
    """How the words of an answer are written: the language, and the vocabularies."""

    language: str
    vocabularies: Mapping[str, Vocabulary]


def written(blank: Blank, value: Any, words: Words) -> Any:
    """Return what a cell holds for a value: a number, a day, or a text."""
    if value is None:
        return NONE
    if blank.is_list and isinstance(value, list):
        return DIVIDER.join(str(_scalar(blank, one, words, True)) for one in value) if value else NONE
    return _scalar(blank, value, words, False)


def _scalar(blank: Blank, value: Any, words: Words, is_listed: bool) -> Any:
    if blank.sort == "json":
        return orjson.dumps(value).decode()
    if isinstance(value, bool):
        return {"en": ("no", "yes"), "it": ("no", "sì")}[words.language][value]
    if isinstance(value, (int, float)):
        return _number(value, is_listed)
    if blank.words:
        return _called(words.vocabularies[blank.words], value, words.language, is_listed)
    if blank.sort == "date" and not is_listed and (day := _day(value)):
        return day
    return _text(value, is_listed)


def _number(value: int | float, is_listed: bool) -> int | float | str:
    """Return a number, as a text where a cell would not keep it or several stand in one; none that could be read in two ways."""
    if not is_listed and abs(value) < MOST_EXACT and float(f"{value:.15g}") == value:
        return value
    return f"{value}0" if UNSURE.fullmatch(str(value)) else str(value)


def _called(vocabulary: Vocabulary, word: str, language: str, is_listed: bool) -> str:
    """Return a word's label, where that means this word alone; else the word."""
    label = vocabulary.label(word, language)
    return label if vocabulary.called(label) == {word} and _text(label, is_listed) == label else _text(word, is_listed)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= FIRST_DAY and day.isoformat() == text else None


def _text(text: str, is_listed: bool) -> str:
    is_plain = (
        text == text.strip() and text not in ("", NONE) and not QUOTED.fullmatch(text) and not UNHELD.search(text)
    )
    if is_plain and not (is_listed and any(one in text for one in ';\n"')):
        return text
    quoted = json.dumps(text, ensure_ascii=bool(UNHELD.search(text)))
    return quoted.replace("_x", "\\u005fx") if UNHELD.search(text) else quoted


def read(blank: Blank, cell: Any, words: Words, known: Collection[str] = ()) -> Any:
    """Return the value that a cell states.

    Args:
        cell: a number, a day, a flag or a text that is not blank.
        known: words that are taken although no vocabulary has them, since the record states them already.

    Raises:
        AnswerError: it is none, and why.
    """
    if isinstance(cell, str) and cell.strip() == NONE:
        if blank.is_list:
            return []
        if blank.may_be_null:
            return None
    if blank.is_list:
        pieces = _pieces(cell, blank) if isinstance(cell, str) else [cell]
        return [_read(blank, one, words, known) for one in pieces]
    return _read(blank, cell, words, known)


def _pieces(cell: str, blank: Blank) -> list[str]:
    """Return the values of a list: divided by semicolons or lines, by commas where no value can hold one."""
    with_commas = not blank.words and "pattern" in blank.scalar
    found = [match[1] or match[2].strip() for match in PIECE[with_commas].finditer(cell)]
    return [one for one in found if one]


def _read(blank: Blank, cell: Any, words: Words, known: Collection[str]) -> Any:
    return READERS[blank.sort](blank, cell, words, known)


def _read_text(blank: Blank, cell: Any, words: Words, known: Collection[str]) -> str:
    text = _unquoted(_as_text(cell))
    if blank.words:
        return _word(text, words.vocabularies[blank.words], known)
    if "enum" in blank.scalar and text not in blank.scalar["enum"]:
        return _one_of(text, blank.scalar["enum"])
    return text


def _as_text(cell: Any) -> str:
    """Return a cell as the text it was meant to be: a postal code that became a number, a period that became a day."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return str(cell)


def _unquoted(text: str) -> str:
    stripped = text.strip()
    try:
        return json.loads(stripped) if QUOTED.fullmatch(stripped) else stripped
    except ValueError:
        return stripped


def _word(text: str, vocabulary: Vocabulary, known: Collection[str]) -> str:
    if text in known and text not in vocabulary.words:
        return text
    try:
        return vocabulary.find(text)
    except CapregError as error:
        raise AnswerError(f"{error.sentence}. {error.way_out}".rstrip(". ") + ".") from None


def _one_of(text: str, allowed: list[str]) -> str:
    found = [one for one in allowed if isinstance(one, str) and one.casefold() == text.casefold()]
    if not found:
        raise AnswerError(f"'{text[:60]}' is none of the answers. {nearest(text, allowed)}".rstrip())
    return found[0]


def _read_number(blank: Blank, cell: Any, words: Words, known: Collection[str]) -> int | float:
    if isinstance(cell, str):
        cell = _parsed(_unquoted(cell))
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise AnswerError(f"'{_as_text(cell)[:60]}' is not a number")
    whole = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    if blank.sort == "integer" and isinstance(whole, float):
        raise AnswerError(f"{cell} is not a whole number")
    return whole


def _parsed(text: str) -> int | float:
    """Return the number that a text is: numbers stored as text, with a decimal point or a decimal comma."""
    if not NUMBER.fullmatch(text):
        raise AnswerError(f"'{text[:60]}' is not a number; write the number alone, without its unit")
    if UNSURE.fullmatch(text):
        raise AnswerError(f"'{text}' is a text that may mean two numbers; write it as a number, thousands undivided")
    number = Decimal(text.replace(",", "."))
    return int(number) if number == number.to_integral_value() and abs(number) < 10**24 else float(number)


def _read_day(blank: Blank, cell: Any, words: Words, known: Collection[str]) -> str:
    if isinstance(cell, (datetime, str)):
        return _unquoted(_as_text(cell))
    raise AnswerError(f"'{_as_text(cell)[:60]}' is not a day; write it as year-month-day: 2026-11-22")


def _read_flag(blank: Blank, cell: Any, words: Words, known: Collection[str]) -> bool:
    text = _as_text(cell).strip().casefold()
    if text in YES or text in NO:
        return text in YES
    raise AnswerError(f"'{_as_text(cell)[:60]}' is neither yes nor no")


def _read_json(blank: Blank, cell: Any, words: Words, known: Collection[str]) -> Any:
    try:
        return orjson.loads(_as_text(cell))
    except orjson.JSONDecodeError:
        raise AnswerError(f"'{_as_text(cell)[:60]}' is not JSON, which is wanted here") from None


READERS = {
    "string": _read_text,
    "number": _read_number,
    "integer": _read_number,
    "date": _read_day,
    "boolean": _read_flag,
    "json": _read_json,
}
