"""An entry of the ledger, and the line that holds it.

A line is the canonical JSON of its entry: keys sorted, no blanks, integers only. Its hash is that of the same JSON
without the hash, so that a line proves by itself that it is whole, and names the one before it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from capreg.errors import UsageError
from capreg.model.money import Money
from capreg.model.record import pointer
from capreg.model.value import Value
from capreg.store.schemas import shipped_validator
from capreg.store.signing import canonical_line, digest
from capreg.store.validators import misfits

COMMON = ("number", "previous", "at", "order", "what", "client", "amount", "vat_rate", "vat", "currency")
CHARGES = ("printout", "profile", "fee")
WHATS = (*CHARGES, "payment", "reversal", "price", "invoice", "closing")


class UnfitEntryError(UsageError):
    """What would be entered could not be read again: a text or an amount is out of its bounds."""


class Draft(Value):
    """What is to be entered; `details` are the keys that belong to what it is, as `entry.schema.json` says."""

    order: str
    what: str
    currency: str
    client: str | None = None
    amount: int = 0
    vat_rate: str = "0"
    vat: int = 0
    details: Mapping[str, Any] = {}

    @property
    def gross(self) -> int:
        """By how much it changes what the client owes, in minor units: the amount and its VAT."""
        return self.amount + self.vat


class Entry(Value):
    """One entry; what each part means stands in `entry.schema.json`."""

    number: int
    previous: str
    at: str
    order: str
    what: str
    client: str | None
    amount: int
    vat_rate: str
    vat: int
    currency: str
    details: Mapping[str, Any]
    hash: str

    @property
    def gross(self) -> int:
        """By how much it changes what the client owes, in minor units: the amount and its VAT."""
        return self.amount + self.vat

    @property
    def total(self) -> Money:
        """What it charges, VAT included."""
        return Money(self.gross, self.currency)

    @property
    def is_charge(self) -> bool:
        """Whether something was sold by it."""
        return self.what in CHARGES

    @property
    def moment(self) -> datetime:
        """When it was entered."""
        return datetime.fromisoformat(self.at)

    @property
    def year(self) -> int:
        """The year, in UTC, to which it belongs."""
        return int(self.at[:4])

    @property
    def document(self) -> dict[str, Any]:
        """The entry as its line states it."""
        return {**_document(self), "hash": self.hash}

    @property
    def line(self) -> bytes:
        """The bytes that stand in the journal, newline included."""
        return canonical_line(self.document)


def entry_of(draft: Draft, number: int, previous: str, at: str) -> Entry:
    """Return the entry that a draft becomes after the one whose hash is `previous`."""
    told = (number, previous, at, draft.order, draft.what, draft.client)
    entry = Entry(*told, draft.amount, draft.vat_rate, draft.vat, draft.currency, draft.details, "")
    return entry._replace(hash=digest(_document(entry)))


def refuse_unfit(document: Mapping[str, Any], schema: str = "entry") -> None:
    """Raise UnfitEntryError for an entry, or an opening, of which the ledger would say later that it is none."""
    for misfit in misfits(shipped_validator(schema), document):
        where = f": {pointer(misfit.path)}: {misfit.sentence}" if misfit.path else ""
        what = document.get("what", schema)
        raise UnfitEntryError(f"this {what} has a text or an amount out of bounds{where}", "Nothing was written.")


def _document(entry: Entry) -> dict[str, Any]:
    """Return an entry as its line states it, but for the hash."""
    common = {key: getattr(entry, key) for key in COMMON if getattr(entry, key) is not None}
    return {**common, **entry.details}


def read_line(line: bytes) -> Entry | None:
    """Return the entry that a line holds, to the byte, with or without its newline; None where it holds none."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if (
        not shipped_validator("entry").is_valid(document)
        or canonical_line(document) != line.removesuffix(b"\n") + b"\n"
    ):
        return None
    claimed = document.pop("hash")
    if digest(document) != claimed:
        return None
    common = {key: document.pop(key, None) for key in COMMON}
    return Entry(**common, details=document, hash=claimed)


def balances(found: Iterable[Entry]) -> dict[str, int]:
    """Return what each client owes by some entries, who owes anything or is owed, in minor units, by id."""
    sums: dict[str, int] = {}
    for entry in found:
        if entry.client:
            sums[entry.client] = sums.get(entry.client, 0) + entry.gross
    return {client: owed for client, owed in sorted(sums.items()) if owed}
