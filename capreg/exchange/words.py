"""The words that a mapping adds to the registry's own vocabularies."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from capreg.exchange.mapping import Mapped, MappingError
from capreg.model.vocabulary import Vocabulary
from capreg.store.files import canonical, write_whole
from capreg.store.schemas import shipped_validator
from capreg.store.validators import misfits
from capreg.store.vocabularies import Vocabularies, words_of

Words = list[Mapping[str, Any]]


def new_words(vocabularies: Vocabularies, mapping: Mapped) -> dict[str, Words]:
    """Return the words of a mapping that its vocabularies do not have yet, by vocabulary.

    Raises:
        MappingError: a word does not fit the schema of vocabularies, or the words above it are not there.
    """
    found = {}
    for name, words in (mapping.words or {}).items():
        for misfit in misfits(shipped_validator("vocabulary"), {"words": words}):
            raise MappingError(f"/words/{name}: {misfit}")
        known = vocabularies[name].words
        found[name] = [word for word in words if word["id"] not in known]
        there = known.keys() | {word["id"] for word in words}
        for word in words:
            if word.get("broader", word["id"]) not in there:
                raise MappingError(f"/words/{name}: {word['id']!r} names {word['broader']!r}, which is no word")
    return found


def with_words(vocabularies: Vocabularies, added: Mapping[str, Words]) -> Callable[[str], Vocabulary]:
    """Return what gives a vocabulary as it will be with the words that are added."""

    @cache
    def _vocabulary(name: str) -> Vocabulary:
        known = vocabularies[name]
        if not added.get(name):
            return known
        return Vocabulary(name, [*known.words.values(), *words_of({"words": added[name]})])

    return _vocabulary


def write_words(vocabularies: Vocabularies, added: Mapping[str, Words]) -> None:
    """Add words to the registry's own vocabularies; raises OSError where the disk refuses."""
    for name, words in added.items():
        if words:
            own = vocabularies.own(name)
            vocabularies.folder.mkdir(parents=True, exist_ok=True)
            write_whole(vocabularies.folder / f"{name}.json", canonical({**own, "words": [*own["words"], *words]}))
            vocabularies.pop(name, None)
