"""The ledger as other programs of bookkeeping get it: what each kind of entry becomes, and that they reckon the same."""

import csv
import io
from decimal import Decimal
from textwrap import dedent

import pytest
from bookkeepers import beancount_owed, book, exported, hledger, hledger_owed, needs_hledger
from conftest import firm, write_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from money import PRICES, set_clock, with_settings

from capreg.model.money import Money, share
from capreg.office.entry import Draft, balances

NOON = "2027-01-11T12:00:00Z"
PRINTOUT = Draft("po-1", "printout", "EUR", "nordwerk", 500, "0", 0, {"kind": "firm", "query": "process:milling"})
PROFILE = Draft("po-2", "profile", "EUR", "ferri", 4500, "22", 990, {"kind": "firm", "record": "rossi"})
OWN_KIND = Draft("po-3", "profile", "EUR", "ferri", 4500, "22", 990, {"kind": "test_lab", "record": "rossi"})
FEE = Draft("fee/rossi/2027-01-11", "fee", "EUR", "rossi", 25000, "22", 5500, {"member": "rossi", "from": "2027-01-11"})
PAYMENT = Draft("bank-1", "payment", "EUR", "ferri", -5490, details={"note": 'the "first"; of two'})
FREE = Draft("po-4", "profile", "EUR", "ferri", 0, "22", 0, {"kind": "contractor", "record": "big"})
PRICE = Draft("price/1", "price", "EUR", details={"item": "fee", "from": "2027-01-11"})
INVOICE = Draft("invoice/2027-0001", "invoice", "EUR", "ferri", details={"entries": [1], "net": 4500, "total": 5490})
CLOSING = Draft("closing/2026", "closing", "EUR", details={"year": 2026, "balances": {"ferri": 5490}})


def reversed_by(of: Draft, number: int = 1) -> Draft:
    """The draft that reverses an entry."""
    details = {"reverses": number, "why": "by mistake"}
    return Draft(f"reversal/{number}", "reversal", "EUR", of.client, -of.amount, of.vat_rate, -of.vat, details)


BECOMES = {
    "a printout without VAT": (
        [PRINTOUT],
        """\
        2027-01-11 (1) nordwerk | printout firm  ; order:po-1
            assets:receivable:nordwerk  5.00 EUR
            income:printout  -5.00 EUR
        """,
        """\
        2027-01-11 * "nordwerk" "printout firm"
          entry: 1
          order: "po-1"
          Assets:Receivable:Nordwerk  5.00 EUR
          Income:Printout  -5.00 EUR
        """,
    ),
    "a profile with VAT": (
        [PROFILE],
        """\
        2027-01-11 (1) ferri | profile firm rossi  ; order:po-2
            assets:receivable:ferri  54.90 EUR
            income:profile:firm  -45.00 EUR
            liabilities:vat  -9.90 EUR
        """,
        """\
        2027-01-11 * "ferri" "profile firm rossi"
          entry: 1
          order: "po-2"
          Assets:Receivable:Ferri  54.90 EUR
          Income:Profile:Firm  -45.00 EUR
          Liabilities:Vat  -9.90 EUR
        """,
    ),
    "a profile of a kind of the hub's own": (
        [OWN_KIND],
        """\
        2027-01-11 (1) ferri | profile test_lab rossi  ; order:po-3
            assets:receivable:ferri  54.90 EUR
            income:profile:test_lab  -45.00 EUR
            liabilities:vat  -9.90 EUR
        """,
        """\
        2027-01-11 * "ferri" "profile test_lab rossi"
          entry: 1
          order: "po-3"
          Assets:Receivable:Ferri  54.90 EUR
          Income:Profile:Test-lab  -45.00 EUR
          Liabilities:Vat  -9.90 EUR
        """,
    ),
    "a fee": (
        [FEE],
        """\
        2027-01-11 (1) rossi | fee rossi 2027-01-11  ; order:fee/rossi/2027-01-11
            assets:receivable:rossi  305.00 EUR
            income:fee  -250.00 EUR
            liabilities:vat  -55.00 EUR
        """,
        """\
        2027-01-11 * "rossi" "fee rossi 2027-01-11"
          entry: 1
          order: "fee/rossi/2027-01-11"
          Assets:Receivable:Rossi  305.00 EUR
          Income:Fee  -250.00 EUR
          Liabilities:Vat  -55.00 EUR
        """,
    ),
    "a payment, without its note, which may hold any sign": (
        [PAYMENT],
        """\
        2027-01-11 (1) ferri | payment  ; order:bank-1
            assets:receivable:ferri  -54.90 EUR
            assets:bank  54.90 EUR
        """,
        """\
        2027-01-11 * "ferri" "payment"
          entry: 1
          order: "bank-1"
          Assets:Receivable:Ferri  -54.90 EUR
          Assets:Bank  54.90 EUR
        """,
    ),
    "a reversal of a sale, from the accounts of the sale": (
        [PROFILE, reversed_by(PROFILE)],
        """\
        2027-01-11 (2) ferri | reversal of entry 1  ; order:reversal/1
            assets:receivable:ferri  -54.90 EUR
            income:profile:firm  45.00 EUR
            liabilities:vat  9.90 EUR
        """,
        """\
        2027-01-11 * "ferri" "reversal of entry 1"
          entry: 2
          order: "reversal/1"
          Assets:Receivable:Ferri  -54.90 EUR
          Income:Profile:Firm  45.00 EUR
          Liabilities:Vat  9.90 EUR
        """,
    ),
    "a reversal of a payment, from the bank": (
        [PAYMENT, reversed_by(PAYMENT)],
        """\
        2027-01-11 (2) ferri | reversal of entry 1  ; order:reversal/1
            assets:receivable:ferri  54.90 EUR
            assets:bank  -54.90 EUR
        """,
        """\
        2027-01-11 * "ferri" "reversal of entry 1"
          entry: 2
          order: "reversal/1"
          Assets:Receivable:Ferri  54.90 EUR
          Assets:Bank  -54.90 EUR
        """,
    ),
}
MOVES_NOTHING = {
    "a sale that is free": [FREE],
    "a reversal of what was free": [FREE, reversed_by(FREE)],
    "a price": [PRICE],
    "an invoice": [INVOICE],
    "a closing": [CLOSING],
}
EVERYTHING = [PROFILE, PRINTOUT, OWN_KIND, FEE, PAYMENT, FREE, PRICE, INVOICE, CLOSING]
EVERYTHING += [reversed_by(one, number) for number, one in enumerate(EVERYTHING[:6], 1)]


def at_noon(drafts):
    return book((NOON, draft) for draft in drafts)


@pytest.mark.parametrize("program", ["hledger", "beancount"])
@pytest.mark.parametrize("case", BECOMES)
def test_what_each_entry_becomes(case, program):
    drafts, *texts = BECOMES[case]
    shown = dedent(texts[program == "beancount"])
    assert exported(at_noon(drafts), program).split("\n\n")[-1] == shown


@pytest.mark.parametrize("program", ["hledger", "beancount"])
@pytest.mark.parametrize("case", MOVES_NOTHING)
def test_what_moves_no_money_is_in_no_journal(case, program):
    assert "2027-01-11" not in exported(at_noon(MOVES_NOTHING[case]), program)


def test_accounts_and_the_currency_are_declared_before_they_are_used():
    assert exported(at_noon([PAYMENT]), "hledger").split("\n\n")[0] == dedent("""\
        commodity 1000.00 EUR
        account assets:bank
        account assets:receivable:ferri""")
    assert exported(at_noon([PAYMENT]), "beancount").split("\n\n")[0] == dedent("""\
        option "operating_currency" "EUR"
        2027-01-11 open Assets:Bank EUR
        2027-01-11 open Assets:Receivable:Ferri EUR""")


@pytest.mark.parametrize("drafts", [[], EVERYTHING], ids=["nothing", "everything"])
def test_beancount_accepts_and_reckons_the_same(drafts):
    entries = at_noon(drafts)
    assert beancount_owed(exported(entries, "beancount")) == owed(entries, "EUR")


@needs_hledger
@pytest.mark.parametrize("drafts", [[], EVERYTHING], ids=["nothing", "everything"])
def test_hledger_accepts_and_reckons_the_same(drafts, tmp_path):
    entries = at_noon(drafts)
    journal = exported(entries, "hledger")
    hledger(journal, tmp_path, "check", "--strict")
    assert hledger_owed(journal, tmp_path) == owed(entries, "EUR")


def owed(entries, currency):
    """What each client owes, as capreg reckons it."""
    return {client: Decimal(Money(minor, currency).amount) for client, minor in balances(entries).items()}


DECIMALS = {"JPY": "250000", "EUR": "2500.00", "BHD": "250.000", "CLF": "25.0000"}


@pytest.mark.parametrize("currency", DECIMALS)
def test_amounts_have_the_decimals_of_their_currency(currency):
    entries = at_noon([FEE._replace(currency=currency, amount=250000, vat=0)])
    assert f"assets:receivable:rossi  {DECIMALS[currency]} {currency}\n" in exported(entries, "hledger", currency)
    assert beancount_owed(exported(entries, "beancount", currency)) == owed(entries, currency)


@needs_hledger
@pytest.mark.parametrize("currency", DECIMALS)
def test_hledger_reads_amounts_with_the_decimals_of_their_currency(currency, tmp_path):
    entries = at_noon([FEE._replace(currency=currency, amount=1234567, vat=1)])
    journal = exported(entries, "hledger", currency)
    hledger(journal, tmp_path, "check", "--strict")
    assert hledger_owed(journal, tmp_path) == owed(entries, currency)


# Every form that the id of a client may have.
IDS = ["-", "--", "-a", "xx-a", "0", "9-to-5", "2027-01-11", "a-", "a", "rossi", "z" * 64]
FOR_ALL = [FEE._replace(order=f"o{at}", client=id, amount=at + 1) for at, id in enumerate(IDS)]


def test_every_id_has_an_account_of_its_own_in_beancount():
    entries = at_noon(FOR_ALL)
    assert beancount_owed(exported(entries, "beancount")) == owed(entries, "EUR")
    assert len(owed(entries, "EUR")) == len(IDS)


@needs_hledger
def test_every_id_has_an_account_of_its_own_in_hledger(tmp_path):
    entries = at_noon(FOR_ALL)
    journal = exported(entries, "hledger")
    hledger(journal, tmp_path, "check", "--strict")
    assert hledger_owed(journal, tmp_path) == owed(entries, "EUR")


YEARS = [("2027-12-30T12:00:00Z", PROFILE), ("2027-12-31T23:30:00Z", FEE), ("2028-02-29T12:00:00Z", PAYMENT)]


def test_the_days_of_a_journal_are_those_where_the_hub_is():
    lines = exported(book(YEARS), "hledger").splitlines()
    assert [line[:10] for line in lines if line.startswith("20")] == ["2027-12-30", "2028-01-01", "2028-02-29"]


@needs_hledger
def test_hledger_reckons_each_year_of_several(tmp_path):
    journal = exported(book(YEARS), "hledger")
    hledger(journal, tmp_path, "check", "--strict")
    ended = hledger(journal, tmp_path, "balance", "-N", "-e", "2028-01-01", "assets:receivable")
    assert ended.split() == ["54.90", "EUR", "assets:receivable:ferri"]
    assert hledger_owed(journal, tmp_path) == {"rossi": Decimal("305.00")}


CLIENTS = st.sampled_from(["anna", "-bruno", "3-carla"])
SALES = st.tuples(
    CLIENTS, st.sampled_from(["fee", "profile", "printout"]), st.integers(0, 10**9), st.sampled_from(["0", "22", "5.5"])
)
DEEDS = st.lists(st.one_of(SALES, st.tuples(CLIENTS, st.integers(1, 10**9)), st.integers(0, 30)), max_size=25)
PROCESSES = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def drafted(deeds, currency):
    """Drafts of sales, payments and reversals; a number reverses the entry of that place, if there is one to reverse."""
    drafts, gone = [], set()
    for at, deed in enumerate(deeds):
        if isinstance(deed, int):
            if deed >= len(drafts) or deed in gone or drafts[deed].what == "reversal":
                continue
            gone.add(deed)
            drafts.append(reversed_by(drafts[deed], deed + 1)._replace(currency=currency))
        elif len(deed) == 2:
            drafts.append(Draft(f"o{at}", "payment", currency, deed[0], -deed[1]))
        else:
            client, what, amount, rate = deed
            details = {"kind": "firm", "record": "x"} if what == "profile" else {}
            drafts.append(Draft(f"o{at}", what, currency, client, amount, rate, share(amount, rate), details))
    return drafts


@given(deeds=DEEDS, currency=st.sampled_from(list(DECIMALS)))
@settings(max_examples=40, deadline=None)
def test_beancount_reckons_any_books_to_the_same_balances(deeds, currency):
    entries = at_noon(drafted(deeds, currency))
    assert beancount_owed(exported(entries, "beancount", currency)) == owed(entries, currency)


@needs_hledger
@given(deeds=DEEDS, currency=st.sampled_from(list(DECIMALS)))
@PROCESSES
def test_hledger_reckons_any_books_to_the_same_balances(tmp_path, deeds, currency):
    entries = at_noon(drafted(deeds, currency))
    journal = exported(entries, "hledger", currency)
    hledger(journal, tmp_path, "check", "--strict")
    assert hledger_owed(journal, tmp_path) == owed(entries, currency)


@pytest.fixture
def hub(empty, capreg, monkeypatch):
    """A hub that sold a profile to a client whose id begins with a digit, was paid too much, and reversed the sale."""
    set_clock(monkeypatch, "2027-01-11")
    with_settings(empty, **PRICES)
    write_record(empty, firm("rossi"))
    for arguments in (
        ["client", "add", "3-torri"],
        ["profile", "rossi", "--client", "3-torri", "--order", "po-1", "--yes"],
        ["ledger", "payment", "3-torri", "60.00", "--order", "bank-1", "--yes"],
        ["ledger", "reverse", "1", "--why", "by mistake", "--yes"],
    ):
        assert capreg("-R", empty, *arguments).code == 0
    return empty


def test_the_command_writes_what_is_tested_here(hub, capreg, tmp_path):
    assert beancount_owed(capreg("-R", hub, "ledger", "export", "beancount").out) == {"3-torri": Decimal("-60.00")}
    assert capreg("-R", hub, "ledger", "export", "hledger", "-o", tmp_path / "hub.journal").code == 0
    assert (tmp_path / "hub.journal").read_text() == capreg("-R", hub, "ledger", "export", "hledger").out


def test_the_csv_has_a_row_for_each_entry_and_plain_numbers(hub, capreg):
    rows = list(csv.DictReader(io.StringIO(capreg("-R", hub, "ledger", "export", "csv").out)))
    assert [(row["number"], row["what"], row["amount"], row["vat"]) for row in rows] == [
        ("1", "profile", "45.00", "9.90"),
        ("2", "payment", "-60.00", "0.00"),
        ("3", "reversal", "-45.00", "-9.90"),
    ]


def test_books_without_entries_are_exported_in_the_currency_of_the_hub(empty, capreg):
    with_settings(empty, currency="JPY", prices={"profiles": {}}, fee="250")
    done = capreg("-R", empty, "ledger", "export", "hledger")
    assert (done.code, done.out) == (0, "commodity 1000. JPY\n")
