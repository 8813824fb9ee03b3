"""The query language: words as typed -> a tree of terms with their positions.

or     = and {"OR" and} ;   and = not {["AND"] not} ;   not = ["^" | "NOT"] atom
atom   = "(" or ")" | name ":" values | phrase | word ["*"]
values = value {"," value} ;   name = [a-z][a-z_]*
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from capreg.errors import UsageError
from capreg.model.text import CONTROLS

LONGEST = 10_000
DEEPEST = 50

NAME = re.compile(r"[A-Za-z][A-Za-z_]*:")
OPERATORS = ("AND", "OR", "NOT")
TOKEN = re.compile(
    r"""(?P<blank>\s+)
      | (?P<bracket>[()])
      | (?P<caret>\^)
      | (?P<name>[A-Za-z][A-Za-z_]*):
      | (?P<phrase>"[^"]*")
      | (?P<word>[^\s()"^][^\s()"]*)""",
    re.VERBOSE,
)
VALUE = re.compile(r'(?P<quoted>"[^"]*")|(?P<bare>[^\s()",]+)')


class QuerySyntaxError(UsageError):
    """A query that cannot be read; shows the position of the fault under the query."""

    def __init__(self, fault: str, text: str, position: int, way_out: str = "See: capreg help query") -> None:
        super().__init__(pointed(fault, text, position), way_out)


def pointed(fault: str, text: str, position: int) -> str:
    """Return a sentence with the query under it and a mark under the position of the fault."""
    start = max(0, position - 60)
    shown = "".join(" " if character.isspace() else character for character in text[start : position + 40])
    return f"query: {fault}\n  {shown}\n  {' ' * (position - start)}^"


@dataclass(frozen=True)
class Term:
    """`name:values`, any of the values."""

    name: str
    values: tuple[str, ...]
    text: str
    position: int


@dataclass(frozen=True)
class Words:
    """A word, a phrase or a prefix (`*`) looked for in any text."""

    words: str
    text: str
    position: int


@dataclass(frozen=True)
class Not:
    """The opposite of one item."""

    item: "Node"
    position: int


@dataclass(frozen=True)
class And:
    """All of the items, in the order typed."""

    items: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Any of the items."""

    items: tuple["Node", ...]
    position: int


Node = Term | Words | Not | And | Or


@dataclass(frozen=True)
class Token:
    """One token of a query: its sort, its text, where it begins."""

    sort: str
    text: str
    position: int


def join(arguments: Sequence[str]) -> str:
    """Return the arguments of a command line as one query text, with the quotes that the shell took put back."""
    return " ".join(_restored(argument) for argument in arguments)


def _restored(argument: str) -> str:
    """Put quotes back around the one value, or the phrase, that an argument with a blank in it is."""
    if not re.search(r"\s", argument.strip()) or re.search(r'[()"]|(?<!^)\^', argument):
        return argument
    negation = "^" if argument.startswith("^") else ""
    argument = argument.removeprefix("^")
    name = NAME.match(argument)
    rest = argument[name.end() :] if name else argument
    pieces = rest.split()
    if any(piece in OPERATORS or NAME.match(piece) for piece in pieces):
        return negation + argument
    if not name:
        return f'{negation}"{argument}"'
    return negation + name[0] + ",".join(quoted(value) for value in rest.split(","))


def quoted(value: str) -> str:
    """Return a value as a query writes it: in quotes where it holds a blank, a comma or a bracket."""
    return f'"{value}"' if re.search(r"[\s,()]", value) else value


def parse(text: str) -> And:
    """Return the tree of a query's text; an empty query is an empty `And`, which everything meets.

    Raises:
        QuerySyntaxError: the text breaks the grammar, is too long, nests too deep or holds a control character.
    """
    if len(text) > LONGEST:
        raise QuerySyntaxError(f"longer than {LONGEST} characters", text, LONGEST)
    if control := CONTROLS.search(text):
        raise QuerySyntaxError("a control character, which no record holds", text, control.start())
    reader = _Reader(text)
    tree = reader.alternatives(0) if reader.token.sort != "end" else And(())
    if reader.token.sort != "end":
        raise reader.fault("a bracket closes that was never opened")
    return tree if isinstance(tree, And) else And((tree,))


class _Reader:
    """A recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.advance()

    def advance(self) -> Token:
        """Step over the current token and return it."""
        passed = getattr(self, "token", None)
        match = TOKEN.match(self.text, self.end)
        while match and match.lastgroup == "blank":
            match = TOKEN.match(self.text, match.end())
        start = match.start() if match else len(self.text)
        if match is None and self.text[self.end :].strip():
            at = self.end + len(self.text[self.end :]) - len(self.text[self.end :].lstrip())
            raise QuerySyntaxError("a quote opens that never closes", self.text, at)
        self.end = match.end() if match else len(self.text)
        self.token = self._sorted(match, start) if match else Token("end", "", start)
        return passed

    @staticmethod
    def _sorted(match: re.Match, start: int) -> Token:
        text = match[match.lastgroup]
        if match.lastgroup == "word" and text in OPERATORS:
            return Token(text, text, start)
        return Token(text if match.lastgroup == "bracket" else match.lastgroup, text, start)

    def fault(self, sentence: str, way_out: str = "See: capreg help query") -> QuerySyntaxError:
        """Return an error that points at the current token."""
        return QuerySyntaxError(sentence, self.text, self.token.position, way_out)

    def alternatives(self, depth: int) -> Node:
        """or = and {"OR" and}"""
        if depth > DEEPEST:
            raise self.fault(f"brackets nest deeper than {DEEPEST}")
        position = self.token.position
        items = [self.conjunction(depth)]
        while self.token.sort == "OR":
            self.advance()
            items.append(self.conjunction(depth))
        return items[0] if len(items) == 1 else Or(tuple(items), position)

    def conjunction(self, depth: int) -> And:
        """and = not {["AND"] not}"""
        items = [self.negation(depth)]
        while self.token.sort not in ("OR", ")", "end"):
            if self.token.sort == "AND":
                self.advance()
            items.append(self.negation(depth))
        return And(tuple(items))

    def negation(self, depth: int) -> Node:
        """not = ["^" | "NOT"] atom"""
        if self.token.sort not in ("caret", "NOT"):
            return self.atom(depth)
        position = self.advance().position
        return Not(self.atom(depth), position)

    def atom(self, depth: int) -> Node:
        """atom = "(" or ")" | name ":" values | phrase | word ["*"]"""
        if self.token.sort == "(":
            return self.bracket(depth)
        if self.token.sort == "name":
            return self.term()
        if self.token.sort in ("phrase", "word"):
            return self.words()
        raise self.fault(
            "something to look for is missing here" if self.token.sort != ")" else "a bracket closes too early"
        )

    def bracket(self, depth: int) -> Node:
        """ "(" or ")" """
        opened = self.advance()
        inside = self.alternatives(depth + 1)
        if self.token.sort != ")":
            raise QuerySyntaxError("a bracket opens that never closes", self.text, opened.position)
        self.advance()
        return inside

    def term(self) -> Term:
        """name ":" values"""
        values, at = [], self.end
        while match := VALUE.match(self.text, at):
            values.append(match["bare"] if match["bare"] is not None else match["quoted"][1:-1])
            at = match.end()
            if self.text[at : at + 1] != ",":
                break
            at += 1
        if self.text[at : at + 1] == '"':
            raise QuerySyntaxError("a quote opens that never closes", self.text, at)
        if not values or self.text[at - 1] == ",":
            raise QuerySyntaxError(f"{self.token.text}: wants a value", self.text, at)
        start, self.end = self.token.position, at
        written = self.text[start:at]
        return Term(self.advance().text.lower(), tuple(values), written, start)

    def words(self) -> Words:
        """phrase | word ["*"]"""
        token = self.token
        words = token.text.strip('"')
        if "*" in words.rstrip("*") or words.endswith("**") or not words.strip("* "):
            raise self.fault("a * may only end a word")
        self.advance()
        return Words(words, token.text, token.position)
