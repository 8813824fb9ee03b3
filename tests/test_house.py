"""The laws of the house: rooms, names, docstrings, and a quick start."""

import ast
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from conftest import ROOT

from capreg.cli import COMMANDS
from capreg.cli.main import cli
from capreg.model.quantity import UNITS
from capreg.store import strict
from capreg.store.schemas import shipped
from capreg.views import DOCUMENT_FORMATS, FORMATS, view

MODULES = sorted((ROOT / "capreg").rglob("*.py"))
BIN = Path(sys.executable).parent
HEAVY = ("rich", "jsonschema", "tinydb", "ruamel", "babel", "typst")


def loaded_by(*arguments) -> set[str]:
    """Return which heavy libraries a run of capreg loads."""
    program = (
        "import sys, json\nfrom capreg.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["help", "query"], ["help", "exit-codes"]])
def test_help_loads_nothing_heavy(arguments):
    assert loaded_by(*arguments) == set()


def test_a_piped_search_loads_nothing_heavy(sample):
    assert loaded_by("-R", sample, "search", "process:milling", "near:Bologna,40km") == set()


def test_imports_point_down():
    lint = subprocess.run([str(BIN / "lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout


def public_definitions():
    for path in MODULES:
        tree = ast.parse(path.read_text())
        yield path, tree
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                yield path, node


def test_everything_public_says_what_it_is():
    inner = {"run", "found_in"}
    silent = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'name', '')}"
        for path, node in public_definitions()
        if not ast.get_docstring(node) and getattr(node, "name", "") not in inner and path.name != "__init__.py"
    ]
    assert silent == []


def test_no_function_is_longer_than_sixty_lines():
    long = [
        f"{path.name}:{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert long == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_table_of_commands_says_what_each_says_of_itself(command):
    module, _, function = COMMANDS[command][0].partition(":")
    assert getattr(import_module(module), function).help.splitlines()[0] == COMMANDS[command][1]


@pytest.mark.parametrize("format", [*FORMATS, *DOCUMENT_FORMATS])
def test_the_tables_of_formats_lead_to_functions(format):
    assert callable(view(format))


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").rglob("*.json")), ids=lambda path: path.name)
def test_every_shipped_schema_and_vocabulary_is_strict_json(path):
    assert strict.read(path.read_bytes())


def examples():
    context = click.Context(cli)
    for command in COMMANDS:
        found = cli.get_command(context, command)
        for one in (found, *getattr(found, "commands", {}).values()):
            yield from (line.strip() for line in (one.help or "").splitlines() if line.strip().startswith("capreg "))


EXAMPLE_KEY = "AGE-SECRET-KEY-1VJU73TYVYKCWA9FLN6FT6JPVU35VGZYFTQZGTERA5EE52DZH6DNQ6V7WYH"


def test_the_examples_of_every_help_text_run(sample):
    (sample / "stations.csv").write_bytes((ROOT / "tests" / "data" / "stations.csv").read_bytes())
    (sample / "examples").symlink_to(ROOT / "examples")
    (sample / "me.key").write_text(f"# the secret half of the key in the examples\n{EXAMPLE_KEY}\n")
    surroundings = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        **{key: os.environ[key] for key in os.environ if key.startswith("XDG_")},
    }
    codes = {}
    # A client comes first, then what is sealed before anybody edits it, and at last what needs two bundles, after which the
    # older one is used no more.
    for line in sorted(
        examples(), key=lambda line: ("client add" not in line, "--sealed" not in line, "diff october" in line)
    ):
        done = subprocess.run(
            ["sh", "-c", line], cwd=sample, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True
        )
        codes[line] = done.returncode
    assert {line: code for line, code in codes.items() if code != (4 if "--mapping" in line else 0)} == {}
    assert len(codes) >= 20


def test_every_unit_that_a_schema_may_name_can_be_read():
    units = shipped("meta.schema.json")["$defs"]["annotation"]["properties"]["unit"]["enum"]
    assert set(units) <= set(UNITS)
