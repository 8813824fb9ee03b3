"""A sale that is stopped, or whose disk fails, at every system call in turn: no half entry, nothing sold twice, nothing lost."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
import tracing
from tracing import Call, Run

from capreg.office.books import books_of
from capreg.office.proof import entries
from capreg.store.registry import Registry

pytestmark = pytest.mark.skipif(not tracing.may_trace(), reason="strace is not here, or may not trace")

# With what a call fails: a disk that is full where something would be added to it, else one that is broken.
FAILURES = {"openat": "EMFILE", "write": "ENOSPC", "pwrite64": "ENOSPC", "mkdir": "ENOSPC"}
# The calls that only the tally makes, which is a convenience and the same in every sale.
OF_TALLY = ("pwrite64", "fdatasync")
AT_ONCE = 2
SEED = 20261126


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    return tracing.surroundings(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def known() -> dict[tuple, list[Call]]:
    """The calls of sales that were counted once."""
    return {}


@pytest.fixture
def till(shop, capreg, tmp_path) -> Callable[[bool], Path]:
    """Return a function that makes a registry of its own: one whose ledger was never opened, or one that has sold before."""
    numbers = count()

    def made(sold_before: bool) -> Path:
        registry = Path(shutil.copytree(shop, tmp_path / f"till-{next(numbers)}"))
        if sold_before:
            assert sell(capreg, registry, "firm-0", "o-0").code == 0
        return registry

    return made


@pytest.fixture
def calls(till, environment, known) -> Callable[..., list[Call]]:
    """Return a function that tells at which calls a sale touches the office, from a run that is left in peace."""

    def counted(sold_before: bool, *options: str) -> list[Call]:
        if (sold_before, options) not in known:
            # The first run only compiles all modules.
            for registry in (till(sold_before), till(sold_before)):
                found = tracing.calls_of(registry, sale(registry, *options), environment)
            known[sold_before, options] = found
        return known[sold_before, options]

    return counted


def words(registry: Path, firm: str = "firm-1", order: str = "o-1") -> list:
    return ["-R", registry, "profile", firm, "--client", "buyer", "--yes", "--order", order]


def sell(capreg, registry: Path, firm: str = "firm-1", order: str = "o-1"):
    return capreg(*words(registry, firm, order))


def sale(registry: Path, *options: str) -> list[str]:
    """The command line of a process that sells the second firm."""
    return tracing.command(*words(registry), options=options)


def each(work: Callable[[Path, Call], Run], registries: Iterable[Path], calls: Iterable[Call]) -> list[Run]:
    """Do something at each call, in a registry of its own."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, registries, calls))


def head_of(registry: Path) -> int:
    head = registry / "office" / "ledger" / "head.json"
    return json.loads(head.read_bytes())["number"] if head.exists() else 0


def checked(capreg, registry: Path) -> list[str]:
    """Return the orders of the ledger; the books hold, numbered without gap, and the head is at most one entry behind."""
    done = capreg("-R", registry, "ledger", "verify")
    assert (done.code, done.out) == (0, ""), done.err
    found = entries(books_of(Registry(registry)))
    assert [one.number for one in found] == [*range(1, len(found) + 1)]
    assert head_of(registry) in (len(found), len(found) - 1)
    return [one.order for one in found]


def check_sold_once(capreg, registry: Path, run: Run, sold_before: bool) -> None:
    """Whatever happened: the books hold, what was handed out is in them, and the same order is sold once and handed out."""
    before = ["o-0"] if sold_before else []
    orders = checked(capreg, registry)
    assert orders in (before, [*before, "o-1"])
    if run.out or run.code == 0:
        assert ("Firm-1" in run.out, orders[-1:]) == (True, ["o-1"])
    again = sell(capreg, registry)
    assert (again.code, "Firm-1" in again.out) == (0, True), again.err
    assert checked(capreg, registry) == [*before, "o-1"]
    assert head_of(registry) == len(before) + 1
    assert {oct(one.stat().st_mode & 0o077) for one in (registry / "office").rglob("*")} == {"0o0"}


def check_killed(capreg, till, environment, calls: list[Call], sold_before: bool, *options: str) -> None:
    """Kill a sale at each of some calls, look at what is left, and give the order again.

    To be killed before it opens a file for reading is the same as to be killed at what it changes next.
    """
    calls = [one for one in calls if one.is_change]
    registries = [till(sold_before) for _ in calls]
    stop = lambda registry, call: tracing.stopped(registry, sale(registry, *options), environment, call)  # noqa: E731
    for registry, call, run in zip(registries, calls, each(stop, registries, calls), strict=True):
        assert (run.code, f"{registry}/office" in run.hit) == (-9, True), (call, run)
        check_sold_once(capreg, registry, run, sold_before)


@pytest.mark.parametrize("name", tracing.CALLS)
def test_a_sale_killed_at_any_call_is_whole_or_was_never_made(till, calls, capreg, environment, name):
    check_killed(capreg, till, environment, [one for one in calls(True) if one.name == name], sold_before=True)


def test_the_calls_of_a_sale_are_known(calls):
    found = [one.name for one in calls(True)]
    assert len(found) > 50
    assert {"openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate"} <= {*found}


@pytest.mark.parametrize("name", [one for one in tracing.CALLS if one not in OF_TALLY])
def test_the_sale_that_opens_a_ledger_killed_at_any_call_is_whole_or_was_never_made(
    till, calls, capreg, environment, name
):
    check_killed(capreg, till, environment, [one for one in calls(False) if one.name == name], sold_before=False)


@pytest.mark.parametrize("name", tracing.CALLS)
def test_a_sale_for_which_any_call_fails_is_whole_or_was_never_made(till, calls, capreg, environment, name):
    check_failing(capreg, till, environment, [one for one in calls(True) if one.name == name], "")


@pytest.mark.parametrize("name", [one for one in tracing.CALLS if one not in ("openat", *OF_TALLY)])
def test_a_sale_for_which_calls_fail_from_one_on_is_whole_or_was_never_made(till, calls, capreg, environment, name):
    check_failing(capreg, till, environment, [one for one in calls(True) if one.name == name], "+")


def check_failing(capreg, till, environment, calls: list[Call], on: str) -> None:
    """Let each of some calls of a sale fail, look at what is left, and give the order again; of the tally's, every third."""
    calls = [one for number, one in enumerate(calls) if one.is_change and (one.name not in OF_TALLY or number % 3 == 0)]
    registries = [till(True) for _ in calls]
    fail = lambda registry, call: tracing.failed(  # noqa: E731
        registry, sale(registry), environment, call, FAILURES.get(call.name, "EIO"), on
    )
    for registry, call, run in zip(registries, calls, each(fail, registries, calls), strict=True):
        assert f"{registry}/office" in run.hit, (call, run)
        assert run.code in (0, 1, 4, 7), (call, run)
        assert "unexpected" not in run.err, (call, run)
        check_sold_once(capreg, registry, run, sold_before=True)


def test_two_crashes_in_a_row_are_as_harmless_as_one(till, calls, capreg, environment):
    chosen, found = random.Random(SEED), calls(True)
    pairs = [chosen.sample(found, 2) for _ in range(12)]
    registries = [till(True) for _ in pairs]

    def stop_twice(registry: Path, pair: list[Call]) -> Run:
        first, second = (tracing.stopped(registry, sale(registry), environment, call) for call in pair)
        assert first.code == -9
        # After the first crash a sale makes other calls, so that the second may come too late.
        assert second.code in (-9, 0)
        return second

    for registry, run in zip(registries, each(stop_twice, registries, pairs), strict=True):
        check_sold_once(capreg, registry, run, sold_before=True)


def test_a_crash_is_as_harmless_where_assertions_are_left_out(till, calls, capreg, environment):
    found = [one for one in calls(True, "-O") if one.name in ("write", "fsync", "ftruncate", "rename")]
    check_killed(capreg, till, environment, found, True, "-O")


def test_a_bad_entry_stops_a_sale_where_assertions_are_left_out(till, environment):
    registry = till(True)
    (journal,) = (registry / "office" / "ledger").glob("*.jsonl")
    journal.write_bytes(journal.read_bytes().replace(b'"amount":4500', b'"amount":1500'))
    before = journal.read_bytes()
    done = subprocess.run(sale(registry, "-O"), env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (4, "")
    assert "no entry of the ledger" in done.stderr
    assert journal.read_bytes() == before
