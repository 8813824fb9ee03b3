"""capreg bundle create."""

import tempfile
from collections.abc import Container, Iterator, Mapping
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from capreg.cli.asked import asked, file_option
from capreg.cli.options import day_option, dry_run_option, session_options
from capreg.cli.output import keep_off
from capreg.cli.progress import progress
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.exchange.bundling import Bundling, Lines, Made, write_bundle
from capreg.exchange.header import Header
from capreg.exchange.header import proved as proved_header
from capreg.index.find import find
from capreg.index.whereabouts import places_of
from capreg.model.day import day, is_day, later, today
from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record
from capreg.model.vocabulary import Vocabulary
from capreg.office.books import Books, books_of
from capreg.office.bundles import check_number, header_of, issue, issued, ledger_head, signing_key
from capreg.office.keys import rotations_of
from capreg.query.language import join
from capreg.store.piecewise import draft
from capreg.store.signing import fingerprint, public, signature

# Loaded on use: the page, and the detailed profiles, sealed.
PAGE, SEALED = "capreg.exchange.page", "capreg.office.sealed"
# With more records the page would be too large for a browser; the bundle is searched by capreg alone.
MOST_ON_PAGE = 20_000


@click.command()
@click.argument("query", nargs=-1)
@file_option
@click.option("-o", "--output", "path", required=True, metavar="FILE", help="Write there, whole or not at all.")
@click.option("--kinds", metavar="A,B", help="Which kinds of record; else all, or firms where a query selects.")
@click.option("--tier", type=click.Choice([Tier.short.name]), default=Tier.short.name, help="What all may read.")
@click.option("--sealed", is_flag=True, help="The detailed tier goes along, sealed for those who buy a profile.")
@click.option("--expires", metavar="DATE", help="The last day of use, a day or a duration (P35D); else none.")
@day_option("--created", "created", "The day it says it was made; else today.")
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="Its version: one issued before, made again.")
@dry_run_option
@session_options
@pass_session
def create(session: Session, query, file, path, kinds, tier, sealed, expires, created, number, dry_run) -> None:
    """Write the short tier of the registry, or of what a query selects, as one signed file.

    Nothing confidential, no price and no key is in it. Whoever gets it searches it with 'capreg -R FILE search ...'.
    The same registry, number and dates give the same bytes.

    \b
    Examples:
      capreg bundle create -o october.capreg --expires P35D
      capreg bundle create -o november.capreg --expires P35D
      capreg bundle create -o all.capreg --sealed
      capreg bundle create -o milling.capreg process:milling --dry-run
    """
    target = Path(path).resolve()
    keep_off(session, str(target))
    selected, text = _selected(session, kinds, join(query), file)
    books = books_of(session.registry)
    made_on = created or today(books.settings.time_zone)
    if number is not None:
        check_number(books, number)
    if dry_run:
        number = number or len(issued(books)) + 1
        what = ", ".join(f"{_counted(session, one, ids)}" for one, ids in selected.items())
        return session.note(f"Would write bundle {number} with {what} to {path}.")
    if sealed:
        # Sealed before the office is held, which sealing holds itself.
        for _ in import_module(SEALED).kept_parts(books, _records(session, selected)):
            pass
    with books.changing():
        key = signing_key(books)
        stamp = _stamp(books, public(key), list(selected), text, tier, sealed, made_on, expires, number)
        parts = import_module(SEALED).kept_parts(books, _records(session, selected)) if sealed else ()
        named = ((one.name, one.content) for one in parts)
        rotations = rotations_of(books.folder)
        bundling = Bundling(session.registry, selected, stamp, rotations, named, partial(_page, session))
        made = _written(session, bundling, target, books, lambda data: signature(key, data))
    _tell(session, made, path)


def _selected(
    session: Session, kinds: str | None, query: str, file: str | None
) -> tuple[dict[str, Container | None], str]:
    """Return which ids of which kinds go in, and the query that selected them, "" for everything."""
    named = list(dict.fromkeys(one for one in (kinds or "").split(",") if one))
    for one in named:
        session.registry.kind(one)
    if not query and file is None:
        return dict.fromkeys(named or sorted(session.registry.loaded_kinds)), ""
    if len(named) > 1:
        raise UsageError("a query selects records of one kind", f"Name one: --kinds {named[0]}.")
    catalogue = session.catalogue()
    what = asked(catalogue, named[0] if named else "firm", query, file, None)
    found = find(catalogue, what.kind, what.inquiry.query, what.on)
    return {what.kind.id: frozenset(hit.id for hit in found.hits)}, found.query


def _records(session: Session, selected: Mapping[str, Container | None]) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    """Yield the documents of the records that were selected, with their kinds, not cut yet."""
    for id, ids in selected.items():
        kind = session.registry.kind(id)
        for found in session.registry.read(kind):
            if isinstance(found, Record) and (ids is None or found.id in ids):
                yield kind, found.document


def _counted(session: Session, kind: str, ids: Container | None) -> str:
    number = sum(1 for _ in session.registry.paths(session.registry.kind(kind))) if ids is None else len(ids)
    return counted(number, kind)


def _stamp(books: Books, key: str, kinds, query, tier, sealed, on: date, expires, number: int | None) -> Header:
    """Return the header of the bundle to be made; one that is made again names the ledger as it was then."""
    known = issued(books)
    version = number or (known[-1] + 1 if known else 1)
    before = _kept(books, version - 1)
    again = _kept(books, version)
    ledger = again.ledger if again else ledger_head(books)
    until = _until(on, expires)
    hub, previous = books.settings.hub, before.digest if before else None
    return Header(hub, key, version, on.isoformat(), until, kinds, query, tier, sealed, 0, "", ledger, previous)


def _kept(books: Books, number: int) -> Header | None:
    block = header_of(books, number)
    return None if block is None else proved_header(block, f"the header of bundle {number} in the office")


def _until(on: date, expires: str | None) -> str | None:
    if expires is None:
        return None
    until = day(expires) if is_day(expires) else later(on, expires)
    if until < on:
        raise UsageError(f"the bundle would expire on {until}, before it is made", "Name a later day: --expires P35D.")
    return until.isoformat()


def _page(session: Session, kinds: list[Kind], lines: Lines, words: Mapping[str, Vocabulary]) -> bytes | None:
    """Return the page of a bundle, None for one with more records than a browser can hold."""
    if sum(lines.counts.values()) > MOST_ON_PAGE:
        session.note(f"No page is in the bundle: it has more than {MOST_ON_PAGE} records.")
        return None
    settings, places = session.registry.settings, places_of(session.catalogue())
    return import_module(PAGE).page(kinds, lines.records(), words, settings.hub, settings.languages[0], places)


def _written(session: Session, bundling: Bundling, target: Path, books: Books, sign) -> Made:
    """Write a bundle beside its place, enter it among those that were issued, and put it in its place."""
    with draft(target) as place, tempfile.TemporaryDirectory(dir=place.parent) as parts:
        with progress(session, "Bundling") as told:
            made = write_bundle(bundling, place, Path(parts), sign, told)
        issue(books, made.header.version, made.block)
    return made


def _tell(session: Session, made: Made, path: str) -> None:
    what = ", ".join(counted(number, kind) for kind, number in made.counts.items())
    session.note(f"Wrote bundle {made.header.version} with {what} to {path}; key {fingerprint(made.header.key)}.")
    if made.unused:
        session.note(f"{counted(made.unused, 'file')} left out, not being valid: 'capreg check' tells why.")
