"""Sales: who pays what, once; what is owned, and for how long; who is refused, and why."""

import json

import pytest
from conftest import files_of, firm, write_record
from money import PRICES, set_clock, sold, with_settings

OPEN = {"name": "Rossi S.r.l."}


@pytest.fixture
def hub(empty, capreg, monkeypatch):
    """A hub on 1 March 2026: two firms, one of them a member, a contractor, and a client of each sort."""
    set_clock(monkeypatch, "2026-03-01")
    with_settings(empty, **PRICES)
    for id in ("rossi", "bianchi"):
        write_record(empty, firm(id))
    write_record(empty, {"kind": "contractor", "id": "big", "name": "Big"}, "contractors")
    for arguments in (
        ["client", "add", "italian", "--vat-number", "IT00743110157"],
        ["client", "add", "german", "--vat-number", "DE136695976"],
        ["client", "add", "french", "--country", "FR"],
        ["client", "add", "swiss", "--country", "CH"],
        ["client", "add", "plain"],
        ["member", "join", "bianchi"],
        ["fees", "--charge", "--yes"],
        ["ledger", "payment", "bianchi", "305.00", "--yes"],
    ):
        assert capreg("-R", empty, *arguments).code == 0
    return empty


def buy(capreg, hub, client="plain", id="rossi", *more):
    return capreg("-R", hub, "profile", id, "--client", client, "--yes", *more)


def last(hub):
    return sold(hub)[-1]


PAID = [
    ("plain", "firm", "rossi", 4500, "22", 990, "domestic"),
    ("italian", "firm", "rossi", 4500, "22", 990, "domestic"),
    ("german", "firm", "rossi", 4500, "0", 0, "reverse-charge"),
    ("french", "firm", "rossi", 4500, "22", 990, "domestic"),
    ("swiss", "firm", "rossi", 4500, "0", 0, "outside"),
    ("bianchi", "firm", "rossi", 3000, "22", 660, "domestic"),
    ("bianchi", "contractor", "big", 0, "22", 0, "domestic"),
    ("plain", "contractor", "big", 12000, "22", 2640, "domestic"),
]


@pytest.mark.parametrize(("client", "kind", "id", "net", "rate", "vat", "treatment"), PAID)
def test_what_a_profile_costs_depends_on_who_buys(hub, capreg, client, kind, id, net, rate, vat, treatment):
    assert buy(capreg, hub, client, id, "-k", kind).code == 0
    entry = last(hub)
    assert (entry.amount, entry.vat_rate, entry.vat, entry.details["vat_treatment"]) == (net, rate, vat, treatment)
    assert entry.details["payer"] == ("member" if client == "bianchi" else "client")


def refused(capreg, hub, *arguments) -> tuple[int, str]:
    """Run a command that is to be refused; nothing may be written."""
    before = files_of(hub)
    done = capreg("-R", hub, *arguments)
    assert done.out == ""
    assert files_of(hub) == before
    return done.code, done.err


REFUSED = {
    "an unknown client": (["profile", "rossi", "--client", "nobody", "--yes"], 3, "no client 'nobody'"),
    "an unknown firm": (["profile", "nobody", "--client", "plain", "--yes"], 3, "nobody"),
    "a printout for an unknown client": (["printout", "--client", "nobody", "--yes"], 3, "no client 'nobody'"),
    "nobody to ask": (["profile", "rossi", "--client", "plain"], 2, "--yes"),
    "no client": (["profile", "rossi", "--yes"], 2, "--client"),
    "an order that is none": (["profile", "rossi", "--client", "plain", "--yes", "--order", "a/b"], 2, "a/b"),
    "a price in the past": (["price", "change", "profile", "50.00", "--from", "2026-02-28", "--yes"], 2, "is past"),
    "too many decimals": (["price", "change", "profile", "50.001", "--yes"], 2, "50.001"),
    "a huge exponent": (["price", "change", "profile", "1e9", "--yes"], 2, "1e9"),
    "a huge price": (["price", "change", "profile", "9" * 13, "--yes"], 2, "999"),
    "a price less than nothing": (["price", "change", "--yes", "profile", "--", "-5.00"], 2, "-5.00"),
    "VAT that is none": (["price", "change", "printout", "5.00", "--vat-rate", "22%", "--yes"], 2, "22%"),
    "a price that says nothing": (["price", "change", "profile", "--yes"], 2, "no amount"),
    "a version of a fee": (["price", "change", "fee", "5.00", "--new-version", "free", "--yes"], 2, "no versions"),
    "a payment of nothing": (["ledger", "payment", "plain", "0.00", "--yes"], 2, "no payment"),
    "a payment by nobody": (["ledger", "payment", "nobody", "1.00", "--yes"], 3, "no client"),
    "an entry that is not there": (["ledger", "reverse", "99", "--why", "x", "--yes"], 3, "no entry 99"),
    "a year to come": (["ledger", "close", "2027", "--yes"], 6, "has not begun"),
    "an invoice of nothing": (["invoice", "plain", "--yes"], 6, "nothing"),
    "an invoice that is not there": (["invoice", "--again", "2026-0009"], 3, "2026-0009"),
    "a document that is not there": (["profile", "--again", "1"], 3, "no document"),
    "a VAT number that is none": (["client", "add", "x", "--vat-number", "IT00743110158"], 2, "no VAT number"),
    "a member of old": (["member", "join", "rossi", "--from", "2025-02-28"], 2, "more than a year"),
    "a member twice": (["member", "join", "bianchi"], 2, "is a member"),
    "nobody leaves": (["member", "leave", "rossi", "--yes"], 3, "no member"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_right_is_refused_with_the_reason_and_nothing_is_written(hub, capreg, arguments, code, said):
    told, err = refused(capreg, hub, *arguments)
    assert (told, said in err, "unexpected" in err) == (code, True, False), err


def test_a_closed_client_buys_nothing_until_it_is_opened_again(hub, capreg):
    capreg("-R", hub, "client", "close", "plain", "--yes")
    assert refused(capreg, hub, "profile", "rossi", "--client", "plain", "--yes")[0] == 6
    capreg("-R", hub, "client", "edit", "plain", "--open")
    assert buy(capreg, hub).code == 0


CREDIT = [
    (["--credit", "54.90"], 0, True),
    (["--credit", "54.89"], 0, False),
    (["--prepaid"], 0, False),
    (["--prepaid"], 5490, True),
    (["--prepaid"], 5489, False),
    (["--credit", "10.00"], 4490, True),
]


@pytest.mark.parametrize(("terms", "paid", "sold_to"), CREDIT)
def test_a_client_owes_no_more_than_it_may(hub, capreg, terms, paid, sold_to):
    capreg("-R", hub, "client", "edit", "plain", *terms)
    if paid:
        capreg("-R", hub, "ledger", "payment", "plain", f"{paid // 100}.{paid % 100:02}", "--yes")
    assert buy(capreg, hub).code == (0 if sold_to else 6)


def test_a_member_that_is_behind_buys_nothing_not_even_what_is_free(hub, capreg, monkeypatch):
    assert buy(capreg, hub, "bianchi", "big", "-k", "contractor").code == 0
    set_clock(monkeypatch, "2027-03-01")
    capreg("-R", hub, "fees", "--charge", "--yes")
    assert buy(capreg, hub, "bianchi").code == 0
    owned = sold(hub)[-1].number
    set_clock(monkeypatch, "2027-04-05")
    code, said = refused(
        capreg, hub, "profile", "big", "-k", "contractor", "--client", "bianchi", "--order", "new", "--yes"
    )
    assert (code, "the fee of the year from 2027-03-01 is not paid" in said) == (6, True)
    assert capreg("-R", hub, "profile", "--again", owned).code == 0
    capreg("-R", hub, "ledger", "payment", "bianchi", "305.00", "--yes")
    assert buy(capreg, hub, "bianchi").code == 0


def test_who_has_just_joined_reads_nothing_at_the_prices_for_members_before_the_first_fee_is_paid(hub, capreg):
    capreg("-R", hub, "member", "join", "rossi")
    capreg("-R", hub, "fees", "--charge", "--yes")
    code, said = refused(capreg, hub, "profile", "big", "-k", "contractor", "--client", "rossi", "--yes")
    assert (code, "the fee of the year from 2026-03-01 is not paid" in said) == (6, True)
    capreg("-R", hub, "ledger", "payment", "rossi", "305.00", "--yes")
    assert buy(capreg, hub, "rossi", "big", "-k", "contractor").code == 0


def test_the_same_order_is_the_same_sale_and_gives_the_same_bytes(hub, capreg):
    first = buy(capreg, hub, "plain", "rossi", "--order", "po-1")
    again = buy(capreg, hub, "plain", "rossi", "--order", "po-1")
    assert (again.code, again.out) == (0, first.out)
    assert [entry.order for entry in sold(hub)].count("po-1") == 1


@pytest.mark.parametrize(
    "other",
    [
        ["profile", "bianchi", "--client", "plain"],
        ["profile", "rossi", "--client", "german"],
        ["profile", "big", "-k", "contractor", "--client", "plain"],
        ["printout", "--client", "plain"],
    ],
    ids=" ".join,
)
def test_the_same_order_with_other_content_is_refused(hub, capreg, other):
    buy(capreg, hub, "plain", "rossi", "--order", "po-1")
    code, said = refused(capreg, hub, *other, "--order", "po-1", "--yes")
    assert (code, "po-1" in said) == (6, True)


def test_an_order_without_a_reference_is_told_one_before_anything_is_charged(hub, capreg):
    code, said = refused(capreg, hub, "profile", "rossi", "--client", "plain")
    assert (code, "--order o-" in said) == (2, True)


def change(hub, **parts) -> None:
    """Edit the firm that is sold."""
    path = hub / "firms" / "rossi.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | parts))


def test_a_new_version_is_free_within_the_entitlement_and_owned_no_longer(hub, capreg, monkeypatch):
    buy(capreg, hub)
    set_clock(monkeypatch, "2026-12-01")
    change(hub, name="Rossi S.p.A.")
    assert "free" not in buy(capreg, hub).err
    bought, renewed = sold(hub)[-2:]
    assert (renewed.amount, renewed.details["renews"], renewed.details["until"]) == (0, bought.number, "2027-03-01")
    set_clock(monkeypatch, "2027-03-01")
    assert "54.90 EUR charged" in buy(capreg, hub).err


def test_a_new_version_is_charged_where_the_price_list_says_so_and_the_old_one_stays_owned(hub, capreg):
    capreg("-R", hub, "price", "change", "profile", "--new-version", "charged", "--yes")
    before = (hub / "firms" / "rossi.json").read_bytes()
    buy(capreg, hub)
    change(hub, name="Rossi S.p.A.")
    assert "54.90 EUR charged" in buy(capreg, hub).err
    (hub / "firms" / "rossi.json").write_bytes(before)
    assert "charged" not in buy(capreg, hub).err


@pytest.mark.parametrize(
    "edit",
    [
        {"capacity": {"largest_customer_share": 0.3}},
        {"statements": [{"about": "/name", "stated_on": "2026-02-01", "source": "the owner"}]},
    ],
    ids=["a confidential field", "a statement"],
)
def test_what_the_client_does_not_see_makes_no_new_version(hub, capreg, edit):
    buy(capreg, hub)
    change(hub, **edit)
    assert capreg("-R", hub, "check").code == 0
    count = len(sold(hub))
    assert buy(capreg, hub).code == 0
    assert len(sold(hub)) == count


def test_a_reversal_ends_the_entitlement_also_of_what_renewed_it(hub, capreg):
    buy(capreg, hub)
    number = last(hub).number
    change(hub, name="Rossi S.p.A.")
    buy(capreg, hub)
    capreg("-R", hub, "ledger", "reverse", number, "--why", "by mistake", "--yes")
    assert "54.90 EUR charged" in buy(capreg, hub).err


def owned(capreg, hub, client="plain"):
    return [one["entry"] for one in capreg("-R", hub, "client", "show", client, "-O", "json").json["owns"]]


def test_a_reversal_of_what_renewed_a_sale_leaves_the_sale_and_the_new_version_is_free_again(hub, capreg):
    buy(capreg, hub)
    number = last(hub).number
    change(hub, name="Rossi S.p.A.")
    buy(capreg, hub)
    capreg("-R", hub, "ledger", "reverse", number + 1, "--why", "by mistake", "--yes")
    assert owned(capreg, hub) == [number]
    buy(capreg, hub)
    assert (last(hub).number, last(hub).amount, last(hub).details["renews"]) == (number + 3, 0, number)
    assert owned(capreg, hub) == [number, number + 3]


def test_a_client_is_shown_to_own_nothing_that_was_reversed(hub, capreg):
    buy(capreg, hub)
    number = last(hub).number
    change(hub, name="Rossi S.p.A.")
    buy(capreg, hub)
    assert owned(capreg, hub) == [number, number + 1]
    capreg("-R", hub, "ledger", "reverse", number, "--why", "by mistake", "--yes")
    assert owned(capreg, hub) == []


def test_an_entry_is_reversed_once_and_only_what_was_sold_or_paid(hub, capreg):
    buy(capreg, hub)
    number = last(hub).number
    assert capreg("-R", hub, "ledger", "reverse", number, "--why", "by mistake", "--yes").code == 0
    assert refused(capreg, hub, "ledger", "reverse", number, "--why", "again", "--yes")[0] == 6
    assert refused(capreg, hub, "ledger", "reverse", number + 1, "--why", "a reversal", "--yes")[0] == 6


def test_a_price_changes_from_its_day_on_and_what_was_sold_before_keeps_its_own(hub, capreg, monkeypatch):
    capreg("-R", hub, "price", "change", "profile", "60.00", "--from", "2026-03-03", "--yes")
    buy(capreg, hub, "plain")
    set_clock(monkeypatch, "2026-03-03")
    buy(capreg, hub, "italian")
    assert [entry.amount for entry in sold(hub) if entry.what == "profile"] == [4500, 6000]
    assert capreg("-R", hub, "ledger", "verify").code == 0


def test_a_kind_of_the_hub_s_own_is_sold_once_it_has_a_price(hub, capreg):
    capreg("-R", hub, "price", "change", "profile", "10.00", "-k", "contractor", "--member", "10.00", "--yes")
    buy(capreg, hub, "bianchi", "big", "-k", "contractor")
    assert last(hub).amount == 1000


def test_a_printout_is_sold_kept_and_printed_again_as_it_was(hub, capreg):
    first = capreg("-R", hub, "printout", "--client", "plain", "--yes", "--order", "march")
    entry = last(hub)
    change(hub, name="Another S.r.l.")
    assert (entry.what, entry.amount, entry.vat) == ("printout", 500, 110)
    assert capreg("-R", hub, "printout", "--again", entry.number).out == first.out
    assert capreg("-R", hub, "printout", "--client", "plain", "--yes", "--order", "march").out == first.out
    assert f"for plain, 2026-03-01, No. {entry.number}" in first.out


def test_a_printout_that_finds_nothing_costs_nothing_and_is_kept_as_an_inquiry(hub, capreg):
    done = capreg("-R", hub, "printout", "name:nobody", "--client", "plain", "--yes")
    assert (done.code, "nothing is charged" in done.err, last(hub).what) == (0, True, "payment")
    gaps = capreg("-R", hub, "report", "gaps", "-O", "json").json["results"]
    assert [(one["query"], one["asked"]) for one in gaps] == [("name:nobody", 1)]


def test_a_document_is_kept_in_each_form_it_was_issued_in(hub, capreg):
    text = buy(capreg, hub, "plain", "rossi", "-O", "text").out
    page = buy(capreg, hub, "plain", "rossi", "-O", "md", "--language", "it").out
    number = str(last(hub).number)
    assert capreg("-R", hub, "profile", "--again", number, "-O", "text").out == text
    assert capreg("-R", hub, "profile", "--again", number, "-O", "md", "--language", "it").out == page
    assert refused(capreg, hub, "profile", "--again", number, "-O", "html")[0] == 3
