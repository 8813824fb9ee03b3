"""Text of records as the index holds it: a line of folded words for each text, and the stems of all the words."""

from collections.abc import Iterable, Iterator

from capreg.model.text import tokens
from capreg.query.stems import stems

MOST_KEPT = 50_000
# What divides words of plain ASCII, but for the newline that divides texts: all but letters and digits.
DIVIDES = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) != "\n"}


class _Stems(dict):
    """The stems of each word, looked up without a step of Python; forgotten when they are many."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= MOST_KEPT:
            self.clear()
        self[word] = found = stems(word)
        return found


STEMS = _Stems()


def lines_and_stems(texts: Iterable[str]) -> tuple[str, str]:
    """Return the words of texts, folded as `tokens` does, a line a text; and the stems that are no words of the texts."""
    plain, rest = [], []
    for text in texts:
        (plain if text.isascii() else rest).append(text.replace("\n", " ") if "\n" in text else text)
    # The same as token by token, in three steps over all at once.
    written = "\n".join(plain).lower().translate(DIVIDES)
    if rest:
        written = "\n".join([written, *(" ".join(tokens(text)) for text in rest)])
    words = set(written.split())
    # In order, so that the same record always gives the same bytes.
    return written, " ".join(sorted(set().union(*map(STEMS.__getitem__, words)) - words))


def strings(value: dict | list, found: list[str]) -> list[str]:
    """Add every text in an object or a list, at any depth, to those found, in the order of the record, and return all."""
    for below in value.values() if type(value) is dict else value:
        sort = type(below)
        if sort is str:
            found.append(below)
        elif sort is dict or sort is list:
            strings(below, found)
    return found


def text_query(phrases: Iterable[tuple[tuple[str, ...], bool]]) -> str:
    """Return what FTS5 is asked for: texts that may hold the words of any of the phrases, in any of their forms."""
    return " OR ".join(f"({' AND '.join(_word(*one) for one in _words(*phrase))})" for phrase in phrases)


def _words(words: tuple[str, ...], is_prefix: bool) -> Iterator[tuple[str, bool]]:
    yield from ((word, is_prefix and at == len(words) - 1) for at, word in enumerate(words))


def _word(word: str, is_prefix: bool) -> str:
    if is_prefix:
        return f'"{word}"*'
    forms = dict.fromkeys((word, *stems(word)))
    return "(" + " OR ".join(f'"{form}"' for form in forms) + ")"
