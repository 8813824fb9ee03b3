"""TinyDB over its storage of one JSON file."""

import json
import sys
from math import asin, cos, radians, sin, sqrt
from typing import Any

from tinydb import TinyDB

from capreg_peers.answer import lines

EARTH_RADIUS_KM = 6371.0088


def main() -> None:
    """Print the answer of the file that the first argument names to the question that the second one is, in JSON."""
    asked = json.loads(sys.argv[2])
    with TinyDB(sys.argv[1], access_mode="r") as database:
        found = database.search(lambda firm: distance_km(asked, firm) is not None)
    found.sort(key=lambda firm: (distance_km(asked, firm), firm["id"]))
    card = ("id", "name", "locality", "country", "employees", "process")
    rows = ((*(firm[key] for key in card), distance_km(asked, firm)) for firm in found)
    sys.stdout.write(lines(list(rows)[: asked["limit"]]))


def distance_km(asked: dict[str, Any], firm: dict[str, Any]) -> float | None:
    """Return how far the nearest site lies that meets the question; None where none does."""
    if not asked["least"] <= firm["employees"] <= asked["most"]:
        return None
    sites = [site for site in firm["sites"] if offers(asked, firm, site["id"]) and certified(asked, firm, site["id"])]
    distances = (great_circle_km(asked, site) for site in sites)
    return min((one for one in distances if one <= asked["radius_km"]), default=None)


def offers(asked: dict[str, Any], firm: dict[str, Any], site: str) -> bool:
    """Whether a firm offers at a site what is asked for."""
    return any(
        asked["process"] in one["processes"]
        and asked["material"] in one["materials"]
        and one["tolerance_mm"] is not None
        and one["tolerance_mm"] <= asked["tolerance_mm"]
        and one["site"] in (None, site)
        for one in firm["capabilities"]
    )


def certified(asked: dict[str, Any], firm: dict[str, Any], site: str) -> bool:
    """Whether a firm holds the certificate at a site on the day asked."""
    return any(
        asked["certificate"] in one["standards"]
        and (one["since"] or "") <= asked["day"] <= (one["until"] or "")
        and one["site"] in (None, site)
        for one in firm["certificates"]
    )


def great_circle_km(asked: dict[str, Any], site: dict[str, Any]) -> float:
    """Return the distance of a site from the place asked for (haversine formula)."""
    north = radians(site["latitude"] - asked["latitude"])
    east = radians(site["longitude"] - asked["longitude"])
    level = cos(radians(asked["latitude"])) * cos(radians(site["latitude"]))
    return 2 * EARTH_RADIUS_KM * asin(sqrt(sin(north / 2) ** 2 + level * sin(east / 2) ** 2))
