"""Making an index from all that a registry holds."""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import orjson

from capreg.errors import CapregError
from capreg.index.answer import Holding
from capreg.index.catalogue import FAULT, Catalogue
from capreg.index.compiled import kind_written, places_written, settings_written, ways_written
from capreg.index.database import UnusableIndexError, connected, create, identity_of, meta, opened, set_meta, shape_of
from capreg.index.inputs import inputs_of
from capreg.index.layout import Layout
from capreg.index.look import Before, look
from capreg.index.refreshing import ENDING, leave_out, transaction, write_look
from capreg.index.rows import Rows, rows_of
from capreg.index.words import codes_of, write_words
from capreg.index.writing import Writer
from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record, cut
from capreg.model.vocabulary import Vocabulary
from capreg.store.files import flush
from capreg.store.hub_places import read_places, read_ways
from capreg.store.locks import locked
from capreg.store.parallel import each_of
from capreg.store.registry import Registry

MEMORY = ":memory:"
Told = Callable[[int, int], None]
# Larger than SQLite's own 4,096: a card of a record then mostly fits into one, and making the index takes a tenth less time.
PAGE_BYTES = 16_384
# Who makes an index of a million records takes minutes; others wait for it rather than make another.
WAIT_SECONDS = 1800
# Rows of so many records take longer to make than other processes to start.
WORTH_SHARING = 300
# What may change without a change of any record's rows.
RENEWABLE = ("settings", "places", "ways")


def made(catalogue: Catalogue, path: str) -> sqlite3.Connection:
    """Return a connection to a new index, unless another process has made one meanwhile.

    Raises:
        SchemaError, SettingsError: the registry cannot be indexed as it is.
        OSError: the index cannot be written there.
    """
    if path == MEMORY:
        return _filled(catalogue, connected(MEMORY))
    with _alone(path):
        with suppress(UnusableIndexError):
            connection = opened(path, identity_of(catalogue.root, catalogue.tier))
            if meta(connection, "inputs") == inputs_of(catalogue.root):
                return connection
            connection.close()
        return _put_in_place(catalogue, path)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """Be the only process that makes an index at a path, in a folder for its owner alone."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(place.with_name(f"{place.name}.lock"), "the index", WAIT_SECONDS):
        yield


def anew(catalogue: Catalogue, told: Told = lambda done, total: None) -> sqlite3.Connection:
    """Return a connection to an index that was made anew, whatever was there.

    Args:
        told: is told how many records are indexed, of how many.
    """
    for path in catalogue.paths():
        try:
            if path == MEMORY:
                return made(catalogue, path)
            with _alone(path):
                return _put_in_place(catalogue, path, told)
        except (OSError, sqlite3.OperationalError) as error:
            failed = error
    raise failed


def _put_in_place(catalogue: Catalogue, path: str, told: Told = lambda done, total: None) -> sqlite3.Connection:
    """Make an index beside where it is to lie, and move it there when it is whole and on the disk."""
    draft = f"{path}.new"
    for left in (draft, f"{draft}-journal"):
        with suppress(FileNotFoundError):
            os.unlink(left)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        connection = connected(draft)
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        _filled(catalogue, connection, told).close()
        flush(draft)
        _remove_odd(path)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
    flush(Path(path).parent)
    return opened(path, identity_of(catalogue.root, catalogue.tier))


def _remove_odd(path: str) -> None:
    """Clear away what would spoil a new index: the journal of the old one, or something that is no file."""
    with suppress(FileNotFoundError):
        os.unlink(f"{path}-journal")
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)


def _filled(
    catalogue: Catalogue, connection: sqlite3.Connection, told: Told = lambda done, total: None
) -> sqlite3.Connection:
    """Fill a new index with all that a registry holds."""
    inputs = inputs_of(catalogue.root)
    registry = Registry(Path(catalogue.root))
    known = _compiled(registry)
    kinds = {id: loaded.kind for id, loaded in registry.loaded_kinds.items()}
    now = look(
        catalogue.root, {id: kind.folder for id, kind in kinds.items()}, Before({}, lambda _: None), thorough=True
    )
    connection.execute("BEGIN")
    create(connection, map(Layout, kinds.values()))
    write_words(connection, _vocabularies(registry))
    for kind in kinds.values():
        _write_all(catalogue, connection, registry, kind, told)
    write_look(connection, now)
    _write_known(connection, known, inputs)
    set_meta(connection, "shape", shape_of(connection))
    set_meta(connection, "identity", identity_of(catalogue.root, catalogue.tier))
    connection.execute("COMMIT")
    return connection


def _write_all(
    catalogue: Catalogue, connection: sqlite3.Connection, registry: Registry, kind: Kind, told: Told
) -> None:
    layout, codes = Layout(kind), codes_of(connection)
    paths = [str(path) for path in registry.paths(kind)]
    rows_in = partial(_rows_in, registry, layout, codes, catalogue.tier)
    writer, seen, root = Writer(connection, layout, codes), set(), f"{registry.root}/"
    for at, (path, rows) in enumerate(zip(paths, each_of(rows_in, paths, WORTH_SHARING), strict=True)):
        told(at, len(paths))
        id, shown = os.path.basename(path).removesuffix(ENDING), path.removeprefix(root)
        if rows is None or id in seen:
            leave_out(connection, kind.id, shown)
        else:
            seen.add(id)
            writer.add(id, shown, rows)
    writer.finish()


def _rows_in(registry: Registry, layout: Layout, codes: Mapping, tier: Tier, path: str) -> Rows | None:
    """Return the rows of the record in a file, None where it holds none."""
    found = registry.try_load(layout.kind, path)
    return rows_of(layout, codes, cut(layout.kind, found.document, tier)) if isinstance(found, Record) else None


def _compiled(registry: Registry) -> dict[str, bytes]:
    """Return what an index keeps so that no settings, schema or list of places is read again."""
    loaded = registry.loaded_kinds
    kinds = {f"kind:{id}": kind_written(one.kind) for id, one in loaded.items()}
    folders = orjson.dumps({id: one.kind.folder for id, one in loaded.items()})
    return {
        **kinds,
        "folders": folders,
        "settings": settings_written(registry.settings),
        "places": _or_fault(lambda: places_written(read_places(registry.root))),
        "ways": _or_fault(lambda: ways_written(read_ways(registry.root))),
        **{f"schema:{id}": orjson.dumps(one.schema) for id, one in loaded.items()},
        "words": _digest(list(one.words.values()) for one in _vocabularies(registry).values()),
    }


def _or_fault(read) -> bytes:
    """Return what is read, or why it cannot be: that is nobody's concern before it is needed."""
    try:
        return read()
    except CapregError as error:
        return FAULT + error.sentence.encode()


def _digest(values: Iterable) -> bytes:
    return hashlib.sha256(orjson.dumps(list(values), default=list)).digest()


def _vocabularies(registry: Registry) -> dict[str, Vocabulary]:
    """Return all vocabularies that any kind's fields take their words from; raises SchemaError for one that is refused."""
    names = (field.search.words for loaded in registry.loaded_kinds.values() for field in loaded.kind.worded)
    return {name: registry.vocabularies[name] for name in dict.fromkeys(names)}


def _write_known(connection: sqlite3.Connection, known: Mapping[str, bytes], inputs: bytes) -> None:
    for name, value in {**known, "inputs": inputs}.items():
        set_meta(connection, name, value)


def renew_known(catalogue: Catalogue, connection: sqlite3.Connection) -> None:
    """Read again what an index keeps of the settings and the places, after one of the files behind it changed.

    Raises:
        UnusableIndexError: the schemas or the vocabularies have changed, so that the index must be made anew.
    """
    inputs = inputs_of(catalogue.root)
    known = _compiled(Registry(Path(catalogue.root)))
    if any(meta(connection, name) != value for name, value in known.items() if name not in RENEWABLE):
        connection.close()
        raise UnusableIndexError
    with transaction(connection):
        _write_known(connection, known, inputs)


def differing(catalogue: Catalogue) -> int:
    """Return how many files have changed since the index last looked at each of them."""
    now = catalogue.look(catalogue.connection, thorough=True)
    return sum(len(files) for files in now.files.values())


def holdings(catalogue: Catalogue) -> list[Holding]:
    """Return how much of each kind an index holds."""
    kinds = [catalogue.kind(id) for id in catalogue.folders]
    return [Holding(one.id, _count(catalogue, one), catalogue.left_out(one)) for one in kinds]


def _count(catalogue: Catalogue, kind: Kind) -> int:
    asked = f"SELECT count(*) FROM {catalogue.layout(kind).name}"
    return catalogue.connection.execute(asked).fetchone()[0]
