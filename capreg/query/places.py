"""Names of places -> positions."""

from collections.abc import Iterable
from functools import cached_property

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.model.place import Position, centre
from capreg.model.text import fold


class UnknownPlaceError(CapregError):
    """No place of that name is known."""

    exit_code = ExitCode.MISSING


class AmbiguousPlaceError(UsageError):
    """Places of several countries share the name."""


class Places:
    """The places that the records of a registry name, each in the middle of the positions stated there."""

    def __init__(self, stated: Iterable[tuple[str, str, Position]]) -> None:
        """Take (name, country, position) of every site that states all three; they are read when first asked for."""
        self._stated = stated

    @cached_property
    def _sites(self) -> list[tuple[str, str, Position]]:
        return [(name.strip(), country, position) for name, country, position in self._stated]

    def find(self, name: str, country: str | None = None) -> Position:
        """Return the position of a place.

        Args:
            name: in any case, with or without accents.
            country: two letters (ISO 3166), needed where several countries have the name.

        Raises:
            UnknownPlaceError: the registry knows no such place; names the nearest.
            AmbiguousPlaceError: it knows several.
        """
        countries: dict[str, list[Position]] = {}
        for one, lies_in, position in self._sites:
            if fold(one) == fold(name):
                countries.setdefault(lies_in, []).append(position)
        found = {one: positions for one, positions in countries.items() if country is None or one == country.upper()}
        if not found:
            where = f"{name},{country}" if country else name
            raise UnknownPlaceError(
                f"no record of this registry states a place '{where[:60]}'",
                f"{nearest(name, (one for one, _, _ in self._sites))} A position works too: 44.49,11.34,50km.".strip(),
            )
        if len(found) > 1:
            raise AmbiguousPlaceError(
                f"'{name}' lies in several countries",
                f"Write one of: {', '.join(f'{name},{one}' for one in sorted(found))}.",
            )
        return centre(next(iter(found.values())))
