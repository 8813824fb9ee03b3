"""Names of places -> places, and how long the way to them takes."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, Protocol

from capreg.errors import LIKENESS, CapregError, ExitCode, UsageError
from capreg.model.place import USUAL_TRAVEL, Journey, Place, Position, Travel, Way, centre, name_key
from capreg.model.record import whole_values
from capreg.query.namesakes import TIMES_THE_PEOPLE, is_among, is_own, leader, leads, meant, typed_position

MOST_NAMED = 8
MOST_SUGGESTED = 3
# What part of their letters two spellings must share to be alike.
ALIKE = 0.75


class UnknownPlaceError(CapregError):
    """No place of that name is known."""

    exit_code = ExitCode.MISSING


class AmbiguousPlaceError(UsageError):
    """Several places share the name, and nothing says which is meant."""


class Source(Protocol):
    """What knows places by name."""

    def named(self, name: str) -> Sequence[Place]:
        """Return the places that go by a name, as their own or beside it."""

    def alike(self, name: str, home: str | None = None) -> Sequence[Place]:
        """Return the places that a misspelt name may mean, the likeliest first."""


class Listed:
    """Places from a list, which is read when the first name is looked up."""

    def __init__(self, read: Callable[[], Iterable[Place]]) -> None:
        self._read = read

    @cached_property
    def _by_key(self) -> Mapping[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self._read():
            for key in {name_key(name) for name in (place.name, *place.also)}:
                found.setdefault(key, []).append(place)
        return found

    def named(self, name: str) -> Sequence[Place]:
        """Return the places that go by a name, in the order of the list."""
        return self._by_key.get(name_key(name), [])

    def alike(self, name: str, home: str | None = None) -> Sequence[Place]:
        """Return the places that a misspelt name may mean, the likeliest first."""
        keys = import_module(LIKENESS).get_close_matches(name_key(name), self._by_key, n=MOST_SUGGESTED, cutoff=ALIKE)
        return [place for key in keys for place in self._by_key[key]]


class Places:
    """All that a registry knows of places. Nothing is read before it is needed.

    `notes` holds a sentence for each name that was taken for one place although a person could have meant another.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        country: str | None = None,
        travel: Travel = USUAL_TRAVEL,
        ways: Callable[[], Iterable[Way]] = tuple,
        continent: Callable[[str], str] = str,
    ) -> None:
        """Take what knows places, the first asked first.

        Args:
            country: where the hub is, two letters (ISO 3166).
            travel: how the minutes of a way are estimated.
            ways: reads the table of travel times.
            continent: tells the continent of a country.
        """
        self.sources, self.country, self.travel = sources, country, travel
        self.notes: list[str] = []
        self._ways, self._continent = ways, continent
        self._known: dict[tuple[str, str | None], Hashable] = {}

    def find(self, name: str, country: str | None = None) -> Place:
        """Return the place that a name means.

        The first source that knows the name decides. Of several places, the one meant goes by the name as its own in the
        hub's country, or has five times the people of any other in the world, on the hub's continent or in its country. Where
        that leaves it open, it is the one place of which a later source knows too: the one where records lie.

        Args:
            name: in any case, with or without accents, hyphens and blanks.
            country: two letters (ISO 3166), in any case; only places there are meant.

        Raises:
            UnknownPlaceError: nothing knows such a place; names the nearest.
            AmbiguousPlaceError: it may mean several; names them as one would type them.
        """
        found = self._named(name, country)
        if not found:
            raise self._unknown(name, country)
        place = self._choice(name, found)
        if place is None:
            raise _ambiguous(name, self._contenders(name, found))
        self._note(name, place, found)
        return place

    def journey(self, start: Place, end: Position, town: tuple[str, str] | None = None) -> Journey:
        """Return how long the way from a place to a position takes.

        Args:
            start: a place that was found, or one without a name.
            end: where the way ends.
            town: the name and the country of the town there, by which the table of travel times may know it.
        """
        if town and start.name and self._table:
            minutes = self._table.get(frozenset((start.position, self._identity(*town))))
            if minutes is not None:
                return Journey(minutes, True)
        return Journey(self.travel.minutes(start.position, end), False)

    def reach_km(self, start: Place, minutes: float) -> float | None:
        """Return how far one comes in some minutes; None where a table of travel times may say more than the estimate."""
        return None if start.name and self._table else self.travel.reach_km(minutes)

    def _named(self, name: str, country: str | None) -> list[Place]:
        """Return what the first source that knows the name, in the country if one is given, says of it."""
        for source in self.sources:
            found = [one for one in source.named(name) if country is None or one.country == country.upper()]
            if found:
                return found
        return []

    def _choice(self, name: str, found: Sequence[Place]) -> Place | None:
        leaders = (leader(meant(name, group)) for group in self._groups(name, found))
        return next(filter(None, leaders), None) or self._known_elsewhere(name, found)

    def _contenders(self, name: str, found: Sequence[Place]) -> list[Place]:
        return meant(name, self._groups(name, found)[0])

    def _known_elsewhere(self, name: str, found: Sequence[Place]) -> Place | None:
        """Return the one of several places that another source knows by the name, too."""
        others = [one for source in self.sources for one in source.named(name) if one not in found]
        known = [one for one in self._contenders(name, found) if is_among(one, others)]
        return known[0] if len(known) == 1 else None

    def _groups(self, name: str, found: Sequence[Place]) -> list[list[Place]]:
        """Return the places among which one may lead: those at home where one has the name as its own.

        Else all; where none leads, those on the hub's continent, then those at home.
        """
        home = [one for one in found if one.country == self.country]
        if any(is_own(name, one) for one in home):
            return [home]
        here = self._continent(self.country) if self.country else None
        return [[*found], [one for one in found if self._continent(one.country) == here], home]

    def _note(self, name: str, taken: Place, found: Sequence[Place]) -> None:
        """Keep a sentence on the other places that a person could have meant."""
        others = [one for one in meant(name, found) if one != taken and self._rivals(one, taken)]
        typed = list(
            dict.fromkeys(typed_position(one) if one.country == taken.country else one.typed for one in others)
        )
        if typed:
            itself = typed_position(taken) if any(one.country == taken.country for one in others) else taken.typed
            are = "is" if len(typed) == 1 else "are"
            note = f"{name}: taken as {itself}; there {are} also {' and '.join(typed[:MOST_SUGGESTED])}"
            self.notes = list(dict.fromkeys([*self.notes, note]))

    def _rivals(self, other: Place, taken: Place) -> bool:
        """Whether a place is worth a note beside the one taken: for one at home, of those abroad only the much larger."""
        if other.country == taken.country:
            return not leads(taken, other)
        return taken.country != self.country or other.people >= TIMES_THE_PEOPLE * taken.people

    def _unknown(self, name: str, country: str | None) -> UnknownPlaceError:
        home = country.upper() if country else self.country
        alike = (one for source in self.sources for one in source.alike(name, home))
        elsewhere = self._named(name, None)
        near = [*elsewhere, *(one for one in alike if country is None or one.country == home)]
        typed = list(dict.fromkeys(one.typed for one in near))[:MOST_SUGGESTED]
        where = f"{name},{country}" if country else name
        hint = f"Did you mean {' or '.join(typed)}? " if typed else ""
        return UnknownPlaceError(f"no place '{where[:60]}' is known", f"{hint}A position works too: 44.49,11.34,50km.")

    @cached_property
    def _table(self) -> Mapping[frozenset[Hashable], float]:
        ends = ((way, (way.start, way.end)) for way in self._ways())
        return {frozenset(self._identity(*end.split(",")) for end in both): way.minutes for way, both in ends}

    def _identity(self, name: str, country: str | None = None) -> Hashable:
        """Return what all names of one town share: its position, or the name itself where nothing knows the town."""
        asked = name_key(name), country
        if asked not in self._known:
            place = self._choice(name, self._named(name, country))
            self._known[asked] = place.position if place else (asked[0], (country or self.country or "").upper())
        return self._known[asked]


def towns(stated: Iterable[tuple[str, str, Position]]) -> Iterable[Place]:
    """Yield the towns that records state (name, country, position), each in the middle of the positions stated there."""
    found: dict[tuple[str, str], list[tuple[str, Position]]] = {}
    for name, country, position in stated:
        found.setdefault((name_key(name), country), []).append((name.strip(), position))
    for (_, country), sites in found.items():
        yield Place(sites[0][0], country, centre([position for _, position in sites]))


def town_beside(holder: Any, named: Sequence[str]) -> tuple[str, str] | None:
    """Return the name and the country that stand beside a position, None where not both are stated.

    Args:
        holder: the entry that holds the position.
        named: the ways to both from there, as the schema says them: `address/locality`.
    """
    stated = [next(whole_values(holder, tuple(way.split("/"))), None) for way in named]
    return (stated[0], stated[1]) if stated and all(stated) else None


def _ambiguous(name: str, candidates: Sequence[Place]) -> AmbiguousPlaceError:
    """Return the error that names the candidates with their countries, and their positions where a country has several."""
    countries = [one.country for one in candidates]
    typed = [
        f"{typed_position(one)} ({one.typed})" if countries.count(one.country) > 1 else f"{name},{one.country}"
        for one in candidates
    ]
    more = f" ({len(typed) - MOST_NAMED} more are smaller)" if len(typed) > MOST_NAMED else ""
    return AmbiguousPlaceError(
        f"'{name}' is the name of several places", f"Write one of: {' or '.join(typed[:MOST_NAMED])}{more}."
    )
