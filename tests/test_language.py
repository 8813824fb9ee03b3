"""The grammar of queries: what the shell hands over -> the tree, or the fault and where it lies."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from capreg.query.language import DEEPEST, LONGEST, MOST, And, Not, Or, QuerySyntaxError, Term, Words, join, parse


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


# Rulings 1, 2 and 21: what the shell hands over, each argument as the list holds it, after the shell took its quotes.
ARGUMENTS = [
    # One value: a name, and a rest without another name, a bracket or an operator. A comma still parts values.
    (["near:Reggio Emilia,60min"], "[near:Reggio Emilia|60min]"),
    (["^near:Reggio Emilia,60min"], "[NOT near:Reggio Emilia|60min]"),
    (["near:44.49, 11.34, 50km"], "[near:44.49|11.34|50km]"),
    (["name: value"], "[name:value]"),
    (["name:  Rossi   Bianchi "], "[name:Rossi Bianchi]"),
    (["name:Rossi and sons"], "[name:Rossi and sons]"),
    (["name:Rossi -not- Bianchi"], "[name:Rossi -not- Bianchi]"),
    (["name:m^2 di Rossi"], "[name:m^2 di Rossi]"),
    (["process:5\u2003axis\u00a0milling"], "[process:5 axis milling]"),
    (["process:milling,5\taxis"], "[process:milling|5 axis]"),
    # A phrase: no name, no bracket, no operator.
    (["^gear hobbing"], "[NOT 'gear hobbing']"),
    (["^ gear hobbing"], "[NOT 'gear hobbing']"),
    (["^", "gear hobbing"], "[NOT 'gear hobbing']"),
    (["NOT", "gear hobbing"], "[NOT 'gear hobbing']"),
    ([" gear\thobbing\n"], "['gear hobbing']"),
    (["gear\u00a0hobbing"], "['gear hobbing']"),
    (["gear and not or hobbing"], "['gear and not or hobbing']"),
    (["Rossi, Bianchi"], "['Rossi, Bianchi']"),
    (["m^2 hall"], "['m^2 hall']"),
    (["what? [sic] 50% etc."], "['what? [sic] 50% etc.']"),
    (["9001:2015 14001:2015"], "['9001:2015 14001:2015']"),
    (["gear hobbing", "OR", "gear shaping"], "[(['gear hobbing'] OR ['gear shaping'])]"),
    (["(", "gear hobbing", ")"], "[['gear hobbing']]"),
    # Else a query.
    (["process:milling ^material:steel"], "[process:milling NOT material:steel]"),
    (["^process:milling material:steel"], "[NOT process:milling material:steel]"),
    (["hydraulic process:milling"], "['hydraulic' process:milling]"),
    (["gear ^hobbing"], "['gear' NOT 'hobbing']"),
    (["NOT gear hobbing"], "[NOT 'gear' 'hobbing']"),
    (["^(gear hobbing)"], "[NOT ['gear' 'hobbing']]"),
    (["name:Rossi OR Bianchi"], "[([name:Rossi] OR ['Bianchi'])]"),
    (["name:Rossi (Bianchi)"], "[name:Rossi ['Bianchi']]"),
    # Quotes that survive the shell.
    (['"gear hobbing" hydraulic'], "['gear hobbing' 'hydraulic']"),
    (['^"gear hobbing"'], "[NOT 'gear hobbing']"),
    (['name:"this OR that"'], "[name:this OR that]"),
    (['name:"this OR that",Rossi process:milling'], "[name:this OR that|Rossi process:milling]"),
    (['"gear', 'hobbing"'], "['gear hobbing']"),
    # Nothing, and blanks, ask nothing.
    (["", "\t\n", "\u3000"], "[]"),
    (["process:milling", "", " ", "material:steel"], "[process:milling material:steel]"),
    (["process:milling\n"], "[process:milling]"),
    (["process:milling\r\nmaterial:steel\r\n"], "[process:milling material:steel]"),
]


@pytest.mark.parametrize(("arguments", "tree"), ARGUMENTS, ids=[repr(row[0]) for row in ARGUMENTS])
def test_the_arguments_of_a_shell_are_read_as_a_tree(arguments, tree):
    assert tree == tree_of(*arguments)


REFUSED_ARGUMENTS = [
    (["name:", "Rossi"], "name: wants a value"),
    (["name: "], "name: wants a value"),
    (["near:Reggio Emilia,"], "near: wants a value"),
    (["near:Reggio Emilia, ,60min"], "near: wants a value"),
    (["name: Rossi process:milling"], "name: wants a value"),
    (["name:^Rossi Bianchi"], "a ^ stands before the name"),
    (["name:Rossi Bianchi,^Verdi"], "a ^ stands before the name"),
    (["^^gear hobbing"], "missing"),
    (["gear *"], "a * may only end a word"),
    (["gear hob.*"], "regular expressions"),
    (['5" flange'], "never closes"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED_ARGUMENTS, ids=[repr(row[0]) for row in REFUSED_ARGUMENTS])
def test_an_argument_that_can_be_read_in_no_way_is_refused(arguments, said):
    with pytest.raises(QuerySyntaxError, match=re.escape(said)):
        parse(join(arguments))


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
    ('a"b', 1, "never closes"),
    ('a"b"', 1, "a blank is missing"),
    ('"a"b', 3, "a blank is missing"),
    ('"a""b"', 3, "a blank is missing"),
    ('name:"a"b', 8, "a blank is missing"),
    ('name:a"b"', 6, "a blank is missing"),
    ('""', 0, "nothing stands between"),
    ('a "\t "', 2, "nothing stands between"),
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
    ("process:^milling", 8, "before the name"),
    ("process:milling,^turning", 16, "before the name"),
    # Stars stand at the end of a word.
    ("*", 0, "*"),
    ("a *", 2, "*"),
    ("fre*are", 0, "*"),
    ("fresat**", 0, "*"),
    ('"gear *"', 0, "*"),
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


def test_a_query_may_ask_as_much_as_the_cap():
    assert len(parse("a " * MOST).items) == MOST


def test_a_query_that_asks_more_than_the_cap_is_refused_at_the_first_word_too_many():
    with pytest.raises(QuerySyntaxError, match=f"more than {MOST}") as error:
        parse("a " * MOST + "b")
    _, shown, mark = error.value.sentence.splitlines()
    assert shown[mark.index("^")] == "b"


# Text that stays text, and what is refused as a regular expression; see capreg/query/regular.py.
HONEST = [
    "C++", "R&D", "A/B", "and/or", "A/B/C", "9001:2015", "50%", "3.2", "n.8", "S.p.A.", "X5CrNi18-10", "1.0570+N", "42CrMo4+QT", "$100", "100$", "US$", "what?",
    "[sic]", "[1]", "[DN50-PN16]", "..+5", "..0.01mm", "±0.01", "M8x1.25", "H7/g6", "Ra0.8", "-20°C", "#3", "@home", "rossi.it/p?a=1", "AC\\DC", "a^b", "{x}", "a=b", "|", "fresat*",
]  # fmt: skip
REGULAR = [
    "fresat.*", ".*", ".+", "mill.+", "fre.*are", "/mill.*/", "/mill/", "/mill/i", "[a-z]+", "[a-z]", "[^0-9]", "[abc]+", "[Mm]illing", "mill[ei]+ng", r"mill\d", r"\w+",
    r"\bmill\b", r"mill\D+", r"3\.2", "(?i)mill", "(?:mill)", "mill|turn", "(mill|turn)ing", "mill.{3}", "l{2,}", "colou?r", "^mill$", "^mill.*", "NOT /mill/",
]  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_text_with_signs_stays_text(text):
    assert f"['{text}' NOT '{text}' name:{text}]" == tree_of(text, "NOT", text, f"name:{text}")


@pytest.mark.parametrize("text", REGULAR)
def test_a_regular_expression_is_refused_and_the_prefix_form_shown(text):
    with pytest.raises(QuerySyntaxError, match="regular expressions are not taken") as error:
        parse(join([text]))
    assert "fresat*" in error.value.way_out


@pytest.mark.parametrize("text", ["fresat.+", "/rossi/", "[a-z]+", "Rossi,mill|turn", r"mill\d"])
def test_a_regular_expression_is_refused_as_a_value_too(text):
    with pytest.raises(QuerySyntaxError, match="regular expressions are not taken"):
        parse(f"name:{text}")


@pytest.mark.parametrize("text", ["mill|turn", "[a-z]+", r"mill\d", "(?i)mill", "^mill$", "/mill/", "gear [sic] hob.+"])
def test_what_stands_in_quotes_is_text_as_it_is(text):
    assert f"['{text}' name:{text}]" == tree_of(f'"{text}" name:"{text}"')


# A query with one character that does not show, and what the line under the sentence makes of it.
UNREADABLE = {
    "NUL": ("a\x00b", "a?b", "U+0000"),
    "escape": ("a\x1b[2J", "a?[2J", "U+001B"),
    "C1": ("a\x9b2J", "a?2J", "U+009B"),
    "zero width blank": ("\u200bprocess:milling", "?process:milling", "U+200B"),
    "byte order mark": ("\ufeffprocess:milling", "?process:milling", "U+FEFF"),
    "soft hyphen": ("process:mil\u00adling", "process:mil?ling", "U+00AD"),
    "right-to-left mark": ("process:\u200fmilling", "process:?milling", "U+200F"),
    "right-to-left override": ('"a\u202eb"', '"a?b"', "U+202E"),
    "half of a pair": ("mill\ud800", "mill?", "U+D800"),
}


@pytest.mark.parametrize(("text", "shown", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_character_that_does_not_show_is_named_and_pointed_at(text, shown, said):
    with pytest.raises(QuerySyntaxError, match=re.escape(said)) as error:
        parse(text)
    assert (f"  {shown}", shown.index("?")) == (error.value.sentence.splitlines()[1], position_of_fault(error.value))


@pytest.mark.parametrize("text", ["A\u200cB", "A\u200dB", "e\u0301", "日本", "עברית", "שלום"])
def test_letters_of_any_writing_and_their_joiners_are_text(text):
    assert f"['{text}']" == tree_of(text)


@pytest.mark.parametrize(
    ("before", "columns"), [("città", 5), ("citta\u0300", 5), ("日本", 4), ("ｍｉｌｌ", 8), ("A\u200dB", 2)]
)
def test_the_mark_stands_in_the_column_of_the_fault(before, columns):
    with pytest.raises(QuerySyntaxError) as error:
        parse(before + ")")
    assert columns == position_of_fault(error.value)


# What is typed, what is said, and the column of the mark; each within a second. A long query is shown from 60 before.
TYPED = {
    "100 kB": ("a " * 50_000, "longer than 10000 characters", 60),
    "10,000 brackets that open": ("(" * 10_000, "brackets nest deeper than 50", 51),
    "10,000 brackets that close": (")" * 10_000, "a bracket closes too early", 0),
    "5,000 pairs of brackets": ("(" * 5_000 + ")" * 5_000, "brackets nest deeper than 50", 51),
    "10,000 carets": ("^" * 10_000, "something to look for is missing", 1),
    "10,000 commas": ("," * 10_000, "holds no word to look for", 0),
    "10,000 commas in a term": ("x:" + "," * 9_998, "x: wants a value", 2),
    "5,000 ORs": (" OR ".join(["a"] * 5_001), "longer than 10000 characters", 60),
    "1,999 ORs": (" OR ".join(["a"] * 2_000), "asks for more than 250", 60),
    "3,000 ORs in a row": ("OR " * 3_000, "something to look for is missing", 0),
    "10,000 quotes": ('"' * 10_000, "nothing stands between these quotes", 0),
    "9,000 square brackets": ("[" * 9_000, "holds no word to look for", 0),
    "4,000 bars": ("a|" * 4_000, "regular expressions are not taken", 0),
    "a bracket": ("(", "something to look for is missing", 1),
    "no term": ("process:,", "process: wants a value", 8),
    "no name": ("NOT", "something to look for is missing", 3),
    "a regular expression": ("process:milling fresat.*", "regular expressions are not taken", 16),
    "an anchored one": ("^mill$", "regular expressions are not taken", 1),
    "an escape": ("a\x1b[2J", "U+001B cannot be read", 1),
    "a zero width blank": ("mil\u200bling", "U+200B cannot be read", 3),
}


@pytest.mark.parametrize(("query", "said", "column"), TYPED.values(), ids=TYPED)
def test_what_cannot_be_asked_is_wrong_usage_told_at_once(empty, capreg, query, said, column):
    begun = time.perf_counter()
    done = capreg("-R", empty, "search", query)
    assert (done.code, done.out, time.perf_counter() - begun < 1) == (2, "", True)
    sentence, _, mark, *_ = done.err.splitlines()
    assert (True, column) == (said in sentence, mark.index("^") - 2)
    assert len(done.err) < 500


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
