"""The rulings of the query language, each as rows of (query as typed in a shell, the firms that meet it); the others of its firms do not."""

import json
import shlex
from datetime import date

import pytest
from conftest import firm, write_record

from capreg.errors import CapregError
from capreg.index.find import find
from capreg.query.language import join
from capreg.store.create import create
from capreg.store.registry import Registry

DAY = date(2026, 11, 22)
BOLOGNA = {"latitude": 44.4938, "longitude": 11.3387}
PIACENZA = {"latitude": 45.0526, "longitude": 9.6930}


@pytest.fixture(scope="module")
def _registry(tmp_path_factory) -> Registry:
    root = tmp_path_factory.mktemp("rulings") / "registry"
    create(root, sample=False)
    return Registry(root)


@pytest.fixture
def ask(_registry):
    """Ask a registry that holds just these firms: `ask(query, firms)` -> ids in one string."""
    for old in (_registry.root / "firms").glob("*.json"):
        old.unlink()

    def ask(query: str, firms=(), on: date = DAY) -> str:
        for one in firms:
            write_record(_registry.root, one)
        found = find(_registry, _registry.kind("firm"), join(shlex.split(query)), on)
        assert found.left_out == 0
        return " ".join(hit.id for hit in found.hits)

    return ask


@pytest.fixture
def refused(ask):
    """Ask what is refused: `refused(query)` -> exit code, and all that is said."""

    def refused(query: str, firms=()) -> tuple[int, str]:
        with pytest.raises(CapregError) as error:
            ask(query, firms)
        return error.value.exit_code, f"{error.value.sentence} {error.value.way_out}"

    return refused


def rows(*cases):
    return pytest.mark.parametrize(("query", "meet"), cases)


def does(id: str, *capabilities: dict, **rest) -> dict:
    return firm(id, capabilities=list(capabilities), **rest)


def cap(process: str, **rest) -> dict:
    return {"process": process, **rest}


def holds(id: str, *standards: str, **rest) -> dict:
    return firm(id, certificates=[{"standard": one, "valid_until": "2028-01-01"} for one in standards], **rest)


def site(id: str, position: dict | None, country: str = "IT", **rest) -> dict:
    return {
        "id": id,
        "address": {"locality": id.title(), "country": country},
        **({"position": position} if position else {}),
        **rest,
    }


# 1 and 21: the shell strips quotes.

SAID = [
    firm("a", summary="Gear hobbing for pumps."),
    firm("b", summary="Hobbing of a gear."),
    does("c", cap("5-axis-milling")),
]


@rows(
    ('"gear hobbing"', "a"),
    ("gear hobbing", "a b"),
    ('"gear hobb*"', "a"),
    ('"gear AND hobbing"', "a b"),
    ('"gear hobbing OR process:milling"', "a b c"),
    ('process:"5 axis milling"', "c"),
    ('"process:5 axis milling"', "c"),
    ('"process:milling ^hobbing"', "c"),
)
def test_1_an_argument_with_a_blank_is_one_value_a_phrase_or_a_query(ask, query, meet):
    assert meet == ask(query, SAID)


@rows(
    ('near:"Reggio Emilia,60km"', "main"),
    ('near:"Reggio Emilia,IT,60km" Main', "main"),
    ('"near:reggio emilia,60km"', "main"),
)
def test_1_a_place_of_two_words_is_quoted_as_a_whole(ask, query, meet):
    there = {
        **site("reggio-emilia", {"latitude": 44.69, "longitude": 10.63}),
        "address": {"locality": "Reggio Emilia", "country": "IT"},
    }
    assert meet == ask(query, [firm("main", sites=[there]), firm("far", sites=[site("piacenza", PIACENZA)])])


# 2: commas, near, and digits before a colon.

NAMES = [
    firm("a", name="Rossi, Bianchi & C."),
    firm("b", name="Bianchi"),
    firm("c", name="Verdi", summary="ISO 9001:2015 since 1998."),
]


@rows(
    ("name:rossi,verdi", "a c"),
    ("""'name:"Rossi, Bianchi"'""", "a"),
    ("""'name:"Rossi, Bianchi",Verdi'""", "a c"),
    ("9001:2015", "c"),
    ('"ISO 9001:2015"', "c"),
)
def test_2_a_comma_is_or_but_for_one_in_quotes_and_digits_before_a_colon_are_text(ask, query, meet):
    assert meet == ask(query, NAMES)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("near:Bologna", 2),
        ("near:Bologna,100", 2),
        ("near:Bologna,100kg", 2),
        ("near:Bologna,0km", 2),
        ("near:Bologna,IT,Modena,10km", 2),
        ("near:91,11,10km", 2),
        ("near:44,181,10km", 2),
        ("near:Nowheretown,10km", 3),
        ("near:Bologna,FR,10km", 3),
    ],
)
def test_2_near_wants_one_place_that_is_known_and_a_radius(refused, query, code):
    assert code == refused(query, [firm("rossi")])[0]


def test_2_a_place_of_two_countries_wants_its_country(ask, refused):
    firms = [
        firm("fr", sites=[site("twinborough", {"latitude": 48.86, "longitude": 2.35}, "FR")]),
        firm("de", sites=[site("twinborough", {"latitude": 51.33, "longitude": 9.49}, "DE")]),
    ]
    assert (ask("near:Twinborough,DE,50km", firms), ask("near:twinborough,fr,50km", firms)) == ("de", "fr")
    code, said = refused("near:Twinborough,50km", firms)
    assert (code, "Twinborough,FR" in said, "Twinborough,DE" in said) == (2, True, True)


# 3: numbers, units, ranges.

SHOPS = [
    does("fine", cap("milling", tolerance_mm=0.01, thickness_mm={"min": 5, "max": 25}), people={"total": 8}),
    does("coarse", cap("milling", tolerance_mm=0.1, thickness_mm={"min": 1, "max": 15}), people={"total": 20}),
    firm("silent"),
]


@rows(
    ("tolerance:..0.01mm", "fine"),
    ("tolerance:..10um", "fine"),
    ("tolerance:..10µm", "fine"),
    ("tolerance:..0.001cm", "fine"),
    ("tolerance:..0.0004in", "fine"),
    ("tolerance:..0.009mm", ""),
    ("tolerance:..1mm", "coarse fine"),
    ("thickness:1..2cm", "fine"),
    ("thickness:10mm..2cm", "fine"),
    ("thickness:2..12mm", "coarse"),
    ('"tolerance:<=0.01mm"', "fine"),
    ('"tolerance:<0.01mm"', ""),
    ("employees:10..", "coarse"),
    ("employees:..10", "fine"),
    ("employees:8..20", "coarse fine"),
    ("employees:8", "fine"),
    ("employees:9", ""),
    ("employees:8,20", "coarse fine"),
    ('"employees:>=20"', "coarse"),
    ('"employees:>20"', ""),
    ('"employees:<=8"', "fine"),
    ('"employees:<8"', ""),
)
def test_3_numbers_are_compared_in_the_unit_of_the_field(ask, query, meet):
    assert meet == ask(query, SHOPS)


@rows(
    ("floor:1000m2..", "a b"),
    ("floor:0.1ha..", "a b"),
    ("floor:..10763ft2", ""),
    ("crane:5t", "a"),
    ("crane:5000kg", "a"),
    ("power:200hp", "b"),
)
def test_3_areas_masses_and_powers_have_units_too(ask, query, meet):
    firms = [
        firm("a", sites=[site("bologna", BOLOGNA, floor_area_m2=1000, crane_capacity_kg=5000, power_kw=149)]),
        firm("b", sites=[site("bologna", BOLOGNA, floor_area_m2=3000, crane_capacity_kg=4999, power_kw=150)]),
    ]
    assert meet == ask(query, firms)


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("tolerance:..0.01", "unit"),
        ("tolerance:..0.01kg", "length"),
        ("tolerance:..0.01furlong", "furlong"),
        ("employees:10mm", "no unit"),
        ("tolerance:0,01mm", "0.01mm"),
        ("tolerance:..0,01mm", "0.01mm"),
        ("thickness:1..2,5mm", "2.5mm"),
        ("employees:50..10", "reversed"),
        ("thickness:1cm..5mm", "reversed"),
        ("employees:..", "no end"),
        ("employees:ten", "ten"),
        ("employees:1e3", "1e3"),
        ("size:500x400mm", "500x400x300mm"),
        ("size:500x400x300", "unit"),
        ("size:500x0x300mm", "zero"),
        ("calibrated:2026-13-01", "2026-13-01"),
    ],
)
def test_3_a_value_that_cannot_be_read_is_wrong_usage_with_a_hint(refused, query, hint):
    code, said = refused(query)
    assert (code, hint in said) == (2, True)


# 4 and 14: limits, and ranges that a firm's range must contain.

LIMITS = [
    does(
        "quick", cap("milling", tolerance_mm=0.02, roughness_um=0.4, lead_time_days=7, batch={"min": 100, "max": 500})
    ),
    does("slow", cap("milling", tolerance_mm=0.01, roughness_um=1.6, lead_time_days=20, batch={"max": 200})),
]


@rows(
    ("tolerance:0.01mm", "slow"),
    ("roughness:0.8um", "quick"),
    ("lead_time:2wk", "quick"),
    ("lead_time:..20d", "quick slow"),
    ("batch:100..500", "quick"),
    ("batch:100..501", ""),
    ("batch:100", "quick slow"),
    ("batch:99", "slow"),
    ("batch:1..200", "slow"),
    ("batch:1,300", "quick slow"),
)
def test_4_a_limit_has_one_end_and_a_firms_range_contains_what_is_asked(ask, query, meet):
    assert meet == ask(query, LIMITS)


@rows(("batch:200", ""), ("batch:50", ""), ("^batch:50", "from-100"))
def test_4_an_upper_end_that_a_firm_does_not_state_is_not_stated(ask, query, meet):
    assert meet == ask(query, [does("from-100", cap("milling", batch={"min": 100}))])


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("tolerance:0.005..0.01mm", "..0.01mm"),
        ("tolerance:0.01mm..", "..0.01mm"),
        ("'tolerance:>=0.01mm'", "..0.01mm"),
        ("lead_time:5d..10d", "..10d"),
        ("'crane:<5t'", "5t"),
    ],
)
def test_4_a_limit_with_another_end_is_refused_with_what_to_write(refused, query, instead):
    code, said = refused(query)
    assert (code, said.rsplit(": ", 1)[-1]) == (2, instead)


@pytest.mark.parametrize(
    ("query", "hint"), [("batch:100..", "100"), ("'batch:>=100'", "100"), ("mass:20kg..", "20kg"), ("crane:..5t", "5t")]
)
def test_14_an_open_end_that_says_nothing_is_refused_with_what_to_write(refused, query, hint):
    code, said = refused(query)
    assert (code, said.rstrip(".").endswith(hint)) == (2, True)


@rows(
    ("size:300x400x500mm", "upright"),
    ("size:50x40x30cm", "upright"),
    ("size:500x400x301mm", ""),
    ("size:10x10x900mm", "long"),
    ("mass:20kg", "upright"),
    ("mass:20001g", ""),
)
def test_4_a_part_fits_in_any_orientation(ask, query, meet):
    firms = [
        does("upright", cap("milling", size_mm=[400, 300, 500], mass_kg={"max": 20})),
        does("long", cap("milling", size_mm=[900, 100, 100])),
    ]
    assert meet == ask(query, firms)


# 5: one entry, and further entries.

JOBS = [
    does(
        "apart",
        cap("milling", materials=["steel"], tolerance_mm=0.01),
        cap("turning", materials=["aluminium"], tolerance_mm=0.1),
        people={"total": 10},
    ),
    does(
        "whole",
        cap("milling", materials=["aluminium"], tolerance_mm=0.01),
        cap("turning", materials=["steel"], tolerance_mm=0.01),
    ),
]


@rows(
    ("process:milling material:aluminium tolerance:..0.01mm", "whole"),
    ("material:aluminium tolerance:..0.01mm process:milling", "whole"),
    ("process:milling process:turning", "apart whole"),
    ("process:milling tolerance:..0.01mm process:turning", "apart whole"),
    ("process:milling tolerance:..0.01mm process:turning tolerance:..0.01mm", "whole"),
    ("tolerance:..0.01mm process:milling process:turning", "whole"),
    ("material:aluminium tolerance:..0.01mm", "whole"),
    ("process:milling employees:10 material:aluminium", ""),
    ("process:milling employees:10 material:steel", "apart"),
    ("employees:10 process:milling material:steel", "apart"),
    ('"(process:milling material:aluminium) tolerance:..0.01mm"', "whole"),
    ('"process:milling (material:aluminium tolerance:..0.01mm)"', "whole"),
)
def test_5_terms_of_one_list_are_met_by_one_entry_and_its_head_opens_a_further_one(ask, query, meet):
    assert meet == ask(query, JOBS)


@rows(
    ("process:milling certificate:iso-9001 tolerance:..0.01mm", ""),
    ("process:milling certificate:iso-9001 tolerance:..0.1mm", "a"),
    ("certificate:iso-9001 edition:2015", "a"),
    ("certificate:iso-9001 process:milling edition:2016", ""),
    ("edition:2015 certificate:iso-14001", ""),
)
def test_5_terms_of_one_list_close_nothing_of_another(ask, query, meet):
    papers = [
        {"standard": one, "edition": edition, "valid_until": "2028-01-01"}
        for one, edition in (("iso-9001", "2015"), ("iso-14001", "2016"))
    ]
    assert meet == ask(
        query, [does("a", cap("milling", tolerance_mm=0.1), cap("turning", tolerance_mm=0.01), certificates=papers)]
    )


@rows(("certificate:iso-9001 certificate:iso-14001", "both"), ("certificate:iso-9001,iso-14001", "aero both one"))
def test_5_a_head_asked_again_asks_for_both_and_a_comma_for_either(ask, query, meet):
    assert meet == ask(
        query, [holds("both", "iso-9001", "iso-14001"), holds("one", "iso-14001"), holds("aero", "as9100")]
    )


@rows(
    ("machine:lathe axes:5", "b"),
    ("machine:lathe hire:10h", "a"),
    ("machine:lathe axes:5 hire:10h", ""),
    ("machine:lathe axes:5 machine:lathe hire:10h", ""),
    ("skill:welder qualified:2..", "b"),
    ("machine:lathe hire:10h skill:welder", "a"),
    ("axes:5 hire:10h", "a"),
)
def test_5_machines_and_skills_are_lists_of_their_own(ask, query, meet):
    firms = [
        firm(
            "a",
            machines=[
                {"type": "cnc-lathe", "axes": 3, "for_hire_hours_week": 10},
                {"type": "machining-centre", "axes": 5, "for_hire_hours_week": 12},
            ],
            people={"skills": [{"skill": "tig-welder", "qualified": 1}, {"skill": "painter", "qualified": 2}]},
        ),
        firm("b", machines=[{"type": "lathe", "axes": 5}], people={"skills": [{"skill": "welder", "qualified": 2}]}),
    ]
    assert meet == ask(query, firms)


# 6 and 12: NOT.

TURNERS = [
    does("brass", cap("turning", materials=["brass"])),
    does("steel", cap("turning", materials=["brass", "1.7225"])),
    does("mixed", cap("turning", materials=["brass"]), cap("turning", materials=["steel"])),
    does("none", cap("turning", materials=[])),
    does("blank", cap("turning")),
    does("mill", cap("milling", materials=["steel"])),
    does("idle"),
    firm("silent"),
]


@rows(
    ("process:turning ^material:steel", "brass mixed none"),
    ("process:turning NOT material:steel", "brass mixed none"),
    ("^(process:turning material:steel)", "brass idle mill none"),
    ("^process:turning", "idle mill"),
    ("^process:turning material:steel", "mill"),
    ("process:milling ^process:turning", "mill"),
    ("^material:steel", "brass mixed none"),
    ("^(^process:turning)", "blank brass mixed none steel"),
    ("^process:milling,turning", "idle"),
    ("^(process:milling OR process:turning)", "idle"),
    ("^(process:turning material:steel) process:turning", "brass none"),
)
def test_6_not_within_an_entry_asks_for_such_an_entry_and_not_before_a_head_for_no_entry(ask, query, meet):
    assert meet == ask(query, TURNERS)


@rows(
    ("^certificate:nadcap", "empty iso"),
    ("^certificate:nadcap certificate:iso-9001", "iso"),
    ("certificate:iso-9001 ^certificate:nadcap", "iso"),
    ("^(certificate:iso-9001 certificate:nadcap)", "empty iso"),
)
def test_12_not_before_a_head_speaks_of_the_whole_list(ask, query, meet):
    firms = [
        holds("iso", "iso-9001"),
        holds("ndt", "iso-9001", "nadcap-ndt"),
        firm("empty", certificates=[]),
        firm("silent"),
    ]
    assert meet == ask(query, firms)


# 7 and 13: OR brackets.

MAKERS = [
    does("m", cap("milling", tolerance_mm=0.01), people={"total": 5}),
    does("t", cap("turning", tolerance_mm=0.01), people={"total": 50}),
    does("x", cap("milling", tolerance_mm=0.1), certificates=[{"standard": "iso-9001", "valid_until": "2028-01-01"}]),
]


@rows(
    ("process:milling,turning tolerance:..0.01mm", "m t"),
    ("(process:milling OR process:turning)", "m t x"),
    ("(process:milling tolerance:..0.01mm OR process:turning)", "m t"),
    ("(process:turning OR certificate:iso-9001)", "t x"),
    ("(process:milling OR process:turning) employees:..10", "m"),
    ("employees:..10 (process:milling OR process:turning)", "m"),
    ("(process:milling OR process:turning) certificate:iso-9001", "x"),
    ("process:milling tolerance:..0.01mm OR process:turning", "m t"),
    ("process:milling (tolerance:..0.01mm OR employees:5)", "m"),
    ("(employees:5 OR employees:50)", "m t"),
    ("(process:milling) (tolerance:..0.01mm)", "m"),
)
def test_13_an_or_bracket_with_a_head_holds_all_terms_of_its_list(ask, query, meet):
    assert meet == ask(query, MAKERS)


@pytest.mark.parametrize(
    "query",
    [
        "(process:milling OR process:turning) tolerance:..0.01mm",
        "tolerance:..0.01mm (process:milling OR process:turning)",
        "material:steel (process:milling OR process:turning) employees:10",
        "(process:milling OR process:turning) ^material:steel",
    ],
)
def test_7_terms_of_a_list_beside_an_or_bracket_with_its_head_are_refused_with_the_comma_form(refused, query):
    code, said = refused(query)
    assert (code, "process:milling,turning" in said) == (2, True)


@pytest.mark.parametrize(
    "query",
    ["process:grinding (process:milling OR process:turning)", "(process:milling OR process:turning) process:grinding"],
)
def test_7_a_head_beside_an_or_bracket_of_heads_is_refused(refused, query):
    assert refused(query)[0] == 2


# 8 and 17: three values.

STATED = [
    does("fine", cap("milling", tolerance_mm=0.01, materials=["steel"])),
    does("coarse", cap("milling", tolerance_mm=0.1, materials=["steel"])),
    does("blank", cap("milling", materials=["steel"])),
    does("either", cap("milling", materials=["steel"]), cap("milling", tolerance_mm=0.01)),
    does("empty"),
    firm("silent"),
]


@rows(
    ("process:milling tolerance:..0.01mm", "either fine"),
    ("process:milling ^tolerance:..0.01mm", "coarse"),
    ("^(process:milling tolerance:..0.01mm)", "coarse empty"),
    ("^tolerance:..0.01mm", "coarse"),
    ("^(^tolerance:..0.01mm)", "either fine"),
    ("^(process:milling tolerance:..0.01mm material:aluminium)", "blank coarse empty fine"),
    ("process:milling (tolerance:..0.01mm OR material:steel)", "blank coarse either fine"),
    ("process:milling ^(tolerance:..0.01mm OR material:brass)", "coarse"),
    ("process:milling ^(tolerance:..0.01mm material:brass)", "blank coarse either fine"),
    ("^process:turning", "blank coarse either empty fine"),
)
def test_8_not_of_not_stated_is_not_stated(ask, query, meet):
    assert meet == ask(query, STATED)


@rows(
    ("employees:10..", "large"),
    ("^employees:10..", "small"),
    ("sector:automotive", "large"),
    ("^sector:automotive", "none small"),
    ("^hydraulic", "none silent small"),
    ("^summary:hydraulic", "small"),
    ("(employees:10.. OR ^employees:10..)", "large small"),
)
def test_8_a_field_that_is_absent_is_not_stated_but_a_word_of_text_is_there_or_not(ask, query, meet):
    firms = [
        firm("large", people={"total": 10}, commerce={"sectors": ["automotive"]}, summary="Hydraulic blocks."),
        firm("small", people={"total": 9}, commerce={"sectors": ["rail"]}, summary="Gears."),
        firm("none", commerce={"sectors": []}),
        firm("silent"),
    ]
    assert meet == ask(query, firms)


@pytest.mark.parametrize(
    ("broad", "narrow", "stated"),
    [
        ("material:aluminium", "material:en-aw-7075", {"capabilities": [cap("milling", materials=["aluminium"])]}),
        ("process:milling", "process:5-axis-milling", {"capabilities": [cap("milling")]}),
        (
            "certificate:nadcap",
            "certificate:nadcap-ndt",
            {"certificates": [{"standard": "nadcap", "valid_until": "2028-01-01"}]},
        ),
        ("machine:lathe", "machine:cnc-lathe", {"machines": [{"type": "lathe"}]}),
        ("skill:welder", "skill:tig-welder", {"people": {"skills": [{"skill": "welder"}]}}),
        ("sector:automotive", "sector:motorsport", {"commerce": {"sectors": ["automotive"]}}),
    ],
)
def test_17_a_broader_word_stated_than_the_one_asked_is_not_stated(ask, broad, narrow, stated):
    firms = [firm("rossi", **stated)]
    assert tuple(ask(query, firms) for query in (broad, narrow, f"^{broad}", f"^{narrow}")) == ("rossi", "", "", "")


@rows(
    ("certificate:iso-9001", "car iso"),
    ("certificate:iatf-16949", "car"),
    ("^certificate:iatf-16949", "iso"),
    ("certificate:quality-management", "car iso"),
)
def test_17_a_standard_that_includes_another_meets_it(ask, query, meet):
    assert meet == ask(query, [holds("iso", "iso-9001"), holds("car", "iatf-16949")])


# 9 and 13: one site.

TWO_SITES = [site("bologna", BOLOGNA, floor_area_m2=500), site("piacenza", PIACENZA, floor_area_m2=3000)]
PLANTS = [
    does("near-mill", cap("milling", site="bologna"), sites=TWO_SITES),
    does("far-mill", cap("milling", site="piacenza"), sites=TWO_SITES),
    does("any-mill", cap("milling"), sites=[site("bologna", BOLOGNA, floor_area_m2=2000, crane_capacity_kg=5000)]),
    does("unplaced", cap("milling"), sites=[site("modena", None)]),
]
HERE = "near:44.4938,11.3387,10km"


@rows(
    (HERE, "any-mill far-mill near-mill"),
    (f"{HERE} floor:1000m2..", "any-mill"),
    ("floor:1000m2..", "any-mill far-mill near-mill"),
    (f"floor:1000m2.. {HERE} crane:5t", "any-mill"),
    (f"process:milling {HERE}", "any-mill near-mill"),
    (f"{HERE} process:milling", "any-mill near-mill"),
    ("process:milling floor:1000m2..", "any-mill far-mill"),
    ("process:milling", "any-mill far-mill near-mill unplaced"),
    (f"^{HERE}", "far-mill near-mill"),
    (f"process:milling ^{HERE}", "far-mill"),
    (f"({HERE} OR floor:1000m2..) process:milling", "any-mill far-mill near-mill"),
    (f"(process:milling OR process:turning) {HERE}", "any-mill near-mill"),
    (f"({HERE} process:milling OR process:turning) floor:1000m2..", "any-mill"),
)
def test_9_all_that_is_asked_of_a_site_is_asked_of_one_and_entries_that_name_a_site_name_that_one(ask, query, meet):
    assert meet == ask(query, PLANTS)


@rows(
    (f"{HERE} ^process:milling", "turner"),
    (f"{HERE} ^(process:milling)", "turner"),
    (f"{HERE} ^(process:milling OR process:grinding)", "turner"),
    (f"{HERE} ^(process:milling process:turning)", "far-mill turner"),
)
def test_12_not_before_a_bracket_with_a_head_speaks_of_the_whole_firm_wherever_its_sites_lie(ask, query, meet):
    firms = [
        does("far-mill", cap("milling", site="piacenza"), sites=TWO_SITES),
        does("turner", cap("turning"), sites=TWO_SITES),
    ]
    assert meet == ask(query, firms)


@rows(
    ("country:IT", "both"),
    ("country:FR floor:1000m2..", "both"),
    ("country:IT floor:1000m2..", ""),
    ("country:it,fr floor:1000m2..", "both"),
    ("^country:IT", "both"),
)
def test_13_the_country_is_that_of_the_one_site(ask, query, meet):
    assert meet == ask(
        query,
        [
            firm(
                "both", sites=[site("bologna", BOLOGNA, floor_area_m2=10), site("lyon", None, "FR", floor_area_m2=2000)]
            )
        ],
    )


@rows(
    ("certificate:iso-9001 country:IT", "here"),
    ("certificate:iso-9001 country:FR", "there"),
    ("certificate:iso-9001", "here there"),
)
def test_9_a_certificate_of_one_site_serves_that_site_only(ask, query, meet):
    sites = [site("bologna", BOLOGNA), site("lyon", None, "FR")]
    papers = {
        id: {"standard": "iso-9001", "site": at, "valid_until": "2028-01-01"}
        for id, at in (("here", "bologna"), ("there", "lyon"))
    }
    assert meet == ask(query, [firm(id, sites=sites, certificates=[one]) for id, one in papers.items()])


def test_13_two_or_brackets_speak_of_one_site(ask):
    sites = [site("bologna", BOLOGNA), site("lyon", None, "FR")]
    papers = [{"standard": "iso-9001", "site": "lyon", "valid_until": "2028-01-01"}]
    firms = [does("split", cap("milling", site="bologna"), certificates=papers, sites=sites)]
    query = "(process:milling country:IT OR process:turning) (certificate:iso-9001 country:FR OR certificate:as9100)"
    assert ask(query, firms) == ""


def test_13_one_entry_may_serve_two_parts(ask):
    assert ask("certificate:iso-9001 certificate:as9100", [holds("aero", "as9100"), holds("iso", "iso-9001")]) == "aero"


# 10 and 15: spare capacity.


def free(id: str, *statements: dict, processes=("milling",)) -> dict:
    period = {"from": "2026-11-01", "until": "2027-01-31"}
    return does(id, *map(cap, processes), capacity={"spare": [{**period, **one} for one in statements]})


SPARE = [
    free("own", {"process": "milling", "hours_week": 30}),
    free("narrower", {"process": "5-axis-milling", "hours_week": 30}),
    free("other", {"process": "turning", "hours_week": 30}, processes=("milling", "turning")),
    free("any", {"hours_week": 30}),
    free("sum", {"hours_week": 20}, {"process": "milling", "hours_week": 20}),
    free("lapsed", {"hours_week": 30, "until": "2026-11-21"}),
    free("later", {"hours_week": 30, "from": "2026-11-23"}),
    free("full"),
    does("silent", cap("milling")),
]


@rows(
    ("process:milling spare:30h", "any narrower own"),
    ("spare:30h process:milling", "any narrower own"),
    ("process:milling spare:30h..", "any narrower own"),
    ("process:milling spare:31h", ""),
    ("process:turning spare:30h", "other"),
    ("process:turning spare:30h process:milling", "other"),
    ("process:turning process:milling spare:30h", ""),
    ("spare:30h", "any narrower other own"),
    ("process:milling ^spare:30h", "full lapsed later other sum"),
)
def test_15_spare_hours_are_one_statement_for_the_process_of_the_part_on_the_day(ask, query, meet):
    assert meet == ask(query, SPARE)


@pytest.mark.parametrize(
    ("day", "meet"),
    [("2026-11-21", "any lapsed"), ("2026-11-22", "any"), ("2026-11-23", "any later"), ("2027-02-01", "")],
)
def test_15_the_period_of_spare_hours_covers_the_day(ask, day, meet):
    firms = [one for one in SPARE if one["id"] in ("any", "lapsed", "later")]
    assert meet == ask("process:milling spare:30h", firms, on=date.fromisoformat(day))


def test_17_spare_hours_for_a_broader_process_are_not_stated(ask):
    firms = [free("broad", {"process": "milling", "hours_week": 30}, processes=("5-axis-milling",))]
    assert (ask("process:5-axis-milling spare:30h", firms), ask("process:5-axis-milling ^spare:30h", firms)) == ("", "")


# 11 and 20: names that do not exist.


@pytest.mark.parametrize(
    ("query", "code", "nearest"),
    [
        ("proces:milling", 2, "process"),
        ("tollerance:..0.01mm", 2, "tolerance"),
        ("^certifcate:nadcap", 2, "certificate"),
        ("lead-time:10d", 2, "lead_time"),
        ("qualità:x", 2, "qualification"),
        ("(process:milling OR sectr:automotive)", 2, "sector"),
        ("process:miling", 3, "milling"),
        ("material:aluminum-oxid", 3, "alumin"),
        ("certificate:iso-9002", 3, "iso-9001"),
        ("process:milling,turnin", 3, "turning"),
        ("process:steel", 3, "process"),
    ],
)
def test_11_and_20_an_unknown_field_is_wrong_usage_an_unknown_word_is_missing_and_both_name_the_nearest(
    refused, query, code, nearest
):
    got, said = refused(query)
    assert (code, True) == (got, nearest in said)


def test_11_the_message_points_at_the_term(refused):
    _, said = refused("process:milling tollerance:..0.01mm")
    _, shown, mark = said.splitlines()
    assert shown[mark.index("^") :].startswith("tollerance:")


def test_20_a_word_that_two_words_share_is_wrong_usage_with_the_candidates(tmp_path, capreg):
    create(tmp_path / "own", sample=False)
    folder = tmp_path / "own" / "schemas" / "vocabularies"
    folder.mkdir(parents=True)
    words = [
        {"id": id, "label": {"en": id, "it": id}, "synonyms": {"en": ["dressing"]}}
        for id in ("wheel-dressing", "edge-dressing")
    ]
    document = {"title": {"en": "Processes", "it": "Lavorazioni"}, "words": words}
    (folder / "processes.json").write_text(json.dumps(document), encoding="utf-8")
    done = capreg("-R", tmp_path / "own", "search", "process:dressing")
    assert (done.code, done.out, "wheel-dressing" in done.err, "edge-dressing" in done.err) == (2, "", True, True)


@rows(
    ("milling", "m"),
    ("fresatura", "m"),
    ("FRESAT*", "m"),
    ('"lathe work"', "t"),
    ("torneria", "t"),
    ("ottone", "m"),
    ("saldatore", "t"),
    ("forlì", "m"),
    ("forli", "m"),
    ("secret", ""),
    ("grinding", ""),
)
def test_20_free_words_search_texts_and_the_labels_and_synonyms_of_stated_words_in_both_languages(ask, query, meet):
    firms = [
        does("m", cap("milling", materials=["brass"]), summary="Officina a Forlì", extension={"note": "secret"}),
        does("t", cap("turning"), people={"skills": [{"skill": "welder"}]}),
    ]
    assert meet == ask(query, firms)


@rows(
    ("process:fresatura", "m"),
    ("process:MILLING", "m"),
    ("material:ottone", "m"),
    ('material:"EN AW 7075"', ""),
    ('process:"lathe work"', "t"),
)
def test_20_a_word_is_known_by_its_labels_and_synonyms_too(ask, query, meet):
    assert meet == ask(query, [does("m", cap("milling", materials=["brass"])), does("t", cap("turning"))])


# 16: certificates and days.


def paper(id: str, **dates) -> dict:
    return firm(id, certificates=[{"standard": "iso-9001", **dates}])


PAPERS = [
    paper("valid", issued_on="2024-01-01", valid_until="2027-01-01"),
    paper("last-day", valid_until="2026-11-22"),
    paper("lapsed", valid_until="2026-11-21"),
    paper("endless", issued_on="2019-01-01"),
    paper("tomorrow", issued_on="2026-11-23", valid_until="2029-01-01"),
    paper("tomorrow-endless", issued_on="2026-11-23"),
]


@rows(
    ("certificate:iso-9001", "last-day valid"),
    ("^certificate:iso-9001", "lapsed tomorrow tomorrow-endless"),
    ("^certificate:as9100", "endless lapsed last-day tomorrow tomorrow-endless valid"),
)
def test_16_a_certificate_holds_from_its_issue_to_its_last_day_and_without_one_is_not_stated(ask, query, meet):
    assert meet == ask(query, PAPERS)


@pytest.mark.parametrize(
    ("day", "meet"),
    [("2023-12-31", "lapsed last-day"), ("2026-11-21", "lapsed last-day valid"), ("2026-11-23", "tomorrow valid")],
)
def test_16_the_day_asked_counts(ask, day, meet):
    assert meet == ask("certificate:iso-9001", PAPERS, on=date.fromisoformat(day))


def test_16_an_entry_lapses_only_where_its_schema_says_so(ask):
    assert (
        ask("skill:welder", [firm("rossi", people={"skills": [{"skill": "welder", "valid_until": "2020-01-01"}]})])
        == "rossi"
    )


# 21: distances.


@rows(
    ("near:45,11,111.2km", "north"),
    ("near:45,11,111.19km", ""),
    ("near:45,11,69.1mi", "north"),
    ("near:46,11,1m", "north"),
    ("near:0,-179.9,22.3km", "east"),
    ("near:0,-179.9,22.2km", ""),
)
def test_21_distances_are_great_circles_on_a_sphere_of_6371_0088_km(ask, query, meet):
    firms = [
        firm("north", sites=[site("here", {"latitude": 46, "longitude": 11})]),
        firm("east", sites=[site("here", {"latitude": 0, "longitude": 179.9})]),
    ]
    assert meet == ask(query, firms)


def test_a_search_through_the_command_line_follows_the_rulings(empty, capreg):
    for one in TURNERS:
        write_record(empty, one)
    done = capreg("-R", empty, "search", "process:turning", "^material:steel", "-O", "json")
    assert (done.code, done.ids) == (0, ["brass", "mixed", "none"])


@pytest.mark.parametrize(
    ("query", "code"), [("process:turning", 0), ("proces:turning", 2), ("process:turnin", 3), ("(process:turning", 2)]
)
def test_a_search_that_finds_nothing_is_done_and_a_wrong_one_writes_nothing(empty, capreg, query, code):
    done = capreg("-R", empty, "search", query, "-O", "tsv")
    assert (code, bool(code)) == (done.code, bool(done.err))
    assert code == 0 or done.out == ""


@pytest.mark.parametrize(
    "asked", ["employees:-5", "tolerance:..-1mm", "founded:99999", "size:200000x1x1mm", "founded:..1000", "mass:2000t"]
)
def test_a_number_that_no_record_may_state_is_out_of_range(sample, capreg, asked):
    assert capreg("-R", sample, "search", asked).code == 2


@pytest.mark.parametrize("asked", ["employees>10", "tolerance<=0.01mm", "founded=1987"])
def test_a_comparison_without_its_colon_is_no_text(sample, capreg, asked):
    done = capreg("-R", sample, "search", asked)
    assert (done.code, "a colon is missing" in done.err) == (2, True)
