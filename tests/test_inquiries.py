"""Inquiries as files: what is read, what is refused, what is written, and that both ways are the same thing."""

import json
import re
import shlex
import sys
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from conftest import firm, write_record
from test_search_sample import TABLE, ReadOnce

from capreg.exchange.inquiries import inquiry_file, open_inquiry, read_inquiry
from capreg.index.find import asking_of, find
from capreg.query.inquiry import Inquiry
from capreg.query.language import join

FILES = Path(__file__).parent / "data" / "inquiries"
DAY = date(2026, 11, 22)
HOUSING = FILES / "valid" / "valve-housing.yaml"

# What is read: (file, the query that asks the same, typed in a shell).

VALVE = (
    "certificate:iso-9001,as9100 near:Bologna,100km "
    "process:5-axis-milling material:en-aw-7075 tolerance:..0.01mm size:400x300x120mm batch:500 spare:30h "
    "process:anodising material:aluminium --on 2027-01-15"
)
MEANS = [
    ("valve-housing.yaml", VALVE),
    ("valve-housing.json", VALVE),
    (
        "blanks-and-numbers.yaml",
        "employees:16,20..30 process:milling tolerance:..10um size:50x40x30cm batch:100..500 "
        "process:anodising in_house:yes",
    ),
    ("head-last.yaml", "process:milling tolerance:..0.01mm material:steel"),
    ("every-part.yaml", "material:steel process:milling process:turning"),
    ("two-certificates.yaml", "certificate:iso-9001 edition:2015 certificate:iso-14001"),
    (
        "own-query.yaml",
        '"(hydraulic OR dialysis)" employees:10.. process:milling ^material:steel '
        '"(tolerance:..0.01mm OR roughness:..0.8um)"',
    ),
    ("places.yaml", 'near:"Reggio Emilia,IT,60min"'),
    ("place-as-a-text.yaml", 'near:"Reggio Emilia,IT,60min"'),
    ("position.yaml", "near:44.70,10.63,15mi"),
    ("only-preferences.yaml", ""),
    ("grade.yaml", "process:turning diameter:40mm tolerance:it7"),
    ("contractor.yaml", "-k contractor buys:milling"),
    ("day-as-text.yaml", "certificate:iso-9001 --on 2027-01-15"),
    ("byte-order-mark.yaml", "founded:1990"),
]


@pytest.fixture
def search(sample, capreg):
    """Search the sample registry, for machines: `search("-f", file)`."""
    return lambda *arguments: capreg("-R", sample, "search", "-O", "json", *arguments)


@pytest.mark.parametrize(("name", "typed"), MEANS)
def test_an_inquiry_finds_what_the_query_that_asks_the_same_finds(search, name, typed):
    read, asked = search("-f", FILES / "valid" / name), search(*shlex.split(typed))
    assert (read.code, sorted(read.ids), read.json["total"]) == (0, sorted(asked.ids), asked.json["total"])
    assert (read.json["kind"], read.json["on"], bool(read.ids)) == (asked.json["kind"], asked.json["on"], True)


@pytest.mark.parametrize(("name", "typed"), MEANS)
def test_the_answer_shows_the_inquiry_as_a_query_that_finds_the_same(search, name, typed):
    read = search("-f", FILES / "valid" / name).json
    again = search("-k", read["kind"], "--on", read["on"], read["query"])
    assert sorted(again.ids) == sorted(one["id"] for one in read["results"])


def test_every_example_is_read():
    assert sorted(one.name for one in (FILES / "valid").iterdir()) == sorted(name for name, _ in MEANS)


def test_the_answer_to_the_valve_housing_is_its_query_and_the_day_needed(search):
    answer = search("-f", HOUSING).json
    query, _, day = VALVE.partition(" --on ")
    assert (sorted(answer["query"].split()), answer["on"]) == (sorted(query.split()), day)
    assert [one["id"] for one in answer["results"]] == ["leghe-reggiane"]


@pytest.mark.parametrize("name", ["valve-housing.yaml", "valve-housing.json"])
def test_an_inquiry_comes_through_standard_input_too(search, monkeypatch, name):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO((FILES / "valid" / name).read_bytes())))
    assert search("-f", "-").ids == ["leghe-reggiane"]


def test_a_faulty_inquiry_of_standard_input_is_told_as_such(search, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"firm:\n  emploees: 10\n")))
    done = search("-f", "-")
    assert (done.code, done.out, "-:2 /firm/emploees" in done.err) == (4, "", True)


# A query typed beside it.

BESIDE = {"parts": [{"process": "milling"}, {"process": "turning"}], "firm": {"employees": "10.."}}


@pytest.mark.parametrize(
    ("beside", "same"),
    [
        ("", "employees:10.. process:milling process:turning"),
        ("employees:..20", "employees:10..20 process:milling process:turning"),
        ("hydraulic", "employees:10.. hydraulic process:milling process:turning"),
        ('"hydraulic OR dialysis"', 'employees:10.. "(hydraulic OR dialysis)" process:milling process:turning'),
        # What it says of a list holds for each part, as if it stood before the first head.
        ("material:steel", "employees:10.. material:steel process:milling process:turning"),
        ("tolerance:..0.01mm", "employees:10.. tolerance:..0.01mm process:milling process:turning"),
        ("^material:steel", "employees:10.. ^material:steel process:milling process:turning"),
        ("near:Bologna,40km", "near:Bologna,40km employees:10.. process:milling process:turning"),
        ("^certificate:nadcap", "^certificate:nadcap employees:10.. process:milling process:turning"),
    ],
)
def test_a_query_beside_an_inquiry_must_be_met_too(search, tmp_path, beside, same):
    (tmp_path / "asked.json").write_text(json.dumps(BESIDE))
    both = search("-f", "asked.json", *shlex.split(beside))
    assert both.code == 0
    assert sorted(both.ids) == sorted(search(*shlex.split(same)).ids)


def test_a_query_beside_an_inquiry_stands_beside_the_inquiry_s_own_query(search, tmp_path):
    (tmp_path / "asked.yaml").write_text("query: hydraulic OR dialysis\n")
    both = search("-f", "asked.yaml", "employees:18 OR employees:42")
    same = search("(hydraulic OR dialysis) (employees:18 OR employees:42)")
    assert (len(both.ids), sorted(both.ids)) == (len(same.ids), sorted(same.ids))
    assert 0 < len(both.ids) < len(search("hydraulic OR dialysis").ids)


@pytest.mark.parametrize(("query", "code"), [("proces:milling", 2), ("process:miling", 3), ("(hydraulic", 2)])
def test_a_wrong_query_beside_an_inquiry_is_a_wrong_query(search, query, code):
    done = search("-f", HOUSING, query)
    assert (done.code, done.out) == (code, "")


# The day that counts: needed_on, before --on, before today.


def lapsing(id: str, until: str) -> dict:
    return firm(id, certificates=[{"standard": "iso-9001", "valid_until": until}])


@pytest.mark.parametrize(
    ("needed_on", "arguments", "on", "ids"),
    [
        ("2027-01-15", [], "2027-01-15", ["late"]),
        ("2027-01-15", ["--on", "2026-06-01"], "2027-01-15", ["late"]),
        (None, ["--on", "2026-06-01"], "2026-06-01", ["early", "late"]),
        (None, ["--on", "2027-01-15"], "2027-01-15", ["late"]),
    ],
)
def test_the_day_needed_comes_before_the_day_named(empty, capreg, tmp_path, needed_on, arguments, on, ids):
    for one in (lapsing("early", "2026-12-31"), lapsing("late", "2028-12-31")):
        write_record(empty, one)
    day = {"needed_on": needed_on} if needed_on else {}
    (tmp_path / "asked.json").write_text(json.dumps({**day, "firm": {"certificate": "iso-9001"}}))
    done = capreg("-R", empty, "search", "-f", "asked.json", "-O", "json", *arguments)
    assert (done.json["on"], sorted(done.ids)) == (on, ids)


def test_without_a_day_today_counts(search, tmp_path):
    (tmp_path / "asked.yaml").write_text("firm: {certificate: iso-9001}\n")
    assert search("-f", "asked.yaml").json["on"] == search("certificate:iso-9001").json["on"]


# Preferences raise the fit, and exclude nobody.


def test_preferences_exclude_nobody_and_set_the_order(empty, capreg, tmp_path):
    sectors = {"a": ["rail"], "b": ["automotive"], "c": None}
    for id, words in sectors.items():
        write_record(empty, firm(id, **({"commerce": {"sectors": words}} if words else {})))
    (tmp_path / "asked.yaml").write_text("preferences: {sector: automotive}\n")
    done = capreg("-R", empty, "search", "-f", "asked.yaml", "-O", "json")
    assert [(one["id"], one["fit"]) for one in done.json["results"]] == [("b", 1.0), ("c", 0.25), ("a", 0.0)]
    assert done.json["total"] == 3


def test_an_explanation_marks_preferences_as_such(search):
    verdicts = search("-f", HOUSING, "--explain").json["results"][0]["verdicts"]
    preferred = [one["requirement"] for one in verdicts if one.get("preference")]
    assert sorted(preferred) == ["employees:10..50", "sector:fluid-power"]


# The kind: the inquiry's, unless -k contradicts it.


@pytest.mark.parametrize("arguments", [[], ["-k", "contractor"]])
def test_the_kind_is_the_inquiry_s(search, arguments):
    done = search("-f", FILES / "valid" / "contractor.yaml", *arguments)
    assert (done.code, done.json["kind"]) == (0, "contractor")


@pytest.mark.parametrize(("name", "kind"), [("contractor.yaml", "firm"), ("valve-housing.yaml", "contractor")])
def test_a_kind_that_contradicts_the_inquiry_is_wrong_usage(search, tmp_path, name, kind):
    written = (FILES / "valid" / name).read_text()
    (tmp_path / "asked.yaml").write_text(written if "kind:" in written else f"kind: firm\n{written}")
    done = search("-f", "asked.yaml", "-k", kind)
    assert (done.code, done.out, kind in done.err) == (2, "", True)


# What is refused: exit 4, and each fault with its line, its pointer and a word on what to do; all of them together.

INVALID = {
    "unknown-field.yaml": [
        (3, "/parts/0/tollerance", "tolerance"),
        (5, "/firm/certifcate", "certificate"),
        (7, "/preferences/sectr", "sector"),
    ],
    "unknown-word.yaml": [
        (2, "/parts/0/process", "milling"),
        (3, "/parts/0/material", "aluminum"),
        (5, "/firm/certificate", "iso-9001"),
        (7, "/preferences/sector", "automotive"),
    ],
    "units.yaml": [
        (3, "/parts/0/tolerance", "unit"),
        (4, "/parts/0/mass", "unit"),
        (5, "/parts/0/roughness", "um"),
        (6, "/parts/0/size", "unit"),
        (8, "/firm/employees", "no unit"),
        (9, "/firm/floor", "furlong"),
        (10, "/firm/near", "unit"),
    ],
    "numbers.yaml": [
        (3, "/parts/0/tolerance", "0.01mm"),
        (4, "/parts/0/batch", "100"),
        (5, "/parts/0/lead_time", "..10"),
        (7, "/firm/employees", "reversed"),
        (8, "/firm/founded", "ten"),
        (9, "/firm/floor", "not a number"),
    ],
    "heads.yaml": [(2, "/parts/0", "process"), (3, "/parts/1", "one"), (5, "/parts/2", "process")],
    "not-of-the-list.yaml": [
        (3, "/parts/0/near", "firm"),
        (4, "/parts/0/employees", "firm"),
        (6, "/parts/1/material", "machine"),
    ],
    "head-and-word.yaml": [
        (3, "/parts/0", "exactly one"),
        (3, "/parts/0/material", "steel"),
        (4, "/parts/1/process", "milling"),
        (5, "/parts/1/employees", "firm"),
    ],
    "unknown-key.yaml": [(1, "/frim", "firm"), (2, "/deadline", "needed_on")],
    "section-of-another-kind.yaml": [(2, "/firm", "contractor")],
    "unknown-kind.yaml": [(1, "/kind", "firm")],
    "day.yaml": [(2, "/needed_on", "")],
    "day-as-text.yaml": [(2, "/needed_on", "2026-02-30")],
    "day-in-words.yaml": [(1, "/needed_on", "tomorrow")],
    "day-of-a-field.yaml": [(3, "/firm/calibrated", "")],
    "double-key.yaml": [(5, None, "material")],
    "double-key.json": [(2, None, "firm")],
    "alias.yaml": [(3, None, "alias")],
    "latin-1.yaml": [(None, None, "UTF-8")],
    "empty.yaml": [(1, "/", "")],
    "comment.yaml": [(1, "/", "")],
    "nothing-asked.json": [(1, "/", "")],
    "list.yaml": [(1, "/", "object")],
    "list.json": [(1, "/", "object")],
    "query.yaml": [(1, "/", "object")],
    "broken.yaml": [(3, None, "")],
    "broken.json": [(3, None, "")],
    "empty-values.yaml": [
        (2, "/parts/0/process", ""),
        (3, "/parts/0/material", ""),
        (5, "/firm/employees", ""),
        (6, "/firm/sector", ""),
    ],
    "grade-without-size.yaml": [(5, "/parts/1/tolerance", "diameter")],
    "preferred-grade-without-size.yaml": [(3, "/preferences/tolerance", "diameter")],
    "grade-out-of-the-table.yaml": [(4, "/parts/0/tolerance", "501 mm")],
    "own-query.yaml": [(2, "/query", "missing")],
    "own-query-of-a-part.yaml": [(3, "/parts/0/query", "missing")],
    "own-query-with-faults.yaml": [(3, "/parts/0/query", "tolerance"), (4, "/query", "certificate")],
    "own-query-with-words.yaml": [(1, "/query", "milling")],
    "own-query-with-two-parts.yaml": [(4, "/query", "process:turning,grinding")],
    "head-in-a-part-s-query.yaml": [(4, "/parts/0/query", "process")],
    "places.yaml": [(2, "/firm/near", "Nowheretown"), (4, "/preferences/near", "radius")],
    "together.yaml": [
        (1, "/needed_on", ""),
        (2, "/title", ""),
        (4, "/parts/0/process", "milling"),
        (5, "/parts/0/tolerance", "0.01mm"),
        (6, "/parts/1", "process"),
        (8, "/firm/certifcate", "certificate"),
        (9, "/firm/employees", "reversed"),
        (10, "/deadline", ""),
        (11, "/query", "nosuch"),
        (13, "/preferences/floor", "unit"),
    ],
}
FAULT = re.compile(r"^(?:capreg: )?(?P<file>\S+?\.(?:yaml|json))(?::(?P<line>\d+))?(?::\d+)?:? ?(?P<pointer>/\S*?)?:? ")


def faults(name: str, err: str) -> list[tuple[int | None, str | None, str]]:
    """Return what was told of a file: the line, the pointer and the words of each fault."""
    told = [(FAULT.match(line), line) for line in err.splitlines()]
    return [
        (int(found["line"]) if found["line"] else None, found["pointer"], line)
        for found, line in told
        if found and found["file"] == name
    ]


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_inquiry_is_told_with_all_its_faults(search, monkeypatch, name):
    monkeypatch.chdir(FILES / "invalid")
    done = search("-f", name)
    assert (done.code, done.out) == (4, "")
    assert [(line, pointer) for line, pointer, _ in faults(name, done.err)] == [one[:2] for one in INVALID[name]]
    assert [words for _, _, words in INVALID[name] if words not in done.err] == []


def test_every_faulty_example_is_refused():
    assert sorted(one.name for one in (FILES / "invalid").iterdir()) == sorted(INVALID)


@pytest.mark.parametrize("name", ["unknown-field.yaml", "day.yaml", "list.yaml", "latin-1.yaml"])
def test_a_printout_refuses_an_invalid_inquiry_too(sample, capreg, name):
    done = capreg("-R", sample, "printout", "-f", FILES / "invalid" / name)
    assert (done.code, done.out, name in done.err) == (4, "", True)


@pytest.mark.parametrize("name", ["missing.yaml", "missing/asked.yaml", "."])
def test_a_file_that_is_not_there_is_told(search, name):
    done = search("-f", name)
    assert (done.code, done.out, name in done.err) == (4, "", True)


@pytest.mark.parametrize("name", ["empty.yaml", "comment.yaml", "empty-values.yaml"])
def test_a_fault_is_told_in_words_of_a_person(search, monkeypatch, name):
    monkeypatch.chdir(FILES / "invalid")
    assert [word for word in ("null", "anyOf", "schemas") if word in search("-f", name).err] == []


HOSTILE = {
    "ten thousand levels": "firm: " + "[" * 10_000,
    "ten thousand levels of blocks": "\n".join(" " * at + "a:" for at in range(1000)),
    "aliases that fill the memory": "a: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "a tag": "firm: !!python/object/apply:os.system ['true']",
    "a control character": 'title: "a\\e[2Jb"\nnosuch: 1\n',
    "a field that writes on the terminal": 'firm: {"\\e]0;x\\a": 1}',
    "a directive": "%YAML 9.9\n---\nfirm: {}\n",
    "two documents": "firm: {employees: 10}\n---\nfirm: {employees: 20}\n",
    "a number without end": "firm: {employees: .inf}\n",
    "no number": "firm: {employees: .nan}\n",
    "a very long value": f"firm: {{name: {'x' * 2000}}}\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_without_harm(search, tmp_path, text):
    (tmp_path / "asked.yaml").write_text(text)
    done = search("-f", "asked.yaml")
    assert (done.code, done.out, "\x1b" in done.err, "Traceback" in done.err) == (4, "", False, False)


# What is written.


def test_save_writes_what_is_asked_and_answers(search, tmp_path):
    done = search("process:milling", "tolerance:..0.01mm", "process:anodising", "--save", "asked.yaml")
    assert (done.code, "leghe-reggiane" in done.ids) == (0, True)
    assert (tmp_path / "asked.yaml").read_text().splitlines() == [
        "kind: firm",
        "parts:",
        "- process: milling",
        "  tolerance: ..0.01mm",
        "- process: anodising",
    ]


def test_a_name_that_ends_in_json_makes_json(search, tmp_path):
    search("process:milling", "employees:10..", "--save", "asked.json")
    document = json.loads((tmp_path / "asked.json").read_text())
    assert document == {"kind": "firm", "parts": [{"process": "milling"}], "firm": {"employees": "10.."}}


def test_save_writes_over_nothing(search, tmp_path):
    (tmp_path / "asked.yaml").write_text("mine")
    done = search("process:milling", "--save", "asked.yaml")
    assert (done.code, done.out, "asked.yaml" in done.err) == (2, "", True)
    assert (tmp_path / "asked.yaml").read_text() == "mine"


def test_save_writes_over_no_broken_link(search, tmp_path):
    (tmp_path / "asked.yaml").symlink_to("elsewhere.yaml")
    assert search("process:milling", "--save", "asked.yaml").code == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_save_writes_nothing_on_a_dry_run(search, tmp_path):
    assert search("process:milling", "--save", "asked.yaml", "--dry-run").code == 0
    assert not (tmp_path / "asked.yaml").exists()


@pytest.mark.parametrize("query", ["proces:milling", "process:miling", "(hydraulic", ""])
def test_a_query_that_does_not_hold_is_not_saved(search, tmp_path, query):
    assert search(query, "--save", "asked.yaml").code in (2, 3)
    assert not (tmp_path / "asked.yaml").exists()


def test_save_into_a_folder_that_is_not_there_fails_and_answers_nothing(search, tmp_path):
    done = search("process:milling", "--save", "missing/asked.yaml")
    assert (done.code, done.out, (tmp_path / "missing").exists()) == (1, "", False)


@pytest.mark.parametrize("place", ["firms/asked.json", "schemas/asked.json", ".capreg/asked.json", "office/asked.json"])
def test_save_keeps_off_what_a_registry_is_made_of(search, sample, place):
    (sample / place).parent.mkdir(exist_ok=True)
    done = search("process:milling", "--save", sample / place)
    assert (done.code, (sample / place).exists()) == (2, False)


def test_what_was_read_keeps_what_a_query_has_no_form_for(search, tmp_path):
    search("-f", FILES / "valid" / "valve-housing.json", "--save", "again.json")
    read = json.loads((FILES / "valid" / "valve-housing.json").read_text())
    assert json.loads((tmp_path / "again.json").read_text()) == {"kind": "firm", **read}


def test_a_query_beside_what_was_read_is_saved_with_it(search, tmp_path):
    search("-f", HOUSING, "employees:20..", "--save", "both.yaml")
    both, again = search("-f", HOUSING, "employees:20.."), search("-f", "both.yaml")
    assert (again.code, again.json) == (0, both.json)
    assert "title: Valve housing, EN AW-7075" in (tmp_path / "both.yaml").read_text()


# Round trips: a query, its inquiry, and back.

ODD = [
    ("machine:lathe axes:5 process:turning", "two heads"),
    ("certificate:iso-9001 edition:2015 certificate:as9100", "two of one list"),
    ("employees:10.. employees:..50", "a field twice"),
    ("process:milling tolerance:..0.1mm tolerance:..0.01mm", "a field of an entry twice"),
    ("near:44.49,11.34,50km ^near:Bologna,3km", "a place and not a place"),
    ("near:-33.9,18.4,9000km", "a place in the south"),
    ("'name:\"S.r.l., S.p.A.\"'", "a comma that is none"),
    ("'issuer:\"a: b #c\"'", "marks of YAML"),
    ('"- a"', "a dash of YAML"),
    ("'\"process:milling\"'", "a text that looks like a term"),
    ('"(no OR null)"', "words of YAML"),
    ("certificate_number:00123", "zeros that count"),
    ("edition:1.10", "a zero that counts at the end"),
    ("locality:007", "a text of digits"),
    ("country:NO,IT", "Norway"),
    ("calibrated:2027-01-01", "a day"),
    ("in_house:yes", "a flag"),
    ('"hydraulic OR dialysis"', "an OR alone"),
    ('"(hydraulic OR dialysis)" "(employees:18 OR employees:42)"', "two ORs"),
    ('process:milling "(material:steel OR tolerance:..0.01mm)" "(employees:18 OR employees:42)"', "an OR of a part"),
    ("^process:milling", "NOT a head"),
    ("title", "a word that is a key"),
    ("name:rossi", "a field that is a key of parts"),
]
QUERIES = [query for query, _ in TABLE] + [query for query, _ in ODD]


@pytest.fixture(scope="module")
def asking(_sample_once):
    """What the sample registry is asked with."""
    registry = ReadOnce(_sample_once)
    return registry, asking_of(registry, registry.kind("firm"), DAY)


def ids(registry, query: str) -> list[str]:
    return [hit.id for hit in find(registry, registry.kind("firm"), query, DAY).hits]


@pytest.mark.parametrize("name", ["asked.yaml", "asked.json"])
@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_was_saved_and_read_asks_the_same_and_is_saved_alike(asking, query, name):
    registry, of = asking
    typed = Inquiry.typed(join(shlex.split(query)))
    written = inquiry_file(typed.saved(of.kind), Path(name))
    read = read_inquiry(open_inquiry(name, written), of)
    assert ids(registry, read.query) == ids(registry, typed.query)
    assert inquiry_file(read.saved(of.kind), Path(name)) == written


@pytest.mark.parametrize("query", ["certificate_number:00123", "edition:0015"])
def test_a_number_that_is_a_text_keeps_its_zeros(empty, capreg, query):
    value = query.partition(":")[2]
    paper = {"standard": "iso-9001", "number": value, "edition": value, "valid_until": "2030-01-01"}
    write_record(empty, firm("paper", certificates=[paper]))
    capreg("-R", empty, "search", query, "--save", "asked.yaml")
    assert capreg("-R", empty, "search", "-f", "asked.yaml", "-O", "json").ids == ["paper"]


COMMANDS = [
    ("process:milling tolerance:..0.01mm process:anodising certificate:iso-9001", "yaml"),
    ('"(hydraulic OR dialysis)" ^near:Bologna,10km', "yaml"),
    ("-k contractor buys:milling material:steel", "json"),
]


@pytest.mark.parametrize(("query", "ending"), COMMANDS)
def test_saving_what_was_read_makes_the_same_file(search, tmp_path, query, ending):
    first = search(*shlex.split(query), "--save", f"one.{ending}")
    second = search("-f", f"one.{ending}", "--save", f"two.{ending}")
    assert (second.code, bool(first.ids), second.ids) == (0, True, first.ids)
    assert (tmp_path / f"one.{ending}").read_text() == (tmp_path / f"two.{ending}").read_text()


@pytest.mark.parametrize("name", [name for name, _ in MEANS])
def test_an_inquiry_saved_again_and_again_does_not_grow(search, tmp_path, name):
    search("-f", FILES / "valid" / name, "--save", "one.yaml")
    search("-f", "one.yaml", "--save", "two.yaml")
    assert (tmp_path / "one.yaml").read_text() == (tmp_path / "two.yaml").read_text()


# On a printout.


def test_a_printout_of_an_inquiry_is_the_printout_of_its_query(sample, capreg):
    read = capreg("-R", sample, "printout", "-f", HOUSING)
    assert (read.code, "Lavorazioni Leghe Reggiane" in read.out, "2027-01-15" in read.out) == (0, True, True)
    assert "nordwerk" in read.err


def test_a_printout_of_an_inquiry_is_its_client_s(sample, capreg):
    capreg("-R", sample, "client", "add", "nordwerk")
    first, second = (capreg("-R", sample, "printout", "-f", HOUSING, "--yes", "-O", "json") for _ in range(2))
    assert (first.code, first.json["client"]) == (0, "nordwerk")
    assert first.out != second.out


def test_a_client_that_is_named_comes_before_the_inquiry_s(sample, capreg):
    for id in ("nordwerk", "other"):
        capreg("-R", sample, "client", "add", id)
    done = capreg("-R", sample, "printout", "-f", HOUSING, "--client", "other", "--yes")
    assert (done.code, "other" in done.out, "nordwerk" in done.out) == (0, True, False)


def test_a_query_beside_an_inquiry_narrows_a_printout_too(sample, capreg):
    done = capreg("-R", sample, "printout", "-f", HOUSING, "employees:100..")
    assert (done.code, "Leghe Reggiane" in done.out) == (0, False)
