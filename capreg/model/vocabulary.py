"""Controlled words: their tree, labels, synonyms and inclusions."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.model.text import tokens
from capreg.model.value import Value

MOST_NAMED = 5
NONE: Mapping[str, list[str]] = {}


class UnknownWordError(CapregError):
    """No vocabulary of that name knows the word."""

    exit_code = ExitCode.MISSING


class AmbiguousWordError(UsageError):
    """Two words of one vocabulary share the name."""


class Word(Value):
    """One controlled word."""

    id: str
    label: Mapping[str, str]
    synonyms: Mapping[str, list[str]] = NONE
    broader: str | None = None
    includes: tuple[str, ...] = ()
    references: tuple[Mapping[str, str], ...] = ()

    @property
    def spellings(self) -> set[str]:
        """Every text that means this word: its id, its labels, its synonyms in all languages."""
        return {self.id, *self.label.values(), *(text for texts in self.synonyms.values() for text in texts)}


def _key(text: str) -> str:
    return " ".join(tokens(text))


class Vocabulary:
    """The words of one vocabulary; later words of the same id replace earlier ones."""

    def __init__(self, title: str, words: Iterable[Word]) -> None:
        self.title = title
        self.words = {word.id: word for word in words}

    @cached_property
    def by_spelling(self) -> dict[str, set[str]]:
        """The ids of the words by the folded spellings of their ids, labels and synonyms."""
        found: dict[str, set[str]] = {}
        for word in self.words.values():
            for spelling in word.spellings:
                found.setdefault(_key(spelling), set()).add(word.id)
        return found

    @cached_property
    def _direct(self) -> dict[str, set[str]]:
        """What meets each word at one remove: the words just below it and those that include it."""
        found: dict[str, set[str]] = {}
        for word in self.words.values():
            for above in (word.broader, *word.includes):
                if above is not None:
                    found.setdefault(above, set()).add(word.id)
        return found

    def find(self, asked: str) -> str:
        """Return the id of the word that an id, a label or a synonym means, whatever its case and accents.

        Raises:
            UnknownWordError: no word is called so.
            AmbiguousWordError: several are.
        """
        ids = self.called(asked)
        if not ids:
            raise UnknownWordError(f"'{asked[:60]}' is not a word of the vocabulary {self.title}", self._hint(asked))
        if len(ids) > 1:
            raise AmbiguousWordError(f"'{asked}' means several words: {', '.join(sorted(ids))}", "Write one of them.")
        return next(iter(ids))

    def _hint(self, asked: str) -> str:
        """Return a sentence with the names that hold the whole of what was asked, the shortest first, else the nearest."""
        known = {spelling for word in self.words.values() for spelling in word.spellings}
        holding = [one for one in known if f" {_key(asked)} " in f" {_key(one)} "] if _key(asked) else []
        if holding:
            return f"Did you mean {' or '.join(sorted(holding, key=lambda one: (len(one), one))[:MOST_NAMED])}?"
        return nearest(asked, known)

    def called(self, asked: str) -> set[str]:
        """Return the ids of the words that an id, a label or a synonym may mean, whatever its case and accents."""
        return {asked} if asked in self.words else self.by_spelling.get(_key(asked), set())

    def spellings_of_one_word(self, asked: str) -> Iterator[tuple[str, Iterable[str]]]:
        """Yield the names that are one word, each with the ids of the words called so; those that are a form of one asked, at least."""
        yield from ((spelling, ids) for spelling, ids in self.by_spelling.items() if " " not in spelling)

    def meeting(self, word: str) -> frozenset[str]:
        """Return the ids that meet a word: itself, all below it, and all that include any of these."""
        return _closure(word, lambda one: self._direct.get(one, ()))

    def above(self, word: str) -> frozenset[str]:
        """Return the ids of the words above one in the tree, itself left out."""
        return _closure(
            word, lambda one: [self.words[one].broader] if one in self.words and self.words[one].broader else []
        ) - {word}

    @property
    def tops(self) -> list[str]:
        """The ids of the words that lie below no other, in their order."""
        return [word.id for word in self.words.values() if word.broader is None]

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.words.values():
            if word.broader is not None:
                found.setdefault(word.broader, []).append(word.id)
        return found

    def below(self, word: str) -> list[str]:
        """Return the ids of the words directly below one, in their order."""
        return self._children.get(word, [])

    def path(self, word: str) -> list[str]:
        """Return the ids of the words above one, from the top of the tree down to the one directly above it."""
        found = []
        while (word := self.words[word].broader) is not None:
            found.append(word)
        return found[::-1]

    def including(self, word: str) -> list[str]:
        """Return the ids of the words that include one by themselves."""
        return self._including.get(word, [])

    @cached_property
    def _including(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.words.values():
            for included in dict.fromkeys(one.includes):
                found.setdefault(included, []).append(one.id)
        return found

    def branch(self, word: str) -> Iterator[str]:
        """Yield the id of a word, then those of all below it, each followed by what is below it."""
        waiting = [word]
        while waiting:
            yield (one := waiting.pop())
            waiting.extend(reversed(self.below(one)))

    def label(self, word: str, language: str) -> str:
        """Return a word's label; for a word that the vocabulary does not know, the word itself."""
        known = self.words.get(word)
        return known.label.get(language, word) if known else word

    def texts(self, word: str) -> set[str]:
        """Return all texts by which a free word finds this one."""
        known = self.words.get(word)
        return known.spellings if known else {word}


def _closure(start: str, step) -> frozenset[str]:
    """Return all that is reached from the start, itself included; a ring in the data does no harm."""
    reached, waiting = {start}, [start]
    while waiting:
        new = set(step(waiting.pop())) - reached
        reached |= new
        waiting.extend(new)
    return frozenset(reached)
