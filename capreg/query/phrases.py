"""Conditions on text: words, phrases and prefixes."""

from dataclasses import dataclass
from typing import Any, ClassVar

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.text import tokens
from capreg.query.asking import Asking
from capreg.query.verdict import Truth, Verdict


@dataclass(frozen=True)
class Text:
    """Words that stand in a text one after the other; a `*` at the end makes the last one a prefix."""

    phrases: tuple[tuple[tuple[str, ...], bool], ...]

    whole: ClassVar[bool] = False

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field | None, asking: Asking | None) -> "Text":
        """Return the condition; raises UsageError for a value without a letter or digit."""
        return cls(tuple((_words(value), value.rstrip().endswith("*")) for value in values))

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated text."""
        return Verdict(Truth.MEETS if self.stands_in(tokens(str(value))) else Truth.FAILS, str(value))

    def stands_in(self, words: list[str]) -> bool:
        """Whether any of the phrases stands in the folded words of a text."""
        return any(_stands(phrase, prefix, words) for phrase, prefix in self.phrases)


def _words(value: str) -> tuple[str, ...]:
    found = tuple(tokens(value))
    if not found:
        raise UsageError(f"'{value[:40]}' holds no word to look for")
    return found


def _stands(phrase: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    first, size = phrase[0], len(phrase)
    if size == 1:
        return any(word.startswith(first) for word in words) if prefix else first in words
    return any(_same(phrase, prefix, words[at : at + size]) for at in range(len(words) - size + 1))


def _same(phrase: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    last = words[-1].startswith(phrase[-1]) if prefix else words[-1] == phrase[-1]
    return last and tuple(words[:-1]) == phrase[:-1]
