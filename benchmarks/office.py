"""Time a sale with 1,000 and with 100,000 entries in the year: `python benchmarks/office.py --runs 15`.

Whole processes, as a person at the till starts them. The entries are written with the ledger's own functions, and each
has its document among those that were issued; the first sale after that proves the whole journal, and is timed apart.
"""

import argparse
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import report
from generate import generate
from timing import Row, output, peak_mb, seconds

from capreg.model.day import later
from capreg.office.books import Books, books_of
from capreg.office.entry import Draft, Entry, entry_of
from capreg.office.head import Head, read_opening, write_head
from capreg.office.issued import issue
from capreg.office.journal import tail_of
from capreg.office.keys import hub_key
from capreg.store.registry import Registry

BUILD = Path(__file__).parent.parent / "build" / "bench"
FEW, MANY = 1_000, 100_000
FIRMS, CLIENTS, MEMORY_RUNS = 200, 500, 5
# What is to be reached: how much more time, or memory, a sale may take with many entries than with few.
MUST = 1.5


class Till:
    """A registry whose ledger has so many entries of this year, and the firms of which the buyer owns none yet."""

    def __init__(self, count: int) -> None:
        self.registry = BUILD / f"office-{count}"
        shutil.rmtree(self.registry, ignore_errors=True)
        generate(self.registry, FIRMS)
        self._firms = iter(sorted(path.stem for path in (self.registry / "firms").rglob("*.json")))
        output(("capreg", "-R", str(self.registry), "client", "add", "buyer"))
        output(self.sale())
        _fill(books_of(Registry(self.registry)), count - 1)

    def sale(self) -> tuple[str, ...]:
        """Return the command that sells the next firm."""
        return ("capreg", "-R", str(self.registry), "profile", next(self._firms), "--client", "buyer", "--yes")

    def seconds(self) -> float:
        """Return the wall time of a sale."""
        return seconds(Row("a sale", self.sale()))


def _fill(books: Books, count: int) -> None:
    """Write so many more entries into a journal, their documents, and a head that names the last."""
    opening, last = read_opening(books.ledger), tail_of(books.ledger).last
    found = list(islice(_entries(last), count))
    with (books.ledger / f"{last.year}.jsonl").open("ab") as file:
        file.writelines(entry.line for entry in found)
    write_head(books.ledger, Head(found[-1].number, found[-1].hash), opening, hub_key(books.folder))
    issue(books, last.number, "en.text", b"")
    for entry in found:
        (books.issued / f"{entry.number:06d}.en.text").touch()


def _entries(last: Entry) -> Iterator[Entry]:
    """Yield sales of profiles to many clients after a last entry."""
    details = {**last.details, "version": secrets.token_hex(32), "until": later(last.moment.date(), "P1Y").isoformat()}
    while True:
        number = last.number + 1
        sold = {**details, "record": f"firm-{number // CLIENTS}"}
        draft = Draft(f"o-{number}", last.what, last.currency, f"client-{number % CLIENTS}", last.amount, details=sold)
        last = entry_of(draft, number, last.hash, last.at)
        yield last


class Measured(NamedTuple):
    """What sales at a till took: the first after its journal was changed, those after it, and the memory of one."""

    first: float
    usual: float
    peak_mb: float


def measure(tills: list[Till], runs: int) -> list[Measured]:
    """Return what was measured at each till; all take turns, so that whatever slows the machine slows each alike."""
    first = [till.seconds() for till in tills]
    times = [[till.seconds() for till in tills] for _ in range(runs)]
    peaks = [[peak_mb(till.sale()) for till in tills] for _ in range(MEMORY_RUNS)]
    usual, peak = (map(median, zip(*one, strict=True)) for one in (times, peaks))
    return list(map(Measured, first, usual, peak))


def figures(few: Measured, many: Measured) -> str:
    """Return the table of what was measured."""
    lines = [
        _line("time, ms", few.usual * 1e3, many.usual * 1e3, f"{MUST}"),
        _line("peak memory, MB", few.peak_mb, many.peak_mb, f"{MUST}"),
        _line("time of the first after the journal was changed, ms", few.first * 1e3, many.first * 1e3, ""),
    ]
    head = f"| a sale | {FEW:,} entries | {MANY:,} entries | ratio | must |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *lines])


def _line(name: str, few: float, many: float, must: str) -> str:
    return f"| {name} | {few:,.0f} | {many:,.0f} | {many / few:.2f} | {must} |"


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="how often a sale is timed; 15 unless given")
    wanted = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    print(report.head())
    print(f"\n{figures(*measure([Till(FEW), Till(MANY)], wanted.runs))}")


if __name__ == "__main__":
    _main()
