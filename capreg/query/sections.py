"""A query -> the document of an inquiry: terms under their names, what has no such form as a query."""

from dataclasses import dataclass, field
from typing import Any

from capreg.model.kinds import Field, Kind
from capreg.query.language import And, Node, Term, parse
from capreg.query.lists import flat, host, is_head, opens, terms
from capreg.query.printing import printed


def document_of(query: str, kind: Kind) -> dict[str, Any]:
    """Return the document of an inquiry that asks the same as a query.

    Raises:
        QuerySyntaxError: the query cannot be read.
        UnknownFieldError: a term names no field of the kind.
    """
    sections = _Sections(kind)
    for node in flat(parse(query)):
        sections.put(node)
    return sections.document()


@dataclass
class _Sections:
    """The parts of an inquiry's document, as the items of a conjunction are put into them."""

    kind: Kind
    whole: dict[str, Any] = field(default_factory=dict)
    rest: list[Node] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    beside: list[list[Node]] = field(default_factory=list)
    lists: list[Field] = field(default_factory=list)

    def put(self, node: Node) -> None:
        """Put one item where a query would let it hold: the open entry of its list, or the record."""
        if isinstance(node, Term) and is_head(self.kind, node.name):
            self.parts.append({node.name: self.value(node)})
            self.beside.append([])
            self.lists.append(host(self.kind, node.name))
            return
        at = None if opens(self.kind, node) else self.open_entry(node)
        _keep(node, self.value, *((self.whole, self.rest) if at is None else (self.parts[at], self.beside[at])))

    def open_entry(self, node: Node) -> int | None:
        """Return the position of the part that an item belongs to, None where none of its list is open."""
        lists = [host(self.kind, term.name) for term in terms(node)]
        opened = [at for at, one in enumerate(self.lists) if one in lists]
        return opened[-1] if opened else None

    def value(self, term: Term) -> Any:
        """Return the values of a term as a document has them."""
        if self.kind.searched(term.name)[0].search.meaning == "place" and len(term.values) > 1:
            *place, within = term.values
            return {"place": ", ".join(place), "within": within}
        return list(term.values) if len(term.values) > 1 else term.values[0]

    def document(self) -> dict[str, Any]:
        """Return the document; an entry that is alone in its list and is no work of its own stands with the record."""
        parts = [
            {**part, **({"query": _text(beside)} if beside else {})}
            for part, beside in zip(self.parts, self.beside, strict=True)
        ]
        alone = [part for at, part in enumerate(parts) if self.is_plain(at)]
        whole = {**self.whole, **{name: value for part in alone for name, value in part.items()}}
        said = {"parts": [part for part in parts if part not in alone], self.kind.id: whole, "query": _text(self.rest)}
        return {key: value for key, value in said.items() if value}

    def is_plain(self, at: int) -> bool:
        """Whether a part can stand among what holds for the record without a change of meaning."""
        own = self.lists[at]
        names = [name for part in (self.whole, *self.parts[:at]) for name in part]
        return not (own.work or self.beside[at] or self.lists.count(own) > 1 or set(self.parts[at]) & set(names))


def _keep(node: Node, value, named: dict[str, Any], others: list[Node]) -> None:
    """Keep a term under its name; what has none, or whose name is taken, with the others."""
    if isinstance(node, Term) and node.name not in named and node.name not in ("name", "query"):
        named[node.name] = value(node)
    else:
        others.append(node)


def _text(nodes: list[Node]) -> str:
    return printed(And(tuple(nodes))) if nodes else ""
