"""Tolerance grades and classes: what they come to in millimetres, at which nominal size, and what is refused."""

import json
import re
import shlex
from datetime import date
from decimal import Decimal

import pytest
from conftest import firm, write_record

from capreg.errors import CapregError
from capreg.index.find import find
from capreg.query.grades import GRADE, grade_mm
from capreg.query.language import join
from capreg.query.ranges import RangeError
from capreg.store.create import create
from capreg.store.registry import Registry

DAY = date(2026, 11, 22)

# ISO 286-1:2010, table 1, in micrometres: (up to and including this nominal size, IT01, IT0, IT1 ... IT18).
GRADES = ["01", *map(str, range(19))]
ROWS = [
    ("3", "0.3 0.5 0.8 1.2 2 3 4 6 10 14 25 40 60 100 140 250 400 600 1000 1400"),
    ("6", "0.4 0.6 1 1.5 2.5 4 5 8 12 18 30 48 75 120 180 300 480 750 1200 1800"),
    ("10", "0.4 0.6 1 1.5 2.5 4 6 9 15 22 36 58 90 150 220 360 580 900 1500 2200"),
    ("30", "0.6 1 1.5 2.5 4 6 9 13 21 33 52 84 130 210 330 520 840 1300 2100 3300"),
    ("50", "0.6 1 1.5 2.5 4 7 11 16 25 39 62 100 160 250 390 620 1000 1600 2500 3900"),
    ("120", "1 1.5 2.5 4 6 10 15 22 35 54 87 140 220 350 540 870 1400 2200 3500 5400"),
    ("250", "2 3 4.5 7 10 14 20 29 46 72 115 185 290 460 720 1150 1850 2900 4600 7200"),
    ("500", "4 6 8 10 15 20 27 40 63 97 155 250 400 630 970 1550 2500 4000 6300 9700"),
    ("630", "- - 9 11 16 22 32 44 70 110 175 280 440 700 1100 1750 2800 4400 7000 11000"),
    ("1000", "- - 11 15 21 28 40 56 90 140 230 360 560 900 1400 2300 3600 5600 9000 14000"),
    ("3150", "- - 26 36 50 68 96 135 210 330 540 860 1350 2100 3300 5400 8600 13500 21000 33000"),
]
CELLS = [
    (f"it{grade}", size, um)
    for size, row in ROWS
    for grade, um in zip(GRADES, row.split(), strict=True)
    if um != "-"
]  # fmt: skip


@pytest.mark.parametrize(("grade", "size", "um"), CELLS)
def test_a_grade_of_iso_286_comes_to_what_the_table_says(grade, size, um):
    assert Decimal(um) / 1000 == grade_mm(grade, Decimal(size))


# Each range of nominal sizes goes up to and including its upper end: (IT7 up to here, IT7 over it), in micrometres.
BOUNDARIES = [
    ("3", 10, 12), ("6", 12, 15), ("10", 15, 18), ("18", 18, 21), ("30", 21, 25), ("50", 25, 30), ("80", 30, 35),
    ("120", 35, 40), ("180", 40, 46), ("250", 46, 52), ("315", 52, 57), ("400", 57, 63), ("500", 63, 70),
    ("630", 70, 80), ("800", 80, 90), ("1000", 90, 105), ("1250", 105, 125), ("1600", 125, 150), ("2000", 150, 175),
    ("2500", 175, 210),
]  # fmt: skip


@pytest.mark.parametrize(("size", "up_to", "over"), BOUNDARIES)
def test_a_range_of_nominal_sizes_holds_its_upper_end(size, up_to, over):
    at, above = Decimal(size), Decimal(size) + Decimal("0.001")
    assert (up_to, over) == (1000 * grade_mm("it7", at), 1000 * grade_mm("it7", above))


@pytest.mark.parametrize("coarse", range(11, 19))
@pytest.mark.parametrize("size", [size for size, _, _ in BOUNDARIES] + ["3150"])
def test_five_grades_on_a_tolerance_is_ten_times_as_wide(coarse, size):
    """The rule by which ISO 286-1 makes its table from IT6 on; at 3 to 6 mm it rounds IT11 down to 75 um."""
    expected = Decimal("0.075") if (coarse, size) == (11, "6") else 10 * grade_mm(f"it{coarse - 5}", Decimal(size))
    assert expected == grade_mm(f"it{coarse}", Decimal(size))


# ISO 2768-1:1989, table 1, in millimetres: (over, up to and including, f, m, c, v).
CLASSES = [
    ("0.5", "3", "0.05 0.1 0.2 -"),
    ("3.001", "6", "0.05 0.1 0.3 0.5"),
    ("6.001", "30", "0.1 0.2 0.5 1"),
    ("30.001", "120", "0.15 0.3 0.8 1.5"),
    ("120.001", "400", "0.2 0.5 1.2 2.5"),
    ("400.001", "1000", "0.3 0.8 2 4"),
    ("1000.001", "2000", "0.5 1.2 3 6"),
    ("2000.001", "4000", "- 2 4 8"),
]


@pytest.mark.parametrize(("low", "high", "row"), CLASSES)
@pytest.mark.parametrize(("at", "letter"), [*enumerate("fmcv")])
def test_a_class_of_iso_2768_comes_to_what_the_table_says(low, high, row, at, letter):
    mm = row.split()[at]
    for size in (low, high):
        if mm == "-":
            with pytest.raises(RangeError):
                grade_mm(f"iso2768-{letter}", Decimal(size))
        else:
            assert Decimal(mm) == grade_mm(f"iso2768-{letter}", Decimal(size))


# Asked in a search: (query, the limit in millimetres that it means).


@pytest.fixture(scope="module")
def _registry(tmp_path_factory) -> Registry:
    root = tmp_path_factory.mktemp("tolerances") / "registry"
    create(root, sample=False)
    return Registry(root)


def takes(id: str, *processes: str, **held) -> dict:
    """Return a firm that takes any part up to 9 m, in any of the processes."""
    reach = {"size_mm": [9000, 9000, 9000], "diameter_mm": {"max": 9000}, "mass_kg": {"max": 9000}}
    return firm(id, capabilities=[{"process": one, **reach, **held} for one in processes])


def ask(registry: Registry, query: str, *firms: dict) -> str:
    """Return the ids of those of the firms that meet a query, typed as in a shell."""
    for old in (registry.root / "firms").glob("*.json"):
        old.unlink()
    for one in firms:
        write_record(registry.root, one)
    found = find(registry, registry.kind("firm"), join(shlex.split(query)), DAY)
    assert found.left_out == 0
    return " ".join(hit.id for hit in found.hits)


def holding(limit: str) -> tuple[dict, dict]:
    """Return a firm that turns and mills just to a limit, and one that is a thousandth coarser."""
    both = ("turning", "milling")
    just, coarser = float(limit), float(Decimal(limit) * Decimal("1.001"))
    return takes("just", *both, tolerance_mm=just), takes("coarser", *both, tolerance_mm=coarser)


MEANS = [
    ("process:turning diameter:40mm tolerance:it7", "0.025"),
    ("process:turning tolerance:it7 diameter:40mm", "0.025"),
    ("tolerance:it7 diameter:40mm process:turning", "0.025"),
    ("process:milling size:400x300x120mm tolerance:it7", "0.057"),
    ("process:milling size:400x300x120mm tolerance:iso2768-f", "0.2"),
    # No head: one entry, and a nominal size all the same.
    ("diameter:40mm tolerance:it7", "0.025"),
    # The diameter comes before the size, wherever they stand; of a size the longest length counts, wherever it stands.
    ("process:turning size:400x40x40mm diameter:40mm tolerance:it7", "0.025"),
    ("process:turning diameter:40mm size:400x40x40mm tolerance:it7", "0.025"),
    ("process:milling size:120x300x400mm tolerance:it7", "0.057"),
    ("process:milling size:300x400x120mm tolerance:it7", "0.057"),
    # Any unit of length.
    ("process:turning diameter:4cm tolerance:it7", "0.025"),
    ("process:milling size:0.4x0.3x0.12m tolerance:it7", "0.057"),
    # Of a range or of alternatives, the largest.
    ("process:turning diameter:40..100mm tolerance:it7", "0.035"),
    ("process:turning diameter:40mm,100mm tolerance:it7", "0.035"),
    ("process:turning diameter:100mm,40mm tolerance:it7", "0.035"),
    ("process:turning diameter:10..20mm,1..100mm,50mm tolerance:it7", "0.035"),
    ("process:turning diameter:40mm diameter:100mm tolerance:it7", "0.035"),
    ("process:milling size:400x10x10mm,500x20x20mm tolerance:it7", "0.063"),
    ('"process:turning (diameter:40mm diameter:100mm)" tolerance:it7', "0.035"),
    ('process:turning "(diameter:40mm OR diameter:100mm)" tolerance:it7', "0.035"),
    # Not from a negated term.
    ("process:turning diameter:40mm ^diameter:9500mm tolerance:it7", "0.025"),
    ("process:turning size:40x40x40mm ^diameter:9500mm tolerance:it7", "0.025"),
    # A grade in brackets takes its size from the part around it, too.
    ('process:turning diameter:40mm "(tolerance:it7 OR mass:9500kg)"', "0.025"),
    # Each part its own size; what stands before the first head holds for each.
    ("process:turning diameter:40mm tolerance:it7 process:milling size:400x300x120mm tolerance:it8", "0.025"),
    ("process:turning diameter:40mm tolerance:it8 process:milling size:400x300x120mm tolerance:it6", "0.036"),
    ("tolerance:it7 process:turning diameter:40mm process:milling diameter:400mm", "0.025"),
    ("diameter:40mm process:turning tolerance:it7 process:milling tolerance:it8", "0.025"),
    # Beside plain limits any will do, so the wider counts.
    ("process:turning diameter:40mm tolerance:it7,..0.02mm", "0.025"),
    ("process:turning diameter:40mm tolerance:..0.03mm,it7", "0.03"),
    ("process:turning diameter:40mm tolerance:it5,it7,it6", "0.025"),
    # Asked twice both must be met, so the finer counts.
    ("process:turning diameter:40mm tolerance:it7 tolerance:..0.02mm", "0.02"),
    ("process:turning diameter:40mm tolerance:it7 tolerance:..0.03mm", "0.025"),
]


@pytest.mark.parametrize(("query", "limit"), MEANS)
def test_a_grade_is_a_limit_at_the_nominal_size_of_its_part(_registry, query, limit):
    assert ask(_registry, query, *holding(limit)) == "just"


SPELLINGS = [
    ("it7", "0.025"),
    ("IT7", "0.025"),
    ("It7", "0.025"),
    ('"IT 7"', "0.025"),
    ("it01", "0.0006"),
    ("it0", "0.001"),
    ("it1", "0.0015"),
    ("it10", "0.1"),
    ("it18", "3.9"),
    ("iso2768-f", "0.15"),
    ("ISO2768-F", "0.15"),
    ("iso2768-m", "0.3"),
    ("iso2768-c", "0.8"),
    ("iso2768-v", "1.5"),
]


@pytest.mark.parametrize(("grade", "limit"), SPELLINGS)
def test_a_grade_is_written_as_on_a_drawing_in_any_case(_registry, grade, limit):
    assert ask(_registry, f"process:turning diameter:50mm tolerance:{grade}", *holding(limit)) == "just"


@pytest.mark.parametrize(
    "text",
    ["it07", "it00", "it19", "it-1x", "it7.5", "it", "7", "h7", "H7", "iso2768", "iso2768-k", "iso2768-x", "iso286-7"]
    + ["iso2768-mK", "ISO 2768-mK", "iso2768-fH", "it7..", "it6..it8", "<it7"],
)
def test_what_is_no_grade_is_refused(refused, text):
    assert refused(f'process:turning diameter:40mm tolerance:"{text}"')[0] == 2


@pytest.fixture
def refused(_registry):
    """Ask what is refused: `refused(query)` -> exit code, and all that is said."""

    def refused(query: str) -> tuple[int, str]:
        with pytest.raises(CapregError) as error:
            ask(_registry, query)
        return error.value.exit_code, f"{error.value.sentence} {error.value.way_out}"

    return refused


NO_NOMINAL = [
    "tolerance:it7",
    "process:turning tolerance:it7",
    "process:turning tolerance:it7 length:40mm",
    "process:turning tolerance:it7 mass:40kg",
    "process:turning tolerance:it7 ^diameter:40mm",
    '"process:turning tolerance:it7 ^(diameter:40mm)"',
    '"process:turning tolerance:it7 NOT size:40x40x40mm"',
    # The size of another part is no size of this one.
    "process:turning tolerance:it7 process:milling diameter:40mm",
    "process:turning diameter:40mm process:milling tolerance:it7",
    "process:turning diameter:40mm tolerance:it7 process:milling tolerance:..0.1mm,it7",
    '"(process:turning tolerance:it7 OR process:milling diameter:40mm)"',
    "^tolerance:it7",
]


@pytest.mark.parametrize("query", NO_NOMINAL)
def test_a_grade_without_a_nominal_size_is_wrong_usage_that_says_what_to_ask_for(refused, query):
    code, said = refused(query)
    assert (code, "nominal size" in said, "diameter:" in said, "size:" in said) == (2, True, True, True)


@pytest.mark.parametrize(
    ("grade", "size"),
    [
        ("it01", "500.001mm"),
        ("it0", "501mm"),
        ("it1", "3150.001mm"),
        ("it18", "4m"),
        ("iso2768-m", "0.499mm"),
        ("iso2768-v", "3mm"),
        ("iso2768-f", "2000.001mm"),
        ("iso2768-c", "4000.001mm"),
    ],
)
def test_a_size_for_which_the_table_gives_nothing_is_wrong_usage_that_names_both(refused, grade, size):
    code, said = refused(f"process:turning tolerance:{grade} diameter:{size}")
    assert (code, grade in said.lower(), "mm" in said) == (2, True, True)


@pytest.mark.parametrize("query", ["roughness:it7 diameter:40mm", "lead_time:it7", "thickness:it7 size:40x40x40mm"])
def test_only_a_tolerance_takes_a_grade(refused, query):
    assert refused(query)[0] == 2


def test_the_message_points_at_the_grade(refused):
    _, said = refused("process:turning diameter:40mm process:milling tolerance:it7")
    shown, mark = said.splitlines()[1:3]
    assert shown[mark.index("^") :].startswith("tolerance:it7")


def test_a_grade_that_is_mistyped_is_told_how_grades_are_written(refused):
    assert "it7" in refused("process:turning diameter:40mm tolerance:it19")[1].replace("'it19'", "").lower()


@pytest.mark.parametrize(
    ("query", "meet"),
    [
        ("process:turning diameter:40mm tolerance:it7", "fine"),
        ("process:turning diameter:40mm ^tolerance:it7", "coarse"),
        ('"process:turning diameter:40mm NOT (tolerance:it7 OR tolerance:it8)"', "coarse"),
        ('"(process:turning diameter:40mm tolerance:it7 OR process:welding)"', "fine weld"),
        ("^(process:turning diameter:40mm tolerance:it7)", "coarse weld"),
    ],
)
def test_a_grade_has_three_values_as_any_limit_has(_registry, query, meet):
    firms = [
        takes("fine", "turning", tolerance_mm=0.025),
        takes("coarse", "turning", tolerance_mm=0.1),
        takes("silent", "turning"),
        takes("weld", "welding"),
    ]
    assert meet == ask(_registry, query, *firms)


def test_an_answer_tells_the_limit_that_a_grade_came_to(empty, capreg):
    write_record(empty, takes("coarse", "turning", tolerance_mm=0.1))
    asked = ["process:turning", "diameter:40mm", "tolerance:it7", "--near-misses", "-O", "json"]
    near = capreg("-R", empty, "search", *asked).json["results"][0]
    verdict = next(one for one in near["verdicts"] if one["requirement"] == "tolerance:it7")
    assert (verdict["verdict"], verdict["short_by"]) == ("fails", {"amount": 0.075, "unit": "mm"})
    assert "0.025 mm" in near["gap"]


def test_an_inquiry_s_part_takes_a_grade_too(empty, capreg, tmp_path):
    for one in holding("0.057"):
        write_record(empty, one)
    part = {"process": "milling", "tolerance": "it7", "size": "400 x 300 x 120 mm"}
    (tmp_path / "asked.json").write_text(json.dumps({"parts": [part]}))
    assert capreg("-R", empty, "search", "-f", "asked.json", "-O", "json").ids == ["just"]


def test_every_grade_of_the_standard_is_a_word_of_the_program():
    assert [grade for grade in GRADES if not re.fullmatch(GRADE, f"it{grade}")] == []
