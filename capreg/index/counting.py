"""Counting the records of a kind that state each word, by the sets of records that the index keeps."""

from collections.abc import Iterable, Mapping
from functools import reduce
from importlib import import_module
from operator import or_

from capreg.index.bits import read
from capreg.index.catalogue import Catalogue
from capreg.index.stated import Stated
from capreg.model.kinds import Kind, Tier
from capreg.model.vocabulary import Vocabulary

# Loaded on use: to count the records that state a word nothing is judged.
FINDING = "capreg.index.find"


def stated_in(catalogue: Catalogue, kind: Kind, vocabularies: Mapping[str, Vocabulary]) -> Stated:
    """Return which records of an index state which words, as far as its tier may see them."""
    counting = _Counting(catalogue, kind)
    return Stated(kind, catalogue.tier, vocabularies, counting.records, catalogue.left_out(kind))


def count_finds(catalogue: Catalogue, kind: Kind, query: str, word: str) -> int:
    """Return how many records the query of a word finds today.

    Which state the word is known beforehand; only entries that may have lapsed have to be judged.
    """
    fields = kind.searched(query)
    together = kind.together(fields[0].path)
    if together is not None and any(one.is_period for _, one in together.tying):
        internal = catalogue.tier is Tier.confidential
        return len(import_module(FINDING).find(catalogue, kind, f"{query}:{word}", internal=internal).hits)
    stated = _Counting(catalogue, kind)
    meeting = catalogue.vocabularies[fields[0].search.words].meeting(word)
    return stated.in_fields((stated.number[one.path] for one in fields), meeting).bit_count()


class _Counting:
    """The sets of records of one kind, each read when it is first asked for."""

    def __init__(self, catalogue: Catalogue, kind: Kind) -> None:
        self.connection, self.kind = catalogue.connection, kind
        layout = catalogue.layout(kind)
        self.fields, self.number = layout.worded, layout.number
        self.known: dict[tuple[int, str], int] = {}

    def records(self, name: str, words: Iterable[str]) -> int:
        """Return the records that state any of some words of a vocabulary."""
        return self.in_fields((number for number, field in self.fields if field.search.words == name), words)

    def in_fields(self, numbers: Iterable[int], words: Iterable[str]) -> int:
        """Return the records that state any of some words in fields of these numbers."""
        listed = list(words)
        return reduce(or_, (self._stating(number, word) for number in numbers for word in listed), 0)

    def _stating(self, number: int, word: str) -> int:
        if (number, word) not in self.known:
            asked = "SELECT bits FROM bits WHERE kind = ? AND field = ? AND word = ?"
            row = self.connection.execute(asked, (self.kind.id, number, word)).fetchone()
            self.known[number, word] = read(row[0]) if row else 0
        return self.known[number, word]
