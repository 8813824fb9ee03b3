"""Many processes sell at once, and many are killed: every number is given once, and nothing that was handed out is lost."""

import io
import multiprocessing
import random
import sys
from collections import Counter
from pathlib import Path
from time import monotonic, sleep

import pytest
from conftest import firm, write_record

from capreg.cli.main import main
from capreg.office.books import books_of
from capreg.office.proof import entries
from capreg.store.registry import Registry

SELLERS, SALES = 8, 25
# How many processes are to be killed, and how many of them sell at once.
KILLS, AT_ONCE = 200, 4
SEED = 20261126
forks = multiprocessing.get_context("fork")


@pytest.fixture
def market(shop) -> Path:
    """A registry with two hundred firms for sale."""
    for number in range(SELLERS * SALES):
        write_record(shop, firm(f"firm-{number}"))
    return shop


def words(registry: Path, number: int) -> list[str]:
    """The sale of a firm that nobody else sells, under an order of its own."""
    return ["-R", str(registry), "profile", f"firm-{number}", "--client", "buyer", "--yes", "--order", f"o-{number}"]


def code_of(arguments: list) -> tuple[int, str]:
    """Run capreg in this process, and return its exit code and what it told."""
    sys.stderr = io.StringIO()
    try:
        main([str(one) for one in arguments])
    except SystemExit as ended:
        return ended.code, sys.stderr.getvalue()


def check_books(capreg, registry: Path) -> list[str]:
    """Return the orders of the ledger, which holds: numbered from one without gap, every order once."""
    done = capreg("-R", registry, "ledger", "verify")
    assert (done.code, done.out) == (0, ""), done.err
    found = entries(books_of(Registry(registry)))
    assert [one.number for one in found] == [*range(1, len(found) + 1)]
    orders = [one.order for one in found]
    assert {order: times for order, times in Counter(orders).items() if times > 1} == {}
    return orders


def _sell_many(registry: Path, numbers: range, begin, told) -> None:
    sys.stdout = io.TextIOWrapper(io.BytesIO())
    begin.wait(20)
    told.put([code_of(words(registry, number)) for number in numbers])


def _read(registry: Path, ended, told) -> None:
    sys.stdout = io.TextIOWrapper(io.BytesIO())
    looks = (["ledger"], ["ledger", "verify"], ["client", "show", "buyer"], ["client", "list"])
    done = []
    while not ended.is_set():
        done += [code_of(["-R", registry, *look]) for look in looks]
    told.put(done)


def test_eight_that_sell_at_once_number_two_hundred_entries_while_others_read_and_a_stale_lock_lies_about(
    market, capreg
):
    (market / "office" / "office.lock").write_text("999999\n")
    begin, ended, sold, read = forks.Barrier(SELLERS), forks.Event(), forks.Queue(), forks.Queue()
    reader = forks.Process(target=_read, args=(market, ended, read))
    shares = [range(first, first + SALES) for first in range(0, SELLERS * SALES, SALES)]
    sellers = [forks.Process(target=_sell_many, args=(market, share, begin, sold)) for share in shares]
    for one in (reader, *sellers):
        one.start()
    done = [one for _ in sellers for one in sold.get(timeout=100)]
    ended.set()
    looks = read.get(timeout=20)
    for one in (reader, *sellers):
        one.join(20)
    assert [one for one in done if one[0]] == []
    assert (len(looks) > 8, [one for one in looks if one[0]]) == (True, [])
    assert sorted(check_books(capreg, market)) == sorted(f"o-{number}" for number in range(SELLERS * SALES))


def _sell_into(registry: Path, number: int, path: Path) -> None:
    sys.stdout = path.open("w")
    sys.exit(code_of(words(registry, number))[0])


def _kill_at(process, moment: float) -> None:
    sleep(max(moment - monotonic(), 0))
    process.kill()


def test_two_hundred_processes_that_are_killed_lose_nothing_that_was_handed_out(market, capreg, tmp_path):
    chosen, codes, latest = random.Random(SEED), [], 0.05
    for first in range(0, KILLS, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        sellers = [forks.Process(target=_sell_into, args=(market, one, tmp_path / f"{one}.out")) for one in numbers]
        for one in sellers:
            one.start()
        moments = sorted(monotonic() + chosen.uniform(0, latest) for _ in sellers)
        for one, moment in zip(chosen.sample(sellers, AT_ONCE), moments, strict=True):
            _kill_at(one, moment)
        for one in sellers:
            one.join(20)
            codes.append(one.exitcode)
        # However fast the machine is, some are to end before they are killed.
        latest *= 0.9 if 0 in codes[first:] else 1.3
    assert {*codes} == {0, -9}
    orders = check_books(capreg, market)
    printed = {
        number
        for number in range(KILLS)
        if (tmp_path / f"{number}.out").exists() and (tmp_path / f"{number}.out").read_text()
    }
    acknowledged = printed | {number for number, code in enumerate(codes) if code == 0}
    assert [number for number in acknowledged if f"o-{number}" not in orders] == []
    for number in range(KILLS):
        assert capreg(*words(market, number)).code == 0
    assert sorted(check_books(capreg, market)) == sorted(f"o-{number}" for number in range(KILLS))
