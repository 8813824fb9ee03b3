"""Which words of which vocabularies a text may mean."""

from collections.abc import Iterable, Iterator, Mapping

from capreg.errors import UsageError, nearest
from capreg.model.text import tokens
from capreg.model.vocabulary import UnknownWordError, Vocabulary

# How a spelling holds a word that is asked for, best first: as a word of its own, at the beginning of one, inside one.
HOLDS = (str.__eq__, str.startswith, str.__contains__)
INSIDE = HOLDS.index(str.__contains__)
Candidate = tuple[str, str]


class UnknownVocabularyError(UsageError):
    """There is no vocabulary of that name."""


def vocabulary_called(vocabularies: Mapping[str, Vocabulary], asked: str) -> str | None:
    """Return the name of the vocabulary that a text names, whatever its case: `Machine types` is machine-types."""
    return next((name for name in vocabularies if tokens(name) == tokens(asked)), None)


def vocabulary_named(vocabularies: Mapping[str, Vocabulary], asked: str) -> str:
    """Return the name of the vocabulary that a text names.

    Raises:
        UnknownVocabularyError: there is none; names the nearest.
    """
    name = vocabulary_called(vocabularies, asked)
    if name is None:
        raise UnknownVocabularyError(f"there is no vocabulary '{asked[:60]}'", nearest(asked, vocabularies))
    return name


def candidates(vocabularies: Mapping[str, Vocabulary], asked: str) -> list[Candidate]:
    """Return what a text may mean as (vocabulary, word): the words called so, else those whose names
    hold it: in a label before in a synonym, the most general first.

    Raises:
        UnknownWordError: no word of the vocabularies holds it; names the nearest.
    """
    called = [(name, word) for name, one in vocabularies.items() for word in sorted(one.called(asked))]
    found = called or _holding(vocabularies, tokens(asked))
    if not found:
        known = {text for one in vocabularies.values() for word in one.words.values() for text in word.spellings}
        way_out = nearest(asked, known) or "'capreg vocabulary' lists the vocabularies."
        raise UnknownWordError(f"no vocabulary knows the word '{asked[:60]}'", way_out)
    return found


def _holding(vocabularies: Mapping[str, Vocabulary], asked: list[str]) -> list[Candidate]:
    """Return the words of which a spelling holds all that is asked; inside a word only where nothing better does."""
    found = sorted(rank for name in vocabularies for rank in _ranked(name, vocabularies[name], asked)) if asked else []
    better = [one for one in found if one[0] < INSIDE]
    return [(name, word) for *_, name, word in better or found]


def _ranked(name: str, vocabulary: Vocabulary, asked: list[str]) -> Iterator[tuple[int, bool, int, str, str]]:
    """Yield each word that holds it, after how, whether in a synonym only, and how little lies below it."""
    for word in vocabulary.words.values():
        found = [
            (how, text not in word.label.values()) for text, how in _held(asked, word.spellings) if how is not None
        ]
        if found:
            yield *min(found), -len(vocabulary.meeting(word.id)), name, word.id


def _held(asked: list[str], spellings: Iterable[str]) -> Iterator[tuple[str, int | None]]:
    for text in spellings:
        yield text, _how(asked, tokens(text))


def _how(asked: list[str], words: list[str]) -> int | None:
    """Return how the words of a spelling hold those asked for, None where they do not."""
    return next(
        (how for how, holds in enumerate(HOLDS) if all(any(holds(w, one) for w in words) for one in asked)), None
    )
