"""Selling: what a client would pay now, and the entry that says it was sold.

An order is entered once: the same reference again is the same sale. What a client owns costs nothing.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from capreg.errors import CapregError, ExitCode, UsageError
from capreg.model.day import later
from capreg.model.kinds import Kind, Tier
from capreg.model.money import Money
from capreg.model.record import FORMER_IDS, cut, former_ids
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.clients import Client, open_client, taxed
from capreg.office.entry import Draft, Entry
from capreg.office.fees import refuse_behind
from capreg.office.issued import is_issued
from capreg.office.ledger import Ledger, charging, looking
from capreg.office.members import member_on
from capreg.office.prices import FREE, PRINTOUT, PROFILE, price_of
from capreg.office.vat import Tax
from capreg.store.locks import BusyError
from capreg.store.versions import version_of

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# No letter or digit that could be taken for another one when it is read aloud.
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
# What makes the same order the same, beside what it is and for whom.
CONTENT = {PROFILE: ("kind", "record"), PRINTOUT: ("kind", "query", "on")}


class CreditError(CapregError):
    """A client would owe more than it may."""

    exit_code = ExitCode.REFUSED


class EndedSaleError(CapregError):
    """A sale gives what is asked no more: it was reversed, has run out, or was of an earlier version."""

    exit_code = ExitCode.REFUSED


class Article(Value):
    """What is sold: an item of the price list, the kind of record, and what the entry says of it.

    `former` is how it was called before the record was renamed, each (id, version): entries of then speak of it so.
    """

    item: str
    kind: str
    details: Mapping[str, Any]
    former: tuple[tuple[str, str], ...] = ()

    def is_sold_by(self, entry: Entry) -> bool:
        """Whether an entry sold this very version."""
        named = (self.details["record"], self.details["version"])
        return (entry.details["record"], entry.details["version"]) in (named, *self.former)


class Offer(Value):
    """What an article costs a client now.

    Nothing, where it is the client's by an earlier entry; `renewed` is the one by which an earlier version of a profile
    was bought, where the new one is free for those who own one.
    """

    net: Money
    vat: Tax
    payer: str
    entry: Entry | None = None
    renewed: Entry | None = None

    @property
    def total(self) -> Money:
        """What is to be paid, VAT included."""
        return Money(self.net.minor + self.vat.amount, self.net.currency)

    def __str__(self) -> str:
        return (
            f"{self.net} + {Money(self.vat.amount, self.net.currency)} VAT = {self.total}"
            if self.vat.amount
            else f"{self.net}"
        )


class Sale(Value):
    """The entry by which something is a client's, and whether it was entered just now."""

    entry: Entry
    is_new: bool


def new_order() -> str:
    """Return a reference for an order that nobody has used."""
    return f"o-{''.join(secrets.choice(SIGNS) for _ in range(12))}"


def check_order(order: str) -> str:
    """Return the reference of an order; raises UsageError for what is none."""
    if not REFERENCE.fullmatch(order):
        raise UsageError(
            f"'{order[:64]}' is no reference of an order", "Write letters, digits, '.', '_' and '-', at most 64."
        )
    return order


def profile_article(kind: Kind, document: Mapping[str, Any]) -> Article:
    """Return the detailed profile of a record as it is sold: its version is the hash of what the client gets to see.

    The statements are left out, so that who confirmed what, and when, makes no new version. Nor does another id.
    """
    seen = cut(kind, document, Tier.detailed)
    former = tuple((one["id"], version_of(one)) for one in _before_renaming(seen))
    return Article(PROFILE, kind.id, {"kind": kind.id, "record": document["id"], "version": version_of(seen)}, former)


def _before_renaming(seen: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a record as it would be under each of its former ids, the oldest first."""
    ids = former_ids(seen)
    for at, id in enumerate(ids):
        before = {**seen, "id": id, FORMER_IDS: ids[:at]}
        yield {key: value for key, value in before.items() if value or key != FORMER_IDS}


def printout_article(kind: Kind, query: str, on: date, hits: int) -> Article:
    """Return the short printout of a search as it is sold."""
    return Article(PRINTOUT, kind.id, {"kind": kind.id, "query": query, "on": on.isoformat(), "hits": hits})


def offer(books: Books, client: str, article: Article, order: str) -> Offer:
    """Return what an article costs a client now; charges nothing and writes nothing.

    Raises:
        UnknownClientError, ClosedClientError, BehindError, CreditError, NoPriceError: it is not sold to the client.
        OtherOrderError: the order was for something else.
        EndedSaleError: the order is of a sale that gives this no more.
        DamagedLedgerError: the ledger cannot be trusted.
    """
    with looking(books) as ledger:
        return _offer(ledger, client, article, order)


def sell(books: Books, client: str, article: Article, order: str, shown: Offer) -> Sale:
    """Sell an article to a client, unless it is the client's already, and return the entry that says so.

    When this returns, the sale is on the disk.

    Args:
        shown: the offer that the buyer agreed to.

    Raises:
        BusyError: the price is another than the one shown, or another process holds the office.
        OSError: the disk refused, and nothing was charged.
        what `offer` and `charging` raise.
    """
    with charging(books) as ledger:
        now = _offer(ledger, client, article, order)
        if now.entry is not None:
            return Sale(now.entry, is_new=False)
        if (now.net, now.vat) != (shown.net, shown.vat):
            raise BusyError(f"the price is now {now}, not {shown}", "Look again, and order again.")
        return Sale(ledger.enter(_draft(ledger, client, article, order, now)), is_new=True)


def _offer(ledger: Ledger, client: str, article: Article, order: str) -> Offer:
    buyer = open_client(ledger.books, client, ledger.tables, ledger.day)
    draft = Draft(order, article.item, ledger.currency, client, details=article.details)
    nothing = Offer(Money(0, ledger.currency), Tax("domestic", "0", 0), "client")
    if entry := ledger.ordered(_as_ordered(ledger, draft, article), CONTENT[article.item]):
        _refuse_ended(ledger, entry, article)
        return nothing._replace(entry=entry)
    owned = _owned(ledger, client, article)
    if owned and article.is_sold_by(owned[-1]):
        return nothing._replace(entry=owned[-1])
    offered = _priced(ledger, buyer, article, owned)
    _refuse_credit(ledger, buyer, offered)
    return offered


def _refuse_ended(ledger: Ledger, entry: Entry, article: Article) -> None:
    """Raise EndedSaleError for an order of old that would give what is sold anew; what was never handed out is still to be."""
    refuse_reversed(ledger, entry)
    if article.item != PROFILE or not is_issued(ledger.books, entry.number):
        return
    if not article.is_sold_by(entry) or entry.details["until"] <= ledger.day.isoformat():
        raise EndedSaleError(
            f"the order {entry.order} is entry {entry.number}, of an earlier version or of a time that is over",
            f"As it was: capreg profile --again {entry.number}. As it is: leave --order out.",
        )


def refuse_reversed(ledger: Ledger, entry: Entry) -> None:
    """Raise EndedSaleError for a sale that was reversed, or renewed one that was."""
    if ledger.tally.is_reversed(entry):
        raise EndedSaleError(f"entry {entry.number} was reversed, and what it sold is sold no more", "Order it anew.")


def _as_ordered(ledger: Ledger, draft: Draft, article: Article) -> Draft:
    """Return a draft with the id that the record had when its order was entered."""
    entry = ledger.tally.order(draft.order)
    ids = [id for id, _ in article.former if entry and entry.details.get("record") == id]
    return draft._replace(details={**draft.details, "record": ids[0]}) if ids else draft


def _owned(ledger: Ledger, client: str, article: Article) -> list[Entry]:
    """Return the entries by which a client owns versions of a profile, the version that is asked for last."""
    if article.item != PROFILE:
        return []
    ids = [*(id for id, _ in article.former), article.details["record"]]
    day = ledger.day.isoformat()
    found = [entry for id in ids for entry in ledger.tally.owned(client, article.kind, id, day)]
    return sorted(found, key=article.is_sold_by)


def _priced(ledger: Ledger, buyer: Client, article: Article, owned: list[Entry]) -> Offer:
    payer = _payer(ledger, buyer.id)
    prices = ledger.prices(ledger.day)
    price = price_of(prices, article.item, article.kind if article.item == PROFILE else None)
    renewed = _renewed(ledger, owned, payer) if price.new_version == FREE else None
    net = 0 if renewed else price.of(payer)
    added = taxed(ledger.books, buyer, net, price.price_vat_rate)
    return Offer(Money(net, ledger.currency), added, payer, renewed=renewed)


def _renewed(ledger: Ledger, owned: list[Entry], payer: str) -> Entry | None:
    """Return the entry that a free new version renews; what a member got for nothing is renewed for members alone."""
    for entry in reversed(owned):
        bought = ledger.tally.entry(entry.details.get("renews", entry.number))
        if bought.amount or payer in ("member", bought.details["payer"]):
            return entry
    return None


def _payer(ledger: Ledger, client: str) -> str:
    """Return whose price a client pays; raises BehindError for a member who is not in good standing."""
    member = member_on(ledger.tables, client, ledger.day)
    if member is None:
        return "client"
    refuse_behind(ledger, member)
    return "member"


def _refuse_credit(ledger: Ledger, buyer: Client, offered: Offer) -> None:
    if not buyer.credit or not offered.total.minor:
        return
    limit, owed = (
        Money.parse(buyer.credit, ledger.currency),
        Money(ledger.tally.balance(buyer.id).owed, ledger.currency),
    )
    if owed.minor + offered.total.minor > limit.minor:
        raise CreditError(
            f"'{buyer.id}' owes {owed} and may owe {limit}: {offered.total} more is too much",
            f"Enter what was paid: capreg ledger payment {buyer.id} AMOUNT",
        )


def _draft(ledger: Ledger, client: str, article: Article, order: str, offered: Offer) -> Draft:
    details = {**article.details, "payer": offered.payer, "vat_treatment": offered.vat.treatment}
    if article.item == PROFILE:
        details["until"] = later(ledger.day, ledger.books.settings.entitlement).isoformat()
    if offered.renewed:
        # A version that is free is owned for no longer than the one that was paid for.
        bought = offered.renewed
        details |= {"renews": bought.details.get("renews", bought.number), "until": bought.details["until"]}
    vat = offered.vat
    return Draft(order, article.item, ledger.currency, client, offered.net.minor, vat.rate, vat.amount, details)
