"""The query language: words as typed -> a tree of terms with their positions.

or     = and {"OR" and} ;   and = not {["AND"] not} ;   not = ["^" | "NOT"] atom
atom   = "(" or ")" | name ":" values | phrase | word ["*"]
values = value {"," value} ;   name = [a-z][a-z_]*

What stands in quotes is text as it is; without them, a word or a value that is a regular expression is refused.
"""

import re
from collections.abc import Sequence
from unicodedata import category, east_asian_width

from capreg.errors import UsageError
from capreg.model.value import Value
from capreg.query.regular import is_regular

LONGEST = 10_000
DEEPEST = 50
MOST = 250
UNREADABLE = "Type this place anew: it holds a sign that does not show."
NOT_REGULAR = "A * takes any ending (fresat*), OR joins alternatives; put plain text with such signs in quotes."

# Compiled on use: few arguments hold a blank.
NAME = r"[A-Za-z][A-Za-z_]*:"
ARGUMENT = rf"(?s)\s*(\^?)\s*({NAME})?(.*)"
OPERATORS = ("AND", "OR", "NOT")
BLANKS = re.compile(r"\s*")
TOKEN = re.compile(
    r"""(?P<bracket>[()])
      | (?P<caret>\^)
      | (?P<name>[A-Za-z][A-Za-z_]*):
      | (?P<phrase>"[^"]*")
      | (?P<word>[^\s()"^][^\s()"]*)""",
    re.VERBOSE,
)
VALUE = re.compile(r'"(?P<quoted>[^"]*)"|(?P<bare>[^\s()",^][^\s()",]*)')
STARRED = r"[^*]*[^*\s](?:\*|\s*)"


class QuerySyntaxError(UsageError):
    """A query that cannot be read; shows the position of the fault under the query."""

    def __init__(self, fault: str, text: str, position: int, way_out: str = "See: capreg help query") -> None:
        super().__init__(pointed(fault, text, position), way_out)


def pointed(fault: str, text: str, position: int) -> str:
    """Return a sentence with the query under it and a mark under the position of the fault."""
    before, after = _shown(text[max(0, position - 60) : position]), _shown(text[position : position + 40])
    return f"query: {fault}\n  {before}{after}\n  {' ' * sum(map(_columns, before))}^"


def _shown(text: str) -> str:
    """Return a text on one line, with a ? for each character that cannot be read."""
    return "".join(" " if one.isspace() else "?" if _unreadable(one) else one for one in text)


def _unreadable(character: str) -> bool:
    """Whether a character is a control, a mark of direction or width, or half of a pair; a joiner is part of its word."""
    return category(character) in ("Cc", "Cf", "Cs") and character not in "\t\n\r\u200c\u200d"


def _columns(character: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


class Term(Value):
    """`name:values`, any of the values."""

    name: str
    values: tuple[str, ...]
    text: str
    position: int


class Words(Value):
    """A word, a phrase or a prefix (`*`) looked for in any text."""

    words: str
    text: str
    position: int


class Not(Value):
    """The opposite of one item."""

    item: "Node"
    position: int


class And(Value):
    """All of the items, in the order typed."""

    items: tuple["Node", ...]


class Or(Value):
    """Any of the items."""

    items: tuple["Node", ...]
    position: int


Node = Term | Words | Not | And | Or


class Token(Value):
    """One token of a query: its sort, its text, where it begins."""

    sort: str
    text: str
    position: int


def join(arguments: Sequence[str]) -> str:
    """Return the arguments of a command line as one query text, with the quotes that the shell took put back."""
    return " ".join(_restored(argument) for argument in arguments)


def _restored(argument: str) -> str:
    """Put quotes back around the one value, or the phrase, that an argument with a blank in it is."""
    if len(argument.split()) < 2:
        return argument
    negation, name, rest = re.fullmatch(ARGUMENT, argument).groups()
    pieces = rest.split()
    if re.search(r'[()"]|[\s^]\^', argument.strip()) or any(map(_speaks, pieces)):
        return argument
    if not name:
        return f'{negation}"{" ".join(pieces)}"'
    values = (" ".join(value.split()) for value in rest.split(","))
    return negation + name + ",".join(value if value[:1] in ("", "^") else quoted(value) for value in values)


def _speaks(piece: str) -> bool:
    """Whether a piece of an argument means something of its own, so that the argument is a query."""
    return piece in OPERATORS or re.match(NAME, piece) is not None or is_regular(piece)


def quoted(value: str) -> str:
    """Return a value as a query writes it: in quotes where it would not be read as one value without them."""
    match = VALUE.fullmatch(value)
    return value if match and match["bare"] and not is_regular(value) else f'"{value}"'


def parse(text: str) -> And:
    """Return the tree of a query's text; an empty query is an empty `And`, which everything meets.

    Raises:
        QuerySyntaxError: the text breaks the grammar, is too long, asks too much, nests too deep, or holds a regular
            expression or a character that cannot be read.
    """
    if len(text) > LONGEST:
        raise QuerySyntaxError(f"longer than {LONGEST} characters", text, LONGEST)
    for position, character in enumerate(text):
        if _unreadable(character):
            raise QuerySyntaxError(f"U+{ord(character):04X} cannot be read", text, position, UNREADABLE)
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
        self.asked = 0
        self.advance()

    def advance(self) -> Token:
        """Step over the current token and return it."""
        passed = getattr(self, "token", None)
        start = BLANKS.match(self.text, self.end).end()
        match = TOKEN.match(self.text, start)
        if match is None and start < len(self.text):
            raise QuerySyntaxError("a quote opens that never closes", self.text, start)
        self.end = match.end() if match else start
        self.token = self._sorted(match, start) if match else Token("end", "", start)
        return passed

    @staticmethod
    def _sorted(match: re.Match, start: int) -> Token:
        text = match[match.lastgroup]
        if match.lastgroup == "word" and text in OPERATORS:
            return Token(text, text, start)
        return Token(text if match.lastgroup == "bracket" else match.lastgroup, text, start)

    def fault(self, sentence: str) -> QuerySyntaxError:
        """Return an error that points at the current token."""
        return QuerySyntaxError(sentence, self.text, self.token.position)

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
        self.asked += 1
        if self.asked > MOST:
            raise self.fault(f"asks for more than {MOST} words and terms")
        if self.token.sort == "name":
            return self.term()
        if self.token.sort in ("phrase", "word"):
            return self.words()
        closes = self.token.sort == ")"
        raise self.fault("a bracket closes too early" if closes else "something to look for is missing here")

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
        values = [self.value(self.end)]
        while self.text.startswith(",", values[-1].end()):
            values.append(self.value(values[-1].end() + 1))
        start, self.end = self.token.position, values[-1].end()
        self.keep_apart()
        written = self.text[start : self.end]
        return Term(self.advance().text.lower(), tuple(one[one.lastgroup] for one in values), written, start)

    def value(self, at: int) -> re.Match:
        """A value in quotes or without"""
        match = VALUE.match(self.text, at)
        if match:
            self.refuse_regular(match["bare"] or "", at)
            return match
        if self.text.startswith('"', at):
            raise QuerySyntaxError("a quote opens that never closes", self.text, at)
        if self.text.startswith("^", at):
            raise QuerySyntaxError("a ^ stands before the name of a field, not before a value", self.text, at)
        raise QuerySyntaxError(f"{self.token.text}: wants a value", self.text, at)

    def words(self) -> Words:
        """phrase | word ["*"]"""
        words = self.token.text.strip('"')
        if self.token.sort == "word":
            position = self.token.position
            before = self.text[position - 1 : position]
            self.refuse_regular(before + words if before in "^(" else words, position)
        if not words.strip():
            raise self.fault("nothing stands between these quotes")
        if not re.fullmatch(STARRED, words):
            raise self.fault("a * may only end a word")
        self.keep_apart()
        token = self.advance()
        return Words(words, token.text, token.position)

    def refuse_regular(self, words: str, position: int) -> None:
        """Raise where a word without quotes is a regular expression."""
        if is_regular(words):
            raise QuerySyntaxError("regular expressions are not taken", self.text, position, NOT_REGULAR)

    def keep_apart(self) -> None:
        """Raise where a quote stands against what was read last: nobody can say whether that is one thing or two."""
        after = self.text[self.end : self.end + 1]
        if after == '"' and '"' not in self.text[self.end + 1 :]:
            raise QuerySyntaxError("a quote opens that never closes", self.text, self.end)
        if after and not re.match(r"[\s()]", after):
            raise QuerySyntaxError("a blank is missing beside a quote", self.text, self.end)
