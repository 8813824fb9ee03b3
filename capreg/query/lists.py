"""Which list of a kind a part of a query speaks of, and whether it opens an entry of it."""

from collections.abc import Iterator

from capreg.model.kinds import Field, Kind
from capreg.query.language import And, Node, Not, Or, Term


def terms(node: Node) -> Iterator[Term]:
    """Yield the terms of a node, in the order typed."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from terms(node.item)
    elif isinstance(node, (And, Or)):
        for one in node.items:
            yield from terms(one)


def flat(node: And) -> Iterator[Node]:
    """Yield the items of a conjunction; a bracket of ANDs alone changes nothing."""
    for one in node.items:
        if isinstance(one, And):
            yield from flat(one)
        else:
            yield one


def host(kind: Kind, name: str) -> Field | None:
    """Return the list whose entry meets a term of this query name; a list that serves another's head stands with that one.

    Raises:
        UnknownFieldError: no field is searched by the name.
    """
    together = _list_of(kind, name)
    served = _served(together)
    return _list_of(kind, served) if served else together


def serves(kind: Kind, name: str) -> bool:
    """Whether the list of a query name serves another's head; raises UnknownFieldError."""
    return bool(_served(_list_of(kind, name)))


def is_head(kind: Kind, name: str) -> bool:
    """Whether a query name opens an entry of its list; raises UnknownFieldError."""
    at = host(kind, name)
    return at is not None and at.together == name


def opens(kind: Kind, node: Node) -> bool:
    """Whether any term of a node opens an entry; raises UnknownFieldError."""
    return any(is_head(kind, term.name) for term in terms(node))


def _list_of(kind: Kind, name: str) -> Field | None:
    return kind.together(kind.searched(name)[0].path)


def _served(together: Field | None) -> str:
    """Return the head that a list serves, or ""."""
    return next((one.serves for one in together.walk() if one.serves), "") if together else ""
