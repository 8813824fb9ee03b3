"""Invoices and credit notes: numbered without gaps, with the right VAT, and always the same bytes."""

import json

import pytest
from conftest import firm, write_record
from money import PRICES, set_clock, sold, with_settings

from capreg.model.money import Money, share
from capreg.office.vat import tax, vat_number


@pytest.fixture
def hub(empty, capreg, monkeypatch):
    """A hub on 1 March 2026 that has sold two profiles to an Italian and one to a German client."""
    set_clock(monkeypatch, "2026-03-01")
    with_settings(empty, **PRICES, seller={"address": "Via Milazzo 1", "vat_number": "IT00743110157"})
    for id in ("rossi", "bianchi"):
        write_record(empty, firm(id))
    capreg("-R", empty, "client", "add", "italian", "--country", "IT", "--address", "Via Emilia 1")
    capreg("-R", empty, "client", "add", "german", "--vat-number", "DE136695976")
    for id, client in (("rossi", "italian"), ("bianchi", "italian"), ("rossi", "german")):
        assert capreg("-R", empty, "profile", id, "--client", client, "--yes").code == 0
    return empty


def invoice(capreg, hub, client, *more):
    return capreg("-R", hub, "invoice", client, "--yes", "-O", "json", *more).json


TAXES = [
    (10000, "22", "IT", None, None, ("domestic", "22", 2200)),
    (10000, "22", "IT", "IT", None, ("domestic", "22", 2200)),
    (10000, "22", "IT", "IT", "IT00743110157", ("domestic", "22", 2200)),
    (10000, "22", "IT", "DE", None, ("domestic", "22", 2200)),
    (10000, "22", "IT", None, "DE136695976", ("reverse-charge", "0", 0)),
    (10000, "22", "IT", None, "EL094259216", ("reverse-charge", "0", 0)),
    (10000, "22", "IT", "US", None, ("outside", "0", 0)),
    (10000, "8.1", "CH", "CH", None, ("domestic", "8.1", 810)),
    (10000, "8.1", "CH", "DE", None, ("outside", "0", 0)),
    (10000, "8.1", "CH", None, "DE136695976", ("outside", "0", 0)),
    (10000, "22", None, None, None, ("domestic", "22", 2200)),
    (10000, "22", None, "IT", None, ("domestic", "22", 2200)),
    (10000, "22", None, None, "DE136695976", ("domestic", "22", 2200)),
]


@pytest.mark.parametrize(("net", "rate", "hub_country", "country", "number", "expected"), TAXES)
def test_vat_follows_the_countries_and_the_number(net, rate, hub_country, country, number, expected):
    assert tax(net, rate, hub_country, country, number) == expected


NUMBERS = [
    ("IT00743110157", None, "IT00743110157"),
    ("it 007.4311-0157", None, "IT00743110157"),
    ("00743110157", "IT", "IT00743110157"),
    ("094259216", "GR", "EL094259216"),
    ("DE 136 695 976", None, "DE136695976"),
    ("CHE-107.787.577 MWST", "CH", None),
    ("US123456789", None, "US123456789"),
]


@pytest.mark.parametrize(("text", "country", "expected"), NUMBERS)
def test_a_vat_number_is_kept_in_one_way(text, country, expected):
    found = vat_number(text, country)
    assert expected in (None, found)


SHARES = [
    (4500, "22", 990),
    (5, "10", 1),
    (4, "10", 0),
    (-5, "10", -1),
    (333, "5.5", 18),
    (10**15, "22", 22 * 10**13),
    (1, "0", 0),
]


@pytest.mark.parametrize(("minor", "percent", "expected"), SHARES)
def test_halves_are_rounded_away_from_nothing(minor, percent, expected):
    assert share(minor, percent) == expected


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [(-4500, "EUR", "-45.00"), (-5, "EUR", "-0.05"), (-5, "JPY", "-5"), (1, "KWD", "0.001")],
)
def test_amounts_less_than_nothing_keep_their_decimals(minor, currency, said):
    assert Money(minor, currency).amount == said


def test_an_invoice_holds_what_was_charged_with_its_vat_and_both_parties(hub, capreg):
    found = invoice(capreg, hub, "italian")
    assert (found["number"], found["net"], found["total"], found["due"]) == (
        "2026-0001",
        "90.00",
        "109.80",
        "2026-03-31",
    )
    assert found["totals"] == [{"vat_treatment": "domestic", "vat_rate": "22", "net": "90.00", "vat": "19.80"}]
    assert [line["entry"] for line in found["lines"]] == [1, 2]
    assert (found["seller"]["vat_number"], found["buyer"]["address"]) == ("IT00743110157", "Via Emilia 1")


def test_an_invoice_to_another_member_state_says_who_owes_the_vat(hub, capreg):
    said = capreg("-R", hub, "invoice", "german", "--yes").out
    assert ("€45.00" in said, "Reverse charge" in said, "DE136695976" in said) == (True, True, True)


def test_the_days_of_an_invoice_are_those_where_the_hub_is(hub, capreg, monkeypatch):
    set_clock(monkeypatch, "2026-05-31T22:30:00")
    capreg("-R", hub, "client", "add", "late")
    capreg("-R", hub, "profile", "rossi", "--client", "late", "--yes")
    said = capreg("-R", hub, "invoice", "late", "--yes").out
    assert ("2026-06-01" in said, "2026-07-01" in said, "2026-05-31" in said) == (True, True, False)


def test_invoices_and_credit_notes_are_numbered_without_gaps_each_in_their_series_and_anew_each_year(
    hub, capreg, monkeypatch
):
    invoice(capreg, hub, "italian")
    invoice(capreg, hub, "german")
    capreg("-R", hub, "ledger", "reverse", "1", "--why", "by mistake", "--yes")
    set_clock(monkeypatch, "2027-01-02")
    capreg("-R", hub, "profile", "rossi", "--client", "italian", "--yes")
    invoice(capreg, hub, "italian")
    found = capreg("-R", hub, "invoice", "--list", "-O", "json").json["results"]
    assert [one["paper"] for one in found] == ["2026-0001", "2026-0002", "2026-C0001", "2027-0001"]
    assert [one["total"] for one in found] == ["109.80", "45.00", "-54.90", "54.90"]


def test_what_was_invoiced_or_reversed_is_not_invoiced_again(hub, capreg):
    capreg("-R", hub, "ledger", "reverse", "1", "--why", "by mistake", "--yes")
    assert invoice(capreg, hub, "italian")["net"] == "45.00"
    assert capreg("-R", hub, "invoice", "italian", "--yes").code == 6
    assert "credit note" not in capreg("-R", hub, "ledger", "reverse", "2", "--why", "x", "--dry-run").err


def test_what_is_charged_later_than_the_day_waits_for_the_next_invoice(hub, capreg, monkeypatch):
    set_clock(monkeypatch, "2026-03-05")
    write_record(hub, firm("verdi"))
    capreg("-R", hub, "profile", "verdi", "--client", "italian", "--yes")
    assert [line["entry"] for line in invoice(capreg, hub, "italian", "--until", "2026-03-04")["lines"]] == [1, 2]
    assert [line["entry"] for line in invoice(capreg, hub, "italian")["lines"]] == [4]


@pytest.mark.parametrize("format", ["text", "md", "html", "pdf", "json"])
def test_an_invoice_again_is_the_same_bytes_whatever_changed_since(hub, capreg, tmp_path, format):
    first, again = tmp_path / f"first.{format}", tmp_path / f"again.{format}"
    assert capreg("-R", hub, "invoice", "italian", "--yes", "-O", format, "-o", first).code == 0
    capreg("-R", hub, "client", "edit", "italian", "--name", "Another", "--address", "Elsewhere")
    with_settings(hub, hub="Another hub")
    assert capreg("-R", hub, "invoice", "--again", "2026-0001", "-O", format, "-o", again).code == 0
    assert first.read_bytes() == again.read_bytes()


def test_an_invoice_in_a_form_it_was_not_issued_in_still_says_what_it_said(hub, capreg):
    invoice(capreg, hub, "italian")
    capreg("-R", hub, "client", "edit", "italian", "--address", "Elsewhere")
    said = capreg("-R", hub, "invoice", "--again", "2026-0001", "--language", "it").out
    assert ("Fattura 2026-0001" in said, "Via Emilia 1" in said, "109,80" in said) == (True, True, True)


def test_a_credit_note_names_the_invoice_and_why(hub, capreg):
    invoice(capreg, hub, "italian")
    assert "credit note 2026-C0001" in capreg("-R", hub, "ledger", "reverse", "1", "--why", "wrong firm", "--yes").err
    said = capreg("-R", hub, "invoice", "--again", "2026-C0001").out
    assert [word in said for word in ("Credit note 2026-C0001", "2026-0001", "wrong firm", "-€54.90")] == [True] * 4


def test_the_books_verify_with_invoices_and_credit_notes(hub, capreg):
    invoice(capreg, hub, "italian")
    capreg("-R", hub, "ledger", "reverse", "1", "--why", "wrong firm", "--yes")
    done = capreg("-R", hub, "ledger", "verify", "-O", "json")
    assert (done.code, json.loads(done.out)["findings"], len(sold(hub))) == (0, [], 5)
