"""What a registry says of itself."""

from collections.abc import Mapping
from typing import Any

from capreg.model.place import USUAL_TRAVEL, Travel
from capreg.model.value import Value

NOTHING: Mapping[str, Any] = {}


class Settings(Value):
    """What `registry.json` says; the meaning of each stands in its schema."""

    hub: str
    time_zone: str
    currency: str
    languages: list[str]
    prices: dict[str, Any]
    fee: Any
    entitlement: str
    country: str | None = None
    travel: Travel = USUAL_TRAVEL
    payment_term: str = "P30D"
    seller: Mapping[str, Any] = NOTHING
