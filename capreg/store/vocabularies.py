"""Vocabularies: the shipped words, and those that a registry adds."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from capreg.model.vocabulary import Vocabulary, Word
from capreg.store import strict
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.schemas import SchemaError, faults, shipped, shipped_schema


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
        words = [*_shipped_words(vocabulary), *_words(self.own(vocabulary))]
        self[vocabulary] = Vocabulary(vocabulary, words)
        return self[vocabulary]

    def own(self, vocabulary: str) -> Mapping[str, Any]:
        """Return the document of the registry's own words, without words where it has none; raises SchemaError."""
        path = self.folder / f"{vocabulary}.json"
        return read_vocabulary(path) if path.exists() else {"words": []}


def _shipped_words(name: str) -> Iterator[Word]:
    if files("capreg.schemas").joinpath(f"vocabularies/{name}.json").is_file():
        yield from _words(shipped(f"vocabularies/{name}.json"))


def read_vocabulary(path: Path) -> Mapping[str, Any]:
    """Return the document of a registry's vocabulary file; raises SchemaError for one that is refused."""
    try:
        document = strict.read(read_bytes(path, path.parent.parent.parent))
    except (strict.DocumentError, UnreadableError) as error:
        raise SchemaError(f"{path}: {error.sentence.removeprefix(f'{path}: ')}") from None
    for error in faults(shipped_schema("vocabulary"), document):
        raise SchemaError(f"{path}: /{'/'.join(map(str, error.instance_path))}: {error.message}")
    return document


def _words(document: Mapping[str, Any]) -> Iterator[Word]:
    for word in document["words"]:
        yield Word(
            **{**word, "includes": tuple(word.get("includes", ())), "references": tuple(word.get("references", ()))}
        )
