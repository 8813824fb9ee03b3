"""The figures of a run as Markdown."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from peers import BASES
from wanted import MEMORY_MB, Reached


def head() -> str:
    """Return when and on what the figures were taken."""
    system, python = f"{platform.system()} {platform.machine()}", f"Python {platform.python_version()}"
    return f"{date.today().isoformat()}, {os.cpu_count()} cores, {system}, {python}; medians of whole processes."


def figures(firms: int, measures: Mapping[str, float]) -> str:
    """Return the table of all rows of one size: seconds by their names."""
    bases = _bases(measures)
    rows = [
        (name, _milliseconds(value), _ratio(value, measures.get(bases[name], 0)), bases[name])
        for name, value in measures.items()
        if name != MEMORY_MB
    ]
    return _table((f"{firms:,} firms", "ms", "ratio", "against"), rows)


def wanted(found: Iterable[Reached]) -> str:
    """Return the table of what is to be reached."""
    rows = [
        (
            f"{one.wanted.what}, against {one.wanted.against}" if one.wanted.against else one.wanted.what,
            f"{one.firms:,}",
            f"{one.wanted.must:g}",
            f"{one.wanted.aim:g}",
            "-" if one.measured is None else f"{one.measured:.2f}",
            one.verdict,
        )
        for one in found
    ]
    return _table(("wanted", "firms", "must", "aim", "measured", "reached"), rows)


def _bases(names: Iterable[str]) -> dict[str, str]:
    """Return what each row is compared with: the last base before it, else the first of all."""
    bases: dict[str, str] = {}
    base = BASES[0]
    for name in names:
        base = name if name in BASES else base
        bases[name] = base
    return bases


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


def _ratio(value: float, against: float) -> str:
    return f"{value / against:.2f}" if against else "-"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
