"""A registry: a folder of plain files, one JSON file a record."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from pathlib import Path

from capreg.errors import CapregError, ExitCode, nearest
from capreg.model.kinds import Kind
from capreg.model.record import Record, former_ids
from capreg.store import strict
from capreg.store.files import StrPath, UnreadableError, canonical, read_bytes, write_whole
from capreg.store.kinds import UnknownKindError
from capreg.store.listing import listed
from capreg.store.records import ID, BrokenRecordError, load_record
from capreg.store.schemas import LoadedKind, SchemaError, all_of, try_kinds
from capreg.store.settings import read_settings
from capreg.store.vocabularies import Vocabularies

# Loaded on use: who only reads locks nothing.
LOCKS = "capreg.store.locks"


class UnknownRecordError(CapregError):
    """The registry has no record of that id."""

    exit_code = ExitCode.MISSING


class Registry:
    """The records, kinds and vocabularies below one folder.

    Raises:
        SettingsError: `registry.json` is not valid.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = read_settings(root)

    @cached_property
    def tried_kinds(self) -> tuple[dict[str, LoadedKind], list[SchemaError]]:
        """The kinds that can be used by name, with their schemas, and why each of the others cannot."""
        return try_kinds(self.root / "schemas")

    @cached_property
    def loaded_kinds(self) -> dict[str, LoadedKind]:
        """Every kind of the registry by name, with its schema; raises SchemaError for a schema that is refused."""
        return all_of(self.tried_kinds)

    @cached_property
    def vocabularies(self) -> Vocabularies:
        """The vocabularies by name; each is read when first asked for."""
        return Vocabularies(self.root / "schemas" / "vocabularies")

    def kind(self, id: str) -> Kind:
        """Return a kind by name.

        Raises:
            UnknownKindError: there is no such kind; names those there are.
        """
        return self.loaded(id).kind

    def loaded(self, id: str) -> LoadedKind:
        """Return a kind with its schema and validator; raises UnknownKindError."""
        if id not in self.loaded_kinds:
            raise UnknownKindError(f"unknown kind '{id[:60]}'", nearest(id, self.loaded_kinds))
        return self.loaded_kinds[id]

    def paths(self, kind: Kind) -> Iterator[Path]:
        """Yield every file of a kind's folder and its sub-folders that should hold a record, in the order of names."""
        folder = self.root / kind.folder
        if folder.is_symlink() or folder.exists() and not folder.is_dir():
            yield folder
        elif folder.exists():
            yield from _below(folder)

    def read(self, kind: Kind) -> Iterator[Record | BrokenRecordError]:
        """Yield each record of a kind, and for a file that holds none the error that says why."""
        seen: dict[str, Path] = {}
        for path in self.paths(kind):
            try:
                record = self.load(kind, path)
                first = seen.setdefault(record.id, path)
                yield (
                    record
                    if first is path
                    else BrokenRecordError(self.shown(path), f"the id stands already in {self.shown(first)}")
                )
            except BrokenRecordError as error:
                yield error

    def try_load(self, kind: Kind, path: StrPath) -> Record | BrokenRecordError:
        """Return the record that a file holds, or the error that says why it holds none."""
        try:
            return self.load(kind, path)
        except BrokenRecordError as error:
            return error

    def load(self, kind: Kind, path: StrPath) -> Record:
        """Return the record that a file holds.

        Raises:
            BrokenRecordError: the file, its JSON, its form, its kind or its id is not right.
        """
        return load_record(self.root, kind, self.loaded(kind.id).validator, path)

    def shown(self, path: StrPath) -> Path:
        """Return a path as messages show it: from the registry's folder."""
        return Path(path).relative_to(self.root)

    def path(self, kind: Kind, id: str) -> Path:
        """Return the file of a record.

        One that was renamed is found by its former ids too.

        Raises:
            UnknownRecordError: there is none; names the nearest ids.
        """
        straight = self.root / kind.folder / f"{id}.json"
        if ID.fullmatch(id):
            if straight.exists():
                return straight
            for path in self.paths(kind):
                if path.stem == id:
                    return path
            if renamed := self.renamed(kind, id):
                return Path(renamed.path)
        ids = [path.stem for path in self.paths(kind)]
        raise UnknownRecordError(f"there is no {kind.label['en']} '{id[:64]}'", nearest(id, ids))

    def renamed(self, kind: Kind, id: str) -> Record | None:
        """Return the record that had an id before it was renamed, None where none had."""
        sign = f'"{id}"'.encode()
        for path in self.paths(kind):
            with suppress(UnreadableError, BrokenRecordError):
                if sign in read_bytes(path, self.root) and id in former_ids((record := self.load(kind, path)).document):
                    return record
        return None

    def get(self, kind: Kind, id: str) -> Record:
        """Return a record by id; raises UnknownRecordError or BrokenRecordError."""
        return self.load(kind, self.path(kind, id))

    def put(self, kind: Kind, record: Record, durable: bool = True) -> None:
        """Write a record, whole or not at all: where it stands already, a new one into its kind's folder.

        Args:
            durable: wait until it is on the disk.

        Raises:
            BrokenRecordError: it is not valid; nothing is written.
            DocumentError: it holds what no record may hold, so that it could not be read again; nothing is written.
            OSError: the disk refused; the file is as it was.
        """
        content = self.check_put(kind, record)
        path = record.path or self.root / kind.folder / f"{record.id}.json"
        path.parent.mkdir(exist_ok=True)
        write_whole(path, content, durable)

    def check_put(self, kind: Kind, record: Record) -> bytes:
        """Return the bytes that a record would be written as; raises as `put` does, and writes nothing."""
        if not self.loaded(kind.id).validator.is_valid(record.document):
            path = record.path or self.root / kind.folder / f"{record.id}.json"
            raise BrokenRecordError(self.shown(path), f"would be no valid {kind.label['en']}", document=record.document)
        content = canonical(record.document)
        strict.read(content)
        return content

    def writing(self):
        """Return the lock under which the registry's records are changed; raises BusyError."""
        return import_module(LOCKS).locked(self.root / ".capreg" / "lock", "the registry")


def opened(root: str) -> Registry:
    """Return the registry in a folder; raises SettingsError."""
    return Registry(Path(root))


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that should hold a record, then those of its sub-folders; of a closed folder, itself."""
    try:
        names, folders = listed(str(folder))
    except OSError:
        yield folder
        return
    yield from (folder / name for name in names)
    for name in folders:
        yield from _below(folder / name)
