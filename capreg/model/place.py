"""Places: their names, their positions on the globe, and the ways between them."""

from math import asin, cos, radians, sin, sqrt

from capreg.model.text import tokens
from capreg.model.value import Value

# Mean radius of the Earth: the arithmetic mean of the WGS 84 ellipsoid's semi-axes (2a + b) / 3.
EARTH_RADIUS_KM = 6371.0088
# Letters that are one without their mark to most keyboards, though not to Unicode.
UNMARKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})


def name_key(name: str) -> str:
    """Return what two spellings of a place's name share: no case, no accents, no hyphens, apostrophes or blanks."""
    return "".join(tokens(name)).translate(UNMARKED)


class Position(Value):
    """A point on the globe, degrees in WGS 84."""

    latitude: float
    longitude: float

    def distance_km(self, other: "Position") -> float:
        """Return the great-circle distance in kilometres (haversine formula, R. W. Sinnott 1984)."""
        north, east = radians(other.latitude - self.latitude), radians(other.longitude - self.longitude)
        chord = sin(north / 2) ** 2 + cos(radians(self.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


class Place(Value):
    """A town: its own name, its country (two letters, ISO 3166), where it lies.

    `people` is how many live there, 0 where nobody says; `also` are the names it goes by beside its own.
    """

    name: str
    country: str
    position: Position
    people: int = 0
    also: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """How a query names it: `Paris,FR`."""
        return f"{self.name},{self.country}"


class Travel(Value):
    """How long a way takes where no table says: the great circle, longer by the road, at an even speed."""

    road_factor: float = 1.3
    speed_km_h: float = 60.0

    def minutes(self, start: Position, end: Position) -> float:
        """Return an estimate of the minutes from one position to another."""
        return start.distance_km(end) * self.road_factor / self.speed_km_h * 60

    def reach_km(self, minutes: float) -> float:
        """Return the distance in km from which a way is estimated to take some minutes."""
        return minutes / 60 * self.speed_km_h / self.road_factor


USUAL_TRAVEL = Travel()


class Way(Value):
    """A row of the table of travel times: two towns, `Modena` or `Modena,IT`, and the minutes between them, both ways."""

    start: str
    end: str
    minutes: float


class Journey(Value):
    """How long a way takes, in minutes, and whether a table says so or it is an estimate."""

    minutes: float
    tabled: bool

    def __str__(self) -> str:
        return f"{self.minutes:g} min (travel table)" if self.tabled else f"about {self.minutes:.0f} min (estimate)"


def centre(positions: list[Position]) -> Position:
    """Return the middle of positions that should lie close together: the medians, which a stray one does not move."""
    middle = len(positions) // 2
    return Position(sorted(p.latitude for p in positions)[middle], sorted(p.longitude for p in positions)[middle])
