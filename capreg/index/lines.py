"""Text of records as the index holds it: a line of folded words for each text, and the stems of all the words."""

from collections.abc import Iterable, Iterator
from itertools import chain

from capreg.model.text import tokens
from capreg.query.stems import stems

# Texts that recur are short: words of vocabularies, towns, makers.
MOST_KEPT, LONGEST_KEPT = 50_000, 60
# What divides words of plain ASCII: all but letters and digits.
DIVIDES = {code: " " for code in range(128) if not chr(code).isalnum()}


class _Lines(dict):
    """The folded words of each text and their stems, looked up without a step of Python; forgotten when they are many."""

    def __missing__(self, text: str) -> tuple[str, tuple[str, ...]]:
        # In ASCII the same as token by token, in two steps.
        words = text.lower().translate(DIVIDES).split() if text.isascii() else tokens(text)
        known = set(words)
        found = " ".join(words), tuple([stem for word in words for stem in stems(word) if stem not in known])
        if len(text) > LONGEST_KEPT:
            return found
        if len(self) >= MOST_KEPT:
            self.clear()
        self[text] = found
        return found


LINES = _Lines()


def line(text: str) -> str:
    """Return the words of a text, folded as `tokens` does, blanks between."""
    return LINES[text][0]


def lines_and_stems(texts: Iterable[str]) -> tuple[str, str]:
    """Return the words of texts, folded as `tokens` does, a line a text; and the stems that are no words of their text."""
    found = [LINES[text] for text in texts]
    # In the order of the texts, so that the same record always gives the same bytes.
    more = dict.fromkeys(chain.from_iterable([stems for _, stems in found]))
    return "\n".join([line for line, _ in found]), " ".join(more)


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
