"""Finding the records of a kind that meet a query: is the index current, ask it, and explain what is shown."""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

from capreg.index.answer import Found
from capreg.index.catalogue import BusyIndexError, Catalogue
from capreg.index.database import is_busy, reading
from capreg.index.engine import Engine
from capreg.index.order import Order
from capreg.index.whereabouts import places_of
from capreg.model.day import today
from capreg.model.kinds import Kind, Tier
from capreg.query.asking import Asking
from capreg.query.grouping import read_question

ALL = slice(None)


def catalogue_of(registry: Any, internal: bool = False) -> Catalogue:
    """Return the index of a registry, or of what is one already.

    Args:
        registry: what has a folder `root`.
        internal: the index of the confidential tier, too.
    """
    tier = Tier.searched(internal)
    known = isinstance(registry, Catalogue) and registry.serves(tier)
    return registry if known else Catalogue(str(registry.root), tier)


def asking_of(registry: Any, kind: Kind, on: date | None = None, internal: bool = False) -> Asking:
    """Return what a query is asked of.

    Args:
        on: the day that counts for certificates and spare capacity; the hub's today unless given.
        internal: search the confidential tier too.
    """
    catalogue = catalogue_of(registry, internal)
    day = on or today(catalogue.settings.time_zone)
    asked = (catalogue.kind(kind.id), catalogue.vocabularies, places_of(catalogue), day)
    return Asking(*asked, internal, catalogue.is_closed(kind))


def find(
    registry: Any,
    kind: Kind,
    query: str,
    on: date | None = None,
    internal: bool = False,
    preferences: str = "",
    near_misses: bool = False,
    order: Order | None = None,
    page: slice = ALL,
) -> Found:
    """Return the records of a kind that meet a query.

    Args:
        registry: the registry, or its index.
        on: the day that counts for certificates and spare capacity; the hub's today unless given.
        internal: search the confidential tier too.
        preferences: what raises the fit and excludes nobody, as a query.
        near_misses: return those, too, that fail or do not state exactly one requirement.
        order: how the hits stand; by id unless given.
        page: those of the hits that will be shown; of a page, all is as it was at one moment.

    Raises:
        QuerySyntaxError, UnknownFieldError, UnknownWordError, ...: the query is not right; see `read_question`.
        BusyIndexError: another process held the index for half a minute.
    """

    def found_in(catalogue: Catalogue) -> Found:
        asking = asking_of(catalogue, kind, on, internal)
        question, liked = read_question(query, asking), read_question(preferences, asking)
        engine = Engine(catalogue, asking, question, liked)
        with reading(catalogue.connection):
            hits = engine.hits(order or Order.by_id(asking.kind))
            near = engine.nearly() if near_misses else ()
            hits.keep(page)
        zone, notes = catalogue.settings.time_zone, tuple(asking.places.notes)
        left_out = catalogue.left_out(asking.kind)
        return Found(asking.kind, query, asking.on, zone, hits, left_out, near, notes, engine.measured)

    return sound(catalogue_of(registry, internal), found_in)


def sound(catalogue: Catalogue, ask: Callable[[Catalogue], Any]) -> Any:
    """Return what an index answers; one that turns out to be damaged is made anew and asked again.

    Raises:
        BusyIndexError: another process held it for half a minute.
    """
    try:
        return ask(catalogue)
    except sqlite3.DatabaseError as error:
        if is_busy(error):
            raise BusyIndexError from None
        return ask(catalogue.remade())
