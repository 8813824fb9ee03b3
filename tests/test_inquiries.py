"""Inquiries as files: what they ask, what is wrong with them, and a query and an inquiry as one and the same."""

import io
import json
import shlex
import sys

import pytest
from conftest import ROOT, SHARED
from ruamel.yaml import YAML
from test_search_sample import DAY, TABLE

from capreg.index.find import find
from capreg.query.inquiry import Inquiry
from capreg.query.language import join
from capreg.query.sections import document_of
from capreg.store.registry import Registry

HOUSING = ROOT / "tests" / "data" / "inquiries" / "valve_housing.yaml"


def write(folder, text: str, name: str = "inquiry.yaml"):
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture
def ask(sample, capreg, tmp_path):
    """Ask the sample what the text of an inquiry asks: `ask(text, *more)` -> Done."""

    def ask(text: str, *more):
        return capreg("-R", sample, "search", "-f", write(tmp_path, text), "-O", "json", "--on", DAY, *more)

    return ask


def test_the_example_of_the_trade_works_as_it_is(sample, capreg):
    done = capreg("-R", sample, "search", "-f", HOUSING, "-O", "json")
    assert (done.code, done.ids, done.json["on"]) == (0, ["leghe-reggiane"], "2027-01-15")
    assert done.json["query"] == (
        "certificate:iso-9001,as9100 near:Bologna,100km process:5-axis-milling material:en-aw-7075 tolerance:..0.01mm "
        "size:400x300x120mm batch:500 spare:30h process:anodising material:aluminium"
    )


def test_our_copy_of_the_example_is_the_example():
    example = SHARED / "examples" / "inquiry.yaml"
    if not example.exists():
        pytest.skip("no example here")
    assert HOUSING.read_text() == example.read_text()


def test_an_inquiry_is_read_from_standard_input(sample, capreg, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HOUSING.read_bytes())))
    assert capreg("-R", sample, "search", "-f", "-", "-O", "json").ids == ["leghe-reggiane"]


@pytest.mark.parametrize(
    ("inquiry", "query"),
    [
        ("parts: [{process: milling, material: titanium}]", "process:milling material:titanium"),
        ('{"parts": [{"process": "milling", "batch": 500}]}', "process:milling batch:500"),
        ("parts: [{process: [milling, turning], in_house: true}]", "process:milling,turning in_house:yes"),
        ("parts: [{tolerance: ..0.01 mm, process: milling}]", "process:milling tolerance:..0.01mm"),
        ("parts: [{process: milling}, {process: anodising}]", "process:milling process:anodising"),
        ("parts: [{certificate: iso-9001}, {certificate: as9100}]", "certificate:iso-9001 certificate:as9100"),
        ("firm: {material: aluminium}\nparts: [{process: milling}]", "material:aluminium process:milling"),
        ("firm: {near: {place: Bologna, within: 40 km}, employees: 10..50}", "near:Bologna,40km employees:10..50"),
        ("firm: {near: 'Reggio Emilia, 15km'}", 'near:"Reggio Emilia,15km"'),
        ("firm: {near: {place: '44.49, 11.34', within: 30 km}}", "near:44.49,11.34,30km"),
        ("query: hydraulic ^certificate:iso-9001", "hydraulic ^certificate:iso-9001"),
        ("query: process:milling OR process:turning\nfirm: {country: IT}", '"process:milling OR process:turning"'),
        ("parts: [{process: turning, query: ^material:steel}]", "process:turning ^material:steel"),
        ("firm: {name: Savena}\nparts: [{name: shafts, process: turning}]", "name:Savena process:turning"),
    ],
)
def test_an_inquiry_finds_what_its_query_finds(ask, sample, capreg, inquiry, query):
    by_file, by_query = ask(inquiry), capreg("-R", sample, "search", *shlex.split(query), "-O", "json", "--on", DAY)
    assert (by_file.code, by_file.ids) == (0, by_query.ids)


def test_a_query_beside_an_inquiry_is_added_to_it_and_holds_for_each_part(ask):
    both = "parts: [{process: milling}, {process: anodising}]"
    alone, beside = ask(both), ask(both, "material:en-aw-7075", "employees:..15")
    assert set(beside.ids) < set(alone.ids)
    assert beside.json["query"] == "material:en-aw-7075 employees:..15 process:milling process:anodising"


def test_the_day_needed_comes_before_the_day_named(ask):
    assert ask("needed_on: 2028-01-01\nfirm: {country: IT}").json["on"] == "2028-01-01"
    assert ask("firm: {country: IT}").json["on"] == DAY.isoformat()


def test_preferences_exclude_nobody_and_raise_the_fit(ask):
    bare = ask("parts: [{process: turning}]")
    liked = ask("parts: [{process: turning}]\npreferences: {employees: 1000..}")
    assert sorted(bare.ids) == sorted(liked.ids)
    # The mean of 1 and of 0 where it fails, of 1 and 1/4 where the number of people is not stated.
    assert {one["fit"] for one in liked.json["results"]} == {0.5, 0.625}


def test_a_kind_is_taken_from_the_inquiry(ask):
    done = ask("kind: contractor\ncontractor: {buys: milling}")
    assert (done.code, done.json["kind"]) == (0, "contractor")
    assert ask("kind: contractor\ncontractor: {buys: milling}", "-k", "firm").code == 2


FAULTY = {
    "titel: x": ":1 /titel: unknown field 'titel'. Did you mean title?",
    "needed_on: soon": ":1 /needed_on: ",
    "firm:\n  certificat: iso-9001": ":2 /firm/certificat: unknown field 'certificat'. Did you mean certificate",
    "parts:\n  - process: miling": ":2 /parts/0/process: 'miling' is not a word of the vocabulary processes. Did you",
    "parts:\n  - process: milling\n    tolerance: ..0.01": ":3 /parts/0/tolerance: the unit is missing.",
    "parts:\n  - process: milling\n    tolerance: 0,01mm": ":3 /parts/0/tolerance: '0,01mm' is not a number.",
    "parts:\n  - process: milling\n    mass: 3 mm": ":3 /parts/0/mass: the unit 'mm' is not among the units of mass.",
    "parts:\n  - material: steel": ":2 /parts/0: a part needs exactly one of: certificate, instrument, machine",
    "parts:\n  - {process: milling, machine: lathe}": ":2 /parts/0: a part needs exactly one of",
    "parts:\n  - process: milling\n    axes: 5": ":3 /parts/0/axes: 'axes' says nothing of an entry that process opens",
    "parts:\n  - process: milling\n    near: Bologna,9km": ":3 /parts/0/near: 'near' says nothing of an entry",
    "preferences:\n  employees: 50..10": ":2 /preferences/employees: the range '50..10' is reversed.",
    "firm:\n  near: {place: Bolonga, within: 9 km}": ":2 /firm/near: no place 'Bolonga' is known. Did you mean Bologna",
    "firm:\n  near: {place: Bologna}": ":2 /firm/near",
    "parts:\n  - process: turning\n    tolerance: it7": ": query: tolerance:it7: a grade needs a nominal size",
    "query: (milling": ":1 /query: query: a bracket opens that never closes",
    "parts:\n  - {process: milling, query: a AND}": ":2 /parts/0/query: query: something to look for is missing here",
    "title: a\ntitle: b": ":2:1 ",
    "a: &x 1\nb: *x": ":2: an alias",
    "- process: milling": ":1 /: ",
    "": ":1 /: ",
    "{}": ":1 /: ",
    "kind: 5": ":1 /kind: 5 is not of type",
}


@pytest.mark.parametrize("text", FAULTY)
def test_what_is_wrong_is_told_with_file_line_and_field(ask, tmp_path, text):
    done = ask(text)
    assert (done.code, done.out) == (4, ""), done.err
    assert f"{tmp_path / 'inquiry.yaml'}{FAULTY[text]}" in done.err


def test_all_that_is_wrong_is_told_together(ask):
    done = ask("titel: x\nparts:\n  - process: miling\n    mass: 3 mm\npreferences:\n  employees: few")
    assert [line.split(" ")[1] for line in done.err.splitlines()[1:]] == [
        "/parts/0/process:",
        "/parts/0/mass:",
        "/preferences/employees:",
    ]
    assert "/titel" in done.err.splitlines()[0]


# A query and an inquiry are one and the same.


@pytest.fixture(scope="module")
def registry(_sample_once):
    return Registry(_sample_once)


@pytest.mark.parametrize("typed", [query for query, _ in TABLE])
def test_every_query_is_an_inquiry_and_back(registry, typed):
    kind, query = registry.kind("firm"), join(shlex.split(typed))
    document = document_of(query, kind)
    again = Inquiry.read(document, kind).query
    assert document_of(again, kind) == document
    assert [hit.id for hit in find(registry, kind, again, DAY).hits] == dict(TABLE)[typed].split()


@pytest.mark.parametrize("name", ["asked.yaml", "asked.json"])
def test_a_query_is_saved_as_an_inquiry_that_finds_the_same(sample, capreg, tmp_path, name):
    path = tmp_path / name
    typed = capreg("-R", sample, "search", "process:milling", "process:anodising", "--save", path, "-O", "json")
    assert capreg("-R", sample, "search", "-f", path, "-O", "json").ids == typed.ids
    document = json.loads(path.read_text()) if name.endswith("json") else YAML(typ="safe").load(path)
    assert document == {"kind": "firm", "parts": [{"process": "milling"}, {"process": "anodising"}]}


def test_what_was_read_is_kept_when_it_is_saved(sample, capreg, tmp_path):
    assert capreg("-R", sample, "search", "-f", HOUSING, "--save", tmp_path / "copy.yaml").code == 0
    copy, original = (YAML(typ="safe").load(path) for path in (tmp_path / "copy.yaml", HOUSING))
    assert copy.pop("kind") == "firm"
    assert {**copy, "needed_on": str(copy["needed_on"])} == {**original, "needed_on": str(original["needed_on"])}


def test_saving_writes_over_nothing_and_a_trial_writes_nothing(sample, capreg, tmp_path):
    path = write(tmp_path, "precious")
    assert capreg("-R", sample, "search", "process:milling", "--save", path).code == 2
    assert path.read_text() == "precious"
    assert capreg("-R", sample, "search", "process:milling", "--save", tmp_path / "new.yaml", "--dry-run").code == 0
    assert not (tmp_path / "new.yaml").exists()
    assert capreg("-R", sample, "search", "--save", tmp_path / "nothing.yaml").code == 2


def test_a_printout_is_for_the_inquirys_client_and_numbered_if_the_office_knows_it(sample, capreg):
    unknown = capreg("-R", sample, "printout", "-f", HOUSING, "-O", "json")
    assert (unknown.code, unknown.json["client"], unknown.json["number"]) == (0, "nordwerk", None)
    assert "no client 'nordwerk'" in unknown.err
    capreg("-R", sample, "client", "add", "nordwerk", "--name", "Nordwerk")
    assert capreg("-R", sample, "printout", "-f", HOUSING, "-O", "json").json["number"] == 1
