"""Inquiries as files: YAML or JSON."""

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from capreg.errors import CapregError
from capreg.exchange.yaml import Written, WrittenError, read_written
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.inquiry import Inquiry, faults, told
from capreg.store.files import canonical
from capreg.store.schemas import shipped_validator

__all__ = ["inquiry_file", "open_inquiry", "read_inquiry", "read_written"]


def open_inquiry(name: str, content: bytes) -> Written:
    """Return the document of an inquiry's file, checked by its schema.

    Args:
        name: how messages call it, its path or `-`.

    Raises:
        WrittenError: it is no YAML or JSON, or does not fit `inquiry.schema.json`; names the line and the field.
    """
    return Written.read(name, content, shipped_validator("inquiry"))


def read_inquiry(written: Written, asking: Asking) -> Inquiry:
    """Return the inquiry that a file asks of a kind.

    Raises:
        WrittenError: a field, value, word or place in it is not right; all of them together, each with its line.
    """
    written.refuse(sorted(faults(written.document, asking), key=str))
    inquiry = Inquiry.read(written.document, asking.kind)
    for query in (inquiry.query, inquiry.preferences):
        try:
            read_question(query, asking)
        except CapregError as error:
            raise WrittenError(f"{written.name}: {told(error)}") from None
    return inquiry


def inquiry_file(document: dict[str, Any], path: Path) -> bytes:
    """Return the bytes of an inquiry's file: JSON where the path ends so, else YAML."""
    if path.suffix.lower() == ".json":
        return canonical(document)
    text = StringIO()
    writer = YAML(typ="rt")
    writer.width = 120
    writer.dump(document, text)
    return text.getvalue().encode()
