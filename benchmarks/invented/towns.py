"""Where the invented firms lie: in real towns, by the number of people, and many in one region."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from capreg.store.gazetteer import shipped
from invented.draw import Weighted, listed

WORDS = listed("words")
# Firms lie less in large towns than people do.
CROWDING = 0.7
# How far firms lie from the middle of their town, in degrees.
SPREAD = 0.03


@dataclass(frozen=True)
class Town:
    """A town: where it lies, and how its postal codes begin where that is known."""

    name: str
    country: str
    latitude: float
    longitude: float
    people: int
    region: str | None = None
    postal: str = ""

    def position(self, dice: Random) -> dict[str, float]:
        """Return a position in the town."""
        return {
            "latitude": round(self.latitude + dice.gauss(0, SPREAD), 4),
            "longitude": round(self.longitude + dice.gauss(0, SPREAD), 4),
        }

    def address(self, dice: Random) -> dict[str, str]:
        """Return an address in the town."""
        land = WORDS["countries"][self.country]
        digits = land["postal"] - len(self.postal)
        return {
            "street": f"{dice.choice(WORDS['streets'][land['tongue']])} {dice.randint(1, 180)}",
            "postal_code": f"{self.postal}{dice.randrange(10**digits):0{digits}}",
            "locality": self.name,
            **({"region": self.region} if self.region else {}),
            "country": self.country,
        }


@cache
def areas() -> Weighted:
    """Return the areas that firms are drawn from, each a choice between its towns."""
    towns = defaultdict(list)
    for town in _towns():
        towns[town.country].append(town)
    lands = [(_by_people(towns[code]), land["weight"]) for code, land in WORDS["countries"].items()]
    cluster = WORDS["cluster"]
    return Weighted.of([(_by_people(_cluster(towns[cluster["country"]])), cluster["weight"]), *lands])


def _by_people(towns: list[Town]) -> Weighted:
    return Weighted.of((town, town.people**CROWDING) for town in towns)


def _cluster(towns: list[Town]) -> list[Town]:
    """Return the towns of the cluster, the largest of each name."""
    postal, region = WORDS["cluster"]["towns"], WORDS["cluster"]["region"]
    largest = {town.name: town for town in sorted(towns, key=lambda town: town.people) if town.name in postal}
    return [
        Town(one.name, one.country, one.latitude, one.longitude, one.people, region, postal[one.name])
        for one in map(largest.__getitem__, postal)
    ]


def _towns() -> Iterator[Town]:
    """Yield the towns of the gazetteer that lie in one of the countries."""
    for line in shipped().lines.from_on(b"#0"):
        if not line.startswith(b"#"):
            return
        _, name, country, latitude, longitude, people = line.decode().split("\t")
        if country in WORDS["countries"]:
            yield Town(name, country, float(latitude), float(longitude), int(people))
