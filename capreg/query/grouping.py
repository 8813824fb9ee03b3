"""A parsed query -> what it asks of one record: which terms are met by one and the same entry.

Terms on the fields of one *together* list are met by one entry of it. The list's head (`process`) opens an
entry; a further head opens a further one. Terms before the first head hold for every entry. A list that is
together without a head (the sites) has one entry for the whole question.
"""

import re
from collections.abc import Sequence

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.model.kinds import Field, Tier, UnknownFieldError
from capreg.query.amounts import Envelope, Number
from capreg.query.asking import Asking
from capreg.query.conditions import MEANINGS
from capreg.query.gathering import Gathered
from capreg.query.language import And, Node, Not, Or, QuerySyntaxError, Term, Words, parse, pointed
from capreg.query.lists import flat, host, serves, terms
from capreg.query.phrases import Text
from capreg.query.question import AnyText, Either, Every, Expression, Item, Opposite, Path, Question, Requirement


class SealedFieldError(CapregError):
    """A requirement is on a field whose values are sealed in the bundle that is searched."""

    exit_code = ExitCode.REFUSED


def read_question(text: str, asking: Asking) -> Question:
    """Return what a query asks.

    Raises:
        QuerySyntaxError: the grammar, or the grouping of terms into entries, does not hold.
        CapregError: a field, value, unit, word or place is not right; the sentence names the term.
    """
    return _Grouping(text, asking).question(parse(text))


def read_term(term: Term, asking: Asking) -> Requirement:
    """Return what one term asks, its faults without a pointer into a query; raises as `read_question` does."""
    return _Grouping(term.text, asking)._requirement(term)


def written(node: Node) -> str:
    """Return a node of a query as it would be typed."""
    if isinstance(node, (Term, Words)):
        return node.text
    if isinstance(node, Not):
        inner = written(node.item)
        return f"^({inner})" if isinstance(node.item, And) else f"^{inner}"
    if isinstance(node, Or):
        return f"({' OR '.join(written(one) for one in node.items)})"
    return " ".join(written(one) for one in node.items)


# What only letters, accents and hyphens stand before is meant as a field, though no field is called so.
MEANT = r"(?P<name>[^\W\d_]+(?:-[^\W\d_]+)*):.+"
# A number without a unit, beside which a comma may stand for a point; the 2 of m2 is none.
PLAIN_NUMBER = r"[^A-Za-z]*[0-9]"
COMPARISON = r"(?P<name>[a-z_]+)(?P<rest>(<=|>=|<|>|=).*)"


class _Grouping:
    """Turns the tree of one query into questions."""

    def __init__(self, text: str, asking: Asking) -> None:
        self.text = text
        self.asking = asking
        self.kind = asking.kind

    def fault(self, sentence: str, node: Node, way_out: str = "See: capreg help query") -> QuerySyntaxError:
        """Return an error that points at the first term of a node."""
        first = next(terms(node), None)
        return QuerySyntaxError(sentence, self.text, first.position if first else 0, way_out)

    def question(self, tree: And) -> Question:
        """Return what a conjunction asks."""
        gathered = Gathered()
        nodes = list(flat(tree))
        for node in nodes:
            self.place(node, gathered, apart=self.apart(node, [other for other in nodes if other is not node]))
        try:
            return gathered.question()
        except CapregError as error:
            raise self.pointed(error, error.item) from None

    def apart(self, node: Node, others: Sequence[Node]) -> bool:
        """Whether each alternative of an OR stands for itself: one of a list and one beside it, and nothing else of the list."""
        if not isinstance(node, Or):
            return False
        sides = [self.lists(one) for one in node.items]
        return any(sides) and not all(sides) and not any(self.lists(other) & set().union(*sides) for other in others)

    def lists(self, node: Node) -> set[Path]:
        """Return the paths of the lists, but for the one that is shared, whose entries a node speaks of."""
        hosts = (self.host(term) for term in terms(node))
        return {host.path for host in hosts if host and host.together is not True}

    def place(self, node: Node, gathered: Gathered, apart: bool) -> None:
        """Put one item of a conjunction where it belongs: the record, the shared site, or an entry of a list."""
        hosts = [host for host in map(self.host, terms(node)) if host]
        lists = {host.path: host for host in hosts if host.together is not True}
        whole = apart or not isinstance(node, Term) and any(self.is_head(term) for term in terms(node))
        self._keep_apart(node, lists, gathered, alone=whole and isinstance(node, Or))
        if whole:
            gathered.at_site |= isinstance(node, Or) and len(lists) < len({host.path for host in hosts})
            gathered.record.append(Item(written(node), self.whole(node), self.position(node)))
        elif isinstance(node, Term) and self.is_head(node):
            gathered.open(self.host(node), self.item(node))
        elif len(lists) > 1:
            raise self.fault("one bracket asks about entries of two lists", node, "Ask for each list on its own.")
        elif lists:
            gathered.at_site |= len(lists) < len({host.path for host in hosts})
            gathered.attach(
                *lists.values(), self.item(node), serves=all(serves(self.kind, term.name) for term in terms(node))
            )
        else:
            (gathered.shared if hosts else gathered.record).append(self.item(node))

    def _keep_apart(self, node: Node, lists: dict[Path, Field], gathered: Gathered, alone: bool) -> None:
        """An OR bracket that holds a head holds all terms of that list: nothing of the list stands outside it."""
        others = gathered.touched if alone else gathered.alone
        outside = next((others[path] for path in lists if path in others), None)
        gathered.touched |= dict.fromkeys(lists, node)
        gathered.alone |= dict.fromkeys(lists if alone else (), node)
        if outside is not None:
            bracket = node if alone else outside
            heads = [term for term in terms(bracket) if self.is_head(term)]
            raise self.fault(
                "an OR bracket that opens an entry must hold all terms of that list",
                bracket,
                f"Write alternatives with a comma: {heads[0].name}:{','.join(one for term in heads for one in term.values)}",
            )

    def whole(self, node: Node) -> Expression:
        """Return a node that holds heads as an expression on the whole record."""
        if isinstance(node, Not):
            return Opposite(self.whole(node.item), of_record=True)
        if isinstance(node, Or):
            return Either(tuple(self.whole(one) for one in node.items))
        return self.question(node if isinstance(node, And) else And((node,)))

    def item(self, node: Node) -> Item:
        """Return a node without heads, or one head, as an item within one entry."""
        return Item(written(node), self.expression(node), self.position(node))

    def position(self, node: Node) -> int:
        """Return where in the query a node begins."""
        return self.position(node.items[0]) if isinstance(node, And) else node.position

    def expression(self, node: Node) -> Expression:
        """Return a node as an expression within one entry."""
        if isinstance(node, Not):
            return Opposite(self.expression(node.item))
        if isinstance(node, Or):
            return Either(tuple(self.expression(one) for one in node.items))
        if isinstance(node, And):
            return Every(tuple(self.expression(one) for one in node.items))
        return self.requirement(node)

    def requirement(self, node: Term | Words) -> Requirement | AnyText:
        """Return what one term or free word asks.

        Raises:
            QuerySyntaxError: a value is not right for the field, with its position.
        """
        try:
            if isinstance(node, Words):
                self._refuse_slips(node)
                return AnyText(Text.anywhere(node.words, self.asking))
            return self._requirement(node)
        except CapregError as error:
            raise self.pointed(error, node) from None

    def _refuse_slips(self, node: Words) -> None:
        """`employees>10` and `lead-time:10d` are slips for terms, and no text anybody looks for; in quotes they are text."""
        compared, meant = re.fullmatch(COMPARISON, node.text), re.fullmatch(MEANT, node.text)
        if compared and compared["name"] in self.kind.by_query_name:
            raise UsageError("a colon is missing", f"Write {compared['name']}:{compared['rest']}")
        if meant:
            raise UnknownFieldError(f"unknown field '{meant['name']}'", nearest(meant["name"], self.kind.by_query_name))

    def pointed(self, error: CapregError, node: Term | Words | Item) -> CapregError:
        """Return the failure, its sentence pointing at the term; its exit code stays."""
        error.sentence = pointed(f"{node.text[:60]}: {error.sentence}", self.text, node.position)
        return error

    def _requirement(self, term: Term) -> Requirement:
        fields = self.fields(term)
        meaning = MEANINGS[fields[0].search.meaning]
        condition = meaning.read(_without_decimal_comma(term, meaning, fields[0]), fields[0], self.asking)
        return Requirement(fields, condition, self.kind.together(fields[0].path), self.is_head(term))

    def fields(self, term: Term) -> tuple[Field, ...]:
        """Return the fields a term names; confidential ones only to the hub's internal search."""
        fields = self.kind.searched(term.name)
        if self.asking.closed:
            return _open(fields, term.name)
        seen = tuple(one for one in fields if one.tier < Tier.confidential or self.asking.internal)
        if not seen:
            raise UnknownFieldError(
                f"the field '{term.name}' is confidential", "The hub's own search looks through it with --internal."
            )
        return seen

    def host(self, term: Term) -> Field | None:
        """Return the list whose entry a term is met by, None for the record."""
        try:
            return host(self.kind, term.name)
        except CapregError as error:
            raise self.pointed(error, term) from None

    def is_head(self, term: Term) -> bool:
        """Whether a term opens an entry."""
        at = self.host(term)
        return at is not None and at.together == term.name


def _open(fields: tuple[Field, ...], name: str) -> tuple[Field, ...]:
    """Return those of the fields that a term names that are in a bundle; raises SealedFieldError where none is."""
    seen = tuple(one for one in fields if one.tier is Tier.short)
    if not seen:
        raise SealedFieldError(
            f"the field '{name}' is sealed in this bundle",
            "Leave it out, or open what you bought: --grants DIR --identity KEYFILE.",
        )
    return seen


def _without_decimal_comma(term: Term, meaning: type, asked: Field) -> tuple[str, ...]:
    """Return a term's values; raise where a comma seems to stand for a decimal point, or between the lengths of a size."""
    first, *rest = term.values
    takes_decimals = meaning is Envelope or issubclass(meaning, Number) and (asked.unit or asked.type == "number")
    if not (takes_decimals and rest and re.fullmatch(PLAIN_NUMBER, first) and rest[0][:1].isdigit()):
        return term.values
    if meaning is Envelope and len(rest) > 1:
        raise UsageError(f"'{','.join(term.values)}' is no size", f"Write x between lengths: {'x'.join(term.values)}")
    raise UsageError(f"'{','.join(term.values)}' looks like a decimal comma", f"Write a point: {'.'.join(term.values)}")
