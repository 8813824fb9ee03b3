"""The treasurer's year happens as the page tells it, and other programs reckon its books to the same cent."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from bookkeepers import beancount_owed, hledger_owed, needs_hledger
from conftest import ROOT
from transcripts import Step, compared, run, steps

PAGE = steps((ROOT / "docs" / "treasurer.md").read_text())
AFTER = replace(PAGE[-1], output="")
# What a treasurer does in a year, and so the page.
PROMISED = (
    "fees --charge",
    "fees --lapsed",
    "ledger reverse",
    "invoice",
    "report gaps",
    "office backup",
    "ledger close",
)


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The folder in which the page was walked, with what each of its steps printed."""
    folder = tmp_path_factory.mktemp("walk")
    return folder, [(step, run(step, folder)) for step in PAGE if step.can_run]


def told(year, command: str) -> str:
    """What a further command prints, on the last day of the page."""
    return run(replace(AFTER, command=f"cd year && {command}"), year[0])


def owed(year) -> dict[str, Decimal]:
    """What each client owes, as capreg says."""
    found = json.loads(told(year, "capreg ledger balances -O json"))["results"]
    return {one["client"]: Decimal(one["owed"]) for one in found}


def test_every_command_prints_what_the_page_shows(year):
    for step, output in year[1]:
        printed, shown = compared(step, output)
        assert printed == shown, f"{step.day}: {step.command}"


@pytest.mark.parametrize("command", PROMISED)
def test_the_page_tells_of_each_chapter(command):
    assert any(command in step.command for step in PAGE)


def test_the_days_of_the_page_follow_one_another():
    days = [step.day for step in PAGE]
    assert None not in days
    assert days == sorted(days)


def test_the_books_verify_at_the_end_and_check_finds_nothing(year):
    assert told(year, "capreg ledger verify").startswith("The ledger holds: 34 entries")
    assert told(year, "capreg check") == "No faults.\n"


@needs_hledger
def test_hledger_s_balances_are_capreg_s(year, tmp_path):
    assert hledger_owed(told(year, "capreg ledger export hledger"), tmp_path) == owed(year)


def test_beancount_s_balances_are_capreg_s(year):
    assert beancount_owed(told(year, "capreg ledger export beancount")) == owed(year)


def test_a_step_runs_as_of_the_day_of_the_heading_above_it(tmp_path):
    text = "## 2031-02-03: a\n```console\n$ capreg init r\n```\n## Later\n```console\n$ date\n```\n"
    first, second = steps(text)
    assert (str(first.day), second.day) == ("2031-02-03", None)
    run(first, tmp_path)
    run(Step("capreg -R r client add x", "", first.day), tmp_path)
    shown = run(Step("capreg -R r client list --columns since | tail -n 1", ""), tmp_path)
    assert shown == "2031-02-03\n"
