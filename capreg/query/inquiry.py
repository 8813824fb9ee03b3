"""An inquiry: a client's requirements, kept as a file or typed as a query; both are the same thing inside.

A document of an inquiry has the form of `inquiry.schema.json`. Written as a query, what holds for the record comes first,
then what has no form but a query, then the parts, each opened by its head.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from importlib import import_module
from typing import Any

from capreg.errors import CapregError, UsageError, nearest
from capreg.model.kinds import Field, Kind
from capreg.model.quantity import shown
from capreg.model.value import Value
from capreg.query.asking import Asking
from capreg.query.grouping import read_question, read_term
from capreg.query.language import And, Node, Or, Term, parse
from capreg.query.lists import flat, host, is_head, opens, terms
from capreg.query.printing import printed

# Loaded on use: what is typed needs it only where it is saved.
SECTIONS = "capreg.query.sections"
NUMBERS = ("number", "at-most", "at-least", "contains", "envelope")
ABOUT_AN_INQUIRY = frozenset(("kind", "client", "title", "needed_on", "parts", "query", "preferences"))
# What a part holds beside its terms: a name for people, and a query of its own.
ABOUT_A_PART = ("name", "query")


class Inquiry(Value):
    """What is asked: what must be met and what is preferred, each as a query, the day needed, and the document of all."""

    query: str
    preferences: str
    needed_on: date | None
    document: Mapping[str, Any]

    @property
    def client(self) -> str | None:
        """The office's id of the client, None where it names none."""
        return self.document.get("client")

    @classmethod
    def typed(cls, query: str) -> "Inquiry":
        """Return the inquiry of a query alone."""
        return cls(query, "", None, {"query": query})

    @classmethod
    def read(cls, document: Mapping[str, Any], kind: Kind) -> "Inquiry":
        """Return the inquiry of a document that fits the schema.

        Raises:
            CapregError: a name in it is no field, or a part has no head; `faults` tells all with their places.
        """
        needed_on = date.fromisoformat(document["needed_on"]) if "needed_on" in document else None
        required = [*_section(document, kind.id, kind), *_own_query(document), *_parts(document, kind)]
        liked = _section(document, "preferences", kind)
        return cls(" ".join(required), " ".join(liked), needed_on, document)

    def with_query(self, typed: str, kind: Kind) -> "Inquiry":
        """Return the inquiry with a query typed beside it: both must be met, and what it says of a list holds for each part.

        Raises:
            QuerySyntaxError: the query cannot be read.
        """
        if not typed.strip():
            return self
        both = _merged(typed, self.document.get("query", ""), kind)
        return Inquiry.read({**self.document, "query": both}, kind)

    def saved(self, kind: Kind) -> dict[str, Any]:
        """Return the document under which it is kept: a query alone in the form of an inquiry, else as it was read.

        Raises:
            UsageError: nothing is asked.
        """
        document = (
            import_module(SECTIONS).document_of(self.query, kind)
            if set(self.document) == {"query"}
            else dict(self.document)
        )
        if not document:
            raise UsageError("nothing is asked that could be saved", "Type a query.")
        return {"kind": kind.id, **document}


def _merged(one: str, other: str, kind: Kind) -> str:
    """Return two queries as one; what either says before it opens an entry holds for the entries of both."""
    sides = [_divided_at_head(list(flat(parse(query))), kind) for query in (one, other)]
    return printed(And(tuple(node for part in (0, 1) for side in sides for node in side[part])))


def _divided_at_head(nodes: list[Node], kind: Kind) -> tuple[list[Node], list[Node]]:
    at = next((at for at, node in enumerate(nodes) if opens(kind, node)), len(nodes))
    return nodes[:at], nodes[at:]


def _section(document: Mapping[str, Any], section: str, kind: Kind) -> list[str]:
    return [term_text(name, value, kind) for name, value in document.get(section, {}).items()]


def _own_query(holder: Mapping[str, Any]) -> list[str]:
    return _bracketed(holder.get("query", ""))


def _bracketed(query: str) -> list[str]:
    """Return a query so that it can stand beside others: an OR in brackets."""
    tree = parse(query)
    alone = len(tree.items) == 1 and isinstance(tree.items[0], Or)
    return [f"({printed(tree)})" if alone else query] if query.strip() else []


def _parts(document: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    for part in document.get("parts", ()):
        yield from _part_text(part, kind)


def _part_text(part: Mapping[str, Any], kind: Kind) -> list[str]:
    """Return the terms of a part, its head first, and its own query."""
    names = sorted((name for name in part if name not in ABOUT_A_PART), key=lambda name: not is_head(kind, name))
    return [*(term_text(name, part[name], kind) for name in names), *_own_query(part)]


def term_text(name: str, value: Any, kind: Kind) -> str:
    """Return a term of an inquiry as a query writes it.

    Raises:
        UnknownFieldError: no field is searched by the name.
    """
    field = kind.searched(name)[0]
    listed = value if isinstance(value, list) else [value]
    texts = [text for one in listed for text in _texts(one, field)]
    return printed(Term(name, tuple(texts), "", 0))


def _texts(value: Any, field: Field) -> list[str]:
    if isinstance(value, Mapping):
        beside = [one for key, one in value.items() if key not in ("place", "within")]
        return [*_divided(value["place"]), *beside, value["within"].replace(" ", "")]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, (int, float)):
        return [shown(value)]
    if field.search.meaning == "place":
        return _divided(value)
    return ["".join(value.split())] if field.search.meaning in NUMBERS else [value.strip()]


def _divided(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def faults(document: Mapping[str, Any], asking: Asking, alone: bool = True) -> Iterator[tuple[tuple, str]]:
    """Yield where in the document of an inquiry something is wrong, and what: an unknown name, a value, a part's head.

    Args:
        alone: whether the document is all that is asked; a query typed beside it may say what it lacks.
    """
    for key in sorted(document.keys() - ABOUT_AN_INQUIRY - {asking.kind.id}):
        yield (key,), f"unknown field {key!r}. {nearest(key, {*ABOUT_AN_INQUIRY, asking.kind.id})}".rstrip()
    for section in (asking.kind.id, "preferences"):
        for name, value in document.get(section, {}).items():
            yield from _term_faults((section, name), name, value, asking)
    for at, part in enumerate(document.get("parts", ())):
        place = ("parts", at)
        found = [*_part_faults(place, part, asking), *_heads_faults(place, part, asking.kind)]
        yield from found or (_whole_faults(place, document, part, asking) if alone else ())
    yield from _whole_faults(("preferences",), {}, document.get("preferences", {}), asking)
    yield from _query_faults(("query",), document, asking)


def _whole_faults(
    place: tuple, document: Mapping[str, Any], part: Mapping[str, Any], asking: Asking
) -> Iterator[tuple[tuple, str]]:
    """Yield what is wrong with terms only together: a tolerance grade without the size that it needs."""
    own = {name: value for name, value in part.items() if name not in ABOUT_A_PART}
    try:
        lead = _section(document, asking.kind.id, asking.kind)
        read_question(" ".join([*lead, *_part_text(part, asking.kind)]), asking)
    except CapregError as error:
        asked = getattr(error, "item", None)
        name = asked.text.partition(":")[0] if asked else None
        if name in own:
            yield (*place, name), told(error)


def _part_faults(place: tuple, part: Mapping[str, Any], asking: Asking) -> Iterator[tuple[tuple, str]]:
    for name, value in part.items():
        if name not in ABOUT_A_PART:
            yield from _term_faults((*place, name), name, value, asking)
    found = list(_query_faults((*place, "query"), part, asking))
    yield from found
    for term in () if found else terms(parse(part.get("query", ""))):
        if is_head(asking.kind, term.name):
            yield (*place, "query"), f"{term.text} opens a further entry; write it as a part of its own"


def _query_faults(place: tuple, holder: Mapping[str, Any], asking: Asking) -> Iterator[tuple[tuple, str]]:
    try:
        for term in terms(parse(holder.get("query", ""))):
            read_term(term, asking)
    except CapregError as error:
        yield place, told(error)


def _term_faults(place: tuple, name: str, value: Any, asking: Asking) -> Iterator[tuple[tuple, str]]:
    try:
        for term in parse(term_text(name, value, asking.kind)).items:
            read_term(term, asking)
    except CapregError as error:
        yield place, told(error)


def told(error: CapregError) -> str:
    """Return the fault of an error and its way out on one line, without the query under it."""
    fault = error.sentence.split("\n")[0].removeprefix("query: ")
    return ". ".join(filter(None, (fault, error.way_out)))


def _heads_faults(place: tuple, part: Mapping[str, Any], kind: Kind) -> Iterator[tuple[tuple, str]]:
    """A part is one entry of one list: it has the list's head once, and nothing that is not of the list."""
    names = [name for name in part if name not in ABOUT_A_PART and name in kind.by_query_name]
    heads = [name for name in names if is_head(kind, name)]
    if len(heads) != 1:
        all_heads = sorted(name for name in kind.by_query_name if is_head(kind, name))
        yield place, f"a part needs exactly one of: {', '.join(all_heads)}"
        return
    for name in names:
        if host(kind, name) != host(kind, heads[0]):
            yield (*place, name), f"'{name}' says nothing of an entry that {heads[0]} opens; write it under {kind.id}"
