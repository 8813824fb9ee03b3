"""Taking a list into the registry, every row accounted for."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capreg.exchange.filling import Filling, Note
from capreg.exchange.mapping import Mapped, check_template
from capreg.exchange.sheet import Row, rows
from capreg.model.record import Record
from capreg.model.text import tokens
from capreg.store.explain import explain
from capreg.store.files import canonical, write_whole
from capreg.store.registry import Registry
from capreg.store.schemas import LoadedKind, SchemaError, faults, shipped_schema
from capreg.store.vocabularies import Vocabularies

LONGEST_ID = 64
NEW, CHANGED, UNCHANGED, JOINED, REFUSED = "new", "changed", "unchanged", "joined", "refused"


@dataclass(frozen=True)
class Imported:
    """What became of a list: how many rows had which outcome, and what rows could not give."""

    rows: int
    outcomes: Counter
    notes: list[Note]


def import_list(registry: Registry, path: Path, mapping: Mapped, dry_run: bool = False) -> Imported:
    """Take the rows of a list into the registry and return what became of each.

    Rows that agree on the mapping's key become one record. A record that is there already keeps what the list does
    not speak of.

    Args:
        dry_run: write nothing.

    Raises:
        MappingError, SheetError: the mapping does not fit the kind or the list; nothing was written.
        BusyError: another process is writing.
        OSError: the disk refused; records written before it stay whole.
    """
    loaded = registry.loaded(mapping.kind)
    check_template(dict(mapping.record), loaded.kind.root, loaded.kind)
    gathered = _Gathered(mapping, loaded)
    for row in rows(path, mapping):
        gathered.take(row)
    if dry_run:
        return gathered.outcome(_compared(registry, loaded, gathered))
    with registry.writing():
        _add_words(registry, mapping)
        compared = _compared(registry, loaded, gathered)
        for one in compared:
            if one.outcome in (NEW, CHANGED):
                registry.put(loaded.kind, Record(one.document["id"], one.document), one.path, durable=False)
        os.sync()
    return gathered.outcome(compared)


@dataclass(frozen=True)
class _Compared:
    """A record as it would be written, where it stands already, and what that would be."""

    document: Mapping[str, Any]
    path: Path | None
    outcome: str


class _Gathered:
    """The records that the rows make, and the notes on the way."""

    def __init__(self, mapping: Mapped, loaded: LoadedKind) -> None:
        self.mapping, self.loaded = mapping, loaded
        self.validators: dict[tuple, Any] = {}
        self.by_key: dict[tuple, dict[str, Any]] = {}
        self.rows_of_ids: dict[str, int] = {}
        self.outcomes: Counter = Counter()
        self.notes: list[Note] = []
        self.rows = 0

    def take(self, row: Row) -> None:
        """Take one row: into a new record, or into that of an earlier row with the same key."""
        self.rows += 1
        filling = Filling(self.mapping, self.loaded, self.validators, row)
        stated = filling.record()
        key = tuple(filling.cell(column).casefold() for column in self.mapping.key)
        self.notes += filling.notes
        if key in self.by_key:
            self.outcomes[JOINED] += 1
            self._join(self.by_key[key], stated, row.number, "")
        elif fault := self._fault(document := self._document(stated, filling)):
            self.outcomes[REFUSED] += 1
            self.notes.append(Note(row.number, "", "", f"refused: {fault}"))
        else:
            self.by_key[key] = document
            self.rows_of_ids[document["id"]] = row.number

    def _document(self, stated: Mapping[str, Any], filling: Filling) -> dict[str, Any]:
        id = slug([filling.cell(column) for column in self.mapping.id])
        found = {"kind": self.loaded.kind.id, "id": id, **stated}
        return {key: found[key] for key in self.loaded.kind.root.properties if key in found}

    def _fault(self, document: dict[str, Any]) -> str:
        if document["id"] in self.rows_of_ids:
            return f"row {self.rows_of_ids[document['id']]} has the id {document['id']!r} already"
        if self.loaded.validator.is_valid(document):
            return ""
        return "; ".join(
            f"/{'/'.join(map(str, path))}: {sentence}" for path, sentence in explain(self.loaded.schema, document)
        )

    def _join(self, into: dict[str, Any], stated: Mapping[str, Any], row: int, place: str) -> None:
        """Add what a further row says: entries of lists are added, a value that differs is reported and not taken."""
        for key, value in stated.items():
            have = into.setdefault(key, value)
            if isinstance(have, dict):
                self._join(have, value, row, f"{place}/{key}")
            elif isinstance(have, list):
                self._join_list(have, value, row, f"{place}/{key}")
            elif have != value:
                self.notes.append(
                    Note(
                        row, "", str(value), f"{place}/{key}: an earlier row of the same firm says {have}, which stays"
                    )
                )

    def _join_list(self, have: list, further: list, row: int, place: str) -> None:
        for entry in further:
            same = next(
                (one for one in have if isinstance(entry, dict) and "id" in entry and one["id"] == entry["id"]), None
            )
            if same is not None:
                self._join(same, entry, row, f"{place}/{entry['id']}")
            elif entry not in have:
                have.append(entry)

    def records(self) -> Iterable[tuple[int, dict[str, Any]]]:
        """Yield each record with the row that made it."""
        return zip(self.rows_of_ids.values(), self.by_key.values(), strict=True)

    def outcome(self, compared: Iterable[_Compared]) -> Imported:
        """Return what became of all rows."""
        self.outcomes.update(one.outcome for one in compared)
        return Imported(self.rows, self.outcomes, sorted(self.notes, key=lambda note: note.row))


def _compared(registry: Registry, loaded: LoadedKind, gathered: _Gathered) -> list[_Compared]:
    """Hold each record against what the registry has; a file that holds no record is never written over."""
    known = {record.id: record.document for record in registry.read(loaded.kind) if isinstance(record, Record)}
    places = registry.locations(loaded.kind)
    found = []
    for row, document in gathered.records():
        path = places.get(document["id"])
        if path and document["id"] not in known:
            gathered.notes.append(
                Note(row, "", "", f"refused: {registry.shown(path)} is there, and holds no valid record")
            )
            found.append(_Compared(document, path, REFUSED))
        else:
            found.append(_compare(known.get(document["id"]), document, path))
    return found


def _compare(known: Mapping[str, Any] | None, document: dict[str, Any], path: Path | None) -> _Compared:
    if known is None:
        return _Compared(document, path, NEW)
    updated = _updated(known, document)
    return _Compared(updated, path, UNCHANGED if updated == known else CHANGED)


def _updated(known: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _updated(known[key], value) if isinstance(value, dict) and isinstance(known.get(key), dict) else value
        for key, value in document.items()
    }
    return {**known, **both}


def slug(parts: list[str]) -> str:
    """Return an id made of texts: small letters, digits and hyphens, at most 64, the last part whole if it can be."""
    *first, last = ("-".join("".join(c for c in word if c.isascii()) for word in tokens(part)) for part in parts)
    room = LONGEST_ID - len(last) - 1
    return "-".join(part for part in ("-".join(first)[: max(room, 0)].strip("-"), last[:LONGEST_ID]) if part)


def _add_words(registry: Registry, mapping: Mapped) -> None:
    """Add the mapping's words to the registry's own vocabularies; words that are there already stay as they are."""
    for vocabulary, words in (mapping.words or {}).items():
        known = registry.vocabularies[vocabulary].words
        added = [dict(word) for word in words if word["id"] not in known]
        if added:
            _write_words(registry.vocabularies, vocabulary, added)


def _write_words(vocabularies: Vocabularies, vocabulary: str, added: list[dict]) -> None:
    path = vocabularies.folder / f"{vocabulary}.json"
    document = vocabularies.own(vocabulary)
    document = {**document, "words": [*document["words"], *added]}
    for error in faults(shipped_schema("vocabulary"), document):
        raise SchemaError(
            f"the mapping's words for {vocabulary}: /{'/'.join(map(str, error.instance_path))}: {error.message}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, canonical(document))
    vocabularies.pop(vocabulary, None)
