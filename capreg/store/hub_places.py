"""What a hub knows of places: its own (places.json), and how long the ways between them take (travel.json)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from capreg.model.place import Place, Position, Way, name_key
from capreg.store.checked import read_checked
from capreg.store.validators import Misfit

PLACES, TRAVEL = "places.json", "travel.json"


def read_places(root: Path) -> list[Place]:
    """Return the hub's own places; none where it keeps no list.

    Raises:
        InvalidFileError: `places.json` does not hold.
    """
    path = root / PLACES
    return [_place(**entry) for entry in read_checked(path, root, "places")["places"]] if _is_there(path) else []


def read_ways(root: Path) -> list[Way]:
    """Return the rows of the hub's table of travel times; none where it keeps no table.

    Raises:
        InvalidFileError: `travel.json` does not hold, or states two times for one way.
    """
    path = root / TRAVEL
    return [_way(entry) for entry in read_checked(path, root, "travel", _twice)["times"]] if _is_there(path) else []


def _is_there(path: Path) -> bool:
    """Whether there is anything to read, or to complain about."""
    return path.exists() or path.is_symlink()


def _place(name: str, country: str, latitude: float, longitude: float, also: Sequence[str] = ()) -> Place:
    return Place(name, country, Position(latitude, longitude), also=tuple(also))


def _way(entry: dict[str, Any]) -> Way:
    return Way(entry["from"], entry["to"], entry["minutes"])


def _twice(document: dict[str, Any]) -> Iterator[Misfit]:
    """Yield the ways that stand in the table twice, in either direction."""
    seen: dict[frozenset[str], int] = {}
    for at, entry in enumerate(document["times"]):
        first = seen.setdefault(frozenset(map(name_key, (entry["from"], entry["to"]))), at)
        if first != at:
            yield Misfit(("times", at), f"this way stands already in /times/{first}")
