"""The money room: charged once, on the disk before it is shown, whole or not at all, whoever else is writing."""

import errno
import io
import json
import multiprocessing
import os
import sys
from datetime import datetime
from pathlib import Path

import pytest
from conftest import firm, write_record

from capreg.cli.main import main
from capreg.errors import CapregError, ExitCode
from capreg.model.money import Money
from capreg.office import journal as journal_module
from capreg.office.books import books_of
from capreg.office.proof import entries
from capreg.office.sales import offer, profile_article, sell
from capreg.store.registry import Registry

COMPANY = 8


@pytest.fixture
def office(empty, capreg):
    """A registry with eight firms for sale and one client."""
    path = empty / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prices": {"profiles": {"firm": "45.00"}}}))
    for number in range(COMPANY):
        write_record(empty, firm(f"firm-{number}"))
    assert capreg("-R", empty, "client", "add", "buyer", "--name", "Buyer Ltd").code == 0
    return empty


def sold(registry: Path) -> list:
    return entries(books_of(Registry(registry)))


def journal_of(registry: Path) -> Path:
    """The file of this year's entries."""
    (path,) = (registry / "office" / "ledger").glob("*.jsonl")
    return path


def order(capreg, registry, id="firm-0", *more):
    return capreg("-R", registry, "profile", id, "--client", "buyer", "--yes", *more)


def article_of(registry: Registry, id: str = "firm-0"):
    """The detailed profile of a firm, as it is sold."""
    kind = registry.kind("firm")
    return profile_article(kind, registry.get(kind, id).document)


def offer_of(folder: Path):
    """What the profile of the first firm costs the buyer now."""
    registry = Registry(folder)
    return offer(books_of(registry), "buyer", article_of(registry), "o-1")


def tree(folder: Path) -> dict:
    """Every file and folder below one, with content and rights, but for the index, which any command may write."""
    return {
        str(one.relative_to(folder)): (one.stat().st_mode, one.read_bytes() if one.is_file() else None)
        for one in sorted(folder.rglob("*"))
        if ".capreg" not in one.parts
    }


def test_a_client_added_is_listed_and_shown(office, capreg):
    assert capreg("-R", office, "client", "add", "nordwerk", "--email", "buy@nordwerk.example").code == 0
    assert [one["id"] for one in capreg("-R", office, "client", "list", "-O", "json").json["results"]] == [
        "buyer",
        "nordwerk",
    ]
    assert "buy@nordwerk.example" in capreg("-R", office, "client", "show", "nordwerk").out


BAD_CLIENTS = [
    (["buyer"], "already"),
    (["Buyer"], "Buyer"),
    (["a b"], "a b"),
    ([""], "id"),
    (["../x"], "id"),
    (["x" * 65], "id"),
    (["x", "--email", "nobody"], "email"),
    (["x", "--email", "a@b@c"], "email"),
    (["x", "--name", "n" * 201], "name"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), BAD_CLIENTS, ids=[" ".join(one[0])[:30] or "nothing" for one in BAD_CLIENTS]
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["", "dry run"])
def test_a_client_that_is_not_right_is_refused_and_the_books_stay(office, capreg, arguments, said, dry):
    before = tree(office)
    done = capreg("-R", office, "client", "add", *arguments, *dry)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "unexpected" not in done.err
    assert tree(office) == before


def test_a_client_s_name_keeps_no_controls(office, capreg):
    done = capreg("-R", office, "client", "add", "x", "--name", "A\x1b[2JB")
    shown = capreg("-R", office, "client", "list", "-O", "table")
    assert "\x1b" not in shown.out + shown.err + done.err


def test_a_profile_is_charged_once_in_the_entitlement_period_and_again_after_it(office, capreg, monkeypatch):
    days = [
        ("2026-03-01", 1),
        ("2026-03-01", 1),
        ("2027-02-28", 1),
        ("2027-03-01", 2),
        ("2028-02-29", 2),
        ("2028-03-01", 3),
    ]
    for day, expected in days:
        monkeypatch.setattr("capreg.office.ledger.now", lambda day=day: datetime.fromisoformat(f"{day}T09:00:00Z"))
        assert order(capreg, office).code == 0
        assert len(sold(office)) == expected, day
    assert [one.details["until"] for one in sold(office)] == ["2027-03-01", "2028-03-01", "2029-03-01"]
    assert [one.number for one in sold(office)] == [1, 2, 3]


def test_what_a_client_owns_is_owned_by_no_other_and_by_no_other_kind(office, capreg):
    capreg("-R", office, "client", "add", "other")
    order(capreg, office)
    capreg("-R", office, "profile", "firm-0", "--client", "other", "--yes")
    assert [(one.client, one.details["record"], one.amount, one.currency) for one in sold(office)] == [
        ("buyer", "firm-0", 4500, "EUR"),
        ("other", "firm-0", 4500, "EUR"),
    ]


def test_the_sale_is_on_the_disk_before_the_profile_is_shown(office, capreg, monkeypatch):
    seen = []

    def failing(*_):
        seen.append((journal_of(office)).read_bytes())
        raise OSError(errno.ENOSPC, "No space left on device")

    synced = []
    monkeypatch.setattr(
        journal_module.os,
        "fsync",
        lambda descriptor, real=os.fsync: (synced.append(os.fstat(descriptor).st_ino), real(descriptor)),
    )
    monkeypatch.setattr("capreg.cli.profile.hand_out", failing)
    assert order(capreg, office).code == 1
    assert seen[0].count(b"\n") == 1
    assert (journal_of(office)).stat().st_ino in synced


def test_a_view_that_fails_after_the_sale_costs_nothing_when_run_again(office, tmp_path, capreg):
    (tmp_path / "taken.md").mkdir()
    assert order(capreg, office, "firm-0", "-o", tmp_path / "taken.md").code == 1
    again = order(capreg, office, "firm-0", "-O", "json")
    assert (again.code, again.json["record"]["id"], again.json["entry"]) == (0, "firm-0", 1)
    assert len(sold(office)) == 1


@pytest.mark.parametrize("torn", [b'{"amount":"45.00","at', b'{"amount":"45.00"}', b"\0" * 40, b"\xff\xfe"])
def test_a_torn_last_line_never_was_an_entry(office, capreg, torn):
    order(capreg, office, "firm-0")
    journal = journal_of(office)
    whole = journal.read_bytes()
    journal.write_bytes(whole + torn)
    assert len(sold(office)) == 1
    assert order(capreg, office, "firm-1").code == 0
    assert [one.number for one in sold(office)] == [1, 2]
    assert journal.read_bytes().startswith(whole + b'{"amount"')


def altered(line: bytes, **change) -> bytes:
    return json.dumps(json.loads(line) | change, separators=(",", ":"), sort_keys=True).encode() + b"\n"


DAMAGES = {
    "no JSON": lambda line: b"nonsense\n",
    "an empty line": lambda line: b"\n",
    "a list": lambda line: b"[]\n",
    "a number": lambda line: b"1\n",
    "a key missing": lambda line: b'{"number":2}\n',
    "a key too many": lambda line: altered(line, extra=1),
    "another number": lambda line: altered(line, number=7),
    "the number of the one before": lambda line: altered(line, number=1),
    "a number that is text": lambda line: altered(line, number="2"),
    "a client that is none": lambda line: altered(line, client=None),
    "a day that is none": lambda line: altered(line, until=5),
    "an amount that is none": lambda line: altered(line, amount="free"),
    "a line taken out": lambda line: b"",
    "a line twice": lambda line: line * 2,
    "not UTF-8": lambda line: b"\xff\xfe\n",
    "two lines in one": lambda line: line.rstrip() + b"\r" + line,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_bad_line_in_the_middle_stops_selling_and_is_left_as_it_is(office, capreg, damage):
    for number in range(3):
        order(capreg, office, f"firm-{number}")
    journal = journal_of(office)
    first, second, third = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + damage(second) + third)
    before = journal.read_bytes()
    for done in (order(capreg, office, "firm-5"), capreg("-R", office, "ledger")):
        assert (done.code, done.out) == (4, "")
        assert ".jsonl:" in done.err
        assert "unexpected" not in done.err
    assert journal.read_bytes() == before


@pytest.mark.parametrize("call", ["fsync", "write", "ftruncate"])
@pytest.mark.parametrize("earlier", [0, 1])
def test_a_failing_disk_leaves_the_ledger_as_it_was_and_charges_nothing(office, capreg, monkeypatch, call, earlier):
    for number in range(earlier):
        order(capreg, office, f"firm-{number}")
    before = journal_of(office).read_bytes() if earlier else b""
    real, failed = getattr(os, call), []

    def failing(*arguments):
        if not failed:
            failed.append(call)
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(journal_module.os, call, failing)
        done = order(capreg, office, "firm-5")
    assert failed
    assert (done.code, done.out) == (1, "")
    assert "No space left" in done.err
    assert b"".join(path.read_bytes() for path in (office / "office" / "ledger").glob("*.jsonl")) == before
    assert order(capreg, office, "firm-5").code == 0
    assert [one.number for one in sold(office)] == [*range(1, earlier + 2)]


def test_a_write_that_stops_half_way_leaves_the_ledger_as_it_was(office, capreg, monkeypatch):
    order(capreg, office, "firm-0")
    journal = journal_of(office)
    before, real = journal.read_bytes(), os.write

    calls = []

    def half(descriptor, data):
        calls.append(data)
        if len(calls) > 1:
            raise OSError(errno.EIO, "Input/output error")
        return real(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(journal_module.os, "write", half)
        assert order(capreg, office, "firm-1").code == 1
    assert journal.read_bytes() == before


@pytest.mark.parametrize(("behind", "code"), [(1, 0), (2, 7)], ids=["as a crash leaves it", "as no crash does"])
def test_a_head_that_is_behind_by_more_than_a_crash_can_leave_it_is_told_by_all(office, capreg, behind, code):
    order(capreg, office, "firm-0")
    heads = [(office / "office" / "ledger" / "head.json").read_bytes()]
    for number in (1, 2):
        order(capreg, office, f"firm-{number}")
        heads.append((office / "office" / "ledger" / "head.json").read_bytes())
    (office / "office" / "ledger" / "head.json").write_bytes(heads[-1 - behind])
    verified, checked = capreg("-R", office, "ledger", "verify"), capreg("-R", office, "check")
    assert (verified.code, checked.code) == (code, 4 if code else 0)
    assert ("ledger-untrusted" in verified.out) is (code == 7)
    assert capreg("-R", office, "ledger").code == code
    assert order(capreg, office, "firm-3").code == code


def test_a_clock_far_behind_stops_what_enters_and_not_what_reads(office, capreg, monkeypatch):
    order(capreg, office)
    monkeypatch.setattr("capreg.office.ledger.now", lambda: datetime.fromisoformat("2020-01-01T00:00:00Z"))
    for reading in (["ledger", "balances"], ["client", "list"], ["client", "show", "buyer"], ["report", "income"]):
        assert capreg("-R", office, *reading).code == 0, reading
    for entering in (
        ["profile", "firm-1", "--client", "buyer", "--yes"],
        ["ledger", "payment", "buyer", "1.00", "--yes"],
        ["ledger", "reverse", "1", "--why", "by mistake", "--yes"],
        ["ledger", "close", "2019", "--yes"],
        ["price", "change", "fee", "1.00", "--yes"],
    ):
        done = capreg("-R", office, *entering)
        assert (done.code, "the clock says" in done.err) == (1, True), entering
    assert len(sold(office)) == 1


def test_a_failing_disk_leaves_the_clients_as_they_were(office, capreg, monkeypatch):
    before = (office / "office" / "office.json").read_bytes()

    def failing(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("capreg.store.files.os.fsync", failing)
        done = capreg("-R", office, "client", "add", "other")
    assert done.code == 1
    assert (office / "office" / "office.json").read_bytes() == before
    assert not list((office / "office").glob("*.tmp")) + list((office / "office").glob(".*.tmp"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"clients": 3}', b'{"clients": {"1": {"id": 3}}}', b"\xff"])
def test_damaged_books_are_named_and_never_written_over(office, capreg, content):
    books = office / "office" / "office.json"
    books.write_bytes(content)
    for arguments in (
        ["client", "add", "other"],
        ["client", "list"],
        ["profile", "firm-0", "--client", "buyer", "--yes"],
    ):
        done = capreg("-R", office, *arguments)
        assert done.code == 4, arguments
        assert "office.json" in done.err
        assert "unexpected" not in done.err
    assert books.read_bytes() == content


def _one_of_many(command: list[str], begin, told) -> None:
    sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    begin.wait(20)
    try:
        main([str(one) for one in command])
    except SystemExit as ended:
        told.put((ended.code, sys.stderr.getvalue()))


def at_once(commands: list[list]) -> list[tuple[int, str]]:
    """Run commands in a process each, all beginning at one moment; return exit codes and what was told."""
    forks = multiprocessing.get_context("fork")
    begin, told = forks.Barrier(len(commands)), forks.Queue()
    running = [forks.Process(target=_one_of_many, args=(one, begin, told)) for one in commands]
    for one in running:
        one.start()
    found = [told.get(timeout=40) for _ in running]
    for one in running:
        one.join(20)
    return found


def test_eight_that_add_clients_at_once_lose_none(office, capreg):
    done = at_once([["-R", office, "client", "add", f"c{number}"] for number in range(COMPANY)])
    assert [code for code, _ in done] == [0] * COMPANY, done
    listed = [one["id"] for one in capreg("-R", office, "client", "list", "-O", "json").json["results"]]
    assert listed == ["buyer", *(f"c{number}" for number in range(COMPANY))]


def test_eight_that_sell_at_once_number_their_entries_without_gap(office):
    done = at_once(
        [["-R", office, "profile", f"firm-{number}", "--client", "buyer", "--yes"] for number in range(COMPANY)]
    )
    assert [code for code, _ in done] == [0] * COMPANY, done
    assert [one.number for one in sold(office)] == [*range(1, COMPANY + 1)]
    assert sorted(one.details["record"] for one in sold(office)) == [f"firm-{number}" for number in range(COMPANY)]


def test_eight_that_sell_the_same_profile_at_once_charge_it_once(office):
    done = at_once([["-R", office, "profile", "firm-0", "--client", "buyer", "--yes"]] * COMPANY)
    assert [code for code, _ in done] == [0] * COMPANY, done
    assert len(sold(office)) == 1


def test_who_owned_the_profile_by_the_time_of_the_sale_is_not_told_of_a_charge(office, capreg, monkeypatch):
    stale = offer_of(office)
    assert "45.00 EUR charged" in order(capreg, office).err
    monkeypatch.setattr("capreg.cli.profile.offer", lambda *_: stale)
    done = order(capreg, office)
    assert (done.code, len(sold(office))) == (0, 1)
    assert "45.00" not in done.err


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_office_is_for_its_owner_alone_whatever_the_umask(empty, capreg, mask):
    path = empty / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prices": {"profiles": {"firm": "45.00"}}}))
    write_record(empty, firm("firm-0"))
    old = os.umask(mask)
    try:
        capreg("-R", empty, "client", "add", "buyer")
        order(capreg, empty)
        capreg("-R", empty, "printout", "--client", "buyer")
    finally:
        os.umask(old)
    files = {one for one in (empty / "office").rglob("*") if one.is_file()}
    modes = {one.name: oct(one.stat().st_mode & 0o777) for one in files}
    assert {"office.json", "hub.key", "opening.json", "head.json", "tally.sqlite", "000001.en.text"} <= modes.keys()
    assert set(modes.values()) == {"0o600"}, modes
    folders = [empty / "office", *(one for one in (empty / "office").rglob("*") if one.is_dir())]
    assert {oct(one.stat().st_mode & 0o777) for one in folders} == {"0o700"}


WRITING = {
    "init": ["init", "new"],
    "init --sample": ["init", "new", "--sample"],
    "client add": ["client", "add", "other"],
    "printout": ["printout", "--client", "buyer"],
    "profile": ["profile", "firm-0", "--client", "buyer"],
    "profile --yes": ["profile", "firm-0", "--client", "buyer", "--yes"],
    "profile -o": ["profile", "firm-0", "--client", "buyer", "--yes", "-o", "sold.md"],
    "import": ["import", "list.csv", "--mapping", "mapping.json"],
}
MAPPING = {
    "kind": "firm",
    "key": ["no"],
    "id": ["no"],
    "record": {
        "name": "firm",
        "sites": [{"id": {"value": "main"}, "address": {"locality": "town", "country": "country"}}],
    },
}


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_a_dry_run_writes_nothing(office, tmp_path, capreg, arguments):
    (tmp_path / "list.csv").write_text("no,firm,town,country\nn1,Neri,Modena,IT\n")
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING))
    before = tree(tmp_path)
    done = capreg("-R", office, *arguments, "--dry-run")
    assert done.code == 0, done.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "arguments",
    [["search"], ["show", "firm-0"], ["check"], ["fields"], ["client", "list"], ["ledger"], ["printout"], ["help"]],
    ids=" ".join,
)
def test_a_reading_command_writes_nothing(empty, capreg, arguments):
    write_record(empty, firm("firm-0"))
    before = tree(empty)
    assert capreg("-R", empty, *arguments).code == 0
    assert tree(empty) == before


def test_a_price_that_changed_since_it_was_shown_is_not_charged(office):
    registry = Registry(office)
    books, shown = books_of(registry), offer_of(office)._replace(net=Money(100, "EUR"))
    with pytest.raises(CapregError) as refused:
        sell(books, "buyer", article_of(registry), "o-1", shown)
    assert refused.value.exit_code is ExitCode.BUSY
    assert entries(books) == []


@pytest.mark.parametrize("price", ["", "free", "-1", "45.001", "45,00", "1e3"])
def test_a_price_that_is_no_amount_sells_nothing(office, capreg, price):
    path = office / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prices": {"profiles": {"firm": price}}}))
    done = order(capreg, office)
    assert done.code == 4
    assert "unexpected" not in done.err
    assert not (office / "office" / "ledger").exists()


def test_a_kind_without_a_price_is_not_sold(office, capreg):
    write_record(office, {"kind": "contractor", "id": "big", "name": "Big"}, "contractors")
    done = order(capreg, office, "big", "-k", "contractor")
    assert (done.code, done.out) == (6, "")
    assert sold(office) == []


def test_a_broken_record_is_not_sold(office, capreg):
    (office / "firms" / "firm-0.json").write_text('{"kind": "firm"}')
    done = order(capreg, office)
    assert (done.code, done.out) == (4, "")
    assert sold(office) == []


def test_printouts_are_numbered_for_each_client(office, capreg):
    capreg("-R", office, "client", "add", "other")
    numbers = [
        capreg("-R", office, "printout", "--client", client, "-O", "json").json["number"]
        for client in ("buyer", "buyer", "other", "buyer")
    ]
    assert numbers == [1, 2, 1, 3]
