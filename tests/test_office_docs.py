"""The manual of the office says what the program does: its tables are compared with the code."""

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT

from capreg.errors import ExitCode
from capreg.model.day import day, later
from capreg.office.vat import TREATMENTS

PAGE = (ROOT / "docs" / "office.md").read_text()
MANUAL = (ROOT / "docs" / "README.md").read_text()
SOURCES = [ROOT / "capreg" / name for name in ("store/check.py", "office/checking.py", "office/verification.py")]
ID = re.compile(r"[a-z]+(-[a-z]+)+")
SEVERITIES = {"ERROR", "WARN", "INFO"}
# What ids and severities are the arguments of.
TELLING = {"Fault", "_fault"}


def rows(heading: str) -> list[list[str]]:
    """The rows of the table of the page whose first column has a heading."""
    lines = PAGE.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[first + 2 :]]
    return cells[: next(at for at, line in enumerate(lines[first + 2 :]) if not line.startswith("|"))]


def names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def ids_of(node: ast.AST) -> set[str]:
    texts = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {text for text in texts if ID.fullmatch(text)}


def severities(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """The severities that a function yields, or those whom it asks."""
    named = names(function)
    return (named & SEVERITIES).union(*(names(functions[one]) & SEVERITIES for one in named & functions.keys()))


def told_by(path: Path) -> set[tuple[str, str]]:
    """The ids that a module tells of, each with its severity: what `Fault` is called with, the keys of what is judged, findings."""
    tree = ast.parse(path.read_text())
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLING:
            found |= {(id, one) for id in ids_of(node) for one in names(node) & SEVERITIES}
        if isinstance(node, ast.Dict) and node.keys and all(isinstance(one, ast.Constant) for one in node.keys):
            judged = zip(node.keys, node.values, strict=True)
            found |= {(key.value, one) for key, of in judged for one in severities(functions[of.func.id], functions)}
    findings = ids_of(tree) if path.name == "verification.py" else set()
    return found | {(id, "ERROR") for id in findings}


def test_the_table_of_what_check_says_lists_each_id_in_the_code_with_its_severity_and_no_other():
    listed = [(id.strip("`"), severity) for id, severity, _ in rows("id")]
    assert len(listed) == len(set(listed))
    assert set(listed) == set().union(*map(told_by, SOURCES))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_id_in_the_code_escapes_the_comparison(path):
    assert {id for id, _ in told_by(path)} == ids_of(ast.parse(path.read_text()))


@pytest.mark.parametrize(("first", "period", "expected"), rows("from"))
def test_the_examples_of_leap_days_and_month_ends_are_so(first, period, expected):
    assert later(day(first), period).isoformat() == expected


def test_the_table_of_exit_codes_names_codes_that_exist():
    assert {int(code) for code, _ in rows("code")} <= set(map(int, ExitCode))


def test_the_table_of_vat_names_every_treatment():
    assert {treatment.strip("`") for _, treatment, *_ in rows("client")} == set(TREATMENTS)


@pytest.mark.parametrize("article", re.findall(r"Article (\d+)", (ROOT / "capreg" / "office" / "vat.py").read_text()))
def test_the_articles_that_the_code_follows_are_named(article):
    assert re.search(rf"Articles? (\d+ and )?{article}\b", PAGE)


def general(name: str) -> str:
    """The name of a file of the office without what is its own: the year, the number, the record, the version."""
    for own, all_ in ((r"\d{4}\.jsonl", "YEAR.jsonl"), (r"\d{6}\..*", "DOCUMENT"), (r"^sealed/.*", "PART")):
        name = re.sub(own, all_, name)
    return name


def test_what_lies_in_an_office_is_what_the_page_says(sample, capreg):
    key = capreg("key", "new", "x.key").out.strip()
    capreg("-R", sample, "client", "add", "x", "--key", key)
    capreg("-R", sample, "profile", "officine-savena", "--client", "x", "--yes")
    capreg("-R", sample, "profile", "officine-savena", "--client", "x", "--grant", "x.json", "--yes")
    capreg("-R", sample, "key", "rotate", "--yes")
    lying = {str(path.relative_to(sample / "office")) for path in (sample / "office").rglob("*") if path.is_file()}
    told = {general(name) for name in lying}
    listed = {name.strip("`") for name, _ in rows("in `office/`")}
    assert told == {general(name) for name in listed}


@pytest.mark.parametrize(
    ("damage", "id"),
    [
        (lambda office: (office / "keys" / "hub.key").unlink(), "key-missing"),
        (lambda office: (office / "keys" / "hub.key").write_text("no key"), "key-missing"),
        (lambda office: (office / "office.json").write_text("{"), "office-damaged"),
        (lambda office: (office / "office.json").chmod(0o644), "office-open-to-others"),
        (lambda office: (office / "ledger" / "head.json").unlink(), "ledger-untrusted"),
        (lambda office: (office / "ledger" / "opening.json").write_text("{}"), "ledger-damaged"),
    ],
)
def test_check_tells_what_is_wrong_with_an_office_by_its_id(sample, capreg, damage, id):
    capreg("-R", sample, "client", "add", "x")
    capreg("-R", sample, "profile", "officine-savena", "--client", "x", "--yes")
    damage(sample / "office")
    assert id in [one["id"] for one in capreg("-R", sample, "check", "-O", "json").json["faults"]]


def test_the_manual_leads_to_both_pages():
    assert all(f"({name})" in MANUAL for name in ("treasurer.md", "office.md"))
