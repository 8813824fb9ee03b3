"""Text of records as the index holds it: a line of folded words for each text, and the stems of all the words."""

from collections.abc import Iterable, Iterator
from typing import Any

from capreg.model.text import tokens
from capreg.query.phrases import Text
from capreg.query.stems import stems


def lines(texts: Iterable[str]) -> str:
    """Return the folded words of texts, a line each."""
    return "\n".join([" ".join(tokens(text)) for text in texts])


def stems_of(written: str) -> str:
    """Return the stems of the words in lines that are no words of it themselves."""
    words = set(written.split())
    found = {stem for word in words for stem in stems(word)}
    return " ".join(sorted(found - words))


def strings(value: Any, found: list[str]) -> list[str]:
    """Add every text in a value, at any depth, to a list, in the order of the record, and return the list."""
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict):
        for below in value.values():
            strings(below, found)
    elif isinstance(value, list):
        for below in value:
            strings(below, found)
    return found


def text_query(text: Text) -> str:
    """Return what FTS5 is asked for: texts that may hold the words of any of the phrases, in any of their forms."""
    return " OR ".join(f"({' AND '.join(_word(*one) for one in _words(*phrase))})" for phrase in text.phrases)


def _words(words: tuple[str, ...], is_prefix: bool) -> Iterator[tuple[str, bool]]:
    yield from ((word, is_prefix and at == len(words) - 1) for at, word in enumerate(words))


def _word(word: str, is_prefix: bool) -> str:
    if is_prefix:
        return f'"{word}"*'
    forms = dict.fromkeys((word, *stems(word)))
    return "(" + " OR ".join(f'"{form}"' for form in forms) + ")"
