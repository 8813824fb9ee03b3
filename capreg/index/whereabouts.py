"""What a registry knows of places, as its index keeps it."""

from collections.abc import Iterator
from typing import Any

from capreg.index.catalogue import Catalogue
from capreg.index.compiled import places_read, ways_read
from capreg.index.layout import Column, Layout
from capreg.index.values import read
from capreg.model.place import Position
from capreg.model.record import whole_values
from capreg.query.places import Listed, Places, town_beside, towns
from capreg.store.gazetteer import shipped


def places_of(catalogue: Catalogue) -> Places:
    """Return what is known of places: by the hub, by the gazetteer, and by the records. Nothing is read before it is needed."""
    settings = catalogue.settings
    own = Listed(lambda: places_read(catalogue.known("places")))
    stated = Listed(lambda: towns(stated_places(catalogue)))
    return Places(
        (own, shipped(), stated),
        settings.country,
        settings.travel,
        lambda: ways_read(catalogue.known("ways")),
        shipped().continent,
    )


def stated_places(catalogue: Catalogue) -> Iterator[tuple[str, str, Position]]:
    """Yield the name, the country and the position of each town that a record states."""
    for kind in catalogue.folders:
        for table, column in Layout(catalogue.kind(kind)).places:
            for (held,) in catalogue.connection.execute(f"SELECT {column.name} FROM {table.name} ORDER BY rec"):
                yield from _stated_place(read(held), column)


def _stated_place(held: Any, column: Column) -> Iterator[tuple[str, str, Position]]:
    """Yield the town and the position of each place in a record or an entry that states both."""
    depth = len(column.path) - 1
    named = ["/".join(way[depth:]) for way in column.beside]
    for holder in whole_values(held, column.path[:-1]) if held is not None else ():
        town, position = town_beside(holder, named), holder.get(column.path[-1])
        if town and position:
            yield *town, Position(position["latitude"], position["longitude"])
