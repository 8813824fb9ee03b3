"""The formats of an export: one function a format, in one table.

A text format yields pieces of text; the others write into a file, or a folder, that is new.
"""

from collections.abc import Callable
from importlib import import_module

TEXTS = {
    "csv": "capreg.exchange.export_text:csv",
    "json": "capreg.exchange.export_text:json",
    "ndjson": "capreg.exchange.export_text:ndjson",
    "geojson": "capreg.exchange.export_text:geojson",
    "okw": "capreg.exchange.export_okw:okw",
}
FILES = {
    "xlsx": "capreg.exchange.export_xlsx:xlsx",
    "sqlite": "capreg.exchange.export_sqlite:sqlite",
}
# A Data Package: what --lists makes.
PACKAGES = {
    "folder": "capreg.exchange.export_package:package",
    "zip": "capreg.exchange.export_package:package_zip",
}


def exporter(format: str) -> Callable:
    """Return the function of a format."""
    module, _, function = (TEXTS | FILES | PACKAGES)[format].partition(":")
    return getattr(import_module(module), function)
