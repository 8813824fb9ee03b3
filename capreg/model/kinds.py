"""A kind of record: its fields with path, label, unit, tier, how searched."""

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from functools import cached_property
from typing import Any

from capreg.errors import UsageError, nearest
from capreg.model.value import Value

NOTHING: Mapping[str, Any] = {}


class Tier(IntEnum):
    """Who may see a field, from the most open to the most closed."""

    short = 0
    detailed = 1
    confidential = 2

    @classmethod
    def searched(cls, internal: bool) -> "Tier":
        """Return the tier that a search looks through, the confidential one for the hub alone."""
        return cls.confidential if internal else cls.detailed


# Where a field is called so that the tier does not show.
CLOSED = {
    Tier.short: "It is in the detailed profile only.",
    Tier.detailed: "It is confidential: --internal shows it.",
    Tier.confidential: "",
}


class UnknownFieldError(UsageError):
    """A query, a column or a sort key names no field of the kind."""


class Search(Value):
    """How a field is searched: the word in a query, and what a value of it means.

    `nominal` are the query names from which a tolerance grade takes its size; `otherwise` is the sibling that names
    entries of another list, and the property of those that stands in where the field is not stated.
    """

    name: str
    meaning: str
    words: str | None = None
    since: str | None = None
    named: tuple[str, ...] = ()
    nominal: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()

    @classmethod
    def read(cls, note: Mapping) -> "Search":
        """Return the `search` part of an annotation."""
        rest = {key: tuple(value) if isinstance(value, list) else value for key, value in note.items() if key != "as"}
        return cls(**{"name": "", **rest, "meaning": note["as"]})


class _Field(Value):
    path: tuple[str, ...]
    tier: Tier
    label: Mapping[str, str] = NOTHING
    unit: str | None = None
    unless: str | None = None
    search: Search | None = None
    together: str | bool | None = None
    refers: str | None = None
    serves: str | None = None
    work: bool = False
    dated: str | None = None
    stale_after: str | None = None
    addressed: bool = False
    ask: Mapping[str, str] | None = None
    same: str | None = None
    heads: tuple[str, ...] = ()
    type: str | None = None
    may_be_null: bool = False
    is_mixed: bool = False
    bounds: tuple[float | None, float | None] = (None, None)
    examples: tuple = ()
    properties: Mapping[str, "Field"] = NOTHING
    items: "Field | None" = None


class Field(_Field):
    """One place in a kind's records, with the places below it.

    `path` names the keys from the record's root, `*` standing for each entry of a list. `tier` is the most
    closed of its own and its ancestors'; confidential where none of them says one. `is_mixed` says that its values may be
    of another type than `type`.
    """

    @cached_property
    def name(self) -> str:
        """What a query or a column calls it: its query name, else its path with dots."""
        return self.search.name if self.search and self.search.name else self.dotted

    @cached_property
    def dotted(self) -> str:
        """The path with dots, list marks left out: `capabilities.tolerance_mm`."""
        return ".".join(step for step in self.path if step != "*")

    @cached_property
    def tying(self) -> tuple[tuple[str, "Field"], ...]:
        """Of a list, the properties of its entries that tie these to a period, to another list's head, or to entries elsewhere."""
        below = self.items.properties.items() if self.items else ()
        return tuple((key, one) for key, one in below if one.is_period or one.serves or one.refers)

    @property
    def is_period(self) -> bool:
        """Whether it is the last day of a period in which an entry holds."""
        return self.search is not None and self.search.meaning == "validity"

    @property
    def is_leaf(self) -> bool:
        """Whether it is shown, asked and listed as one value."""
        return bool(self.search) or not (self.properties or (self.items and self.items.properties))

    @property
    def is_entry_id(self) -> bool:
        """Whether it is the id of a list's entry, by which pointers name the entry, and no data of its own."""
        return self.path[-2:] == ("*", "id") and not self.search

    @cached_property
    def openness(self) -> Tier:
        """The tier of its most open part: a container without a tier of its own is as open as that."""
        return min(one.tier for one in self.walk())

    def walk(self) -> Iterator["Field"]:
        """Yield this field and all below it, in the order of the schema."""
        return self._walk(lambda one: True)

    def leaves(self) -> Iterator["Field"]:
        """Yield the fields at and below this one that are one value each, in the order of the schema."""
        return (one for one in self._walk(lambda one: not one.is_leaf) if one.is_leaf)

    def _walk(self, goes_on: Callable[["Field"], bool]) -> Iterator["Field"]:
        """Yield this field, and where that goes on all below it."""
        waiting = [self]
        while waiting:
            yield (one := waiting.pop())
            if goes_on(one):
                waiting += [one.items] if one.items else []
                waiting += reversed(one.properties.values())


class Kind:
    """What a record describes: a schema and a folder."""

    def __init__(
        self,
        id: str,
        folder: str,
        label: Mapping[str, str],
        labels: Mapping[str, str],
        title: str,
        columns: tuple[str, ...],
        root: Field,
    ) -> None:
        self.id, self.folder, self.label, self.labels = id, folder, label, labels
        self.title, self.columns, self.root = title, columns, root

    def leaves(self, tier: Tier = Tier.confidential) -> list[Field]:
        """Return the fields that hold values and may be seen at a tier, in the order of the schema."""
        return [one for one in self._leaves if one.tier <= tier]

    @cached_property
    def _leaves(self) -> tuple[Field, ...]:
        return tuple(self.root.leaves())

    def named(self, name: str, tier: Tier = Tier.confidential) -> tuple[Field, ...]:
        """Return the fields that a query name or a dotted path means.

        Raises:
            UnknownFieldError: no field of the kind that the tier shows is called so; names the nearest.
        """
        leaves = self.leaves(tier)
        found = [one for one in leaves if one.name == name] or [one for one in leaves if one.dotted == name]
        if not found:
            closed = any(name in (one.name, one.dotted) for one in self.leaves())
            hint = CLOSED[tier] if closed else nearest(name, (one.name for one in leaves))
            raise UnknownFieldError(f"{self.labels['en']} have no field '{name[:60]}'", hint)
        return tuple(found)

    def searched(self, name: str) -> tuple[Field, ...]:
        """Return the fields with a query name.

        Raises:
            UnknownFieldError: no field of the kind is searched by that name; names the nearest.
        """
        if name not in self.by_query_name:
            raise UnknownFieldError(f"unknown field '{name[:60]}'", nearest(name, self.by_query_name))
        return self.by_query_name[name]

    def vocabulary_of(self, field: Field) -> str | None:
        """Return the name of the vocabulary whose words a field holds, its own or that of the head which it serves."""
        at = self.searched(field.serves)[0] if field.serves else field
        return at.search.words if at.search else None

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in the order of the schema."""
        return tuple(self.root.walk())

    @cached_property
    def by_query_name(self) -> Mapping[str, tuple[Field, ...]]:
        """The fields that are searched, by the word in a query."""
        found: dict[str, tuple[Field, ...]] = {}
        for one in self.fields:
            if one.search and one.search.name:
                found[one.search.name] = (*found.get(one.search.name, ()), one)
        return found

    @cached_property
    def worded(self) -> tuple[Field, ...]:
        """The fields that hold words of a vocabulary."""
        return tuple(one for one in self.fields if one.search and one.search.words)

    @cached_property
    def distance_tier(self) -> Tier:
        """The most closed tier of the positions from which distances are measured."""
        places = [one.tier for one in self.fields if one.search and one.search.meaning == "place"]
        return max(places, default=Tier.confidential)

    @cached_property
    def shared(self) -> Field | None:
        """The list whose one entry the whole of a question shares (the sites), or None."""
        return next((one for one in self.fields if one.together is True), None)

    def at(self, path: tuple[str, ...]) -> Field:
        """Return the field at a path of the schema."""
        found = self.root
        for step in path:
            found = found.items if step == "*" else found.properties[step]
        return found

    def together(self, path: tuple[str, ...]) -> Field | None:
        """Return the outermost list on a path whose entries are met together, or None."""
        at = self.root
        for step in path:
            at = at.items if step == "*" else at.properties[step]
            if at.together is not None:
                return at
        return None
