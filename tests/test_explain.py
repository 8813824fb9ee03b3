"""--explain: each requirement's verdict for each firm, what it rests on, and how old that is."""

import csv
import io
import json
import shlex
import unicodedata

import pytest
from conftest import firm, write_record

from capreg.views import FORMATS

DAY = "2024-06-01"
PLACE = {"latitude": 44.4938, "longitude": 11.3387}

# The firm that is asked, and what it has stated about itself on which day.

ROSSI = firm(
    "rossi",
    people={"total": 18},
    sites=[
        {
            "id": "main",
            "address": {"locality": "Bologna", "country": "IT"},
            "position": PLACE,
            "crane_capacity_kg": 5000,
        }
    ],
    capabilities=[
        {
            "id": "milling-5x",
            "process": "5-axis-milling",
            "materials": ["steel", "en-aw-7075"],
            "tolerance_mm": 0.008,
            "roughness_um": 0.4,
            "lead_time_days": 10,
            "batch": {"min": 1, "max": 500},
            "machines": ["dmu"],
        },
        {"process": "turning"},
    ],
    machines=[{"id": "dmu", "type": "machining-centre", "envelope_mm": [650, 520, 475]}],
    certificates=[
        {"standard": "as9100", "valid_until": "2024-05-10"},
        {"standard": "iso-9001", "valid_until": "2024-08-31"},
    ],
    capacity={
        "spare": [
            {"id": "dated", "process": "5-axis-milling", "hours_week": 40, "until": "2024-07-31", "stated_on": "2024-05-20"}
        ]
    },
    statements=[
        {"about": "", "source": "firm", "stated_on": "2020-01-01"},
        {"about": "/capabilities", "source": "firm", "stated_on": "2024-05-31"},
        {"about": "/capabilities/milling-5x", "source": "firm", "stated_on": "2023-12-01"},
        {"about": "/capabilities/milling-5x", "source": "hub", "stated_on": "2023-11-01"},
        {"about": "/capabilities/milling-5x/tolerance_mm", "source": "firm", "stated_on": "2022-05-31"},
        {"about": "/people/total", "source": "firm", "stated_on": "2023-06-01"},
        {"about": "/certificates/0", "source": "firm", "stated_on": "2024-04-01"},
        {"about": "/machines/dmu", "source": "firm", "stated_on": "2023-05-01"},
        {"about": "/capacity/spare/dated", "source": "firm", "stated_on": "2024-05-30"},
    ],
)  # fmt: skip


@pytest.fixture
def explain(empty, capreg):
    """Explain one firm, a near miss too: `explain(query)` -> its verdicts by requirement."""

    def explain(query: str, one: dict = ROSSI, on: str = DAY) -> dict[str, dict]:
        write_record(empty, one)
        asked = ["--explain", "--near-misses", "--on", on, "-O", "json", *shlex.split(query)]
        done = capreg("-R", empty, "search", *asked)
        assert done.code == 0, done.err
        return {verdict["requirement"]: verdict for verdict in done.json["results"][0]["verdicts"]}

    return explain


# For machines.


def old(stated_on: str, age_days: int, is_stale: bool = False) -> dict:
    return {"stated_on": stated_on, "age_days": age_days, "is_stale": is_stale}


def spare(amount: float, unit: str) -> dict:
    return {"amount": amount, "unit": unit}


MILLING = "/capabilities/milling-5x"
VERDICTS = [
    # (what is asked, what is told of the last of it)
    (
        "process:milling",
        {"verdict": "meets", "stated": "5-axis-milling", "where": MILLING, "evidence": old("2023-12-01", 183)},
    ),
    (
        "tolerance:..0.01mm",
        {"verdict": "meets", "stated": "0.008 mm", "where": MILLING, "margin": spare(0.002, "mm"), "evidence": old("2022-05-31", 732, True)},
    ),
    (
        "process:milling tolerance:..0.005mm",
        {"verdict": "fails", "stated": "0.008 mm", "where": MILLING, "short_by": spare(0.003, "mm"), "evidence": old("2022-05-31", 732, True)},
    ),
    (
        "lead_time:2wk",
        {"verdict": "meets", "stated": "10 d", "where": MILLING, "margin": spare(4, "d"), "evidence": old("2023-12-01", 183)},
    ),
    (
        "roughness:..0.8um",
        {"verdict": "meets", "stated": "0.4 um", "where": MILLING, "margin": spare(0.4, "um"), "evidence": old("2023-12-01", 183)},
    ),
    ("material:steel", {"verdict": "meets", "stated": "steel", "where": MILLING, "evidence": old("2023-12-01", 183)}),
    (
        "employees:10..",
        {"verdict": "meets", "stated": "18", "evidence": old("2023-06-01", 366)},
    ),
    (
        "near:44.4938,11.3387,10km",
        {"verdict": "meets", "stated": "0.0 km", "where": "/sites/main", "margin": spare(10, "km"), "evidence": old("2020-01-01", 1613)},
    ),
    (
        "crane:4t",
        {"verdict": "meets", "stated": "5000 kg", "where": "/sites/main", "margin": spare(1000, "kg"), "evidence": old("2020-01-01", 1613, True)},
    ),
    # Of an entry that lapses its last day is told, and how many are left or short.
    (
        "certificate:iso-9001",
        {"verdict": "meets", "where": "/certificates/1", "margin": spare(91, "d"), "evidence": old("2020-01-01", 1613)},
    ),
    (
        "certificate:as9100",
        {"verdict": "fails", "stated": "lapsed 2024-05-10", "where": "/certificates/0", "short_by": spare(22, "d"), "evidence": old("2024-04-01", 61)},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "told"), VERDICTS, ids=[row[0] for row in VERDICTS])
def test_a_verdict_is_told_with_what_it_rests_on(explain, query, told):
    last = explain(query)[query.split()[-1]]
    assert {key: last.get(key) for key in told} == told
    assert {"margin", "short_by"} & last.keys() == {"margin", "short_by"} & told.keys()


@pytest.mark.parametrize("first", ["as9100", "iso-9001"])
def test_the_certificate_that_is_told_is_the_one_asked_for_wherever_it_stands(explain, first):
    papers = sorted(ROSSI["certificates"], key=lambda paper: paper["standard"] != first)
    told = explain("certificate:as9100", {**ROSSI, "certificates": papers})["certificate:as9100"]
    assert (told["stated"], told.get("short_by")) == ("lapsed 2024-05-10", spare(22, "d"))


def test_what_is_not_stated_is_told_as_such_without_an_amount(explain):
    told = explain("process:milling mass:20kg")["mass:20kg"]
    assert (told["verdict"], told.keys() & {"stated", "short_by", "margin", "evidence"}) == ("not stated", set())


def test_every_requirement_is_told_in_the_words_that_were_typed(explain):
    query = "process:fresatura tolerance:..10um ^material:brass employees:10.."
    assert sorted(explain(query)) == sorted(query.split())


def test_a_search_for_machines_is_the_same_with_and_without_the_option(sample, capreg):
    asked = ["-R", sample, "search", "process:milling", "tolerance:..0.01mm", "-O", "json"]
    assert capreg(*asked, "--explain").out == capreg(*asked).out


def test_ndjson_tells_the_verdicts_of_each_firm_on_its_line(sample, capreg):
    asked = ["-R", sample, "search", "process:milling", "tolerance:..0.01mm", "--explain", "-O"]
    lines = [json.loads(line) for line in capreg(*asked, "ndjson").out.splitlines()]
    assert lines == capreg(*asked, "json").json["results"]


# Spare capacity: the day stands in the entry itself, else in a statement.

SPARE = "process:5-axis-milling spare:30h"


def with_spare(statements: list[dict], **said) -> dict:
    entry = {"id": "week", "hours_week": 40, "until": "2024-07-31", **said}
    return {**ROSSI, "capacity": {"spare": [entry]}, "statements": statements}


def about(pointer: str, stated_on: str) -> dict:
    return {"about": pointer, "source": "firm", "stated_on": stated_on}


LATER = about("/capacity/spare/week/hours_week", "2024-05-31")
OF_SPARE = [
    ("the entry's own day, whatever else was stated", with_spare([LATER], stated_on="2024-05-20"), "2024-05-20"),
    ("else the statement about the value", with_spare([LATER, about("/capacity/spare/week", "2024-05-25")]), "2024-05-31"),
    ("else the one about the entry", with_spare([about("/capacity/spare/week", "2024-05-25"), about("/capacity", "2024-05-31")]), "2024-05-25"),
    ("by its position too", with_spare([about("/capacity/spare/0", "2024-05-25"), about("/capacity", "2024-05-31")]), "2024-05-25"),
    ("the latest of equals", with_spare([about("/capacity/spare/week", "2024-05-01"), about("/capacity/spare/week", "2024-05-25"), about("/capacity/spare/0", "2024-05-11")]), "2024-05-25"),
    ("none about another entry", with_spare([about("/capacity/spare/other", "2024-05-25")]), None),
    ("nor about one whose name begins alike", with_spare([about("/capacity/spare/wee", "2024-05-25"), about("/capa", "2024-05-25")]), None),
    ("nothing", with_spare([]), None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "one", "stated_on"), OF_SPARE, ids=[row[0] for row in OF_SPARE])
def test_the_age_of_spare_hours_is_counted_from(explain, what, one, stated_on):
    evidence = explain(SPARE, one)["spare:30h"].get("evidence")
    assert (evidence and evidence["stated_on"]) == stated_on


@pytest.mark.parametrize(
    ("stated_on", "age", "is_stale"),
    [("2024-06-01", 0, False), ("2024-04-20", 42, False), ("2024-04-19", 43, True), ("2022-04-19", 774, True)],
)
def test_spare_hours_are_old_after_six_weeks(explain, stated_on, age, is_stale):
    told = explain(SPARE, with_spare([], stated_on=stated_on))["spare:30h"]
    assert told["evidence"] == old(stated_on, age, is_stale)


@pytest.mark.parametrize(
    ("query", "pointer", "fresh", "stale"),
    [
        ("tolerance:..0.01mm", "/capabilities/milling-5x", "2022-06-01", "2022-05-31"),  # P2Y
        ("lead_time:10d", "/capabilities/milling-5x", "2023-12-01", "2023-11-30"),  # P6M
        ("employees:10..", "/people", "2023-06-01", "2023-05-31"),  # P1Y
        ("crane:1t", "/sites/main", "2021-06-01", "2021-05-31"),  # P3Y
        ("certificate:iso-9001", "/certificates", "1990-01-01", None),  # never
    ],
)
def test_a_statement_is_old_after_what_the_schema_says(explain, query, pointer, fresh, stale):
    for stated_on, is_stale in ((fresh, False), (stale, True)):
        if stated_on:
            told = explain(query, {**ROSSI, "statements": [about(pointer, stated_on)]})[query]
            assert told["evidence"]["is_stale"] is is_stale


def test_a_machine_that_stands_in_for_a_size_has_its_own_age(explain):
    told = explain("process:milling size:400x300x120mm")["size:400x300x120mm"]
    assert (told["stated"], told["margin"]) == ("650 x 520 x 475 mm", spare(220, "mm"))
    assert told["evidence"] == old("2023-05-01", 397, True)


def test_the_place_that_is_told_names_an_entry_by_its_id_else_by_its_position(explain):
    turning = explain("process:turning")["process:turning"]["where"]
    milling = explain("process:milling")["process:milling"]["where"]
    assert (turning, milling) == ("/capabilities/1", "/capabilities/milling-5x")


# For people.

ASKED = ["process:milling", "tolerance:..0.01mm", "spare:30h", "certificate:as9100", "--near-misses", "--on", DAY]


@pytest.fixture
def document(empty, capreg, monkeypatch):
    """What a person reads: `document(format)`; its width in COLUMNS."""
    write_record(empty, ROSSI)

    def document(format: str, *arguments, width: int = 120) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        done = capreg("-R", empty, "search", *ASKED, "--explain", "-O", format, *arguments)
        assert done.code == 0
        return done.out

    return document


@pytest.mark.parametrize("format", ["table", "text", "md"])
def test_a_document_says_hub_only_and_tells_each_requirement(document, format):
    out = document(format)
    rows = {name: next(line for line in out.splitlines() if name in line) for name in ASKED[:4]}
    assert "HUB ONLY" in out.splitlines()[0]
    assert [word in rows["tolerance:..0.01mm"] for word in ("meets", "0.008 mm", "+0.002 mm", "2022-05-31, old")] == [
        True
    ] * 4
    assert [word in rows["certificate:as9100"] for word in ("fails", "lapsed 2024-05-10", "-22 d")] == [True] * 3
    assert ("old" in rows["process:milling"], "+10 h" in rows["spare:30h"]) == (False, True)
    assert ("Rossi (rossi)" in out, "near miss" in out) == (True, True)


def test_an_italian_document_is_in_italian(document):
    out = document("text", "--language", "it")
    assert [word for word in ("meets", "fails", "Verdict", "old", "Margin ") if word in out] == []
    assert ("soddisfa" in out, "Esito" in out) == (True, True)


@pytest.mark.parametrize(("format", "between"), [("csv", ","), ("tsv", "\t")])
def test_a_table_for_machines_has_a_row_for_each_requirement(document, format, between):
    rows = list(csv.DictReader(io.StringIO(document(format)), delimiter=between))
    told = [(row["id"], row["requirement"], row["verdict"], row["stated"]) for row in rows]
    assert told[1] == ("rossi", "tolerance:..0.01mm", "meets", "0.008 mm")
    assert told[3] == ("rossi", "certificate:as9100", "fails", "lapsed 2024-05-10")
    assert (len(rows), rows[1]["where"], rows[1]["margin"]) == (4, "/capabilities/milling-5x", "0.002")


def test_a_table_for_machines_says_what_is_a_preference_and_what_is_old(empty, capreg, tmp_path):
    write_record(empty, ROSSI)
    (tmp_path / "asked.yaml").write_text("parts: [{process: milling}]\npreferences: {lead_time: 2 wk}\n")
    out = capreg("-R", empty, "search", "-f", "asked.yaml", "--explain", "--on", DAY, "-O", "csv").out
    rows = {row["requirement"]: row for row in csv.DictReader(io.StringIO(out))}
    assert sorted(rows) == ["lead_time:2wk", "process:milling"]
    assert [row["preference"] for row in rows.values()] == ["false", "true"]


def cells(line: str) -> int:
    """Return how many cells of a terminal a line takes."""
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in line)


LONG = {
    "a wide alternative": '"(tolerance:..0.01mm OR roughness:..0.8um OR lead_time:..10d OR mass:20kg OR diameter:40mm)"',
    "a word without a break": "material:" + ",".join(["steel", "brass", "aluminium", "titanium", "en-aw-7075"] * 4),
    "a long phrase": '"' + "hydraulic block " * 12 + '" process:milling',
    "wide characters": "name:" + "漢字" * 40 + " process:milling",
    "many requirements": "process:5-axis-milling material:en-aw-7075 tolerance:..0.01mm roughness:..0.8um batch:500 "
    "lead_time:2wk size:400x300x120mm spare:30h certificate:iso-9001 near:44.4938,11.3387,100km employees:10..",
}


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("query", LONG.values(), ids=LONG)
def test_a_table_breaks_no_layout(empty, capreg, monkeypatch, query, width):
    named = {**ROSSI, "name": "Officine Meccaniche di Precisione Fratelli Rossi & Figli S.r.l. 漢字" * 2}
    write_record(empty, {**named, "summary": "hydraulic block " * 30})
    monkeypatch.setenv("COLUMNS", str(width))
    asked = ["--explain", "--near-misses", "--on", DAY, "-O", "table", *shlex.split(query)]
    done = capreg("-R", empty, "search", *asked)
    assert done.code == 0
    assert [line for line in done.out.splitlines() if cells(line) > width] == []


@pytest.mark.parametrize("width", [80, 160])
def test_the_columns_of_a_table_stand_below_each_other(document, width):
    lines = document("table", width=width).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Asked"))
    begins = [lines[at].index(word) for word in ("Verdict", "Stated ", "Margin", "Stated on", "Where")]
    rows = [line for line in lines[at + 2 :] if ":" in line.split(" ")[0] and "Short" not in line]
    assert len(rows) == 4
    assert [row for row in rows for begin in begins if row[begin - 1 : begin].strip()] == []


@pytest.mark.parametrize("width", [80, 160])
def test_a_table_leaves_no_word_of_a_verdict_out(document, width):
    flat = " ".join(document("table", width=width).split())
    for word in ("process:milling", "0.008 mm", "2022-05-31", "milling-5x", "dated", "lapsed"):
        assert word in flat


@pytest.mark.parametrize("format", ["table", "text", "md", "tsv", "csv"])
def test_what_a_record_says_never_reaches_a_terminal_as_control(empty, capreg, format):
    write_record(empty, {**ROSSI, "name": "R\u202eossi [bold]x[/bold]", "summary": "zorblax [red]y[/red]"})
    done = capreg("-R", empty, "search", "zorblax", "--explain", "-O", format, "--color", "never")
    assert (done.code, "\x1b" in done.out, "\u202e" in done.out) == (0, False, False)
    assert "[red]" in done.out.replace("\\", "")


def test_an_explanation_of_nothing_says_so(empty, capreg):
    done = capreg("-R", empty, "search", "process:milling", "--explain", "-O", "text")
    assert (done.code, "No record" in done.out) == (0, True)


@pytest.mark.parametrize("format", [one for one in FORMATS if one not in ("html", "xlsx", "pdf")])
def test_every_format_explains(sample, capreg, format):
    done = capreg("-R", sample, "search", "process:milling", "tolerance:..0.01mm", "--explain", "-O", format)
    assert (done.code, done.err) == (0, "")
    assert "tolerance:..0.01mm" in done.out


def test_a_limit_explains_only_what_it_shows(sample, capreg):
    done = capreg("-R", sample, "search", "process:milling", "--explain", "--limit", "1", "-O", "csv")
    assert len({row["id"] for row in csv.DictReader(io.StringIO(done.out))}) == 1
