"""The script of the night: what it leaves behind, and what it does where a step fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, write_record

from capreg.cli import COMMANDS

SCRIPT = ROOT / "examples" / "nightly.sh"
WRITTEN = ["faults.txt", "fees.tsv", "holdings.tsv", "registry.ndjson", "registry.xlsx", "registry.zip"]
BUNDLED = ["registry.capreg"] if "bundle" in COMMANDS else []


def night(registry, folder, bin=Path(sys.executable).parent):
    """Run the script once, with the capreg of a folder."""
    surroundings = {**os.environ, "PATH": f"{bin}:/usr/bin:/bin", "NIGHTLY_WAIT": "0"}
    return subprocess.run(
        ["sh", SCRIPT, registry, folder], env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def test_two_nights_leave_the_registry_for_others(sample, tmp_path):
    out = tmp_path / "out"
    first = night(sample, out)
    assert (first.returncode, first.stderr) == (0, "")
    assert sorted(one.name for one in out.iterdir()) == sorted([*WRITTEN, *BUNDLED])
    before = (out / "registry.xlsx").read_bytes()
    second = night(sample, out)
    assert (second.returncode, second.stderr) == (0, "")
    assert (out / "registry.xlsx").read_bytes() == before
    assert not BUNDLED or (out / "registry.delta").exists()


def test_fees_that_are_due_are_entered_once(sample, tmp_path, capreg):
    capreg("-R", sample, "member", "join", "officine-savena")
    for _ in range(2):
        assert night(sample, tmp_path / "out").returncode == 0
    entries = capreg("-R", sample, "ledger", "-O", "json").json
    assert json.dumps(entries).count('"fee"') == 1


def test_nothing_leaves_a_registry_with_faults(sample, tmp_path):
    out = tmp_path / "out"
    assert night(sample, out).returncode == 0
    before = (out / "registry.ndjson").read_bytes()
    write_record(sample, {"kind": "firm", "id": "broken"})
    done = night(sample, out)
    assert done.returncode == 4
    assert "nightly: check: invalid data" in done.stderr
    assert "broken.json" in (out / "faults.txt").read_text()
    assert (out / "registry.ndjson").read_bytes() == before


FAKE = """#!/bin/sh
# Answers each step with the exit codes of its file, one after the other, and notes that it was asked.
[ "$1" = bundle ] && exit 2
echo "$4" >> "{room}/asked"
[ -s "{room}/$4" ] || exit 0
code=$(head -n 1 "{room}/$4"); sed -i 1d "{room}/$4"
exit "$code"
"""


@pytest.mark.parametrize(
    ("codes", "ends_with", "asked"),
    [
        ({}, 0, ["check", "index", "fees", "export", "export", "export"]),
        ({"check": [4]}, 4, ["check"]),
        ({"fees": [5, 5]}, 0, ["check", "index", "fees", "fees", "fees", "export", "export", "export"]),
        ({"fees": [5, 5, 5, 5]}, 5, ["check", "index", "fees", "fees", "fees", "fees"]),
        ({"fees": [7]}, 7, ["check", "index", "fees"]),
        ({"export": [0, 1]}, 1, ["check", "index", "fees", "export", "export"]),
    ],
    ids=str,
)
def test_what_is_busy_is_tried_again_and_what_fails_ends_the_night(tmp_path, codes, ends_with, asked):
    fake = tmp_path / "capreg"
    fake.write_text(FAKE.format(room=tmp_path))
    fake.chmod(0o755)
    for step, answers in codes.items():
        (tmp_path / step).write_text("".join(f"{one}\n" for one in answers))
    done = night("registry", tmp_path / "out", bin=tmp_path)
    assert (done.returncode, (tmp_path / "asked").read_text().split()) == (ends_with, asked)
