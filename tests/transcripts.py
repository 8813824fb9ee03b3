"""Commands and their outputs in Markdown: run, compared, and written anew.

A block of the language `console` holds commands after `$ ` and, under each, what it prints. The commands of a file
run one after the other in one folder. Days are compared as they stand to today.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from capreg.model.day import later

WRITTEN_ON = date(2026, 11, 22)
# The days that pages show, as they stand to today: today itself, when an invoice is to be paid, how long a profile is owned.
DURATIONS = ("", "P30D", "P1Y")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
CLOCK = re.compile(r"\d\d:\d\d(:\d\dZ)?")
# What is new each time: the reference of an order, the beginning of a hash.
MADE = re.compile(r"\bo-[2-9a-z]{12}\b|\([0-9a-f]{16}\)")


@dataclass(frozen=True)
class Step:
    """One command, and what it printed when the text was written."""

    command: str
    output: str


def steps(text: str) -> list[Step]:
    """Return the commands of a Markdown text with their outputs, in order."""
    found = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Step(command, output))
    return found


def run(command: str, folder: Path) -> str:
    """Run a command as the text's reader would, and return what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    surroundings = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("CAPREG", "COLUMNS", "NO_COLOR", "FORCE_COLOR"))
    }
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**surroundings, "PATH": path, "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


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
    """Write the outputs of a file's commands anew."""
    text, today = path.read_text(), date.today()

    def block(match: re.Match) -> str:
        return (
            "```console\n"
            + "".join(f"$ {step.command}\n{redated(run(step.command, folder), today)}" for step in steps(match[0]))
            + "```"
        )

    path.write_text(BLOCK.sub(block, text))


if __name__ == "__main__":
    import tempfile

    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as somewhere:
            rewrite(Path(name), Path(somewhere))
