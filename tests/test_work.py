"""How much work a command does: what it loads, what it opens, what it judges. Timings are in the benchmarks."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import firm, write_record

from capreg.index.catalogue import Catalogue
from capreg.index.engine import Engine
from capreg.index.find import find
from capreg.index.judging import Judged
from capreg.store import registry

# What a search, a look at a record, or at a word has no use for.
HEAVY = (
    "rich",
    "jsonschema",
    "jsonschema_rs",
    "tinydb",
    "ruamel",
    "filelock",
    "pathlib",
    "multiprocessing",
    "traceback",
    # For what is misspelt; click loads it to word an error.
    "difflib",
)
TELLING = """
import json, sys
before = set(sys.modules)
opened = []
sys.addaudithook(lambda event, of: opened.append(str(of[0])) if event == "open" else None)
from capreg.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps([opened, sorted(set(sys.modules) - before)]), file=sys.stderr)
"""

READING = {
    "a search": ["search", "process:milling", "material:aluminium", "near:Bologna,40km", "--sort", "distance_km"],
    "a search for a script": ["search", "process:milling", "-O", "ndjson"],
    "a search by fit": ["search", "certificate:iso-9001", "employees:10..100"],
    "a record": ["show", "officine-savena"],
    "a word": ["vocabulary", "fresatura"],
    "the fields": ["fields"],
}


@pytest.fixture
def settled(sample, capreg):
    """The sample with an index of it, made when none of its files was too fresh to be trusted."""
    time.sleep(0.05)
    capreg("-R", sample, "search")
    return sample


def work_of(*arguments) -> tuple[list[str], list[str]]:
    """Return the files that a run of capreg opens, and the modules that it loads."""
    command = [sys.executable, "-c", TELLING, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    opened, modules = json.loads(done.stderr.splitlines()[-1])
    return opened, modules


@pytest.mark.parametrize("arguments", READING.values(), ids=READING)
def test_reading_opens_no_record_no_schema_and_no_vocabulary(settled, arguments):
    opened, _ = work_of("-R", settled, *arguments)
    assert [path for path in opened if path.endswith(".json")] == []


@pytest.mark.parametrize("arguments", READING.values(), ids=READING)
def test_reading_loads_nothing_heavy(settled, arguments):
    _, modules = work_of("-R", settled, *arguments)
    assert [name for name in HEAVY if name in modules] == []


def test_a_search_that_reads_a_changed_number_loads_the_validator_and_little_more(settled):
    record = settled / "firms/bologna/officine-savena.json"
    record.write_text(record.read_text().replace('"founded": 1987', '"founded": 1986'))
    _, modules = work_of("-R", settled, "search", "founded:1986", "-O", "tsv")
    assert "jsonschema_rs" in modules
    assert [name for name in ("pathlib", "email.utils", "Stemmer", "jsonschema") if name in modules] == []


def test_a_search_without_words_of_text_loads_no_stemmer_and_one_of_a_position_no_towns(settled):
    opened, modules = work_of("-R", settled, "search", "process:milling", "near:44.5,11.3,40km")
    assert "Stemmer" not in modules
    assert [path for path in opened if path.endswith("gazetteer.tsv")] == []


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (5, 5), (None, 24)])
def test_only_the_records_that_are_shown_are_judged_by_the_matcher(settled, capreg, monkeypatch, limit, expected):
    judged = []
    judge = Engine._judged
    monkeypatch.setattr(Engine, "_judged", lambda self, document: judged.append(1) or judge(self, document))
    shown = ["--limit", str(limit)] if limit else []
    assert capreg("-R", settled, "search", "process:milling", "-O", "json", *shown).json["total"] == 24
    assert len(judged) == expected


def test_which_of_several_sites_serves_is_told_without_judging_the_firm(empty, capreg, monkeypatch):
    sites = [{"id": id, "address": {"locality": id.title(), "country": "IT"}} for id in ("turin", "pisa")]
    milling = [{"id": "milling", "process": "milling"}]
    write_record(empty, firm("in-both", sites=sites, capabilities=milling))
    write_record(empty, firm("in-pisa", sites=sites, capabilities=[{**milling[0], "site": "pisa"}]))
    judged = []
    judge = Engine._judged
    monkeypatch.setattr(Engine, "_judged", lambda self, card: judged.append(card["id"]) or judge(self, card))
    done = capreg("-R", empty, "search", "process:milling country:IT", "--columns", "id,locality")
    assert done.out == "id\tlocality\nin-both\tTurin\nin-pisa\tPisa\n"
    assert judged == []


def test_what_sqlite_can_tell_is_judged_by_nobody(settled, monkeypatch):
    judged = []
    monkeypatch.setattr(Judged, "score", lambda self, value: judged.append(value))
    catalogue = Catalogue(str(settled))
    found = find(
        catalogue,
        catalogue.kind("firm"),
        "process:milling tolerance:..0.05mm certificate:iso-9001 employees:9..",
        page=slice(0),
    )
    assert len(found.hits) > 0
    assert judged == []


def test_new_records_that_lie_near_each_other_stand_together(empty, capreg):
    for number in range(6):
        site = firm()["sites"][0] | {"position": {"latitude": 44.5, "longitude": 11.3 + number % 2}}
        write_record(empty, firm(f"firm-{number}", sites=[site]))
    catalogue = Catalogue(str(empty))
    table = catalogue.layout(catalogue.kind("firm")).name
    found = [id for (id,) in catalogue.connection.execute(f"SELECT id FROM {table} ORDER BY rec")]
    assert found == ["firm-0", "firm-2", "firm-4", "firm-1", "firm-3", "firm-5"]


def test_check_reads_again_only_what_changed_since_all_was_well(settled, capreg, monkeypatch):
    read = []
    load = registry.load_record
    monkeypatch.setattr(registry, "load_record", lambda *of: read.append(Path(of[-1]).name) or load(*of))
    every = len(list(settled.glob("firms/**/*.json"))) + len(list(settled.glob("contractors/*.json")))
    for arguments, expected in ((["check"], every), (["check"], 0), (["check", "--all"], every)):
        read.clear()
        assert capreg("-R", settled, *arguments).code == 0
        assert len(read) == expected
    record = settled / "firms/bologna/officine-savena.json"
    record.write_text(record.read_text().replace('"name": "', '"name": "New ', 1))
    read.clear()
    assert capreg("-R", settled, "check").code == 0
    assert read == ["officine-savena.json"]


def test_a_fault_is_told_at_every_check_until_it_is_mended(settled, capreg):
    record = settled / "firms/bologna/officine-savena.json"
    good = record.read_text()
    record.write_text(good.replace('"process": "', '"process": "un', 1))
    assert [len(capreg("-R", settled, "check").out.splitlines()) for _ in range(3)] == [1, 1, 1]
    record.write_text(good)
    assert capreg("-R", settled, "check").out == ""
