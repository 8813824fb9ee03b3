"""Results -> text or bytes: one function a format, in one table.

A command makes a `Page` of its result; the function of a format turns any page into text, or into bytes. To add
a format, write its function and name it here.
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
# What a command that makes documents offers besides.
DOCUMENT_FORMATS = {
    "html": "capreg.views.html:html",
    "pdf": "capreg.views.pdf:pdf",
}
# Formats whose pieces are bytes, which no terminal can show.
BINARY = frozenset({"pdf", "xlsx"})


def view(format: str) -> Callable[..., Iterator[str] | Iterator[bytes]]:
    """Return the function of a format: (page, screen) -> pieces of text, or of bytes where the format is binary.

    Raises:
        MissingExtraError: the format needs a library that is not installed.
    """
    module, _, function = (FORMATS | DOCUMENT_FORMATS)[format].partition(":")
    return getattr(import_module(module), function)
