"""Records are renamed and removed, and what knows them by their id goes on knowing them."""

import errno
import json

import pytest
from conftest import files_of, firm, write_record


@pytest.fixture
def office(sample, capreg):
    """The sample with a client, a member, a printout and a profile that were sold."""
    for command in (
        "client add nordwerk",
        "member join officine-savena",
        "printout process:5-axis-milling --client nordwerk --yes",
        "search process:5-axis-milling --save-as milling",
        "profile officine-savena --client nordwerk --order po-1 --yes",
    ):
        assert capreg("-R", sample, *command.split()).code == 0, command
    return sample


@pytest.fixture
def renamed(office, capreg):
    """The same, with the firm that was sold under another id."""
    assert capreg("-R", office, "rename", "officine-savena", "savena").code == 0
    return office


def test_the_file_and_the_id_are_renamed_and_the_old_id_is_kept(renamed):
    document = json.loads((renamed / "firms" / "bologna" / "savena.json").read_text())
    assert (document["id"], document["former_ids"]) == ("savena", ["officine-savena"])
    assert not (renamed / "firms" / "bologna" / "officine-savena.json").exists()


@pytest.mark.parametrize("command", [["show", "officine-savena"], ["search", "officine-savena"], ["check"]])
def test_the_old_id_still_finds_the_record(renamed, capreg, command):
    done = capreg("-R", renamed, *command)
    assert done.code == 0
    assert command == ["check"] or "Officine Savena" in done.out


def test_what_was_bought_under_the_old_id_is_owned_under_the_new_one(renamed, capreg):
    for id in ("savena", "officine-savena"):
        told = capreg("-R", renamed, "profile", id, "--client", "nordwerk", "--dry-run").err
        assert "Nothing would be charged" in told, told


def test_the_same_order_is_the_same_sale_after_renaming(renamed, capreg):
    assert capreg("-R", renamed, "profile", "savena", "--client", "nordwerk", "--order", "po-1", "--dry-run").code == 0


def test_a_new_version_is_told_from_another_id(renamed, capreg):
    assert capreg("-R", renamed, "price", "change", "profile", "--new-version", "charged", "--yes").code == 0
    path = renamed / "firms" / "bologna" / "savena.json"
    path.write_text(path.read_text().replace('"founded": 1987', '"founded": 1988'))
    told = capreg("-R", renamed, "profile", "savena", "--client", "nordwerk", "--dry-run").err
    assert "45.00 EUR + 9.90 EUR VAT = 54.90 EUR would be charged" in told, told


def test_a_member_stays_the_member_and_the_client_that_it_was(renamed, capreg):
    members = capreg("-R", renamed, "member", "list", "-O", "ndjson")
    assert json.loads(members.out)["id"] == "officine-savena"
    assert capreg("-R", renamed, "member", "join", "savena").code == 2
    assert capreg("-R", renamed, "member", "leave", "savena", "--yes").code == 0


def test_kept_inquiries_and_saved_searches_follow(renamed):
    books = json.loads((renamed / "office" / "office.json").read_text())
    for ids in (books["inquiries"]["1"]["ids"], books["searches"]["1"]["seen"]):
        assert "savena" in ids and "officine-savena" not in ids


def test_a_renaming_that_ended_half_way_is_finished_by_the_same_command(office, capreg, monkeypatch):
    def failing(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("capreg.cli.rename.follow", failing)
        assert capreg("-R", office, "rename", "officine-savena", "savena").code == 1
    assert capreg("-R", office, "rename", "officine-savena", "savena").code == 0
    test_kept_inquiries_and_saved_searches_follow(office)


def test_an_id_that_is_taken_or_was_is_refused(renamed, capreg):
    for id, told in (
        ("tubi-argenta", "another firm has the id"),
        ("officine-savena", "which is savena now"),
        ("Tubi", "is no id"),
        ("torneria-reno", "is 'torneria-reno' already"),
    ):
        done = capreg("-R", renamed, "rename", "torneria-reno", id)
        assert (done.code, told in done.err) == (2, True), done.err


def test_a_record_may_take_back_its_old_id(renamed, capreg):
    assert capreg("-R", renamed, "rename", "savena", "officine-savena").code == 0
    assert capreg("-R", renamed, "show", "savena", "-O", "json").json["former_ids"] == ["savena"]
    assert capreg("-R", renamed, "check").code == 0


@pytest.mark.parametrize("again", [False, True])
def test_check_refuses_an_id_that_two_records_claim(renamed, capreg, again):
    if again:
        capreg("-R", renamed, "check")
    write_record(renamed, firm("officine-savena"))
    done = capreg("-R", renamed, "check")
    assert done.code == 4
    assert "/former_ids/0: the id 'officine-savena' stands already in firms/officine-savena.json" in done.out


CHANGING = [
    ["rename", "torneria-reno", "reno"],
    ["remove", "torneria-reno", "--yes"],
    ["edit", "torneria-reno", "--set", "people.total=9"],
    ["verify", "torneria-reno", "people.total", "--by", "x", "--method", "visit"],
]


@pytest.mark.parametrize("command", CHANGING, ids=lambda command: command[0])
@pytest.mark.parametrize("where", ["capreg.store.files.os.fsync", "capreg.store.changes.os.fsync"])
def test_a_full_disk_changes_no_record(sample, capreg, monkeypatch, command, where):
    before = files_of(sample / "firms")

    def failing(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(where, failing)
        assert capreg("-R", sample, *command).code == 1
    assert files_of(sample / "firms") == before


@pytest.mark.parametrize("command", CHANGING, ids=lambda command: command[0])
def test_a_dry_run_writes_nothing(sample, capreg, command):
    before = files_of(sample)
    assert capreg("-R", sample, *command, "--dry-run").code == 0
    assert files_of(sample) == before


def test_a_removed_record_is_gone_and_its_history_is_not(sample, capreg):
    done = capreg("-R", sample, "remove", "torneria-reno", "--yes")
    assert done.code == 0 and "Torneria Reno" in done.out
    assert capreg("-R", sample, "show", "torneria-reno").code == 3
    assert '"torneria-reno"' in next((sample / "history").iterdir()).read_text()


def test_nothing_is_removed_without_a_yes(sample, capreg):
    assert capreg("-R", sample, "remove", "torneria-reno").code == 2
    assert capreg("-R", sample, "show", "torneria-reno").code == 0


def test_a_member_is_removed_only_when_it_has_left(office, capreg):
    done = capreg("-R", office, "remove", "officine-savena", "--yes")
    assert (done.code, "member leave officine-savena" in done.err) == (6, True)
    capreg("-R", office, "member", "leave", "officine-savena", "--yes")
    assert capreg("-R", office, "remove", "officine-savena", "--yes").code == 0
