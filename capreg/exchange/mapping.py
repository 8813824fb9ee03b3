"""A mapping: a file that says how the rows of a list become records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.exchange.yaml import read_yaml
from capreg.store.schemas import shipped_validator

LEAF = {"column", "columns", "value", "each"}
OPTIONS = {"dates", "join", "between"}


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
    """A mapping as its file says it; the meaning of each part stands in `mapping.schema.json`."""

    kind: str
    key: list[str]
    id: list[str]
    record: Mapping[str, Any]
    about: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    empty: tuple[str, ...] = ()
    expect: Mapping[str, list[str]] | None = None
    sums: tuple[Sum, ...] = ()
    words: Mapping[str, list[Mapping[str, Any]]] | None = None

    def columns(self) -> set[str]:
        """Return the names of all columns that the mapping reads."""
        sums = {column for one in self.sums for column in (one.total, *one.of)}
        return {*self.key, *self.id, *(self.expect or ()), *sums, *_columns(self.record)}


def read_mapping(path: Path) -> Mapped:
    """Return the mapping of a file; raises WrittenError for one that does not fit its schema."""
    document = read_yaml(path, shipped_validator("mapping"))
    sums = tuple(Sum(**one) for one in document.pop("sums", ()))
    return Mapped(**document, sums=sums)


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


def _columns(template: Any) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif is_each(template):
        yield from template["each"]
        yield from _columns(template["entry"])
    elif is_leaf(template):
        yield from [template["column"]] if "column" in template else template.get("columns", ())
    else:
        for below in template.values() if isinstance(template, Mapping) else template:
            yield from _columns(below)
