"""Whether a kind makes sense: what the meta-schema cannot see in its annotations."""

from collections.abc import Mapping

from capreg.errors import CapregError, ExitCode, nearest
from capreg.model.kinds import Field, Kind, Tier
from capreg.model.quantity import DIMENSIONS
from capreg.model.record import STATEMENTS, pointer

# What a value must be for a way of searching it; a list of plain values is searched by each.
TYPES = {
    "number": ("number", "integer"),
    "at-most": ("number", "integer"),
    "at-least": ("number", "integer"),
    "contains": ("object",),
    "envelope": ("array",),
    "word": ("string", None),
    "text": ("string", None),
    "exact": ("string", "boolean", None),
    "date": ("string",),
    "validity": ("string",),
    "place": ("object",),
}
# What columns and results are called that are no fields.
RESERVED = ("id", "distance", "distance_km", "near_miss", "verdicts", "fit")
PARTS = {"contains": {"min", "max"}, "place": {"latitude", "longitude"}}


class KindError(CapregError):
    """A schema does not make sense as the description of a kind."""

    exit_code = ExitCode.INVALID


def check_kind(kind: Kind) -> None:
    """Raise KindError where the annotations of a kind contradict each other or name what is not there."""
    for name, fields in kind.by_query_name.items():
        _check_name(kind, name, fields)
    _check_heads(kind)
    _check_nominal(kind)
    for one in kind.root.walk():
        _check_links(kind, one)
        _check_form(kind, one)
    _check_shown(kind)
    if kind.title not in kind.root.properties:
        hint = nearest(kind.title, kind.root.properties)
        raise KindError(f"/capreg/kind/title: there is no property '{kind.title}'", hint)


def _check_name(kind: Kind, name: str, fields: tuple[Field, ...]) -> None:
    """Fields that share a query name are searched alike and stand in one list; each has a label and a fitting type."""
    first = fields[0]
    for one in fields:
        if (one.search.meaning, one.search.words) != (first.search.meaning, first.search.words):
            raise KindError(
                f"{pointer(one.path)}: '{name}' is searched as {one.search.meaning} here and as {first.search.meaning} elsewhere"
            )
        if kind.together(one.path) != kind.together(first.path):
            raise KindError(f"{pointer(one.path)}: fields named '{name}' stand in lists that are met apart")
        if not one.label:
            raise KindError(f"{pointer(one.path)}: a field that is searched needs a label")
        _check_type(one)


def _check_type(field: Field) -> None:
    meaning = field.search.meaning
    several = field.type == "array" and meaning != "envelope" and field.items
    stated = field.items.type if several else field.type
    if stated not in TYPES[meaning] or not PARTS.get(meaning, set()) <= set(field.properties):
        raise KindError(f"{pointer(field.path)}: a field of the type {stated or 'unsaid'} is not searched as {meaning}")


def _check_heads(kind: Kind) -> None:
    fields = list(kind.root.walk())
    heads = {one.together for one in fields if isinstance(one.together, str)}
    served = {one.serves for one in fields if one.serves}
    for name in sorted((heads | served | set(kind.columns)) - set(kind.by_query_name)):
        raise KindError(f"/capreg: no field is searched by the name '{name}'", nearest(name, kind.by_query_name))
    if sum(one.together is True for one in fields) > 1:
        raise KindError("/capreg: more than one list is together without a head")


def _check_nominal(kind: Kind) -> None:
    """A tolerance grade takes its size from lengths that are asked for in the same list."""
    for one in (one for one in kind.root.walk() if one.search and one.search.nominal):
        if one.search.meaning != "at-most" or not _is_length(one):
            raise KindError(f"{pointer(one.path)}: nominal is said of a length that is searched as at-most")
        for name in one.search.nominal:
            beside = kind.by_query_name.get(name, ())
            if not any(_is_length(other) and kind.together(other.path) == kind.together(one.path) for other in beside):
                raise KindError(f"{pointer(one.path)}: nominal names '{name}', which is no length of the same list")


def _is_length(field: Field) -> bool:
    return field.unit in DIMENSIONS["units of length"]


def _check_otherwise(kind: Kind, field: Field, beside: Mapping[str, Field]) -> None:
    """What stands in is a property, searched alike, of the entries that a sibling refers to."""
    through, key = field.search.otherwise
    refers = beside[through].refers if through in beside else None
    entries = kind.at(tuple(refers.split("."))).items if refers and _is_list(kind.root, refers) else None
    other = entries.properties.get(key) if entries else None
    if not (other and other.search and (other.search.meaning, other.unit) == (field.search.meaning, field.unit)):
        raise KindError(f"{pointer(field.path)}: '{through}' leads to no '{key}' that is searched alike")


def _check_links(kind: Kind, field: Field) -> None:
    """What a field names must be there: the list it refers to, the flag beside it, the first day of its validity."""
    if field.refers and not _is_list(kind.root, field.refers):
        raise KindError(f"{pointer(field.path)}: refers to '{field.refers}', which is no list")
    beside = _beside(kind.root, field)
    flags = field.properties if field.path[-1:] == ("*",) else beside
    if field.unless and field.unless not in flags:
        raise KindError(
            f"{pointer(field.path)}: there is no flag '{field.unless}' beside it", nearest(field.unless, flags)
        )
    if field.search and field.search.otherwise:
        _check_otherwise(kind, field, beside)
    if field.dated and field.dated not in beside:
        raise KindError(f"{pointer(field.path)}: there is no '{field.dated}' beside it", nearest(field.dated, beside))
    if field.search and field.search.since and field.search.since not in beside:
        raise KindError(
            f"{pointer(field.path)}: there is no '{field.search.since}' beside it", nearest(field.search.since, beside)
        )


def _check_form(kind: Kind, field: Field) -> None:
    """What an annotation makes of a field must be possible: a list is together, its entries lapse, a size has a unit."""
    if field.together is not None and not (field.items and field.items.properties):
        raise KindError(f"{pointer(field.path)}: together is said of a list of entries")
    if field.work and not isinstance(field.together, str):
        raise KindError(f"{pointer(field.path)}: work is said of a list whose entries are met together under a head")
    meaning = field.search.meaning if field.search else None
    if meaning == "validity" and kind.together(field.path) is None:
        raise KindError(f"{pointer(field.path)}: validity is said in a list whose entries are met together")
    if meaning == "envelope" and not field.unit:
        raise KindError(f"{pointer(field.path)}: an envelope needs a unit")
    if field.search and field.search.name in RESERVED:
        raise KindError(f"{pointer(field.path)}: the query name '{field.search.name}' is taken")


def _check_shown(kind: Kind) -> None:
    """What heads a record, and what a list of records shows, is not confidential."""
    shown = [one for name in kind.columns for one in kind.by_query_name[name]]
    shown += [one for key, one in kind.root.properties.items() if key == kind.title]
    for one in shown:
        if one.tier is Tier.confidential:
            raise KindError(f"{pointer(one.path)}: a title or column is not confidential")
    statements = kind.root.properties.get(STATEMENTS)
    if statements and not (statements.items and "about" in statements.items.properties):
        raise KindError(f"/{STATEMENTS}: has the form of common.schema.json#/$defs/statements, or another name")


def _is_list(root: Field, path: str) -> bool:
    at: Field | None = root
    for step in path.split("."):
        at = at.properties.get(step) if at else None
    return at is not None and at.items is not None


def _beside(root: Field, field: Field) -> Mapping[str, Field]:
    at = root
    for step in field.path[:-1]:
        at = at.items if step == "*" else at.properties[step]
    return at.properties
