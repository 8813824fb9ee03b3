"""What the tests of exported books share: books made of drafts alone, and what other programs reckon from a journal."""

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from beancount import loader
from beancount.core.data import Transaction

from capreg.exchange.bookkeeping import JOURNALS, transactions
from capreg.office.entry import Draft, Entry, entry_of

ROME = ZoneInfo("Europe/Rome")
needs_hledger = pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")


def book(drafts: Iterable[tuple[str, Draft]]) -> list[Entry]:
    """Return the entries that drafts become, each at its moment: `2027-01-11T10:00:00Z`."""
    entries, previous = [], "0" * 64
    for number, (at, draft) in enumerate(drafts, 1):
        entries.append(entry_of(draft, number, previous, at))
        previous = entries[-1].hash
    return entries


def exported(entries: Sequence[Entry], program: str, currency: str = "EUR") -> str:
    """Return the journal of some entries for a program, as a hub in Rome writes it."""
    moved = list(transactions(entries, lambda entry: entry.moment.astimezone(ROME).date()))
    return "".join(JOURNALS[program](moved, currency))


def hledger(journal: str, folder: Path, *arguments: str) -> str:
    """Return what hledger prints of a journal, which it must accept."""
    path = folder / "hub.journal"
    path.write_text(journal)
    done = subprocess.run(["hledger", "-f", str(path), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def hledger_owed(journal: str, folder: Path) -> dict[str, Decimal]:
    """Return what each client owes by hledger's reckoning, who owes anything or is owed."""
    rows, _ = json.loads(hledger(journal, folder, "balance", "assets:receivable", "-O", "json"))
    quantities = {account: amounts[0]["aquantity"] for account, _, _, amounts in rows}
    return {
        account.rpartition(":")[2]: Decimal(one["decimalMantissa"]).scaleb(-one["decimalPlaces"])
        for account, one in quantities.items()
    }


def beancount_owed(journal: str) -> dict[str, Decimal]:
    """Return what each client owes by beancount's reckoning, who owes anything or is owed; it must find no fault."""
    found, errors, _ = loader.load_string(journal)
    assert errors == []
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for posting in (one for entry in found if isinstance(entry, Transaction) for one in entry.postings):
        if posting.account.startswith("Assets:Receivable:"):
            sums[_client(posting.account)] += posting.units.number
    return {client: owed for client, owed in sums.items() if owed}


def _client(account: str) -> str:
    """Return the id of the client whose account one is: beancount's begin with a capital or a digit."""
    name = account.rpartition(":")[2]
    return name[2:] if name.startswith("XX-") else name.lower()
