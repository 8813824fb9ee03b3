"""Attacks on the money room: by a thief, by a clumsy colleague, by an editor in the office's files, by two at once.

Each test is one attack. First those by which the room was once broken into, then those that it always withstood.
"""

import ast
import io
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tarfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime
from pathlib import Path

import pyrage
import pytest
from conftest import files_of
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import capreg as package
from capreg.cli import printout as printouts
from capreg.cli.main import main
from capreg.errors import CapregError, ExitCode
from capreg.office import head as heads
from capreg.office.books import books_of
from capreg.office.entry import canonical_line, digest
from capreg.office.inquiries import inquiries
from capreg.office.keys import public
from capreg.office.papers import invoice
from capreg.office.proof import entries
from capreg.office.verification import verify
from capreg.store.registry import Registry
from capreg.views import DOCUMENT_FORMATS, FORMATS

FIRM, OTHER, THIRD = "officine-savena", "torneria-reno", "imola-precisione"
CONTRACTOR, RIVAL = "nordwerk-fahrzeugbau", "rock-river-drives"
# Stands in the detailed tier of the firm, and in no other.
SECRET = "0.008"


class Hub:
    """A registry with two clients, and a person who types."""

    def __init__(self, folder: Path, capreg) -> None:
        self.folder, self.capreg = folder, capreg

    def run(self, *words):
        return self.capreg("-R", self.folder, *words)

    def done(self, *words):
        """Run what must succeed."""
        found = self.run(*words)
        assert found.code == 0, found.err
        return found

    def sell(self, id=FIRM, client="buyer", *more):
        return self.run("profile", id, "--client", client, "--yes", *more)

    def owes(self, client="buyer") -> str:
        return self.done("client", "show", client, "-O", "json").json["owed"]

    @property
    def books(self):
        return books_of(Registry(self.folder))

    @property
    def entries(self):
        return entries(self.books)

    @property
    def ledger(self) -> Path:
        return self.folder / "office" / "ledger"

    @property
    def journal(self) -> Path:
        (path,) = self.ledger.glob("*.jsonl")
        return path

    def rewrite(self, change) -> None:
        """Change the documents of the journal as somebody does who knows how the hashes are made."""
        documents = [json.loads(line) for line in self.journal.read_bytes().splitlines()]
        self.journal.write_bytes(chained(change(documents), heads.read_opening(self.ledger).hash))

    def edit_record(self, id: str, **change) -> None:
        (path,) = self.folder.rglob(f"{id}.json")
        path.write_text(json.dumps(json.loads(path.read_text()) | change, indent=2, ensure_ascii=False) + "\n")

    def office_files(self) -> dict:
        return files_of(self.folder / "office")


def chained(documents: list[dict], previous: str) -> bytes:
    lines = b""
    for number, document in enumerate(documents, 1):
        bare = {key: value for key, value in document.items() if key != "hash"}
        bare |= {"number": number, "previous": previous}
        previous = digest(bare)
        lines += canonical_line({**bare, "hash": previous})
    return lines


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """What the disk has to do for a sale is another test's; here nobody waits for it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr("capreg.office.ledger.PATIENCE", (0,))


def quietly(folder: Path, *words) -> None:
    """Run what must succeed, and let nobody see it."""
    with (
        redirect_stdout(io.TextIOWrapper(io.BytesIO())),
        redirect_stderr(io.StringIO()),
        pytest.raises(SystemExit) as ended,
    ):
        main(["-R", str(folder), *words])
    assert ended.value.code == 0


@pytest.fixture(scope="module")
def _hub_once(tmp_path_factory, _sample_once) -> Path:
    folder = tmp_path_factory.mktemp("hub") / "hub"
    shutil.copytree(_sample_once, folder)
    for client in ("buyer", "thief"):
        quietly(folder, "client", "add", client)
    return folder


@pytest.fixture(scope="module")
def _sold_once(tmp_path_factory, _hub_once) -> Path:
    folder = Path(shutil.copytree(_hub_once, tmp_path_factory.mktemp("sold") / "hub"))
    quietly(folder, "profile", FIRM, "--client", "buyer", "--order", "po-1", "--yes")
    quietly(folder, "profile", OTHER, "--client", "buyer", "--yes")
    quietly(folder, "ledger", "reverse", "2", "--why", "sold by mistake", "--yes")
    return folder


@pytest.fixture
def hub(_hub_once, tmp_path, capreg) -> Hub:
    """A hub that has sold nothing yet."""
    return Hub(Path(shutil.copytree(_hub_once, tmp_path / "hub")), capreg)


@pytest.fixture
def sold(_sold_once, tmp_path, capreg) -> Hub:
    """A hub that has sold two profiles to the buyer, the first as po-1, and taken the second back."""
    return Hub(Path(shutil.copytree(_sold_once, tmp_path / "hub")), capreg)


@pytest.fixture
def on(monkeypatch):
    """Turn the clock to a day."""

    def turn(day: str) -> None:
        monkeypatch.setattr("capreg.office.ledger.now", lambda: datetime.fromisoformat(f"{day}T09:00:00Z"))
        monkeypatch.setattr("capreg.cli.member.today", lambda zone: date.fromisoformat(day))

    return turn


# An editor in office/


def payment(documents: list[dict]) -> dict:
    told = {"what": "payment", "client": "thief", "amount": -100_000, "vat": 0, "vat_rate": "0"}
    return {**told, "currency": "EUR", "order": f"bank-{len(documents)}", "at": documents[-1]["at"]}


def lines_of(change):
    """A way of tampering with the bare lines of the journal."""
    return lambda hub: hub.journal.write_bytes(b"".join(change(hub.journal.read_bytes().splitlines(keepends=True))))


def documents_of(change):
    """A way of tampering that makes all the hashes right again."""
    return lambda hub: hub.rewrite(change)


def paid(times: int):
    """A way of adding payments, as entries that were never made."""

    def change(documents: list[dict]) -> list[dict]:
        for _ in range(times):
            documents = [*documents, payment(documents)]
        return documents

    return documents_of(change)


def to_thief(documents: list[dict]) -> list[dict]:
    return [{**documents[0], "client": "thief"}, *documents[1:]]


def with_another_key(hub: Hub) -> None:
    """Write the whole ledger anew, opening and head too, with a key of one's own."""
    key = Ed25519PrivateKey.generate()
    opening = heads.read_opening(hub.ledger)._replace(key=public(key))
    heads.write_opening(hub.ledger, opening)
    hub.rewrite(to_thief)
    last = json.loads(hub.journal.read_bytes().splitlines()[-1])
    heads.write_head(hub.ledger, heads.Head(last["number"], last["hash"]), opening, key)


def linked(path: Path) -> None:
    target = path.with_name(f"real-{path.name}")
    path.rename(target)
    path.symlink_to(target)


def signature_that_is_a_number(hub: Hub) -> None:
    head = hub.ledger / "head.json"
    head.write_text(json.dumps(json.loads(head.read_text()) | {"signature": 5}))


TAMPERING = {
    "three payments added": paid(3),
    "the reversal at the end taken out": documents_of(lambda all: all[:-1]),
    "the sale at the beginning taken out": documents_of(lambda all: all[1:]),
    "a sale given to the thief": documents_of(to_thief),
    "a sale made cheaper": documents_of(lambda all: [{**all[0], "amount": 1, "vat": 0}, *all[1:]]),
    "two entries swapped": documents_of(lambda all: [all[1], all[0], all[2]]),
    "two lines swapped": lines_of(lambda all: [all[1], all[0], all[2]]),
    "a line twice": lines_of(lambda all: [*all, all[-1]]),
    "a line taken out": lines_of(lambda all: [all[0], all[2]]),
    "the last line torn": lines_of(lambda all: [*all[:-1], all[-1][:-20]]),
    "the last newline another sign": lines_of(lambda all: [*all[:-1], all[-1][:-1] + b"\x0b"]),
    "the journal emptied": lambda hub: hub.journal.write_bytes(b""),
    "the journal deleted": lambda hub: hub.journal.unlink(),
    "the head deleted": lambda hub: (hub.ledger / "head.json").unlink(),
    "journal and head deleted": lambda hub: (hub.journal.unlink(), (hub.ledger / "head.json").unlink()),
    "the opening deleted": lambda hub: (hub.ledger / "opening.json").unlink(),
    "the whole ledger deleted": lambda hub: shutil.rmtree(hub.ledger),
    "the whole ledger and the tally deleted": lambda hub: (
        shutil.rmtree(hub.ledger),
        (hub.folder / "office" / "tally.sqlite").unlink(),
    ),
    "all written anew with another key": with_another_key,
    "the head signed by a number": signature_that_is_a_number,
    "the journal a link": lambda hub: linked(hub.journal),
    "the ledger a link": lambda hub: linked(hub.ledger),
}


@pytest.mark.parametrize("tampering", TAMPERING.values(), ids=TAMPERING)
def test_a_ledger_that_was_tampered_with_is_found_sells_nothing_and_stays_as_it_is(sold, tampering):
    tampering(sold)
    before = sold.office_files()
    for done in (
        sold.run("ledger", "verify"),
        sold.run("ledger"),
        sold.sell(FIRM, "buyer", "-O", "md"),
        sold.sell(FIRM, "thief", "-O", "md"),
        sold.sell(THIRD),
        sold.run("ledger", "payment", "buyer", "1.00", "--yes"),
        sold.run("profile", "--again", 1),
    ):
        assert done.code in (ExitCode.INVALID, ExitCode.UNTRUSTED), done
        assert "unexpected" not in done.err
        assert SECRET not in done.out
    assert sold.office_files() == before


def test_any_bit_of_head_and_last_line_that_is_changed_is_found(sold):
    for path, first in ((sold.ledger / "head.json", 0), (sold.journal, sold.journal.stat().st_size - 300)):
        whole = path.read_bytes()
        for at in range(first, len(whole)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
            assert verify(sold.books).findings, (path.name, at)
        path.write_bytes(whole)
    assert not verify(sold.books).findings


def test_a_receipt_tells_of_a_ledger_that_was_written_anew_with_the_hub_s_own_key(sold, tmp_path):
    receipt = tmp_path / "receipt.json"
    sold.done("ledger", "receipt", 1, "-o", receipt)
    shutil.rmtree(sold.ledger)
    for path in (*sold.folder.glob("office/tally.sqlite*"), *sold.folder.glob("office/issued")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert sold.sell(FIRM, "thief").code == 0
    assert sold.run("ledger", "verify").code == 0
    assert sold.run("ledger", "verify", "--receipt", receipt).code == ExitCode.UNTRUSTED


LIES = {
    "a profile is the thief's": "UPDATE entries SET client = 'thief'",
    "nothing was reversed": "DELETE FROM reversed",
    "nobody owes anything": "UPDATE balances SET charged = 0, paid = 0",
    "an order was never given": "DELETE FROM entries WHERE number = 1",
    "a price never changed": "DELETE FROM entries WHERE what = 'price'",
    "an entry stands in no file": "UPDATE entries SET file = NULL",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_tally_that_lies_is_not_believed(sold, lie):
    sold.done("price", "change", "profile", "90.00", "--yes")
    questions = [
        ("profile", FIRM, "--client", "buyer", "--dry-run"),
        ("profile", FIRM, "--client", "thief", "--dry-run"),
        ("profile", OTHER, "--client", "buyer", "--dry-run"),
        ("client", "list", "-O", "json"),
        ("price", "list", "-O", "json"),
    ]
    before = [sold.run(*one) for one in questions]
    with sqlite3.connect(sold.folder / "office" / "tally.sqlite") as tally:
        tally.execute(lie)
    tally.close()
    assert [sold.run(*one) for one in questions] == before
    assert sold.run("ledger", "reverse", 2, "--why", "again", "--yes").code == ExitCode.REFUSED


def test_the_tally_is_believed_where_nobody_touched_it(sold, monkeypatch):
    def made_anew(*_):
        raise AssertionError("the whole journal was read for one sale")

    assert sold.sell("stampi-granarolo").code == 0
    monkeypatch.setattr("capreg.office.tally.Tally._filled", made_anew)
    assert sold.sell(THIRD).code == 0
    assert sold.owes() == "164.70"


def test_no_link_among_the_documents_leads_to_the_key(sold):
    kept = sold.folder / "office" / "issued" / "000001.en.text"
    kept.unlink()
    kept.symlink_to("../keys/hub.key")
    done = sold.run("profile", "--again", 1)
    assert done.code in (ExitCode.INVALID, ExitCode.UNTRUSTED)
    assert "PRIVATE" not in done.out + done.err


def test_an_edited_first_fee_year_gives_no_good_standing(hub):
    hub.done("member", "join", FIRM)
    path = hub.folder / "office" / "office.json"
    path.write_text(path.read_text().replace('"first": "2', '"first": "9'))
    done = hub.sell(CONTRACTOR, FIRM, "-k", "contractor")
    assert (done.code, done.out) == (ExitCode.REFUSED, "")


# Whoever wants to read without paying


def test_the_order_of_a_sale_that_was_reversed_gives_nothing_and_neither_does_again(hub):
    assert hub.sell(FIRM, "buyer", "--order", "po-1").code == 0
    hub.done("ledger", "reverse", 1, "--why", "returned", "--yes")
    for format in FORMATS:
        for words in (("profile", FIRM, "--client", "buyer", "--yes", "--order", "po-1"), ("profile", "--again", 1)):
            done = hub.run(*words, "-O", format)
            assert (done.code, done.out) in ((ExitCode.REFUSED, ""), (ExitCode.MISSING, "")), (words, format)
    assert hub.done("client", "show", "buyer", "-O", "json").json["owns"] == []


def test_an_old_order_gives_no_new_version(hub):
    hub.done("price", "change", "profile", "--new-version", "charged", "--yes")
    assert hub.sell(FIRM, "buyer", "--order", "po-1").code == 0
    hub.edit_record(FIRM, name="New Version")
    done = hub.sell(FIRM, "buyer", "--order", "po-1", "-O", "md")
    assert (done.code, done.out) == (ExitCode.REFUSED, "")
    assert "--again 2" in done.err
    assert "Officine Savena" in hub.done("profile", "--again", 2).out


def test_an_old_order_gives_nothing_after_its_time(hub, on):
    on("2026-12-01")
    assert hub.sell(FIRM, "buyer", "--order", "po-1").code == 0
    on("2028-01-01")
    done = hub.sell(FIRM, "buyer", "--order", "po-1", "-O", "md")
    assert (done.code, done.out) == (ExitCode.REFUSED, "")


def test_what_was_paid_and_never_handed_out_is_still_handed_out(hub, tmp_path):
    (tmp_path / "taken.md").mkdir()
    assert hub.sell(FIRM, "buyer", "--order", "po-1", "-o", tmp_path / "taken.md").code == 1
    assert hub.sell(FIRM, "buyer", "--order", "po-1", "-O", "json").json["record"]["id"] == FIRM
    assert len(hub.entries) == 1


def test_again_is_of_a_number_and_never_in_the_name_of_somebody_else(sold):
    for more in ((FIRM, "--client", "thief"), ("--client", "thief"), ("--order", "po-1"), ("--dry-run",)):
        done = sold.run("profile", *more, "--again", 1)
        assert (done.code, done.out) == (ExitCode.USAGE, "")


def test_a_renewal_that_was_reversed_is_owned_no_more(hub):
    assert hub.sell().code == 0
    hub.edit_record(FIRM, name="New Version")
    assert hub.sell().code == 0
    hub.done("ledger", "reverse", 2, "--why", "by mistake", "--yes")
    hub.done("price", "change", "profile", "--new-version", "charged", "--yes")
    assert "54.90 EUR would be charged" in hub.run("profile", FIRM, "--client", "buyer", "--dry-run").err


def test_a_reversed_sale_takes_back_what_renewed_it(hub):
    assert hub.sell().code == 0
    hub.edit_record(FIRM, name="New Version")
    assert hub.sell().code == 0
    hub.done("ledger", "reverse", 1, "--why", "returned", "--yes")
    assert hub.run("profile", "--again", 2).code == ExitCode.REFUSED
    assert "54.90 EUR would be charged" in hub.run("profile", FIRM, "--client", "buyer", "--dry-run").err


@pytest.fixture
def member(hub, on) -> Hub:
    """A hub with a member whose fee of 2027 is entered and not paid."""
    on("2027-03-01")
    hub.done("member", "join", FIRM)
    hub.done("fees", "--charge", "--yes")
    return hub


def refused_contractor(hub: Hub, id=CONTRACTOR) -> None:
    done = hub.sell(id, FIRM, "-k", "contractor", "-O", "md")
    assert (done.code, done.out) == (ExitCode.REFUSED, "")
    assert "good standing" in done.err


def test_a_payment_that_was_reversed_pays_no_fee(member, on):
    member.done("ledger", "payment", FIRM, "305.00", "--yes")
    member.done("ledger", "reverse", 2, "--why", "bounced", "--yes")
    on("2027-05-01")
    refused_contractor(member)


def test_a_sale_that_was_reversed_pays_no_fee(member, on):
    member.done("ledger", "payment", FIRM, "305.00", "--yes")
    on("2028-03-01")
    member.done("fees", "--charge", "--yes")
    member.done("price", "change", "profile", "400.00", "--member", "400.00", "--yes")
    assert member.sell(OTHER, FIRM).code == 0
    member.done("ledger", "reverse", 5, "--why", "returned", "--yes")
    on("2028-05-01")
    refused_contractor(member)
    member.done("ledger", "payment", FIRM, "305.00", "--yes")
    assert member.sell(CONTRACTOR, FIRM, "-k", "contractor").code == 0


def test_who_leaves_and_joins_again_still_owes_the_fee_of_before(member, on):
    on("2027-05-01")
    refused_contractor(member)
    member.done("member", "leave", FIRM, "--yes")
    member.done("member", "join", FIRM)
    member.done("fees", "--charge", "--yes")
    refused_contractor(member)
    assert [one["state"] for one in member.done("fees", "-O", "json").json["results"]] == ["late", "entered"]


def test_who_has_paid_no_fee_yet_reads_nothing_for_nothing(member):
    refused_contractor(member)


def test_what_a_member_got_for_nothing_is_renewed_for_members_alone(member):
    member.done("ledger", "payment", FIRM, "305.00", "--yes")
    for id in (CONTRACTOR, RIVAL):
        assert member.sell(id, FIRM, "-k", "contractor").code == 0
        member.edit_record(id, name="New Version")
    assert "nothing charged" in member.sell(RIVAL, FIRM, "-k", "contractor").err
    member.done("member", "leave", FIRM, "--yes")
    assert (
        "146.40 EUR would" in member.run("profile", CONTRACTOR, "-k", "contractor", "--client", FIRM, "--dry-run").err
    )


# A clumsy colleague


UNREADABLE = {
    "a note on two lines": ("payment", "buyer", "1.00", "--note", "a\nb"),
    "a note too long": ("payment", "buyer", "1.00", "--note", "x" * 501),
    "a note of controls": ("payment", "buyer", "1.00", "--note", "\x1b[2J"),
    "no reason": ("reverse", "1", "--why", ""),
    "a reason on two lines": ("reverse", "1", "--why", "a\nb"),
}


@pytest.mark.parametrize("words", UNREADABLE.values(), ids=UNREADABLE)
def test_what_no_entry_can_hold_is_refused_and_does_not_end_the_ledger(sold, words):
    before = sold.office_files()
    done = sold.run("ledger", *words, "--yes")
    assert done.code in (ExitCode.USAGE, ExitCode.REFUSED)
    assert sold.office_files() == before
    sold.done("ledger", "verify")


def test_sums_beyond_the_bounds_of_an_entry_are_refused_and_do_not_end_the_ledger(hub):
    hub.done("price", "change", "profile", "999999999999.99", "--vat-rate", "99.999", "--yes")
    for path in sorted(hub.folder.glob("firms/*/*.json"))[:6]:
        assert hub.sell(path.stem).code == 0
    for words in (("invoice", "buyer"), ("ledger", "close", str(hub.entries[0].year))):
        done = hub.run(*words, "--yes")
        assert (done.code, "out of bounds" in done.err) == (ExitCode.USAGE, True)
    hub.done("ledger", "verify")
    assert hub.sell(FIRM).code == 0


def test_prices_beyond_the_bounds_open_no_ledger(hub):
    path = hub.folder / "registry.json"
    path.write_text(path.read_text().replace('"EUR"', '"CLF"').replace('"45.00"', '"999999999999.9999"'))
    assert (hub.sell().code, hub.sell().code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert list(hub.ledger.iterdir()) == []


@pytest.mark.parametrize("meanwhile", ["invoice", "reverse"])
def test_an_invoice_is_of_what_was_shown_or_of_nothing(sold, meanwhile):
    assert sold.sell(THIRD).code == 0
    words = ("invoice", "buyer") if meanwhile == "invoice" else ("ledger", "reverse", 4, "--why", "returned")
    sold.done(*words, "--yes")
    assert sold.sell("stampi-granarolo").code == 0
    count = len(sold.entries)
    with pytest.raises(CapregError) as refused:
        invoice(sold.books, "buyer", date(2100, 1, 1), [1, 4])
    assert refused.value.exit_code is ExitCode.BUSY
    assert len(sold.entries) == count


def test_a_printout_that_fails_after_its_sale_is_not_sold_twice(hub, monkeypatch):
    def failing(*_):
        monkeypatch.undo()
        raise ValueError("a fault of the view")

    monkeypatch.setattr("capreg.cli.printout.printout_page", failing)
    hub.run("printout", "process:milling", "--client", "buyer", "--yes")
    assert [one.what for one in hub.entries] == ["printout"]


def test_a_printout_that_no_view_could_show_says_its_order_also_when_quiet(hub, tmp_path):
    pytest.importorskip("typst")
    hub.done("client", "edit", "buyer", "--name", "\U0001f600")
    done = hub.run("printout", "process:milling", "--client", "buyer", "--yes", "-q", "-o", tmp_path / "a.pdf")
    order = hub.entries[0].order
    assert (done.code, f"--order {order}" in done.err) == (ExitCode.USAGE, True)
    words = ("process:milling", "--client", "buyer", "--yes", "--order", order, "-o", tmp_path / "a.html")
    hub.done("printout", *words)
    assert len(hub.entries) == 1


def test_two_clients_orders_of_one_name_are_two_inquiries(hub):
    orders = [("buyer", "x"), ("buyer", "y"), ("thief", "x"), ("buyer", "z"), ("buyer", "x")]
    words = [("printout", "zzzz", "--client", client, "--order", order, "-O", "json") for client, order in orders]
    assert [hub.done(*one).json["number"] for one in words] == [1, 2, 1, 3, 1]


def test_an_order_that_a_colleague_gave_meanwhile_keeps_its_inquiry(hub, monkeypatch):
    words = ("--client", "buyer", "--order", "x", "--yes")

    def offered_before(*told, real=printouts.offer):
        found = real(*told)
        monkeypatch.undo()
        hub.done("printout", "process:turning", *words)
        return found

    monkeypatch.setattr(printouts, "offer", offered_before)
    assert hub.run("printout", "process:milling", *words).code == ExitCode.REFUSED
    assert (
        [one.query for one in inquiries(hub.books)]
        == [one.details["query"] for one in hub.entries]
        == ["process:turning"]
    )


def test_no_variable_moves_the_day_of_a_sale(hub, tmp_path):
    zones = tmp_path / "zones" / "Europe"
    zones.mkdir(parents=True)
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    far_west = head + struct.pack(">lBB", -20 * 3600, 0, 0) + b"W20\0"
    (zones / "Rome").write_bytes(far_west * 2 + b"\n<W20>20\n")
    variables = {"PYTHONTZPATH": str(zones.parent), "TZ": "Etc/GMT+12", "SOURCE_DATE_EPOCH": "0"}
    said = "from capreg.office.ledger import *; print(day_there(datetime(2026, 11, 26, 12, tzinfo=UTC), 'Europe/Rome'))"
    done = subprocess.run([sys.executable, "-c", said], env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.stdout.strip() == "2026-11-26", done.stderr


DRY = {
    "member leave": ("member", "leave", OTHER),
    "office backup": ("office", "backup", "--to", str(pyrage.x25519.Identity.generate().to_public()), "-o", "x.age"),
    "invoice --again": ("invoice", "--again", "2026-0001", "-O", "md"),
    "invoice": ("invoice", "buyer"),
    "payment": ("ledger", "payment", "buyer", "1.00"),
    "reverse": ("ledger", "reverse", "1", "--why", "x"),
    "close": ("ledger", "close", "2026"),
    "price": ("price", "change", "profile", "1.00"),
    "fees": ("fees", "--charge"),
    "profile": ("profile", THIRD, "--client", "buyer", "-o", "x.md"),
    "printout": ("printout", "process:milling", "--client", "buyer", "-o", "x.md"),
    "client add": ("client", "add", "new"),
    "client close": ("client", "close", "buyer"),
}


@pytest.mark.parametrize("words", DRY.values(), ids=DRY)
def test_a_dry_run_leaves_nothing_not_even_a_lock(sold, words, tmp_path):
    sold.done("member", "join", OTHER)
    (sold.folder / "office" / "office.lock").unlink(missing_ok=True)
    before = files_of(tmp_path)
    sold.run(*words, "--dry-run")
    assert files_of(tmp_path) == before


# What was tried and withstood


def closed(hub: Hub) -> None:
    hub.done("client", "close", "buyer", "--yes")


def behind(hub: Hub) -> None:
    hub.done("member", "join", FIRM)


def prepaid(hub: Hub) -> None:
    hub.done("client", "edit", "buyer", "--prepaid")


UNPAID = {
    "nobody": (("--client", "nobody"), lambda hub: None, ExitCode.MISSING),
    "for no client": ((), lambda hub: None, ExitCode.USAGE),
    "closed": (("--client", "buyer"), closed, ExitCode.REFUSED),
    "no credit": (("--client", "buyer"), prepaid, ExitCode.REFUSED),
    "behind with the fee": (("--client", FIRM), behind, ExitCode.REFUSED),
}


@pytest.mark.parametrize(("words", "before", "code"), UNPAID.values(), ids=UNPAID)
def test_nobody_reads_a_profile_free_in_any_format(hub, tmp_path, words, before, code):
    before(hub)
    files = hub.office_files()
    for format in (*FORMATS, *DOCUMENT_FORMATS):
        path = tmp_path / f"read.{format}"
        done = hub.run("profile", FIRM, *words, "--yes", "-O", format, "-o", path)
        assert (done.code, done.out, path.exists()) == (code, "", False), format
        assert SECRET not in done.err
    assert hub.office_files() == files


@pytest.mark.parametrize("format", FORMATS)
def test_neither_a_dry_run_nor_an_invoice_nor_a_printout_shows_what_is_detailed(hub, format):
    (path,) = hub.folder.rglob(f"{FIRM}.json")
    assert SECRET in path.read_text()
    assert SECRET in hub.sell(FIRM, "buyer", "-O", "json").out
    for words in (
        ("profile", FIRM, "--client", "thief", "--dry-run"),
        ("printout", "savena", "--client", "thief", "--yes"),
        ("invoice", "thief", "--yes"),
    ):
        done = hub.run(*words, "-O", format)
        assert (done.code, SECRET in done.out + done.err) == (0, False), words


REFUSED = {
    "an unknown firm": (("profile", "nobody", "--client", "buyer", "--yes"), 3),
    "a path as a firm": (("profile", "../office/office", "--client", "buyer", "--yes"), 3),
    "a path as a client": (("profile", FIRM, "--client", "../x", "--yes"), 3),
    "an order that is none": (("profile", FIRM, "--client", "buyer", "--order", "../x", "--yes"), 2),
    "an order like the ledger's own": (("profile", FIRM, "--client", "buyer", "--order", "reversal/1", "--yes"), 2),
    "the order of another record": (("profile", THIRD, "--client", "buyer", "--order", "po-1", "--yes"), 6),
    "the order of another client": (("profile", FIRM, "--client", "thief", "--order", "po-1", "--yes"), 6),
    "the order of a profile for a printout": (("printout", "--client", "buyer", "--order", "po-1", "--yes"), 6),
    "the order of a profile for a payment": (("ledger", "payment", "buyer", "1.00", "--order", "po-1", "--yes"), 6),
    "the order of another payment": (("ledger", "payment", "buyer", "2.00", "--order", "bank-1", "--yes"), 6),
    "a payment by an unknown client": (("ledger", "payment", "nobody", "1.00", "--yes"), 3),
    "nothing paid": (("ledger", "payment", "buyer", "0.00", "--yes"), 2),
    "less than nothing paid": (("ledger", "payment", "buyer", "--yes", "--", "-1.00"), 2),
    "a payment of too many decimals": (("ledger", "payment", "buyer", "1.001", "--yes"), 2),
    "a huge exponent": (("ledger", "payment", "buyer", "1e999999999", "--yes"), 2),
    "an amount too long": (("ledger", "payment", "buyer", "9" * 13, "--yes"), 2),
    "an amount in other digits": (("ledger", "payment", "buyer", "١٢", "--yes"), 2),
    "a price of nothing said": (("price", "change", "profile", "--yes"), 2),
    "an empty price": (("price", "change", "profile", "", "--yes"), 2),
    "an empty price for members": (("price", "change", "profile", "5.00", "--member", "", "--yes"), 2),
    "a price of too many decimals": (("price", "change", "profile", "5.001", "--yes"), 2),
    "a price less than nothing": (("price", "change", "profile", "--yes", "--", "-5.00"), 2),
    "a price of an unknown kind": (("price", "change", "profile", "5.00", "-k", "nope", "--yes"), 2),
    "a price in the past": (("price", "change", "profile", "5.00", "--from", "2020-01-01", "--yes"), 2),
    "a rate that is none": (("price", "change", "profile", "5.00", "--vat-rate", "1e3", "--yes"), 2),
    "a credit of too many decimals": (("client", "edit", "buyer", "--credit", "1.001"), 2),
    "a reversal of nothing": (("ledger", "reverse", "99", "--why", "x", "--yes"), 3),
    "a second reversal": (("ledger", "reverse", "2", "--why", "x", "--yes"), 6),
    "a reversal of a reversal": (("ledger", "reverse", "3", "--why", "x", "--yes"), 6),
    "an invoice for nobody": (("invoice", "nobody", "--yes"), 3),
    "an invoice of nothing": (("invoice", "thief", "--yes"), 6),
    "an invoice of before": (("invoice", "buyer", "--until", "2020-01-01", "--yes"), 6),
    "a year to come": (("ledger", "close", "9999", "--yes"), 6),
    "joining long ago": (("member", "join", THIRD, "--from", "2020-01-01"), 2),
    "a document that was never issued": (("profile", "--again", "99"), 3),
}


@pytest.fixture(scope="module")
def _paid_once(_sold_once, tmp_path_factory) -> Path:
    """What was sold, and a payment; nothing is written to it, so that all may share it."""
    folder = Path(shutil.copytree(_sold_once, tmp_path_factory.mktemp("paid") / "hub"))
    quietly(folder, "ledger", "payment", "buyer", "1.00", "--order", "bank-1", "--yes")
    return folder


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_has_its_exit_code_and_writes_nothing(_paid_once, capreg, words):
    (arguments, code), hub = words, Hub(_paid_once, capreg)
    before = hub.office_files()
    done = hub.run(*arguments)
    assert (done.code, done.out) == (code, ""), done
    assert "unexpected" not in done.err
    assert hub.office_files() == before


def test_nothing_is_entered_in_a_year_that_is_closed(hub):
    assert hub.sell().code == 0
    hub.done("ledger", "close", hub.entries[0].year, "--yes")
    for words in (("profile", OTHER, "--client", "buyer"), ("ledger", "payment", "buyer", "1.00")):
        assert hub.run(*words, "--yes").code == ExitCode.REFUSED
    assert hub.sell().code == 0
    assert len(hub.entries) == 2


HUB_ONLY = [
    ("show", FIRM), ("client", "show", "buyer"), ("client", "list"), ("ledger",), ("ledger", "balances"), ("member", "list"), ("fees",),
    ("price", "list"), ("invoice", "--list"), ("report", "income"), ("report", "asked"), ("report", "gaps"), ("report", "unfound"),
]  # fmt: skip


@pytest.mark.parametrize("words", HUB_ONLY, ids=" ".join)
def test_a_view_of_the_books_says_hub_only_in_every_document_format(sold, words):
    for format in ("text", "md", "table"):
        assert "HUB ONLY" in sold.done(*words, "-O", format).out


HOSTILE = "=cmd|'x'!A1 ; \"evil\" {0.entry} <b>bold</b> [red]x[/red] *x* #let x = 1 \u202e\u2066 | https://x.example"


def test_a_hostile_name_note_reason_and_query_stay_text_everywhere(hub):
    hub.done("client", "edit", "buyer", "--name", HOSTILE[:150], "--address", HOSTILE)
    hub.done("ledger", "payment", "buyer", "1.00", "--note", HOSTILE, "--yes")
    assert hub.sell().code == 0
    hub.done("invoice", "buyer", "--yes")
    hub.done("ledger", "reverse", 2, "--why", HOSTILE, "--yes")
    paper = hub.entries[-1].details["credit_note"]
    hub.done("printout", '"= <b>;#" OR savena', "--client", "buyer", "--yes")
    for format in (*FORMATS, "html"):
        for words in (
            ("invoice", "--again", paper),
            ("client", "show", "buyer"),
            ("ledger",),
            ("printout", "--again", 5),
        ):
            done = hub.run(*words, "-O", format)
            cells = [cell for line in done.out.splitlines() for cell in line.split("\t" if format == "tsv" else ",")]
            assert not set("\u202e\u2066\x1b") & set(done.out + done.err)
            assert format != "html" or "<b>" not in done.out
            assert format not in ("csv", "tsv") or not [one for one in cells if one.lstrip('"').startswith("=")]
    for program in ("hledger", "beancount"):
        assert "evil" not in hub.done("ledger", "export", program).out


MEMBERS = {
    "an absolute path": dict(name="/tmp/evil"),
    "a path upwards": dict(name="../evil"),
    "a path upwards from below": dict(name="x/../../evil"),
    "a link": dict(name="ledger", type=tarfile.SYMTYPE, linkname="/tmp"),
    "a hard link": dict(name="ledger", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
    "a device": dict(name="ledger", type=tarfile.CHRTYPE),
}


@pytest.mark.parametrize("told", MEMBERS.values(), ids=MEMBERS)
def test_a_hostile_backup_writes_nothing(hub, tmp_path, told):
    identity, packed = pyrage.x25519.Identity.generate(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(told["name"])
        member.type, member.linkname = told.get("type", tarfile.REGTYPE), told.get("linkname", "")
        archive.addfile(member)
    (tmp_path / "evil.age").write_bytes(pyrage.encrypt(packed.getvalue(), [identity.to_public()]))
    (tmp_path / "me.key").write_text(str(identity))
    shutil.rmtree(hub.folder / "office")
    before = files_of(tmp_path)
    done = hub.run("office", "restore", tmp_path / "evil.age", "--identity", tmp_path / "me.key", "--yes")
    assert done.code == ExitCode.UNTRUSTED
    assert files_of(tmp_path) == before


RECEIPTS = ['{"entry": {"number": 1, "hash": "x"}, "key": 5, "signature": 5}', "[" * 100_000, "[]", "1", "{", '{"entry": {"number": [], "hash": 1}, "key": "", "signature": ""}',
            '{"entry": {"number": 1, "hash": "x", "big": 99999999999999999999999}, "key": "a", "signature": "b"}']  # fmt: skip


@pytest.mark.parametrize("text", RECEIPTS, ids=range(len(RECEIPTS)))
def test_a_receipt_that_is_none_is_told(sold, tmp_path, text):
    (tmp_path / "receipt.json").write_text(text)
    done = sold.run("ledger", "verify", "--receipt", tmp_path / "receipt.json")
    assert done.code == ExitCode.UNTRUSTED
    assert "unexpected" not in done.err


def test_no_rule_is_an_assertion_which_python_may_leave_out():
    for path in Path(package.__file__).parent.rglob("*.py"):
        assert not [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Assert)], path
