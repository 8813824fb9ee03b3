"""Vocabularies: the shipped words, and those that a registry adds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capreg.errors import nearest
from capreg.model.vocabulary import Vocabulary, Word
from capreg.store import strict
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.schemas import SHIPPED, SchemaError, shipped, shipped_validator
from capreg.store.validators import misfits


class Vocabularies(dict):
    """Vocabularies by name, each read when first asked for; one that nobody wrote has no words.

    Args:
        folder: where the registry keeps words of its own, which may be absent.

    Raises, on look-up:
        SchemaError: a vocabulary of the registry is refused.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, vocabulary: str) -> Vocabulary:
        own = list(words_of(self.own(vocabulary)))
        found = Vocabulary(vocabulary, [*_shipped_words(vocabulary), *own])
        _check_sense(self.folder / f"{vocabulary}.json", own, found.words)
        self[vocabulary] = found
        return found

    def fall_back(self, vocabulary: str) -> None:
        """Go on with the shipped words of a vocabulary whose own words are refused."""
        self[vocabulary] = Vocabulary(vocabulary, _shipped_words(vocabulary))

    def own(self, vocabulary: str) -> Mapping[str, Any]:
        """Return the document of the registry's own words, without words where it has none; raises SchemaError."""
        path = self.folder / f"{vocabulary}.json"
        return read_vocabulary(path) if path.exists() else {"words": []}


def _shipped_words(name: str) -> Iterator[Word]:
    if SHIPPED.joinpath(f"vocabularies/{name}.json").is_file():
        yield from words_of(shipped(f"vocabularies/{name}.json"))


def read_vocabulary(path: Path) -> Mapping[str, Any]:
    """Return the document of a registry's vocabulary file; raises SchemaError for one that is refused."""
    try:
        located = strict.locate(read_bytes(path, path.parent.parent.parent))
    except UnreadableError as error:
        raise SchemaError(error.sentence) from None
    except strict.DocumentError as error:
        raise SchemaError(f"{path}:{error.sentence}") from None
    for misfit in misfits(shipped_validator("vocabulary"), located.value):
        raise SchemaError("{}:{}:{} {}".format(path, *located.position(misfit.path), misfit))
    return located.value


def _check_sense(path: Path, words: list[Word], known: Mapping[str, Word]) -> None:
    """Refuse words that stand twice, that name a word that is not there, or that lie above themselves."""
    counts = Counter(word.id for word in words)
    vocabulary = Vocabulary("", known.values())
    for word in words:
        if counts[word.id] > 1:
            raise SchemaError(f"{path}: the word {word.id!r} stands twice")
        for other in (word.broader, *word.includes):
            if other is not None and other not in known:
                raise SchemaError(f"{path}: {word.id!r} names {other!r}, which is no word", nearest(other, known))
        if word.broader is not None and word.id in {word.broader, *vocabulary.above(word.broader)}:
            raise SchemaError(f"{path}: {word.id!r} lies above itself")


def words_of(document: Mapping[str, Any]) -> Iterator[Word]:
    """Yield the words of a vocabulary's document."""
    for word in document["words"]:
        yield Word(
            **{**word, "includes": tuple(word.get("includes", ())), "references": tuple(word.get("references", ()))}
        )
