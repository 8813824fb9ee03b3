"""What the tests of the money room share: a hub with prices, its clock, and what stands in its ledger."""

import json
from datetime import datetime
from pathlib import Path

from capreg.office.books import books_of
from capreg.office.entry import Entry
from capreg.office.proof import entries
from capreg.store.registry import Registry

PRICES = {
    "country": "IT",
    "prices": {
        "printout": {"client": "5.00", "member": "0.00", "vat_rate": "22"},
        "profiles": {
            "firm": {"client": "45.00", "member": "30.00", "vat_rate": "22"},
            "contractor": {"client": "120.00", "member": "0.00", "vat_rate": "22"},
        },
    },
    "fee": {"client": "250.00", "vat_rate": "22"},
}


def with_settings(registry: Path, **settings) -> None:
    """Change what `registry.json` says."""
    path = registry / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def sold(registry: Path) -> list[Entry]:
    """All entries of the ledger."""
    return entries(books_of(Registry(registry)))


def set_clock(monkeypatch, moment: str) -> None:
    """Let it be a moment, `2026-03-01` or `2026-03-01T10:00:00`, in UTC, for the ledger and for the calendar."""
    at = datetime.fromisoformat(f"{moment}{'' if 'T' in moment else 'T09:00:00'}+00:00")

    class Clock(datetime):
        @classmethod
        def now(cls, zone=None):
            return at.astimezone(zone)

    monkeypatch.setattr("capreg.office.ledger.datetime", Clock)
    monkeypatch.setattr("capreg.model.day.datetime", Clock)
