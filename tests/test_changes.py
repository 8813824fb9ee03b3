"""The history of a registry's records: every change that capreg makes is noted before it is made."""

import json

import pytest
from conftest import firm

from capreg.model.record import Record
from capreg.store.changes import changing, history
from capreg.store.records import BrokenRecordError
from capreg.store.registry import Registry


@pytest.fixture
def registry(empty):
    """An empty registry, opened."""
    return Registry(empty)


def put(registry, document, before=None):
    kind = registry.kind("firm")
    with changing(registry) as changes:
        changes.put(kind, Record(document["id"], document), before)


def test_a_change_notes_what_stood_there_before(registry):
    put(registry, firm())
    put(registry, firm(name="Rossi S.p.A."), firm())
    kind = registry.kind("firm")
    with changing(registry) as changes:
        changes.remove(kind, registry.get(kind, "rossi"))
    found = list(history(registry))
    assert [(one.kind, one.id, one.file) for one in found] == [("firm", "rossi", "firms/rossi.json")] * 3
    assert [one.before and one.before["name"] for one in found] == [None, "Rossi", "Rossi S.p.A."]
    assert not (registry.root / "firms" / "rossi.json").exists()


def test_what_is_refused_is_not_noted(registry):
    with pytest.raises(BrokenRecordError):
        put(registry, firm(founded="long ago"))
    assert list(history(registry)) == []


def test_a_line_that_a_crash_left_half_written_hides_nothing(registry):
    put(registry, firm(capabilities=[{"id": "mill", "process": "milling", "materials": ["steel"]}]))
    (path,) = (registry.root / "history").iterdir()
    line = path.read_bytes()
    for end in range(1, len(line) - 1):
        path.write_bytes(line + line[:end] + b"\n" + line)
        assert [one.after["id"] for one in history(registry)] == ["rossi"] * 2, line[:end]
    path.write_bytes(line + b'{"at": "2026-')
    put(registry, firm("bianchi"))
    assert [one.id for one in history(registry)] == ["rossi", "bianchi"]


def test_a_change_notes_what_stands_there_after_it(registry):
    put(registry, firm(founded=1987, languages=["it"]))
    put(registry, firm(founded=1988), firm(founded=1987, languages=["it"]))
    kind = registry.kind("firm")
    with changing(registry) as changes:
        changes.remove(kind, registry.get(kind, "rossi"))
    found = list(history(registry))
    assert [one.after for one in found] == [firm(founded=1987, languages=["it"]), firm(founded=1988), None]


def test_an_import_is_noted_record_by_record(empty, tmp_path, capreg):
    (tmp_path / "list.csv").write_text("no,firm,town,country\nn1,Neri,Modena,IT\nn2,Verdi,Parma,IT\n")
    site = {"id": {"value": "main"}, "address": {"locality": "town", "country": "country"}}
    mapping = {"kind": "firm", "key": ["no"], "id": ["no"], "record": {"name": "firm", "sites": [site]}}
    (tmp_path / "mapping.json").write_text(json.dumps(mapping))
    for expected in (["n1", "n2"], ["n1", "n2"]):
        assert capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.json").code == 0
        assert [one.id for one in history(Registry(empty))] == expected
