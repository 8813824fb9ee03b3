"""Positions on the globe and the distance between them."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

# Mean radius of the Earth: the arithmetic mean of the WGS 84 ellipsoid's semi-axes (2a + b) / 3.
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Position:
    """A point on the globe, degrees in WGS 84."""

    latitude: float
    longitude: float

    def distance_km(self, other: "Position") -> float:
        """Return the great-circle distance in kilometres (haversine formula, R. W. Sinnott 1984)."""
        north, east = radians(other.latitude - self.latitude), radians(other.longitude - self.longitude)
        chord = sin(north / 2) ** 2 + cos(radians(self.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def centre(positions: list[Position]) -> Position:
    """Return the middle of positions that should lie close together: the medians, which a stray one does not move."""
    middle = len(positions) // 2
    return Position(sorted(p.latitude for p in positions)[middle], sorted(p.longitude for p in positions)[middle])
