"""A questionnaire that came back: what it states of which record, and all that is wrong with it."""

import zipfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.model.kinds import Field
from capreg.model.record import Record
from capreg.model.value import Value
from capreg.store.registry import Registry, UnknownRecordError
from capreg.store.schemas import LoadedKind

LARGEST = 1 << 25
# The first bytes of a workbook, and those of one that is protected by a password or older than XLSX.
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
YAML = (".yaml", ".yml")
# Loaded on use: each brings a library of its own.
READING_BOOK, READING_YAML = "capreg.exchange.questionnaire_book", "capreg.exchange.questionnaire_yaml"


class ChangedSinceError(CapregError):
    """A record has changed since a questionnaire was made of it."""

    exit_code = ExitCode.BUSY


class Answered(Value):
    """What a questionnaire states: a record as it would be, and what stands in the registry now, None for a new one."""

    loaded: LoadedKind
    record: Record
    before: Record | None

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before is None or self.before.document != self.record.document


class Fault(Value):
    """What is wrong in a workbook, and where: `row` 0 for a whole sheet, `sheet` "" for the whole file."""

    sheet: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = [f"sheet {self.sheet}"] * bool(self.sheet) + [f"row {self.row}"] * bool(self.row)
        return ": ".join(
            filter(None, (", ".join([*where, *[f"column {self.column}"] * bool(self.column)]), self.sentence))
        )


class AnswersError(CapregError):
    """A questionnaire does not hold; `faults` are all that is wrong, each told on a line."""

    exit_code = ExitCode.INVALID

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{path}: {fault}" for fault in faults), "Nothing was written.")
        self.faults = faults


def is_questionnaire(path: Path) -> bool:
    """Whether a file says of itself that it is a questionnaire, or is written as one: YAML.

    Raises:
        AnswersError: a workbook that is protected by a password.
        OSError: the file cannot be read.
    """
    if path.suffix.lower() in YAML:
        return True
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning == OLE and path.suffix.lower().startswith(".xl"):
        raise AnswersError(
            path, [Fault("", 0, "", "protected by a password, or older than XLSX; save it as XLSX without one")]
        )
    return beginning == ZIP and _has_mark(path)


def _has_mark(path: Path) -> bool:
    """Whether a workbook holds the sheet in which a questionnaire says what it is."""
    try:
        with zipfile.ZipFile(path) as held:
            return b'name="capreg"' in held.read("xl/workbook.xml")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError):
        return False


def answered(registry: Registry, path: Path) -> Answered:
    """Return what a questionnaire states, upon what the registry knows of the record already.

    Raises:
        AnswersError, WrittenError: it cannot be read, or its answers do not hold; all faults together.
        ChangedSinceError: what it showed of the record has changed since.
    """
    if path.stat().st_size > LARGEST:
        raise AnswersError(path, [Fault("", 0, "", f"larger than {LARGEST} bytes")])
    return import_module(READING_YAML if path.suffix.lower() in YAML else READING_BOOK).read(registry, path)


def known(registry: Registry, loaded: LoadedKind, id: str) -> Record | None:
    """Return the record that the registry has, None where it has none; raises BrokenRecordError for one that is none."""
    try:
        return registry.get(loaded.kind, id)
    except UnknownRecordError:
        return None


def ordered(at: Field, value: Any, before: Any) -> Any:
    """Return a document with its keys in the order they had, and in that of the schema where there are new ones."""
    if isinstance(value, Mapping):
        old = before if isinstance(before, Mapping) else {}
        below = {
            key: ordered(at.properties[key], one, old.get(key)) if key in at.properties else one
            for key, one in value.items()
        }
        if set(below) <= set(old):
            return {key: below[key] for key in old if key in below}
        order = list(at.properties)
        return dict(sorted(below.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)))
    if isinstance(value, list) and at.items:
        old = before if isinstance(before, list) else []
        return [ordered(at.items, one, old[place] if place < len(old) else None) for place, one in enumerate(value)]
    return value
