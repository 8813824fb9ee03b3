"""The records of a kind as tables: one of the records, and one for each list of entries; all of it made from the schema.

A row names its record, and its place in each list around it, counted from one. The table around a list says how many
entries the list has, so that a list without entries is told from one that is not stated.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from capreg.model.kinds import Field, Kind, Tier
from capreg.model.value import Value

Path = tuple[str, ...]
# The property that names a record.
ID = "id"
NUMBERS = ("integer", "number")


class TableColumn(Value):
    """One column: its name, what its cells are, and where, from the entry, the value stands; `field` is what it shows.

    `type` is one of string, integer, number, boolean, date, array, object, and `count` for how many entries a list has.
    """

    name: str
    type: str
    path: Path
    field: Field


class Table(Value):
    """The records of a kind (`path` empty), or the entries of one of its lists; the name is the kind and the way, with dots.

    `keys` are the columns that come first: the record, and the place in each list from the outermost; `lists` are the
    tables of the lists below, each with the way to it from an entry of this one.
    """

    name: str
    path: Path
    keys: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    parent: "tuple[str, tuple[str, ...]] | None" = None
    lists: "tuple[tuple[Path, Table], ...]" = ()

    def walk(self) -> Iterator["Table"]:
        """Yield this table and all below it."""
        yield self
        for _, below in self.lists:
            yield from below.walk()


class Facts(Value):
    """What a schema says of its fields beyond what a kind keeps: whose texts are days, and which may be stated to be none."""

    days: frozenset[Path] = frozenset()
    nulls: frozenset[Path] = frozenset()

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> "Facts":
        """Return the facts of a schema without references."""
        found = list(_below(schema, ()))
        days = frozenset(path for path, one in found if one.get("format") == "date")
        return cls(days, frozenset(path for path, one in found if "null" in one.get("type", ())))


def _below(schema: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    yield path, schema
    for key, one in [*schema.get("properties", {}).items(), ("*", schema.get("items"))]:
        if isinstance(one, Mapping):
            yield from _below(one, (*path, key))


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names of which no two are the same, also where capitals do not count: a second one gets a number."""
    seen, found = {one.lower() for one in taken}, []
    for name in names:
        free, number = name, 2
        while free.lower() in seen:
            free, number = f"{name}_{number}", number + 1
        seen.add(free.lower())
        found.append(free)
    return found


def table_of(kind: Kind, tier: Tier, facts: Facts) -> Table:
    """Return the table of a kind's records, with those of its lists below it.

    Args:
        tier: only what it may see gets a column.
        facts: what the schema says of days.
    """
    return _Making(kind, tier, facts.days).table((kind.id,), kind.root, (ID,), None)


class _Making:
    def __init__(self, kind: Kind, tier: Tier, days: frozenset[Path]) -> None:
        self.kind, self.tier, self.days = kind, tier, days

    def table(self, way: Path, holder: Field, keys: tuple[str, ...], parent: "Table | None") -> Table:
        """Return the table of what a holder, the record or an entry, states itself, and those of its lists."""
        columns, lists = [], []
        self._gather(holder, holder, columns, lists)
        names = distinct((one.name for one in columns), taken=keys)
        named = tuple(one._replace(name=name) for one, name in zip(columns, names, strict=True))
        table = Table(".".join(way), holder.path, keys, named, (parent.name, parent.keys) if parent else None)
        below = [(field, field.path[len(holder.path) :]) for field in lists]
        return table._replace(
            lists=tuple(
                (steps, self.table((*way, *steps), field.items, self._keys(keys, steps), table))
                for field, steps in below
            )
        )

    def _keys(self, above: tuple[str, ...], steps: Path) -> tuple[str, ...]:
        """Return the keys of a list's table: the record by its kind, the place in each list by that list's name."""
        own = (self.kind.id,) if above == (ID,) else above
        return tuple(distinct((*own, f"{steps[-1]}_entry")))

    def _gather(self, holder: Field, at: Field, columns: list[TableColumn], lists: list[Field]) -> None:
        for below in at.properties.values():
            path = below.path[len(holder.path) :]
            if below.openness > self.tier or below.path == (ID,):
                continue
            if below.is_leaf:
                columns += self._columns(below, path) if below.tier <= self.tier else []
            elif below.items:
                columns.append(TableColumn(".".join(path), "count", path, below))
                lists.append(below)
            else:
                self._gather(holder, below, columns, lists)

    def _columns(self, field: Field, path: Path) -> Iterator[TableColumn]:
        """Yield the column of a field; the ends of a range and the degrees of a position have one each."""
        if field.type == "object" and field.properties:
            for key, one in field.properties.items():
                if one.tier <= self.tier:
                    yield TableColumn(".".join((*path, key)), self._type(one), (*path, key), field)
        else:
            yield TableColumn(self._name(field, path), self._type(field), path, field)

    def _name(self, field: Field, path: Path) -> str:
        """Return the query name of a field where no other is called so, else its way from the entry."""
        alone = len(self.kind.by_query_name.get(field.name, ())) == 1
        return field.name if alone else ".".join(path)

    def _type(self, field: Field) -> str:
        if field.path in self.days:
            return "date"
        known = ("integer", "number", "boolean", "array", "object")
        return field.type if field.type in known else "string"


def rows(table: Table, record: Mapping[str, Any], key: str) -> Iterator[tuple[Table, list[Any]]]:
    """Yield the rows of a record, each with its table; what is not stated is None."""
    yield from _rows(table, record, (key,))


def _rows(table: Table, holder: Mapping[str, Any], keys: tuple) -> Iterator[tuple[Table, list[Any]]]:
    found = [(_at(holder, one.path), one.type) for one in table.columns]
    yield table, [*keys, *(len(value) if type == "count" and value is not None else value for value, type in found)]
    for path, below in table.lists:
        for place, entry in enumerate(_at(holder, path) or (), 1):
            yield from _rows(below, entry, (*keys, place))


def _at(holder: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(holder, dict) or step not in holder:
            return None
        holder = holder[step]
    return holder


def unit_of(column: TableColumn) -> str | None:
    """Return the unit of a column's numbers, None where it has none."""
    return column.field.unit if column.type != "count" else None
