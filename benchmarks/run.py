"""Time capreg beside its peers: `python benchmarks/run.py --sizes 600,10000 --runs 15 --json FILE`.

Registries are made under build/bench and used again. A peer that is not installed, or a command that fails, is left out
with a line that says so. The figures go to standard output as Markdown, notes to standard error.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import report
from generate import generate
from peers import LARGER, LARGEST, SEARCH, SMALLER, Ground, looks, searches, sweeps
from prepare import prepare
from question import QUESTION, Question
from timing import FailedError, Row, medians, output, peak_mb
from wanted import MEMORY_MB, Measures, reached

BUILD = Path(__file__).parent.parent / "build" / "bench"


def ground_of(firms: int) -> Ground:
    """Return the registry of a size and what peers answer from, both made where they are not there."""
    ground = Ground(firms, BUILD / str(firms), BUILD / f"{firms}.peers")
    if not ground.registry.exists():
        note(f"making {firms:,} firms")
        draft = BUILD / "draft" / str(firms)
        shutil.rmtree(draft, ignore_errors=True)
        generate(draft, firms)
        draft.rename(ground.registry)
    if firms <= LARGEST and not ground.prepared.exists():
        note(f"preparing what peers answer from, {firms:,} firms")
        prepare(ground.registry, ground.prepared)
    return ground


def measure(ground: Ground, rounds: int) -> Measures:
    """Return the seconds of every row at one size, and the memory of a search."""
    if ground.firms > LARGEST:
        return growth(ground_of(LARGEST), ground, rounds)
    found: dict[str, float] = {}
    for rows in (searches(ground, QUESTION), looks(ground), sweeps(ground)):
        found.update(medians(working(rows), rounds))
    memory = {MEMORY_MB: peak_mb(ground.search(QUESTION))} if SEARCH in found else {}
    return {**found, **memory}


def growth(smaller: Ground, larger: Ground, rounds: int) -> Measures:
    """Return the seconds of a search at two sizes, the question narrowed at the larger so that hits are equally many."""
    hits = len(distances(smaller, QUESTION))
    narrowed = replace(QUESTION, radius_km=distances(larger, QUESTION)[hits - 1])
    note(
        f"{hits} hits within {QUESTION.radius_km} km, about as many within {narrowed.radius_km} km at {larger.firms:,} firms"
    )
    return medians([Row(SMALLER, smaller.search(QUESTION)), Row(LARGER, larger.search(narrowed))], rounds)


def distances(ground: Ground, question: Question) -> list[float]:
    """Return how far all hits of a question lie, the nearest first."""
    everything = replace(question, limit=ground.firms)
    _, *lines = output([*ground.search(everything), "--columns", "distance_km", "-O", "tsv"]).splitlines()
    return list(map(float, lines))


def working(rows: Iterable[Row]) -> list[Row]:
    """Return the rows whose commands work, having told which do not, and which answer otherwise than capreg."""
    printed: dict[Row, str] = {}
    for row in rows:
        try:
            printed[row] = output(row.command)
        except FailedError as error:
            note(f"left out: {row.name}: {error}")
    compare({row.name: ids(text) for row, text in printed.items() if row.answers})
    return list(printed)


def compare(answers: Mapping[str, list[str]]) -> None:
    """Tell which answers are not capreg's."""
    for name, found in answers.items():
        if found != answers.get(SEARCH, found):
            note(f"ANSWERS OTHERWISE than {SEARCH}: {name}")


def ids(answer: str) -> list[str]:
    """Return the ids that an answer names, in order."""
    return [line.split("\t")[0] for line in answer.splitlines() if line and not line.startswith("id\t")]


def note(text: str) -> None:
    """Say something that is no figure."""
    print(text, file=sys.stderr, flush=True)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="600,10000", help="how many firms, a comma between; 600,10000 unless given")
    parser.add_argument("--runs", type=int, default=15, help="how often each row is timed; 15 unless given")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, in seconds, there too")
    wanted = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    print(report.head())
    measured = {}
    for firms in map(int, wanted.sizes.split(",")):
        try:
            measured[firms] = measure(ground_of(firms), wanted.runs)
        except FailedError as error:
            sys.exit(f"{firms:,} firms: {error}")
        print(f"\n{report.figures(firms, measured[firms])}", end="", flush=True)
    print(f"\n{report.wanted(reached(measured))}", end="")
    if wanted.json:
        wanted.json.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
