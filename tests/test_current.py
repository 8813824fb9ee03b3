"""The index is current: whatever changed the files, the next search knows, and reads again only what changed."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import firm, write_record

from capreg.cli.main import main
from capreg.index import catalogue, making, refreshing
from capreg.store.files import canonical

MILL = {"capabilities": [{"id": "a", "process": "milling", "materials": ["steel"]}]}
TURN = {"capabilities": [{"id": "a", "process": "turning", "materials": ["steel"]}]}


@pytest.fixture
def hub(empty, capreg) -> Path:
    """A registry of two firms that mill and one that turns, with an index that has settled."""
    for id, work in (("alba", MILL), ("bora", MILL), ("ceva", TURN)):
        write_record(empty, firm(id, **work))
    settle(empty)
    capreg("-R", empty, "search")
    return empty


assert making, "loaded here, since somebody else may not be able to"


def settle(registry: Path) -> None:
    """Let the files grow older than what the index takes for too fresh to be trusted."""
    time.sleep(0.15)


@pytest.fixture
def milling(capreg):
    """The ids of the firms of a registry that mill."""
    return lambda registry: capreg("-R", registry, "search", "process:milling", "-O", "json").ids


@pytest.fixture
def read_again(monkeypatch) -> list[str]:
    """The files that are read again to bring an index up to date."""
    found, load = [], refreshing.load_record
    monkeypatch.setattr(refreshing, "load_record", lambda *of: found.append(Path(of[-1]).name) or load(*of))
    return found


def in_place(registry: Path, id: str, **rest) -> None:
    """Write into a file that is there, as an editor does that does not replace it."""
    path = registry / "firms" / f"{id}.json"
    with path.open("r+b") as file:
        file.write(canonical(firm(id, **rest)))
        file.truncate()


def replaced(registry: Path, id: str, **rest) -> None:
    """Put another file in a file's place, as git does."""
    path = registry / "firms" / f"{id}.json"
    path.with_suffix(".new").write_bytes(canonical(firm(id, **rest)))
    path.with_suffix(".new").replace(path)


CHANGES = {
    "a new firm": (lambda hub: write_record(hub, firm("dora", **MILL)), ["alba", "bora", "dora"], ["dora.json"]),
    "one that is gone": (lambda hub: (hub / "firms/alba.json").unlink(), ["bora"], []),
    "one edited in place": (lambda hub: in_place(hub, "ceva", **MILL), ["alba", "bora", "ceva"], ["ceva.json"]),
    "one replaced": (lambda hub: replaced(hub, "bora", **TURN), ["alba"], ["bora.json"]),
    "one moved": (
        lambda hub: (hub / "firms/sub").mkdir() or (hub / "firms/bora.json").rename(hub / "firms/sub/bora.json"),
        ["alba", "bora"],
        ["bora.json"],
    ),
    "one broken": (lambda hub: (hub / "firms/alba.json").write_text("{"), ["bora"], ["alba.json"]),
    "nothing": (lambda hub: None, ["alba", "bora"], []),
    "one touched": (lambda hub: os.utime(hub / "firms/alba.json"), ["alba", "bora"], ["alba.json"]),
}


@pytest.mark.parametrize(("change", "expected", "read"), CHANGES.values(), ids=CHANGES)
def test_the_next_search_knows_and_only_what_changed_is_read_again(hub, milling, read_again, change, expected, read):
    change(hub)
    settle(hub)
    assert milling(hub) == expected
    assert read_again == read
    assert milling(hub) == expected
    assert read_again == read


def test_a_file_that_is_changed_twice_in_a_moment_is_seen_both_times(hub, milling):
    for work, expected in (
        (MILL, ["alba", "bora", "ceva"]),
        (TURN, ["alba", "bora"]),
        (MILL, ["alba", "bora", "ceva"]),
    ):
        in_place(hub, "ceva", **work)
        assert milling(hub) == expected


def test_a_mended_file_is_found_again(hub, milling):
    good = (hub / "firms/alba.json").read_bytes()
    (hub / "firms/alba.json").write_text("{")
    assert milling(hub) == ["bora"]
    (hub / "firms/alba.json").write_bytes(good)
    assert milling(hub) == ["alba", "bora"]


def test_of_files_that_claim_one_id_the_first_that_holds_a_record_has_it(hub, capreg):
    def named() -> list[str]:
        return [one["name"] for one in capreg("-R", hub, "search", "process:milling", "-O", "json").json["results"]]

    (hub / "firms/sub").mkdir()
    (hub / "firms/sub/alba.json").write_bytes(canonical(firm("alba", **MILL) | {"name": "Second"}))
    assert named() == ["Alba", "Bora"]
    (hub / "firms/alba.json").rename(hub / "kept.json")
    assert named() == ["Bora", "Second"]
    (hub / "kept.json").rename(hub / "firms/alba.json")
    assert named() == ["Alba", "Bora"]


def test_a_folder_of_records_that_goes_and_comes_back_is_noticed(hub, milling):
    (hub / "firms").rename(hub / "aside")
    assert milling(hub) == []
    (hub / "aside").rename(hub / "firms")
    assert milling(hub) == ["alba", "bora"]


def searched(name: str, type: str, meaning: str) -> dict:
    """Return the schema of an open field that is searched."""
    note = {"label": {"en": name, "it": name}, "tier": "short", "search": {"name": name, "as": meaning}}
    return {"type": type, "capreg": note}


def test_a_new_field_a_new_word_and_other_settings_are_known_at_once(hub, capreg):
    schemas = hub / "schemas"
    (schemas / "vocabularies").mkdir(parents=True)
    word = {"id": "zorbing", "label": {"en": "Zorbing", "it": "Zorbatura"}, "broader": "milling"}
    (schemas / "vocabularies/processes.json").write_text(json.dumps({"words": [word]}))
    in_place(hub, "ceva", capabilities=[{"id": "a", "process": "zorbing"}])
    assert capreg("-R", hub, "search", "process:zorbatura", "-O", "json").ids == ["ceva"]
    field = searched("green", "boolean", "exact")
    (schemas / "firm.schema.json").write_text(json.dumps({"properties": {"green": field}}))
    in_place(hub, "bora", green=True)
    assert capreg("-R", hub, "search", "green:yes", "-O", "json").ids == ["bora"]
    settings = json.loads((hub / "registry.json").read_text())
    (hub / "registry.json").write_text(json.dumps(settings | {"languages": ["it"]}))
    assert "Nessuna" in capreg("-R", hub, "search", "green:no", "-O", "table").out


def test_a_kind_may_be_called_by_any_word_whatever_it_means_to_the_index(hub, capreg):
    (hub / "schemas").mkdir(exist_ok=True)
    for kind in ("order", "meta", "firm_wide", "index", "k"):
        said = {"folder": f"{kind}s", "label": {"en": kind, "it": kind}, "title": "name", "columns": ["name"]}
        name = searched("name", "string", "text")
        open_to_all = {"capreg": {"tier": "short", "label": {"en": "-", "it": "-"}}}
        properties = {"kind": {"const": kind, **open_to_all}, "id": {"type": "string", **open_to_all}, "name": name}
        schema = {"type": "object", "required": ["kind", "id"], "properties": properties, "capreg": {"kind": said}}
        (hub / "schemas" / f"{kind}.schema.json").write_text(json.dumps(schema))
        (hub / f"{kind}s").mkdir()
        write_record(hub, {"kind": kind, "id": "one", "name": f"The {kind}"}, f"{kind}s")
    for kind in ("order", "meta", "firm_wide", "index", "k"):
        assert capreg("-R", hub, "search", "-k", kind, "name:the", "-O", "json").ids == ["one"]


# What lies where the index should


def text_in_place(path):
    path.write_text("no index")


def cut_short(path):
    os.truncate(path, path.stat().st_size // 2)


def garbled(path):
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


def another_database(path):
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE meta (name, value)")


def of_another_version(path):
    with sqlite3.connect(path) as index:
        index.execute("UPDATE meta SET value = x'5b315d' WHERE name = 'identity'")


def without_a_table(path):
    with sqlite3.connect(path) as index:
        index.execute("DROP TABLE k$firm$card")


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_link(path):
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


SPOILT = [text_in_place, cut_short, garbled, another_database, of_another_version, without_a_table, a_folder, a_link]


@pytest.mark.parametrize("spoil", [*SPOILT, Path.unlink, lambda path: shutil.rmtree(path.parent)])
def test_an_index_that_cannot_be_used_is_made_anew(hub, milling, spoil):
    spoil(hub / ".capreg" / "index.sqlite")
    assert milling(hub) == ["alba", "bora"]
    assert milling(hub) == ["alba", "bora"]


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_lead_to_a_new_index_or_to_a_sentence_never_to_a_fault_nobody_foresaw(hub, capreg, seed):
    chance, path = random.Random(seed), hub / ".capreg/index.sqlite"
    data = bytearray(path.read_bytes())
    for _ in range(3 ** (seed % 7)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    for arguments in (
        ["search", "process:milling"],
        ["search", "firm", "-O", "ndjson"],
        ["show", "alba"],
        ["vocabulary", "milling"],
    ):
        done = capreg("-R", hub, *arguments)
        assert "unexpected" not in done.err, (arguments, done.err)
        assert done.code in (0, 1)


def test_a_record_that_was_changed_in_the_index_is_not_shown(hub, capreg):
    with sqlite3.connect(hub / ".capreg/index.sqlite") as index:
        index.execute("UPDATE k$firm$card SET document = replace(document, 'Alba', 'Alga')")
    for arguments in (["search", "process:milling"], ["show", "alba"]):
        out = capreg("-R", hub, *arguments).out
        assert ("Alba" in out, "Alga" in out) == (True, False)


def test_the_index_of_another_registry_is_not_trusted(hub, tmp_path, milling):
    copy = Path(shutil.copytree(hub, tmp_path / "copy", symlinks=True))
    in_place(copy, "alba", **TURN)
    with sqlite3.connect(copy / ".capreg/index.sqlite") as index:
        index.execute("UPDATE listing SET stamps = x''")
    assert milling(copy) == ["bora"]


def test_the_index_is_for_its_owner_alone(hub):
    assert (hub / ".capreg/index.sqlite").stat().st_mode & 0o077 == 0


def test_what_is_confidential_is_in_no_index_but_that_of_the_hubs_own_search(sample, capreg):
    record = json.loads((sample / "firms/bologna/officine-savena.json").read_text())
    record.setdefault("capacity", {})["largest_customer_share"] = 0.12345
    (sample / "firms/bologna/officine-savena.json").write_text(json.dumps(record))
    capreg("-R", sample, "search")
    assert b"0.12345" not in (sample / ".capreg/index.sqlite").read_bytes()
    found = capreg("-R", sample, "search", "largest_customer:0.12345", "--internal", "-O", "json")
    assert found.ids == ["officine-savena"]


# A registry of very many files


@pytest.fixture
def large(hub, monkeypatch) -> Path:
    """A registry that is taken for one of so many files that each is not looked at."""
    monkeypatch.setattr(catalogue, "MOST_LOOKED_AT", 0)
    return hub


@pytest.mark.parametrize("change", ["a new firm", "one that is gone", "one replaced", "one moved", "nothing"])
def test_in_a_very_large_registry_any_change_but_an_edit_in_place_is_seen(large, milling, change):
    make, expected, _ = CHANGES[change]
    make(large)
    assert milling(large) == expected


def test_an_edit_in_place_is_seen_by_capreg_index(large, milling, capreg):
    settle(large)
    milling(large)
    in_place(large, "ceva", **MILL)
    settle(large)
    assert milling(large) == ["alba", "bora"]
    assert capreg("-R", large, "index").code == 0
    assert milling(large) == ["alba", "bora", "ceva"]


def test_no_file_is_looked_at_in_a_very_large_registry_where_no_folder_changed(large, milling, monkeypatch):
    milling(large)
    settle(large)
    milling(large)
    looked = []
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **rest: looked.append(str(path)) or stat(path, **rest))
    assert milling(large) == ["alba", "bora"]
    assert [path for path in looked if path.endswith(".json") and "firms" in path or path in ("alba.json",)] == []


def test_show_looks_at_the_file_of_its_record_alone_and_sees_it_changed(large, capreg):
    in_place(large, "ceva", **MILL)
    assert "milling" in capreg("-R", large, "show", "ceva", "-O", "json").out


# Company


def run(registry: Path, *arguments: str, **rest) -> subprocess.Popen:
    """Start capreg beside this process."""
    command = [sys.executable, "-m", "capreg", "-R", str(registry), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **rest)


def test_searches_while_the_index_is_made_anew_and_records_change_are_never_wrong(hub):
    makers = [run(hub, "index", "--rebuild", "-q") for _ in range(3)]
    searches = [run(hub, "search", "process:milling", "--columns", "id") for _ in range(6)]
    for number in range(20):
        in_place(hub, "ceva", **(MILL if number % 2 else TURN))
    for one in (*makers, *searches):
        out, err = one.communicate(timeout=60)
        assert (one.returncode, err) == (0, "")
        if one in searches:
            assert out.split()[1:3] == ["alba", "bora"]


def test_many_first_searches_at_once_make_one_index(hub):
    shutil.rmtree(hub / ".capreg")
    searches = [run(hub, "search", "process:milling", "--columns", "id") for _ in range(8)]
    assert {one.communicate(timeout=60) for one in searches} == {("id\nalba\nbora\n", "")}
    assert [path.name for path in (hub / ".capreg").iterdir() if path.suffix in (".new", ".tmp")] == []


def test_a_process_that_dies_while_it_makes_an_index_spoils_nothing(hub, milling):
    (hub / ".capreg/index.sqlite").unlink()
    dying = run(hub, "index", "--rebuild")
    time.sleep(0.25)
    dying.kill()
    dying.communicate()
    assert milling(hub) == ["alba", "bora"]


def by_somebody_else(*arguments: str) -> tuple[int, str]:
    """Run capreg as a user who owns nothing here, and return the exit code and standard output."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.dup2(writing, 1)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        try:
            main(list(arguments))
        except SystemExit as ended:
            sys.stdout.flush()
            os._exit(ended.code)
        os._exit(99)
    os.close(writing)
    with os.fdopen(reading) as out:
        said = out.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def test_a_registry_that_may_only_be_read_has_its_index_in_the_users_cache(hub, tmp_path, monkeypatch):
    shutil.rmtree(hub / ".capreg")
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    hub.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    for _ in range(2):
        asked = ("-R", str(hub), "search", "process:milling", "--columns", "id")
        assert by_somebody_else(*asked) == (0, "id\nalba\nbora\n")
    assert not (hub / ".capreg").exists()
    assert [path.name for path in cache.rglob("*.sqlite")] == ["index.sqlite"]
    hub.chmod(0o755)
