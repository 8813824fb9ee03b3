"""The settings of a registry: registry.json."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from capreg.errors import CapregError, ExitCode
from capreg.model.money import AmountError, Money
from capreg.store import strict
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.schemas import shipped_validator
from capreg.store.validators import Misfit, misfits

SETTINGS = "registry.json"


class SettingsError(CapregError):
    """`registry.json` does not hold."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True)
class Settings:
    """What `registry.json` says; the meaning of each stands in its schema."""

    hub: str
    time_zone: str
    currency: str
    languages: list[str]
    prices: dict[str, Any]
    fee: str
    entitlement: str


def read_settings(root: Path) -> Settings:
    """Return what the `registry.json` of a folder says.

    Raises:
        SettingsError: it cannot be read, does not fit its schema, or names a time zone or an amount that is none;
            all faults together, each with its line.
    """
    path = root / SETTINGS
    try:
        located = strict.locate(read_bytes(path, root))
    except UnreadableError as error:
        raise SettingsError(error.sentence) from None
    except strict.DocumentError as error:
        raise SettingsError(f"{path}:{error.sentence}") from None
    found = list(misfits(shipped_validator("registry"), located.value)) or _nonsense(located.value)
    if found:
        lines = ("{}:{}:{} {}".format(path, *located.position(misfit.path), misfit) for misfit in found)
        raise SettingsError("\n".join(lines))
    return Settings(**located.value)


def _nonsense(document: dict[str, Any]) -> list[Misfit]:
    """Return what no schema can see: a time zone that is none, a price with too many decimals for the currency."""
    found = []
    try:
        ZoneInfo(document["time_zone"])
    except (ValueError, OSError, KeyError):
        found.append(Misfit(("time_zone",), f"{document['time_zone']!r} is no time zone; write one as Europe/Rome"))
    amounts = {("prices", "profiles", kind): amount for kind, amount in document["prices"]["profiles"].items()}
    for place, amount in {**amounts, ("fee",): document["fee"]}.items():
        try:
            Money.parse(amount, document["currency"])
        except AmountError as error:
            found.append(Misfit(place, error.sentence))
    return found
