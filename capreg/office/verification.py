"""Verifying the books: everything that the ledger claims is reckoned again, from the first entry to the last."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from capreg.errors import CapregError
from capreg.model.day import day, day_there
from capreg.model.money import share
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.counting import series_of
from capreg.office.entry import Entry, balances
from capreg.office.head import DamagedLedgerError, Opening, UntrustedLedgerError, read_opening
from capreg.office.keys import KeyUnusableError
from capreg.office.prices import FEE, FREE, PROFILE, listed
from capreg.office.proof import prove

DAMAGED, UNTRUSTED = "ledger-damaged", "ledger-untrusted"


class Finding(Value):
    """One thing that does not hold: what scripts know it by, the entry, and a sentence."""

    id: str
    entry: int
    sentence: str


class Verified(Value):
    """What was verified: the entries that could be read, and what does not hold."""

    entries: Sequence[Entry]
    findings: Sequence[Finding]


def verify(books: Books) -> Verified:
    """Verify the whole ledger: chain, head, prices, VAT, reversals, papers and closings."""
    found: list[Entry] = []
    findings: list[Finding] = []
    try:
        opening = read_opening(books.ledger)
        if opening is None:
            return Verified([], [])
        prove(books, opening, found)
    except (DamagedLedgerError, UntrustedLedgerError, KeyUnusableError) as error:
        findings.append(Finding(_id(error), len(found) + 1, error.sentence))
        return Verified(found, findings)
    return Verified(found, [*findings, *_claims(found, opening, books.settings.time_zone)])


def _id(error: CapregError) -> str:
    return DAMAGED if isinstance(error, DamagedLedgerError) else UNTRUSTED


def _claims(found: Sequence[Entry], opening: Opening, zone: str) -> Iterator[Finding]:
    """Yield the entries that claim what is not so."""
    known = {entry.number: entry for entry in found}
    changes: list[Entry] = []
    orders = Counter(entry.order for entry in found)
    for entry in found:
        if orders[entry.order] > 1:
            yield Finding("ledger-order", entry.number, f"the order {entry.order} was entered more than once")
        if entry.is_charge:
            yield from _prices(entry, known, opening, changes, zone)
        if entry.what == "price":
            changes.append(entry)
    yield from _reversals(found, known)
    yield from _papers(found, known)
    yield from _closings(found)


def _prices(entry: Entry, known: Mapping[int, Entry], opening: Opening, changes: list, zone: str) -> Iterator[Finding]:
    on = day(entry.details["from"]) if entry.what == FEE else day_there(entry.moment, zone)
    price = listed(opening.prices, changes, on).get(
        (entry.what, entry.details["kind"] if entry.what == PROFILE else None)
    )
    renewed = known.get(entry.details.get("renews", 0))
    if price is None or renewed is not None and not _renews(entry, renewed, price.new_version):
        yield Finding("ledger-price", entry.number, "it was sold without a price")
        return
    expected = 0 if renewed else price.of(entry.details["payer"])
    if entry.amount != expected:
        yield Finding("ledger-price", entry.number, f"{entry.amount} was charged, and the price was {expected}")
    rate = price.price_vat_rate if entry.details["vat_treatment"] == "domestic" else "0"
    if (entry.vat_rate, entry.vat) != (rate, share(entry.amount, rate)):
        yield Finding(
            "ledger-vat", entry.number, f"the VAT is {entry.vat} at {entry.vat_rate} %, not as the price list says"
        )


def _renews(entry: Entry, bought: Entry, new_version: str | None) -> bool:
    same = ("kind", "record", "until")
    is_same = all(entry.details.get(key) == bought.details.get(key) for key in same) and entry.client == bought.client
    return is_same and bought.number < entry.number and new_version == FREE


def _reversals(found: Sequence[Entry], known: Mapping[int, Entry]) -> Iterator[Finding]:
    seen: set[int] = set()
    for entry in (one for one in found if one.what == "reversal"):
        of = known.get(entry.details["reverses"])
        mirrored = of and (of.client, -of.amount, -of.vat) == (entry.client, entry.amount, entry.vat)
        if not of or not mirrored or of.number in seen or of.number >= entry.number:
            yield Finding("ledger-reversal", entry.number, f"it does not reverse entry {entry.details['reverses']}")
        seen.add(entry.details["reverses"])


def _papers(found: Sequence[Entry], known: Mapping[int, Entry]) -> Iterator[Finding]:
    counts: Counter[str] = Counter()
    invoiced: set[int] = set()
    for entry in found:
        for number in (entry.details[key] for key in ("invoice", "credit_note") if key in entry.details):
            series = series_of(number)
            counts[series] += 1
            if number != f"{series}{counts[series]:04d}" or not number.startswith(f"{entry.year}-"):
                yield Finding("ledger-invoice", entry.number, f"{number} is not the next of its series")
        yield from _invoice(entry, known, invoiced)


def _invoice(entry: Entry, known: Mapping[int, Entry], invoiced: set[int]) -> Iterator[Finding]:
    numbers = entry.details.get("entries", ())
    lines = [known[number] for number in numbers if number in known and number < entry.number]
    is_right = len(lines) == len(numbers) and all(one.client == entry.client and one.is_charge for one in lines)
    if invoiced & set(numbers) or not is_right:
        yield Finding(
            "ledger-invoice", entry.number, "it asks payment for what was not charged to the client, or was invoiced"
        )
    elif numbers and (entry.details["net"], entry.details["total"]) != _sums(lines):
        yield Finding("ledger-invoice", entry.number, "its total is not the sum of its entries")
    invoiced |= set(numbers)


def _sums(lines: Sequence[Entry]) -> tuple[int, int]:
    return sum(one.amount for one in lines), sum(one.gross for one in lines)


def _closings(found: Sequence[Entry]) -> Iterator[Finding]:
    closed: dict[int, int] = {}
    for entry in found:
        if entry.year in closed:
            yield Finding(
                "ledger-closing",
                entry.number,
                f"it stands in the year {entry.year}, which entry {closed[entry.year]} closed",
            )
        if entry.what == "closing":
            year = entry.details["year"]
            before = [one for one in found[: entry.number - 1] if one.year <= year]
            if entry.details["balances"] != balances(before):
                yield Finding("ledger-closing", entry.number, f"its balances are not those at the end of {year}")
            closed[year] = entry.number
