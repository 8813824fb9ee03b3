"""The settings of a registry: registry.json."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from capreg.model.day import zone_of
from capreg.model.money import AmountError, Money
from capreg.model.place import Travel
from capreg.model.settings import Settings
from capreg.store.checked import InvalidFileError, read_checked
from capreg.store.root import SETTINGS
from capreg.store.validators import Misfit


class SettingsError(InvalidFileError):
    """`registry.json` does not hold."""


def read_settings(root: Path) -> Settings:
    """Return what the `registry.json` of a folder says.

    Raises:
        SettingsError: it cannot be read, does not fit its schema, or names a time zone or an amount that is none;
            all faults together, each with its line.
    """
    document = read_checked(root / SETTINGS, root, "registry", _nonsense, SettingsError)
    return Settings(**{**document, "travel": Travel(**document.get("travel", {}))})


def _nonsense(document: dict[str, Any]) -> list[Misfit]:
    """Return what no schema can see: a time zone that is none, a price with too many decimals for the currency."""
    found = []
    try:
        zone_of(document["time_zone"])
    except (ValueError, OSError, KeyError):
        found.append(Misfit(("time_zone",), f"{document['time_zone']!r} is no time zone; write one as Europe/Rome"))
    for place, amount in _amounts(document):
        try:
            Money.parse(amount, document["currency"])
        except AmountError as error:
            found.append(Misfit(place, error.sentence))
    return found


def _amounts(document: dict[str, Any]) -> Iterator[tuple[tuple, str]]:
    """Yield every amount of the price list with its place."""
    prices = {("prices", "profiles", kind): said for kind, said in document["prices"]["profiles"].items()}
    prices |= {("prices", "printout"): document["prices"].get("printout", "0"), ("fee",): document["fee"]}
    for place, said in prices.items():
        if isinstance(said, str):
            yield place, said
        else:
            yield from (((*place, payer), said[payer]) for payer in ("client", "member") if payer in said)
