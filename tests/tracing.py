"""Whole processes of capreg that are stopped, or whose disk fails, at one system call: strace does it."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

# All by which a sale changes a disk, or opens what it changes.
CALLS = [
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "link",
    "linkat",
]


class Call(NamedTuple):
    """One system call of a run: its name, the how manieth of that name it is, and whether it may change anything."""

    name: str
    number: int
    is_change: bool


class Run(NamedTuple):
    """How a process ended, and what it wrote; `hit` is the line of the call that was meddled with, "" where none was."""

    code: int
    out: str
    err: str
    hit: str


@cache
def may_trace() -> bool:
    """Whether strace is here, and may do its work."""
    if not shutil.which("strace"):
        return False
    meddled = [
        "strace",
        "-f",
        "-qq",
        "-o",
        os.devnull,
        "-e",
        "inject=mkdir:error=EIO:when=1",
        "mkdir",
        os.devnull + "/x",
    ]
    return b"Input/output error" in subprocess.run(meddled, capture_output=True, check=False).stderr


def command(*arguments, options: tuple[str, ...] = ()) -> list[str]:
    """Return the command line by which a process of capreg is started here."""
    return [sys.executable, "-P", *options, "-c", "from capreg.start import start; start()", *map(str, arguments)]


def surroundings(cache_folder: Path) -> dict[str, str]:
    """Return the environment of a process: modules are compiled once, and the same run makes the same calls."""
    kept = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "CAPREG_REGISTRY")
    }
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache_folder), "PYTHONHASHSEED": "0"}


def calls_of(registry: Path, line: list[str], environment: dict[str, str]) -> list[Call]:
    """Return the calls of a run that touch the office of a registry, in their order; the run does its work."""
    lines = _traced(registry, line, environment, CALLS, []).splitlines()
    seen: Counter[str] = Counter()
    found = []
    for one in lines:
        name = one.split()[1].partition("(")[0]
        seen[name] += 1
        if f"{registry}/office" in one:
            found.append(Call(name, seen[name], "O_RDONLY" not in one))
    return found


def stopped(registry: Path, line: list[str], environment: dict[str, str], call: Call) -> Run:
    """Run a command that is killed when it comes to a call."""
    return _meddled(registry, line, environment, call, "signal=KILL")


def failed(registry: Path, line: list[str], environment: dict[str, str], call: Call, error: str, on: str = "") -> Run:
    """Run a command for which one call fails; with `on` as `+`, that one and all after it of the same name."""
    return _meddled(registry, line, environment, call, f"error={error}", on)


def _meddled(registry: Path, line: list[str], environment: dict[str, str], call: Call, what: str, on: str = "") -> Run:
    log = registry.with_name(f"{registry.name}.trace")
    options = ["-e", f"inject={call.name}:{what}:when={call.number}{on}"]
    done = subprocess.run(_strace(log, (call.name,), options) + line, env=environment, capture_output=True, text=True)
    lines = log.read_text(errors="replace").splitlines()
    hits = (
        [one for one in lines if "(INJECTED)" in one]
        if what.startswith("error")
        else [one for one in lines if "(" in one][-1:]
    )
    return Run(done.returncode, done.stdout, done.stderr, hits[0] if hits else "")


def _traced(registry: Path, line: list[str], environment, calls, options) -> str:
    log = registry.with_name(f"{registry.name}.trace")
    subprocess.run(_strace(log, calls, options) + line, env=environment, capture_output=True, check=True)
    return log.read_text(errors="replace")


def _strace(log: Path, calls, options: list[str]) -> list[str]:
    return ["strace", "-f", "-y", "-qq", "-s", "0", "-e", "signal=none", "-e", f"trace={','.join(f'?{one}' for one in calls)}",
            *options, "-o", str(log)]  # fmt: skip
