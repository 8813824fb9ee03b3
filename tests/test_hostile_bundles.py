"""Bundles that the hub's own key signed, and that are meant to do harm: each is refused, and nothing comes of it."""

import io
import json
import sqlite3
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import ROOT
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from test_bundles import bundled, refused

from capreg.exchange.header import BYTES, proved, written
from capreg.store.signing import public, signature

MEGABYTES = 200


@pytest.fixture
def signed(empty, capreg, tmp_path):
    """Make a bundle, validly signed by the hub, of any content: `signed(payload)` -> file; `signed.good` is an honest one."""
    good = bundled(capreg, empty, tmp_path / "good.capreg")
    key = load_pem_private_key((empty / "office" / "keys" / "hub.key").read_bytes(), None)
    honest = proved(good.read_bytes()[:BYTES], "good")

    def make(payload: bytes) -> Path:
        (tmp_path / "hostile.capreg").write_bytes(with_header(honest, payload, key))
        return tmp_path / "hostile.capreg"

    make.good = good
    return make


def with_header(said, payload, key) -> bytes:
    """A bundle of any content, whose header says the same as another's and is signed by a key."""
    said = said._replace(key=public(key), length=len(payload), sha256=sha256(payload).hexdigest())
    return written(said, lambda data: signature(key, data)) + payload


def files_in(bundle) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files, method=zipfile.ZIP_STORED, **rights) -> bytes:
    """An archive as Python's zipfile writes it, in capreg's form but for what is asked."""
    file = io.BytesIO(b" " * BYTES)
    file.seek(BYTES)
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name)
            entry.create_version, entry.extract_version, entry.compress_type = 10, 10, method
            entry.external_attr = rights.get("mode", 0o100644) << 16
            archive.writestr(entry, content)
    return file.getvalue()[BYTES:]


def payload(signed) -> bytes:
    return signed.good.read_bytes()[BYTES:]


def with_file(name, content=b"{}", **rest):
    return lambda signed: packed(sorted({**files_in(signed.good), name: content}.items()), **rest)


def with_index(content):
    return lambda signed: repacked(
        {**files_in(signed.good), "index.sqlite": content(files_in(signed.good)["index.sqlite"])}
    )


def repacked(files) -> bytes:
    return packed(sorted(files.items()))


def changed_index(*statements):
    """An index in which statements were run, its own account of its tables kept right."""

    def change(content: bytes) -> bytes:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(content)
        for statement in statements:
            connection.execute(statement)
        (made,) = connection.execute("SELECT group_concat(sql, ';') FROM sqlite_schema").fetchone()
        connection.execute("UPDATE meta SET value = ? WHERE name = 'shape'", (zlib.crc32(made.encode()),))
        connection.commit()
        return connection.serialize()

    return change


def first_local(signed, at, value):
    """The honest archive with one byte of its first local header changed."""
    content = bytearray(payload(signed))
    content[at] = value
    return bytes(content)


def with_another_end(signed):
    content = payload(signed)
    return content[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, BYTES, 0)


def doubled(signed):
    files = sorted(files_in(signed.good).items())
    return packed([files[0], *files])


HOSTILE = {
    "a path that climbs": with_file("../climbed.json"),
    "a path that climbs within": with_file("data/../../climbed.json"),
    "a path from the root": with_file("/tmp/from-the-root.json"),
    "a path with a drive": with_file("C:climbed.json"),
    "a path with a backslash": with_file("data\\..\\..\\climbed.json"),
    "a hidden file": with_file(".bashrc"),
    "a name that no bundle has": with_file("data/run.sh"),
    "a name beyond ASCII": with_file("data/fi\u0455m.ndjson"),
    "more changes of key than are read": with_file("rotations.jsonl", bytes((1 << 20) + 1)),
    "a folder": with_file("data/", b""),
    "a very long name": with_file("data/" + "a" * 60_000 + ".ndjson"),
    "a symbolic link": with_file("index.html", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
    "rights to run": with_file("index.html", b"x", mode=0o100755),
    "a double": doubled,
    "a case clash": with_file("INDEX.HTML"),
    "out of order": lambda signed: packed(reversed(sorted(files_in(signed.good).items()))),
    "compressed": with_file("index.html", b"x" * 1000, method=zipfile.ZIP_DEFLATED),
    "a bomb": with_file("index.html", bytes(300_000_000), method=zipfile.ZIP_DEFLATED),
    "a local header with another name": lambda signed: first_local(signed, 30, ord("e")),
    "a local header with another length": lambda signed: first_local(signed, 22, 1),
    "a local header with a length beyond the end": lambda signed: first_local(signed, 25, 255),
    "a local header with another time": lambda signed: first_local(signed, 10, 1),
    "a local header that says it is encrypted": lambda signed: first_local(signed, 6, 1),
    "a directory that names nothing": with_another_end,
    "a directory that is not there": lambda signed: payload(signed)[:-22],
    "something between": lambda signed: b"\0" * 100 + payload(signed),
    "something behind": lambda signed: payload(signed) + b"\0" * 100,
    "a comment": lambda signed: payload(signed)[:-2] + b"\x05\x00hello",
    "no archive": lambda signed: bytes(1000),
    "text": lambda signed: b"{}",
}
INDEXES = {
    "no index": lambda signed: repacked({k: v for k, v in files_in(signed.good).items() if k != "index.sqlite"}),
    "an empty index": with_index(lambda content: b""),
    "an index that is none": with_index(lambda content: b"SQLite format 3\0" + b"x" * 5000),
    "an index cut": with_index(lambda content: content[: len(content) // 2]),
    "an index with a trigger": with_index(
        changed_index("CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM meta; END")
    ),
    "an index with a view": with_index(changed_index("CREATE VIEW v AS SELECT load_extension('x')")),
    "an index without a table": with_index(changed_index("DROP TABLE spelling")),
    "an index of no kinds that hold": with_index(
        changed_index("UPDATE meta SET value = '{}' WHERE name LIKE 'kind:%'")
    ),
    "an index with settings that are none": with_index(
        changed_index("UPDATE meta SET value = '[' WHERE name = 'settings'")
    ),
    "an index of a folder": with_index(changed_index("UPDATE meta SET value = 'x' WHERE name = 'identity'")),
    "an index that knows nothing": with_index(changed_index("DELETE FROM meta")),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_is_refused(signed, capreg, tmp_path, what):
    bundle = signed(HOSTILE[what](signed))
    refused(capreg, bundle)
    assert capreg("diff", signed.good, bundle).code == 7
    assert not list(tmp_path.parent.glob("climbed*"))
    assert not Path("/tmp/from-the-root.json").exists()


@pytest.mark.parametrize("what", INDEXES)
def test_a_hostile_index_is_refused(signed, capreg, what):
    bundle = signed(INDEXES[what](signed))
    done = capreg("-R", bundle, "search", "process:milling")
    assert (done.code, done.out) == (7, ""), done.err
    assert capreg("bundle", "open", bundle).code == 7
    assert capreg("diff", signed.good, bundle).code == 7


def test_an_honest_archive_made_by_another_hand_is_taken(signed, capreg):
    bundle = signed(repacked(files_in(signed.good)))
    assert capreg("bundle", "verify", bundle).code == 0
    assert capreg("-R", bundle, "search", "process:milling").code == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["resources"][0].update(hash="sha256:" + "0" * 64),
        lambda said: said["resources"][0].update(bytes=1),
        lambda said: said["resources"].pop(),
        lambda said: said["resources"].append({"path": "sealed/x", "hash": "", "bytes": 0}),
        lambda said: said.clear(),
    ],
)
def test_a_descriptor_that_lies_is_found_by_verify(signed, capreg, change):
    files = files_in(signed.good)
    said = json.loads(files["datapackage.json"])
    change(said)
    done = capreg("bundle", "verify", signed(repacked({**files, "datapackage.json": json.dumps(said).encode()})))
    assert (done.code, done.out) == (7, "")


def test_a_card_that_is_garbled_in_the_index_is_refused_when_it_is_shown(hub_index, capreg):
    for command in (("-R", hub_index, "show", "officine-savena"), ("diff", hub_index, hub_index)):
        done = capreg(*command)
        assert (done.code, done.out) == (7, ""), done.err


@pytest.fixture
def hub_index(sample, capreg, tmp_path):
    """A bundle whose index holds a card with a wrong checksum, signed by the hub."""
    good = bundled(capreg, sample, tmp_path / "good.capreg")
    key = load_pem_private_key((sample / "office" / "keys" / "hub.key").read_bytes(), None)
    files = files_in(good)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(files["index.sqlite"])
    (card,) = connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%firm%card%'").fetchone()
    connection.execute(f'UPDATE "{card}" SET check_sum = 1')
    connection.commit()
    content = repacked({**files, "index.sqlite": connection.serialize()})
    good.write_bytes(with_header(proved(good.read_bytes()[:BYTES], ""), content, key))
    return good


def test_a_bomb_takes_neither_memory_nor_time(signed):
    bundle = signed(HOSTILE["a bomb"](signed))
    command = [sys.executable, "-m", "capreg", "bundle", "open", str(bundle)]
    refusing = f"import subprocess, sys; sys.exit(subprocess.run({command!r}).returncode != 7)"
    peak = [sys.executable, "-I", "-S", ROOT / "benchmarks" / "peak.py", sys.executable, "-c", refusing]
    done = subprocess.run(peak, capture_output=True, text=True, timeout=10, check=True, cwd=ROOT)
    assert int(done.stdout) < MEGABYTES * 1_000_000
