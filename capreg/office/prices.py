"""The price list: what is sold for how much, since which day.

The first list stands in the opening of the ledger, each change in an entry of it; nothing else is a price.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.model.money import Money
from capreg.model.settings import Settings
from capreg.model.value import Value
from capreg.office.entry import Entry

PRINTOUT, PROFILE, FEE = ITEMS = ("printout", "profile", "fee")
KEYS = ("item", "kind", "client_price", "member_price", "price_vat_rate", "new_version")
FREE = "free"


class NoPriceError(CapregError):
    """The price list has no price for what was asked."""

    exit_code = ExitCode.REFUSED


class Price(Value):
    """What one thing costs, before VAT, in minor units of the ledger's currency.

    `kind` is that of a profile's record; `new_version` says whether a new version of a profile is free for those who
    own an earlier one.
    """

    item: str
    kind: str | None
    client_price: int
    member_price: int
    price_vat_rate: str
    new_version: str | None = None
    since: str = ""

    def of(self, payer: str) -> int:
        """Return the price for a client or for a member."""
        return self.member_price if payer == "member" else self.client_price

    @property
    def document(self) -> dict[str, Any]:
        """The price as the opening and the entries of the ledger state it."""
        return {key: getattr(self, key) for key in KEYS if getattr(self, key) is not None}


def first_list(settings: Settings) -> list[Price]:
    """Return the price list with which `registry.json` opens the ledger."""
    profiles = settings.prices["profiles"].items()
    found = [_price(PROFILE, kind, said, settings.currency) for kind, said in profiles]
    printout = settings.prices.get(PRINTOUT, "0")
    return [
        _price(PRINTOUT, None, printout, settings.currency),
        *found,
        _price(FEE, None, settings.fee, settings.currency),
    ]


def _price(item: str, kind: str | None, said: str | Mapping[str, str], currency: str) -> Price:
    """Return a price as `registry.json` says it: an amount for everybody, or one for clients and one for members."""
    told = {"client": said} if isinstance(said, str) else said
    client = Money.parse(told["client"], currency).minor
    member = Money.parse(told.get("member", told["client"]), currency).minor
    new_version = told.get("new_version", FREE) if item == PROFILE else None
    return Price(item, kind, client, member, told.get("vat_rate", "0"), new_version)


def listed(
    first: Iterable[Mapping[str, Any]], changes: Iterable[Entry], day: date
) -> dict[tuple[str, str | None], Price]:
    """Return the prices that hold on a day, by item and kind.

    Args:
        first: the list in the opening of the ledger.
        changes: the entries that change prices, in their order.
    """
    prices = [Price(**one, **({} if "kind" in one else {"kind": None})) for one in first]
    changed = sorted((_changed(one) for one in changes), key=lambda price: price.since)
    return {(one.item, one.kind): one for one in [*prices, *changed] if one.since <= day.isoformat()}


def _changed(entry: Entry) -> Price:
    said = {key: entry.details.get(key) for key in KEYS}
    return Price(**said, since=entry.details["from"])


def price_of(prices: Mapping[tuple[str, str | None], Price], item: str, kind: str | None) -> Price:
    """Return the price of an item; raises NoPriceError where the list has none."""
    if (item, kind) not in prices:
        what = f"{item} of the kind '{kind}'" if kind else item
        command = f"capreg price change {item} AMOUNT{f' -k {kind}' if kind else ''}"
        raise NoPriceError(f"the price list has no price for: {what}", f"Set one: {command}")
    return prices[item, kind]
