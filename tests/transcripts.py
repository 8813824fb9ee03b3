"""Commands and their outputs in Markdown: run, compared, and written anew.

A block of the language `console` holds commands after `$ ` and, under each, what it prints. The commands of a file
run one after the other in one folder. Below a heading that begins with a day (`## 2027-01-11: ...`) they run as of ten
o'clock UTC of that day, and their days are compared as they are; elsewhere they run today, and days are compared as
they stand to today.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from capreg.model.day import day as read_day
from capreg.model.day import later

WRITTEN_ON = date(2026, 11, 22)
# The days that pages show, as they stand to today: today itself, when an invoice is to be paid, how long a profile is owned.
DURATIONS = ("", "P30D", "P1Y")
BLOCK = re.compile(r"^```console\n(.*?)```", re.DOTALL | re.MULTILINE)
PART = re.compile(rf"^## (?P<day>\d{{4}}-\d\d-\d\d)?|{BLOCK.pattern}", BLOCK.flags)
CLOCK = re.compile(r"\d\d:\d\d(:\d\dZ)?")
# What is new each time: the reference of an order, the beginning of a hash.
MADE = re.compile(r"\bo-[2-9a-z]{12}\b|\([0-9a-f]{16}\)")
# Programs that a page shows and that not every machine has; versions of them differ in the blanks of their tables.
FOREIGN = re.compile(r"(?:^|[|&;(]\s*)(hledger)\b")
DATED = Path(__file__).parent / "dated"


@dataclass(frozen=True)
class Step:
    """One command, what it printed when the text was written, and the day that the heading above it names, if it does."""

    command: str
    output: str
    day: date | None = None

    @property
    def can_run(self) -> bool:
        """Whether this machine has the programs that the command names."""
        return all(shutil.which(name) for name in FOREIGN.findall(self.command))


def steps(text: str) -> list[Step]:
    """Return the commands of a Markdown text with their outputs, in order."""
    found, on = [], None
    for part in PART.finditer(text):
        if part[2] is None:
            on = read_day(part["day"]) if part["day"] else None
        else:
            found += [Step(command, output, on) for command, output in _commands(part[2])]
    return found


def _commands(block: str) -> list[tuple[str, str]]:
    parts = (part.partition("\n") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:])
    return [(command, output) for command, _, output in parts]


def run(step: Step, folder: Path) -> str:
    """Run a command as the text's reader would, on its day, and return what it prints."""
    done = subprocess.run(
        ["sh", "-c", step.command],
        cwd=folder,
        env=_surroundings(step.day),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


def _surroundings(on: date | None) -> dict[str, str]:
    """Return the environment of a command; on another day than today, its capreg is the one in `dated`."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("CAPREG", "COLUMNS", "NO_COLOR", "FORCE_COLOR"))
    }
    path = [Path(sys.executable).parent, os.environ["PATH"]]
    if on is None:
        return {**kept, "PATH": _path(path), "COLUMNS": "80"}
    return {**kept, "PATH": _path([DATED, *path]), "COLUMNS": "80", "AT": f"{on}T10:00:00+00:00"}


def _path(folders: list) -> str:
    return os.pathsep.join(map(str, folders))


def compared(step: Step, printed: str) -> tuple[str, str]:
    """Return what a step printed and what the page shows, both without what differs from run to run."""
    if FOREIGN.search(step.command):
        printed, step = " ".join(printed.split()), replace(step, output=" ".join(step.output.split()))
    if step.day:
        return MADE.sub("MADE", printed), MADE.sub("MADE", step.output)
    return undated(printed, date.today()), undated(step.output, WRITTEN_ON)


def undated(text: str, today: date) -> str:
    """Return a text in which today and the days that stand to it are named, and clock times and what is made anew are not."""
    for duration in DURATIONS:
        text = text.replace(_after(today, duration).isoformat(), f"IN {duration}")
    return MADE.sub("MADE", CLOCK.sub("CLOCK", text))


def redated(text: str, today: date) -> str:
    """Return a text of today as if it were of the day on which the pages were written."""
    for duration in DURATIONS:
        text = text.replace(_after(today, duration).isoformat(), _after(WRITTEN_ON, duration).isoformat())
    return text


def _after(day: date, duration: str) -> date:
    return later(day, duration) if duration else day


def rewrite(path: Path, folder: Path) -> None:
    """Write the outputs of a file's commands anew; what differs only in what is made anew stays as it is."""
    text = path.read_text()
    known = iter(steps(text))

    def block(match: re.Match) -> str:
        shown = (next(known) for _ in _commands(match[1]))
        return "```console\n" + "".join(f"$ {step.command}\n{_output(step, folder)}" for step in shown) + "```"

    path.write_text(BLOCK.sub(block, text))


def _output(step: Step, folder: Path) -> str:
    if not step.can_run:
        return step.output
    printed = run(step, folder)
    now, before = compared(step, printed)
    if now == before:
        return step.output
    return printed if step.day else redated(printed, date.today())


if __name__ == "__main__":
    import tempfile

    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as somewhere:
            rewrite(Path(name), Path(somewhere))
