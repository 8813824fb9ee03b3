"""Records are edited in a real editor, by one person or two, and by scripts, value by value."""

import errno
import json
import os
import shutil
import signal
import sys
import time

import pexpect
import pytest
from conftest import files_of, firm, write_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_terminal import at_terminal, seen

from capreg.exchange.record_yaml import commented_yaml, record_yaml
from capreg.exchange.yaml import Written
from capreg.model.annotations import read_kind
from capreg.store.schemas import shipped_schema
from capreg.store.validators import validator

FIRM = read_kind("firm", shipped_schema("firm"))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), max_size=30)
NUMBER = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | NUMBER
    | TEXT
    | st.dates().map(str)
    | st.sampled_from(["yes", "~", "1e3", "0x1F", "12:30"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT, below, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Make a shell script, given the file as $1, the user's editor."""

    def made(script: str) -> str:
        path = tmp_path / "an editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"'{path}'")
        return f"'{path}'"

    return made


def stored(registry, id="torneria-reno") -> dict:
    return json.loads((registry / "firms" / "bologna" / f"{id}.json").read_text())


def kept(registry) -> list[str]:
    return [path.read_text(errors="replace") for path in sorted((registry / "drafts").glob("edit-*"))]


@given(name=TEXT.filter(str.strip), extension=st.dictionaries(TEXT, VALUE, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_record_written_as_yaml_is_read_as_the_same_record(name, extension):
    document = {"kind": "firm", "id": "x", "name": name, "sites": [{"id": "main"}], "extension": extension}
    for text in (record_yaml(document), commented_yaml(FIRM, document, "it", "Two\nlines")):
        assert Written.read("x.yaml", text.encode(), validator({})).document == document


def test_the_file_to_edit_says_what_each_field_is_and_which_are_not_stated(sample, capreg, editor, tmp_path):
    editor(f'cp "$1" "{tmp_path}/seen"')
    capreg("-R", sample, "edit", "torneria-reno", "--language", "it")
    text = (tmp_path / "seen").read_text()
    assert "# Torneria Reno" in text and "  # Tolleranza, mm" in text and "# extension:  # Estensione" in text


def test_what_is_saved_is_checked_and_written_and_noted(sample, capreg, editor):
    editor("sed -i 's/^name: .*/name: Torneria del Reno/' \"$1\"")
    done = capreg("-R", sample, "edit", "torneria-reno")
    assert (done.code, stored(sample)["name"], kept(sample)) == (0, "Torneria del Reno", [])
    assert "torneria-reno" in next((sample / "history").iterdir()).read_text()


def test_json_can_be_edited_too(sample, capreg, editor):
    editor('sed -i \'s/"name": .Torneria.*/"name": "Reno",/\' "$1"')
    assert capreg("-R", sample, "edit", "torneria-reno", "-O", "json").code == 0
    assert stored(sample)["name"] == "Reno"


@pytest.mark.parametrize(
    "script", ["true", 'cp "$1" "$1.x" && mv "$1.x" "$1"', ': > "$1"', "echo '# nothing' >> \"$1\""]
)
def test_nothing_saved_or_only_remarks_changes_nothing(sample, capreg, editor, script):
    before = stored(sample)
    editor(script)
    done = capreg("-R", sample, "edit", "torneria-reno")
    assert (done.code, done.err, stored(sample), kept(sample)) == (0, "Nothing was changed.\n", before, [])
    assert not (sample / "history").exists()


FAULTS = {
    "rubbish": ('head -c 300 /dev/urandom > "$1"', ""),
    "no YAML": ("echo 'name: [x' > \"$1\"", ":"),
    "a value that is none": (
        "sed -i 's/^founded: .*/founded: long ago/' \"$1\"",
        " /founded: 'long ago' is not of type",
    ),
    "a field that is none": (
        "sed -i 's/^founded: /fuonded: /' \"$1\"",
        "unknown field 'fuonded'. Did you mean founded?",
    ),
    "another id": ("sed -i 's/^id: .*/id: reno/' \"$1\"", "'capreg rename' changes an id"),
    "a key twice": ("echo 'name: Reno' >> \"$1\"", "duplicate key"),
    "a number that is a text": ("sed -i 's/postal_code: .*/postal_code: 40100/' \"$1\"", "put it between quotes"),
    "no file any more": ('rm "$1"', "No such file"),
}


@pytest.mark.parametrize(("script", "told"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_told_at_its_line_and_kept(sample, capreg, editor, script, told):
    before = stored(sample)
    editor(script)
    done = capreg("-R", sample, "edit", "torneria-reno")
    assert (done.code, told in done.err, "Traceback" in done.err) == (4, True, False), done.err
    assert stored(sample) == before
    assert "rm " in script or len(kept(sample)) == 1


def test_the_line_of_a_fault_is_that_of_the_file(sample, capreg, editor):
    editor("sed -i 's/^founded: .*/founded: long ago/' \"$1\"")
    done = capreg("-R", sample, "edit", "torneria-reno")
    line = next(at for at, line in enumerate(kept(sample)[0].splitlines(), 1) if line.startswith("founded"))
    assert f".yaml:{line} /founded" in done.err


@pytest.mark.parametrize(
    ("named", "code", "told"),
    [
        ("false", 1, "failed with exit code 1"),
        ("/no/such/editor", 2, "No such file"),
        ("'unclosed", 2, "is no command"),
        ("/", 2, "Permission denied"),
    ],
)
def test_an_editor_that_fails_or_is_not_there_is_told_and_changes_nothing(
    sample, capreg, monkeypatch, named, code, told
):
    monkeypatch.setenv("VISUAL", named)
    done = capreg("-R", sample, "edit", "torneria-reno")
    assert (done.code, told in done.err, kept(sample)) == (code, True, []), done.err


def test_what_was_typed_before_an_editor_failed_is_kept(sample, capreg, editor):
    editor("echo '# typed' >> \"$1\"; exit 3")
    done = capreg("-R", sample, "edit", "torneria-reno")
    assert done.code == 1 and "is kept in" in done.err
    assert "# typed" in kept(sample)[0]


def test_a_full_disk_loses_nothing(sample, capreg, editor, monkeypatch):
    before = stored(sample)
    editor("sed -i 's/^name: .*/name: Reno/' \"$1\"")

    def failing(*arguments, real=os.fsync):
        if any((sample / "drafts").glob("edit-*")):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr("capreg.store.files.os.fsync", failing)
        done = capreg("-R", sample, "edit", "torneria-reno")
    assert (done.code, "No space left" in done.err, stored(sample)) == (1, True, before)
    assert "name: Reno" in kept(sample)[0]


def test_the_second_of_two_people_is_shown_the_difference_and_overwrites_nothing(sample, capreg, editor):
    first = f"{sys.executable} -m capreg -R '{sample}' edit torneria-reno --set summary=First -q"
    editor(f"{first}; sed -i 's/^summary: .*/summary: Second/' \"$1\"")
    done = capreg("-R", sample, "edit", "torneria-reno")
    assert done.code == 5
    assert "-summary: First\n+summary: Second" in done.err and "nothing was overwritten" in done.err
    assert stored(sample)["summary"] == "First" and "summary: Second" in kept(sample)[0]


def test_a_kept_draft_is_gone_on_with_and_shown_before_it_is_written(sample, capreg, editor, tmp_path):
    editor("sed -i 's/^name: .*/name: Reno/' \"$1\"; exit 1")
    capreg("-R", sample, "edit", "torneria-reno")
    (draft,) = (sample / "drafts").glob("edit-*")
    editor("true")
    assert f"--draft {draft}" in capreg("-R", sample, "edit", "torneria-reno").err
    assert "--draft" not in capreg("-R", sample, "edit", "officine-savena").err
    child = at_terminal("-R", sample, "edit", "torneria-reno", "--draft", draft)
    child.expect_exact("+name: Reno")
    child.expect_exact("Write it? [Y/n]")
    child.sendline("")
    assert "Changed firms/bologna/torneria-reno.json" in seen(child)
    assert (stored(sample)["name"], kept(sample)) == ("Reno", [])


def test_a_fault_is_fixed_in_a_second_round(sample, editor):
    editor("if grep -q 'founded: x' \"$1\"; then sed -i 's/^founded: .*/founded: 1990/' \"$1\"; "
           "else sed -i 's/^founded: .*/founded: x/' \"$1\"; fi")  # fmt: skip
    child = at_terminal("-R", sample, "edit", "torneria-reno")
    child.expect_exact("is not of type 'integer'")
    child.expect_exact("Edit it again? [Y/n]")
    child.sendline("y")
    assert "Changed" in seen(child)
    assert stored(sample)["founded"] == 1990


@pytest.mark.skipif(not shutil.which("vi"), reason="there is no vi")
def test_vi_edits(sample, monkeypatch):
    monkeypatch.setenv("EDITOR", "vi -c ':%s/^founded: [0-9]*/founded: 1991/' -c ':wq'")
    seen(at_terminal("-R", sample, "edit", "torneria-reno"))
    assert stored(sample)["founded"] == 1991


@pytest.mark.skipif(not shutil.which("ed"), reason="there is no ed")
def test_ed_edits_at_a_terminal(sample, monkeypatch):
    monkeypatch.setenv("EDITOR", "ed -s")
    child = at_terminal("-R", sample, "edit", "torneria-reno")
    for line in ("/^founded/s/[0-9][0-9]*/1992/", "w", "q"):
        child.sendline(line)
    seen(child)
    assert stored(sample)["founded"] == 1992


def test_an_interrupt_while_the_editor_runs_keeps_what_was_typed(sample, editor, tmp_path):
    before = stored(sample)
    editor(f"echo '# typed' >> \"$1\"; touch {tmp_path}/ready; sleep 20")
    child = at_terminal("-R", sample, "edit", "torneria-reno")
    until = time.monotonic() + 15
    while not (tmp_path / "ready").exists() and time.monotonic() < until:
        time.sleep(0.05)
    child.sendintr()
    assert "is kept in" in seen(child)
    child.close()
    assert (child.exitstatus, stored(sample)) == (130, before)
    assert "# typed" in kept(sample)[0]


def test_a_terminal_that_goes_away_leaves_the_file_that_was_edited(sample, editor, tmp_path):
    editor(f"echo '# typed' >> \"$1\"; touch {tmp_path}/ready; sleep 20")
    child = at_terminal("-R", sample, "edit", "torneria-reno")
    until = time.monotonic() + 15
    while not (tmp_path / "ready").exists() and time.monotonic() < until:
        time.sleep(0.05)
    child.kill(signal.SIGKILL)
    child.expect(pexpect.EOF)
    assert "# typed" in kept(sample)[0]


SETS = [
    ("people.total=20", "/people/total", 20),
    ("capabilities[0].tolerance_mm=10um", "/capabilities/0/tolerance_mm", 0.01),
    (
        "capabilities[0].materials=Alluminio; acciaio inox",
        "/capabilities/0/materials",
        ["aluminium", "stainless-steel"],
    ),
    ("capabilities[0].size_mm=65x52x47cm", "/capabilities/0/size_mm", [650, 520, 470]),
    ("capabilities[0].batch=1..50", "/capabilities/0/batch", {"min": 1, "max": 50}),
    ("capabilities[0].in_house=sì", "/capabilities/0/in_house", True),
    ("sites[0].position=44.5, 11.3", "/sites/0/position", {"latitude": 44.5, "longitude": 11.3}),
    ("trading_names=Reno, Reno Due", "/trading_names", ["Reno", "Reno Due"]),
    ('extension={"a": [1]}', "/extension", {"a": [1]}),
    ("contacts[0].name=Rossi, Mario", "/contacts/0/name", "Rossi, Mario"),
]


@pytest.mark.parametrize(("said", "pointer", "value"), SETS, ids=[one[0] for one in SETS])
def test_a_script_sets_values_as_people_write_them(sample, capreg, said, pointer, value):
    assert capreg("-R", sample, "edit", "officine-savena", "--set", said).code == 0
    found = stored(sample, "officine-savena")
    for step in pointer.split("/")[1:]:
        found = found[int(step) if isinstance(found, list) else step]
    assert found == value


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ("people.total=-3", 2, "-3 is less than the minimum of 0"),
        ("people.total=3.5", 2, "not a whole number"),
        ("poeple.total=3", 2, "Did you mean people?"),
        ("capabilities[xx].process=milling", 3, "There are: milling-5x, turning."),
        ("capabilities[0].process=miling", 3, "Did you mean"),
        ("capabilities[0].tolerance_mm=1kg", 2, "not among the units of length"),
        ("capabilities[0].tolerance_mm=0,01", 2, "decimal point"),
        ("capacity.spare[0].from=later", 2, "Write it like 2026-11-16."),
        ("sites=", 2, "entry by entry"),
        ("sites=[]", 2, "less than 1 item"),
        ("website", 2, "Write PLACE=VALUE"),
        ("id=x", 2, "not set like a field"),
        ("a..b=1", 2, "no place in a record"),
        ("machines[2].count=1", 4, "/machines/2: 'type' is a required property"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(sample, capreg, said, code, told):
    before = files_of(sample)
    done = capreg("-R", sample, "edit", "officine-savena", "--set", said)
    assert (done.code, told in done.err) == (code, True), done.err
    assert files_of(sample / "firms") == {path: one for path, one in before.items() if sample / "firms" in path.parents}


def test_a_value_that_is_stated_gets_its_day_and_a_statement(sample, capreg):
    capreg("-R", sample, "edit", "officine-savena", "--set", "capacity.spare[5-axis].hours_week=20",
           "--stated-on", "2026-11-20", "--method", "telephone")  # fmt: skip
    found = stored(sample, "officine-savena")
    assert found["capacity"]["spare"][0]["stated_on"] == "2026-11-20"
    about = "/capacity/spare/5-axis/hours_week"
    assert found["statements"][-1] == {
        "about": about,
        "source": "firm",
        "method": "telephone",
        "stated_on": "2026-11-20",
    }


def test_unset_takes_a_value_or_an_entry_out(sample, capreg):
    capreg(
        "-R", sample, "edit", "officine-savena", "--unset", "website", "--unset", "machines[ctx-400].bar_diameter_mm"
    )
    found = stored(sample, "officine-savena")
    assert "website" not in found and "bar_diameter_mm" not in found["machines"][1]
    assert capreg("-R", sample, "edit", "officine-savena", "--unset", "website").code == 3


def test_what_is_said_of_an_entry_that_is_taken_out_goes_with_it(empty, capreg):
    machines = [{"type": "lathe"}, {"id": "b", "type": "lathe"}, {"type": "press", "count": 3}]
    abouts = ["/machines", "/machines/lost", "/machines/0/type", "/machines/b", "/machines/2/count", "/name", ""]
    statements = [{"about": about, "source": "firm", "stated_on": "2026-01-01"} for about in abouts]
    write_record(empty, firm(machines=machines, statements=statements))
    assert capreg("-R", empty, "edit", "rossi", "--unset", "machines[0]").code == 0
    found = json.loads((empty / "firms" / "rossi.json").read_text())
    told = [one["about"] for one in found["statements"]]
    assert told == ["/machines", "/machines/lost", "/machines/b", "/machines/1/count", "/name", ""]


def test_a_dry_run_shows_the_difference_and_writes_nothing(sample, capreg):
    before = files_of(sample)
    done = capreg("-R", sample, "edit", "officine-savena", "--set", "people.total=20", "--dry-run")
    assert (done.code, "-  total: 18\n+  total: 20" in done.out) == (0, True)
    assert files_of(sample) == before
