"""How complete records are, reckoned by hand: what is stated of what counts, and which answer would have been found by whom."""

import json

import pytest
from conftest import write_record

from capreg.index.find import catalogue_of
from capreg.office.books import books_of
from capreg.office.completeness import completeness, is_stated
from capreg.office.inquiries import KeptInquiry, inquiries, keep_inquiry
from capreg.store.registry import Registry


def field(type, name=None, meaning="number", form="full", tier="short", **rest) -> dict:
    """A field of the schema below: its question is its label with a question mark."""
    label = rest.pop("label")
    note = {"label": {"en": label, "it": label}, "tier": tier}
    if name:
        note["search"] = {"name": name, "as": meaning}
    note["ask"] = {"en": f"{label}?", "it": f"{label} (it)?", "form": form, "group": "all"}
    return {"type": type, "capreg": note, **rest}


def note(**rest) -> dict:
    return {"label": {"en": "x", "it": "x"}, "tier": "short", **rest}


KIND = {"folder": "labs", "label": {"en": "lab", "it": "laboratorio"}, "title": "name", "columns": ["name"]}
TEST = {
    "type": "object",
    "required": ["method"],
    "properties": {
        "method": field("string", "method", "exact", label="Method"),
        "force": field("number", "force", "number", label="Force"),
    },
}
# Seven questions: name, staff, beds, method, force, hours and note; what is secret no search sees, and it does not count.
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A laboratory",
    "type": "object",
    "required": ["kind", "id", "name"],
    "properties": {
        "kind": {"const": "lab", "capreg": note()},
        "id": {"type": "string", "capreg": note()},
        "name": field("string", "name", "text", form="short", label="Name"),
        "staff": field("integer", "staff", label="Staff"),
        "beds": field("integer", "beds", label="Beds"),
        "tests": {"type": "array", "items": TEST, "capreg": note(together="method")},
        "hours": field("integer", "hours", form="short", label="Hours"),
        "note": field("string", label="Note"),
        "secret": field("integer", "secret", tier="confidential", label="Secret"),
    },
    "capreg": {"kind": KIND},
}
TENSILE = {"method": "tensile"}
LABS = {
    "whole": {"staff": 5, "beds": 2, "tests": [TENSILE | {"force": 9}], "hours": 40, "note": "x", "secret": 1},
    "staffless": {"beds": 2, "tests": [TENSILE | {"force": 9}]},
    "forceless": {"staff": 5, "tests": [TENSILE]},
    "few": {"staff": 1, "tests": []},
    "bare": {},
}
# Two ask for staff, one of these for beds too; one for a force; one excludes beds; one names a field that is known no more.
ASKED = ["staff:3..", "staff:3.. beds:1..", "method:tensile force:5..", "^beds:7..", "stuff:3"]


@pytest.fixture
def labs(empty):
    """A registry of laboratories, and what clients asked for."""
    (empty / "schemas").mkdir(exist_ok=True)
    (empty / "schemas" / "lab.schema.json").write_text(json.dumps(SCHEMA))
    (empty / "labs").mkdir()
    for id, said in LABS.items():
        write_record(empty, {"kind": "lab", "id": id, "name": id.title(), **said}, "labs")
    books = books_of(Registry(empty))
    for number, query in enumerate(ASKED):
        day = f"2026-0{number + 1}-01"
        keep_inquiry(books, KeptInquiry(f"o-{number}", "lab", query, day, day, (), "anna"))
    return empty


def complete(capreg, registry, *more) -> dict[str, tuple]:
    """Score and missing questions of each record, in their order."""
    done = capreg("-R", registry, "report", "complete", "-k", "lab", "-O", "json", *more)
    assert done.code == 0, done.err
    found: dict[str, tuple] = {}
    for one in done.json["results"]:
        missing = [(one["field"], one["asked"], one["found"])] if one["field"] else []
        found[one["id"]] = one["score"], [*found.get(one["id"], (0, []))[1], *missing]
    return found


# A question counts 1, and 10 for each inquiry: name 1, staff 1 + 20, beds 1 + 20 (one asks, one excludes), method 1 + 10,
# force 1 + 10, hours 1, note 1; 67 in all.
EXPECTED = {
    # Stated 1 + 21 + 11 = 33 of 67: found by the force, and by what excludes beds, if it stated them.
    "forceless": (49, [("beds", 2, 2), ("force", 1, 1), ("hours", 0, 0)]),
    # Stated 1 + 21 + 11 + 11 = 44: "staff" alone, and "staff with beds", which it has.
    "staffless": (65, [("staff", 2, 2), ("hours", 0, 0), ("note", 0, 0)]),
    # Stated 1: two inquiries lack more than one thing; a list that is absent states neither its method nor its force.
    "bare": (1, [("staff", 2, 1), ("beds", 2, 1), ("method", 1, 0)]),
    # Stated 1 + 21 + 11 + 11 = 44, an empty list being complete: of staff it has too few, whatever it stated else.
    "few": (65, [("beds", 2, 1), ("hours", 0, 0), ("note", 0, 0)]),
    # All 67.
    "whole": (100, []),
}


def test_scores_and_what_would_help_are_as_reckoned_by_hand(labs, capreg):
    assert complete(capreg, labs) == EXPECTED


def test_the_formula_is_the_one_that_the_manual_says(labs):
    registry = Registry(labs)
    found = completeness(catalogue_of(registry), registry.kind("lab"), inquiries(books_of(registry)), 3)
    assert [one.score for one in found] == [33 / 67, 44 / 67, 1 / 67, 44 / 67, 1]


def test_whom_one_answer_would_help_most_comes_first(labs, capreg):
    assert list(complete(capreg, labs)) == list(EXPECTED)


def test_the_answer_is_found_when_it_is_given(labs, capreg):
    """What is promised as found is found: the record meets as many more of what was asked."""
    queries = [one for one in ASKED if "stuff" not in one]

    def met(id):
        return sum(id in capreg("-R", labs, "search", "-k", "lab", query, "-O", "json").ids for query in queries)

    before = met("staffless")
    write_record(labs, {"kind": "lab", "id": "staffless", "name": "X", "staff": 5, **LABS["staffless"]}, "labs")
    assert met("staffless") - before == EXPECTED["staffless"][1][0][2]


def test_without_inquiries_every_question_counts_alike(labs, capreg):
    found = complete(capreg, labs, "--from", "2027-01-01")
    assert {id: score for id, (score, _) in found.items()} == {
        "bare": 14,  # 1 of 7
        "forceless": 42,  # 3 of 7
        "few": 57,  # 4 of 7
        "staffless": 57,
        "whole": 100,
    }
    assert found["bare"][1] == [("hours", 0, 0), ("staff", 0, 0), ("beds", 0, 0)]


def test_what_was_asked_between_two_days_counts(labs, capreg):
    assert complete(capreg, labs, "--from", "2026-02-01", "--until", "2026-02-28")["bare"][1][0] == ("staff", 1, 0)


def test_as_many_questions_as_are_wanted(labs, capreg):
    found = complete(capreg, labs, "--top", "1")
    assert [len(missing) for _, missing in found.values()] == [1, 1, 1, 1, 0]
    assert len(complete(capreg, labs, "--top", "9")["bare"][1]) == 6


def test_people_read_the_question_in_their_language(labs, capreg):
    done = capreg("-R", labs, "report", "complete", "-k", "lab", "--top", "1", "--language", "it", "-O", "text")
    assert "Beds (it)?" in done.out and "HUB ONLY" in done.out


def test_a_registry_of_which_nobody_asked_is_scored(sample, capreg):
    done = capreg("-R", sample, "report", "complete", "--limit", "1", "-O", "json")
    assert (done.code, len(done.json["results"])) == (0, 1)


@pytest.mark.parametrize(
    ("document", "path", "expected"),
    [
        ({"a": 1}, ["a"], True),
        ({"a": 0}, ["a"], True),
        ({}, ["a"], False),
        ({"a": []}, ["a"], True),
        ({"a": []}, ["a", "*", "b"], True),
        ({"a": [{}]}, ["a", "*", "b"], False),
        ({"a": [{}, {"b": 1}]}, ["a", "*", "b"], True),
        ({"a": {}}, ["a", "b"], False),
        ({"a": [{"b": []}]}, ["a", "*", "b", "*", "c"], True),
    ],
)
def test_what_is_stated(document, path, expected):
    assert is_stated(document, path) is expected
