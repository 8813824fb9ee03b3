"""`diff`: two registries, or one and itself on a day before, told to people and to scripts."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ROOT, files_of, firm, write_record
from test_house import loaded_by
from test_terminal import at_terminal, seen

from capreg.model.record import Record
from capreg.store import changes
from capreg.store.noted import Noted
from capreg.store.registry import Registry
from capreg.store.states import Held

MONTHS = ROOT / "tests" / "data" / "months"
MILL = {"id": "mill", "process": "milling", "materials": ["steel", "brass"], "tolerance_mm": 0.02}


@pytest.fixture
def pair(empty, tmp_path):
    """Two registries that are the same."""
    write_record(
        empty, firm("rossi", capabilities=[MILL], people={"total": 12}, certificates=[{"standard": "iso-9001"}])
    )
    write_record(empty, firm("bianchi"))
    return empty, Path(shutil.copytree(empty, tmp_path / "other"))


@pytest.fixture
def on(monkeypatch):
    """Let what capreg changes be changed at noon of a day."""
    return lambda day: monkeypatch.setattr(changes, "_now", lambda: f"{day}T12:00:00Z")


def change(registry: Registry, id: str, **said) -> None:
    """Change a record as a command does; a value of None takes it out."""
    kind = registry.kind("firm")
    record = registry.get(kind, id)
    document = {key: value for key, value in {**record.document, **said}.items() if value is not None}
    with changes.changing(registry) as held:
        held.put(kind, record._replace(document=document), record.document)


def paths(done) -> list[tuple[str, str]]:
    return [(one["id"], change["path"]) for one in done.json["records"] for change in one.get("changes", [])]


def test_a_registry_does_not_differ_from_itself(sample, capreg):
    done = capreg("diff", sample, sample, "-O", "json")
    assert (done.code, done.json["records"], done.json["counts"], done.json["unread"]) == (0, [], {}, [])
    assert "Nothing differs." in capreg("diff", sample, sample, "-O", "text").out


def test_people_read_labels_units_and_words(pair, capreg):
    first, second = pair
    changed = MILL | {"tolerance_mm": 0.01, "materials": ["steel", "en-aw-7075"], "mass_kg": {"max": 30}}
    turn = {"id": "turn", "process": "turning", "tolerance_mm": 0.05}
    certificates = [{"standard": "iso-9001", "valid_until": "2029-05-31"}]
    write_record(second, firm("rossi", capabilities=[turn, changed], founded=1987, certificates=certificates))
    write_record(second, firm("verdi"))
    (second / "firms" / "bianchi.json").unlink()
    done = capreg("diff", first, second, "-O", "text")
    assert done.code == 0
    assert (
        done.out
        == f"""HUB ONLY

Changes from {first} to {second}
{"=" * (17 + len(str(first)) + len(str(second)))}

Firms: 1 new, 1 gone, 1 changed
-------------------------------

new    Id
Verdi  verdi

gone     Id
Bianchi  bianchi

Rossi (rossi)
-------------

  Capabilities                      new: Turning: Tolerance 0.05 mm
  Milling: Materials                also Aluminium EN AW-7075 (AlZn5,5MgCu);
                                    no longer Brass
  Milling: Tolerance                0.02 mm → 0.01 mm
  Milling: Workpiece mass           not stated → up to 30 kg
  Founded                           not stated → 1987
  ISO 9001 Quality m…: Valid until  not stated → 2029-05-31
  People                            gone: Employees 12

"""
    )


def test_people_read_it_in_italian(pair, capreg):
    write_record(pair[1], firm("rossi", capabilities=[MILL | {"tolerance_mm": 0.01}], people={"total": 12}))
    done = capreg("diff", *pair, "-O", "text", "--language", "it")
    assert "Fresatura: Tolleranza  0.02 mm → 0.01 mm" in done.out
    assert "Certificati            tolto: ISO 9001" in done.out


def test_scripts_read_pointers_and_whole_values(pair, capreg):
    write_record(
        pair[1], firm("rossi", capabilities=[MILL | {"tolerance_mm": 0.01}], certificates=[{"standard": "iso-9001"}])
    )
    assert capreg("diff", *pair, "-O", "json").json == {
        "schema_version": 1,
        "from": str(pair[0]),
        "to": str(pair[1]),
        "counts": {"changed": 1},
        "records": [
            {
                "kind": "firm",
                "id": "rossi",
                "change": "changed",
                "changes": [
                    {"path": "/capabilities/mill/tolerance_mm", "before": 0.02, "after": 0.01},
                    {"path": "/people", "before": {"total": 12}},
                ],
            }
        ],
        "unsure": [],
        "unread": [],
    }
    assert capreg("diff", *pair).out.splitlines() == [
        "kind\tid\twas\tchange\tpath\tbefore\tafter",
        "firm\trossi\t\tchanged\t/capabilities/mill/tolerance_mm\t0.02\t0.01",
        'firm\trossi\t\tchanged\t/people\t{"total":12}\t',
    ]
    assert [json.loads(line)["id"] for line in capreg("diff", *pair, "-O", "ndjson").out.splitlines()] == ["rossi"]


def test_a_record_that_is_new_or_gone_is_there_whole(pair, capreg):
    write_record(pair[1], firm("verdi"))
    (record,) = capreg("diff", *pair, "-O", "json").json["records"]
    assert (record["change"], record["record"]) == ("new", firm("verdi"))
    (record,) = capreg("diff", *reversed(pair), "-O", "json").json["records"]
    assert (record["change"], record["record"]) == ("gone", firm("verdi"))


RENAMED = {
    "the same under another id": firm("verdi") | {"name": "Rossi"},
    "another, that names the old id": firm("verdi", languages=["it"], trading_names=["rossi"]),
}


@pytest.mark.parametrize("document", RENAMED.values(), ids=RENAMED)
def test_a_record_under_another_id_is_one_that_was_renamed(empty, tmp_path, capreg, document):
    other = Path(shutil.copytree(empty, tmp_path / "other"))
    write_record(empty, firm("rossi"))
    write_record(other, document)
    (record,) = capreg("diff", empty, other, "-O", "json").json["records"]
    assert (record["change"], record["was"], record["id"]) == ("renamed", "rossi", "verdi")
    assert "(verdi), formerly rossi" in capreg("diff", empty, other, "-O", "text").out


def test_one_that_is_gone_is_what_one_was_and_not_two(empty, tmp_path, capreg):
    other = Path(shutil.copytree(empty, tmp_path / "other"))
    write_record(empty, firm("rossi"))
    for id in ("verdi", "viola"):
        write_record(other, firm(id) | {"name": "Rossi"})
    found = capreg("diff", empty, other, "-O", "json").json["records"]
    assert [(one["id"], one["change"]) for one in found] == [("verdi", "renamed"), ("viola", "new")]


def test_a_closed_field_is_shown_to_the_hub_alone(pair, capreg):
    write_record(pair[0], firm("bianchi", capacity={"largest_customer_share": 0.17}))
    for options, told in ([], False), (["--internal"], True):
        done = [capreg("diff", *pair, "-O", one, *options).out for one in ("json", "text", "tsv", "md", "ndjson")]
        assert ["0.17" in one for one in done] == [told] * 5
    assert "Changed only in what is confidential: bianchi" in capreg("diff", *pair, "-O", "text").out


def test_how_a_file_is_laid_out_is_no_difference(pair, capreg):
    path = pair[1] / "firms" / "rossi.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=7))
    assert paths(capreg("diff", *pair, "-O", "json")) == []


def test_a_file_that_holds_no_record_is_named_and_the_rest_told(pair, capreg):
    (pair[1] / "firms" / "bianchi.json").write_text('{"kind": "firm",')
    write_record(pair[1], firm("rossi", founded="long ago"))
    done = capreg("diff", *pair, "-O", "json")
    assert (done.code, [one["id"] for one in done.json["records"]]) == (0, ["rossi"])
    assert "firms/bianchi.json" in done.json["unread"][0]
    assert "long ago" in capreg("diff", *pair, "-O", "text").out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nowhere"], 3, "no folder, no day, and no revision"),
        (["--", "--output=x"], 3, "no folder, no day, and no revision"),
        (["9999-12-31"], 2, "beyond the calendar"),
        (["2026-13-01"], 3, "no folder, no day, and no revision"),
        (["./nowhere"], 2, "no registry"),
        (["2026-11-01", "-k", "frim"], 2, "unknown kind 'frim'"),
        (["a", "b", "c"], 2, "extra argument"),
    ],
)
def test_what_names_no_side_is_told(empty, capreg, arguments, code, told):
    done = capreg("-R", empty, "diff", *arguments)
    assert (done.code, told in done.err, "Traceback" in done.err) == (code, True, False), done.err


def test_another_folder_needs_no_registry_around(pair, capreg):
    assert capreg("diff", *pair).code == 0
    assert capreg("diff", pair[0]).code == 2


def test_nothing_is_written(pair, capreg):
    before = files_of(pair[0])
    capreg("-R", pair[0], "diff", pair[1])
    capreg("-R", pair[0], "diff", "2026-01-01")
    assert files_of(pair[0]) == before


def test_a_registry_is_followed_from_month_to_month(empty, capreg, on):
    months = sorted(path.stem for path in MONTHS.glob("*.csv"))
    for month in months:
        on(f"{month}-15")
        done = capreg("-R", empty, "import", MONTHS / f"{month}.csv", "--mapping", MONTHS / "mapping.yaml")
        assert done.code == 0, done.err
    ends = {month: f"{month}-28" for month in months}

    def told(one, other):
        found = capreg("-R", empty, "diff", one, other, "-O", "json").json
        assert found["unsure"] == []
        return [
            (one["id"], one["change"], [change["path"] for change in one.get("changes", [])])
            for one in found["records"]
        ]

    assert told("2025-12-31", ends["2026-01"]) == [
        ("bianchi-2", "new", []),
        ("neri-3", "new", []),
        ("rossi-1", "new", []),
    ]
    assert told(ends["2026-01"], ends["2026-02"]) == [("rossi-1", "changed", ["/people/total"])]
    assert told(ends["2026-02"], ends["2026-03"]) == [
        ("bianchi-2", "changed", ["/sites/main/address/locality"]),
        ("rossi-1", "changed", ["/capabilities/1"]),
        ("verdi-4", "new", []),
    ]
    assert told(ends["2026-03"], ends["2026-04"]) == [
        ("bianchi-2", "changed", ["/certificates"]),
        ("rossi-1", "changed", ["/certificates/0/valid_until"]),
    ]
    assert told(ends["2026-04"], "2026-11-01") == []
    assert len(told("2025-12-31", "2026-11-01")) == 4
    assert told(ends["2026-03"], ends["2026-02"])[2] == ("verdi-4", "gone", [])


def test_without_a_side_it_is_what_changed_since_yesterday(empty, capreg, on):
    on("2026-03-01")
    kind, registry = Registry(empty).kind("firm"), Registry(empty)
    with changes.changing(registry) as held:
        held.put(kind, Record("rossi", firm()), None)
    on(f"{datetime.now(UTC).date()}")
    change(registry, "rossi", founded=1987)
    done = capreg("-R", empty, "diff", "-O", "json")
    assert (paths(done), done.json["unsure"]) == ([("rossi", "/founded")], [])
    assert paths(capreg("-R", empty, "diff", str(datetime.now(UTC).date()), "-O", "json")) == []


def test_a_file_may_claim_any_day(empty, capreg):
    os.utime(write_record(empty, firm()), (2**40, 2**40))
    assert [capreg("-R", empty, *one).code for one in (["diff"], ["history", "rossi"])] == [0, 0]


def test_what_an_editor_changed_since_is_told(empty, capreg, on):
    on("2026-03-01")
    write_record(empty, firm())
    change(Registry(empty), "rossi", founded=1987)
    write_record(empty, firm(founded=1988))
    done = capreg("-R", empty, "diff", "2026-03-01", "-O", "json")
    (record,) = done.json["records"]
    assert record["changes"] == [{"path": "/founded", "before": 1987, "after": 1988}]
    assert done.json["unsure"] == ["rossi"]


def git(folder: Path, *arguments, at="2026-02-01T10:00:00Z") -> None:
    who = {f"GIT_{role}_{what}": "anna@hub.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    days = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, env={**os.environ, **who, **days}
    )


@pytest.fixture
def tracked(empty):
    """A registry in the hands of git: one firm on 1 February, founded in 1987 there, in 1988 on 1 March, in 1989 since."""
    git(empty, "init", "-q")
    for year, day in ((1987, "2026-02-01"), (1988, "2026-03-01")):
        write_record(empty, firm(founded=year))
        git(empty, "add", "-A")
        git(empty, "commit", "-qm", str(year), at=f"{day}T10:00:00Z")
    write_record(empty, firm(founded=1989))
    return empty


@pytest.mark.parametrize(
    ("since", "before"),
    [("2026-02-01", 1987), ("2026-02-28", 1987), ("2026-03-01", 1988), ("HEAD", 1988), ("HEAD~1", 1987)],
)
def test_git_knows_what_no_history_tells(tracked, capreg, since, before):
    (record,) = capreg("-R", tracked, "diff", since, "-O", "json").json["records"]
    assert record["changes"] == [{"path": "/founded", "before": before, "after": 1989}]


def test_two_revisions_are_compared(tracked, capreg):
    (record,) = capreg("-R", tracked, "diff", "HEAD~1", "HEAD", "-O", "json").json["records"]
    assert record["changes"] == [{"path": "/founded", "before": 1987, "after": 1988}]


def test_a_repository_around_that_does_not_hold_the_registry_is_not_asked(empty, capreg):
    git(empty.parent, "init", "-q")
    git(empty.parent, "commit", "-qm", "nothing", "--allow-empty")
    write_record(empty, firm())
    assert capreg("-R", empty, "diff", "HEAD").code == 3
    assert capreg("-R", empty, "diff", "2026-03-01", "-O", "json").json["records"] == []


def _sign_last_commit(folder: Path) -> None:
    """Give the last commit what looks like a signature, which git would have a program verify."""
    said = subprocess.run(["git", "-C", folder, "cat-file", "commit", "HEAD"], check=True, capture_output=True).stdout
    head, text = said.split(b"\n\n", 1)
    signature = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    name = subprocess.run(
        ["git", "-C", folder, "hash-object", "-t", "commit", "-w", "--stdin"],
        input=head + signature + b"\n\n" + text,
        check=True,
        capture_output=True,
    ).stdout.strip()
    git(folder, "update-ref", "HEAD", name.decode())


def test_a_hostile_repository_starts_no_program(tracked, capreg):
    trap, program = tracked.parent / "trap", tracked.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch {trap}\n")
    program.chmod(0o755)
    _sign_last_commit(tracked)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "filter.x.clean", "filter.x.smudge", "gpg.program"):
        git(tracked, "config", key, str(program))
    git(tracked, "config", "log.showSignature", "true")
    (tracked / ".gitattributes").write_text("*.json filter=x diff=x\n")
    for arguments in (["diff", "2026-02-28"], ["diff", "HEAD"], ["history", "rossi"]):
        assert capreg("-R", tracked, *arguments).code == 0
    assert not trap.exists()


def test_only_what_changed_is_read(empty, capreg, monkeypatch, on, tmp_path):
    rows = "".join(f"{number},Firm,Bologna,{number + 1},Y,N,\n" for number in range(200))
    (tmp_path / "list.csv").write_text(f"No,Name,Town,Staff,Milling,Turning,ISO 9001\n{rows}")
    on("2026-01-15")
    capreg("-R", empty, "import", "list.csv", "--mapping", MONTHS / "mapping.yaml")
    on("2026-02-15")
    for number in (3, 4, 5):
        change(Registry(empty), f"firm-{number}", founded=1987)
    read, parsed = [], set()
    document, rest = Held.document.func, Noted._rest.func
    monkeypatch.setattr(Held, "document", property(lambda self: read.append(self.file) or document(self)))
    monkeypatch.setattr(Noted, "_rest", property(lambda self: parsed.add(self.id) or rest(self)))
    changed = [f"firm-{number}" for number in (3, 4, 5)]
    for arguments in (["2026-01-31"], ["2026-01-31", "2026-03-01"], [empty, empty]):
        read.clear()
        done = capreg("-R", empty, "diff", *arguments, "-O", "json")
        expected = [] if empty in arguments else changed
        assert paths(done) == [(id, "/founded") for id in expected]
        assert read == [f"firms/{id}.json" for id in expected for _ in ("before", "after")]
    assert parsed == set(changed)


@pytest.mark.parametrize("arguments", [["diff", "2026-01-31"], ["history", "officine-savena"]])
def test_a_pipe_loads_nothing_heavy(sample, arguments):
    assert loaded_by("-R", sample, *arguments) == set()


@pytest.mark.parametrize("surroundings", [{}, {"NO_COLOR": "1"}])
@pytest.mark.parametrize("columns", [80, 160])
def test_a_terminal_gets_lines_that_fit(pair, columns, surroundings):
    write_record(pair[1], firm("rossi", capabilities=[MILL | {"tolerance_mm": 0.01, "materials": ["en-aw-7075"]}]))
    shown = seen(at_terminal("diff", *pair, columns=columns, **surroundings))
    assert ("\x1b[" in shown) != bool(surroundings)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert "Milling: Tolerance 0.02 mm → 0.01 mm" in [" ".join(line.split()) for line in lines]
    assert max(len(line) for line in lines[3:]) <= columns
