"""Patterns that explode: regular expressions that a backtracking engine may work on for ever.

capreg itself matches in linear time, but schemas travel to programs that do not.
"""

import re
from collections.abc import Iterator
from re import _constants as code
from re import _parser as parser
from typing import Any

REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)
MANY = 16
# An escape, a set, or the sign between two choices.
CHOICE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\|", re.DOTALL)
CATEGORIES = {
    code.CATEGORY_DIGIT: r"\d",
    code.CATEGORY_NOT_DIGIT: r"\D",
    code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S",
    code.CATEGORY_WORD: r"\w",
    code.CATEGORY_NOT_WORD: r"\W",
}


def explodes(pattern: str) -> str:
    """Return why a pattern may take exponential time to match, or "" if it cannot.

    A part that repeats more than 16 times may neither choose nor vary in length inside, unless it begins or ends
    with a sign that stands nowhere else in it: `(-[a-z]+)*` is fine, `([a-z]+)*` and `(a|aa)*` are not.
    """
    try:
        return _explodes(parser.parse(CHOICE.sub(_kept_apart, pattern)))
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression: {error}"


def _kept_apart(match: re.Match) -> str:
    """Keep Python's parser from folding a choice of single signs into a set, as other engines do not."""
    return "|(?=)" if match[0] == "|" else match[0]


def _explodes(parsed: Any) -> str:
    for operator, argument in _walk(parsed):
        if operator in REPEATS and argument[1] > MANY:
            body = _unwrapped(argument[2])
            if any(map(_varies, _walk(body))) and not _delimited(body):
                return "repeats a part that itself repeats or chooses"
    return ""


def _varies(leaf: tuple[Any, Any]) -> bool:
    operator, argument = leaf
    return operator is code.BRANCH or operator in REPEATS and argument[0] != argument[1]


def _walk(parsed: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every operator in a parsed pattern, at any depth."""
    for operator, argument in parsed:
        yield operator, argument
        for inner in _inner(argument):
            yield from _walk(inner)


def _inner(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for one in argument:
            if isinstance(one, (parser.SubPattern, tuple, list)):
                yield from _inner(one)


def _unwrapped(parsed: Any) -> Any:
    while len(parsed) == 1 and parsed[0][0] is code.SUBPATTERN:
        parsed = parsed[0][1][-1]
    return parsed


def _delimited(body: Any) -> bool:
    """Whether a part begins or ends with a single sign that nothing else in it can match."""
    for at in (0, -1):
        operator, sign = body[at]
        if operator is code.LITERAL:
            others = [one for position, one in enumerate(body) if position != at % len(body)]
            if not any(_matches(leaf, sign) for one in others for leaf in _walk([one])):
                return True
    return False


def _matches(leaf: tuple[Any, Any], sign: int) -> bool:
    """Whether one operator can match a sign; what is not understood might."""
    operator, argument = leaf
    if operator is code.LITERAL:
        return argument == sign
    if operator is code.NOT_LITERAL:
        return argument != sign
    if operator is code.IN:
        return _in_set(argument, sign)
    return operator not in (*REPEATS, code.SUBPATTERN, code.BRANCH, code.AT)


def _in_set(members: list[tuple[Any, Any]], sign: int) -> bool:
    negated = members[0][0] is code.NEGATE
    return any(_is_member(operator, value, chr(sign)) for operator, value in members) != negated


def _is_member(operator: Any, value: Any, sign: str) -> bool:
    if operator is code.RANGE:
        return value[0] <= ord(sign) <= value[1]
    if operator is code.CATEGORY:
        return bool(re.match(CATEGORIES.get(value, "."), sign, re.DOTALL))
    return operator is code.LITERAL and value == ord(sign)
