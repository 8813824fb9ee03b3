"""A quick look at what no schema can see in a record: most records break no rule, and few need to be gone through.

`check` tells what is broken, and where; this tells only whether it needs to look.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from capreg.model.kinds import Field, Kind

Path = tuple[str, ...]
Test = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]


class Rules:
    """The rules of one kind, made ready for many records."""

    def __init__(self, kind: Kind, words: Mapping[str, Iterable[str]]) -> None:
        """Take the words of each vocabulary, by its name."""
        self.words = {name: frozenset(known) for name, known in words.items()}
        fields = list(kind.root.walk())
        self.lists = [one.path[:-2] for one in fields if one.is_entry_id]
        self._tests: dict[Path, list[Test]] = {}
        for one in fields:
            for test in self._tests_of(one):
                self._tests.setdefault(one.path[:-1], []).append(test)

    def may_be_broken_by(self, document: Mapping[str, Any]) -> bool:
        """Whether a record may break a rule; False is sure."""
        for path, tests in self._tests.items():
            for holder in _holders(document, path):
                for test in tests:
                    if test(holder, document):
                        return True
        return any(_repeats(document, path) for path in self.lists)

    def _tests_of(self, field: Field) -> Iterator[Test]:
        """Yield what a holder of a field is tested for."""
        key, meaning = field.path[-1:], field.search.meaning if field.search else None
        if key in ((), ("*",)):
            return
        (key,) = key
        if meaning == "word":
            known = self.words[field.search.words]
            yield lambda holder, _: key in holder and not known.issuperset(_listed(holder[key]))
        if field.refers:
            target = tuple(field.refers.split("."))
            yield lambda holder, document: key in holder and not set(_listed(holder[key])) <= _ids(document, target)
        if meaning == "contains":
            yield lambda holder, _: key in holder and _is_reversed(holder[key].get("min"), holder[key].get("max"))
        if field.is_period and field.search.since:
            since = field.search.since
            yield lambda holder, _: _is_reversed(holder.get(since), holder.get(key))


def _holders(document: Any, path: Path) -> list[Mapping[str, Any]]:
    """Return every object at a path, `*` going through the entries of a list."""
    found = [document]
    for step in path:
        if step == "*":
            found = [entry for entries in found for entry in entries]
        else:
            found = [one[step] for one in found if isinstance(one, dict) and one.get(step) is not None]
        if not found:
            return found
    return [one for one in found if isinstance(one, dict)]


def _repeats(document: Any, path: Path) -> bool:
    """Whether an id stands twice in a list at a path, or the list lies in another one, where nobody looks so quickly."""
    if "*" in path:
        return True
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    ids = [entry.get("id") for entry in document or () if isinstance(entry, dict) and "id" in entry]
    return len(set(ids)) < len(ids)


def _ids(document: Mapping[str, Any], path: Path) -> set[str]:
    return {entry.get("id") for entry in _holders(document, (*path, "*"))}


def _listed(value: Any) -> Any:
    return () if value is None else value if isinstance(value, list) else (value,)


def _is_reversed(first: Any, last: Any) -> bool:
    return first is not None and last is not None and first > last
