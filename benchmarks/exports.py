"""Time an export in every format: `python benchmarks/exports.py --firms 10000 --runs 3`.

Whole processes on an index that is up to date; beside them the time of copying the records as they lie, as one tar.
"""

import argparse
import os
import sys
from pathlib import Path
from statistics import median

import report
from run import ground_of
from timing import Row, output, peak_mb, seconds

FORMS = {
    "NDJSON": ("out.ndjson",),
    "JSON": ("out.json",),
    "CSV, one table": ("out.csv", "-k", "firm"),
    "GeoJSON": ("out.geojson",),
    "Open Know-Where": ("okw.json", "-O", "okw"),
    "SQLite": ("out.sqlite",),
    "CSV, a Data Package in a zip": ("out.zip", "--lists"),
    "XLSX": ("out.xlsx",),
}
TAR = "tar, the files as they are"


def rows_of(registry: Path, folder: Path) -> list[Row]:
    """Return the exports of a registry that are timed."""
    tar = Row(TAR, ("tar", "-cf", str(folder / "out.tar"), "-C", str(registry), "firms"))
    exports = [
        Row(name, ("capreg", "-q", "-R", str(registry), "export", "-o", str(folder / file), *options))
        for name, (file, *options) in FORMS.items()
    ]
    return [tar, *exports]


def figures(rows: list[Row], runs: int) -> str:
    """Return the table of what was measured; all take turns, so that whatever slows the machine slows each alike."""
    rounds = [[seconds(row) for row in rows] for _ in range(runs)]
    lines = [
        f"| {row.name} | {median(times):,.1f} | {peak_mb(row.command):,.0f} |"
        for row, times in zip(rows, zip(*rounds, strict=True), strict=True)
    ]
    return "\n".join(["| an export | s | peak memory, MB |", "| --- | --- | --- |", *lines])


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=10_000, help="how many; 10000 unless given")
    parser.add_argument("--runs", type=int, default=3, help="how often each is timed; 3 unless given")
    wanted = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    registry = ground_of(wanted.firms).registry
    folder = registry.with_name(f"{registry.name}.exports")
    folder.mkdir(exist_ok=True)
    output(("capreg", "-R", str(registry), "index"))
    print(report.head())
    print(f"\n{wanted.firms:,} firms\n\n{figures(rows_of(registry, folder), wanted.runs)}")


if __name__ == "__main__":
    _main()
