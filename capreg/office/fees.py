"""Yearly fees: what is due, entered once and only once, and who is behind."""

from collections.abc import Iterable, Iterator
from datetime import date

from capreg.errors import CapregError, ExitCode
from capreg.model.day import day, day_there, later
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.clients import client, taxed
from capreg.office.entry import Draft, Entry
from capreg.office.ledger import Ledger, charging
from capreg.office.members import Member, members
from capreg.office.prices import FEE, price_of
from capreg.office.vat import Tax


class BehindError(CapregError):
    """A member is not in good standing: a fee is not entered, not paid in time, or was reversed."""

    exit_code = ExitCode.REFUSED


class Fee(Value):
    """The fee of a member for one fee year.

    `state` is `due` (to be entered), `entered` (to be paid), `paid`, `late` (entered, and not paid within the term), or `reversed`.
    """

    member: str
    since: date
    until: date
    net: int
    vat: Tax
    state: str
    entry: int | None

    @property
    def gross(self) -> int:
        """What is to be paid, VAT included, in minor units."""
        return self.net + self.vat.amount


BEHIND = ("due", "late", "reversed")


def fee_order(member: str, since: date) -> str:
    """Return the reference of the order of a fee, by which it is entered once."""
    return f"fee/{member}/{since}"


def fees(ledger: Ledger, until: date, only: Iterable[Member] | None = None) -> list[Fee]:
    """Return the fees of all fee years that have begun by a day, in the order in which they fell due."""
    of = members(ledger.books, ledger.tables) if only is None else only
    found = [_fee(ledger, one, since, end, until) for one in of for since, end in _years(ledger, one, until)]
    return sorted(found, key=lambda fee: (fee.since, fee.member))


def _years(ledger: Ledger, member: Member, until: date) -> Iterator[tuple[date, date]]:
    """Yield the fee years of a member that have begun by a day; those of an earlier membership whose fee stands, too."""
    present = dict(member.years(until))
    yield from present.items()
    known = {fee_order(member.id, since) for since in present}
    for entry in (ledger.tally.order(order) for order in ledger.tally.fee_orders(member.id) if order not in known):
        since = day(entry.details["from"])
        if since <= until and not ledger.tally.reversed_by(entry.number):
            yield since, day(entry.details["until"])


def _fee(ledger: Ledger, member: Member, since: date, until: date, on: date) -> Fee:
    entry = ledger.tally.order(fee_order(member.id, since))
    if entry is not None:
        told = Tax(entry.details["vat_treatment"], entry.vat_rate, entry.vat)
        return Fee(member.id, since, until, entry.amount, told, _state(ledger, entry, on), entry.number)
    buyer = client(ledger.books, member.id, ledger.tables)
    price = price_of(ledger.prices(since), FEE, None)
    net = price.of("member")
    added = taxed(ledger.books, buyer, net, price.price_vat_rate)
    return Fee(member.id, since, until, net, added, "due", None)


def _state(ledger: Ledger, entry: Entry, on: date) -> str:
    if ledger.tally.reversed_by(entry.number):
        return "reversed"
    return "paid" if ledger.tally.is_paid(entry) else "late" if on > _term(ledger, entry) else "entered"


def _term(ledger: Ledger, entry: Entry) -> date:
    """Return the last day on which a fee may be paid: the term after it fell due, or after it was entered."""
    settings = ledger.books.settings
    begun = max(day(entry.details["from"]), day_there(entry.moment, settings.time_zone))
    return later(begun, settings.payment_term)


def refuse_behind(ledger: Ledger, member: Member) -> None:
    """Raise BehindError for a member who is not in good standing today.

    Every fee is entered and not late, one of them is today's, and the first one is paid: who has just joined, and paid
    nothing yet, reads nothing at the prices for members.
    """
    known = fees(ledger, ledger.day, [member])
    if not any(fee.since <= ledger.day < fee.until for fee in known):
        raise BehindError(f"'{member.id}' is not in good standing: no fee is of today", "See: capreg member list")
    for fee in known:
        is_first = fee.since.isoformat() == member.first
        if fee.state in BEHIND or is_first and fee.state == "entered":
            why = {"due": "is not entered", "reversed": "was reversed"}.get(fee.state, "is not paid")
            raise BehindError(
                f"'{member.id}' is not in good standing: the fee of the year from {fee.since} {why}",
                "See: capreg fees --lapsed",
            )


def charge_fees(books: Books, shown: list[Fee]) -> list[Entry]:
    """Enter the fees that are due, those that were shown and no others, and return their entries.

    Raises:
        BusyError: another process holds the office.
        what `charging` and `Ledger.enter` raise; fees that were entered before stay entered.
    """
    agreed = {(fee.member, fee.since, fee.net, fee.vat) for fee in shown}
    with charging(books) as ledger:
        due = [fee for fee in fees(ledger, ledger.day) if fee.state == "due"]
        return [ledger.enter(_draft(fee, ledger)) for fee in due if (fee.member, fee.since, fee.net, fee.vat) in agreed]


def _draft(fee: Fee, ledger: Ledger) -> Draft:
    details = {
        "payer": "member",
        "vat_treatment": fee.vat.treatment,
        "member": fee.member,
        "from": fee.since.isoformat(),
        "until": fee.until.isoformat(),
    }
    order = fee_order(fee.member, fee.since)
    return Draft(order, FEE, ledger.currency, fee.member, fee.net, fee.vat.rate, fee.vat.amount, details)
