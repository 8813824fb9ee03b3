"""Reports as pages, for the hub's own eyes."""

from collections.abc import Sequence
from typing import Any

from capreg.model.money import Money
from capreg.views.office import listed
from capreg.views.page import Page


def income_page(found: Sequence[Any], by: str, currency: str, language: str) -> Page:
    """Return the page of what came in by a key, with the sum of all for people."""
    data = [
        {by: one.key, "sales": one.sales, "amount": Money(one.minor, currency).amount, "currency": currency}
        for one in found
    ]
    return listed("income", (by, "sales", "amount", "currency"), data, language, aside={"currency"})


def asked_page(found: Sequence[Any], language: str) -> Page:
    """Return the page of the words that were asked for."""
    return listed("asked", ("field", "word", "label", "inquiries"), [one._asdict() for one in found], language)


def gaps_page(found: Sequence[Any], language: str) -> Page:
    """Return the page of what nobody had."""
    data = [{**one._asdict(), "missing": list(one.missing)} for one in found]
    return listed("gap", ("query", "asked", "last", "now", "missing", "kind"), data, language)


def unfound_page(found: Sequence[Any], language: str) -> Page:
    """Return the page of the members that were never found."""
    return listed("member", ("id", "kind", "from"), [one.document for one in found], language, aside=set())
