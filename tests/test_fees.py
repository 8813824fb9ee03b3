"""Yearly fees: when they fall due, entered once and only once, and who is behind."""

from datetime import date

import pytest
from conftest import files_of, firm, write_record
from money import PRICES, set_clock, sold, with_settings

from capreg.office.members import Member

YEARS = [
    ("2026-03-01", "2026-03-01", ["2026-03-01"]),
    ("2026-03-01", "2027-02-28", ["2026-03-01"]),
    ("2026-03-01", "2027-03-01", ["2026-03-01", "2027-03-01"]),
    ("2026-03-01", "2026-02-28", []),
    # A fee year from 29 February begins on the 28th in common years, and on the 29th again in leap years.
    ("2024-02-29", "2028-12-31", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
    ("2024-02-29", "2025-02-27", ["2024-02-29"]),
    ("2023-12-31", "2025-12-31", ["2023-12-31", "2024-12-31", "2025-12-31"]),
]


@pytest.mark.parametrize(("since", "until", "begun"), YEARS)
def test_fee_years_begin_on_the_anniversaries_of_the_first_day(since, until, begun):
    years = list(Member("m", "firm", since, since).years(date.fromisoformat(until)))
    assert [str(first) for first, _ in years] == begun
    assert [str(end) for _, end in years[:-1]] == begun[1:]


def test_no_fee_year_begins_on_the_day_a_member_leaves_or_later():
    gone = Member("m", "firm", "2026-03-01", "2026-03-01", left="2028-03-01")
    assert [str(first) for first, _ in gone.years(date(2029, 12, 31))] == ["2026-03-01", "2027-03-01"]


@pytest.fixture
def hub(empty, capreg, monkeypatch):
    """A hub on 1 March 2026 with two firms, the first of which joins."""
    set_clock(monkeypatch, "2026-03-01")
    with_settings(empty, **PRICES)
    for id in ("rossi", "bianchi"):
        write_record(empty, firm(id))
    assert capreg("-R", empty, "member", "join", "rossi").code == 0
    return empty


def states(capreg, hub, *more) -> list[tuple[str, str, str]]:
    """Who owes the fee of which year, and how it stands."""
    found = capreg("-R", hub, "fees", "-O", "json", *more).json["results"]
    return [(one["member"], one["from"], one["state"]) for one in found]


def test_a_fee_is_due_then_entered_then_late_then_paid(hub, capreg, monkeypatch):
    assert states(capreg, hub) == [("rossi", "2026-03-01", "due")]
    capreg("-R", hub, "fees", "--charge", "--yes")
    assert states(capreg, hub) == [("rossi", "2026-03-01", "entered")]
    set_clock(monkeypatch, "2026-03-31")
    assert states(capreg, hub, "--lapsed") == []
    set_clock(monkeypatch, "2026-04-01")
    assert states(capreg, hub, "--lapsed") == [("rossi", "2026-03-01", "late")]
    capreg("-R", hub, "ledger", "payment", "rossi", "304.99", "--yes")
    assert states(capreg, hub, "--lapsed") == [("rossi", "2026-03-01", "late")]
    capreg("-R", hub, "ledger", "payment", "rossi", "0.01", "--yes")
    assert states(capreg, hub) == []


def test_the_term_of_a_fee_begins_on_the_day_it_was_entered_where_the_hub_is(hub, capreg, monkeypatch):
    set_clock(monkeypatch, "2026-05-31T22:30:00")
    capreg("-R", hub, "fees", "--charge", "--yes")
    set_clock(monkeypatch, "2026-07-01")
    assert states(capreg, hub, "--lapsed") == []
    set_clock(monkeypatch, "2026-07-02")
    assert states(capreg, hub, "--lapsed") == [("rossi", "2026-03-01", "late")]


def test_a_payment_that_is_reversed_pays_no_fee(hub, capreg, monkeypatch):
    capreg("-R", hub, "fees", "--charge", "--yes")
    capreg("-R", hub, "ledger", "payment", "rossi", "305.00", "--yes")
    assert states(capreg, hub) == []
    capreg("-R", hub, "ledger", "reverse", "2", "--why", "the bank took it back", "--yes")
    set_clock(monkeypatch, "2026-04-01")
    assert states(capreg, hub, "--lapsed") == [("rossi", "2026-03-01", "late")]
    capreg("-R", hub, "ledger", "payment", "rossi", "305.00", "--yes")
    assert states(capreg, hub) == []


def test_a_sale_after_the_fee_that_is_reversed_pays_nothing_of_it(hub, capreg):
    capreg("-R", hub, "fees", "--charge", "--yes")
    capreg("-R", hub, "profile", "bianchi", "--client", "rossi", "--yes")
    capreg("-R", hub, "ledger", "reverse", "2", "--why", "by mistake", "--yes")
    capreg("-R", hub, "ledger", "payment", "rossi", "304.99", "--yes")
    assert states(capreg, hub) == [("rossi", "2026-03-01", "entered")]
    capreg("-R", hub, "ledger", "payment", "rossi", "0.01", "--yes")
    assert states(capreg, hub) == []


def test_a_sale_before_the_fee_that_is_reversed_need_not_be_paid_first(hub, capreg):
    capreg("-R", hub, "client", "add", "bianchi")
    capreg("-R", hub, "profile", "rossi", "--client", "bianchi", "--yes")
    capreg("-R", hub, "member", "join", "bianchi")
    capreg("-R", hub, "fees", "--charge", "--yes")
    capreg("-R", hub, "ledger", "payment", "bianchi", "305.00", "--yes")
    assert ("bianchi", "2026-03-01", "entered") in states(capreg, hub)
    capreg("-R", hub, "ledger", "reverse", "1", "--why", "by mistake", "--yes")
    assert states(capreg, hub) == [("rossi", "2026-03-01", "entered")]


def test_a_fee_is_entered_once_and_only_once(hub, capreg, monkeypatch):
    for _ in range(2):
        assert capreg("-R", hub, "fees", "--charge", "--yes").code == 0
    assert [(one.order, one.amount, one.vat) for one in sold(hub)] == [("fee/rossi/2026-03-01", 25000, 5500)]
    set_clock(monkeypatch, "2027-03-01")
    capreg("-R", hub, "fees", "--charge", "--yes")
    assert [one.order for one in sold(hub)] == ["fee/rossi/2026-03-01", "fee/rossi/2027-03-01"]


def test_a_fee_that_was_reversed_is_not_entered_again_and_the_member_is_behind(hub, capreg):
    capreg("-R", hub, "fees", "--charge", "--yes")
    capreg("-R", hub, "ledger", "reverse", "1", "--why", "by mistake", "--yes")
    assert "No fee is due" in capreg("-R", hub, "fees", "--charge", "--yes").err
    assert states(capreg, hub, "--lapsed") == [("rossi", "2026-03-01", "reversed")]


def test_a_fee_costs_what_the_list_says_on_the_first_day_of_its_year(hub, capreg, monkeypatch):
    capreg("-R", hub, "price", "change", "fee", "300.00", "--member", "300.00", "--from", "2026-06-01", "--yes")
    set_clock(monkeypatch, "2026-07-01")
    capreg("-R", hub, "member", "join", "bianchi")
    capreg("-R", hub, "fees", "--charge", "--yes")
    assert {one.client: one.amount for one in sold(hub) if one.what == "fee"} == {"rossi": 25000, "bianchi": 30000}
    assert capreg("-R", hub, "ledger", "verify").code == 0


def test_a_member_that_comes_back_begins_anew(hub, capreg, monkeypatch):
    capreg("-R", hub, "fees", "--charge", "--yes")
    set_clock(monkeypatch, "2026-09-01")
    capreg("-R", hub, "member", "leave", "rossi", "--yes")
    assert capreg("-R", hub, "member", "list", "-O", "json").json["results"][0]["standing"] == "left"
    set_clock(monkeypatch, "2027-09-01")
    assert capreg("-R", hub, "member", "join", "rossi").code == 0
    assert ("rossi", "2027-09-01", "due") in states(capreg, hub)


def test_a_member_of_old_owes_from_the_fee_year_that_runs(hub, capreg):
    capreg("-R", hub, "member", "join", "bianchi", "--from", "2025-03-02")
    assert ("bianchi", "2025-03-02", "due") in states(capreg, hub)


@pytest.mark.parametrize(
    "arguments",
    [["fees"], ["fees", "--lapsed"], ["fees", "--charge", "--dry-run"], ["member", "list"], ["price", "list"]],
    ids=" ".join,
)
def test_looking_at_fees_writes_nothing(hub, capreg, arguments):
    before = files_of(hub)
    assert capreg("-R", hub, *arguments).code == 0
    assert files_of(hub) == before
