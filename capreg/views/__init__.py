"""Results -> text: one function a format, in one table.

A command makes a `Page` of its result; the function of a format turns any page into text. To add a format, write
its function and name it here.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

FORMATS = {
    "table": "capreg.views.table:table",
    "text": "capreg.views.text:text",
    "md": "capreg.views.markdown:markdown",
    "tsv": "capreg.views.delimited:tsv",
    "csv": "capreg.views.comma:csv",
    "json": "capreg.views.data:json",
    "ndjson": "capreg.views.data:ndjson",
}


def view(format: str) -> Callable[..., Iterator[str]]:
    """Return the function of a format: (page, screen) -> pieces of text."""
    module, _, function = FORMATS[format].partition(":")
    return getattr(import_module(module), function)
