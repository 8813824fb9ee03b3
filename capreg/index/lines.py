"""Text of records as the index holds it: a line of folded words for each text, and the stems of all the words."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from capreg.model.text import tokens
from capreg.query.phrases import Text
from capreg.query.stems import stems

# The same few texts stand in many records: words, towns, days.
MOST_KEPT = 50_000


def lines_and_stems(texts: Iterable[str]) -> tuple[str, str]:
    """Return the folded words of texts, a line each, and the stems of these words that are no words of the texts."""
    lines = [_line(text) for text in texts]
    stems = {stem for line in lines for stem in _stems(line)}
    words = {word for line in lines for word in line.split()}
    return "\n".join(lines), " ".join(sorted(stems - words))


@lru_cache(maxsize=MOST_KEPT)
def _line(text: str) -> str:
    return " ".join(tokens(text))


@lru_cache(maxsize=MOST_KEPT)
def _stems(line: str) -> frozenset[str]:
    """Return the stems of the words in a line that are not the words themselves."""
    words = line.split()
    return frozenset(stem for word in words for stem in stems(word)).difference(words)


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
