"""Where the values of a kind's records stand in the index: a table of the records, and one for each list met together.

Columns are made from the schema alone: one for every field that is searched, and one for what ties an entry to a site, to
a period, or to entries of other lists. A value stands in its column as the record states it; what is no number and no
text, as JSON.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from capreg.model.kinds import Field, Kind
from capreg.model.value import Value

Path = tuple[str, ...]
Tree = dict[str, "Tree"]
# What a position holds that is measured.
AXES = ("latitude", "longitude")
# Entries that stand for a list without entries: absent, or present and empty.
ABSENT, EMPTY = -1, -2


class Column(Value):
    """One column: its name, and where in its holder (the record, or an entry) the value stands.

    `beside` are the ways to what is read together with the value: the town beside a position. `is_plain` says whether it
    holds one value, or one list of plain values, and nothing of what is around it; else `tree` are the keys that it holds.
    `way` leads to what must be stated, before the first list; `key` is all of it where it is short.
    """

    name: str
    path: Path
    beside: tuple[Path, ...]
    is_plain: bool
    way: Path
    tree: Tree
    key: str | None

    @classmethod
    def of(cls, name: str, path: Path, beside: tuple[Path, ...]) -> "Column":
        """Return the column of a field."""
        way = path[: path.index("*")] if "*" in path else path
        is_plain = not beside and way == path
        return cls(
            name, path, beside, is_plain, way, _tree((path, *beside)), way[0] if is_plain and len(way) == 1 else None
        )


def _tree(paths: Iterable[Path]) -> Tree:
    tree: Tree = {}
    for path in paths:
        at = tree
        for step in path:
            at = at.setdefault(step, {})
    return tree


class Table(Value):
    """The table of the records (`together` None) or of the entries of one list, with its columns by path in the kind.

    `keys` are those under which values stand that are held alone; `others` are the other columns, each with its first key.
    """

    name: str
    together: Field | None
    columns: Mapping[Path, Column]
    keys: tuple[str, ...]
    others: tuple[tuple[str | None, Column], ...]

    @classmethod
    def of(cls, name: str, together: Field | None, columns: Mapping[Path, Column]) -> "Table":
        """Return a table in which the columns that hold what stands under one key of their holder come first."""
        keyed = {path: column for path, column in columns.items() if column.key is not None}
        others = {path: column for path, column in columns.items() if column.key is None}
        keys = tuple(column.key for column in keyed.values())
        deeper = tuple((column.way[0] if column.way else None, column) for column in others.values())
        return cls(name, together, {**keyed, **others}, keys, deeper)

    def column(self, path: Path) -> str:
        """Return the name of the column of a field."""
        return self.columns[path].name


def table_name(kind: str) -> str:
    """Return the name of the table of a kind's records; the other tables of the kind begin so, and no word of SQL does."""
    return f"k${kind}"


class Layout:
    """The tables of a kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = table_name(kind.id)
        self.card, self.cells, self.text = (f"{self.name}${part}" for part in ("card", "cells", "text"))
        self.fields = kind.fields
        self.number = {one.path: at for at, one in enumerate(self.fields)}
        self._tables: dict[Path, Table] = {}

    @cached_property
    def record(self) -> Table:
        """The table of the records themselves: what is short, so that many are read at once."""
        return Table.of(self.name, None, {path: one for path, one in self._own.items() if self._is_short(path)})

    @cached_property
    def wide(self) -> Table:
        """The table of what else the records state themselves: texts, and what stands in lists."""
        rest = {path: one for path, one in self._own.items() if path not in self.record.columns}
        return Table.of(f"{self.name}$wide", None, rest)

    @cached_property
    def _own(self) -> dict[Path, "Column"]:
        return self._columns(None)

    def _is_short(self, path: Path) -> bool:
        field = self.kind.at(path)
        return self._own[path].is_plain and field.type not in ("string", "array")

    @cached_property
    def lists(self) -> Mapping[Path, Table]:
        """The tables of the lists whose entries are met together, by the path of the list."""
        return {one.path: self.table(one) for one in self.fields if one.together is not None}

    def table(self, together: Field) -> Table:
        """Return the table of a list, which is made when it is first asked for: a question speaks of few."""
        path = together.path
        if path not in self._tables:
            self._tables[path] = Table.of(f"{self.name}${self.number[path]}", together, self._columns(together))
        return self._tables[path]

    def table_of(self, field: Field) -> Table:
        """Return the table in which a field has its column."""
        together = self.kind.together(field.path)
        if together is not None:
            return self.table(together)
        return self.record if field.path in self.record.columns else self.wide

    def column_of(self, field: Field) -> Column:
        """Return the column of a field."""
        return self.table_of(field).columns[field.path]

    def count(self, together: Field) -> str:
        """Return the column of the records that holds how many entries a list has, NULL where it is not stated."""
        return f"n{self.number[together.path]}"

    @cached_property
    def worded(self) -> list[tuple[int, Field]]:
        """The fields that hold words of a vocabulary, each with its number."""
        return [(self.number[one.path], one) for one in self.kind.worded]

    @cached_property
    def vocabulary(self) -> dict[int, str]:
        """The vocabulary of each field that holds words, by the field's number."""
        return {number: field.search.words for number, field in self.worded}

    @cached_property
    def titles(self) -> tuple[Field, ...]:
        """The fields whose first value heads a record."""
        return self.kind.named(self.kind.title)

    @cached_property
    def positions(self) -> list[Path]:
        """The paths of the positions from which a distance is measured."""
        return [one.path for one in self.fields if one.search and one.search.meaning == "place"]

    @cached_property
    def places(self) -> list[tuple[Table, Column]]:
        """The columns that hold positions."""
        return [
            (table, table.columns[one.path])
            for one in self.fields
            if one.search and one.search.meaning == "place"
            for table in [self.table_of(one)]
        ]

    def _columns(self, together: Field | None) -> dict[Path, Column]:
        depth = len(together.path) + 1 if together else 0
        return {
            one.path: Column.of(f"c{self.number[one.path]}", one.path[depth:], _beside(one, depth))
            for one in self._held.get(together.path if together else None, ())
        }

    @cached_property
    def _held(self) -> Mapping[Path | None, list[Field]]:
        """The fields that have a column, by the list in whose table it is; None is the table of the records."""
        found: dict[Path | None, list[Field]] = {}
        for one in self.fields:
            for path in self._holders(one):
                found.setdefault(path, []).append(one)
        return found

    def _holders(self, one: Field) -> set[Path | None]:
        """Return the lists in whose tables a field has a column: where it is searched, and where it ties an entry."""
        is_needed = one.search is not None or one.path in self._standing_in or one.path in self._axes
        together = self.kind.together(one.path) if is_needed else None
        needing = {together.path if together else None} if is_needed else set()
        is_of_entry = one.path[-2:-1] == ("*",) and self.kind.at(one.path[:-2]).together is not None
        return needing | ({one.path[:-2]} if is_of_entry and self._ties(one) else set())

    @cached_property
    def _axes(self) -> set[Path]:
        """The paths of the latitudes and longitudes of positions."""
        return {(*path, axis) for path in self.positions for axis in AXES}

    @cached_property
    def _standing_in(self) -> set[Path]:
        """The paths of what stands in for fields that are not stated."""
        asked = [(one, *one.search.otherwise) for one in self.fields if one.search and one.search.otherwise]
        lists = [(self.kind.at((*one.path[:-1], through)).refers, key) for one, through, key in asked]
        return {(*refers.split("."), "*", key) for refers, key in lists}

    def _ties(self, one: Field) -> bool:
        """Whether a property of an entry ties it to something else."""
        return one.path[-1] == "id" or one.serves is not None or one.refers is not None or self._is_since(one)

    def _is_since(self, one: Field) -> bool:
        beside = self.kind.at(one.path[:-1]).properties.values()
        return any(other.search and other.search.since == one.path[-1] for other in beside)


def _beside(one: Field, depth: int) -> tuple[Path, ...]:
    holder = one.path[depth:-1]
    return tuple((*holder, *way.split("/")) for way in one.search.named) if one.search else ()
