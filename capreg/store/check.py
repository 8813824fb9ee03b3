"""All that is wrong with a registry, told together."""

import os
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from capreg.errors import CapregError
from capreg.model.kinds import Field, Kind
from capreg.model.record import FORMER_IDS, Record, entry_named, former_ids, pointer, values
from capreg.model.value import Value
from capreg.store import strict
from capreg.store.checked import InvalidFileError
from capreg.store.files import read_bytes
from capreg.store.git import tracked_secrets
from capreg.store.hub_places import read_places, read_ways
from capreg.store.parallel import each_of
from capreg.store.records import BrokenRecordError
from capreg.store.registry import Registry
from capreg.store.rules import Rules
from capreg.store.schemas import LoadedKind
from capreg.store.validators import Misfit

ERROR, WARN, INFO = "ERROR", "WARN", "INFO"
Told = Callable[[int, int], None]
# Loaded on use: only what is broken is explained, and jsonschema takes longer to load than hundreds of records to check.
EXPLAINING = "capreg.store.explain"


class Fault(Value):
    """One thing that is wrong: how bad, in which file, where in it, and what.

    `id` is what scripts know it by; it and the severity (ERROR, WARN, INFO) are a promise, the sentence is not.
    """

    severity: str
    file: str
    line: int
    column: int
    place: str
    sentence: str
    id: str


def check(
    registry: Registry,
    clean: Container[str] = (),
    told: Told = lambda done, total: None,
    renamed: set[str] | None = None,
) -> Iterator[Fault]:
    """Yield every fault of a registry: its schemas, vocabularies, places, records, and what git must not track.

    Records of a kind whose schema is refused are not judged.

    Args:
        clean: files of records, as messages show them, that were found without fault and have not changed since.
        told: is told how many files of a kind are done, of how many.
        renamed: is given the files of records that had other ids before, which are to be read each time: another file
            may claim one of these.
    """
    renamed = set() if renamed is None else renamed
    kinds, errors = registry.tried_kinds
    for error in errors:
        yield _whole_file(registry, error)
    registry.loaded_kinds = kinds
    yield from _vocabularies(registry)
    yield from _unwritten(registry, kinds.values())
    yield from _places_and_ways(registry)
    for loaded in kinds.values():
        yield from _records(registry, loaded.kind, clean, told, renamed)
    for name in tracked_secrets(registry.root):
        yield Fault(
            ERROR,
            name,
            1,
            1,
            "",
            "git tracks this file, which must never leave the hub; 'git rm --cached' it, and change any key in it",
            "secret-tracked",
        )


def _records(registry: Registry, kind: Kind, clean: Container[str], told: Told, renamed: set[str]) -> Iterator[Fault]:
    """Yield the faults of all records of a kind; of files that claim one id, the first that holds a record has it."""
    root = f"{registry.root}/"
    shown = [str(path).removeprefix(root) for path in registry.paths(kind)]
    claims = Counter(map(os.path.basename, shown))
    suspects = [path for path in shown if path not in clean or claims[os.path.basename(path)] > 1]
    words = {field.search.words: registry.vocabularies[field.search.words].words for field in kind.worded}
    judged = each_of(partial(_judged, registry, kind, Rules(kind, words)), suspects)
    first: dict[str, str] = {}
    former: dict[str, list[str]] = {}
    for done, (path, (is_record, faults, ids)) in enumerate(
        zip(suspects, judged, strict=True), len(shown) - len(suspects)
    ):
        told(done, len(shown))
        holder = first.setdefault(os.path.basename(path), path) if is_record else path
        yield from (
            faults
            if holder == path
            else [Fault(ERROR, path, 1, 1, "", f"the id stands already in {holder}", "id-doubled")]
        )
        if ids:
            former[path] = ids
    renamed.update(former)
    yield from _former_ids(registry, {os.path.basename(path).removesuffix(".json"): path for path in shown}, former)


def _former_ids(registry: Registry, holders: dict[str, str], former: Mapping[str, list[str]]) -> Iterator[Fault]:
    """Yield the former ids that are the id, or a former id, of another record too.

    Args:
        holders: the file of each id; is given those of the former ids.
    """
    for path, ids in former.items():
        for at, id in enumerate(ids):
            if (holder := holders.setdefault(id, path)) != path:
                located, place = strict.locate(read_bytes(registry.root / path, registry.root)), (FORMER_IDS, at)
                sentence = f"the id {id!r} stands already in {holder}"
                yield Fault(ERROR, path, *located.position(place), pointer(place), sentence, "id-doubled")


def _judged(registry: Registry, kind: Kind, rules: Rules, path: str) -> tuple[bool, list[Fault], list[str]]:
    """Return whether a file holds a record, what is wrong with it, and the ids that the record had before."""
    found = registry.try_load(kind, f"{registry.root}/{path}")
    if not isinstance(found, Record):
        return False, list(_broken(registry, kind, found)), []
    suspicious = rules.may_be_broken_by(found.document) or any(_statements(found.document))
    faults = list(_record(registry, kind, found)) if suspicious else []
    return True, faults, former_ids(found.document)


def _vocabularies(registry: Registry) -> Iterator[Fault]:
    for path in sorted(registry.vocabularies.folder.glob("*.json")):
        try:
            registry.vocabularies[path.stem]
        except CapregError as error:
            registry.vocabularies.fall_back(path.stem)
            yield _whole_file(registry, error)


def _unwritten(registry: Registry, kinds: Iterable[LoadedKind]) -> Iterator[Fault]:
    """Yield the vocabularies that a schema names and nobody wrote."""
    for loaded in kinds:
        for field in loaded.kind.worded:
            if not registry.vocabularies[field.search.words].words:
                file = f"schemas/{loaded.kind.id}.schema.json"
                sentence = f"nobody wrote the vocabulary '{field.search.words}'"
                yield Fault(ERROR, file, 1, 1, pointer(field.path), sentence, "vocabulary-missing")


def _places_and_ways(registry: Registry) -> Iterator[Fault]:
    for read in (read_places, read_ways):
        try:
            read(registry.root)
        except InvalidFileError as error:
            yield from (_whole_file(registry, InvalidFileError(line)) for line in error.sentence.splitlines())


def _whole_file(registry: Registry, error: CapregError) -> Fault:
    """Return the fault of a file that is refused as a whole; its sentence begins with the file."""
    text = error.sentence.removeprefix(f"{registry.root}/")
    place = re.match(r"(?P<file>.*?):(?P<line>\d+):(?P<column>\d+) ", text)
    file, _, sentence = text.partition(": ") if place is None else (place["file"], "", text[place.end() :])
    told = f"{sentence}. {error.way_out}" if error.way_out else sentence
    line, column = (int(place["line"]), int(place["column"])) if place else (1, 1)
    return Fault(ERROR, file, line, column, "", told, "file-refused")


def _broken(registry: Registry, kind: Kind, error: BrokenRecordError) -> Iterator[Fault]:
    file = str(error.path)
    if error.document is None:
        yield Fault(ERROR, file, error.line, error.column, "", error.fault, "record-unreadable")
        return
    located = strict.locate(read_bytes(registry.root / error.path, registry.root))
    found = [*import_module(EXPLAINING).explain(registry.loaded(kind.id).schema, located.value)] or [
        Misfit(error.place, error.fault)
    ]
    for misfit in found:
        place = pointer(misfit.path) if misfit.path else ""
        yield Fault(ERROR, file, *located.position(misfit.path), place, misfit.sentence, "record-invalid")


def nonsense(registry: Registry, kind: Kind, document: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple, str]]:
    """Yield what no schema can see in a record: ids that are doubled or lead nowhere, words that nobody knows.

    Each is (id, severity, place, sentence).
    """
    judged = {
        "entry-id-doubled": _double_ids(kind, document),
        "reference-lost": _references(kind, document),
        "range-reversed": _reversed(kind, document),
        "word-unknown": _words(registry, kind, document),
        "statement-lost": _statements(document),
    }
    yield from ((id, *one) for id, faults in judged.items() for one in faults)


def _record(registry: Registry, kind: Kind, record: Record) -> Iterator[Fault]:
    if found := list(nonsense(registry, kind, record.document)):
        located, file = (
            strict.locate(read_bytes(record.path, registry.root)),
            str(registry.shown(record.path)),
        )
        for id, severity, place, sentence in found:
            yield Fault(severity, file, *located.position(place), pointer(place), sentence, id)


def _double_ids(kind: Kind, document: Mapping[str, Any]) -> Iterator[tuple[str, tuple, str]]:
    for field in kind.root.walk():
        if field.is_entry_id:
            ids = list(places(document, field.path))
            counts = Counter((place[:-2], value) for place, value in ids)
            for place, value in ids:
                if counts[place[:-2], value] > 1:
                    yield ERROR, place, f"the id {value!r} stands twice in this list"


def _reversed(kind: Kind, document: Mapping[str, Any]) -> Iterator[tuple[str, tuple, str]]:
    """Yield ranges and periods that end before they begin."""
    for field in kind.root.walk():
        meaning = field.search.meaning if field.search else None
        if meaning == "contains":
            ends = dict(places(document, (*field.path, "max")))
            for place, low in places(document, (*field.path, "min")):
                if low > ends.get((*place[:-1], "max"), low):
                    yield ERROR, place, f"{low} is more than the max of {ends[(*place[:-1], 'max')]}"
        elif meaning == "validity" and field.search.since:
            ends = dict(places(document, field.path))
            for place, first in places(document, (*field.path[:-1], field.search.since)):
                last = ends.get((*place[:-1], field.path[-1]), first)
                if first > last:
                    yield ERROR, place, f"{first} is after {field.path[-1]}, {last}"


def places(document: Any, path: tuple[str, ...], place: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Yield (place, value) for every plain value at a path of the schema."""
    if isinstance(document, list):
        for at, entry in enumerate(document):
            yield from places(entry, path[1:] if path and path[0] == "*" else path, (*place, at))
    elif not path:
        yield place, document
    elif isinstance(document, Mapping) and path[0] in document:
        yield from places(document[path[0]], path[1:], (*place, path[0]))


def _references(kind: Kind, document: Mapping[str, Any]) -> Iterator[tuple[str, tuple, str]]:
    for field in kind.root.walk():
        if field.refers:
            known = set(values(document, (*field.refers.split("."), "*", "id")))
            for place, value in places(document, field.path):
                if value is not None and value not in known:
                    yield ERROR, place, f"{value!r} is no id of {field.refers}"


def _words(registry: Registry, kind: Kind, document: Mapping[str, Any]) -> Iterator[tuple[str, tuple, str]]:
    for field in kind.worded:
        for place, value in places(document, field.path):
            yield from _unknown_word(registry, field, place, value)


def _unknown_word(registry: Registry, field: Field, place: tuple, value: str) -> Iterator[tuple[str, tuple, str]]:
    vocabulary = registry.vocabularies[field.search.words]
    if value is not None and value not in vocabulary.words:
        try:
            yield WARN, place, f"the vocabulary {vocabulary.title} writes {value!r} as {vocabulary.find(value)!r}"
        except CapregError as error:
            yield WARN, place, f"{error.sentence}. {error.way_out}".rstrip(". ") + "."


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple, str]]:
    statements = document.get("statements", ())
    for at, statement in enumerate(statements if isinstance(statements, list) else ()):
        about = statement.get("about", "") if isinstance(statement, Mapping) else ""
        if not _leads_somewhere(document, about):
            yield WARN, ("statements", at, "about"), f"{about!r} leads to nothing in this record"


def _leads_somewhere(document: Any, pointer: str) -> bool:
    for step in pointer.split("/")[1:]:
        document = (
            entry_named(document, step)
            if isinstance(document, list)
            else document.get(step)
            if isinstance(document, Mapping)
            else None
        )
    return document is not None
