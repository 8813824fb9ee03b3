"""Making the index of a bundle from the records of a registry, each cut to the short tier before anything is made of it."""

import os
from collections.abc import Callable, Container, Mapping
from functools import partial
from pathlib import Path

from capreg.index.bundled import PAGE_BYTES, settle
from capreg.index.compiled import kind_written, places_written, settings_written, ways_written
from capreg.index.database import connected, create
from capreg.index.layout import Layout
from capreg.index.making import WORTH_SHARING
from capreg.index.refreshing import order_of
from capreg.index.rows import Rows, rows_of
from capreg.index.words import codes_of, write_words
from capreg.index.writing import Writer
from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record, cut
from capreg.model.settings import Settings
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary
from capreg.store.hub_places import read_places, read_ways
from capreg.store.parallel import each_of
from capreg.store.registry import Registry

Told = Callable[[int, int], None]
Keep = Callable[[Kind, str, bytes], None]


class Selected(Value):
    """A kind as a bundle knows it, without what is confidential, and the ids that were selected, None for all."""

    kind: Kind
    ids: Container[str] | None


def make_index(
    path: Path,
    registry: Registry,
    selected: Mapping[str, Selected],
    words: Mapping[str, Vocabulary],
    keep: Keep,
    told: Told,
) -> int:
    """Write the index of a bundle into a new file, and return how many files hold no record that could be used.

    Args:
        selected: what of each kind goes into the bundle.
        words: the vocabularies that these kinds take their words from.
        keep: is given each record that goes in: its kind, its id, and its short tier as JSON, in the order of the ids.
        told: is told how many files were read, of how many.
    """
    connection = connected(str(path))
    for pragma in (f"page_size={PAGE_BYTES}", "journal_mode=OFF", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    kinds = {id: one.kind for id, one in selected.items()}
    create(connection, map(Layout, kinds.values()))
    write_words(connection, words)
    unused = sum(_write_kind(connection, registry, one, keep, told) for one in selected.values())
    settle(connection, kinds, _known(registry, kinds))
    connection.execute("COMMIT")
    connection.close()
    return unused


def _write_kind(connection, registry: Registry, selected: Selected, keep: Keep, told: Told) -> int:
    kind, root = registry.kind(selected.kind.id), str(registry.root)
    layout, codes = Layout(selected.kind), codes_of(connection)
    every = [str(one) for one in registry.paths(kind)]
    paths = [one for one in every if selected.ids is None or _id(one) in selected.ids]
    paths.sort(key=lambda path: (_id(path), order_of(os.path.relpath(path, root))))
    rows_in = partial(_rows_in, registry, kind, layout, codes)
    writer, last, unused = Writer(connection, layout, codes), None, 0
    for at, (path, rows) in enumerate(zip(paths, each_of(rows_in, paths, WORTH_SHARING), strict=True)):
        told(at, len(paths))
        if rows is None or _id(path) == last:
            unused += 1
            continue
        last = _id(path)
        writer.add(last, f"{kind.folder}/{last}.json", rows)
        keep(kind, last, rows.card)
    writer.finish()
    return unused


def _id(path: str) -> str:
    return os.path.basename(path).removesuffix(".json")


def _rows_in(registry: Registry, kind: Kind, layout: Layout, codes: Mapping, path: str) -> Rows | None:
    """Return the rows of the record in a file, cut by the whole schema of its kind; None where it holds none."""
    found = registry.try_load(kind, Path(path))
    return rows_of(layout, codes, cut(kind, found.document, Tier.short)) if isinstance(found, Record) else None


def _known(registry: Registry, kinds: Mapping[str, Kind]) -> dict[str, bytes]:
    """Return what the index of a bundle knows beside the records; of the settings, nothing about money."""
    own = registry.settings
    settings = Settings(
        own.hub,
        own.time_zone,
        own.currency,
        own.languages,
        {"profiles": {}},
        "0",
        own.entitlement,
        own.country,
        own.travel,
    )
    return {
        **{f"kind:{id}": kind_written(kind) for id, kind in kinds.items()},
        "settings": settings_written(settings),
        "places": places_written(read_places(registry.root)),
        "ways": ways_written(read_ways(registry.root)),
    }
