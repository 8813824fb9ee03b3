"""The condition on a position: within a radius of a place, in kilometres or in minutes."""

from collections.abc import Mapping
from typing import Any

from capreg.errors import UsageError
from capreg.model.kinds import Field
from capreg.model.place import Place, Position
from capreg.model.quantity import convert, shown, split, unit_named
from capreg.model.value import Value
from capreg.query.asking import Asking
from capreg.query.places import Places, town_beside
from capreg.query.verdict import Truth, Verdict

# The units of a radius that is a time; all others are lengths.
TIMES = ("min", "h")


class Near(Value):
    """A position within a radius of a place: km on the great circle, or min of the way there.

    `named` are the ways from the entry that holds the position to the name and the country of its town.
    """

    place: Place
    radius: float
    unit: str
    places: Places
    named: tuple[str, ...] = ()

    whole = True

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
                "the radius is missing",
                "Write the place, then how far around it: Bologna,100km or Bologna,60min or 44.49,11.34,50km.",
            )
        reach, unit = _radius(radius)
        return cls(_place(place, asking.places), reach, unit, asking.places, field.search.named)

    @property
    def reach_km(self) -> float | None:
        """How far what meets it may lie at most; None where a table of travel times may bring anything near."""
        return self.radius if self.unit == "km" else self.places.reach_km(self.place, self.radius)

    def judge(self, value: Any) -> Verdict:
        """Return the verdict on a stated position of which no more is known."""
        return self.judge_beside(value, {})

    def judge_beside(self, value: Mapping[str, Any], holder: Mapping[str, Any]) -> Verdict:
        """Return the verdict on a stated position, with its distance.

        Args:
            holder: the entry that holds the position, whose town a table of travel times may know.
        """
        position = Position(value["latitude"], value["longitude"])
        distance = self.place.position.distance_km(position)
        if self.unit == "km":
            return self._compared(distance, f"{distance:.1f} km", distance)
        journey = self.places.journey(self.place, position, town_beside(holder, self.named))
        return self._compared(journey.minutes, str(journey), distance)

    def comfort(self, amount: float) -> float | None:
        """Return how comfortable a distance, or a time, is in the unit of the radius; None where it is too much."""
        spare = self.radius - amount
        return round(spare / self.radius, 6) if spare >= 0 else None

    def _compared(self, amount: float, stated: str, distance_km: float) -> Verdict:
        spare = self.radius - amount
        comfort = self.comfort(amount)
        asked = f"{shown(round(self.radius, 3))} {self.unit}"
        said = {"asked": asked, "margin": (round(spare, 3), self.unit), "distance_km": distance_km}
        if comfort is not None:
            return Verdict(Truth.MEETS, stated, **said, comfort=comfort)
        return Verdict(Truth.FAILS, stated, **said, gap=round(-spare / self.radius, 6))


def _radius(text: str) -> tuple[float, str]:
    """Return a radius and its unit, km or min."""
    number, spelling = split(text)
    if number <= 0:
        raise UsageError(f"a radius of {text} reaches nothing")
    if unit_named(spelling) in TIMES:
        return float(convert(number, spelling, "min")), "min"
    return float(convert(number, spelling, "km")), "km"


def _place(parts: list[str], places: Places) -> Place:
    if len(parts) == 2 and all(part[:1] in "+-.0123456789" for part in parts):
        latitude, longitude = (float(convert(*split(part), None)) for part in parts)
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Place("", "", Position(latitude, longitude))
        raise UsageError(
            f"{','.join(parts)} is not a position", "Write the latitude (-90 to 90), then the longitude (-180 to 180)."
        )
    if len(parts) == 2 and parts[1].isdigit():
        raise UsageError(f"'{parts[1]}' is no country", "Write a radius with a decimal point: 10.5km.")
    if len(parts) > 2:
        raise UsageError(
            f"'{','.join(parts)[:60]}' is not one place",
            "Write PLACE, PLACE,COUNTRY or LATITUDE,LONGITUDE before the radius.",
        )
    return places.find(*parts)
