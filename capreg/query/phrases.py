"""Conditions on text: words, phrases and prefixes."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.text import tokens
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary
from capreg.query.asking import Asking
from capreg.query.stems import same
from capreg.query.verdict import Truth, Verdict

Phrase = tuple[tuple[str, ...], bool]


class _Phrases(Value):
    phrases: tuple[Phrase, ...]


class Text(_Phrases):
    """Words, in any of their forms, that stand in a text one after the other; a `*` at the end makes the last a prefix."""

    whole = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Text":
        """Return the condition; raises UsageError for a value without a letter or digit."""
        return cls(tuple(_phrase(value) for value in values))

    @classmethod
    def anywhere(cls, words: str, asking: Asking) -> "Text":
        """Return the condition of free words; a single one means all that a vocabulary calls by the same name.

        A phrase is looked for as it stands.

        Raises:
            UsageError: they hold no letter or digit.
        """
        phrase = _phrase(words)
        named, is_prefix = phrase
        others = _other_names(named[0], asking) if len(named) == 1 and not is_prefix else ()
        return cls((phrase, *((other, False) for other in sorted(set(others) - {named}))))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated text."""
        return Verdict(Truth.MEETS if self.stands_in(tokens(str(value))) else Truth.FAILS, str(value))

    def stands_in(self, words: list[str]) -> bool:
        """Whether any of the phrases stands in the folded words of a text."""
        return any(
            _goes_on(phrase, words, at) for at, word in enumerate(words) for phrase in self._beginning_with(word)
        )

    def _beginning_with(self, word: str) -> list[Phrase]:
        """Return the phrases whose first word is this one; the same words stand in many texts."""
        found = self._by_first_word.get(word)
        if found is None:
            found = [one for one in self.phrases if _matches(one, 0, word)]
            self._by_first_word[word] = found
        return found

    @cached_property
    def _by_first_word(self) -> dict[str, list[Phrase]]:
        return {}


def _phrase(value: str) -> Phrase:
    found = tuple(tokens(value))
    if not found:
        raise UsageError(f"'{value[:40]}' holds no word to look for")
    return found, value.rstrip().endswith("*")


def _other_names(word: str, asking: Asking) -> Iterator[tuple[str, ...]]:
    for one in asking.kind.worded:
        vocabulary = asking.vocabularies[one.search.words]
        for id in _called(word, vocabulary):
            yield from (tuple(tokens(text)) for text in vocabulary.texts(id))


def _called(word: str, vocabulary: Vocabulary) -> Iterable[str]:
    """Return the ids of the words of a vocabulary that have this one, in any of its forms, for a name."""
    for spelling, ids in vocabulary.spellings_of_one_word(word):
        if same(word, spelling):
            yield from ids


def _goes_on(phrase: Phrase, words: list[str], at: int) -> bool:
    """Whether a phrase whose first word stands at a position goes on from there."""
    size = len(phrase[0])
    return at + size <= len(words) and all(_matches(phrase, step, words[at + step]) for step in range(1, size))


def _matches(phrase: Phrase, step: int, word: str) -> bool:
    """Whether a word is the one that a phrase has at a step, or where that is a prefix begins so."""
    words, is_prefix = phrase
    if is_prefix and step == len(words) - 1:
        return word.startswith(words[step])
    return same(words[step], word)
