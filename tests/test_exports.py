"""Exports: what stands in each format, what each says that it could not carry over, and who reads them."""

import csv
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import ROOT, files_of, firm, write_record
from openpyxl import load_workbook

from capreg.exchange.export import FILES, TEXTS
from capreg.exchange.selection import Part
from capreg.model.kinds import Tier
from capreg.office.books import books_of
from capreg.office.exports import exports
from capreg.store.registry import Registry
from capreg.store.schemas import shipped_kinds, shipped_schema

RECIPIENTS = ROOT / ".venv-recipients" / "bin"
# Every form of an export, as it is asked for: the options, and the name of the file.
FORMS = {
    "csv": (["-k", "firm"], "out.csv"),
    "json": ([], "out.json"),
    "ndjson": ([], "out.ndjson"),
    "geojson": ([], "out.geojson"),
    "okw": (["-O", "okw"], "out.okw"),
    "xlsx": ([], "out.xlsx"),
    "sqlite": ([], "out.sqlite"),
    "folder": (["--lists"], "out"),
    "zip": (["--lists"], "out.zip"),
}
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


def test_every_format_is_among_the_forms_that_are_tested():
    assert {*TEXTS, *FILES} <= set(FORMS)


def recipient(name: str) -> str:
    """Return a program that receives exports; skip the test where it is not installed."""
    found = RECIPIENTS / name
    if not found.exists():
        pytest.skip(f"{name} is not installed: make recipients")
    return str(found)


def content(path: Path) -> dict[str, bytes]:
    """What an export wrote, by the names of its files."""
    if path.is_dir():
        return {one.name: one.read_bytes() for one in sorted(path.iterdir())}
    return {path.name: path.read_bytes()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def export(capreg, tmp_path):
    """Export in a form: (registry, form, more options) -> (what was told, the file)."""

    def run(registry, form, *more):
        options, name = FORMS[form]
        path = tmp_path / name
        done = capreg("-R", registry, "export", *options, *more, "-o", path)
        assert (done.code, done.out) == (0, ""), done.err
        return done.err, path

    return run


TWO = [
    {"id": "a", "process": "cnc-turning", "materials": ["steel", "brass"], "tolerance_mm": 0.05},
    {"id": "b", "process": "5-axis-milling", "materials": ["titanium"], "batch": {"min": 1, "max": 50}},
]


@pytest.fixture
def two(empty):
    """A registry with a firm that has two capabilities, and one that states little."""
    write_record(empty, firm("rossi", capabilities=TWO, founded=1987, certificates=[]))
    write_record(empty, firm("bianchi", sites=[{"id": "main"}]))
    return empty


# What stands in each form


def test_a_csv_table_has_a_row_a_record_and_heads_with_units(two, export):
    bianchi, rossi = table(export(two, "csv")[1].read_text())
    assert (bianchi["id"], rossi["id"]) == ("bianchi", "rossi")
    assert rossi["process"] == "cnc-turning, 5-axis-milling"
    assert (rossi["near"], rossi["founded"], bianchi["founded"]) == ("44.4938,11.3387", "1987", "")
    assert "floor (m2)" in rossi


def test_a_csv_table_tells_which_lists_it_took_apart(two, export):
    told = export(two, "csv")[0].splitlines()
    assert told[0].startswith("firms: one row does not tell which values belong to one entry of a list")
    assert "capabilities" in told[0]


def test_a_csv_table_of_several_kinds_is_refused(sample, capreg):
    done = capreg("-R", sample, "export", "-O", "csv")
    assert (done.code, done.out) == (2, "")
    assert "there are contractor, firm" in done.err


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_holds_the_records_as_they_are_cut(two, export, form):
    text = export(two, form)[1].read_text()
    found = json.loads(text)["records"] if form == "json" else [json.loads(line) for line in text.splitlines()]
    assert [one["id"] for one in found] == ["bianchi", "rossi"]
    short = [{key: value for key, value in one.items() if key not in ("tolerance_mm", "batch")} for one in TWO]
    assert found[1]["capabilities"] == short
    assert found[1]["certificates"] == []


def test_geojson_has_a_point_a_site_and_tells_who_has_none(two, export):
    told, path = export(two, "geojson")
    (feature,) = json.loads(path.read_text())["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [11.3387, 44.4938]}
    assert (feature["id"], feature["properties"]["name"], feature["properties"]["locality"]) == (
        "firm/rossi/1",
        "Rossi",
        "Bologna",
    )
    assert "1 firm states no position, and was left out." in told


def test_geojson_keeps_two_sites_apart(empty, export):
    sites = [
        {
            "id": town.lower(),
            "address": {"locality": town, "country": "IT"},
            "position": {"latitude": 44, "longitude": at},
        }
        for at, town in enumerate(("Bologna", "Modena"), 10)
    ]
    write_record(empty, firm(sites=sites))
    features = json.loads(export(empty, "geojson")[1].read_text())["features"]
    assert [(one["geometry"]["coordinates"], one["properties"]["locality"]) for one in features] == [
        ([10, 44], "Bologna"),
        ([11, 44], "Modena"),
    ]


def test_open_know_where_gets_a_facility_a_site_with_the_entries_of_that_site(empty, export):
    sites = [{"id": "north", "floor_area_m2": 900}, {"id": "south"}]
    work = [
        {"process": "cnc-turning", "site": "north"},
        {"process": "painting", "site": "south"},
        {"process": "casting"},
    ]
    write_record(empty, firm(sites=sites, capabilities=work, founded=1987))
    north, south = json.loads(export(empty, "okw")[1].read_text())
    assert (north["floor_size"], south.get("floor_size")) == (900, None)
    assert north["manufacturing_processes"] == ["CNC turning", "Casting"]
    assert south["manufacturing_processes"] == ["Painting", "Casting"]
    assert (north["facility_status"], north["date_founded"]) == ("Active", "1987")
    assert north["id"] != south["id"]


def test_open_know_where_tells_what_it_has_no_place_for(sample, export):
    told = export(sample, "okw")[0]
    assert "Open Know-Where has no form for contractors: 7 were left out." in told
    assert told.endswith("Exported 0 contractors, 56 firms.\n")
    assert "firms: Open Know-Where has no place for" in told
    assert "Wikipedia" in told


def test_every_path_of_the_form_of_open_know_where_is_one_of_the_schema():
    form = json.loads((ROOT / "capreg" / "exchange" / "okw.json").read_text())
    assert set(form) <= set(shipped_kinds())

    def look(one, schema):
        if isinstance(one, str):
            at(schema, one)
        elif isinstance(one, list):
            [look(below, schema) for below in one]
        elif "each" in one:
            look(one["entry"], at(schema, one["each"]))
        else:
            [look(below, schema) for key, below in one.items() if key != "always"]

    def at(schema, path):
        for step in filter(None, path.split(".")):
            schema = schema.get("items", schema)["properties"][step]
        return schema.get("items", schema)

    for kind, one in form.items():
        look(one, shipped_schema(kind))


def test_sqlite_has_a_table_a_list_that_says_to_which_record_each_entry_belongs(two, export):
    db = sqlite3.connect(export(two, "sqlite")[1])
    assert db.execute("SELECT id, founded, capabilities, certificates FROM firm ORDER BY id").fetchall() == [
        ("bianchi", None, None, None),
        ("rossi", 1987, 2, 0),
    ]
    assert db.execute("SELECT firm, capabilities_entry, process, material FROM firm_capabilities").fetchall() == [
        ("rossi", 1, "cnc-turning", '["steel","brass"]'),
        ("rossi", 2, "5-axis-milling", '["titanium"]'),
    ]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert [one[2:5] for one in db.execute("PRAGMA foreign_key_list(firm_capabilities)")] == [("firm", "firm", "id")]


def test_sqlite_finds_words_and_says_what_each_column_means(two, export):
    db = sqlite3.connect(export(two, "sqlite")[1])
    found = "SELECT id FROM firm WHERE rowid IN (SELECT rowid FROM firm_fts WHERE firm_fts MATCH 'ROSSI')"
    assert db.execute(found).fetchall() == [("rossi",)]
    assert db.execute("SELECT label, unit FROM columns WHERE column_name = 'floor'").fetchall() == [
        ("Floor area", "m2")
    ]


def test_a_workbook_has_typed_cells_frozen_heads_and_filters(sample, export):
    book = load_workbook(export(sample, "xlsx")[1])
    sheet = book["firm_certificates"]
    rows = list(sheet.iter_rows(values_only=True))
    until = rows[0].index("valid_until")
    assert isinstance(rows[1][until], (date, type(None)))
    assert any(isinstance(row[until], date) for row in rows[1:])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", sheet.dimensions)
    assert type(book["firm"]["F2"].value) is int
    assert "floor (m2)" in [cell.value for cell in book["firm_sites"][1]]


FORMULAS = ["=1+1", '=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "'=1"]


def test_a_text_that_looks_like_a_formula_stays_a_text_in_a_workbook(empty, export):
    for number, text in enumerate(FORMULAS):
        write_record(empty, firm(f"f{number}", name=text))
    sheet = load_workbook(export(empty, "xlsx")[1])["firm"]
    at = [cell.value for cell in sheet[1]].index("name")
    names = [row[at] for row in sheet.iter_rows(min_row=2)]
    assert [(one.value, one.data_type) for one in names] == [(text, "s") for text in FORMULAS]


@pytest.mark.parametrize("form", ["csv", "folder"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe_in_csv_and_that_is_told(empty, export, form):
    for number, text in enumerate(FORMULAS):
        write_record(empty, firm(f"f{number}", name=text))
    told, path = export(empty, form)
    text = (path / "firm.csv" if form == "folder" else path).read_text()
    assert [one["name"] for one in table(text)] == [f"'{one}" if one[0] in "=+@" else one for one in FORMULAS]
    assert "4 texts begin like a formula, and got an apostrophe before them." in told


def test_a_day_before_the_calendar_of_spreadsheets_stays_a_text(empty, export):
    write_record(empty, firm(certificates=[{"standard": "iso-9001", "issued_on": "1850-01-01"}]))
    sheet = load_workbook(export(empty, "xlsx")[1])["firm_certificates"]
    assert "1850-01-01" in [cell.value for cell in sheet[2]]


def test_a_data_package_says_what_each_file_holds_with_its_hash(sample, export):
    files = content(export(sample, "folder")[1])
    package = json.loads(files.pop("datapackage.json"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert {one["path"]: one["hash"] for one in package["resources"]} == {
        name: f"sha256:{hashlib.sha256(data).hexdigest()}" for name, data in files.items()
    }
    assert {one["path"]: one["bytes"] for one in package["resources"]} == {
        name: len(data) for name, data in files.items()
    }
    (sites,) = (one["schema"] for one in package["resources"] if one["name"] == "firm_sites")
    assert sites["foreignKeys"] == [{"fields": ["firm"], "reference": {"resource": "firm", "fields": ["id"]}}]
    assert {"name": "floor", "type": "number", "title": "Floor area", "unit": "m2"} in sites["fields"]


def test_the_zip_of_a_data_package_holds_what_the_folder_does_the_descriptor_first(sample, export):
    archive = ZipFile(export(sample, "zip")[1])
    assert {one: archive.read(one) for one in archive.namelist()} == content(export(sample, "folder")[1])
    assert archive.namelist()[0] == "datapackage.json"


def test_a_field_that_is_added_to_a_schema_is_exported_by_that_alone(empty, export):
    note = {"label": {"en": "Rooms", "it": "Sale"}, "unit": "m2", "tier": "short"}
    rooms = {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "number", "capreg": note}}}}
    rooms = {**rooms, "capreg": {"label": note["label"], "tier": "short"}}
    (empty / "schemas").mkdir()
    (empty / "schemas" / "firm.schema.json").write_text(json.dumps({"properties": {"rooms": rooms}}))
    write_record(empty, firm(rooms=[{"name": 12.5}]))
    assert sqlite3.connect(export(empty, "sqlite")[1]).execute("SELECT * FROM firm_rooms").fetchall() == [
        ("rossi", 1, 12.5)
    ]
    assert table(export(empty, "csv")[1].read_text())[0]["rooms.name (m2)"] == "12.5"


HOSTILE = {
    "Name": "its name differs from another's in capitals only",
    "rank": "a name that no searchable table of SQLite may have",
    'we"ird.key': "quotes and dots",
    "long": "x" * 40_000,
    "none": "\uffff",
}


@EVERY_FORM
def test_fields_and_texts_that_a_format_has_no_place_for_do_not_stop_it(empty, export, form):
    note = {"label": {"en": "x", "it": "x"}, "tier": "short"}
    fields = {key: {"type": "string", "capreg": {**note, "search": {"name": "odd", "as": "text"}}} for key in HOSTILE}
    entry = {"type": "object", "properties": {key: {"type": "string", "capreg": note} for key in ("firm", "FIRM")}}
    fields["of"] = {"type": "array", "items": entry, "capreg": note}
    (empty / "schemas").mkdir()
    (empty / "schemas" / "firm.schema.json").write_text(json.dumps({"properties": fields}))
    write_record(empty, firm(**HOSTILE, of=[{"firm": "1", "FIRM": "2"}]))
    told, path = export(empty, form)
    assert told.endswith("Exported 1 firm.\n")
    if form == "sqlite":
        row = sqlite3.connect(path).execute('SELECT "Name_2", rank, "we""ird.key", length(long) FROM firm').fetchone()
        assert row == (HOSTILE["Name"], HOSTILE["rank"], HOSTILE['we"ird.key'], 40_000)
    if form == "xlsx":
        assert "1 text was cut to the 32,767 characters of a cell." in told
        assert "1 text holds what a workbook cannot, which was replaced by U+FFFD." in told


# Which records, and at which tier


@EVERY_FORM
def test_what_was_asked_stays_in_the_hub(sample, export, form):
    path = export(sample, form, "process:milling", "summary:preci*", "-k", "firm")[1]
    assert not any(b"preci*" in data or b"process:milling" in data for data in content(path).values())


def test_a_query_selects(sample, capreg):
    asked = ["process:milling", "material:aluminium", "near:Bologna,40km"]
    ids = [json.loads(line)["id"] for line in capreg("-R", sample, "export", *asked).out.splitlines()]
    assert ids == sorted(capreg("-R", sample, "search", *asked, "-O", "json").ids)
    assert ids


def test_an_inquiry_selects(sample, capreg, tmp_path):
    (tmp_path / "asked.yaml").write_text("kind: contractor\nquery: buys:milling\n")
    done = capreg("-R", sample, "export", "-f", tmp_path / "asked.yaml")
    found = capreg("-R", sample, "search", "-k", "contractor", "buys:milling", "-O", "json")
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == sorted(found.ids)


def test_without_a_query_all_kinds_go_out(sample, capreg):
    kinds = [json.loads(line)["kind"] for line in capreg("-R", sample, "export").out.splitlines()]
    assert (kinds.count("firm"), kinds.count("contractor")) == (56, 7)


def test_a_search_of_confidential_fields_exports_nothing(empty, capreg):
    write_record(empty, firm(capacity={"largest_customer_share": 0.4}))
    assert capreg("-R", empty, "export", "largest_customer:0..1").code == 2
    assert capreg("-R", empty, "export", "largest_customer:0..1", "--tier", "detailed", "--internal", "--yes").code == 2


@pytest.mark.parametrize(
    "asked", [["--tier", "detailed"], ["--internal"], ["--tier", "detailed", "--internal"]], ids=" ".join
)
def test_the_detailed_tier_needs_internal_and_a_yes(two, capreg, asked):
    before = files_of(two)
    done = capreg("-R", two, "export", *asked)
    assert (done.code, done.out) == (2, "")
    assert files_of(two) == before


def test_the_office_keeps_a_note_of_the_detailed_tier_and_of_no_other(two, capreg, export):
    books = books_of(Registry(two))
    export(two, "ndjson")
    assert exports(books) == []
    told, path = export(two, "ndjson", "--tier", "detailed", "--internal", "--yes")
    (noted,) = exports(books)
    assert (noted.kinds, noted.query, noted.tier, noted.format, noted.count) == (["firm"], "", "detailed", "ndjson", 2)
    assert '"tolerance_mm":0.05' in path.read_text()
    assert capreg("-R", two, "check").code == 0


# Always the same bytes, whole or not at all


@EVERY_FORM
def test_the_same_records_give_the_same_bytes_however_the_index_came_about(sample, capreg, export, form):
    first = content(export(sample, form)[1])
    record = next((sample / "firms").rglob("carpenteria-anzola.json"))
    kept = record.read_bytes()
    record.unlink()
    assert content(export(sample, form)[1]) != first
    record.write_bytes(kept)
    assert content(export(sample, form)[1]) == first


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_no_time_and_no_name_stands_in_an_archive(sample, export, form):
    archive = ZipFile(export(sample, form)[1])
    assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"openpyxl" not in b"".join(archive.read(one) for one in archive.namelist() if "core" in one)


@EVERY_FORM
def test_an_export_that_fails_leaves_what_was_there(sample, capreg, export, form, monkeypatch, tmp_path):
    path = export(sample, form)[1]
    before, around = content(path), sorted(tmp_path.iterdir())

    def failing(self):
        yield "one", {"kind": "firm", "id": "one"}
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Part, "__iter__", failing)
    done = capreg("-R", sample, "export", *FORMS[form][0], "-o", path)
    assert (done.code, done.err) == (1, "capreg: No space left on device\n")
    assert (content(path), sorted(tmp_path.iterdir())) == (before, around)


@EVERY_FORM
def test_a_dry_run_tells_the_same_and_writes_nothing(sample, capreg, form, tmp_path):
    options, name = FORMS[form]
    tried = capreg("-R", sample, "export", *options, "-o", tmp_path / name, "--dry-run")
    assert not (tmp_path / name).exists()
    done = capreg("-R", sample, "export", *options, "-o", tmp_path / name)
    assert tried.err.replace("Would export", "Exported") == done.err


def test_a_folder_with_other_files_is_not_replaced(sample, capreg, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.odt").write_text("years of work")
    assert capreg("-R", sample, "export", "--lists", "-o", tmp_path / "out").code == 2
    assert (tmp_path / "out" / "thesis.odt").exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["-O", "xlsx"], 2),
        (["--lists"], 2),
        (["--lists", "-O", "json", "-o", "x"], 2),
        (["-o", "x.doc"], 2),
        (["-o", "none/x.csv"], 1),
        (["-o", "sample/firms/x.json"], 2),
        (["-k", "firms"], 2),
        (["nosuch:1"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_exported_is_told_and_writes_nothing(sample, capreg, asked, code):
    before = files_of(sample)
    done = capreg("-R", sample, "export", *asked)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("capreg: ")
    assert "unexpected" not in done.err
    assert files_of(sample) == before


def test_an_export_to_a_pipe_is_written_into_it(two, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reading = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True)
    run = [sys.executable, "-m", "capreg", "-q", "-R", two, "export", "-k", "firm", "-O", "csv", "-o"]
    subprocess.run([*run, tmp_path / "pipe"], check=True, timeout=60)
    assert len(reading.communicate(timeout=60)[0].splitlines()) == 3
    assert (tmp_path / "pipe").is_fifo()


def test_no_record_is_read_from_its_file_where_the_index_is_up_to_date(sample, capreg, monkeypatch):
    assert capreg("-R", sample, "index").code == 0
    monkeypatch.setattr(Registry, "load", lambda *_: pytest.fail("a file was read"))
    assert len(capreg("-R", sample, "export").out.splitlines()) == 63


def test_a_part_is_cut_to_its_tier(two):
    registry = Registry(two)
    kind = registry.kind("firm")
    (hit,) = [one for one in registry.read(kind) if one.id == "rossi"]
    (short,) = Part(kind, Tier.short, [hit], None, lambda: None)
    assert "tolerance_mm" in json.dumps(hit.document)
    assert "tolerance_mm" not in json.dumps(short[1])


# Real recipients


def test_datasette_opens_the_sqlite_file_and_searches_it(sample, export):
    datasette = recipient("datasette")
    path = export(sample, "sqlite")[1]

    def get(asked):
        done = subprocess.run([datasette, str(path), "--get", asked], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    tables = {one["name"]: one for one in get("/out.json")["tables"]}
    assert (tables["firm"]["count"], tables["firm"]["fts_table"], tables["contractor"]["count"]) == (56, "firm_fts", 7)
    assert {"firm_sites", "firm_capabilities", "columns"} <= set(tables)
    assert [one["id"] for one in get("/out/firm.json?_search=savena&_shape=array")] == ["officine-savena"]


def test_the_checks_of_data_packages_find_nothing(sample, export):
    frictionless = recipient("frictionless")
    path = export(sample, "folder", "--tier", "detailed", "--internal", "--yes")[1]
    done = subprocess.run(
        [frictionless, "validate", "--json", str(path / "datapackage.json")], capture_output=True, text=True
    )
    assert json.loads(done.stdout)["valid"], done.stdout


def test_libreoffice_opens_the_workbook_and_runs_no_text(empty, export, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    write_record(empty, firm(name="=1+1", summary="_x0041_ #N/A", founded=1987))
    path = export(empty, "xlsx")[1]
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        [soffice, home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(path)],
        capture_output=True,
        check=True,
        timeout=120,
    )
    (row,) = table((tmp_path / "out.csv").read_text())
    assert (row["name"], row["summary"], row["founded"]) == ("=1+1", "_x0041_ #N/A", "1987")


def test_the_page_is_written_into_a_folder_and_takes_nothing_beside_it(sample, capreg, tmp_path):
    assert capreg("-R", sample, "export", "--html", tmp_path / "page").code == 0
    assert "Officine Savena" in (tmp_path / "page" / "index.html").read_text()
    assert capreg("-R", sample, "export", "--html", tmp_path / "other", "--tier", "detailed", "--internal").code == 2
    assert capreg("-R", sample, "export", "--html", sample / "firms").code == 2
