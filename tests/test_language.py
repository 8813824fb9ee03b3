"""The grammar of queries: what the shell hands over -> the tree, or the fault and where it lies."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from capreg.query.language import DEEPEST, LONGEST, And, Not, Or, QuerySyntaxError, Term, Words, join, parse


def drawn(node) -> str:
    """A tree as one line: `name:value|value`, 'words', NOT, [all of] and (any OR of)."""
    match node:
        case Term():
            return f"{node.name}:{'|'.join(node.values)}"
        case Words():
            return f"'{node.words}'"
        case Not():
            return f"NOT {drawn(node.item)}"
        case And():
            return f"[{' '.join(map(drawn, node.items))}]"
        case Or():
            return f"({' OR '.join(map(drawn, node.items))})"


def tree_of(*arguments: str) -> str:
    return drawn(parse(join(arguments)))


def position_of_fault(error: QuerySyntaxError) -> int:
    """Where the mark stands under a query that is short enough to be shown whole."""
    return error.sentence.splitlines()[-1].index("^") - 2


TREES = [
    # Nothing asked is met by all.
    ((), "[]"),
    (("",), "[]"),
    (("  ",), "[]"),
    # Terms, and the comma as OR.
    (("process:milling",), "[process:milling]"),
    (("process:milling", "material:steel"), "[process:milling material:steel]"),
    (("certificate:iso-9001,as9100",), "[certificate:iso-9001|as9100]"),
    (("lead_time:10d",), "[lead_time:10d]"),
    (("tolerance:..0.01mm",), "[tolerance:..0.01mm]"),
    (("floor:1000m2..",), "[floor:1000m2..]"),
    (("employees:>=10",), "[employees:>=10]"),
    (("size:500x400x300mm",), "[size:500x400x300mm]"),
    # Words, phrases and prefixes.
    (("hydraulic",), "['hydraulic']"),
    (("fresat*",), "['fresat*']"),
    (("gear hobbing",), "['gear hobbing']"),
    (('"gear hobbing"',), "['gear hobbing']"),
    (("gear hob*",), "['gear hob*']"),
    (("gear", "hobbing"), "['gear' 'hobbing']"),
    (("l'artigiano",), "['l'artigiano']"),
    # Ruling 2: digits before a colon are text.
    (("9001:2015",), "['9001:2015']"),
    (("ISO9001:2015",), "['ISO9001:2015']"),
    (("ISO 9001:2015",), "['ISO 9001:2015']"),
    (("certificate:ISO 9001:2015",), "[certificate:ISO 9001:2015]"),
    # Ruling 1: an argument with a blank is one value, a phrase or a query.
    (("near:Reggio Emilia,60km",), "[near:Reggio Emilia|60km]"),
    (("near:Reggio Emilia,IT,60km", "process:milling"), "[near:Reggio Emilia|IT|60km process:milling]"),
    (("process:5 axis milling,wire edm",), "[process:5 axis milling|wire edm]"),
    (("size:500 x 400 x 300 mm",), "[size:500 x 400 x 300 mm]"),
    (("process:milling material:steel",), "[process:milling material:steel]"),
    (("process:milling hydraulic",), "[process:milling hydraulic]"),
    (("process:milling OR process:turning",), "[([process:milling] OR [process:turning])]"),
    (("name:Rossi AND Bianchi",), "[name:Rossi 'Bianchi']"),
    (("gear AND hobbing",), "['gear' 'hobbing']"),
    (("(gear hobbing)",), "[['gear' 'hobbing']]"),
    (("process:milling (gear)",), "[process:milling ['gear']]"),
    # Rulings 2 and 21: quotes that survive the shell make a comma, a colon or an operator literal.
    (('name:"Rossi, Bianchi"',), "[name:Rossi, Bianchi]"),
    (('name:"Rossi, Bianchi",Verdi',), "[name:Rossi, Bianchi|Verdi]"),
    (('"process:milling"',), "['process:milling']"),
    (('"this OR that"',), "['this OR that']"),
    (('"(a)"',), "['(a)']"),
    (('near:"Reggio Emilia",60km process:milling',), "[near:Reggio Emilia|60km process:milling]"),
    # NOT.
    (("^certificate:nadcap",), "[NOT certificate:nadcap]"),
    (("NOT", "certificate:nadcap"), "[NOT certificate:nadcap]"),
    (("^hydraulic",), "[NOT 'hydraulic']"),
    (("^(a b)",), "[NOT ['a' 'b']]"),
    (("^", "a"), "[NOT 'a']"),
    (("^(^a)",), "[NOT [NOT 'a']]"),
    # AND binds closer than OR; both are written in capitals.
    (("a AND b",), "['a' 'b']"),
    (("a b OR c d",), "[(['a' 'b'] OR ['c' 'd'])]"),
    (("(a OR b) AND NOT c",), "[(['a'] OR ['b']) NOT 'c']"),
    (("a OR b OR c",), "[(['a'] OR ['b'] OR ['c'])]"),
    (("a", "or", "b"), "['a' 'or' 'b']"),
    (("NOT a OR b",), "[([NOT 'a'] OR ['b'])]"),
]


@pytest.mark.parametrize(
    ("arguments", "tree"), TREES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_arguments_are_read_as_a_tree(arguments, tree):
    assert tree == tree_of(*arguments)


FAULTS = [
    # Brackets.
    ("(a", 0, "never closes"),
    ("a (b (c)", 2, "never closes"),
    ("a)", 1, "never opened"),
    ("(a))", 3, "never opened"),
    ("()", 1, "bracket"),
    ("a ()", 3, "bracket"),
    # Quotes.
    ('"a', 0, "never closes"),
    ('a "b c', 2, "never closes"),
    ('a "b" "', 6, "never closes"),
    # Operators without something beside them.
    ("OR a", 0, "missing"),
    ("a OR", 4, "missing"),
    ("a OR OR b", 5, "missing"),
    ("AND a", 0, "missing"),
    ("a AND", 5, "missing"),
    ("a AND OR b", 6, "missing"),
    ("a NOT", 5, "missing"),
    ("^", 1, "missing"),
    ("NOT NOT a", 4, "missing"),
    ("^^a", 1, "missing"),
    ("(a OR )", 6, "bracket"),
    # Terms without a value.
    ("process:", 8, "value"),
    ("process: milling", 8, "value"),
    ("process:milling,", 16, "value"),
    ("process:,milling", 8, "value"),
    ("process:milling,,turning", 16, "value"),
    ("process:(milling)", 8, "value"),
    # Stars stand at the end of a word.
    ("*", 0, "*"),
    ("a *", 2, "*"),
    ("fre*are", 0, "*"),
    ("fresat**", 0, "*"),
]


@pytest.mark.parametrize(("text", "position", "said"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_named_and_pointed_at(text, position, said):
    with pytest.raises(QuerySyntaxError) as error:
        parse(text)
    assert (position, True) == (position_of_fault(error.value), said in error.value.sentence)


@pytest.mark.parametrize("text", ['name:"Rossi', 'name:Rossi,"Bianchi'])
def test_a_quote_in_a_value_that_never_closes_is_told_as_such(text):
    with pytest.raises(QuerySyntaxError, match="quote") as error:
        parse(text)
    assert text.index('"') == position_of_fault(error.value)


def test_a_fault_far_into_a_long_query_is_shown_with_its_surroundings():
    with pytest.raises(QuerySyntaxError) as error:
        parse("word " * 200 + "a)")
    _, shown, mark = error.value.sentence.splitlines()
    assert (shown[mark.index("^")], len(shown) < 120) == (")", True)


def test_a_fault_of_the_grammar_is_wrong_usage():
    with pytest.raises(QuerySyntaxError) as error:
        parse("(a")
    assert (error.value.exit_code, error.value.way_out) == (2, "See: capreg help query")


def test_a_term_keeps_its_words_and_its_position():
    term = parse('a ^name:"Rossi, Bianchi",Verdi').items[1].item
    assert (term.text, term.position) == ('name:"Rossi, Bianchi",Verdi', 3)


def nested(depth: int) -> str:
    return "(" * depth + "a" + ")" * depth


def test_brackets_nest_up_to_the_cap():
    assert tree_of(nested(DEEPEST)) == "[" * (DEEPEST + 1) + "'a'" + "]" * (DEEPEST + 1)


@pytest.mark.parametrize("text", [nested(DEEPEST + 1), "(" * 5000, "^(" * 4000])
def test_brackets_deeper_than_the_cap_are_refused(text):
    with pytest.raises(QuerySyntaxError, match=f"deeper than {DEEPEST}"):
        parse(text)


def test_a_query_may_be_as_long_as_the_cap():
    assert len(parse("a" * LONGEST).items) == 1


def test_a_query_longer_than_the_cap_is_refused():
    with pytest.raises(QuerySyntaxError, match=f"longer than {LONGEST}"):
        parse("a" * (LONGEST + 1))


PIECES = st.sampled_from(
    [*'"()^*,:', " ", "..", "process:", "near:", "AND", "OR", "NOT", "milling", "0.01mm", "\n", "\x00", "è", "\ud800"]
)


@settings(deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=30).map("".join)), max_size=4))
@example(['"' * 9_999])
@example(["(" * 9_999])
@example(["^" * 9_999])
@example(["a:" * 4_999])
@example(["a*" * 4_999])
@example([" " * 9_998 + '"'])
def test_text_of_any_kind_is_read_or_refused_at_once(arguments):
    begun = time.perf_counter()
    try:
        tree = parse(join(arguments))
    except QuerySyntaxError as error:
        assert error.exit_code == 2
    else:
        assert isinstance(tree, And)
    assert time.perf_counter() - begun < 0.5
