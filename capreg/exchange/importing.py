"""Taking a list into the registry, every row accounted for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capreg.errors import CapregError
from capreg.exchange.filling import Filling, Note
from capreg.exchange.mapping import Mapped
from capreg.exchange.sheet import Row, rows
from capreg.exchange.template import TemplateCheck
from capreg.exchange.words import new_words, write_words
from capreg.model.record import Record
from capreg.model.text import tokens
from capreg.store.changes import Changes, changing
from capreg.store.explain import explain
from capreg.store.registry import Registry
from capreg.store.schemas import LoadedKind

LONGEST_ID = 64
NEW, CHANGED, UNCHANGED, JOINED, REFUSED = "new", "changed", "unchanged", "joined", "refused"


class ImportStoppedError(CapregError):
    """The disk refused while records were written."""


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
    added = new_words(registry.vocabularies, mapping)
    known = {
        name: registry.vocabularies[name].words.keys() | {word["id"] for word in words} for name, words in added.items()
    }
    TemplateCheck(loaded.kind, lambda name: known.get(name) or set(registry.vocabularies[name].words)).check(
        mapping.record, loaded.kind.root
    )
    gathered = _Gathered(mapping, loaded)
    for row in rows(path, mapping):
        gathered.take(row)
    if dry_run:
        return gathered.outcome(_compared(registry, loaded, gathered))
    with changing(registry, durable=False) as changes:
        write_words(registry.vocabularies, added)
        compared = _compared(registry, loaded, gathered)
        _write(changes, loaded, compared)
    return gathered.outcome(compared)


def _write(changes: Changes, loaded: LoadedKind, compared: list["_Compared"]) -> None:
    """Write what is new or changed; where the disk refuses, tell how far it came."""
    wanted = [one for one in compared if one.outcome in (NEW, CHANGED)]
    for written, one in enumerate(wanted):
        try:
            changes.put(loaded.kind, one.record, one.before)
        except OSError as error:
            raise ImportStoppedError(
                f"{error.filename}: {error.strerror}; {written} of {len(wanted)} records are written, each whole",
                "Mend that, and run it again: what is written already will be unchanged.",
            ) from None


@dataclass(frozen=True)
class _Compared:
    """A record as it would be written, what that would be, and what stands there now."""

    record: Record
    outcome: str
    before: Mapping[str, Any] | None = None


class _Gathered:
    """The records that the rows make, and the notes on the way."""

    def __init__(self, mapping: Mapped, loaded: LoadedKind) -> None:
        self.mapping, self.loaded = mapping, loaded
        self.validators: dict[tuple, Any] = {}
        self.by_key: dict[tuple, tuple[int, dict[str, Any]]] = {}
        self.ids: dict[str, int] = {}
        self.outcomes: Counter = Counter()
        self.notes: list[Note] = []
        self.rows = 0

    def take(self, row: Row) -> None:
        """Take one row: into a new record, or into that of an earlier row with the same key."""
        self.rows += 1
        if row.fault:
            self._refuse(row.number, row.fault)
            return
        filling = Filling(self.mapping, self.loaded, self.validators, row)
        stated = filling.record()
        key = tuple(filling.cell(column).casefold() for column in self.mapping.key)
        self.notes += filling.notes
        if not any(key):
            self._refuse(row.number, f"nothing stands in {', '.join(self.mapping.key)}")
        elif key in self.by_key:
            self.outcomes[JOINED] += 1
            self._join(self.by_key[key][1], stated, row.number, "")
        elif fault := self._fault(document := self._document(stated, filling)):
            self._refuse(row.number, fault)
        else:
            self.by_key[key] = row.number, document
            self.ids[document["id"]] = row.number

    def _refuse(self, row: int, fault: str) -> None:
        self.outcomes[REFUSED] += 1
        self.notes.append(Note(row, "", "", f"refused: {fault}"))

    def _document(self, stated: Mapping[str, Any], filling: Filling) -> dict[str, Any]:
        id = slug([filling.cell(column) for column in self.mapping.id])
        found = {"kind": self.loaded.kind.id, "id": id, **stated}
        return {key: found[key] for key in self.loaded.kind.root.properties if key in found}

    def _fault(self, document: dict[str, Any]) -> str:
        if document["id"] in self.ids:
            return f"row {self.ids[document['id']]} has the id {document['id']!r} already"
        return _misfits(self.loaded, document)

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
                        row,
                        "",
                        str(value),
                        f"{place}/{key}: an earlier row of the same record says {have}, which stays",
                    )
                )

    def _join_list(self, have: list, further: list, row: int, place: str) -> None:
        for entry in further:
            same = _same_entry(have, entry)
            if same is not None:
                self._join(same, entry, row, f"{place}/{entry['id']}")
            elif entry not in have:
                have.append(entry)

    def outcome(self, compared: Iterable[_Compared]) -> Imported:
        """Return what became of all rows."""
        self.outcomes.update(one.outcome for one in compared)
        return Imported(self.rows, self.outcomes, sorted(self.notes, key=lambda note: note.row))


def _misfits(loaded: LoadedKind, document: Mapping[str, Any]) -> str:
    """Return why a document is no valid record, "" where it is one."""
    return "" if loaded.validator.is_valid(document) else "; ".join(map(str, explain(loaded.schema, document)))


def _same_entry(entries: list, entry: Any) -> Any:
    """Return the entry of a list that is the same thing, by its id and the scheme of the id, or None."""
    if not isinstance(entry, Mapping) or "id" not in entry:
        return None
    named = (entry["id"], entry.get("scheme"))
    return next(
        (one for one in entries if isinstance(one, Mapping) and (one.get("id"), one.get("scheme")) == named), None
    )


def _compared(registry: Registry, loaded: LoadedKind, gathered: _Gathered) -> list[_Compared]:
    """Hold each record against what the registry has; a file that holds no record is never written over."""
    known: dict[str, Record] = {}
    broken: dict[str, Path] = {}
    for found in registry.read(loaded.kind):
        if isinstance(found, Record):
            known[found.id] = found
        else:
            broken[found.path.stem] = found.path
    return [_compare(loaded, gathered, row, document, known, broken) for row, document in gathered.by_key.values()]


def _compare(
    loaded: LoadedKind,
    gathered: _Gathered,
    row: int,
    document: dict[str, Any],
    known: Mapping[str, Record],
    broken: Mapping[str, Path],
) -> _Compared:
    there = known.get(document["id"])
    updated = _updated(there.document, document) if there else document
    record = Record(document["id"], updated, there.path if there else None)
    fault = _misfits(loaded, updated)
    if there is None and document["id"] in broken:
        fault = f"{broken[document['id']]} is there, and holds no valid record"
    if fault:
        gathered.notes.append(Note(row, "", "", f"refused: {fault}"))
        return _Compared(record, REFUSED)
    if there is None:
        return _Compared(record, NEW)
    return _Compared(record, UNCHANGED if updated == there.document else CHANGED, there.document)


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
