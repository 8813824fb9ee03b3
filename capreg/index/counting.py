"""Counting the records of a kind that state each word, by the sets of records that the index keeps."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from capreg.index.bits import read
from capreg.index.catalogue import Catalogue
from capreg.index.stated import Stated
from capreg.model.kinds import Kind
from capreg.model.vocabulary import Vocabulary


def stated_in(catalogue: Catalogue, kind: Kind, vocabularies: Mapping[str, Vocabulary]) -> Stated:
    """Return which records of an index state which words, as far as its tier may see them."""
    counting = _Counting(catalogue, kind)
    return Stated(kind, catalogue.tier, vocabularies, counting.records, catalogue.left_out(kind))


class _Counting:
    """The sets of records of one kind, each read when it is first asked for."""

    def __init__(self, catalogue: Catalogue, kind: Kind) -> None:
        self.connection, self.kind = catalogue.connection, kind
        self.fields = catalogue.layout(kind).worded
        self.known: dict[tuple[int, str], int] = {}

    def records(self, name: str, words: Iterable[str]) -> int:
        """Return the records that state any of some words of a vocabulary."""
        numbers = [number for number, field in self.fields if field.search.words == name]
        return reduce(or_, (self._stating(number, word) for number in numbers for word in words), 0)

    def _stating(self, number: int, word: str) -> int:
        if (number, word) not in self.known:
            asked = "SELECT bits FROM bits WHERE kind = ? AND field = ? AND word = ?"
            row = self.connection.execute(asked, (self.kind.id, number, word)).fetchone()
            self.known[number, word] = read(row[0]) if row else 0
        return self.known[number, word]
