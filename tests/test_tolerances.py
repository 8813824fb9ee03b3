"""Grades of ISO 286 and classes of ISO 2768: the published tables, and how a query takes its nominal size."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import firm, write_record

from capreg.query.grades import GRADES, SIZES, grade_mm, is_grade
from capreg.query.ranges import RangeError

TABLE = (Path(__file__).parent / "data" / "grades.txt").read_text()


def tabled():
    """Yield (grade, nominal, millimetres) for each number of the tables, as `data/grades.txt` has them."""
    names: list[str] = []
    for line in (line for line in TABLE.splitlines() if line and not line.startswith("#")):
        head, *cells = line.split()
        if head in ("it", "iso"):
            names = [cell.lower() if head == "it" else f"iso2768-{cell.lower()}" for cell in cells]
            continue
        for name, cell in zip(names, cells, strict=True):
            if cell != "-":
                thousandth = name.startswith("it") and (name in ("it01", "it0") or int(name[2:]) < 12)
                yield name, Decimal(head), Decimal(cell) / (1000 if thousandth else 1)


ROWS = list(tabled())


def test_every_number_of_the_standards_tables_is_there():
    assert len(ROWS) == 18 * 21 + 2 * 13 + 4 * 8 - 2
    assert [row for row in ROWS if grade_mm(row[0], row[1]) != row[2]] == []


def test_every_row_of_the_grades_is_as_long_as_the_ranges_of_sizes():
    assert {len(row.split()) for grade, row in GRADES.items() if grade not in ("01", "0")} == {len(SIZES)}


@pytest.mark.parametrize(
    ("grade", "nominal", "millimetres"),
    [
        ("it7", "3", "0.010"),  # up to and including 3 mm
        ("it7", "3.01", "0.012"),
        ("it6", "50", "0.016"),
        ("it6", "50.001", "0.019"),
        ("IT12", "400", "0.57"),
        ("it18", "3150", "33"),
        ("iso2768-f", "30", "0.1"),
        ("ISO 2768-m", "31", "0.3"),
        ("iso-2768-c", "0.5", "0.2"),
        ("iso2768-v", "4000", "8"),
    ],
)
def test_a_grade_is_the_number_of_its_range(grade, nominal, millimetres):
    assert is_grade(grade)
    assert grade_mm(grade, Decimal(nominal)) == Decimal(millimetres)


@pytest.mark.parametrize(
    ("grade", "nominal"),
    [("it7", "3151"), ("it01", "501"), ("iso2768-f", "2001"), ("iso2768-v", "3"), ("iso2768-m", "0.4"), ("it7", "0")],
)
def test_where_the_standard_gives_nothing_nothing_is_guessed(grade, nominal):
    with pytest.raises(RangeError, match="not defined"):
        grade_mm(grade, Decimal(nominal))


@pytest.mark.parametrize("text", ["it19", "it", "itx", "iso2768", "iso2768-k", "iso2768-mk", "..0.01mm", "7"])
def test_other_texts_are_no_grades(text):
    assert not is_grade(text)


def turner(id: str, tolerance: float, **rest) -> dict:
    return firm(id, capabilities=[{"id": "a", "process": "turning", "tolerance_mm": tolerance, **rest}])


@pytest.fixture
def turners(empty):
    """Firms that turn anything, and hold 0.05, 0.04, ... 0.01 mm."""
    wide = {"size_mm": [1000, 1000, 1000], "diameter_mm": {"max": 1000}}
    for micrometres in (10, 20, 30, 40, 50):
        write_record(empty, turner(f"um{micrometres}", micrometres / 1000, **wide))
    return empty


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("diameter:40mm tolerance:it7", 25),
        ("tolerance:it7 diameter:40mm", 25),  # wherever it stands in the part
        ("size:40x20x10mm tolerance:it7", 25),  # the longest length
        ("diameter:10mm size:400x300x120mm tolerance:it7", 15),  # the diameter comes first
        ("diameter:20..40mm tolerance:it7", 25),  # of a range the largest
        ("diameter:20mm,40mm tolerance:it7", 25),  # of alternatives too
        ("^diameter:5mm size:40x20x10mm tolerance:it7", None),  # what is not asked is no size
        ("diameter:40mm tolerance:it7,..0.032mm", 32),
        ("diameter:40mm (tolerance:it7 OR roughness:..1um)", 25),
        ("diameter:2in tolerance:it7", 30),  # 50.8 mm
        ("diameter:40mm tolerance:iso2768-f", 150),
        ("tolerance:it7 process:turning diameter:40mm", 25),  # said of every part
    ],
)
def test_a_query_takes_the_nominal_size_of_its_part(turners, capreg, query, limit):
    done = capreg("-R", turners, "search", "process:turning" if "process" not in query else "", query, "-O", "json")
    held = [f"um{one}" for one in (10, 20, 30, 40, 50) if limit is not None and one <= limit]
    assert (done.code, sorted(done.ids)) == (0, held), done.err


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("process:turning tolerance:it7", "a grade needs a nominal size"),
        ("tolerance:it7", "a grade needs a nominal size"),
        ("process:turning diameter:40mm process:milling tolerance:it7", "a grade needs a nominal size"),
        ("process:turning diameter:4000mm tolerance:it7", "not defined for a nominal size of 4000 mm"),
        ("process:turning diameter:40mm roughness:it7", "'it7' is not a number"),
    ],
)
def test_a_grade_that_is_no_number_is_refused_where_it_stands(turners, capreg, query, told):
    done = capreg("-R", turners, "search", query)
    sentence, shown, mark, *_ = done.err.splitlines()
    assert (done.code, told in sentence) == (2, True), done.err
    assert shown[mark.index("^") :].startswith(("tolerance:", "roughness:"))


MILLING = {"id": "a", "process": "milling"}
BIG, SMALL = (
    {"id": "big", "type": "machining-centre", "envelope_mm": [600, 500, 400]},
    {
        "id": "small",
        "type": "machining-centre",
        "envelope_mm": [300, 200, 100],
    },
)
SILENT = {"id": "silent", "type": "machining-centre"}
AWAY = {**BIG, "id": "away", "site": "other"}


@pytest.mark.parametrize(
    ("capability", "machines", "verdict"),
    [
        ({"machines": ["small", "big"]}, [SMALL, BIG], "meets"),  # any of them may serve
        ({"machines": ["small"]}, [SMALL, BIG], "fails"),  # only those that are named
        ({"machines": ["small", "silent"]}, [SMALL, SILENT], "not stated"),  # the silent one might
        ({"machines": ["silent"]}, [SILENT], "not stated"),
        ({"machines": ["lost"]}, [BIG], "not stated"),
        ({"machines": ["big"]}, None, "not stated"),
        ({"machines": []}, [BIG], "not stated"),
        ({}, [BIG], "not stated"),
        ({"machines": ["big"], "size_mm": [50, 50, 50]}, [BIG], "fails"),  # its own size comes first
        ({"machines": ["small"], "size_mm": [500, 500, 500]}, [SMALL], "meets"),
        ({"machines": ["away"]}, [AWAY], "fails"),  # at another site than the one asked about
    ],
)
def test_a_machines_envelope_stands_in_for_a_size(empty, capreg, capability, machines, verdict):
    said = {} if machines is None else {"machines": machines}
    write_record(empty, firm("rossi", capabilities=[{**MILLING, **capability}], **said))
    near = ("near:Bologna,50km",) if machines == [AWAY] else ()
    asked = ("process:milling", "size:500x400x300mm", *near)
    done = capreg("-R", empty, "search", *asked, "--near-misses", "-O", "json")
    said = {one["requirement"]: one["verdict"] for one in done.json["results"][0]["verdicts"]}
    assert said["size:500x400x300mm"] == verdict
