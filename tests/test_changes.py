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
    put(registry, firm())
    (path,) = (registry.root / "history").iterdir()
    path.write_bytes(path.read_bytes() + b'{"at": "2026-')
    put(registry, firm("bianchi"))
    assert [one.id for one in history(registry)] == ["rossi", "bianchi"]


def test_an_import_is_noted_record_by_record(empty, tmp_path, capreg):
    (tmp_path / "list.csv").write_text("no,firm,town,country\nn1,Neri,Modena,IT\nn2,Verdi,Parma,IT\n")
    site = {"id": {"value": "main"}, "address": {"locality": "town", "country": "country"}}
    mapping = {"kind": "firm", "key": ["no"], "id": ["no"], "record": {"name": "firm", "sites": [site]}}
    (tmp_path / "mapping.json").write_text(json.dumps(mapping))
    for expected in (["n1", "n2"], ["n1", "n2"]):
        assert capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.json").code == 0
        assert [one.id for one in history(Registry(empty))] == expected
