"""Ruling 18: a machine's envelope stands in where a capability names machines and no size."""

import shlex
from datetime import date

import pytest
from conftest import firm, write_record

from capreg.index.find import find
from capreg.query.language import join
from capreg.store.create import create
from capreg.store.registry import Registry

DAY = date(2026, 11, 22)
BOLOGNA = {"latitude": 44.4938, "longitude": 11.3387}
MODENA = {"latitude": 44.6478, "longitude": 10.9254}
SIZE, HERE = "size:400x300x120mm", "near:44.4938,11.3387,10km"


@pytest.fixture(scope="module")
def _registry(tmp_path_factory) -> Registry:
    root = tmp_path_factory.mktemp("envelopes") / "registry"
    create(root, sample=False)
    return Registry(root)


@pytest.fixture
def ask(_registry):
    """Ask a registry that holds just this firm, near misses too: `ask(query, firm)` -> what was found."""

    def ask(query: str, one: dict):
        write_record(_registry.root, one)
        found = find(_registry, _registry.kind("firm"), join(shlex.split(query)), DAY, near_misses=True)
        assert found.left_out == 0
        return found

    return ask


def machine(id: str, envelope: list | None, at: str | None = None) -> dict:
    said = {"envelope_mm": envelope, "site": at}
    return {"id": id, "type": "machining-centre", **{key: value for key, value in said.items() if value}}


def shop(names: list[str] | None, *machines: dict, **held) -> dict:
    """Return a firm that mills on the machines it names."""
    named = {} if names is None else {"machines": names}
    return firm("rossi", capabilities=[{"process": "milling", **named, **held}], machines=list(machines))


def verdict(found) -> str:
    """Return what the one firm says to the size."""
    (hit,) = (*found.hits, *found.near_misses)
    return next(one.truth.phrase for one in hit.match.verdicts if one.requirement == SIZE)


BIG, SMALL = [800, 600, 400], [300, 200, 100]
big, small, silent = machine("big", BIG), machine("small", SMALL), machine("silent", None)
NO_LIST = firm("rossi", capabilities=[{"process": "milling", "machines": ["big"]}])
STANDING_IN = [
    ("the machine is large enough", shop(["big"], big), "meets"),
    ("any orientation fits", shop(["big"], machine("big", [120, 400, 300])), "meets"),
    ("any of them may serve", shop(["small", "big"], small, big), "meets"),
    ("any may serve, whatever another leaves open", shop(["silent", "big"], silent, big), "meets"),
    ("all are too small", shop(["small"], small), "fails"),
    ("none has an envelope", shop(["silent"], silent), "not stated"),
    ("one is too small, of another nothing is stated", shop(["small", "silent"], small, silent), "not stated"),
    ("a machine that is not named does not serve", shop(["small"], small, big), "fails"),
    ("one that is named is missing", shop(["lost"], big), "not stated"),
    ("one is too small, another is missing", shop(["small", "lost"], small), "not stated"),
    ("one serves, another is missing", shop(["lost", "big"], big), "meets"),
    ("the list of machines is empty", shop(["big"]), "not stated"),
    ("there is no list of machines", NO_LIST, "not stated"),
    ("no machine is named", shop([], big), "not stated"),
    ("nothing is said of machines", shop(None, big), "not stated"),
    ("the capability's own size comes first, the smaller", shop(["big"], big, size_mm=SMALL), "fails"),
    ("the capability's own size comes first, the larger", shop(["small"], small, size_mm=BIG), "meets"),
]


@pytest.mark.parametrize(("what", "one", "says"), STANDING_IN, ids=[row[0] for row in STANDING_IN])
def test_a_machine_s_envelope_stands_in_for_a_size_that_is_not_stated(ask, what, one, says):
    assert verdict(ask(f"process:milling {SIZE}", one)) == says


@pytest.mark.parametrize(("what", "one", "says"), STANDING_IN, ids=[row[0] for row in STANDING_IN])
def test_not_turns_it_around(ask, what, one, says):
    assert bool(ask(f"process:milling ^{SIZE}", one).hits) is (says == "fails")


SITES = [
    {"id": id, "address": {"locality": id.title(), "country": "IT"}, "position": position}
    for id, position in (("bologna", BOLOGNA), ("modena", MODENA))
]
IN_BOLOGNA, IN_MODENA = machine("big", BIG, "bologna"), machine("big", BIG, "modena")
AT_SITES = [
    ("the machine stands there", [IN_BOLOGNA], "meets"),
    ("it stands elsewhere", [IN_MODENA], "fails"),
    ("it names no site", [big], "meets"),
    ("one stands elsewhere, one is too small", [IN_MODENA, small], "fails"),
    ("one stands elsewhere, of one nothing is stated", [IN_MODENA, silent], "not stated"),
    ("one stands elsewhere, one there", [IN_MODENA, machine("too", BIG, "bologna")], "meets"),
]


@pytest.mark.parametrize(("what", "machines", "says"), AT_SITES, ids=[row[0] for row in AT_SITES])
def test_a_machine_of_another_site_than_the_one_asked_about_does_not_serve(ask, what, machines, says):
    one = {**shop([each["id"] for each in machines], *machines, site="bologna"), "sites": SITES}
    assert verdict(ask(f"{HERE} process:milling {SIZE}", one)) == says


def test_where_no_site_is_asked_about_a_machine_serves_wherever_it_stands(ask):
    assert verdict(ask(f"process:milling {SIZE}", {**shop(["big"], IN_MODENA), "sites": SITES})) == "meets"


def test_each_capability_has_its_own_machines(ask):
    steel = {"process": "milling", "machines": ["small"], "materials": ["steel"]}
    brass = {"process": "milling", "machines": ["big"], "materials": ["brass"]}
    one = firm("rossi", capabilities=[steel, brass], machines=[small, big])
    meets = [bool(ask(f"process:milling material:{word} {SIZE}", one).hits) for word in ("steel", "brass")]
    assert meets == [False, True]


def test_fit_is_the_comfort_of_the_best_machine(ask):
    one = shop(["big", "tight"], machine("tight", [400, 300, 120]), big)
    comfort = min(1 - 400 / 800, 1 - 300 / 600, 1 - 120 / 400)
    assert ask(f"process:milling {SIZE}", one).hits[0].match.fit == round((1 + (1 + comfort) / 2) / 2, 3)


def test_a_printout_says_nothing_of_the_machine(empty, capreg):
    write_record(empty, shop(["big"], big))
    out = capreg("-R", empty, "printout", "process:milling", SIZE).out
    assert ("Rossi" in out, "800" in out, "big" in out) == (True, False, False)
