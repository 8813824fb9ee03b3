"""Making a bundle: what of a registry goes in, cut to its tier, and the signed file that holds it."""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from capreg.exchange import archive, header
from capreg.exchange.archive import PIECE
from capreg.exchange.header import BYTES, Header
from capreg.index.bundling import Selected, make_index
from capreg.model.annotations import read_kind
from capreg.model.kinds import Field, Kind, Tier
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary, Word
from capreg.store.files import canonical
from capreg.store.registry import Registry
from capreg.store.rotation import FILE as ROTATIONS

DESCRIPTOR, INDEX, PAGE = "datapackage.json", "index.sqlite", "index.html"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FORMATS = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "jsonl": "application/x-ndjson",
    "sqlite": "application/vnd.sqlite3",
    "html": "text/html",
    "age": "application/octet-stream",
}
Told = Callable[[int, int], None]
Sign = Callable[[bytes], str]
Page = Callable[[list[Kind], "Lines", Mapping[str, Vocabulary]], bytes | None]


class Bundling(Value):
    """What a bundle is to be made of.

    Args:
        selected: the ids of each kind, None for all of them.
        stamp: a header without length and hash, which follow from the content.
        rotations: the hub's changes of key, as its office keeps them; nothing where there were none.
        sealed: names and contents of the sealed parts.
        page: makes the page that searches what is in the bundle from its kinds, records and words; it may make none.
    """

    registry: Registry
    selected: Mapping[str, Container[str] | None]
    stamp: Header
    rotations: bytes
    sealed: Iterable[tuple[str, bytes]]
    page: Page


class Made(Value):
    """A bundle that was written: its header, the block that holds it, how many records it has, how many files had none."""

    header: Header
    block: bytes
    counts: Mapping[str, int]
    unused: int


def write_bundle(what: Bundling, draft: Path, room: Path, sign: Sign, told: Told) -> Made:
    """Write a bundle into a new file.

    Args:
        room: an empty folder for what is made on the way.
        sign: makes the hub's signature of bytes, in base64.
        told: is told how many records were read, of how many.

    Raises:
        SchemaError, InvalidFileError: the registry cannot be bundled as it is.
        TooLargeError: it is more than a plain zip can hold.
        OSError: the disk refused.
    """
    schemas = {id: open_schema(what.registry, id) for id in what.selected}
    selected = {id: Selected(read_kind(id, schemas[id]), ids) for id, ids in what.selected.items()}
    words = _vocabularies(what.registry, [one.kind for one in selected.values()])
    lines = Lines(room, selected)
    try:
        unused = make_index(room / INDEX, what.registry, selected, words, lines.keep, told)
    finally:
        lines.close()
    files = {INDEX: room / INDEX, **lines.paths}
    files |= _written(room, {f"schemas/{id}.schema.json": canonical(one) for id, one in schemas.items()})
    files |= _written(room, {f"schemas/vocabularies/{name}.json": _words(one) for name, one in words.items()})
    files |= _written(room, {ROTATIONS: what.rotations} if what.rotations else {})
    files |= _written(room, what.sealed)
    page = what.page([one.kind for one in selected.values()], lines, words)
    files |= _written(room, {PAGE: page} if page is not None else {})
    files |= _written(room, {DESCRIPTOR: _descriptor(what.stamp, files)})
    with draft.open("xb") as file:
        file.write(b" " * BYTES)
        archive.write(((name, partial(_pieces, files[name])) for name in sorted(files)), file)
        finished, block = _signed(what.stamp, draft, file, sign)
    return Made(finished, block, lines.counts, unused)


def _signed(stamp: Header, draft: Path, file: IO[bytes], sign: Sign) -> tuple[Header, bytes]:
    """Put the header before an archive that was written, on the disk when this returns."""
    file.flush()
    digest = sha256()
    with draft.open("rb") as content:
        content.seek(BYTES)
        while piece := content.read(PIECE):
            digest.update(piece)
    finished = stamp._replace(length=file.tell() - BYTES, sha256=digest.hexdigest())
    block = header.written(finished, sign)
    file.seek(0)
    file.write(block)
    file.flush()
    os.fsync(file.fileno())
    return finished, block


def open_schema(registry: Registry, id: str) -> dict[str, Any]:
    """Return the schema of a kind without the fields that are confidential: not even their names leave the hub."""
    loaded = registry.loaded(id)
    return _opened(loaded.schema, loaded.kind.root)


def _opened(schema: Mapping[str, Any], at: Field) -> dict[str, Any]:
    found = dict(schema)
    if at.properties:
        known = schema["properties"]
        kept = {key: one for key, one in at.properties.items() if one.openness < Tier.confidential}
        found["properties"] = {key: _opened(known[key], one) for key, one in kept.items()}
        found["required"] = [key for key in schema.get("required", ()) if key in kept]
    if at.items:
        found["items"] = _opened(schema["items"], at.items)
    if at.properties or at.items:
        found.pop("examples", None)
    return found


def _vocabularies(registry: Registry, kinds: Iterable[Kind]) -> dict[str, Vocabulary]:
    names = dict.fromkeys(field.search.words for kind in kinds for field in kind.worded)
    return {name: registry.vocabularies[name] for name in names}


def _words(vocabulary: Vocabulary) -> bytes:
    return canonical({"words": [_word(one) for one in vocabulary.words.values()]})


def _word(word: Word) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in word._asdict().items() if value}


class Lines:
    """The records of a bundle, a file of lines for each kind, written while the index is made."""

    def __init__(self, room: Path, kinds: Iterable[str]) -> None:
        self.paths = {f"data/{id}.ndjson": room / "data" / f"{id}.ndjson" for id in kinds}
        self.counts = dict.fromkeys(kinds, 0)
        (room / "data").mkdir()
        self._files = {name: path.open("xb") for name, path in self.paths.items()}

    def keep(self, kind: Kind, id: str, document: bytes) -> None:
        """Write one record."""
        self._files[f"data/{kind.id}.ndjson"].write(document + b"\n")
        self.counts[kind.id] += 1

    def close(self) -> None:
        """Write what waits."""
        for file in self._files.values():
            file.close()

    def records(self) -> dict[str, list]:
        """Return all records, by the name of their kind."""
        return {
            path.stem: [orjson.loads(line) for line in path.read_bytes().splitlines()] for path in self.paths.values()
        }


def _written(room: Path, contents: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> dict[str, Path]:
    """Write small files, and return where they lie."""
    paths = {}
    for name, content in contents.items() if isinstance(contents, Mapping) else contents:
        paths[name] = room / name
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_bytes(content)
    return paths


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _descriptor(stamp: Header, files: Mapping[str, Path]) -> bytes:
    """Return the descriptor (Data Package, version 2) of all files beside it."""
    return canonical(
        {
            "$schema": PROFILE,
            "name": "capreg-bundle",
            "title": stamp.hub,
            "description": f"The {stamp.tier} tier of {', '.join(stamp.kinds)}, selected by: {stamp.query or 'everything'}",
            "version": str(stamp.version),
            "created": f"{stamp.created}T00:00:00Z",
            "resources": [_resource(name, files[name]) for name in sorted(files)],
        }
    )


def _resource(name: str, path: Path) -> dict[str, Any]:
    format = name.rpartition(".")[2]
    digest = sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return {
        "name": name.replace("/", "-"),
        "path": name,
        # Of frictionless: a file as it is, and no table, whatever its ending.
        "type": "file",
        "format": format,
        "mediatype": FORMATS[format],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest.hexdigest()}",
    }
