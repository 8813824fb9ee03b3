"""How many records of a kind state each word of its vocabularies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record, cut, values
from capreg.model.vocabulary import Vocabulary


@dataclass(frozen=True)
class Stated:
    """The vocabularies of a kind by name, and the ids of the records that state each word of them.

    `tier` is what of a record was looked at; `left_out` is how many files held no record that could be used.
    """

    kind: Kind
    tier: Tier
    vocabularies: Mapping[str, Vocabulary]
    records: Mapping[tuple[str, str], frozenset[str]]
    left_out: int

    def itself(self, name: str, word: str) -> int:
        """Return how many records state a word of a vocabulary itself."""
        return len(self.records.get((name, word), ()))

    def with_below(self, name: str, word: str) -> int:
        """Return how many records state a word of a vocabulary or any that meets it."""
        return self._any(name, self.vocabularies[name].meeting(word))

    def at_all(self, name: str) -> int:
        """Return how many records state any word of a vocabulary."""
        return self._any(name, self.vocabularies[name].words)

    def _any(self, name: str, words: Iterable[str]) -> int:
        return len(frozenset().union(*(self.records.get((name, word), ()) for word in words)))


def vocabularies_of(kind: Kind, known: Mapping[str, Vocabulary]) -> dict[str, Vocabulary]:
    """Return the vocabularies that hold the words of a kind's fields, in the order of its schema."""
    return {field.search.words: known[field.search.words] for field in kind.worded}


def count_stated(kind: Kind, vocabularies: Mapping[str, Vocabulary], read: Iterable[Any], tier: Tier) -> Stated:
    """Count which records state which words, as far as a tier may see them.

    Args:
        read: what the registry reads of the kind: its records, and the errors of files that hold none.
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    left_out = 0
    for record in read:
        if not isinstance(record, Record):
            left_out += 1
            continue
        document = cut(kind, record.document, tier)
        for field in kind.worded:
            for word in values(document, field.path):
                found[field.search.words, word].add(record.id)
    return Stated(kind, tier, vocabularies, {key: frozenset(ids) for key, ids in found.items()}, left_out)
