"""The wheel carries the schemas and the sample, and works from anywhere."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(source)], check=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def tracked(folder: str) -> set[str]:
    done = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name}


@pytest.mark.parametrize("folder", ["schemas", "sample_registry"])
def test_the_wheel_holds_every_file_of(wheel, folder):
    assert {f"capreg/{name}" for name in tracked(folder)} <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_the_gazetteer_and_all_else_beside_the_modules(wheel):
    assert tracked("capreg") <= set(zipfile.ZipFile(wheel).namelist())


def test_an_unpacked_wheel_makes_and_searches_the_sample(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "unpacked")

    def run(*command):
        surroundings = {**os.environ, "PYTHONPATH": str(tmp_path / "unpacked")}
        return subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True
        ).stdout

    assert run("-c", "import capreg; print(capreg.__file__)").startswith(str(tmp_path))
    run("-m", "capreg", "init", "copy", "--sample")
    assert "officine-savena" in run(
        "-m", "capreg", "-R", "copy", "search", "process:5-axis-milling", "material:en-aw-7075"
    )
