"""A quick look at what no schema can see in a record: most records break no rule, and few need to be gone through.

`check` tells what is broken, and where; this tells only whether it needs to look.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from capreg.model.kinds import Field, Kind

Path = Sequence[str]
Test = Callable[[Mapping[str, Any], "Ids"], bool]


class Ids(dict):
    """The ids of the entries of a record's lists, by the path of the list with dots."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__()
        self._document = document

    def __missing__(self, dotted: str) -> set[str]:
        self[dotted] = found = set(_ids_in(self._document, dotted.split(".")))
        return found


class Place:
    """A place in the records of a kind: what its objects are tested for, and the places below it that hold any test.

    `words` are the keys under which words of a vocabulary stand, with those there are.
    """

    def __init__(self) -> None:
        self.words: list[tuple[str, frozenset[str]]] = []
        self.tests: list[Test] = []
        self.entries: Place | None = None
        self.below: dict[str, Place] = {}

    def at(self, path: Path) -> "Place":
        """Return the place at a path below this one."""
        if not path:
            return self
        if path[0] != "*":
            return self.below.setdefault(path[0], Place()).at(path[1:])
        self.entries = self.entries or Place()
        return self.entries.at(path[1:])

    def may_be_broken_by(self, value: Any, ids: "Ids") -> bool:
        """Whether what stands here may break a test."""
        if self.entries is not None and isinstance(value, list):
            return any(self.entries.may_be_broken_by(entry, ids) for entry in value)
        if not isinstance(value, dict):
            return False
        for key, known in self.words:
            stated = value.get(key)
            if stated is not None and not (stated in known if type(stated) is str else known.issuperset(stated)):
                return True
        for test in self.tests:
            if test(value, ids):
                return True
        for key, place in self.below.items():
            held = value.get(key)
            if held and place.may_be_broken_by(held, ids):
                return True
        return False


class Rules:
    """The rules of one kind, made ready for many records."""

    def __init__(self, kind: Kind, words: Mapping[str, Iterable[str]]) -> None:
        """Take the words of each vocabulary, by its name."""
        fields = list(kind.root.walk())
        self.lists = [one.path[:-2] for one in fields if one.is_entry_id]
        self.root = Place()
        for one in (field for field in fields if field.path):
            *above, key = one.path[:-1] if one.path[-1] == "*" else one.path
            if one.search and one.search.meaning == "word":
                self.root.at(above).words.append((key, frozenset(words[one.search.words])))
            for test in _tests_of(one, key):
                self.root.at(above).tests.append(test)

    def may_be_broken_by(self, document: Mapping[str, Any]) -> bool:
        """Whether a record may break a rule; False is sure."""
        return self.root.may_be_broken_by(document, Ids(document)) or any(
            _repeats(document, path) for path in self.lists
        )


def _tests_of(field: Field, key: str) -> Iterator[Test]:
    """Yield what the holder of a field, which stands there under a key, is tested for."""
    if field.refers:
        yield lambda holder, ids: key in holder and not ids[field.refers].issuperset(_listed(holder[key]))
    if field.search and field.search.meaning == "contains":
        yield lambda holder, _: any(_ends_before(one, "min", "max") for one in _listed(holder.get(key)))
    if field.is_period and field.search.since:
        since = field.search.since
        yield lambda holder, _: _ends_before(holder, since, key)


def _list_at(document: Any, path: Path) -> Iterable:
    """Return the list at a path; nothing where there is none."""
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document or ()


def _repeats(document: Any, path: Path) -> bool:
    """Whether an id stands twice in a list at a path, or the list lies in another one, where nobody looks so quickly."""
    if "*" in path:
        return True
    ids = _ids_in(document, path)
    return len(set(ids)) < len(ids)


def _ids_in(document: Mapping[str, Any], path: Path) -> list[str]:
    return [entry["id"] for entry in _list_at(document, path) if isinstance(entry, dict) and "id" in entry]


def _listed(value: Any) -> Any:
    return () if value is None else value if isinstance(value, list) else (value,)


def _ends_before(holder: Any, first: str, last: str) -> bool:
    """Whether what a holder states last lies before what it states first."""
    if not isinstance(holder, dict) or holder.get(first) is None or holder.get(last) is None:
        return False
    return holder[first] > holder[last]
