"""What the commands that sell say before they do."""

from capreg.errors import UsageError
from capreg.model.money import AmountError, Money
from capreg.office.entry import Entry
from capreg.office.sales import Offer, check_order, new_order


def ordered(order: str | None) -> str:
    """Return the reference of an order: the one that is given, else a new one."""
    return new_order() if order is None else check_order(order)


def amount_of(text: str, currency: str) -> Money:
    """Return an amount as it was typed; raises UsageError for what is none."""
    try:
        return Money.parse(text, currency)
    except AmountError as error:
        raise UsageError(error.sentence, error.way_out) from None


def preview(offered: Offer, client: str) -> str:
    """Return what an offer would mean for a client."""
    if offered.entry is not None:
        return f"Nothing would be charged: {owned(offered.entry)}."
    amount = str(offered) if offered.total.minor else "Nothing"
    return f"{amount} would be charged to {client}{_why(offered)}."


def owned(entry: Entry) -> str:
    """Return by which entry something is a client's already."""
    until = entry.details.get("until")
    how = f"owns this profile until {until}" if until else "was sold this"
    return f"{entry.client} {how}, by ledger entry {entry.number}"


def entered(entry: Entry) -> str:
    """Return the sentence that says what was just charged."""
    charged = f"{entry.total} charged to {entry.client}" if entry.gross else f"nothing charged to {entry.client}"
    return f"Ledger entry {entry.number}: {charged}."


def told(order: str, offered: Offer) -> str:
    """Return the sentence that names an order before anything is charged for it."""
    return f"Order {order}{_why(offered)}; after a lost connection, '--order {order}' is the same sale."


def _why(offered: Offer) -> str:
    """Return why the price is not the usual one."""
    if offered.renewed:
        return f", a new version of what was bought by ledger entry {offered.renewed.number}"
    return ", at the price for members" if offered.payer == "member" else ""
