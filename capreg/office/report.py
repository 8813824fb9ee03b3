"""Reports: what came in, what was asked for, what nobody had, and who was never found.

What was asked for is what printouts were made of: inquiries that are kept with their hits.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from capreg.errors import CapregError
from capreg.index.catalogue import Catalogue
from capreg.index.find import find
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.office.entry import Entry
from capreg.office.inquiries import KeptInquiry
from capreg.office.members import Member
from capreg.query.grouping import written
from capreg.query.language import And, Node, Not, Or, Term, parse


class Income(Value):
    """What came in by one key: how many sales, and their sum before VAT in minor units; what was reversed is taken off."""

    key: str
    sales: int
    minor: int


class Asked(Value):
    """A word of a vocabulary that was asked for, and by how many inquiries."""

    field: str
    word: str
    label: str
    inquiries: int


class Gap(Value):
    """What was asked for and nobody had: how often, when last, how many meet it now, and what none meets even alone."""

    kind: str
    query: str
    asked: int
    last: str
    now: int
    missing: Sequence[str]


KEYS: dict[str, Callable[[Entry, date], str]] = {
    "kind": lambda entry, day: " ".join(
        filter(None, [entry.what, entry.details.get("kind") if entry.what == "profile" else ""])
    ),
    "month": lambda entry, day: f"{day:%Y-%m}",
    "client": lambda entry, day: entry.client or "",
}


def income(
    entries: Sequence[Entry], by: str, day_of: Callable[[Entry], date], since: date, until: date
) -> list[Income]:
    """Return what came in from one day to another, both included, by kind, month or client.

    Args:
        day_of: the day of an entry, where the hub is.
    """
    known = {entry.number: entry for entry in entries}
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for entry in entries:
        sold, sign = (known[entry.details["reverses"]], -1) if entry.what == "reversal" else (entry, 1)
        if sold.is_charge and since <= day_of(entry) <= until:
            key = KEYS[by](sold, day_of(entry))
            counts[key] += sign
            sums[key] += entry.amount
    return [Income(key, counts[key], sums[key]) for key in sorted(sums)]


def asked(catalogue: Catalogue, inquiries: Iterable[KeptInquiry], language: str) -> list[Asked]:
    """Return the words of vocabularies that were asked for, the most asked first; what was excluded was not asked for."""
    counts = Counter(one for inquiry in inquiries for one in set(_words(catalogue, inquiry)))
    found = [
        Asked(field, word, _label(catalogue, words, word, language), count)
        for (field, words, word), count in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.inquiries, one.field, one.word))


def _words(catalogue: Catalogue, inquiry: KeptInquiry) -> Iterator[tuple[str, str, str]]:
    """Yield field, vocabulary and word of what an inquiry asks for; a word that is known no more is left out."""
    kind = catalogue.kind(inquiry.kind)
    vocabulary_of = {field.name: field.search.words for field in kind.worded}
    for term in _wanted(parse(inquiry.query)):
        words = vocabulary_of.get(term.name)
        for value in term.values if words else ():
            with suppress(CapregError):
                yield term.name, words, catalogue.vocabularies[words].find(value)


def _wanted(node: Node) -> Iterator[Term]:
    """Yield the terms of a query that are asked for, not excluded."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, (And, Or)):
        for one in node.items:
            yield from _wanted(one)


def _label(catalogue: Catalogue, words: str, word: str, language: str) -> str:
    known = catalogue.vocabularies[words].words.get(word)
    return known.label.get(language, word) if known else word


def gaps(catalogue: Catalogue, inquiries: Iterable[KeptInquiry]) -> list[Gap]:
    """Return what was asked for and nobody had, the most asked first, with what would have to be found."""
    times: dict[tuple[str, str], list[str]] = {}
    for inquiry in inquiries:
        if not inquiry.ids:
            times.setdefault((inquiry.kind, inquiry.query), []).append(inquiry.day)
    found = [_gap(catalogue, kind, query, days) for (kind, query), days in times.items()]
    return sorted(found, key=lambda gap: (-gap.asked, gap.query))


def _gap(catalogue: Catalogue, kind_id: str, query: str, days: Sequence[str]) -> Gap:
    kind = catalogue.kind(kind_id)
    now = _hits(catalogue, kind, query)
    alone = [] if now else [written(node) for node in parse(query).items if not isinstance(node, Not)]
    missing = [part for part in alone if not _hits(catalogue, kind, part)]
    return Gap(kind_id, query, len(days), max(days), now, missing)


def _hits(catalogue: Catalogue, kind: Kind, query: str) -> int:
    """Return how many records meet a query; none where a word or a field of it is known no more."""
    try:
        return len(find(catalogue, kind, query).hits)
    except CapregError:
        return 0


def unfound(members: Iterable[Member], inquiries: Iterable[KeptInquiry], today: date) -> list[Member]:
    """Return the members of a day that no inquiry has found."""
    found: set[tuple[str, Any]] = {(inquiry.kind, id) for inquiry in inquiries for id in inquiry.ids}
    return [one for one in members if one.is_one_on(today) and (one.kind, one.record_id) not in found]
