"""How many records of a kind state each word of its vocabularies."""

from collections.abc import Callable, Iterable, Mapping

from capreg.model.kinds import Kind, Tier
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary


class Stated(Value):
    """The vocabularies of a kind by name, and what tells the set of the records that state a word of them.

    `tier` is what of a record was looked at; `left_out` is how many files held no record that could be used.
    """

    kind: Kind
    tier: Tier
    vocabularies: Mapping[str, Vocabulary]
    records: Callable[[str, Iterable[str]], int]
    left_out: int

    def itself(self, name: str, word: str) -> int:
        """Return how many records state a word of a vocabulary itself."""
        return self._any(name, (word,))

    def with_below(self, name: str, word: str) -> int:
        """Return how many records state a word of a vocabulary or any that meets it."""
        return self._any(name, self.vocabularies[name].meeting(word))

    def at_all(self, name: str) -> int:
        """Return how many records state any word of a vocabulary."""
        return self._any(name, self.vocabularies[name].words)

    def _any(self, name: str, words: Iterable[str]) -> int:
        return self.records(name, words).bit_count()


def vocabularies_of(kind: Kind, known: Mapping[str, Vocabulary]) -> dict[str, Vocabulary]:
    """Return the vocabularies that hold the words of a kind's fields, in the order of its schema."""
    return {field.search.words: known[field.search.words] for field in kind.worded}
