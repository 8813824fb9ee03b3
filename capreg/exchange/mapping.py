"""A mapping: a file that says how the rows of a list become records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.exchange.yaml import read_yaml
from capreg.store.patterns import explodes
from capreg.store.schemas import shipped_validator

LEAF = {"column", "columns", "value", "each"}
OPTIONS = {"dates", "join", "between", "match", "split", "decimal", "thousands", "unit", "as", "prefix"}
OPTIONS |= {"values", "optional"}
# In an entry made from one of several things in a cell: the thing itself.
ITSELF = "."


class MappingError(CapregError):
    """A mapping names a field, a column or a form that is not there."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True)
class Sum:
    """Columns that should add up to another."""

    total: str
    of: list[str]


@dataclass(frozen=True)
class Mapped:
    """A mapping as its file says it; the meaning of each part stands in `mapping.schema.json`.

    Columns with several names are called by the first one; `also` holds the others.
    """

    kind: str
    key: list[str]
    id: list[str]
    record: Mapping[str, Any]
    about: str = ""
    form: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | int | None = None
    header: int | None = None
    records: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    dates: tuple[str, ...] = ()
    also: Mapping[str, list[str]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    expect: Mapping[str, list[str]] | None = None
    sums: tuple[Sum, ...] = ()
    words: Mapping[str, list[Mapping[str, Any]]] | None = None

    def columns(self) -> set[str]:
        """Return the names of all columns that the list must have."""
        sums = {column for one in self.sums for column in (one.total, *one.of)}
        return {*self.key, *self.id, *(self.expect or ()), *sums, *_columns(self.record, False)}

    def optional(self) -> set[str]:
        """Return the names of the columns that the list may lack."""
        return set(_columns(self.record, True)) - self.columns()


def read_mapping(path: Path) -> Mapped:
    """Return the mapping of a file; raises WrittenError for one that does not fit its schema."""
    return mapped(read_yaml(path, shipped_validator("mapping")))


def mapped(document: Mapping[str, Any]) -> Mapped:
    """Return the mapping that a document is, which fits the schema; raises MappingError for a pattern that is none."""
    rest = {key: value for key, value in document.items() if key not in ("sums", "record", "also")}
    also = {name: list(others) for name, others in document.get("also", {}).items()}
    record = _first_named(document["record"], also)
    for name in (one for others in also.values() for one in others if is_pattern(one)):
        if fault := explodes(name[1:-1]):
            raise MappingError(f"/also: {name} {fault}", "Write a simpler one.")
    return Mapped(**rest, record=record, also=also, sums=tuple(Sum(**one) for one in document.get("sums", ())))


def _first_named(template: Any, also: dict[str, list[str]]) -> Any:
    """Return a template in which each column goes by its first name, and put the others where they belong."""
    if isinstance(template, list):
        return [_first_named(one, also) for one in template]
    if not isinstance(template, Mapping):
        return template
    found = {}
    for key, value in template.items():
        if key in ("column", "from") and _is_texts(value):
            found[key], *others = value
            known = also.setdefault(value[0], [])
            known += [one for one in others if one not in known]
        else:
            found[key] = value if key in ("value", "values") else _first_named(value, also)
    return found


def is_pattern(name: str) -> bool:
    """Whether the name of a column is a regular expression, between slashes."""
    return len(name) > 2 and name[0] == name[-1] == "/"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def is_leaf(template: Any) -> bool:
    """Whether a part of a template stands for one value: a column's name, or an object that says where it comes from."""
    return (
        isinstance(template, str)
        or isinstance(template, Mapping)
        and bool(LEAF & set(template))
        and set(template) <= LEAF | OPTIONS
    )


def is_each(template: Any) -> bool:
    """Whether an entry of a list stands for several, one for each column that says yes."""
    return isinstance(template, Mapping) and "entry" in template and "each" in template


def is_from(template: Any) -> bool:
    """Whether an entry of a list stands for several, one for each thing in a cell."""
    return isinstance(template, Mapping) and "entry" in template and "from" in template


def _columns(template: Any, optional: bool) -> Iterator[str]:
    """Yield the columns that a template reads: those that the list may lack, or those that it must have."""
    if isinstance(template, str):
        yield from () if optional else (template,)
    elif is_each(template):
        yield from () if optional else template["each"]
        yield from _columns(template["entry"], optional)
    elif is_from(template):
        # What the entry reads stands in the thing, not in the list.
        yield from (template["from"],) if bool(template.get("optional")) == optional else ()
    elif is_leaf(template):
        if bool(template.get("optional")) == optional:
            yield from [template["column"]] if "column" in template else template.get("columns", ())
    else:
        for below in template.values() if isinstance(template, Mapping) else template:
            yield from _columns(below, optional)
