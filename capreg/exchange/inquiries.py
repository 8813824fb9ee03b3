"""Inquiries as files: YAML or JSON."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from capreg.errors import CapregError
from capreg.exchange.yaml import Written, read_written
from capreg.model.day import is_day
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.inquiry import Inquiry, faults, told
from capreg.store.files import StrPath, canonical
from capreg.store.schemas import shipped_validator
from capreg.store.validators import misfits, validator

# What the validator says where none of several forms fits.
ANY_OF = "anyOf"
VALUE_WANTED = "wants a value as a query writes it, several in a list, or {place: ..., within: ...}"
WHOLE = re.compile("0|[1-9][0-9]{0,14}")

__all__ = ["inquiry_file", "open_inquiry", "read_inquiry", "read_written"]


def open_inquiry(name: str, content: bytes) -> Written:
    """Return the document of an inquiry's file, not yet checked beyond its being one object.

    Every value stays the text that was written: 1.4310 is a material, and no number.

    Args:
        name: how messages call it, its path or `-`.

    Raises:
        WrittenError: it is no YAML or JSON, or no inquiry.
    """
    written = Written.read(name, content, validator({"type": ["object", "null"]}), "base")
    if written.document is None:
        written.refuse([((), "is empty, and asks nothing; it should be an object")])
    return written


def read_inquiry(written: Written, asking: Asking, typed: str = "") -> Inquiry:
    """Return the inquiry that a file asks of a kind, with a query typed beside it.

    Raises:
        WrittenError: it does not fit `inquiry.schema.json`, or a field, value, word or place in it is not right; all of
            them together, each with its line.
        QuerySyntaxError: the query that was typed cannot be read.
    """
    wrong = list(_misfits(written.document, asking.kind.id))
    sound = written.document.keys() - {path[0] for path, _ in wrong if path}
    written.refuse([*wrong, *faults({key: written.document[key] for key in sound}, asking, not typed.strip())])
    inquiry = Inquiry.read(written.document, asking.kind)
    for query in () if typed.strip() else (inquiry.query, inquiry.preferences):
        try:
            read_question(query, asking)
        except CapregError as error:
            written.refuse([(("query",) if "query" in written.document else (), told(error))])
    return inquiry.with_query(typed, asking.kind)


def _misfits(document: Mapping[str, Any], kind: str) -> Iterator[tuple[tuple, str]]:
    """Yield where a document does not fit the schema, in which the section of a kind is called that of firms."""
    called = {"firm" if key == kind else key: value for key, value in document.items() if key != "firm" or key == kind}
    for misfit in misfits(shipped_validator("inquiry"), called):
        first, *rest = misfit.path or ("",)
        yield (kind if first == "firm" else first, *rest) if misfit.path else (), _spoken(misfit.sentence)


def _spoken(sentence: str) -> str:
    """Return what a schema says of a value in words of the trade."""
    return VALUE_WANTED if ANY_OF in sentence or sentence.startswith("[]") else sentence


def inquiry_file(document: dict[str, Any], path: StrPath) -> bytes:
    """Return the bytes of an inquiry's file: JSON where the path ends so, else YAML."""
    document = _written(document)
    if Path(path).suffix.lower() == ".json":
        return canonical(document)
    text = StringIO()
    writer = YAML(typ="rt")
    writer.width = 120
    writer.dump(document, text)
    return text.getvalue().encode()


def _written(value: Any) -> Any:
    """Return a document with whole numbers and days as such, as a person would write them: without quotes."""
    if isinstance(value, Mapping):
        return {key: _written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    return date.fromisoformat(value) if isinstance(value, str) and is_day(value) else value
