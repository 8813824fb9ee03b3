"""What a clumsy or a hostile hand does to a registry, and what must not come of it."""

import json
import os
import subprocess
import sys

import pytest
from conftest import files_of, firm, write_record

from capreg.store.registry import Registry


def label(word: str) -> dict:
    return {"en": word, "it": word}


def own_schema(registry, content, kind="firm") -> None:
    (registry / "schemas").mkdir(exist_ok=True)
    (registry / "schemas" / f"{kind}.schema.json").write_text(json.dumps(content))


@pytest.fixture
def sold(sample, capreg):
    """The sample with a client who owns a profile."""
    capreg("-R", sample, "client", "add", "nordwerk")
    capreg("-R", sample, "profile", "officine-savena", "--client", "nordwerk", "--yes")
    return sample


@pytest.mark.parametrize(
    "target", ["office/ledger/head.json", "registry.json", "firms/bologna/officine-savena.json", "schemas/x.json"]
)
@pytest.mark.parametrize("command", [["search"], ["ledger"], ["show", "officine-savena"]])
def test_no_output_falls_on_the_registrys_own_files(sold, capreg, target, command):
    before = files_of(sold)
    assert capreg("-R", sold, *command, "-O", "json", "-o", sold / target).code == 2
    assert before == files_of(sold)


@pytest.mark.parametrize("output", ["report.xyz", "nowhere/report.csv"])
def test_nothing_is_imported_sold_or_numbered_if_the_output_is_impossible(sold, capreg, output):
    office = files_of(sold / "office")
    assert capreg("-R", sold, "printout", "--client", "nordwerk", "-o", output).code != 0
    assert capreg("-R", sold, "profile", "torneria-reno", "--client", "nordwerk", "--yes", "-o", output).code != 0
    assert office == files_of(sold / "office")


def test_the_settings_give_the_first_price_list_only(sold, capreg):
    settings = json.loads((sold / "registry.json").read_text())
    settings["prices"]["profiles"] = {"firm": "1.00"}
    (sold / "registry.json").write_text(json.dumps(settings))
    assert capreg("-R", sold, "profile", "officine-savena", "--client", "nordwerk").code == 0
    assert "54.90 EUR charged" in capreg("-R", sold, "profile", "torneria-reno", "--client", "nordwerk", "--yes").err


def test_a_ledger_line_that_lost_its_end_is_still_a_sale(sold, capreg):
    (ledger,) = (sold / "office" / "ledger").glob("*.jsonl")
    ledger.write_bytes(ledger.read_bytes().rstrip(b"\n"))
    assert capreg("-R", sold, "profile", "officine-savena", "--client", "nordwerk").code == 0
    capreg("-R", sold, "profile", "torneria-reno", "--client", "nordwerk", "--yes")
    entries = capreg("-R", sold, "ledger", "-O", "json").json["results"]
    assert [(one["number"], one["record"]) for one in entries] == [(1, "officine-savena"), (2, "torneria-reno")]


def test_an_office_that_is_a_link_takes_no_books(sample, capreg, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (sample / "office").symlink_to(tmp_path / "elsewhere")
    assert capreg("-R", sample, "client", "add", "nordwerk").code == 4
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"entitlement": "P0D"}, "/entitlement"),
        ({"currency": "JPY"}, "/prices/profiles/firm"),
        ({"fee": "1.234"}, "/fee"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
    ],
)
def test_settings_that_could_not_sell_are_refused_with_their_line(sample, capreg, change, place):
    settings = json.loads((sample / "registry.json").read_text())
    (sample / "registry.json").write_text(json.dumps({**settings, **change}, indent=1))
    done = capreg("-R", sample, "check")
    assert (done.code, place in done.err, "registry.json:" in done.err) == (4, True, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to drop rights")
def test_a_folder_that_may_not_be_read_is_a_fault_and_not_an_empty_one(sample):
    (sample / "firms" / "bologna").chmod(0)
    command = [sys.executable, "-m", "capreg", "-R", str(sample)]
    as_nobody = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    done = subprocess.run([*as_nobody, *command, "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, "firms/bologna:1:1" in done.stdout) == (4, True), done.stderr
    done = subprocess.run(
        [*as_nobody, *command, "search", "process:milling"], capture_output=True, text=True, check=False
    )
    assert "1 file was left out" in done.stderr


def test_a_file_in_the_place_of_a_kinds_folder_is_a_fault(empty, capreg):
    (empty / "firms").rmdir()
    (empty / "firms").write_text("")
    assert capreg("-R", empty, "check").code == 4


@pytest.mark.parametrize("where", ["prefixItems", "additionalProperties", "anyOf"])
def test_an_annotation_that_nobody_would_read_is_refused(empty, capreg, where):
    hidden = {"type": "string", "capreg": {"label": label("x"), "tier": "confidential"}}
    content = {"properties": {"own": {"capreg": {"label": label("own"), "tier": "short"}}}}
    content["properties"]["own"][where] = hidden if where == "additionalProperties" else [hidden]
    own_schema(empty, content)
    done = capreg("-R", empty, "check")
    assert (done.code, "read on properties and items only" in done.out) == (4, True)


def test_a_statement_whose_subject_is_closed_goes_with_it(empty, capreg):
    write_record(
        empty,
        firm(statements=[{"about": "/extension", "source": "MARKER", "stated_on": "2026-01-01"}], extension={"a": 1}),
    )
    assert "MARKER" not in capreg("-R", empty, "show", "rossi", "-O", "json").out
    assert "MARKER" in capreg("-R", empty, "show", "rossi", "-O", "json", "--internal").out


@pytest.mark.parametrize(
    ("note", "type"),
    [
        ({"together": "own"}, {"type": "string"}),
        ({"search": {"name": "own", "as": "number"}}, {"type": "string"}),
        ({"search": {"name": "distance_km", "as": "number"}}, {"type": "number"}),
        ({"search": {"name": "own", "as": "envelope"}}, {"type": "array", "items": {"type": "number"}}),
        ({"search": {"as": "validity", "since": "from"}}, {"type": "string"}),
        ({"refers": "bosses"}, {"type": "string"}),
        ({"unless": "nowhere"}, {"type": "string"}),
        ({"search": {"name": "own", "as": "text"}}, {"type": "string", "examples": [5]}),
        ({"search": {"name": "own", "as": "word", "words": "nobody-wrote-it"}}, {"type": "string"}),
    ],
)
def test_an_annotation_that_could_not_work_is_refused(empty, capreg, note, type):
    own_schema(empty, {"properties": {"own": {**type, "capreg": {"label": label("own"), "tier": "short", **note}}}})
    done = capreg("-R", empty, "check")
    assert (done.code, "schemas/firm.schema.json" in done.out) == (4, True), done.out


@pytest.mark.parametrize(
    "words",
    [
        [{"id": "a", "broader": "nowhere"}],
        [{"id": "a", "broader": "b"}, {"id": "b", "broader": "a"}],
        [{"id": "a"}, {"id": "a"}],
        [{"id": "a", "includes": ["nowhere"]}],
    ],
)
def test_words_that_make_no_sense_are_refused(empty, capreg, words):
    (empty / "schemas" / "vocabularies").mkdir(parents=True)
    content = {"words": [{"label": label("x"), **word} for word in words]}
    (empty / "schemas" / "vocabularies" / "processes.json").write_text(json.dumps(content))
    done = capreg("-R", empty, "check")
    assert done.code == 4 and done.out.startswith("schemas/vocabularies/processes.json:")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "   "}, "/name"),
        ({"capabilities": [{"process": "milling", "batch": {"min": 100, "max": 1}}]}, "/capabilities/0/batch/min"),
        (
            {"certificates": [{"standard": "iso-9001", "issued_on": "2030-01-01", "valid_until": "2020-01-01"}]},
            "/certificates/0/issued_on",
        ),
    ],
)
def test_what_ends_before_it_begins_or_is_blank_is_a_fault(empty, capreg, change, place):
    write_record(empty, firm(**change))
    done = capreg("-R", empty, "check")
    assert (done.code, place in done.out) == (4, True)


def test_rows_without_a_key_are_refused_and_not_made_one(empty, capreg, tmp_path):
    (tmp_path / "list.csv").write_text("Key,Name,Town\n,Rossi,Bologna\n,Verdi,Modena\n")
    (tmp_path / "mapping.yaml").write_text(
        "kind: firm\nkey: [Key]\nid: [Name]\n"
        "record: {name: Name, sites: [{id: {value: main}, address: {locality: Town, country: {value: IT}}}]}\n"
    )
    done = capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.yaml", "-O", "json")
    assert (done.code, done.json["outcomes"]) == (4, {"refused": 2})


def test_rows_that_join_to_no_valid_record_are_refused(empty, capreg, tmp_path):
    (tmp_path / "list.csv").write_text("Name,Town,Code\n" + "".join(f"Rossi,Bologna,{at}\n" for at in range(40)))
    (tmp_path / "mapping.yaml").write_text(
        "kind: firm\nkey: [Name]\nid: [Name]\nrecord: {name: Name, identifiers: [{scheme: {value: x}, id: Code}],"
        " sites: [{id: {value: main}, address: {locality: Town, country: {value: IT}}}]}\n"
    )
    done = capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.yaml", "-O", "json")
    assert (done.code, done.json["outcomes"]["refused"]) == (4, 40)
    assert list(Registry(empty).read(Registry(empty).kind("firm"))) == []


@pytest.mark.parametrize("cell", ["inf", "nan", "1e400", "1_000", "0x10", "٣"])
def test_a_cell_that_only_a_program_takes_for_a_number_is_told(empty, capreg, tmp_path, cell):
    (tmp_path / "list.csv").write_text(f"Name,Town,Staff\nRossi,Bologna,{cell}\n")
    (tmp_path / "mapping.yaml").write_text(
        "kind: firm\nkey: [Name]\nid: [Name]\n"
        "record: {name: Name, people: {total: Staff}, sites: [{id: {value: main}, address: {locality: Town, country: {value: IT}}}]}\n"
    )
    done = capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.yaml", "-O", "json")
    (note,) = done.json["notes"]
    assert (note["column"], note["fault"] != "") == ("Staff", True)
    assert "people" not in json.loads((empty / "firms" / "rossi.json").read_text())


@pytest.mark.parametrize(
    "leaf",
    [
        "",
        "{column: 5}",
        "{column: Name, between: 5}",
        "{column: Name, between: [[5]]}",
        '{column: Name, dates: "%d%d"}',
        "{value: }",
    ],
)
def test_a_template_that_means_nothing_is_told_before_a_row_is_read(empty, capreg, tmp_path, leaf):
    (tmp_path / "list.csv").write_text("Name\nRossi\n")
    (tmp_path / "mapping.yaml").write_text(f"kind: firm\nkey: [Name]\nid: [Name]\nrecord:\n  name: {leaf}\n")
    done = capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.yaml")
    assert (done.code, "/record/name" in done.err) == (4, True), done.err


def test_words_nobody_knows_are_told_before_a_row_is_read(empty, capreg, tmp_path):
    (tmp_path / "list.csv").write_text("Name,M\nRossi,Y\n")
    (tmp_path / "mapping.yaml").write_text(
        'kind: firm\nkey: [Name]\nid: [Name]\nrecord:\n  name: Name\n  capabilities:\n    - {yes: ["Y"], no: ["N"], each: {M: miling}, entry: {process: {each: true}}}\n'
    )
    done = capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.yaml")
    assert (done.code, "'miling' is no word" in done.err) == (4, True)


def test_a_record_keeps_its_rights_when_it_is_written_anew(empty):
    registry = Registry(empty)
    kind = registry.kind("firm")
    path = write_record(empty, firm())
    path.chmod(0o600)
    registry.put(kind, registry.get(kind, "rossi"))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_place_known_from_closed_fields_alone_is_not_known(empty, capreg):
    closed = {"label": label("x"), "tier": "confidential"}
    properties = {
        "kind": {"const": "depot"},
        "id": {"$ref": "common.schema.json#/$defs/id"},
        "name": {
            "type": "string",
            "capreg": {"label": label("Name"), "tier": "short", "search": {"name": "name", "as": "text"}},
        },
        "town": {"type": "string", "capreg": closed},
        "land": {"type": "string", "capreg": closed},
        "position": {
            "type": "object",
            "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}},
            "capreg": {**closed, "search": {"name": "near", "as": "place", "named": ["town", "land"]}},
        },
    }
    kind = {"folder": "depots", "label": label("depot"), "title": "name", "columns": ["name"]}
    own_schema(empty, {"type": "object", "properties": properties, "capreg": {"kind": kind}}, "depot")
    (empty / "depots").mkdir()
    record = {"kind": "depot", "id": "a", "name": "A", "town": "Hiddenville", "land": "IT"}
    write_record(empty, {**record, "position": {"latitude": 1, "longitude": 1}}, "depots")
    done = capreg("-R", empty, "search", "near:Hiddenvile,5km")
    assert (done.code, "iddenville" in done.err.replace("Hiddenvile", "")) == (3, False)


def test_watts_are_watts(sample, capreg):
    assert (
        capreg("-R", sample, "search", "power:5000W", "-O", "json").ids
        == capreg("-R", sample, "search", "power:5kW", "-O", "json").ids
    )
    assert capreg("-R", sample, "search", "power:5mW").code == 2


def test_a_flag_is_asked_for_by_yes_or_no(sample, capreg):
    yes, no = (capreg("-R", sample, "search", f"in_house:{flag}", "-O", "json").ids for flag in ("true", "no"))
    assert yes and no and capreg("-R", sample, "search", "in_house:perhaps").code == 2


def test_a_caret_before_a_quoted_value_negates_the_whole_of_it(sample, capreg):
    with_it = capreg("-R", sample, "search", "locality:Reggio Emilia", "-O", "json").ids
    without = capreg("-R", sample, "search", "^locality:Reggio Emilia", "-O", "json").ids
    assert with_it and not set(with_it) & set(without)


def test_the_list_names_the_site_that_serves(sample, capreg):
    found = capreg(
        "-R", sample, "search", "name:placentia", "process:5-axis-milling", "near:Modena,10km", "-O", "json"
    ).json
    assert found["results"][0]["locality"] == "Modena"
    found = capreg("-R", sample, "search", "name:placentia", "-O", "json").json
    assert found["results"][0]["locality"] == "Piacenza"


def test_ranges_and_positions_are_no_python_in_tables_for_machines(sample, capreg):
    done = capreg("-R", sample, "search", "name:savena", "--columns", "batch,diameter,near")
    assert done.out.splitlines()[1] == "1..2000, 50..20000\t..320\t44.4705,11.408"


def test_telephones_stay_as_they_are(sample, capreg):
    assert (
        capreg("-R", sample, "search", "name:savena", "--columns", "contacts.phone").out.splitlines()[1]
        == "+390516250000"
    )


def test_a_full_disk_leaves_no_half_made_registry(tmp_path, capreg, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "replace", full)
        assert capreg("init", tmp_path / "new", "--sample").code == 1
    assert list(tmp_path.iterdir()) == []
    assert capreg("init", tmp_path / "new", "--sample").code == 0


@pytest.mark.parametrize("command", [["search"], ["fields"]])
def test_a_closed_pipe_is_no_failure(sample, command):
    program = f"{sys.executable} -m capreg -R {sample} {' '.join(command)} -O ndjson; echo $? >&2"
    done = subprocess.run(["sh", "-c", f"({program}) | true"], capture_output=True, text=True, check=False)
    assert done.stderr in ("0\n",)
