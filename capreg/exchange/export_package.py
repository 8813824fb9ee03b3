"""An export as a Data Package: a CSV file for each kind and list, and a descriptor that says what they hold.

https://datapackage.org/ version 2. A list of plain values, and what has a form of its own, stands in a cell as JSON.
"""

import csv
import hashlib
import re
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from capreg.exchange.export_text import guarded
from capreg.exchange.flat import say_of_nulls
from capreg.exchange.losses import Losses
from capreg.exchange.packing import pack
from capreg.exchange.selection import Selection
from capreg.exchange.tables import Table, TableColumn, distinct, rows, unit_of
from capreg.model.text import fold
from capreg.store.files import canonical

DESCRIPTOR = "datapackage.json"
PROFILES = "https://datapackage.org/profiles/2.0"


def package(selection: Selection, folder: Path) -> None:
    """Write the files of a Data Package into an empty folder."""
    say_of_nulls(selection)
    tables = [table for part in selection.parts for table in part.table.walk()]
    files = dict(
        zip(
            (one.name for one in tables),
            distinct(_file_name(one.name.replace(".", "_")) for one in tables),
            strict=True,
        )
    )
    _write_tables(selection, folder, files)
    title = {"title": selection.hub, "description": f"The {selection.tier.name} tier"}
    resources = [_resource(table, folder, files, selection.language) for table in tables]
    name = _file_name(selection.hub) or "registry"
    descriptor = {"$schema": f"{PROFILES}/datapackage.json", "name": name, **title, "resources": resources}
    (folder / DESCRIPTOR).write_bytes(canonical(descriptor))


def package_zip(selection: Selection, path: Path) -> None:
    """Write the files of a Data Package as one zip, the descriptor first."""
    with TemporaryDirectory(dir=path.parent) as room:
        folder = Path(room)
        package(selection, folder)
        found = sorted(folder.iterdir(), key=lambda one: (one.name != DESCRIPTOR, one.name))
        pack(path, ((one.name, one.open("rb")) for one in found))


def _file_name(text: str) -> str:
    """Return a name in small letters, digits, hyphens and lines, as a descriptor wants it."""
    return re.sub(r"[^a-z0-9_]+", "-", fold(text)).strip("-")


def _write_tables(selection: Selection, folder: Path, files: dict[str, str]) -> None:
    with ExitStack() as open_files:
        writers = {}
        for part in selection.parts:
            for table in part.table.walk():
                file = (folder / f"{files[table.name]}.csv").open("w", encoding="utf-8", newline="")
                writers[table.name] = csv.writer(open_files.enter_context(file), lineterminator="\n")
                writers[table.name].writerow([*table.keys, *(one.name for one in table.columns)])
            for id, record in part:
                for table, row in rows(part.table, record, id):
                    writers[table.name].writerow([_cell(value, selection.losses) for value in row])


def _cell(value: Any, losses: Losses) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value, losses, is_text=True)
    return orjson.dumps(value).decode()


def _resource(table: Table, folder: Path, files: dict[str, str], language: str) -> dict[str, Any]:
    file = f"{files[table.name]}.csv"
    with (folder / file).open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {
        "name": files[table.name],
        "type": "table",
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": (folder / file).stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": _schema(table, files, language),
    }


def _schema(table: Table, files: dict[str, str], language: str) -> dict[str, Any]:
    keys = [{"name": key, "type": "integer" if at else "string"} for at, key in enumerate(table.keys)]
    fields = [*keys, *(_field(one, language) for one in table.columns)]
    schema = {"$schema": f"{PROFILES}/tableschema.json", "fields": fields, "primaryKey": list(table.keys)}
    if table.parent:
        parent, parent_keys = table.parent
        own = list(table.keys[: len(parent_keys)])
        schema["foreignKeys"] = [
            dict(fields=own, reference=dict(resource=files[parent], fields=list(parent_keys))),
        ]
    return schema


def _field(column: TableColumn, language: str) -> dict[str, Any]:
    label = column.field.label.get(language)
    unit = unit_of(column)
    return {
        "name": column.name,
        "type": "integer" if column.type == "count" else column.type,
        **({"title": label} if label else {}),
        **({"unit": unit} if unit else {}),
        **({"description": "How many entries; empty where not stated."} if column.type == "count" else {}),
    }
