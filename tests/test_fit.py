"""Fit, near misses and explanations: the formula of docs/matching.md by hand, gaps in words, and who could help."""

import csv
import io

import pytest
from conftest import firm, write_record

DAY = "2026-11-22"
HERE = {"latitude": 44.4938, "longitude": 11.3387}


def does(**capability) -> dict:
    return {"capabilities": [{"id": "a", "process": "milling", **capability}]}


def certified(until: str, **rest) -> dict:
    return {"certificates": [{"standard": "iso-9001", "issued_on": "2024-01-01", "valid_until": until, **rest}]}


@pytest.fixture
def ask(empty, capreg):
    """Ask a registry that holds just these firms: `ask(query, *firms)` -> Done."""

    def ask(query: str, *firms, options=()):
        for one in firms:
            write_record(empty, one)
        return capreg("-R", empty, "search", *query.split(), "--on", DAY, "-O", "json", *options)

    return ask


def score(comfort: float) -> float:
    return (1 + comfort) / 2


@pytest.mark.parametrize(
    ("query", "stated", "comfort"),
    [
        ("tolerance:..0.01mm", does(tolerance_mm=0.008), 0.2),  # 1 - held / asked
        ("tolerance:..0.01mm", does(tolerance_mm=0.01), 0.0),
        ("tolerance:..0.01mm,..0.016mm", does(tolerance_mm=0.008), 0.5),  # the more comfortable of two
        ("lead_time:20d", does(lead_time_days=5), 0.75),
        ("capacity:100h", {"capacity": {"hours_week": 400}}, 0.75),  # 1 - asked / held
        ("mass:20kg", does(mass_kg={"max": 80}), 0.75),
        ("batch:100..500", does(batch={"min": 80, "max": 1000}), 0.2),  # the lower end is the tighter
        ("batch:100..500", does(batch={"min": 1, "max": 1000}), 0.5),
        ("size:400x300x120mm", does(size_mm=[500, 600, 200]), 0.333333),  # 400 in 600
        ("size:400x300x120mm", does(size_mm=[600, 400, 150]), 0.2),  # 120 in 150
        ("certificate:iso-9001", certified("2027-04-16"), 145 / 365),
        ("certificate:iso-9001", certified("2029-01-01"), 1.0),
        ("employees:10..50", {"people": {"total": 50}}, 1.0),
        ("process:milling", does(), 1.0),
        ("zorblax", {"summary": "Zorblax."}, 0.5),  # n / (n + 1)
        ("zorblax", {"summary": "Zorblax.", "trading_names": ["Zorblax"]}, 2 / 3),
        ("^tolerance:..0.01mm", does(tolerance_mm=0.5), 1.0),
    ],
)
def test_the_comfort_of_one_requirement(ask, query, stated, comfort):
    result = ask(query, firm("rossi", **stated)).json["results"][0]
    assert result["fit"] == pytest.approx(score(comfort), abs=0.00051)


def test_the_comfort_of_a_distance_is_what_is_left_of_the_radius(ask):
    site = {"id": "a", "address": {"locality": "Somewhere", "country": "IT"}, "position": HERE}
    result = ask("near:44.5837,11.3387,40km", firm("rossi", sites=[site])).json["results"][0]
    assert result["distance_km"] == 10.0
    assert result["fit"] == pytest.approx(score(0.75), abs=0.001)


def test_fit_is_the_mean_of_the_scores(ask):
    rossi = firm("rossi", **does(tolerance_mm=0.008, mass_kg={"max": 80}))
    result = ask("process:milling tolerance:..0.01mm mass:20kg", rossi).json["results"][0]
    assert result["fit"] == round((score(1) + score(0.2) + score(0.75)) / 3, 3)


def test_fit_takes_the_entry_that_makes_it_greatest(ask):
    entries = [{"id": one, "process": "milling", "tolerance_mm": held} for one, held in (("a", 0.009), ("b", 0.002))]
    result = ask("process:milling tolerance:..0.01mm", firm("rossi", capabilities=entries)).json["results"][0]
    assert result["fit"] == round((score(1) + score(0.8)) / 2, 3)
    assert {one["where"] for one in result["verdicts"]} == {"/capabilities/b"}


def test_an_empty_query_fits_everything(ask):
    assert ask("", firm("rossi")).json["results"][0]["fit"] == 1


def test_hits_stand_by_fit_then_distance_then_name(ask):
    far = {
        "id": "a",
        "address": {"locality": "Far", "country": "IT"},
        "position": {"latitude": 44.6, "longitude": 11.3},
    }
    fine, coarse = does(tolerance_mm=0.002), does(tolerance_mm=0.009)
    done = ask(
        "process:milling tolerance:..0.01mm near:44.4938,11.3387,400000km",
        firm("a", name="Zeta", **coarse),
        firm("b", name="Alfa", **coarse),
        firm("c", name="Beta", **coarse, sites=[far]),
        firm("d", name="Iota", **fine),
    )
    assert done.ids == ["d", "b", "a", "c"]


def test_a_printout_stands_by_distance_and_name_and_tells_no_fit(empty, ask, capreg):
    ask("", firm("a", name="Zeta", **does(tolerance_mm=0.002)), firm("b", name="Alfa", **does(tolerance_mm=0.009)))
    done = capreg("-R", empty, "printout", "process:milling", "tolerance:..0.01mm", "-O", "json")
    assert done.ids == ["b", "a"]
    assert not any(told in done.out for told in ('"fit"', "0.002", "0.009", "margin", "stated"))


# Near misses.

NEARLY = [
    firm("holds-20", **does(tolerance_mm=0.02)),
    firm("holds-15", **does(tolerance_mm=0.015)),
    firm("silent", **does()),
    firm("turns", capabilities=[{"id": "a", "process": "turning", "tolerance_mm": 0.005}]),
    firm("neither", capabilities=[{"id": "a", "process": "turning", "tolerance_mm": 0.5}]),
    firm("unknown"),
    firm("hit", **does(tolerance_mm=0.01)),
]


def test_near_misses_stand_after_the_hits_by_their_gap(ask):
    done = ask("process:milling tolerance:..0.01mm", *NEARLY, options=["--near-misses"])
    assert [(one["id"], one["near_miss"], one.get("gap")) for one in done.json["results"]] == [
        ("hit", False, None),
        ("holds-15", True, "holds 0.015 mm, 0.01 mm asked"),
        ("holds-20", True, "holds 0.02 mm, 0.01 mm asked"),
        ("silent", True, "not stated"),
        ("turns", True, "states turning"),
    ]
    assert done.json["total"] == 1
    short = done.json["results"][2]["verdicts"][1]
    assert short["short_by"] == {"amount": 0.01, "unit": "mm"}


def test_limit_and_offset_count_hits_and_near_misses_alike(ask):
    done = ask(
        "process:milling tolerance:..0.01mm", *NEARLY, options=["--near-misses", "--offset", "1", "--limit", "2"]
    )
    assert (done.ids, done.json["total"]) == (["holds-15", "holds-20"], 1)


def test_without_being_asked_for_no_near_miss_is_shown(ask):
    assert ask("process:milling tolerance:..0.01mm", *NEARLY).ids == ["hit"]


@pytest.mark.parametrize(
    ("query", "stated", "gap"),
    [
        ("certificate:iso-9001", certified("2026-10-31"), "lapsed 2026-10-31, 22 days before the day needed"),
        (
            "certificate:iso-9001",
            certified("2028-01-01", issued_on="2026-12-02"),
            "from 2026-12-02, 10 days after the day needed",
        ),
        ("certificate:iso-9001", {"certificates": [{"standard": "iso-9001"}]}, "not stated: no last day stated"),
        ("certificate:iso-9001", {"certificates": []}, "states none"),
        ("size:400x300x120mm", does(size_mm=[300, 300, 300]), "holds 300 x 300 x 300 mm, 400 x 300 x 120 mm asked"),
        ("batch:10", does(batch={"min": 50, "max": 500}), "holds 50..500, 10 asked"),
        ("employees:10..50", {"people": {"total": 60}}, "holds 60, 10..50 asked"),
        (
            "diameter:40mm tolerance:it7",
            does(diameter_mm={"max": 90}, tolerance_mm=0.03),
            "holds 0.03 mm, 0.025 mm (IT7 at 40 mm) asked",
        ),
    ],
)
def test_a_gap_is_told_in_words(ask, query, stated, gap):
    result = ask(query, firm("rossi", **stated), options=["--near-misses"]).json["results"][0]
    assert (result["near_miss"], result["gap"]) == (True, gap)


def at(id: str, longitude: float, *processes: str) -> dict:
    site = {"id": "a", "address": {"locality": "X", "country": "IT"}, "position": {**HERE, "longitude": longitude}}
    return firm(id, sites=[site], capabilities=[{"process": one} for one in processes])


def remedies(done) -> dict:
    return {one["id"]: one["remedy"]["id"] for one in done.json["results"] if "remedy" in one}


def test_the_nearest_firm_within_an_hour_that_does_the_missing_part_is_named(ask):
    # A degree of longitude is 79 km here, and an hour takes one 46 km far.
    firms = [
        at("mills", 11.0, "milling"),
        at("coats-near", 11.3, "anodising"),
        at("coats-nearer", 11.2, "anodising"),
        at("mills-far", 15.0, "milling"),
    ]
    done = ask("process:milling process:anodising", *firms, options=["--near-misses"])
    assert remedies(done) == {"mills": "coats-nearer", "coats-near": "mills", "coats-nearer": "mills"}
    told = next(one["remedy"] for one in done.json["results"] if one["id"] == "mills")
    assert told["part"] == "process:anodising"
    assert (told["distance_km"], told["minutes_estimated"]) == (15.9, 21)


def test_who_asks_for_one_process_wants_it_from_the_firm_itself(ask):
    firms = [at("mills", 11.0, "milling"), at("turns", 11.1, "turning")]
    assert remedies(ask("process:milling", *firms, options=["--near-misses"])) == {}


# Explanations.

STATED = {
    "capacity": {
        "spare": [{"id": "s", "hours_week": 45, "from": "2026-11-01", "until": "2027-01-31", "stated_on": "2026-11-09"}]
    },
    "statements": [
        {"about": "", "source": "firm", "stated_on": "2020-01-01"},
        {"about": "/capabilities", "source": "hub", "stated_on": "2026-01-01"},
        {"about": "/capabilities/a/tolerance_mm", "source": "hub", "stated_on": "2023-05-01"},
    ],
}


def test_a_verdict_tells_the_value_where_it_stands_how_old_it_is_and_what_is_to_spare(ask):
    rossi = firm("rossi", **does(tolerance_mm=0.008), **STATED)
    result = ask("process:milling tolerance:..0.01mm spare:30h", rossi).json["results"][0]
    process, tolerance, spare = result["verdicts"]
    assert (process["verdict"], process["stated"], process["where"]) == ("meets", "milling", "/capabilities/a")
    assert process["evidence"] == {"stated_on": "2026-01-01", "age_days": 325, "is_stale": False}
    assert (tolerance["stated"], tolerance["margin"]) == ("0.008 mm", {"amount": 0.002, "unit": "mm"})
    assert tolerance["evidence"] == {"stated_on": "2023-05-01", "age_days": 1301, "is_stale": True}
    assert (spare["stated"], spare["where"]) == ("45 h, until 2027-01-31", "/capacity/spare/s")
    assert spare["evidence"] == {"stated_on": "2026-11-09", "age_days": 13, "is_stale": False}


def test_an_explanation_has_a_row_for_each_record_and_requirement(empty, ask, capreg):
    ask("", *NEARLY)
    done = capreg(
        "-R", empty, "search", "process:milling", "tolerance:..0.01mm", "--explain", "--near-misses", "-O", "tsv"
    )
    rows = list(csv.DictReader(io.StringIO(done.out), delimiter="\t"))
    assert [(row["id"], row["verdict"]) for row in rows[:4]] == [
        ("hit", "meets"),
        ("hit", "meets"),
        ("holds-15", "meets"),
        ("holds-15", "fails"),
    ]
    assert (rows[3]["margin"], rows[3]["unit"]) == ("-0.005", "mm")
    assert rows[3]["where"] == "/capabilities/a"


@pytest.mark.parametrize("width", [80, 160])
def test_an_explanation_keeps_to_the_width_of_the_screen(sample, capreg, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    asked = ("process:milling", "tolerance:..0.01mm", "near:Bologna,40km", "spare:20h", "--near-misses")
    done = capreg("-R", sample, "search", *asked, "--explain", "-O", "table")
    assert done.out.startswith("HUB ONLY\n")
    assert max(map(len, done.out.splitlines())) <= width


@pytest.mark.parametrize("format", ["table", "text", "md"])
def test_near_misses_and_explanations_are_for_the_hub_only(sample, capreg, format):
    done = capreg("-R", sample, "search", "process:milling", "--near-misses", "--explain", "-O", format)
    assert done.out.startswith(("HUB ONLY", "**HUB ONLY**"))
