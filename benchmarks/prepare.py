"""What the peers answer from, made once from a registry: tables for SQLite and DuckDB, documents for TinyDB and jq."""

import csv
import json
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count, product
from pathlib import Path
from typing import Any

from flat import flat_firms

SQLITE, DUCKDB, TINYDB, NDJSON = "firms.sqlite", "firms.duckdb", "firms.tinydb.json", "firms.ndjson"
# A row of `offer` for every process and material that a capability stands for, broader words among them.
TABLES = {
    "word": "number INTEGER, word TEXT",
    "firm": "number INTEGER, id TEXT, name TEXT, locality TEXT, country TEXT, employees INTEGER, process TEXT",
    "site": "firm INTEGER, site TEXT, latitude DOUBLE, longitude DOUBLE, employees INTEGER",
    "offer": "process INTEGER, material INTEGER, tolerance_mm DOUBLE, firm INTEGER, site TEXT",
    "certificate": "firm INTEGER, standard INTEGER, since TEXT, until TEXT, site TEXT",
}
# Each holds all that the question asks of its table.
INDEXES = {
    "word": "word, number",
    "firm": "number",
    "site": "firm, latitude, longitude, employees, site",
    "offer": "process, material, tolerance_mm, firm, site",
    "certificate": "firm, standard, until, since, site",
}
CARD = ("id", "name", "locality", "country", "employees", "process")


def prepare(registry: Path, folder: Path) -> None:
    """Write everything that peers answer from into a folder, whole or not at all."""
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    with (draft / NDJSON).open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(firm)}\n" for firm in flat_firms(registry))
    _tinydb(draft)
    _sqlite(draft)
    if shutil.which("duckdb"):
        _duckdb(draft)
    draft.rename(folder)


def _firms(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / NDJSON).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _tinydb(folder: Path) -> None:
    documents = {str(number): firm for number, firm in enumerate(_firms(folder), 1)}
    (folder / TINYDB).write_text(json.dumps({"_default": documents}), encoding="utf-8")


def _sqlite(folder: Path) -> None:
    connection = sqlite3.connect(folder / SQLITE)
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
    words = count(1)
    numbers: dict[str, int] = defaultdict(lambda: next(words))
    for number, firm in enumerate(_firms(folder), 1):
        for name, rows in _rows(number, firm, numbers).items():
            _insert(connection, name, rows)
    _insert(connection, "word", ((number, word) for word, number in numbers.items()))
    for name, columns in INDEXES.items():
        connection.execute(f"CREATE INDEX {name}_covering ON {name} ({columns})")
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _insert(connection: sqlite3.Connection, name: str, rows: Iterable[tuple]) -> None:
    marks = ", ".join("?" * len(TABLES[name].split(", ")))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


def _rows(number: int, firm: dict[str, Any], words: dict[str, int]) -> dict[str, Iterable[tuple]]:
    """Return the rows of one firm by their tables."""
    return {
        "firm": [(number, *(firm[key] for key in CARD))],
        "site": ((number, one["id"], one["latitude"], one["longitude"], firm["employees"]) for one in firm["sites"]),
        "offer": (
            (words[process], words[material], one["tolerance_mm"], number, one["site"])
            for one in firm["capabilities"]
            for process, material in product(one["processes"], one["materials"])
        ),
        "certificate": (
            (number, words[word], one["since"], one["until"], one["site"])
            for one in firm["certificates"]
            for word in one["standards"]
        ),
    }


def _duckdb(folder: Path) -> None:
    connection = sqlite3.connect(folder / SQLITE)
    for name, columns in TABLES.items():
        rows = folder / f"{name}.csv"
        with rows.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(connection.execute(f"SELECT * FROM {name}"))
        statements = f"CREATE TABLE {name} ({columns}); COPY {name} FROM '{rows}' (HEADER false);"
        subprocess.run(["duckdb", folder / DUCKDB, "-c", statements], check=True, stdout=subprocess.DEVNULL)
        rows.unlink()
    connection.close()
