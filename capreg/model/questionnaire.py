"""The questionnaire of a kind: what its schema asks, group by group, each answer with a place to be written in."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import orjson

from capreg.model.kinds import Field, Kind
from capreg.model.value import Value

FORMS = ("short", "full")
# A list of at most so many lengths, always as many, is asked for one by one.
FEW = 6
SCALARS = ("string", "number", "integer", "boolean")
Path = tuple[str | int, ...]
Schema = Mapping[str, Any]


class Blank(Value):
    """One place to write an answer in: a value, a list of plain values, one end of a range, or one of several lengths.

    `path` leads there from the record, or from the entry of the list that the part asks for; `step` is the last one where a
    question has several places. `words` names the vocabulary, `schema` says what may stand there.
    """

    path: Path
    field: Field
    schema: Schema
    step: str | int | None = None
    words: str | None = None

    @property
    def scalar(self) -> Schema:
        """The schema of one value: that of an entry, where the answer is a list."""
        return self.schema["items"] if self.is_list else self.schema

    @property
    def is_list(self) -> bool:
        """Whether several values may be written."""
        return _type(self.schema) == "array" and _is_scalar(self.schema.get("items"))

    @property
    def sort(self) -> str:
        """What one value is: `string`, `number`, `integer`, `boolean`, `date`, or `json` for what has no plainer form."""
        if not _is_scalar(self.scalar):
            return "json"
        return "date" if self.scalar.get("format") == "date" else _type(self.scalar) or "string"

    @property
    def may_be_null(self) -> bool:
        """Whether it can be said that there is none."""
        return self.step is None and self.field.may_be_null


class Part(Value):
    """What one sheet asks: the single answers of a group, or the entries of one list.

    `path` is that of the list, "*" for the entries of lists around it; () for single answers.
    """

    group: str
    path: tuple[str, ...]
    blanks: tuple[Blank, ...]

    @property
    def is_list(self) -> bool:
        """Whether it asks for the entries of a list."""
        return bool(self.path)

    @property
    def around(self) -> tuple[str, ...]:
        """The path of the list whose entries hold this one, () for none."""
        stars = [at for at, step in enumerate(self.path) if step == "*"]
        return self.path[: stars[-1]] if stars else ()


def parts(kind: Kind, schema: Schema, form: str = "full") -> list[Part]:
    """Return what the questionnaire of a kind asks, the groups in the order of the schema.

    Args:
        schema: the kind's schema, without references.
        form: `short` for what is enough to be found, `full` for the rest too.
    """
    asked: dict[tuple[str, tuple[str, ...]], list[Blank]] = {}
    for field, at in _asked(kind.root, schema, form):
        steps = [place for place, step in enumerate(field.path) if step == "*"]
        to = steps[-1] if steps else None
        path, rest = ((), field.path) if to is None else (field.path[:to], field.path[to + 1 :])
        asked.setdefault((field.ask["group"], path), []).extend(_blanks(kind, field, at, rest))
    groups = list(dict.fromkeys(group for group, _ in asked))
    order = sorted(asked, key=lambda one: (groups.index(one[0]), bool(one[1])))
    return [Part(*one, tuple(asked[one])) for one in order]


def _asked(at: Field, schema: Schema, form: str, needed: bool = False) -> Iterator[tuple[Field, Schema]]:
    """Yield each field that is asked for, with its schema; an entry of the short form also asks what it cannot be without."""
    if at.ask:
        if form == "full" or at.ask["form"] == form or needed and not at.is_entry_id:
            yield at, schema
        return
    asks_short = any(one.ask and one.ask["form"] == "short" for one in at.walk())
    for key, below in at.properties.items():
        is_needed = at.path[-1:] == ("*",) and asks_short and key in schema.get("required", ())
        yield from _asked(below, schema["properties"][key], form, is_needed)
    if at.items:
        yield from _asked(at.items, schema["items"], form)


def _blanks(kind: Kind, field: Field, schema: Schema, path: tuple[str, ...]) -> Iterator[Blank]:
    """Yield the places in which a question is answered."""
    words = kind.vocabulary_of(field)
    below = schema.get("properties", {})
    size, entry = schema.get("maxItems", FEW + 1), schema.get("items")
    if _type(schema) == "object" and below and all(map(_is_scalar, below.values())):
        yield from (Blank((*path, key), field, one, key) for key, one in below.items())
    elif _type(schema) == "array" and schema.get("minItems") == size <= FEW and _is_scalar(entry):
        yield from (Blank((*path, at), field, entry, at) for at in range(size))
    else:
        yield Blank(path, field, schema, words=words)


def _is_scalar(schema: Any) -> bool:
    """Whether a schema describes one plain value of one type."""
    if not isinstance(schema, Mapping):
        return False
    texts = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if "type" not in schema and texts:
        return all(isinstance(one, str) for one in texts)
    types = schema.get("type")
    several = [one for one in types if one != "null"] if isinstance(types, list) else [types]
    return len(several) == 1 and several[0] in SCALARS


def _type(schema: Schema) -> str | None:
    types = schema.get("type")
    return next((one for one in types if one != "null"), None) if isinstance(types, list) else types


class Entry(Value):
    """An entry of a list in a record: its place, by positions, and itself."""

    place: Path
    value: Mapping[str, Any]


def entries(document: Any, path: tuple[str, ...], place: Path = ()) -> Iterator[Entry]:
    """Yield the entries of a list, of those of lists within lists each."""
    if not path:
        found = document if isinstance(document, list) else []
        yield from (Entry((*place, at), one) for at, one in enumerate(found))
    elif path[0] == "*":
        for at, one in enumerate(document if isinstance(document, list) else []):
            yield from entries(one, path[1:], (*place, at))
    elif isinstance(document, Mapping) and path[0] in document:
        yield from entries(document[path[0]], path[1:], (*place, path[0]))


ABSENT = object()


def stated(document: Any, path: Path) -> Any:
    """Return what stands at a path, ABSENT where nothing does."""
    for step in path:
        if (
            isinstance(document, Mapping)
            and step in document
            or isinstance(document, list)
            and isinstance(step, int)
            and step < len(document)
        ):
            document = document[step]
        else:
            return ABSENT
    return document


def shown_digest(asked: list[Part], document: Mapping[str, Any]) -> str:
    """Return a digest of what a questionnaire shows of a record: another one, once any of that has changed."""
    found = []
    for part in asked:
        holders = entries(document, part.path) if part.is_list else [Entry((), document)]
        for place, holder in holders:
            answers = [(blank.path, stated(holder, blank.path)) for blank in part.blanks]
            found.append((place, [one for one in answers if one[1] is not ABSENT]))
    return sha256(orjson.dumps(found, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
