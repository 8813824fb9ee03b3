"""capreg bundle delta, and capreg bundle update."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from capreg.cli.options import dry_run_option, rotations_option, session_options
from capreg.cli.progress import progress
from capreg.cli.session import Session, pass_session
from capreg.exchange.delta import (
    DeltaError,
    StrangeBundleError,
    apply_delta,
    check_hub,
    check_pair,
    read_delta,
    write_delta,
)
from capreg.exchange.header import Header
from capreg.exchange.opening import admitted, issue_of, proved, read_header
from capreg.exchange.trust import Hubs, Issue
from capreg.store.piecewise import draft


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("-o", "--output", "path", required=True, metavar="FILE", help="Write there, whole or not at all.")
@dry_run_option
@session_options
@pass_session
def delta(session: Session, old, new, path, dry_run) -> None:
    """Write what leads from one bundle to a later one as a small file, for those who have the first.

    \b
    Examples:
      capreg bundle delta october.capreg november.capreg -o november.delta
    """
    (before, _), (after, issue) = (_proved(session, one) for one in (old, new))
    check_pair(before, after)
    check_hub(before, issue)
    if dry_run:
        return session.note(f"Would write what leads from version {before.version} to {after.version}.")
    with draft(Path(path).resolve()) as made, made.open("wb") as file:
        write_delta(Path(old), Path(new), before, file)
        session.note(f"Wrote {path}: {file.tell()} bytes instead of {os.stat(new).st_size}.")


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("change", metavar="DELTA")
@click.option("-o", "--output", "path", metavar="NEW", help="Write the new bundle there; else in place of FILE.")
@rotations_option
@dry_run_option
@session_options
@pass_session
def update(session: Session, file, change, path, dry_run) -> None:
    """Make the next bundle from one that is at hand and a delta: equal to the byte to the one that the hub made.

    \b
    Examples:
      capreg bundle update october.capreg november.delta
    """
    old, _ = _proved(session, file)
    with open(change, "rb") as content:
        found = read_delta(content, change)
        _check_follows(found, old, change, file)
        hubs = Hubs(session.terms())
        hubs.look(issue_of(found.header))
        if dry_run:
            proviso = "" if found.header.key == old.key else ", if the hub's change of key in it holds"
            return session.note(f"Would make version {found.header.version} from version {old.version}{proviso}.")
        target = Path(path or file)
        with draft(target.resolve()) as made:
            with made.open("wb") as new:
                apply_delta(content, found, change, Path(file), new)
            with made.open("rb") as whole, progress(session, "Verifying") as told:
                issue, _ = admitted(whole, read_header(whole, change), change, hubs, {}, told)
            with _told_of(change):
                check_hub(old, issue)
    for notice in hubs.notices(issue):
        session.warn(notice)
    hubs.remember(issue)
    session.note(f"Made version {found.header.version} of {found.header.hub}: {target}.")


def _check_follows(found, old: Header, change: str, file: str) -> None:
    """Raise DeltaError where a delta does not lead on from a bundle."""
    if found.old != old.digest:
        raise DeltaError(
            f"{change} does not begin with version {old.version}, which {file} is", "Fetch the one that does."
        )
    with _told_of(change):
        check_pair(old, found.header)


@contextmanager
def _told_of(change: str) -> Iterator[None]:
    """Tell of a delta what is told of the two bundles that it is between."""
    try:
        yield
    except StrangeBundleError as error:
        raise DeltaError(f"{change}: {error.sentence}", error.way_out) from None


def _proved(session: Session, file: str) -> tuple[Header, Issue]:
    """Return what a bundle says that was verified as a whole; nothing is remembered of it."""
    with open(file, "rb") as content:
        header = read_header(content, file)
        with progress(session, "Verifying") as told:
            issue, _ = proved(content, header, file, {}, told)
    return header, issue
