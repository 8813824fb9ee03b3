"""Time bundles beside what they are measured against: `python benchmarks/bundles.py DIR --runs 5`.

DIR is a registry, which `generate.py` makes. Timed are whole processes: creating a bundle beside a plain zip of the same
files, the first opening beside SHA-256 over the file, and a search in the bundle beside the same search in the registry.
"""

import argparse
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import report
from timing import Row, peak_mb, seconds

# Answered from the short tier, so that the bundle may be asked, too.
QUESTION = ("process:milling", "certificate:iso-9001", "near:Bologna,100km", "--sort", "distance_km", "--limit", "20")
SHA = "import hashlib, sys; print(hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256').hexdigest())"
ZIP = (
    "import sys, zipfile, pathlib\n"
    "with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_{}) as archive:\n"
    "    for path in sorted(pathlib.Path(sys.argv[1]).rglob('*')):\n"
    "        path.is_file() and archive.write(path, path.relative_to(sys.argv[1]))\n"
)


class Ratio(NamedTuple):
    """What is timed, against what, and by how much it may be slower."""

    what: str
    row: Row
    against: Row
    must: float


def rows(registry: Path, room: Path) -> list[Ratio]:
    """Return what is timed; the bundle is made before, and what is in it unpacked for the zip."""
    bundle, records = room / "fair.capreg", room / "records"
    _run("bundle", "create", "-o", str(bundle), "-q", registry=registry)
    records.mkdir()
    for folder in ("firms", "contractors"):
        shutil.copytree(registry / folder, records / folder)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(room / "files")

    def forget() -> None:
        shutil.rmtree(room / "cache", ignore_errors=True)

    capreg = ("capreg", "-R")
    create = Row("bundle create", (*capreg, str(registry), "bundle", "create", "-q", "-o", str(room / "again.capreg")))
    first = Row("bundle open, the first time", ("capreg", "bundle", "open", "-q", str(bundle)), before=forget)
    in_bundle = Row("search in the bundle", (*capreg, str(bundle), "search", *QUESTION))
    in_registry = Row("search in the registry", (*capreg, str(registry), "search", *QUESTION))
    return [
        Ratio(
            "create",
            create,
            _python("zip, deflated, of the files in it", ZIP.format("DEFLATED"), room / "files", room / "a.zip"),
            4,
        ),
        Ratio(
            "create",
            create,
            _python("zip, deflated, of the records", ZIP.format("DEFLATED"), records, room / "b.zip"),
            4,
        ),
        Ratio("first opening", first, _python("SHA-256 over the file", SHA, bundle), 3),
        Ratio("search", in_bundle, in_registry, 1.3),
    ]


def _python(name: str, program: str, *arguments: Path) -> Row:
    return Row(name, (sys.executable, "-I", "-c", program, *map(str, arguments)))


def _run(*arguments: str, registry: Path) -> None:
    seconds(Row("preparing", ("capreg", "-R", str(registry), *arguments)))


def measure(found: list[Ratio], runs: int, told: Callable[[str], None]) -> dict[str, float]:
    """Return the median seconds of each row, each timed once in a round."""
    unique = {one.name: one for pair in found for one in (pair.row, pair.against)}
    times: dict[str, list[float]] = {name: [] for name in unique}
    for round in range(runs):
        told(f"round {round + 1} of {runs}")
        for name, row in unique.items():
            times[name].append(seconds(row))
    return {name: median(one) for name, one in times.items()}


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("registry", type=Path, metavar="DIR", help="a registry, as generate.py makes one")
    parser.add_argument("--runs", type=int, default=5, help="how often each is timed; 5 unless given")
    wanted = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(dir=wanted.registry.parent) as folder:
        room = Path(folder)
        os.environ |= {"XDG_CACHE_HOME": str(room / "cache"), "XDG_STATE_HOME": str(room / "state")}
        found = rows(wanted.registry.resolve(), room)
        times = measure(found, wanted.runs, lambda sentence: print(sentence, file=sys.stderr))
        size = (room / "fair.capreg").stat().st_size
        peak = peak_mb(["capreg", "bundle", "verify", str(room / "fair.capreg")])
    print(f"{report.head()}\n\nThe bundle has {size / 1e6:,.0f} MB; verifying it takes {peak:,.0f} MB of memory.\n")
    print("| what | ms | against | ms | ratio | must |\n| --- | --- | --- | --- | --- | --- |")
    for one in found:
        mine, other = times[one.row.name], times[one.against.name]
        print(
            f"| {one.row.name} | {mine * 1e3:,.0f} | {one.against.name} | {other * 1e3:,.0f} | {mine / other:.2f} | {one.must} |"
        )


if __name__ == "__main__":
    _main()
