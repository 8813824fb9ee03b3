"""Taking a list into the registry, every row accounted for."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from capreg.errors import CapregError, UsageError
from capreg.exchange.filling import TWIN, Note, Template
from capreg.exchange.forms import read_list
from capreg.exchange.gathering import Gathered, Group, misfits_of
from capreg.exchange.joining import merged, updated
from capreg.exchange.mapping import Mapped
from capreg.exchange.sheet import Told
from capreg.exchange.template import TemplateCheck
from capreg.exchange.words import new_words, with_words, write_words
from capreg.model.record import Record
from capreg.store.changes import Changes, changing
from capreg.store.registry import Registry
from capreg.store.schemas import LoadedKind

NEW, CHANGED, UNCHANGED, JOINED, REFUSED = "new", "changed", "unchanged", "joined", "refused"
LEFT = "left alone"
FIRST = 3
# So many rows between two looks at the clock.
STEP = 200
# Loaded on use: it brings rapidfuzz, and only new records are compared.
DUPLICATES = "capreg.exchange.duplicates"


class ImportStoppedError(CapregError):
    """The disk refused while records were written."""


class WhichRecordError(UsageError):
    """A list makes several records, or none, where one is to go onto a record."""


@dataclass(frozen=True)
class Wish:
    """How a list is taken in: `dry_run` writes nothing, `strict` all rows or none; `onto` puts the record of a row onto one."""

    dry_run: bool = False
    strict: bool = False
    onto: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a row: the outcome, and the record into which it went, "" for none."""

    row: int
    outcome: str
    id: str


@dataclass(frozen=True)
class Imported:
    """What became of a list: how many rows had which outcome, what rows could not give, the first records as they are now.

    `remarks` say what was taken for granted in reading the file.
    """

    rows: int
    outcomes: Counter
    notes: list[Note]
    taken: list[Taken]
    remarks: Sequence[str]
    first: list[Mapping[str, Any]]


@dataclass
class _Compared:
    """A record as it would be written, from which rows, what that would be, and what stands there now."""

    record: Record
    rows: list[int]
    outcome: str
    before: Mapping[str, Any] | None = None
    notes: list[Note] = field(default_factory=list)


def import_list(
    registry: Registry, path: Path, mapping: Mapped, wish: Wish = Wish(), told: Told = lambda done, total: None
) -> Imported:
    """Take the rows of a list into the registry and return what became of each.

    Rows that agree on the mapping's key become one record. A record that is there already keeps what the list does
    not speak of.

    Args:
        told: is told how many rows and records are done, of how many.

    Raises:
        MappingError, SheetError: the mapping does not fit the kind or the list; nothing was written.
        WhichRecordError, UnknownRecordError: it is not clear what should go onto what.
        BusyError: another process is writing.
        ImportStoppedError: the disk refused; records written before it stay whole.
    """
    loaded = registry.loaded(mapping.kind)
    added = new_words(registry.vocabularies, mapping)
    vocabulary = with_words(registry.vocabularies, added)
    TemplateCheck(loaded.kind, lambda name: set(vocabulary(name).words)).check(mapping.record, loaded.kind.root)
    listed = read_list(path, mapping)
    gathered = Gathered(mapping, loaded, Template(mapping, loaded, vocabulary))
    for row in listed.rows:
        gathered.take(row)
        if gathered.rows % STEP == 0:
            told(gathered.rows, 2 * max(listed.total, gathered.rows))
    gathered.judge()
    if wish.dry_run:
        known = _known(registry, loaded)
        return _outcome(gathered, _all_compared(registry, loaded, gathered, wish, known), known, listed.remarks, loaded)
    with changing(registry, durable=False) as changes:
        known = _known(registry, loaded)
        compared = _all_compared(registry, loaded, gathered, wish, known)
        done = _outcome(gathered, compared, known, listed.remarks, loaded)
        if wish.strict and done.outcomes[REFUSED]:
            return done
        write_words(registry.vocabularies, added)
        _write(changes, loaded, compared, told)
    return done


def is_twin(note: Note) -> bool:
    """Whether a note tells of a record that may be another one."""
    return note.fault.startswith(TWIN)


def _write(changes: Changes, loaded: LoadedKind, compared: list[_Compared], told: Told) -> None:
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
        if written % STEP == 0:
            told(len(wanted) + written, 2 * len(wanted))


def _outcome(
    gathered: Gathered, compared: list[_Compared], known: "_Known", remarks: Sequence[str], loaded: LoadedKind
) -> Imported:
    """Return what became of all rows."""
    taken = [Taken(row, REFUSED, "") for row in gathered.refused]
    notes = [*gathered.notes, *(Note(row, "", "", f"refused: {fault}") for row, fault in gathered.refused.items())]
    for one in compared:
        first, *others = one.rows
        is_taken = one.outcome in (NEW, CHANGED, UNCHANGED)
        taken.append(Taken(first, one.outcome, one.record.id if is_taken else ""))
        taken += [Taken(row, JOINED if is_taken else one.outcome, one.record.id if is_taken else "") for row in others]
        notes += one.notes
    notes += import_module(DUPLICATES).notes_on(loaded.kind, compared, [one.document for one in known.records.values()])
    outcomes = Counter(one.outcome for one in taken)
    first = [one.record.document for one in compared if one.outcome in (NEW, CHANGED)][:FIRST]
    ordered = sorted(taken, key=lambda one: one.row)
    return Imported(gathered.rows, outcomes, sorted(notes, key=lambda note: note.row), ordered, remarks, first)


@dataclass(frozen=True)
class _Known:
    """What the registry has of a kind, by id: its records, and the files that should hold one and do not."""

    records: Mapping[str, Record]
    broken: Mapping[str, Path]


def _known(registry: Registry, loaded: LoadedKind) -> _Known:
    records: dict[str, Record] = {}
    broken: dict[str, Path] = {}
    for found in registry.read(loaded.kind):
        if isinstance(found, Record):
            records[found.id] = found
        else:
            broken[found.path.stem] = found.path
    return _Known(records, broken)


def _all_compared(
    registry: Registry, loaded: LoadedKind, gathered: Gathered, wish: Wish, known: _Known
) -> list[_Compared]:
    """Hold each record against what the registry has; a file that holds no record is never written over."""
    groups = list(gathered.groups.values())
    if wish.onto is not None:
        return _onto(registry, loaded, groups, wish)
    return [_compare(loaded, group, known.records, known.broken) for group in groups]


def _compare(loaded: LoadedKind, group: Group, known: Mapping[str, Record], broken: Mapping[str, Path]) -> _Compared:
    id = group.document["id"]
    there = known.get(id)
    if group.fault:
        return _refused(group, group.fault)
    if there is None and id in broken:
        return _refused(group, f"{broken[id]} is there, and holds no valid record")
    if there is None:
        return _Compared(Record(id, group.document), group.rows, NEW)
    notes: list[Note] = []
    document = updated(loaded.kind.root, there.document, group.document, _telling(group, notes))
    return _changed(loaded, group, there, document, notes)


def _changed(
    loaded: LoadedKind, group: Group, there: Record, document: Mapping[str, Any], notes: list[Note]
) -> _Compared:
    """Return a record that is there already as it would be, refused where that would be no valid one."""
    if fault := misfits_of(loaded, document):
        return _refused(group, fault)
    outcome = UNCHANGED if document == there.document else CHANGED
    return _Compared(Record(there.id, document, there.path), group.rows, outcome, there.document, notes)


def _refused(group: Group, fault: str) -> _Compared:
    record = Record(group.document["id"], group.document)
    return _Compared(record, group.rows, REFUSED, notes=[Note(group.rows[0], "", "", f"refused: {fault}")])


def _telling(group: Group, notes: list[Note]) -> Callable[[str, str, Any], None]:
    row = group.rows[0]
    return lambda place, sentence, value: notes.append(Note(row, "", str(value), f"{place}: {sentence}"))


def _onto(registry: Registry, loaded: LoadedKind, groups: list[Group], wish: Wish) -> list[_Compared]:
    """Return the one record that goes onto another, as a person decided; all others are left alone."""
    chosen = [group for group in groups if wish.row is None or wish.row in group.rows]
    if len(chosen) != 1:
        what = f"no record is made of row {wish.row}" if wish.row else f"the list makes {len(chosen)} records"
        raise WhichRecordError(f"{what}, and one goes onto '{wish.onto}'", "Say which: --row N, as the report counts.")
    group = chosen[0]
    there = registry.get(loaded.kind, wish.onto)
    notes: list[Note] = []
    document = merged(loaded.kind, there.document, group.document, _telling(group, notes))
    rest = [_Compared(Record(one.document["id"], one.document), one.rows, LEFT) for one in groups if one is not group]
    return [_changed(loaded, group, there, document, notes), *rest]
