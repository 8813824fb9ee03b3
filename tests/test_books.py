"""Any sequence of sales, payments, reversals, fees, invoices and closings keeps the books in balance."""

import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from conftest import firm
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from money import PRICES

from capreg.errors import CapregError
from capreg.model.kinds import Tier
from capreg.model.money import Money
from capreg.model.record import Record
from capreg.model.settings import Settings
from capreg.office.account import close_year, enter_payment, reverse
from capreg.office.books import Books
from capreg.office.clients import Client, add_client
from capreg.office.entry import balances
from capreg.office.fees import charge_fees, fees
from capreg.office.ledger import looking
from capreg.office.members import join
from capreg.office.papers import invoice, papers, waiting
from capreg.office.proof import entries
from capreg.office.sales import offer, profile_article, sell
from capreg.office.verification import verify
from capreg.store.schemas import load_kinds

CLIENTS = ("anna", "bruno", "carla")
FIRMS = ("rossi", "bianchi")
KIND = load_kinds(Path("nowhere"))["firm"].kind
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class TheBooks(RuleBasedStateMachine):
    """A hub with three clients and two members, as time goes by."""

    @initialize()
    def open(self) -> None:
        """Begin with empty books."""
        self.folder = tempfile.TemporaryDirectory()
        said = Settings("A hub", "Europe/Rome", "EUR", ["en"], PRICES["prices"], PRICES["fee"], "P30D", "IT")
        self.books = Books(Path(self.folder.name) / "office", said)
        self.moment, self.owed, self.count, self.closed = NOON, Counter(), 0, set()
        for id in CLIENTS:
            add_client(self.books, Client(id, id, "2026-01-01"))

    def at_work(self):
        """Let it be the moment that it is in the story."""
        return patch("capreg.office.ledger.now", lambda: self.moment)

    def entered(self, entry) -> None:
        """Reckon an entry in the simplest way."""
        self.owed[entry.client] += entry.amount + entry.vat
        self.count += 1

    def tried(self, act):
        """Return what an act enters, None where it is refused."""
        with self.at_work():
            try:
                return act()
            except CapregError:
                return None

    @rule(days=st.integers(0, 40))
    def wait(self, days: int) -> None:
        """Let days go by."""
        self.moment += timedelta(days=days)

    @rule(
        client=st.sampled_from(CLIENTS), id=st.sampled_from(FIRMS), version=st.integers(0, 1), order=st.integers(0, 6)
    )
    def buy(self, client: str, id: str, version: int, order: int) -> None:
        """Sell a profile under one of a few orders, so that some come twice."""
        article = profile_article(KIND, firm(id, founded=1980 + version))

        def act():
            shown = offer(self.books, client, article, f"o-{order}")
            return sell(self.books, client, article, f"o-{order}", shown)

        sale = self.tried(act)
        if sale and sale.is_new:
            self.entered(sale.entry)

    @rule(client=st.sampled_from(CLIENTS), cents=st.integers(1, 20_000))
    def pay(self, client: str, cents: int) -> None:
        """Enter a payment."""
        paid = self.tried(lambda: enter_payment(self.books, client, Money(cents, "EUR"), f"bank-{self.count}"))
        if paid and paid[1]:
            self.entered(paid[0])

    @precondition(lambda self: self.count)
    @rule(data=st.data())
    def reverse(self, data) -> None:
        """Reverse an entry; what cannot be reversed is refused."""
        number = data.draw(st.integers(1, self.count))
        if entry := self.tried(lambda: reverse(self.books, number, "by mistake")):
            self.entered(entry)

    @rule(id=st.sampled_from(FIRMS))
    def join(self, id: str) -> None:
        """Make a firm a member."""
        day = self.moment.date()
        self.tried(lambda: join(self.books, KIND, Record(id, firm(id)), day, day))

    @rule()
    def charge(self) -> None:
        """Enter the fees that are due."""

        def act():
            with looking(self.books) as ledger:
                due = [fee for fee in fees(ledger, ledger.day) if fee.state == "due"]
            return charge_fees(self.books, due)

        for entry in self.tried(act) or ():
            self.entered(entry)

    @rule(client=st.sampled_from((*CLIENTS, *FIRMS)))
    def bill(self, client: str) -> None:
        """Invoice what waits."""

        def act():
            with looking(self.books) as ledger:
                lines = waiting(ledger, client, ledger.day)
            return invoice(self.books, client, date.max, [one.number for one in lines])

        if entry := self.tried(act):
            self.entered(entry)

    @rule(ago=st.integers(0, 1))
    def close(self, ago: int) -> None:
        """Close this year or the one before."""
        if entry := self.tried(lambda: close_year(self.books, self.moment.year - ago)):
            before = [one for one in entries(self.books) if one.year <= entry.details["year"]]
            assert entry.details["balances"] == balances(before)
            self.count += 1

    def still_owed(self) -> dict[str, int]:
        """What each client owes who owes anything."""
        return {client: owed for client, owed in self.owed.items() if owed}

    @invariant()
    def balances_are_the_sums_of_the_entries(self) -> None:
        """The journal, the tally and the simplest reckoning agree, and everything verifies."""
        if not hasattr(self, "books"):
            return
        with self.at_work():
            known = entries(self.books)
            with looking(self.books) as ledger:
                assert ledger.tally.balances() == balances(known) == self.still_owed()
            assert [entry.number for entry in known] == list(range(1, self.count + 1))
            assert list(verify(self.books).findings) == []
            billed = [line.number for paper in papers(self.books) if not paper.credits for line in paper.lines]
            assert len(billed) == len(set(billed))

    @invariant()
    def payments_cover_the_oldest_charges_first(self) -> None:
        """A charge is paid where what was paid, and not reversed, covers all charges up to it that were not."""
        if not hasattr(self, "books"):
            return
        known = entries(self.books)
        gone = {one.details["reverses"] for one in known if one.what == "reversal"}
        standing = [one for one in known if one.number not in gone]
        left = Counter()
        for one in standing:
            left[one.client] -= one.gross if one.what == "payment" else 0
        with self.at_work(), looking(self.books) as ledger:
            for one in (one for one in standing if one.is_charge):
                left[one.client] -= one.gross
                assert ledger.tally.is_paid(one) == (left[one.client] >= 0)

    def teardown(self) -> None:
        """Throw the books away."""
        if hasattr(self, "folder"):
            self.folder.cleanup()


TheBooks.TestCase.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
test_any_sequence_keeps_the_books_in_balance = TheBooks.TestCase


def test_a_profile_is_cut_to_the_detailed_tier_before_it_is_hashed():
    article = profile_article(KIND, firm(capacity={"largest_customer_share": 0.5}))
    assert article == profile_article(KIND, firm())
    assert Tier.detailed < Tier.confidential
