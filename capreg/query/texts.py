"""All text of one record, as free words look through it."""

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

from capreg.model.record import texts, values
from capreg.model.text import tokens
from capreg.model.vocabulary import Vocabulary
from capreg.query.asking import Asking
from capreg.query.phrases import Text
from capreg.query.verdict import FAILS, Truth, Verdict


class Texts:
    """All text of a record as folded words, worked out when first asked for."""

    def __init__(self, document: Mapping[str, Any], asking: Asking) -> None:
        self.document = document
        self.asking = asking

    def judge(self, condition: Text) -> Verdict:
        """Return whether words stand anywhere; never *not stated*. The more texts hold them, the more comfortable."""
        found = [(pointer, text) for pointer, text, words in self._words if condition.stands_in(words)]
        if not found:
            return FAILS
        pointer, text = found[0]
        met = Verdict(Truth.MEETS, text, pointer, pointer)
        return met._replace(comfort=round(len(found) / (len(found) + 1), 6))

    @cached_property
    def _words(self) -> list[tuple[str, str, list[str]]]:
        """Each text with its pointer and its words, and the names of each vocabulary word that is stated."""
        told = [one for key, value in self.document.items() if key != "kind" for one in texts(value, f"/{key}")]
        return [*((pointer, text, tokens(text)) for pointer, text in told), *self._names()]

    def _names(self) -> Iterator[tuple[str, str, list[str]]]:
        for one in self.asking.kind.worded:
            vocabulary = self.asking.vocabularies[one.search.words]
            pointer = f"/{'/'.join(step for step in one.path if step != '*')}"
            for word in values(self.document, one.path):
                yield from ((pointer, text, words) for text, words in _spelled(vocabulary, word))


@lru_cache(maxsize=20_000)
def _spelled(vocabulary: Vocabulary, word: str) -> list[tuple[str, list[str]]]:
    """Return the names of a word with their folded words; the same few stand in many records."""
    return [(text, tokens(text)) for text in sorted(vocabulary.texts(word))]
