"""A record that was edited as text: read, and all that is wrong with it told at its lines."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from importlib import import_module
from typing import Any

from capreg.exchange.record_yaml import record_yaml
from capreg.exchange.yaml import Written, WrittenError
from capreg.model.kinds import Kind
from capreg.model.record import pointer
from capreg.store import strict
from capreg.store.check import ERROR, EXPLAINING, nonsense
from capreg.store.records import name_fault
from capreg.store.registry import Registry
from capreg.store.validators import validator

JSON = ".json"
Faults = list[tuple[tuple, str]]


def read_edited(registry: Registry, kind: Kind, id: str, name: str, content: bytes) -> dict[str, Any]:
    """Return the record that a text states, in YAML or, where the file's name says so, in JSON.

    Args:
        id: the id that it must have.
        name: how messages call the file.

    Raises:
        WrittenError: it cannot be read, or is no valid record; all faults together, each with its line.
    """
    if not name.endswith(JSON):
        written = Written.read(name, content, validator({}))
        written.refuse(faults(registry, kind, id, written.document))
        return written.document
    try:
        located = strict.locate(content)
    except strict.DocumentError as error:
        raise WrittenError(f"{name}:{error.sentence}") from None
    if found := faults(registry, kind, id, located.value):
        lines = ("{}:{}:{} {}: {}".format(name, *located.position(path), pointer(path), said) for path, said in found)
        raise WrittenError("\n".join(lines))
    return located.value


def faults(registry: Registry, kind: Kind, id: str, document: Any) -> Faults:
    """Return why a document is no record of that id, each as (path, sentence)."""
    loaded = registry.loaded(kind.id)
    if not loaded.validator.is_valid(document):
        return [(one.path, _hinted(one.sentence)) for one in import_module(EXPLAINING).explain(loaded.schema, document)]
    if named := name_fault(kind, id, document):
        return [(named[0], f"{named[1]}; 'capreg rename' changes an id")] if named[0] == ("id",) else [named]
    return [(path, said) for _, severity, path, said in nonsense(registry, kind, document) if severity == ERROR]


def _hinted(sentence: str) -> str:
    """Return a sentence with the way out of what YAML makes of a number that is meant as a text."""
    return f"{sentence}; put it between quotes" if sentence.endswith("is not of type 'string'") else sentence


def warnings(registry: Registry, kind: Kind, document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a valid record says that nobody may understand, a sentence each."""
    for _, severity, path, said in nonsense(registry, kind, document):
        if severity != ERROR:
            yield f"{pointer(path)}: {said}"


def difference(before: Mapping[str, Any], after: Mapping[str, Any], names: tuple[str, str]) -> Iterator[str]:
    """Yield the lines of the difference between two records, as YAML, in the form of diff -u."""
    texts = (record_yaml(one).splitlines() for one in (before, after))
    yield from unified_diff(*texts, *names, lineterm="")
