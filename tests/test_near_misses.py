"""Near misses: who is one requirement short, by how much, in which order, and who nearby could help."""

import csv
import io
import shlex

import pytest
from conftest import firm, write_record

DAY = "2024-06-01"
BOLOGNA = (44.4938, 11.3387)
DEGREE = 111.19508  # km on a meridian of a sphere of 6371.0088 km


@pytest.fixture
def hub(empty, capreg):
    """A registry of some firms: `hub(firms)` -> search(query, ...), near misses too, for machines."""

    def hub(firms: list[dict]):
        for one in firms:
            write_record(empty, one)

        def search(query: str, *arguments):
            asked = shlex.split(query) + (["-O", "json"] if "-O" not in arguments else [])
            done = capreg("-R", empty, "search", "--near-misses", "--on", DAY, *asked, *arguments)
            assert done.code == 0, done.err
            return done

        return search

    return hub


def does(id: str, *capabilities: dict, **rest) -> dict:
    return firm(id, capabilities=list(capabilities), **rest)


def cap(process: str, **held) -> dict:
    return {"process": process, **held}


def mills(id: str, **held) -> dict:
    return does(id, cap("milling", **held))


def near(done) -> list[str]:
    """Return the ids of the near misses, in their order."""
    return [one["id"] for one in done.json["results"] if one["near_miss"]]


def hits(done) -> list[str]:
    return [one["id"] for one in done.json["results"] if not one["near_miss"]]


# Who is a near miss: exactly one requirement fails or is not stated.

WHO = [
    # (query, firms, hits, near misses)
    ("process:milling", [mills("a"), does("b", cap("turning")), does("c"), firm("d")], "a", "b c d"),
    (
        "process:milling tolerance:..0.01mm",
        [
            mills("meets", tolerance_mm=0.01),
            mills("fails", tolerance_mm=0.02),
            mills("silent"),
            does("other", cap("turning", tolerance_mm=0.01)),
            does("both", cap("turning", tolerance_mm=0.02)),
            firm("nothing"),
            does("empty"),
        ],
        "meets",
        "fails other silent",
    ),
    # Each list is judged on its best entry.
    (
        "process:milling tolerance:..0.01mm material:steel",
        [
            does("one", cap("milling", tolerance_mm=0.1, materials=["steel"]), cap("milling", tolerance_mm=0.01)),
            does("two", cap("milling", tolerance_mm=0.1, materials=["brass"]), cap("turning", tolerance_mm=0.01)),
        ],
        "",
        "one",
    ),
    # Terms of the firm, of two lists, of two parts.
    (
        "process:milling employees:10..",
        [
            does("small", cap("milling"), people={"total": 5}),
            mills("silent"),
            does("large", cap("turning"), people={"total": 50}),
            does("neither", cap("turning"), people={"total": 5}),
        ],
        "",
        "large silent small",
    ),
    (
        "process:milling process:turning",
        [does("both", cap("milling"), cap("turning")), does("one", cap("milling")), does("none", cap("welding"))],
        "both",
        "one",
    ),
    # A bracket of alternatives is one requirement, a bracket of ANDs alone is as many as it holds.
    (
        '"process:milling (tolerance:..0.01mm OR roughness:..0.8um)"',
        [mills("both", tolerance_mm=0.1, roughness_um=3.2)],
        "",
        "both",
    ),
    (
        '"process:milling (tolerance:..0.01mm roughness:..0.8um)"',
        [mills("both", tolerance_mm=0.1, roughness_um=3.2), mills("one", tolerance_mm=0.1, roughness_um=0.4)],
        "",
        "one",
    ),
    # What stands before the first head is one requirement, however many parts it holds for.
    (
        "tolerance:..0.01mm process:milling process:turning",
        [
            does("in-both", cap("milling", tolerance_mm=0.1), cap("turning", tolerance_mm=0.1)),
            does("in-one", cap("milling", tolerance_mm=0.1), cap("turning", tolerance_mm=0.01)),
        ],
        "",
        "in-both in-one",
    ),
    # NOT and free words are requirements too.
    ("process:milling ^material:steel", [mills("a", materials=["steel"]), mills("b")], "", "a b"),
    ("process:milling zorblax", [mills("a"), does("b", cap("turning"), summary="Zorblax.")], "", "a b"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "firms", "meet", "miss"), WHO, ids=[row[0] for row in WHO])
def test_a_near_miss_fails_or_does_not_state_exactly_one_requirement(hub, query, firms, meet, miss):
    done = hub(firms)(query)
    assert (" ".join(sorted(hits(done))), " ".join(sorted(near(done)))) == (meet, miss)


@pytest.mark.parametrize("sites", [["far"], ["far", "near"]])
def test_the_site_is_the_one_that_meets_most(hub, sites):
    """Far away but with a crane, or nearby without: one requirement is missing either way, two never."""
    places = {
        "near": {"id": "near", "position": {"latitude": BOLOGNA[0], "longitude": BOLOGNA[1]}},
        "far": {"id": "far", "position": {"latitude": 40.0, "longitude": 11.0}, "crane_capacity_kg": 5000},
    }
    address = {"address": {"locality": "Town", "country": "IT"}}
    done = hub([firm("rossi", sites=[{**places[one], **address} for one in sites])])(
        "near:44.4938,11.3387,10km crane:5t"
    )
    assert near(done) == ["rossi"]


def test_without_the_option_there_are_none(empty, capreg):
    write_record(empty, does("b", cap("turning")))
    assert capreg("-R", empty, "search", "process:milling", "-O", "json").ids == []


# In words and numbers.

PAPER = {"standard": "iso-9001"}


def spare(hours: float, **rest) -> dict:
    return does("rossi", cap("milling"), capacity={"spare": [{"hours_week": hours, "until": "2030-01-01", **rest}]})


SHORT = [
    # (query, firm, gap, short_by)
    (
        "process:milling tolerance:..0.01mm",
        mills("rossi", tolerance_mm=0.02),
        "holds 0.02 mm, 0.01 mm asked",
        (0.01, "mm"),
    ),
    ("process:milling tolerance:..10um", mills("rossi", tolerance_mm=0.02), "holds 0.02 mm, 0.01 mm asked", (0.01, "mm")),
    ("roughness:..0.8um", mills("rossi", roughness_um=3.2), "holds 3.2 um, 0.8 um asked", (2.4, "um")),
    ("lead_time:1wk", mills("rossi", lead_time_days=10), "holds 10 d, 7 d asked", (3, "d")),
    ("process:milling spare:30h", spare(20), "holds 20 h, 30 h asked", (10, "h")),
    (
        "size:400x300x120mm",
        mills("rossi", size_mm=[350, 300, 200]),
        "holds 350 x 300 x 200 mm, 400 x 300 x 120 mm asked",
        (50, "mm"),
    ),
    ("mass:2t", mills("rossi", mass_kg={"min": 1, "max": 500}), "holds 1..500 kg, 2000 kg asked", (1500, "kg")),
    (
        "certificate:iso-9001",
        firm("rossi", certificates=[{**PAPER, "valid_until": "2024-05-10"}]),
        "lapsed 2024-05-10, 22 days before the day needed",
        (22, "d"),
    ),
    (
        "certificate:iso-9001",
        firm("rossi", certificates=[{**PAPER, "valid_until": "2024-05-31"}]),
        "lapsed 2024-05-31, 1 day before the day needed",
        (1, "d"),
    ),
    (
        "certificate:iso-9001",
        firm("rossi", certificates=[{**PAPER, "issued_on": "2024-06-11", "valid_until": "2027-01-01"}]),
        "from 2024-06-11, 10 days after the day needed",
        (10, "d"),
    ),
    ("tolerance:..0.01mm", mills("rossi"), "not stated", None),
    ("employees:10..", firm("rossi"), "not stated", None),
    # Of several alternatives, or entries, the one that is least short.
    ("tolerance:..0.01mm,..0.015mm", mills("rossi", tolerance_mm=0.02), "holds 0.02 mm, 0.015 mm asked", (0.005, "mm")),
    (
        "process:milling tolerance:..0.01mm",
        does("rossi", cap("milling", tolerance_mm=0.1), cap("milling", tolerance_mm=0.02)),
        "holds 0.02 mm, 0.01 mm asked",
        (0.01, "mm"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "one", "gap", "short"), SHORT)
def test_a_near_miss_is_told_with_what_is_short(hub, query, one, gap, short):
    (found,) = hub([one])(query).json["results"]
    (missing,) = [verdict for verdict in found["verdicts"] if verdict["verdict"] != "meets"]
    assert (found["near_miss"], found["gap"]) == (True, gap)
    assert missing.get("short_by") == (None if short is None else {"amount": short[0], "unit": short[1]})


@pytest.mark.parametrize(
    ("query", "one"),
    [
        ("process:milling", does("rossi", cap("turning"))),
        ("certificate:as9100", firm("rossi", certificates=[{**PAPER, "valid_until": "2030-01-01"}])),
        ("sector:automotive", firm("rossi", commerce={"sectors": ["rail"]})),
        ("process:milling", does("rossi")),
        ("zorblax", firm("rossi")),
        ("^sector:rail", firm("rossi", commerce={"sectors": ["rail"]})),
    ],
)
def test_a_near_miss_without_an_amount_has_words_too(hub, query, one):
    (found,) = hub([one])(query).json["results"]
    assert (found["near_miss"], bool(found["gap"]), "short_by" in found["verdicts"][0]) == (True, True, False)


def test_a_hit_has_no_gap_and_no_remedy(hub):
    (hit,) = hub([mills("rossi")])("process:milling").json["results"]
    assert (hit["near_miss"], "gap" in hit, "remedy" in hit) == (False, False, False)


# Their order: by the amount in relation to what was asked, then what is not stated, then the rest; ties by fit and name.


def test_near_misses_stand_after_the_hits_the_least_short_first(hub):
    held = {"e": 0.1, "b": 0.02, "d": 0.011, "c": 0.02, "h": 0.01, "a": None}
    firms = [mills(id, **({} if mm is None else {"tolerance_mm": mm})) for id, mm in held.items()]
    other = does("aa", cap("turning", tolerance_mm=0.0001))
    done = hub([*firms, other])("process:milling tolerance:..0.01mm")
    assert done.ids == ["h", "d", "b", "c", "e", "a", "aa"]


def test_amounts_of_different_kinds_are_compared_in_relation_to_what_was_asked(hub):
    """A tenth too coarse comes before a fifth too few hours, however many micrometres and hours that is."""
    week = {"hours_week": 24, "until": "2030-01-01"}
    firms = [
        does("hours", cap("milling", tolerance_mm=0.1), capacity={"spare": [week]}),
        does("mm", cap("milling", tolerance_mm=0.11), capacity={"spare": [{**week, "hours_week": 30}]}),
    ]
    assert hub(firms)("process:milling tolerance:..0.1mm spare:30h").ids == ["mm", "hours"]


def test_those_equally_short_stand_by_fit_then_by_name(hub):
    held = [("a", "Zeta", 3.0), ("b", "Alfa", 3.0), ("c", "Gamma", 0.3)]
    firms = [{**mills(id, tolerance_mm=0.02, roughness_um=um), "name": name} for id, name, um in held]
    assert hub(firms)("process:milling tolerance:..0.01mm roughness:..3um").ids == ["c", "b", "a"]


def test_columns_to_sort_by_order_hits_and_near_misses_each_among_themselves(hub):
    firms = [
        does("b", cap("milling"), people={"total": 30}),
        does("c", cap("milling"), people={"total": 20}),
        does("a", cap("turning"), people={"total": 10}),
        does("d", cap("turning"), people={"total": 40}),
    ]
    search = hub(firms)
    assert search("process:milling", "--sort", "employees").ids == ["c", "b", "a", "d"]
    assert search("process:milling", "--sort", "-employees").ids == ["b", "c", "d", "a"]


# `total` counts hits; --limit and --offset go across both.

PAGES = [
    ([], "h1 h2 m1 m2 m3"),
    (["--limit", "0"], ""),
    (["--limit", "1"], "h1"),
    (["--limit", "3"], "h1 h2 m1"),
    (["--offset", "1", "--limit", "2"], "h2 m1"),
    (["--offset", "2"], "m1 m2 m3"),
    (["--offset", "3", "--limit", "1"], "m2"),
    (["--offset", "9"], ""),
]


@pytest.mark.parametrize(("arguments", "ids"), PAGES)
def test_a_page_goes_across_hits_and_near_misses(hub, arguments, ids):
    held = {"h1": 0.001, "h2": 0.002, "m1": 0.02, "m2": 0.03, "m3": 0.04}
    search = hub([mills(id, tolerance_mm=mm) for id, mm in held.items()])
    done = search("process:milling tolerance:..0.01mm", *arguments)
    assert (" ".join(done.ids), done.json["total"]) == (ids, 2)


def test_an_inquiry_s_preferences_make_no_near_miss(hub, tmp_path):
    (tmp_path / "asked.yaml").write_text("parts: [{process: milling}]\npreferences: {sector: rail, employees: 5..}\n")
    done = hub([mills("a"), does("b", cap("turning"))])("-f asked.yaml")
    assert (hits(done), near(done)) == (["a"], ["b"])


# The remedy: the nearest firm within an hour that meets the whole part that is missing.

WORK = "process:milling tolerance:..0.01mm process:anodising material:aluminium"


def at(one: dict, north_km: float) -> dict:
    """Return a firm so many kilometres north of Bologna."""
    position = {"latitude": BOLOGNA[0] + north_km / DEGREE, "longitude": BOLOGNA[1]}
    site = {"id": "main", "address": {"locality": "Town", "country": "IT"}, "position": position}
    return {**one, "sites": [site]}


def anodises(id: str, north_km: float, *materials: str) -> dict:
    return at(does(id, cap("anodising", materials=list(materials or ["aluminium"]))), north_km)


MILL = at(mills("mill", tolerance_mm=0.01, materials=["aluminium"]), 0)


def remedy(done, id: str = "mill") -> dict | None:
    return next(one for one in done.json["results"] if one["id"] == id).get("remedy")


def test_a_remedy_is_named_with_its_part_and_an_estimate_of_the_way(hub):
    found = remedy(hub([MILL, anodises("bath", 20)])(WORK))
    assert found["id"] == "bath"
    assert (found["name"], found["part"]) == ("Bath", "process:anodising")
    assert (found["distance_km"], found["minutes_estimated"]) == (20.0, 26)


NEAREST = [
    ("the nearest", [anodises("far", 30), anodises("close", 10)], "close"),
    ("the nearest to the south too", [anodises("far", 30), anodises("close", -10)], "close"),
    ("one that meets the whole part", [anodises("close", 10, "magnesium"), anodises("far", 30)], "far"),
    ("none that only states a broader material", [anodises("close", 10, "metal")], None),
    ("none over an hour away", [anodises("far", 46.3)], None),
    ("one just within the hour", [anodises("far", 46.0)], "far"),
    ("a hit, if it is the nearest", [at(does("all", cap("milling", tolerance_mm=0.001), cap("anodising", materials=["aluminium"])), 5), anodises("bath", 20)], "all"),
    ("one that holds nothing else that was asked", [anodises("bath", 20)], "bath"),
    ("none without a position", [{**anodises("bath", 20), "sites": [{"id": "main", "address": {"locality": "Town", "country": "IT"}}]}], None),
    ("none", [], None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "others", "id"), NEAREST, ids=[row[0] for row in NEAREST])
def test_the_remedy_is(hub, what, others, id):
    found = remedy(hub([MILL, *others])(WORK))
    assert (found and found["id"]) == id


def test_the_nearest_of_all_sites_counts(hub):
    sites = [at(MILL, north)["sites"][0] | {"id": f"s{at_}"} for at_, north in enumerate((300, 25))]
    found = remedy(hub([MILL, {**anodises("bath", 0), "sites": sites}])(WORK))
    assert (found["id"], found["distance_km"]) == ("bath", 25.0)


def test_a_part_whose_last_term_alone_is_missing_is_remedied_as_a_whole(hub):
    """The near miss anodises, but magnesium; who helps must anodise aluminium, not merely treat it."""
    mill = at(does("mill", cap("milling", tolerance_mm=0.01), cap("anodising", materials=["magnesium"])), 0)
    paints = at(does("paints", cap("painting", materials=["aluminium"])), 5)
    found = remedy(hub([mill, paints, anodises("bath", 20)])(WORK))
    assert found["id"] == "bath"


def test_a_part_that_is_not_stated_is_remedied_too(hub):
    mill = at(does("mill", cap("milling", tolerance_mm=0.01), cap("anodising")), 0)
    assert remedy(hub([mill, anodises("bath", 20)])(WORK))["id"] == "bath"


def test_the_part_that_is_asked_first_is_remedied_as_well(hub):
    bath = anodises("bath", 0)
    found = remedy(hub([bath, at(mills("mill", tolerance_mm=0.01), 20)])("process:milling process:anodising"), "bath")
    assert (found["id"], found["part"]) == ("mill", "process:milling")


NO_REMEDY = [
    ("the inquiry has one part of work", "process:milling tolerance:..0.001mm"),
    ("the firm as a whole is short", "process:milling process:drilling employees:10.."),
    ("the certificate is missing", "process:milling process:drilling certificate:iso-9001"),
    ("the further part is no work", "process:milling certificate:iso-9001"),
    ("the further parts are no work", "process:milling certificate:iso-9001 skill:welder"),
]


@pytest.mark.parametrize(("what", "query"), NO_REMEDY, ids=[row[0] for row in NO_REMEDY])
def test_there_is_no_remedy_where(hub, what, query):
    people = {"total": 50, "skills": [{"skill": "welder"}]}
    papers = [{"standard": "iso-9001", "valid_until": "2030-01-01"}]
    mill = at(does("mill", cap("milling", tolerance_mm=0.01), cap("drilling")), 0)
    if "skill" in query:
        mill["people"] = {"skills": [{"skill": "welder"}]}
    helper = does("helper", cap("milling", tolerance_mm=0.0001), cap("drilling"), people=people, certificates=papers)
    done = hub([mill, at(helper, 5)])(query)
    assert (near(done), remedy(done)) == (["mill"], None)


def test_a_near_miss_is_no_remedy_of_its_own(hub):
    """Its second site, nearer than anybody's, does the part, but not in the material asked."""
    done = hub([MILL])(WORK)
    assert (near(done), remedy(done)) == (["mill"], None)


# On paper.


def test_tables_for_machines_tell_what_is_short_and_who_helps(hub):
    search = hub(
        [
            MILL,
            anodises("bath", 20),
            at(does("both", *MILL["capabilities"], cap("anodising", materials=["aluminium"])), 200),
        ]
    )
    rows = list(csv.DictReader(io.StringIO(search(WORK, "-O", "csv").out)))
    assert [row["id"] for row in rows] == ["both", "mill"]
    assert (rows[0]["requirement"], rows[0]["gap"], rows[0]["remedy"]) == ("", "", "")
    assert rows[1]["requirement"] == "process:anodising"
    assert ("bath" in rows[1]["remedy"], "26" in rows[1]["remedy"]) == (True, True)


@pytest.mark.parametrize("format", ["table", "text", "md"])
def test_documents_keep_near_misses_under_a_heading_of_their_own(hub, format):
    search = hub([mills("hit", tolerance_mm=0.01), mills("miss", tolerance_mm=0.02)])
    out = search("process:milling tolerance:..0.01mm", "-O", format).out
    places = [out.index(words) for words in ("HUB ONLY", "Hit", "Near misses", "Miss", "holds 0.02 mm, 0.01 mm asked")]
    assert places == sorted(places)


def test_an_estimate_says_that_it_is_one(hub):
    assert "estimate" in hub([MILL, anodises("bath", 20)])(WORK, "-O", "text").out


def test_italian_documents_tell_it_in_italian(hub):
    search = hub([mills("miss", tolerance_mm=0.02)])
    out = search("process:milling tolerance:..0.01mm", "-O", "text", "--language", "it").out
    assert ("holds" in out, "0.02 mm" in out, "0.01 mm" in out) == (False, True, True)


def test_a_printout_has_no_near_misses(empty, capreg):
    write_record(empty, mills("miss", tolerance_mm=0.02))
    done = capreg("-R", empty, "printout", "process:milling", "tolerance:..0.01mm", "-O", "json")
    assert (done.code, done.json["total"], "Miss" in done.out) == (0, 0, False)
    assert capreg("-R", empty, "printout", "process:milling", "--near-misses").code == 2
