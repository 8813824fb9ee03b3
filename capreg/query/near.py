"""The condition on a position: within a radius of a place."""

from dataclasses import dataclass
from typing import Any, ClassVar

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.place import Position
from capreg.model.quantity import UNITS, QuantityError, convert, split
from capreg.query.asking import Asking
from capreg.query.places import Places
from capreg.query.verdict import Truth, Verdict


@dataclass(frozen=True)
class Near:
    """A position within a radius of a place, on the great circle."""

    place: Position
    radius_km: float

    whole: ClassVar[bool] = True

    @classmethod
    def read(cls, values: tuple[str, ...], field: Field, asking: Asking) -> "Near":
        """Return the condition.

        Raises:
            UsageError: there is no radius, or no place before it.
            UnknownPlaceError, AmbiguousPlaceError: the place's name leads to none, or to several.
        """
        *place, radius = [part.strip() for value in values for part in value.split(",")]
        if not place:
            raise UsageError(
                "the radius is missing", "Write the place, then how far around it: Bologna,100km or 44.49,11.34,50km."
            )
        radius_km = _radius_km(radius)
        return cls(_position(place, asking.places), radius_km)

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated position, with its distance."""
        distance = self.place.distance_km(Position(**{key: value[key] for key in ("latitude", "longitude")}))
        gap = distance - self.radius_km
        verdict = Verdict(Truth.MEETS if gap <= 0 else Truth.FAILS, f"{distance:.1f} km", distance_km=distance)
        return verdict if gap <= 0 else Verdict(verdict.truth, verdict.stated, None, (round(gap, 3), "km"), distance)


def _radius_km(text: str) -> float:
    number, spelling = split(text)
    if number <= 0:
        raise UsageError(f"a radius of {text} reaches nothing")
    if spelling in UNITS and UNITS[spelling][0] == "units of time":
        raise QuantityError("a radius in time is not known here", "Write a distance: 60km.")
    return float(convert(number, spelling, "km"))


def _position(parts: list[str], places: Places) -> Position:
    if len(parts) == 2 and all(part[:1] in "+-.0123456789" for part in parts):
        latitude, longitude = (float(convert(*split(part), None)) for part in parts)
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Position(latitude, longitude)
        raise UsageError(
            f"{','.join(parts)} is not a position", "Write the latitude (-90 to 90), then the longitude (-180 to 180)."
        )
    if len(parts) > 2:
        raise UsageError(
            f"'{','.join(parts)[:60]}' is not one place",
            "Write PLACE, PLACE,COUNTRY or LATITUDE,LONGITUDE before the radius.",
        )
    return places.find(*parts)
