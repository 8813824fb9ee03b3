"""Files: read strictly, written whole, and the same after a round trip."""

import json
import os
import subprocess
import sys

import orjson
import pytest
from conftest import firm
from hypothesis import given, settings
from hypothesis import strategies as st

from capreg.model.record import Record
from capreg.store import strict
from capreg.store.files import canonical, write_whole
from capreg.store.registry import Registry

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
DOCUMENTS = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXT, below, max_size=4), max_leaves=20
)


@given(DOCUMENTS)
@settings(deadline=None)
def test_what_is_written_is_read_again(document):
    assert strict.read(canonical(document)) == document


@given(DOCUMENTS)
@settings(deadline=None)
def test_the_slow_reader_agrees_with_the_standard_library(document):
    text = json.dumps(document, indent=1)
    assert strict.locate(text.encode()).value == json.loads(text)


@given(st.binary(max_size=60) | DOCUMENTS.map(lambda one: json.dumps(one).encode()[:-1] + b"}"))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused_with_a_place(data):
    try:
        strict.read(data)
    except strict.DocumentError as error:
        assert error.line >= 1 and error.column >= 1 and error.fault


@given(DOCUMENTS, st.sampled_from([" ", "\n", "\t"]))
@settings(deadline=None)
def test_both_readers_read_the_same_whatever_the_layout(document, blank):
    text = json.dumps(document, ensure_ascii=False, separators=(f",{blank}", f":{blank}"))
    assert strict.read(text.encode()) == strict.locate(text.encode()).value == orjson.loads(text)


def test_data_of_the_hubs_own_survives_a_round_trip(empty):
    registry, own = Registry(empty), {"anything": {"at": ["all", 1, None]}}
    kind = registry.kind("firm")
    registry.put(kind, Record("rossi", firm(extension=own)))
    assert registry.get(kind, "rossi").document["extension"] == own


def test_a_record_lies_in_any_sub_folder(empty, capreg):
    (empty / "firms" / "north" / "deep").mkdir(parents=True)
    (empty / "firms" / "north" / "deep" / "rossi.json").write_text(json.dumps(firm()))
    assert capreg("-R", empty, "search", "-O", "json").ids == ["rossi"]
    assert capreg("-R", empty, "show", "rossi").code == 0


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_failing_disk_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, call):
    path = tmp_path / "file.json"
    write_whole(path, b"old")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, call, fail)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("file.json", b"old")]


def test_a_read_only_registry_can_be_searched(sample, capreg):
    for path in sorted(sample.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert capreg("-R", sample, "search", "process:hard-anodising", "-O", "json").code == 0


def test_init_keeps_the_office_and_keys_out_of_git(sample, capreg):
    git = ["git", "-C", str(sample), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run([*git, "init", "-q"], check=True)
    capreg("-R", sample, "client", "add", "nordwerk")
    (sample / "hub.key").write_text("secret")
    subprocess.run([*git, "add", "-A"], check=True)
    listed = subprocess.run([*git, "ls-files"], check=True, capture_output=True, text=True).stdout
    assert "office" not in listed and "hub.key" not in listed and "registry.json" in listed


def test_check_reports_what_git_tracks_although_it_is_secret(sample, capreg):
    git = ["git", "-C", str(sample)]
    subprocess.run([*git, "init", "-q"], check=True)
    capreg("-R", sample, "client", "add", "nordwerk")
    subprocess.run([*git, "add", "-f", "office/office.json"], check=True)
    done = capreg("-R", sample, "check")
    assert done.code == 4 and done.out.startswith("office/office.json:1:1 git tracks this file")


def test_what_stands_in_for_a_library_while_another_loads_hides_it_from_nobody():
    program = (
        "import sys\n"
        "from capreg.store import validators\n"
        "assert 'email.utils' not in sys.modules\n"
        "sys.modules['email.utils'] = validators._Later('email.utils')\n"
        "assert sys.modules['email.utils'].parsedate_to_datetime('Tue, 27 Oct 2026 10:17:51 +0000') is None\n"
        "assert sys.modules['email.utils'].parseaddr('Anna <anna@firm.example>') == ('Anna', 'anna@firm.example')\n"
        "from email.utils import parsedate_to_datetime\n"
        "assert parsedate_to_datetime('Tue, 27 Oct 2026 10:17:51 +0000').year == 2026\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
