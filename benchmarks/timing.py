"""Timing whole processes: all rows once in a round, so that whatever slows the machine slows each alike."""

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter

# A row that takes longer, in seconds, is timed in a few rounds only.
SLOW, FEW = 1.0, 3
LINES, COLUMNS = 50, 120
PEAK = Path(__file__).with_name("peak.py")
# What of the surroundings would make one machine's output, or speed, differ from another's.
UNSET = ("CAPREG", "PYTHON", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True)
class Row:
    """A command that is timed under a name.

    `terminal` says that it writes to a terminal, else to a pipe; `before` is done each time before it, untimed; `answers`
    says that it prints the answer to the question, the ids first in its lines.
    """

    name: str
    command: tuple[str, ...]
    terminal: bool = False
    before: Callable[[], None] | None = None
    answers: bool = False


class FailedError(Exception):
    """A command that should be timed did not end well; the sentence says how."""


def surroundings() -> dict[str, str]:
    """Return the environment in which commands are timed."""
    return {name: value for name, value in os.environ.items() if not name.startswith(UNSET)}


def output(command: Iterable[str]) -> str:
    """Return what a command prints.

    Raises:
        FailedError: it is not installed, or ends with another code than 0.
    """
    try:
        done = subprocess.run(command, env=surroundings(), capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise FailedError(f"{error.filename} is not installed") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise FailedError(f"exit code {done.returncode}: {said}")
    return done.stdout


def medians(rows: Iterable[Row], rounds: int) -> Mapping[str, float]:
    """Return the median wall time of each row in seconds, by its name; a first round is not counted.

    Raises:
        FailedError: a command ends with another code than 0.
    """
    first = {row: seconds(row) for row in rows}
    taken: dict[Row, list[float]] = {row: [] for row in first}
    for number in range(rounds):
        for row in first:
            if number < FEW or first[row] < SLOW:
                taken[row].append(seconds(row))
    return {row.name: median(times) for row, times in taken.items()}


def seconds(row: Row) -> float:
    """Return the wall time of a row's command; raises FailedError where it does not end well."""
    if row.before:
        row.before()
    return _on_terminal(row) if row.terminal else _in_pipe(row)


def _in_pipe(row: Row) -> float:
    quiet = {"env": surroundings(), "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    start = perf_counter()
    code = subprocess.run(row.command, check=False, **quiet).returncode
    taken = perf_counter() - start
    _ended_well(row, code)
    return taken


def _on_terminal(row: Row) -> float:
    """Run the command on a terminal of its own whose other end is read at once."""
    reading, writing = pty.openpty()
    termios.tcsetwinsize(writing, (LINES, COLUMNS))
    reader = Thread(target=_drain, args=(reading,))
    reader.start()
    start = perf_counter()
    code = subprocess.run(row.command, env=surroundings(), stdout=writing, stderr=writing, check=False).returncode
    taken = perf_counter() - start
    os.close(writing)
    reader.join()
    os.close(reading)
    _ended_well(row, code)
    return taken


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 65536):
            pass
    except OSError:
        # Linux says so that the other end is closed.
        return


def _ended_well(row: Row, code: int) -> None:
    if code:
        raise FailedError(f"{row.name}: exit code {code}")


def peak_mb(command: Iterable[str]) -> float:
    """Return the most memory that a command held, in megabytes (10^6 bytes).

    A small process of its own starts it: what a child is said to have held begins with what its parent did.

    Raises:
        FailedError: it is not installed, or ends with another code than 0.
    """
    return int(output([sys.executable, "-I", "-S", str(PEAK), *command])) / 1e6
