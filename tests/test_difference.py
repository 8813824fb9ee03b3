"""What differs between two documents: a table of cases, and the law that the changes lead from the one to the other."""

from pathlib import Path

import pytest
from conftest import firm
from hypothesis import given
from hypothesis import strategies as st

from capreg.model.difference import NOTHING, applied, difference
from capreg.store.schemas import load_kinds

ROOT = load_kinds(Path("nowhere"))["firm"].kind.root
MILL, TURN = {"id": "mill", "process": "milling"}, {"id": "turn", "process": "turning"}
ISO, NADCAP = {"standard": "iso-9001", "valid_until": "2027-05-31"}, {"standard": "nadcap"}

# What stood there, what stands there, and the changes as pointer, before, after.
CASES = {
    "a value": ({"founded": 1987}, {"founded": 1988}, [("/founded", 1987, 1988)]),
    "a value more": ({}, {"founded": 1988}, [("/founded", NOTHING, 1988)]),
    "a value less": ({"founded": 1987}, {}, [("/founded", 1987, NOTHING)]),
    "a value in an object": ({"people": {"total": 3}}, {"people": {"total": 4}}, [("/people/total", 3, 4)]),
    "words are one value": ({"languages": ["it"]}, {"languages": ["it", "en"]}, [("/languages", ["it"], ["it", "en"])]),
    "an entry, by its id": (
        {"capabilities": [MILL, TURN]},
        {"capabilities": [MILL, TURN | {"tolerance_mm": 0.01}]},
        [("/capabilities/turn/tolerance_mm", NOTHING, 0.01)],
    ),
    "a range is one value": (
        {"capabilities": [MILL | {"mass_kg": {"max": 3}}]},
        {"capabilities": [MILL | {"mass_kg": {"min": 1, "max": 3}}]},
        [("/capabilities/mill/mass_kg", {"max": 3}, {"min": 1, "max": 3})],
    ),
    "a new entry at the end": (
        {"capabilities": [MILL]},
        {"capabilities": [MILL, TURN]},
        [("/capabilities/turn", NOTHING, TURN)],
    ),
    "a new entry before another": (
        {"capabilities": [TURN]},
        {"capabilities": [MILL, TURN]},
        [("/capabilities/mill", NOTHING, MILL), ("/capabilities", ["turn"], ["mill", "turn"])],
    ),
    "another order": (
        {"capabilities": [MILL, TURN]},
        {"capabilities": [TURN, MILL]},
        [("/capabilities", ["mill", "turn"], ["turn", "mill"])],
    ),
    "an entry without an id, by its position": (
        {"certificates": [ISO, NADCAP]},
        {"certificates": [ISO | {"valid_until": "2030-05-31"}, NADCAP]},
        [("/certificates/0/valid_until", "2027-05-31", "2030-05-31")],
    ),
    "an entry without an id that is gone": (
        {"certificates": [ISO, NADCAP]},
        {"certificates": [NADCAP]},
        [("/certificates/0", ISO, NOTHING)],
    ),
    "what no schema describes": (
        {"extension": {"x": {"a": 1}}},
        {"extension": {"x": {"a": 2}}},
        [("/extension/x/a", 1, 2)],
    ),
    "yes is not 1": ({"extension": {"x": [1]}}, {"extension": {"x": [True]}}, [("/extension/x", [1], [True])]),
    "the order of keys is nothing": ({"id": "a", "name": "A"}, {"name": "A", "id": "a"}, []),
    "1 is 1.0": ({"founded": 1987}, {"founded": 1987.0}, []),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_what_differs(before, after, expected):
    found = difference(ROOT, before, after)
    assert [(one.pointer, one.before, one.after) for one in found] == expected
    assert applied(before, found) == after


plain = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b", "c"])
entries = st.lists(st.dictionaries(st.sampled_from(["id", "process", "size_mm", "0"]), plain, max_size=3), max_size=4)
named = st.lists(st.sampled_from("abcd"), unique=True).flatmap(
    lambda ids: st.tuples(*(st.fixed_dictionaries({"id": st.just(id), "process": plain}) for id in ids)).map(list)
)
values = st.recursive(
    plain | entries | named,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["name", "capabilities", "certificates", "people", "languages", "extension", "what"])
documents = st.dictionaries(keys, values, max_size=4)
roots = st.sampled_from([ROOT, None])


@given(roots, documents, documents)
def test_the_changes_made_to_the_first_document_give_the_second(root, one, other):
    assert applied(one, difference(root, one, other)) == other


@given(roots, documents)
def test_a_document_does_not_differ_from_itself(root, one):
    assert difference(root, one, one) == []


@given(roots, documents, documents)
def test_documents_that_are_not_equal_differ(root, one, other):
    assert bool(difference(root, one, other)) == (repr(_sorted(one)) != repr(_sorted(other)))


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return list(map(_sorted, value)) if isinstance(value, list) else value


def test_nothing_is_done_to_the_documents_themselves():
    one, other = firm(capabilities=[MILL]), firm(capabilities=[TURN, MILL])
    before = repr((one, other))
    applied(one, difference(ROOT, one, other))
    assert repr((one, other)) == before
