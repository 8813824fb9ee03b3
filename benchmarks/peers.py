"""All that is timed: capreg, and the peers that answer the same question."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from prepare import DUCKDB, NDJSON, SQLITE, TINYDB
from question import Question
from timing import Row, output

# The rows that others are compared with, and those that are to reach something.
CLICK, TABLE, UTILS = "Python, click, sqlite3", "... as a Rich table, on a terminal", "sqlite-utils"
SEARCH, SHOWN, REFRESH = "capreg search", "capreg search, table on a terminal", "capreg search after one changed file"
READ, SHOW, VOCABULARY = "click, reading one file", "capreg show ID", "capreg vocabulary WORD"
PARSE, CHECK, REBUILD = "json, reading and parsing", "capreg check --all", "capreg index --rebuild"
SMALLER, LARGER = "capreg search, the smaller registry", "capreg search, the larger"
# What the other rows of their table are compared with.
BASES = (CLICK, READ, PARSE, SMALLER)
# Over this size only capreg is timed, against itself at this one, as no peer's files are made.
LARGEST = 100_000


@dataclass(frozen=True)
class Ground:
    """A registry and the folder of what peers answer from, both of one size."""

    firms: int
    registry: Path
    prepared: Path

    def capreg(self, *words: str) -> tuple[str, ...]:
        """Return a command of capreg on the registry."""
        return ("capreg", "-R", str(self.registry), *words)

    def search(self, question: Question) -> tuple[str, ...]:
        """Return the command that asks capreg a question."""
        return self.capreg("search", *question.capreg)

    @property
    def first_firm(self) -> Path:
        """The file of one firm, always the same."""
        return next((self.registry / "firms").rglob("*-0.json"))


def searches(ground: Ground, question: Question) -> list[Row]:
    """Return the rows that answer the question."""
    firms = str(ground.registry / "firms")
    index, duckdb, tinydb, ndjson = (str(ground.prepared / name) for name in (SQLITE, DUCKDB, TINYDB, NDJSON))
    asked = (index, question.sql)
    peers = {
        "sqlite3 shell": ("sqlite3", "-readonly", "-tabs", *asked),
        "Python, sqlite3": ("peer-plain", *asked),
        CLICK: ("peer-click", *asked),
        "... and the times of all folders": ("peer-folders", *asked, firms),
        "... and the times of all files": ("peer-files", *asked, firms),
        "DuckDB shell": ("duckdb", "-readonly", "-noheader", "-list", "-separator", "\t", duckdb, "-c", question.sql),
        UTILS: ("sqlite-utils", "query", "--tsv", "--no-headers", *asked),
        "TinyDB, its JSON storage": ("peer-tinydb", tinydb, question.json),
        "jq, one NDJSON file": ("jq", "-nr", question.jq, ndjson),
    }
    return [
        *(Row(name, command, answers=True) for name, command in peers.items()),
        Row(TABLE, ("peer-table", *asked), terminal=True),
        # What the last row of the round before changed is read once more by the next search, which is not timed.
        Row(SEARCH, ground.search(question), before=lambda: output(ground.search(question)), answers=True),
        Row(SHOWN, ground.search(question), terminal=True),
        Row(REFRESH, ground.search(question), before=lambda: change(ground.first_firm), answers=True),
    ]


def looks(ground: Ground) -> list[Row]:
    """Return the rows that look one thing up."""
    return [
        Row(READ, ("peer-show", str(ground.first_firm))),
        Row(SHOW, ground.capreg("show", ground.first_firm.stem)),
        Row(VOCABULARY, ground.capreg("vocabulary", "milling", "--in", "processes")),
    ]


def sweeps(ground: Ground) -> list[Row]:
    """Return the rows that read every file."""
    return [
        Row(PARSE, ("peer-parse", str(ground.registry / "firms"))),
        Row(CHECK, ground.capreg("check", "--all")),
        Row(REBUILD, ground.capreg("index", "--rebuild")),
    ]


def change(file: Path) -> None:
    """Replace a firm's file, as editors and git do, by one with another year of foundation."""
    firm = json.loads(file.read_bytes())
    text = file.read_text(encoding="utf-8")
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(
        text.replace(f'"founded": {firm["founded"]}', f'"founded": {firm["founded"] ^ 1}'), encoding="utf-8"
    )
    os.replace(draft, file)
