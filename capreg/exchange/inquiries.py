"""Inquiries as files: YAML or JSON."""

from collections.abc import Iterator, Mapping
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
from capreg.store.validators import misfits, validator

__all__ = ["inquiry_file", "open_inquiry", "read_inquiry", "read_written"]


def open_inquiry(name: str, content: bytes) -> Written:
    """Return the document of an inquiry's file, not yet checked beyond its being one object.

    Args:
        name: how messages call it, its path or `-`.

    Raises:
        WrittenError: it is no YAML or JSON, or no inquiry.
    """
    return Written.read(name, content, validator({"type": "object", "properties": {"kind": {"type": "string"}}}))


def read_inquiry(written: Written, asking: Asking) -> Inquiry:
    """Return the inquiry that a file asks of a kind.

    Raises:
        WrittenError: it does not fit `inquiry.schema.json`, or a field, value, word or place in it is not right; all of
            them together, each with its line.
    """
    written.refuse(_misfits(written.document, asking.kind.id))
    written.refuse(faults(written.document, asking))
    inquiry = Inquiry.read(written.document, asking.kind)
    for query in (inquiry.query, inquiry.preferences):
        try:
            read_question(query, asking)
        except CapregError as error:
            raise WrittenError(f"{written.name}: {told(error)}") from None
    return inquiry


def _misfits(document: Mapping[str, Any], kind: str) -> Iterator[tuple[tuple, str]]:
    """Yield where a document does not fit the schema, in which the section of a kind is called that of firms."""
    called = {"firm" if key == kind else key: value for key, value in document.items() if key != "firm" or key == kind}
    for misfit in misfits(shipped_validator("inquiry"), called):
        first, *rest = misfit.path or ("",)
        yield (kind if first == "firm" else first, *rest) if misfit.path else (), misfit.sentence


def inquiry_file(document: dict[str, Any], path: Path) -> bytes:
    """Return the bytes of an inquiry's file: JSON where the path ends so, else YAML."""
    if path.suffix.lower() == ".json":
        return canonical(document)
    text = StringIO()
    writer = YAML(typ="rt")
    writer.width = 120
    writer.dump(document, text)
    return text.getvalue().encode()
