"""A tree of the query language -> the text that is read as the same tree."""

import re

from capreg.query.language import NAME, OPERATORS, TOKEN, And, Node, Not, Or, Term, Words, quoted
from capreg.query.regular import is_regular


def printed(node: Node) -> str:
    """Return a node that `parse` made as a text that it reads alike, with no more quotes and brackets than it needs.

    No word or value of such a node holds a double quote, so that each can stand between two.
    """
    match node:
        case And((Or() as only,)):
            return _inside(only)
        case _:
            return _inside(node)


def _inside(node: Node) -> str:
    """Return what stands between a node's brackets."""
    match node:
        case And(items):
            return " ".join(map(_item, items))
        case Or(items):
            return " OR ".join(map(_inside, items))
        case _:
            return _item(node)


def _item(node: Node) -> str:
    match node:
        case Term(name, values):
            return f"{name}:{','.join(map(quoted, values))}"
        case Words(words):
            return words if _is_word(words) else f'"{words}"'
        case Not(item):
            return f"^{_item(item)}"
        case _:
            return f"({_inside(node)})"


def _is_word(text: str) -> bool:
    """Whether a text is read as one word wherever it stands without quotes."""
    match = TOKEN.fullmatch(text)
    if match is None or match.lastgroup != "word" or text in OPERATORS or re.match(NAME, text):
        return False
    return not any(is_regular(sign + text) for sign in "^(")
