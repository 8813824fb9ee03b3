"""The grammar, three ways: our parser, the same grammar in lark, and trees that are written as text and read again.

`CAPREG_EXAMPLES=100000 python -m pytest tests/test_grammar.py` tries that many texts of each sort.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from capreg.query.language import And, Node, Not, Or, QuerySyntaxError, Term, Words, parse
from capreg.query.printing import printed

LARK = Lark((Path(__file__).parent / "grammar.lark").read_text(), parser="lalr", start="query")
EXAMPLES = int(os.environ.get("CAPREG_EXAMPLES", "600"))
many = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)


# A tree without positions, as nested tuples; three ways to come by one.


def shape(node: Node) -> tuple:
    """What our parser read."""
    match node:
        case Term(name, values):
            return ("term", name, *values)
        case Words(words):
            return ("words", words)
        case Not(item):
            return ("not", shape(item))
        case And(items):
            return ("all", *map(shape, items))
        case Or(items):
            return ("any", *map(shape, items))


def shape_in_lark(node: Tree | Token) -> tuple:
    """What lark read."""
    match node:
        case Token(type="NAME"):
            return node[:-1].lower()
        case Token(type="PHRASE" | "WORD"):
            return ("words", node.strip('"'))
        case Token():
            return node.strip('"')
        case Tree(data="value", children=[value]):
            return shape_in_lark(value)
        case Tree(data="any", children=[only]):
            return shape_in_lark(only)
        case Tree(data="query"):
            return whole(*map(shape_in_lark, node.children))
        case Tree():
            return (str(node.data), *map(shape_in_lark, node.children))


def whole(tree: tuple = ("all",)) -> tuple:
    """A query is always one conjunction; alternatives are its only item."""
    return tree if tree[0] == "all" else ("all", tree)


@dataclass(frozen=True)
class Spelled:
    """A text, and the tree it means."""

    text: str
    tree: tuple


# Words that need no quotes, and texts that are read as one word, value or phrase only between two.
PLAIN = ["milling", "città", "Ø20", "9001:2015", "ISO9001:2015", "C++", "R&D", "A/B", "..0.01mm", "a^b", "or", "ORx", ">=10", "l'artigiano", "-", "日本"]  # fmt: skip
SIGNS = "aZè19 \t\u00a0().,:^-ORANDT|+"
TEXTS = ["gear hobbing", "Rossi, Bianchi", "AND", "process:milling", "(a OR b)", "^a", "mill|turn", "[a-z]+", "(?i)a", "mill$"]  # fmt: skip
NAMES = ["process", "near", "lead_time", "Name", "OR", "x"]
BLANKS = [" ", " ", "  ", "\t", "\n", "\u00a0", "\u3000"]
FEW = [1, 1, 1, 2, 3]


def anything(random: Random) -> str:
    """A text that a phrase can be."""
    return random.choice([*TEXTS, f"a{''.join(random.choices(SIGNS, k=6))}"]).rstrip()


def value(random: Random) -> Spelled:
    plain, text = random.choice(PLAIN), random.choice(["", " ", "fresat.*", anything(random)])
    return random.choice([Spelled(plain, plain), Spelled(f'"{plain}"', plain), Spelled(f'"{text}"', text)])


def term(random: Random) -> Spelled:
    name, values = random.choice(NAMES), [value(random) for _ in range(random.choice(FEW))]
    return Spelled(
        f"{name}:{','.join(one.text for one in values)}", ("term", name.lower(), *(one.tree for one in values))
    )


def words(random: Random) -> Spelled:
    star = random.choice(["", "", "*"])
    plain, text = random.choice(PLAIN) + star, anything(random) + star
    return random.choice([Spelled(plain, ("words", plain)), Spelled(f'"{text}"', ("words", text))])


def atom(random: Random, depth: int) -> Spelled:
    if depth == 0 or random.random() < 0.7:
        return random.choice([term, words])(random)
    inner = query(random, depth - 1)
    return Spelled(f"({inner.text})", inner.tree)


def item(random: Random, depth: int) -> Spelled:
    one, sign = atom(random, depth), random.choice(["", "", "", "^", "^ ", "NOT ", "NOT\n"])
    return Spelled(sign + one.text, ("not", one.tree) if sign else one.tree)


def conjunction(random: Random, depth: int) -> Spelled:
    items = [item(random, depth) for _ in range(random.choice(FEW))]
    beside = random.choice(BLANKS) + random.choice(["", "", "AND "])
    return Spelled(beside.join(one.text for one in items), ("all", *(one.tree for one in items)))


def query(random: Random, depth: int = 3) -> Spelled:
    items = [conjunction(random, depth) for _ in range(random.choice(FEW))]
    beside = f"{random.choice(BLANKS)}OR{random.choice(BLANKS)}"
    tree = ("any", *(one.tree for one in items)) if len(items) > 1 else items[0].tree
    return Spelled(beside.join(one.text for one in items), tree)


PIECES = ["", *'"()^*,: ', "\n", "a", "9", ".", "_", "è", "AND", "OR ", " NOT", "x:"]


def mangled(random: Random) -> str:
    """A query in which some characters were left out, put in or put for others."""
    text = query(random).text
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(PIECES) + text[at + random.randint(0, 2) :]
    return text


QUERIES = st.randoms().map(query)
MANGLED = st.randoms().map(mangled)


def leaves(tree: tuple | str) -> Iterator[str]:
    """All the words of a tree."""
    if isinstance(tree, str):
        yield tree
    else:
        for branch in tree:
            yield from leaves(branch)


def read(text: str) -> tuple | str:
    """Return the tree of our parser, or what is wrong."""
    try:
        return shape(parse(text))
    except QuerySyntaxError as error:
        return error.sentence.splitlines()[0]


def taken(text: str) -> bool:
    return isinstance(read(text), tuple)


def read_by_lark(text: str) -> tuple | str:
    """Return the tree of lark, or that something is wrong."""
    try:
        return shape_in_lark(LARK.parse(text))
    except UnexpectedInput:
        return "refused"


@many
@given(QUERIES)
def test_a_query_means_what_it_was_written_from(query):
    assert whole(query.tree) == read(query.text) == read_by_lark(query.text)


@many
@given(MANGLED | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("a OR(b)")
@example('process:a ,b "c"^d')
@example('a OR^x:"b"')
@example('x:a^"b"')
def test_lark_and_our_parser_take_the_same_texts_and_build_the_same_trees(text):
    ours = read(text)
    if "regular expressions" not in ours:
        assert ("refused" if isinstance(ours, str) else ours) == read_by_lark(text)


PRINTED = [
    ("", ""),
    ("  a   AND b ", "a b"),
    ("NOT a", "^a"),
    ("(a OR b)", "a OR b"),
    ("(a OR b) OR c", "(a OR b) OR c"),
    ("a AND (b OR c) AND NOT (d e)", "a (b OR c) ^(d e)"),
    ('Process:"milling","5 axis"', 'process:milling,"5 axis"'),
    ('x:"a, b","","^c","(d)","e*","AND","mill|turn"', 'x:"a, b","","^c","(d)",e*,AND,"mill|turn"'),
    ('"gear" "gear hob*" "fresat*"', 'gear "gear hob*" fresat*'),
    ('"AND" "or" "x:y" "9001:2015" "^a" "a^b"', '"AND" or "x:y" 9001:2015 "^a" a^b'),
    ('"mill|turn" "[a-z]+" "mill$" "[sic]"', '"mill|turn" "[a-z]+" "mill$" [sic]'),
]


@pytest.mark.parametrize(("text", "again"), PRINTED, ids=[row[0] for row in PRINTED])
def test_a_query_is_printed_with_no_more_quotes_and_brackets_than_it_needs(text, again):
    assert again == printed(parse(text))


@many
@given(st.one_of(QUERIES.map(lambda query: query.text), MANGLED.filter(taken)))
def test_a_printed_query_is_read_as_the_same_tree_and_printed_alike(text):
    tree = parse(text)
    again = printed(tree)
    assert (shape(tree), again) == (shape(parse(again)), printed(parse(again)))


@many
@given(MANGLED)
def test_nothing_that_was_read_holds_a_quote_so_that_all_of_it_can_stand_in_quotes(text):
    tree = read(text)
    assert isinstance(tree, str) or not any('"' in leaf for leaf in leaves(tree))
