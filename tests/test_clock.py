"""The clock of the ledger: it may run backwards a little, and over the end of a year, and no order changes by it."""

from datetime import datetime
from pathlib import Path

import pytest

from capreg.office.books import books_of
from capreg.office.proof import entries
from capreg.store.registry import Registry


@pytest.fixture
def at(shop, capreg, monkeypatch):
    """Sell a firm at a moment: `at("2026-12-31T23:59:00Z", "firm-0")` -> Done; the order is named after the firm."""

    def sell(moment: str, firm: str):
        monkeypatch.setattr("capreg.office.ledger.now", lambda: datetime.fromisoformat(moment))
        return capreg("-R", shop, "profile", firm, "--client", "buyer", "--yes", "--order", f"o-{firm}")

    return sell


def file_of(shop: Path, year: int) -> Path:
    return shop / "office" / "ledger" / f"{year}.jsonl"


def sold(shop: Path) -> list[tuple[int, str]]:
    return [(one.number, one.at) for one in entries(books_of(Registry(shop)))]


def test_a_clock_half_an_hour_behind_enters_with_the_time_of_the_last_entry(shop, capreg, at):
    assert at("2026-11-26T12:00:00Z", "firm-0").code == 0
    assert at("2026-11-26T11:30:00Z", "firm-1").code == 0
    assert at("2026-11-26T12:00:01Z", "firm-2").code == 0
    assert sold(shop) == [(1, "2026-11-26T12:00:00Z"), (2, "2026-11-26T12:00:00Z"), (3, "2026-11-26T12:00:01Z")]
    assert capreg("-R", shop, "ledger", "verify").code == 0


def test_a_clock_just_an_hour_behind_is_believed_and_a_second_more_is_not(shop, at):
    assert at("2026-11-26T12:00:00Z", "firm-0").code == 0
    assert at("2026-11-26T10:59:59Z", "firm-1").code == 1
    assert at("2026-11-26T11:00:00Z", "firm-1").code == 0


def test_a_clock_two_hours_behind_is_refused_and_told_how_to_mend_it(shop, at):
    assert at("2026-11-26T12:00:00Z", "firm-0").code == 0
    done = at("2026-11-26T10:00:00Z", "firm-1")
    assert (done.code, done.out) == (1, "")
    assert "the clock says 2026-11-26 10:00 UTC, and the last entry was made at 2026-11-26 12:00 UTC" in done.err
    assert "Set the clock right." in done.err
    assert "capreg office restore" in done.err
    assert sold(shop) == [(1, "2026-11-26T12:00:00Z")]


def test_a_new_year_begins_a_new_file_and_goes_on_counting(shop, capreg, at):
    assert at("2026-12-31T23:59:59Z", "firm-0").code == 0
    assert at("2027-01-01T00:00:00Z", "firm-1").code == 0
    assert [file_of(shop, year).read_bytes().count(b"\n") for year in (2026, 2027)] == [1, 1]
    assert sold(shop) == [(1, "2026-12-31T23:59:59Z"), (2, "2027-01-01T00:00:00Z")]
    assert capreg("-R", shop, "ledger", "verify").code == 0


def test_a_clock_that_runs_back_over_the_end_of_a_year_stays_in_the_new_one(shop, at):
    assert at("2027-01-01T00:10:00Z", "firm-0").code == 0
    assert at("2026-12-31T23:50:00Z", "firm-1").code == 0
    assert sold(shop) == [(1, "2027-01-01T00:10:00Z"), (2, "2027-01-01T00:10:00Z")]
    assert not file_of(shop, 2026).exists()


TORN = b'{"amount":4500,"at":"20'


@pytest.mark.parametrize("left", [b"", TORN], ids=["nothing", "a torn line"])
def test_what_a_crash_left_in_the_new_year_s_file_never_was_an_entry(shop, capreg, at, left):
    assert at("2026-12-31T23:00:00Z", "firm-0").code == 0
    file_of(shop, 2027).write_bytes(left)
    assert sold(shop) == [(1, "2026-12-31T23:00:00Z")]
    assert at("2026-12-31T23:30:00Z", "firm-1").code == 0
    assert at("2027-01-02T12:00:00Z", "firm-2").code == 0
    assert [number for number, _ in sold(shop)] == [1, 2, 3]
    assert capreg("-R", shop, "ledger", "verify").code == 0


def test_a_torn_line_in_the_old_year_s_file_is_cut_off_when_the_new_year_begins(shop, capreg, at):
    assert at("2026-12-31T23:00:00Z", "firm-0").code == 0
    with file_of(shop, 2026).open("ab") as file:
        file.write(TORN)
    assert at("2027-01-01T12:00:00Z", "firm-1").code == 0
    assert file_of(shop, 2026).read_bytes().count(b"\n") == 1
    assert TORN not in file_of(shop, 2026).read_bytes()[-len(TORN) :]
    assert sold(shop) == [(1, "2026-12-31T23:00:00Z"), (2, "2027-01-01T12:00:00Z")]
    assert capreg("-R", shop, "ledger", "verify").code == 0


def test_a_torn_line_before_an_empty_new_file_is_read_over_and_cut_off(shop, capreg, at):
    assert at("2026-12-31T23:00:00Z", "firm-0").code == 0
    file_of(shop, 2027).touch()
    with file_of(shop, 2026).open("ab") as file:
        file.write(TORN)
    assert sold(shop) == [(1, "2026-12-31T23:00:00Z")]
    assert at("2027-01-01T12:00:00Z", "firm-1").code == 0
    assert [number for number, _ in sold(shop)] == [1, 2]


def test_a_first_sale_that_was_torn_in_an_earlier_year_does_not_stop_the_ledger_for_good(shop, capreg, at):
    assert at("2026-12-31T23:00:00Z", "firm-0").code == 0
    file_of(shop, 2027).write_bytes(TORN)
    assert at("2028-01-01T12:00:00Z", "firm-1").code == 0
    assert sold(shop) == [(1, "2026-12-31T23:00:00Z"), (2, "2028-01-01T12:00:00Z")]
    assert capreg("-R", shop, "ledger", "verify").code == 0


def test_the_very_first_sale_that_was_torn_does_not_stop_the_next_year(shop, capreg, at, monkeypatch):
    monkeypatch.setattr("capreg.office.ledger.append", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    assert at("2026-12-31T23:00:00Z", "firm-0").code == 130
    monkeypatch.undo()
    file_of(shop, 2026).write_bytes(TORN)
    assert at("2027-01-01T12:00:00Z", "firm-0").code == 0
    assert at("2027-01-01T12:00:00Z", "firm-1").code == 0
    assert [number for number, _ in sold(shop)] == [1, 2]


def test_a_line_that_lacks_only_its_end_is_an_entry_and_gets_it(shop, capreg, at):
    assert at("2026-12-31T23:00:00Z", "firm-0").code == 0
    whole = file_of(shop, 2026).read_bytes()
    file_of(shop, 2026).write_bytes(whole[:-1])
    assert sold(shop) == [(1, "2026-12-31T23:00:00Z")]
    assert at("2027-01-01T12:00:00Z", "firm-1").code == 0
    assert file_of(shop, 2026).read_bytes() == whole
