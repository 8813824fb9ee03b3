"""Lists as JSON: a list of objects, an object with one list, an object a line, Open Know-Where's facilities."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from capreg.errors import nearest
from capreg.exchange.encodings import decoded
from capreg.exchange.mapping import Mapped
from capreg.exchange.nested import Nested, at_path
from capreg.exchange.sheet import Listed, Row, SheetError, Wanted

SHOWN = 60


def read_json(name: str, content: bytes, mapping: Mapped | None, wanted: Wanted) -> Listed:
    """Return the objects of a JSON document as rows; raises SheetError."""
    text = decoded(name, content, mapping.encoding if mapping else None).text
    document = _parsed(text, name)
    return _listed(name, enumerate(_list(name, document, mapping.records if mapping else None), 1), wanted)


def read_ndjson(name: str, content: bytes, mapping: Mapped | None, wanted: Wanted) -> Listed:
    """Return the objects of a text with one a line as rows; raises SheetError."""
    read = decoded(name, content, mapping.encoding if mapping else None)
    lines = ((number, line) for number, line in enumerate(read.text.split("\n"), 1) if line.strip())
    return _listed(name, ((number, _parsed(line, f"{name}, line {number}", number)) for number, line in lines), wanted)


def _parsed(text: str, where: str, line: int | None = None) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = "" if line else f", line {error.lineno}"
        raise SheetError(f"{where}{place}, column {error.colno}: no JSON: {error.msg}") from None


def _list(name: str, document: Any, records: str | None) -> list:
    """Return the list of a document: itself, the one that the mapping names, the only one, or the document alone."""
    if records:
        document = at_path(document, records.split("."))
        if not isinstance(document, (list, Mapping)):
            raise SheetError(f"{name}: there is no list at '{records}'")
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping):
        raise SheetError(f"{name}: neither a list of objects nor an object")
    lists = [key for key, value in document.items() if isinstance(value, list)]
    others = [key for key in document if key not in lists]
    # An object with one list of objects and little beside it is the wrapping of a list, not a record with a list in it.
    is_wrapping = len(others) < 4 and not any(isinstance(document[key], Mapping) for key in others)
    if len(lists) == 1 and is_wrapping and not records and all(isinstance(one, Mapping) for one in document[lists[0]]):
        return document[lists[0]]
    return [document]


def _listed(name: str, numbered: Iterator[tuple[int, Any]], wanted: Wanted) -> Listed:
    objects = list(numbered)
    columns = list(dict.fromkeys(path for _, one in objects for path in _paths(one, "")))
    remarks = []
    for column in sorted(wanted.columns if objects else ()):
        names = (column, *wanted.also.get(column, ()))
        if not any(isinstance(one, Mapping) and _is_there(one, names) for _, one in objects):
            remarks.append(f"no record has '{column}'. {nearest(column, columns)}".rstrip())
    return Listed(columns, _rows(objects, wanted), remarks, len(objects))


def _is_there(found: Mapping, names: tuple[str, ...]) -> bool:
    return any(name in found or at_path(found, name.split(".")) is not None for name in names)


def _paths(value: Any, path: str) -> Iterator[str]:
    """Yield the paths to all plain values and lists of an object."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _paths(below, f"{path}.{key}" if path else key)
    elif path:
        yield path


def _rows(objects: list[tuple[int, Any]], wanted: Wanted) -> Iterator[Row]:
    for number, one in objects:
        if isinstance(one, Mapping):
            yield Row(number, Nested(one, wanted.also))
        else:
            yield Row(number, {}, f"{str(one)[:SHOWN]!r} is no object")
