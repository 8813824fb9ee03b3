"""What a failing disk, an interrupted process or a meddled-with file leaves behind, and what the office makes of it."""

import errno
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import firm, write_record

from capreg.cli import issuing as issuing_module
from capreg.cli.main import main
from capreg.office import journal as journal_module
from capreg.office import ledger as ledger_module
from capreg.office.books import books_of
from capreg.office.issued import issue
from capreg.office.proof import entries
from capreg.office.tally import Tally
from capreg.store.registry import Registry

BROKEN = OSError(errno.EIO, "Input/output error")


def sell(capreg, registry: Path, firm: str = "firm-0", order: str = "o-1", *more):
    return capreg("-R", registry, "profile", firm, "--client", "buyer", "--yes", "--order", order, *more)


def orders(registry: Path) -> list[str]:
    return [one.order for one in entries(books_of(Registry(registry)))]


def ledger_of(registry: Path) -> Path:
    return registry / "office" / "ledger"


def journal_of(registry: Path) -> Path:
    (path,) = ledger_of(registry).glob("*.jsonl")
    return path


def head_of(registry: Path) -> int:
    return json.loads((ledger_of(registry) / "head.json").read_bytes())["number"]


def failing(error: BaseException, times: int = 1000):
    """A function that fails so many times, and does nothing after that."""
    left = [error] * times

    def fail(*_):
        if left:
            raise left.pop()

    return fail


def interrupt(capreg, monkeypatch, registry: Path) -> None:
    """Interrupt a sale after its entry was written, before it is flushed."""
    with monkeypatch.context() as patched:
        patched.setattr(journal_module.os, "fsync", failing(KeyboardInterrupt()))
        assert sell(capreg, registry).code == 130


def test_a_line_that_is_whole_is_a_sale_which_is_flushed_and_named_by_the_head_before_it_is_handed_out(
    shop, capreg, monkeypatch
):
    assert sell(capreg, shop, "firm-1", "o-0").code == 0
    interrupt(capreg, monkeypatch, shop)
    assert (orders(shop), head_of(shop)) == (["o-0", "o-1"], 1)
    seen = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor, real=os.fsync: (seen.append(os.fstat(descriptor).st_ino), real(descriptor))
    )
    monkeypatch.setattr("capreg.cli.issuing.deliver", lambda *_: seen.append("handed out"))
    assert sell(capreg, shop).code == 0
    inode, head = journal_of(shop).stat().st_ino, (ledger_of(shop) / "head.json").stat().st_ino
    assert seen.index(inode) < seen.index(head) < seen.index("handed out")
    assert (orders(shop), head_of(shop)) == (["o-0", "o-1"], 2)


def test_a_line_that_cannot_be_flushed_is_not_handed_out(shop, capreg, monkeypatch):
    assert sell(capreg, shop, "firm-1", "o-0").code == 0
    interrupt(capreg, monkeypatch, shop)
    with monkeypatch.context() as patched:
        patched.setattr(journal_module.os, "fsync", failing(BROKEN))
        done = sell(capreg, shop)
        assert (done.code, done.out) == (1, "")
        assert capreg("-R", shop, "ledger", "receipt", "2").out == ""
    assert capreg("-R", shop, "ledger", "receipt", "2").code == 0
    assert head_of(shop) == 2


def test_an_entry_that_cannot_be_taken_back_either_stops_all_charging_until_the_disk_is_mended(
    shop, capreg, monkeypatch
):
    assert sell(capreg, shop, "firm-1", "o-0").code == 0
    with monkeypatch.context() as patched:
        patched.setattr(journal_module.os, "fsync", failing(BROKEN))
        done = sell(capreg, shop)
        assert (done.code, done.out) == (1, "")
        assert "whether the order o-1 was entered is not known" in done.err
        assert "--order o-1" in done.err
        for arguments in (
            ["profile", "firm-2", "--client", "buyer", "--yes"],
            ["ledger", "payment", "buyer", "5", "--yes"],
        ):
            assert (capreg("-R", shop, *arguments).code, capreg("-R", shop, *arguments).out) == (1, "")
    done = sell(capreg, shop)
    assert (done.code, orders(shop), head_of(shop)) == (0, ["o-0", "o-1"], 2)
    assert capreg("-R", shop, "ledger", "verify").code == 0


def test_an_entry_whose_head_cannot_be_written_is_told_of_and_sold_once(shop, capreg, monkeypatch):
    assert sell(capreg, shop, "firm-1", "o-0").code == 0
    with monkeypatch.context() as patched:
        patched.setattr(
            "capreg.office.ledger.write_head", failing(OSError(errno.ENOSPC, "No space left on device", "head.json"))
        )
        done = sell(capreg, shop)
        assert (done.code, done.out) == (1, "")
        assert "entry 2 was made, and then the disk failed: head.json: No space left on device" in done.err
        assert "--order o-1" in done.err
        assert sell(capreg, shop, "firm-2", "o-2").code == 1
    assert orders(shop) == ["o-0", "o-1"]
    assert sell(capreg, shop).code == 0
    assert (orders(shop), head_of(shop)) == (["o-0", "o-1"], 2)


def test_what_went_wrong_after_a_printout_was_sold_does_not_sell_it_again(shop, capreg, monkeypatch):
    path = shop / "registry.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"prices": {**settings["prices"], "printout": "5.00"}}))
    monkeypatch.setattr("capreg.cli.printout.printout_page", failing(RuntimeError("nobody foresaw it"), 1))
    done = capreg("-R", shop, "printout", "--client", "buyer", "--yes")
    assert done.code == 1
    assert len(orders(shop)) == 1


def test_a_document_that_another_process_issued_meanwhile_is_the_one_that_is_handed_out(shop, capreg, monkeypatch):
    made = issuing_module.made

    def late(*arguments):
        issue(books_of(Registry(shop)), 1, "en.text", b"the first\n")
        return made(*arguments)

    monkeypatch.setattr(issuing_module, "made", late)
    assert sell(capreg, shop).out == "the first\n"
    assert capreg("-R", shop, "profile", "--again", "1").out == "the first\n"


def test_the_folders_of_a_new_ledger_are_on_the_disk_before_its_first_entry(shop, capreg, monkeypatch):
    seen, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (seen.append(os.fstat(descriptor).st_ino), real(descriptor)))
    assert sell(capreg, shop).code == 0
    first = seen.index(journal_of(shop).stat().st_ino)
    assert {one.stat().st_ino for one in (shop, shop / "office", ledger_of(shop))} <= {*seen[:first]}


def test_a_head_that_is_more_than_one_entry_behind_is_told_of_by_all(shop, capreg):
    head = ledger_of(shop) / "head.json"
    kept = []
    for number in range(3):
        assert sell(capreg, shop, f"firm-{number}", f"o-{number}").code == 0
        kept.append(head.read_bytes())
    for one, code in ((kept[1], 0), (kept[0], 7)):
        head.write_bytes(one)
        before = journal_of(shop).read_bytes()
        assert capreg("-R", shop, "ledger", "list").code == code
        assert capreg("-R", shop, "ledger", "verify").code == code
    assert sell(capreg, shop, "firm-0", "o-9").code == 7
    assert capreg("-R", shop, "ledger", "payment", "buyer", "5", "--yes").code == 7
    assert journal_of(shop).read_bytes() == before


def test_a_journal_shorter_than_its_head_stops_all_charging(shop, capreg):
    for number in range(2):
        assert sell(capreg, shop, f"firm-{number}", f"o-{number}").code == 0
    journal = journal_of(shop)
    first = journal.read_bytes().splitlines(keepends=True)[0]
    journal.write_bytes(first)
    for arguments in (
        ["profile", "firm-2", "--client", "buyer", "--yes"],
        ["ledger", "payment", "buyer", "5", "--yes"],
    ):
        done = capreg("-R", shop, *arguments)
        assert (done.code, done.out) == (7, "")
        assert "names entry 2, and the journal ends at 1" in done.err
    assert "names entry 2, and the journal ends at 1" in capreg("-R", shop, "ledger", "verify").out
    assert journal.read_bytes() == first


def test_a_reader_that_comes_between_the_first_entry_and_its_head_reads_it(shop, capreg, monkeypatch):
    assert sell(capreg, shop).code == 0
    calls = []

    def late(folder, opening):
        calls.append(folder)
        return None if len(calls) == 1 else real(folder, opening)

    real = ledger_module.read_head
    monkeypatch.setattr(ledger_module, "read_head", late)
    assert orders(shop) == ["o-1"]


def test_another_key_than_the_ledger_s_signs_nothing(shop, capreg, tmp_path):
    assert sell(capreg, shop).code == 0
    assert capreg("init", tmp_path / "other").code == 0
    key = shop / "office" / "keys" / "hub.key"
    own = key.read_bytes()
    capreg("-R", tmp_path / "other", "client", "add", "x")
    key.write_bytes((tmp_path / "other" / "office" / "keys" / "hub.key").read_bytes())
    done = sell(capreg, shop, "firm-1", "o-2")
    assert (done.code, done.out) == (7, "")
    key.write_bytes(own)
    assert orders(shop) == ["o-1"]
    assert sell(capreg, shop, "firm-1", "o-2").code == 0


TALLY_DAMAGES = {
    "cut in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut to nothing": lambda path: os.truncate(path, 0),
    "zeros in the middle": lambda path: overwrite(path, b"\0" * 20000, 4096),
    "noise in the middle": lambda path: overwrite(path, b"\xa5" * 20000, 4096),
    "not SQLite": lambda path: path.write_bytes(b"nonsense" * 1000),
    "a place that is another's": lambda path: change(path, "UPDATE entries SET offset = offset + 1"),
    "a table gone": lambda path: change(path, "DROP TABLE entries"),
}
TALLY_CHANGES = {
    "an order forgotten": lambda path: change(path, "DELETE FROM entries WHERE ord = 'o-1'"),
    "an order of another entry": lambda path: change(path, "UPDATE entries SET ord = 'o-3' WHERE number = 2"),
    "a debt forgotten": lambda path: change(path, "UPDATE balances SET charged = 0"),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a link": lambda path: (path.rename(path.with_name("t")), path.symlink_to(path.with_name("t"))),
    "another's journal beside it": lambda path: path.with_name("tally.sqlite-journal").write_bytes(
        b"\xd9\xd5\x05\xf9 \xa1c\xd7" * 1000
    ),
}


def overwrite(path: Path, content: bytes, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def change(path: Path, statement: str) -> None:
    database = sqlite3.connect(path)
    database.execute(statement)
    database.commit()
    database.close()


@pytest.mark.parametrize("damage", TALLY_DAMAGES.values(), ids=TALLY_DAMAGES)
def test_a_tally_that_the_disk_damaged_decides_nothing(shop, capreg, damage):
    check_decides_nothing(shop, capreg, damage, is_dated=False)


@pytest.mark.parametrize(
    "damage", [*TALLY_DAMAGES.values(), *TALLY_CHANGES.values()], ids=[*TALLY_DAMAGES, *TALLY_CHANGES]
)
def test_a_tally_that_somebody_changed_decides_nothing(shop, capreg, damage):
    check_decides_nothing(shop, capreg, damage, is_dated=True)


def check_decides_nothing(shop: Path, capreg, damage, is_dated: bool) -> None:
    """An order that was sold is found, and a limit of credit holds; `is_dated`: the file says when it was changed."""
    capreg("-R", shop, "client", "edit", "buyer", "--credit", "100.00")
    for number in range(2):
        assert sell(capreg, shop, f"firm-{number}", f"o-{number}").code == 0
    tally = shop / "office" / "tally.sqlite"
    was = tally.stat().st_mtime_ns
    damage(tally)
    if not is_dated:
        os.utime(tally, ns=(was, was))
    reached = capreg("-R", shop, "client", "show", "buyer", "-O", "json")
    assert reached.code == 0, reached.err
    again, other, more = (
        sell(capreg, shop, "firm-1", "o-1"),
        sell(capreg, shop, "firm-0", "o-1"),
        sell(capreg, shop, "firm-2", "o-2"),
    )
    assert (again.code, other.code, more.code) == (0, 6, 6), (again.err, other.err, more.err)
    assert orders(shop) == ["o-0", "o-1"]


def sold_by_a_child(registry: Path, firm: str, before: Callable[[], None]) -> int:
    """Sell in a process of its own that does something to itself before, and return its exit code."""
    child = os.fork()
    if not child:
        before()
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the process ends
        try:
            main(["-R", str(registry), "profile", firm, "--client", "buyer", "--yes"])
        except SystemExit as ended:
            os._exit(ended.code)
        os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


@pytest.mark.parametrize("room", [0, 1, 100, 466, 467, 468])
def test_a_write_that_ends_half_way_for_want_of_room_leaves_no_half_entry(shop, capreg, room):
    """The limit ends the journal's write after so many bytes, and lets no tally be written at all."""
    for number in range(3):
        assert sell(capreg, shop, f"firm-{number}", f"o-{number}").code == 0
    write_record(shop, firm("firm-3"))
    before = journal_of(shop).read_bytes()
    line = len(before.splitlines(keepends=True)[-1])
    size = len(before) + room
    code = sold_by_a_child(shop, "firm-3", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    assert code == (0 if room >= line else 1)
    assert len(orders(shop)) == (4 if room >= line else 3)
    assert journal_of(shop).read_bytes().startswith(before)
    assert (room >= line) is (journal_of(shop).read_bytes() != before)
    assert sell(capreg, shop, "firm-3", "o-3").code == 0
    assert len(orders(shop)) == 4
    assert capreg("-R", shop, "ledger", "verify").code == 0


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 512 kB in memory, for those who may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount") and mount("-t", "tmpfs", "-o", "size=512k", "tmpfs", place)
    if not mounted:
        pytest.skip("only who may mount a disk can fill one")
    yield place
    subprocess.run(["umount", place], check=True)


def mount(*arguments) -> bool:
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk but for so many pages of 4 kB, and return the file that does."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free - leave * 4096
    ballast.write_bytes(b"\0" * max(free, 0))
    return ballast


def test_a_full_disk_sells_nothing_and_loses_nothing(shop, capreg, small_disk):
    registry = Path(shutil.copytree(shop, small_disk / "registry"))
    assert sell(capreg, registry, "firm-0", "o-0").code == 0
    codes = set()
    for number, leave in enumerate(range(12)):
        write_record(registry, firm(f"more-{number}"))
        ballast = fill(small_disk, leave)
        before = orders(registry)
        done = sell(capreg, registry, f"more-{number}", f"m-{number}")
        codes.add(done.code)
        assert "unexpected" not in done.err
        assert bool(done.out) is (done.code == 0)
        assert orders(registry) in (before, [*before, f"m-{number}"])
        assert done.code or f"m-{number}" in orders(registry)
        ballast.unlink()
        assert sell(capreg, registry, f"more-{number}", f"m-{number}").code == 0
        assert orders(registry) == ["o-0", *(f"m-{one}" for one in range(number + 1))]
    assert codes == {0, 1}
    assert capreg("-R", registry, "ledger", "verify").code == 0


def test_a_disk_that_may_only_be_read_sells_nothing_and_is_read(shop, capreg, tmp_path):
    assert sell(capreg, shop).code == 0
    place = tmp_path / "read-only"
    place.mkdir()
    if os.geteuid() or not mount("--bind", shop, place):
        pytest.skip("only who may mount can make a disk that is only read")
    try:
        if not mount("-o", "remount,ro,bind", shop, place):
            pytest.skip("no disk that is only read can be made here")
        done = sell(capreg, place, "firm-1", "o-2")
        assert (done.code, done.out) == (1, "")
        assert "Read-only file system" in done.err
        assert sell(capreg, place).code == 0, "what was issued is handed out again"
        for look in (["ledger"], ["ledger", "verify"], ["client", "show", "buyer"], ["ledger", "receipt", "1"]):
            assert capreg("-R", place, *look).code == 0
    finally:
        subprocess.run(["umount", place], check=True)
    assert orders(shop) == ["o-1"]


@pytest.fixture
def open_place():
    """A folder that every user of the machine reaches; pytest's own are for their owner alone."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


def test_folders_that_may_only_be_read_lose_no_sale_and_hand_out_nothing(shop, capreg, open_place):
    """As a user who owns the files, but may not change the folders of the office."""
    if os.geteuid():
        pytest.skip("only the superuser can become another user")
    registry, nobody = Path(shutil.copytree(shop, open_place / "registry")), 65534
    assert sell(capreg, registry).code == 0
    for one in (registry, *registry.rglob("*")):
        os.chown(one, nobody, nobody)
    before = journal_of(registry).read_bytes()
    folders = (ledger_of(registry), registry / "office")
    for folder in folders:
        folder.chmod(0o500)
    assert sold_by_a_child(registry, "firm-1", lambda: become(nobody)) == 1
    assert sold_by_a_child(registry, "firm-2", lambda: become(nobody)) == 1
    # The journal itself could be written to, and was: a whole line is a sale, though its head could not be made.
    assert journal_of(registry).read_bytes().startswith(before)
    assert len(orders(registry)) == 2
    for folder in folders:
        folder.chmod(0o700)
    assert sell(capreg, registry, "firm-1", "o-2").code == 0
    assert len(orders(registry)) == 2
    assert capreg("-R", registry, "ledger", "verify").code == 0


def test_what_a_sale_asks_of_the_tally_is_found_by_an_index(shop, capreg, monkeypatch):
    plans, asked = [], Tally._rows

    def explained(tally, statement, values=()):
        plans.extend(tally._database.execute(f"EXPLAIN QUERY PLAN {statement}", tuple(values)).fetchall())
        return asked(tally, statement, values)

    monkeypatch.setattr(Tally, "_rows", explained)
    assert sell(capreg, shop).code == 0
    assert (len(plans) > 4, [plan[3] for plan in plans if plan[3].startswith("SCAN")]) == (True, [])
