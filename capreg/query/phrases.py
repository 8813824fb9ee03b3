"""Conditions on text: words, phrases and prefixes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.text import tokens
from capreg.model.vocabulary import Vocabulary
from capreg.query.asking import Asking
from capreg.query.stems import same
from capreg.query.verdict import Truth, Verdict

Phrase = tuple[tuple[str, ...], bool]


@dataclass(frozen=True)
class Text:
    """Words, in any of their forms, that stand in a text one after the other; a `*` at the end makes the last a prefix."""

    phrases: tuple[Phrase, ...]

    whole: ClassVar[bool] = False

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
        return any(_stands(phrase, prefix, words) for phrase, prefix in self.phrases)


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
    for spelling, ids in vocabulary.by_spelling.items():
        if " " not in spelling and same(word, spelling):
            yield from ids


def _stands(phrase: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    size = len(phrase)
    return any(_same(phrase, prefix, words[at : at + size]) for at in range(len(words) - size + 1))


def _same(phrase: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    last = words[-1].startswith(phrase[-1]) if prefix else same(phrase[-1], words[-1])
    return last and all(map(same, phrase[:-1], words))
