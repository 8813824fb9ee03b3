"""Places that share a name: which of them may be meant."""

from collections.abc import Iterable, Sequence

from capreg.model.place import Place, name_key

# A place is meant before another of its name if it has this many times the people.
TIMES_THE_PEOPLE = 5
# Closer than this, two entries of one name and country are the same town.
SAME_TOWN_KM = 10.0


def is_own(name: str, place: Place) -> bool:
    """Whether a place has a name as its own, not beside it."""
    return name_key(place.name) == name_key(name)


def meant(name: str, places: Sequence[Place]) -> list[Place]:
    """Return the places that a name may mean, the largest first, each town once.

    A place that goes by the name beside its own counts only if it has five times the people of any whose own it is.
    """
    own = max((max(one.people, 1) for one in places if is_own(name, one)), default=0)
    found: list[Place] = []
    for place in sorted(places, key=lambda one: -one.people):
        if (is_own(name, place) or place.people >= TIMES_THE_PEOPLE * own) and not is_among(place, found):
            found.append(place)
    return found


def is_among(place: Place, others: Iterable[Place]) -> bool:
    """Whether one of other places of its name is the same town."""
    return any(
        place.country == one.country and place.position.distance_km(one.position) < SAME_TOWN_KM for one in others
    )


def leader(places: Sequence[Place]) -> Place | None:
    """Return the first of places, the largest, if it is alone or leads the second."""
    return places[0] if places and (len(places) == 1 or leads(places[0], places[1])) else None


def leads(place: Place, other: Place) -> bool:
    """Whether a place is meant before another of its name, having five times the people."""
    return place.people >= TIMES_THE_PEOPLE * max(other.people, 1)


def typed_position(place: Place) -> str:
    """Return the position of a place as one types it."""
    return f"{place.position.latitude:.2f},{place.position.longitude:.2f}"
