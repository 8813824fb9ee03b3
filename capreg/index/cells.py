"""The globe in cells, so that what lies near a place is found without measuring every distance."""

from collections.abc import Iterator
from math import asin, cos, degrees, floor, radians, sin, sqrt

from capreg.model.place import EARTH_RADIUS_KM, Position

# Cells are a quarter of a degree high and wide.
PER_DEGREE = 4
ROUND = 360 * PER_DEGREE
# What a rounded distance may hide, in degrees.
SLACK = 1e-6


def cell(position: Position) -> int:
    """Return the number of the cell in which a position lies."""
    return _row(position.latitude) * ROUND + _column(position.longitude) % ROUND


def around(position: Position, radius_km: float) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of cells that a circle may touch."""
    reach = degrees(radius_km / EARTH_RADIUS_KM) + SLACK
    for row in range(_row(max(position.latitude - reach, -90)), _row(min(position.latitude + reach, 90)) + 1):
        for first, last in _runs(*_width(position, reach, row)):
            yield row * ROUND + first, row * ROUND + last


def _width(position: Position, reach: float, row: int) -> tuple[int, int]:
    """Return the columns of a row that the circle reaches to the west and to the east; all of them round a pole."""
    if abs(position.latitude) + reach >= 90:
        return 0, ROUND - 1
    aside = _aside(radians(position.latitude), radians(reach), row) + SLACK
    if aside >= 180:
        return 0, ROUND - 1
    return _column(position.longitude - aside), _column(position.longitude + aside)


def _aside(latitude: float, reach: float, row: int) -> float:
    """Return how many degrees of longitude the circle is wide to either side, where in a row it is widest."""
    south, north = (radians(edge / PER_DEGREE - 90) for edge in (row, row + 1))
    widest = asin(sin(latitude) / cos(reach))
    at = min(max(widest, south, latitude - reach), north, latitude + reach)
    across = sin(reach / 2) ** 2 - sin((at - latitude) / 2) ** 2
    return degrees(2 * asin(sqrt(min(1.0, max(0.0, across / (cos(latitude) * cos(at)))))))


def _runs(west: int, east: int) -> list[tuple[int, int]]:
    """Return the runs of columns from west to east, two where they pass the date line."""
    if east - west >= ROUND - 1:
        return [(0, ROUND - 1)]
    west, east = west % ROUND, east % ROUND
    return [(west, east)] if west <= east else [(0, east), (west, ROUND - 1)]


def _row(latitude: float) -> int:
    return floor((latitude + 90) * PER_DEGREE)


def _column(longitude: float) -> int:
    return floor((longitude + 180) * PER_DEGREE)
