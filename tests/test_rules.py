"""The quick look at a record never says that all is well where `check` would find a fault, nor stops at what is odd."""

import json

import pytest
from conftest import write_record

from capreg.store.check import nonsense
from capreg.store.create import create
from capreg.store.registry import Registry
from capreg.store.rules import Rules

NOTE = {"label": {"en": "x", "it": "x"}, "tier": "short"}
SPAN = {"type": ["object", "null"], "properties": {end: {"type": "number"} for end in ("min", "max")}}


def spans(name: str) -> dict:
    return {**SPAN, "capreg": {**NOTE, "search": {"name": name, "as": "contains"}}}


def worded(name: str) -> dict:
    search = {"name": name, "as": "word", "words": "processes"}
    return {"type": ["string", "null"], "capreg": {**NOTE, "search": search}}


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "unevaluatedProperties": False,
    "capreg": {"kind": {"folder": "odds", "label": {"en": "odd", "it": "odd"}, "title": "name", "columns": ["name"]}},
    "properties": {
        **{key: {"type": "string", "capreg": NOTE} for key in ("kind", "id")},
        "name": {"type": "string", "capreg": {**NOTE, "search": {"name": "name", "as": "text"}}},
        "span": spans("span"),
        "spans": {"type": "array", "items": spans("spans")},
        "work": worded("work"),
        "works": {"type": "array", "items": worded("works")},
        "both": {"type": ["object", "array"], "properties": {"work": worded("one")}, "items": {"type": "object", "properties": {"work": worded("one")}}},
        "jobs": {
            "type": "array",
            "capreg": {**NOTE, "together": "job"},
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "capreg": NOTE},
                    "job": worded("job"),
                    "from": {"type": "string", "format": "date", "capreg": NOTE},
                    "until": {"type": "string", "format": "date", "capreg": {**NOTE, "search": {"as": "validity", "since": "from"}}},
                    "after": {"type": ["string", "null"], "capreg": {**NOTE, "refers": "jobs"}},
                },
            },
        },
    },
}  # fmt: skip

# What a record says, and which faults `check` finds in it.
SAID = {
    "nothing": ({}, []),
    "a span": ({"span": {"min": 1, "max": 2}}, []),
    "half a span": ({"span": {"max": 2}}, []),
    "no span": ({"span": None}, []),
    "a span that ends before it begins": ({"span": {"min": 2, "max": 1}}, ["range-reversed"]),
    "spans": ({"spans": [{"min": 1, "max": 2}, {"min": 1}]}, []),
    "one of several that ends before it begins": ({"spans": [{"max": 2}, {"min": 2, "max": 1}]}, ["range-reversed"]),
    "a word": ({"work": "milling"}, []),
    "no word": ({"work": None}, []),
    "an unknown word": ({"work": "bogus"}, ["word-unknown"]),
    "words": ({"works": ["milling", "turning"]}, []),
    "an unknown one among words": ({"works": ["milling", "bogus"]}, ["word-unknown"]),
    "an unknown one in what may be a list": ({"both": {"work": "bogus"}}, ["word-unknown"]),
    "an unknown one in what is a list": ({"both": [{"work": "milling"}, {"work": "bogus"}]}, ["word-unknown"]),
    "a period": ({"jobs": [{"from": "2026-01-01", "until": "2026-12-31"}]}, []),
    "one that ends before it begins": ({"jobs": [{"from": "2026-12-31", "until": "2026-01-01"}]}, ["range-reversed"]),
    "ids": ({"jobs": [{"id": "a"}, {"id": "b", "after": "a"}, {"after": None}]}, []),
    "an id that stands twice": ({"jobs": [{"id": "a"}, {"id": "a"}]}, ["entry-id-doubled"]),
    "an id that leads nowhere": ({"jobs": [{"id": "a", "after": "c"}]}, ["reference-lost"]),
}


@pytest.fixture(scope="module")
def odds(tmp_path_factory):
    """A registry with a kind of its own in which much may be stated in several ways."""
    folder = tmp_path_factory.mktemp("odds") / "registry"
    create(folder, sample=False)
    (folder / "schemas").mkdir()
    (folder / "schemas" / "odd.schema.json").write_text(json.dumps(SCHEMA))
    (folder / "odds").mkdir()
    return Registry(folder)


@pytest.mark.parametrize(("said", "expected"), SAID.values(), ids=SAID)
def test_the_quick_look_sees_what_check_finds(odds, said, expected):
    kind = odds.kind("odd")
    rules = Rules(kind, {field.search.words: odds.vocabularies[field.search.words].words for field in kind.worded})
    record = {"kind": "odd", "id": "one", "name": "One", **said}
    assert {id for id, *_ in nonsense(odds, kind, record)} == set(expected)
    assert rules.may_be_broken_by(record) is bool(expected)


@pytest.mark.parametrize("said", [said for said, faults in SAID.values() if not faults])
def test_check_stops_at_none_of_what_is_well(odds, capreg, said):
    write_record(odds.root, {"kind": "odd", "id": "one", "name": "One", **said}, "odds")
    done = capreg("-R", odds.root, "check", "--all")
    assert (done.code, done.err) == (0, "No faults.\n")
