"""The gazetteer: the places of the world by name, looked up in a file that is never read whole.

`gazetteer.tsv` is lines in the order of their bytes, so that each is found by halving: first its source and licence,
then the places (`#number, name, country, latitude, longitude, people`, the number being that of GeoNames), then the
countries (`@country, continent`), then the names (`key, numbers`, the key being `name_key` of the name).
`tools/gazetteer.py` makes it.
"""

import os
from collections.abc import Iterator
from functools import cache, cached_property
from importlib import import_module
from mmap import ACCESS_READ, mmap

from capreg.errors import LIKENESS
from capreg.model.place import Place, Position, name_key
from capreg.query.places import ALIKE

FILE = os.path.join(os.path.dirname(__file__), "gazetteer.tsv")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# How far the lengths of two spellings of a name may lie apart, and what is too short, or too long, for a misspelt name.
LENGTHS_APART, TOO_SHORT, TOO_LONG = 2, 3, 60


class SortedLines:
    """The lines of a file that stand in the order of their bytes."""

    def __init__(self, path: str) -> None:
        self.path = path

    @cached_property
    def _data(self) -> mmap:
        with open(self.path, "rb") as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)

    def from_on(self, first: bytes) -> Iterator[bytes]:
        """Yield the lines from the first one that is not before some bytes."""
        start = self._start(first)
        while start < len(self._data):
            end = self._data.find(b"\n", start)
            yield self._data[start:end]
            start = end + 1

    def cells(self, key: str) -> list[str]:
        """Return what stands behind the key of a line, tabs dividing it; nothing where there is no such line."""
        wanted = f"{key}\t".encode()
        line = next(self.from_on(wanted), b"")
        return line[len(wanted) :].decode().split("\t") if line.startswith(wanted) else []

    def _start(self, first: bytes) -> int:
        low, high = 0, len(self._data)
        while low < high:
            middle = (low + high) // 2
            start, end = self._data.rfind(b"\n", 0, middle) + 1, self._data.find(b"\n", middle)
            low, high = (end + 1, high) if self._data[start:end] < first else (low, start)
        return low


class Gazetteer:
    """Places by name; the file is opened when the first name is looked up."""

    def __init__(self, path: str = FILE) -> None:
        self.lines = SortedLines(path)

    def named(self, name: str) -> list[Place]:
        """Return the places that go by a name, as their own or beside it, in the order of their numbers."""
        return self._behind(name_key(name))

    def alike(self, name: str, home: str | None = None) -> list[Place]:
        """Return the places that a misspelt name may mean, the likeliest first; of equals, those in the country `home`."""
        asked = name_key(name)
        if not TOO_SHORT <= len(asked) <= TOO_LONG:
            return []
        likeness: dict[Place, float] = {}
        for key, shared in self._likenesses(asked):
            for place in self._behind(key):
                likeness[place] = max(round(shared, 1), likeness.get(place, 0))
        return sorted(likeness, key=lambda one: (likeness[one], one.country == home, one.people), reverse=True)

    def continent(self, country: str) -> str:
        """Return the continent of a country (GeoNames' two letters: EU, AS); "" where there is no such country."""
        return "".join(self.lines.cells(f"@{country}"))

    def _behind(self, key: str) -> list[Place]:
        """Return the places whose numbers stand behind the key of a name."""
        numbers = self.lines.cells(key)
        return [_place(*self.lines.cells(f"#{number}")) for number in (numbers[0].split(",") if numbers else ())]

    def _likenesses(self, asked: str) -> Iterator[tuple[str, float]]:
        """Yield keys with what part of their letters they share: any that one slip explains, others if they begin alike."""
        yield from ((key, 1.0) for key in dict.fromkeys(_slips(asked)) if self.lines.cells(key))
        matcher = import_module(LIKENESS).SequenceMatcher(b=asked)
        for key in self._keys_beginning(asked[:2], len(asked)):
            matcher.set_seq1(key)
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
                yield key, matcher.ratio()

    def _keys_beginning(self, start: str, length: int) -> Iterator[str]:
        for line in self.lines.from_on(start.encode()):
            key = line.partition(b"\t")[0].decode()
            if not key.startswith(start):
                return
            if abs(len(key) - length) <= LENGTHS_APART:
                yield key


@cache
def shipped() -> Gazetteer:
    """Return the gazetteer that travels with capreg."""
    return Gazetteer()


def _place(name: str, country: str, latitude: str, longitude: str, people: str) -> Place:
    return Place(name, country, Position(float(latitude), float(longitude)), int(people))


def _slips(word: str) -> Iterator[str]:
    """Yield what a word becomes by one slip: a letter too many, too few or mistaken, or two swapped."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in LETTERS:
            yield head + letter + tail
            yield head + letter + tail[1:]
