"""Big answers: they begin at once, take no more memory than small ones, and end when nobody reads them."""

import signal
import subprocess
import sys

import pytest
from conftest import firm, write_record

from capreg.cli.main import main
from capreg.index.engine import Engine
from capreg.store.create import create

MANY = 3_000
RUN = [sys.executable, "-m", "capreg"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A registry of three thousand firms that mill steel, with its index."""
    registry = tmp_path_factory.mktemp("many") / "registry"
    create(registry, sample=False)
    work = [{"id": "a", "process": "milling", "materials": ["steel"]}]
    for number in range(MANY):
        write_record(registry, firm(f"firm-{number:04}", capabilities=work, summary="long " * 100))
    subprocess.run([*RUN, "-R", str(registry), "index", "-q"], check=True, capture_output=True)
    return registry


PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_of(many, *limit: str) -> int:
    """Return the most memory that a search takes, in KiB."""
    search = [*RUN, "-R", str(many), "search", "material:steel", "-O", "ndjson", *limit]
    done = subprocess.run([sys.executable, "-c", PEAK, *search], check=True, capture_output=True)
    return int(done.stdout)


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "geojson", "okw"])
def test_memory_does_not_grow_with_an_export(many, format):
    def peak(query: str) -> int:
        export = [*RUN, "-q", "-R", str(many), "export", query, "-O", format]
        return int(subprocess.run([sys.executable, "-c", PEAK, *export], check=True, capture_output=True).stdout)

    assert peak("material:steel") < peak("name:firm-00*") + 4_000


def test_memory_does_not_grow_with_the_answer(many):
    few, all_of_them = (peak_of(many, *limit) for limit in (["--limit", "300"], []))
    assert all_of_them < few + 4_000


@pytest.mark.parametrize("format", ["ndjson", "tsv", "csv"])
def test_the_first_lines_come_before_the_last_record_is_judged(many, format, monkeypatch, capsys):
    judged = []
    read = Engine._judged
    monkeypatch.setattr(Engine, "_judged", lambda self, document: judged.append(1) or read(self, document))
    seen = []
    monkeypatch.setattr(sys.stdout, "write", lambda text: seen.append(len(judged)))
    with pytest.raises(SystemExit):
        main(["-R", str(many), "search", "material:steel", "-O", format, "--columns", "id,fit"])
    assert seen[1] < 5 < seen[-1] == MANY


def started(many) -> subprocess.Popen:
    """Return a search with a big answer that has begun to print it."""
    search = [*RUN, "-R", str(many), "search", "material:steel", "-O", "ndjson"]
    process = subprocess.Popen(search, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith('{"id":"firm-')
    return process


def test_a_closed_pipe_ends_a_search_at_once_and_in_silence(many):
    process = started(many)
    process.stdout.close()
    assert process.wait(timeout=20) == 0
    assert process.stderr.read() == ""


def test_an_interrupt_ends_a_search_at_once(many):
    process = started(many)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[1] == "capreg: interrupted\n"
    assert process.returncode == 130


# Capreg as its console script starts it, with an interrupt just as a module is about to be loaded.
INTERRUPTED = """
import os, signal, sys

module = sys.argv.pop(1)

class Interrupting:
    def find_spec(self, name, *rest):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
from capreg.start import start
start()
"""


@pytest.mark.parametrize("module", ["click", "orjson", "capreg.cli.search", "sqlite3", "capreg.index.engine"])
def test_an_interrupt_while_modules_load_is_told_in_one_line(many, module):
    search = [sys.executable, "-c", INTERRUPTED, module, "-R", str(many), "search", "material:steel"]
    done = subprocess.run(search, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "capreg: interrupted\n")


def test_an_interrupt_while_records_are_judged_is_no_fault_of_the_index(many, monkeypatch, capreg):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("capreg.index.judging.judge_at", interrupted)
    done = capreg("-R", many, "search", "name:firm*")
    assert (done.code, done.err) == (130, "capreg: interrupted\n")
