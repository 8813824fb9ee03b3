"""What may leave the hub by an export: every form and tier, with a marker planted in every field of every kind."""

import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import write_record
from openpyxl import load_workbook
from test_exports import FORMS
from test_ways_out import TIERS, Planted, seen

from capreg.store.create import create
from capreg.store.schemas import shipped_kinds

ALLOWED = {"short": 1, "detailed": 2}
# Forms that carry all that a tier may see; the row of a table also does, with some of it run together (`3..4`).
WHOLE = ("json", "ndjson", "xlsx", "sqlite", "folder", "zip")


@pytest.fixture(scope="module", params=shipped_kinds())
def planted(request, tmp_path_factory):
    """A registry with one record of a kind, full of markers: (registry, kind, what was planted)."""
    registry, found = tmp_path_factory.mktemp("planted") / "registry", Planted(request.param)
    create(registry, sample=False)
    write_record(registry, found.document, f"{request.param}s")
    return registry, request.param, found


def everything(path: Path) -> str:
    """All that a file or folder holds, as text: what its reader shows, and its bytes."""
    if path.is_dir():
        return "\n".join(everything(one) for one in path.iterdir())
    if path.suffix == ".sqlite":
        shown = "\n".join(sqlite3.connect(path).iterdump())
    elif path.suffix == ".xlsx":
        book = load_workbook(path)
        cells = (str(one).removesuffix(" 00:00:00") for sheet in book for row in sheet.values for one in row)
        shown = "\n".join(cells)
    else:
        shown = ""
    raw = path.read_bytes()
    if raw.startswith(b"PK"):
        archive = ZipFile(path)
        raw = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{shown}\n{raw.decode(errors='replace')}"


@pytest.mark.parametrize("tier", ALLOWED)
@pytest.mark.parametrize("form", FORMS)
def test_an_export_carries_its_tier_and_no_more(planted, capreg, tmp_path, form, tier):
    registry, kind, found = planted
    options, name = FORMS[form]
    internal = ["--internal", "--yes"] if tier == "detailed" else []
    options = [one for one in options if one not in ("-k", "firm")]
    asked = ["-R", registry, "export", "-k", kind, *options, "--tier", tier, *internal, "-o", tmp_path / name]
    done = capreg(*asked)
    assert done.code == 0, done.err
    out = everything(tmp_path / name) + done.err
    allowed, closed = TIERS[: ALLOWED[tier]], TIERS[ALLOWED[tier] :]
    assert seen([one for tier in closed for one in found.markers[tier]], out) == []
    wanted = [one for tier in allowed for one in found.markers[tier]]
    if form in WHOLE:
        assert set(wanted) - set(seen(wanted, out)) == set()
    elif kind == "firm":
        assert seen(wanted, out) != []


def test_a_dry_run_shows_no_more(planted, capreg):
    registry, kind, found = planted
    done = capreg("-R", registry, "export", "-k", kind, "--dry-run")
    assert seen(sum(found.markers.values(), []), done.out + done.err) == []
