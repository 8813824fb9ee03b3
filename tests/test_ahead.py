"""The look at the files that another process takes while the first one loads its modules."""

import json
import os
import subprocess
import sys
import time

import pytest

from capreg.index import ahead, catalogue
from capreg.index.catalogue import Catalogue

SEARCH = ["search", "process:milling", "-O", "ndjson"]
FIRM = "firms/bologna/officine-savena.json"
SLOW = "import time\ndef scouted(root): time.sleep(30)\n"

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no processor is known to be free")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch, tmp_path):
    """A machine with an idle processor, and a registry that is worth another process."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    (tmp_path / "load").write_text("0.50 0.50 0.50 1/150 4242\n")
    monkeypatch.setattr(ahead, "LOAD", tmp_path / "load")
    monkeypatch.setattr(ahead, "LEAST", 0)
    yield
    ahead.said("", None)


@pytest.fixture
def settled(sample, capreg):
    """The sample with an index of it, made when none of its files was too fresh to be trusted."""
    time.sleep(0.05)
    capreg("-R", sample, "search")
    return sample


@pytest.fixture
def never_looks(monkeypatch):
    """Let this process fail where it looks itself."""
    monkeypatch.setattr(catalogue, "look_again", lambda *_: pytest.fail("this process looked itself"))


def founded(root) -> int:
    """Return what an index says of a firm when it has just been brought up to date."""
    found = Catalogue(str(root)).connection.execute(
        "SELECT document FROM k$firm$card JOIN k$firm USING (rec) WHERE id = 'officine-savena'"
    )
    return json.loads(found.fetchone()[0])["founded"]


def edit(root, year: int) -> None:
    """Write a firm's file in place, with another year of foundation."""
    record = json.loads((root / FIRM).read_text())
    (root / FIRM).write_text(json.dumps({**record, "founded": year}, indent=2, ensure_ascii=False) + "\n")


def whole(root, *arguments: str) -> str:
    """Return what capreg prints as a process of its own."""
    program = "import capreg.index.ahead as a; a.LEAST = 0; import capreg.start as s; s.start()"
    command = [sys.executable, "-c", program, "-R", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_the_other_process_found_is_taken(settled, never_looks):
    ahead.begin(["-R", str(settled), *SEARCH])
    assert Catalogue(str(settled)).connection.execute("SELECT count(*) FROM k$firm").fetchone()[0] > 0


def test_so_is_a_change_that_it_found(settled, never_looks):
    edit(settled, 1901)
    ahead.begin([*SEARCH, f"--registry={settled}"])
    assert founded(settled) == 1901


def test_what_was_found_before_the_index_changed_is_not(settled):
    ahead.begin(["-R", str(settled), *SEARCH])
    edit(settled, 1902)
    process, reading = ahead._begun.pop()
    assert founded(settled) == 1902
    edit(settled, 1903)
    ahead._begun.append((process, reading))
    assert founded(settled) == 1903


@pytest.mark.parametrize(
    "arguments",
    [[], ["-R"], ["-R", "/nowhere"], ["--registry=/nowhere"]],
    ids=["no registry", "no value", "another one", "another one, written together"],
)
def test_a_guess_that_fails_does_no_harm(settled, arguments, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    edit(settled, 1904)
    ahead.begin([*arguments, *SEARCH])
    assert founded(settled) == 1904


def test_another_process_that_fails_does_no_harm(settled, monkeypatch):
    monkeypatch.setattr(ahead, "SCOUT", "capreg.index.nothing")
    ahead.begin(["-R", str(settled), *SEARCH])
    assert Catalogue(str(settled)).connection is not None


@pytest.mark.parametrize(
    ("name", "of", "value"),
    [
        ("sched_getaffinity", os, lambda _: {0}),
        ("LOAD", ahead, "/nowhere"),
        ("LEAST", ahead, 1_000_000_000),
        ("MOST", ahead, 0),
        ("COMMANDS", ahead, {"vocabulary"}),
    ],
)
def test_none_is_begun_where_that_is_not_worth_it(settled, monkeypatch, name, of, value):
    monkeypatch.setattr(of, name, value)
    ahead.begin(["-R", str(settled), *SEARCH])
    assert ahead._begun == []


@pytest.mark.parametrize("load", ["0.10 0.10 0.10 2/150 4242\n", "", "busy\n"])
def test_nor_where_both_processors_are_busy_or_nobody_says(settled, tmp_path, load):
    (tmp_path / "load").write_text(load)
    ahead.begin(["-R", str(settled), *SEARCH])
    assert ahead._begun == []


def test_whole_processes_see_each_edit_in_place_at_once(settled):
    for year in range(1950, 1956):
        edit(settled, year)
        assert f'"founded":{year}' in whole(
            settled, "search", "process:milling", "--columns", "founded", "-O", "ndjson"
        )


def test_nobody_waits_for_the_other_process_when_the_first_has_ended(settled, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    program = "import capreg.index.ahead as a; a.SCOUT, a.LEAST = 'slow', 0; import capreg.start as s; s.start()"
    command = [sys.executable, "-c", program, "-R", str(settled), "search", "--no-such-option"]
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": str(tmp_path)}, check=False)
    assert done.returncode == 2
    assert time.monotonic() - start < 20
