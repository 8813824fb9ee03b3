"""What all tests share: a registry to work in, and capreg as a person runs it."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from capreg.cli.main import main
from capreg.store.create import create

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Done:
    """What a run of capreg left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def ids(self) -> list[str]:
        """The ids of a search that was run with `-O json`."""
        return [one["id"] for one in self.json["results"]]


@pytest.fixture(autouse=True)
def _quiet_surroundings(monkeypatch, tmp_path):
    """No test depends on the terminal, the language or the registry of whoever runs it."""
    for name in ("CAPREG_REGISTRY", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / f".{name.lower()}"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def _sample_once(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "registry"
    create(folder, sample=True)
    return folder


@pytest.fixture
def sample(_sample_once, tmp_path) -> Path:
    """A fresh copy of the sample registry."""
    return Path(shutil.copytree(_sample_once, tmp_path / "sample"))


@pytest.fixture
def empty(tmp_path) -> Path:
    """A registry without records."""
    create(tmp_path / "empty", sample=False)
    return tmp_path / "empty"


@pytest.fixture
def capreg(capsys):
    """Run capreg in this process: `capreg("-R", folder, "search", ...)` -> Done."""

    def run(*arguments) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        captured = capsys.readouterr()
        return Done(ended.value.code, captured.out, captured.err)

    return run


def files_of(folder: Path) -> dict[Path, bytes | None]:
    """Return all files and folders below a folder with what they hold, but for the index, which any command may write."""
    found = (path for path in sorted(folder.rglob("*")) if ".capreg" not in path.parts)
    return {path: path.read_bytes() if path.is_file() else None for path in found}


def write_record(registry: Path, document: dict, folder: str = "firms") -> Path:
    """Put a record into a registry without any check, and return its file."""
    path = registry / folder / f"{document['id']}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def firm(id: str = "rossi", **rest) -> dict:
    """Return the smallest valid firm, with what a test needs beside it."""
    site = {
        "id": "main",
        "address": {"locality": "Bologna", "country": "IT"},
        "position": {"latitude": 44.4938, "longitude": 11.3387},
    }
    return {"kind": "firm", "id": id, "name": id.title(), "sites": [site], **rest}


@pytest.fixture
def shop(empty, capreg) -> Path:
    """A registry with three firms for sale, at 45.00 EUR each, and one client."""
    path = empty / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prices": {"profiles": {"firm": "45.00"}}}))
    for number in range(3):
        write_record(empty, firm(f"firm-{number}"))
    assert capreg("-R", empty, "client", "add", "buyer").code == 0
    return empty
