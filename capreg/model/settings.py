"""What a registry says of itself."""

from typing import Any, NamedTuple

from capreg.model.place import USUAL_TRAVEL, Travel


class Settings(NamedTuple):
    """What `registry.json` says; the meaning of each stands in its schema."""

    hub: str
    time_zone: str
    currency: str
    languages: list[str]
    prices: dict[str, Any]
    fee: str
    entitlement: str
    country: str | None = None
    travel: Travel = USUAL_TRAVEL
