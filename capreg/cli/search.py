"""capreg search."""

from collections.abc import Sequence
from importlib import import_module

import click

from capreg.cli.asked import SEARCHES, Asked, asked, file_option, write_inquiry
from capreg.cli.options import (
    Output,
    dry_run_option,
    grant_options,
    internal_option,
    kind_option,
    list_options,
    on_option,
    output_options,
    session_options,
)
from capreg.cli.output import show
from capreg.cli.parsing import Command
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.index.answer import Found, Hit, Remedy
from capreg.index.catalogue import Catalogue
from capreg.index.find import find
from capreg.index.order import Order, by_gap, ordered
from capreg.model.kinds import Tier
from capreg.query.language import join
from capreg.views.arranged import Arrangement
from capreg.views.columns import columns_page
from capreg.views.page import Page
from capreg.views.search import search_page

# Loaded on use: most searches are neither explained nor look for near misses.
EXPLAINED, REMEDIES = "capreg.views.explained", "capreg.index.remedies"
# Loaded on use: few who search a bundle have bought profiles of it.
GRANTED = "capreg.cli.granted"


@click.command(cls=Command)
@click.argument("query", nargs=-1)
@file_option
@click.option("--explain", is_flag=True, help="Show each requirement's verdict for each record.")
@click.option("--near-misses", is_flag=True, help="Show, after the hits, those that are one requirement short.")
@click.option("--save", "save", metavar="FILE", help="Write what is asked as an inquiry, YAML or JSON.")
@click.option("--save-as", "save_as", metavar="NAME", help="Keep the search under a name.")
@click.option("--saved", "saved", metavar="NAME", help="Run a search that was kept.")
@click.option("--new", "new", is_flag=True, help="Of a kept search, only what it had not found the last time.")
@kind_option
@list_options
@on_option
@internal_option
@dry_run_option
@output_options
@grant_options
@session_options
@pass_session
def search(
    session: Session,
    query,
    file,
    explain,
    near_misses,
    save,
    save_as,
    saved,
    new,
    kind_id,
    wanted: Arrangement,
    on,
    internal,
    dry_run,
    output: Output,
) -> None:
    """Find the records that meet a query.

    'capreg help query' teaches the language, 'capreg fields' lists the fields. Hits stand in the order of their fit.
    In a bundle, --grants and --identity search the closed fields of the profiles that were bought as well.

    \b
    Examples:
      capreg search process:milling material:aluminium tolerance:..0.01mm
      capreg search certificate:iso-9001 near:Bologna,40km --sort -employees
      capreg search process:turning tolerance:it7 diameter:40mm --explain --near-misses
      capreg search process:milling material:titanium --save-as titanium
      capreg search --saved titanium --new -O ndjson
      capreg search -k contractor buys:milling -O json
    """
    if session.option("grants"):
        import_module(GRANTED).search_granted(session)
    if list(wanted.columns) == ["help"]:
        return show(session, _columns(session, kind_id, internal, output), output)
    catalogue = session.catalogue(internal)
    _refuse_together(file, saved, new, save_as, query)
    what = _asked(session, kind_id, join(query), file, saved, on, internal)
    if save_as is not None:
        import_module(SEARCHES).check_keeping(save_as, what)
    order = Order.of(what.kind, wanted.sort, catalogue.tier)
    inquiry = what.inquiry
    page = slice(wanted.offset, None if wanted.limit is None else wanted.offset + wanted.limit)
    found = find(catalogue, what.kind, inquiry.query, what.on, internal, inquiry.preferences, near_misses, order, page)
    if save is not None:
        write_inquiry(session, what, save, dry_run)
    answer = import_module(SEARCHES).only_new(session, saved, found) if new else found
    shown = _shown(answer, wanted, catalogue.tier)
    show(session, _page(session, answer, shown, wanted, explain, internal, output), output)
    if new and not dry_run:
        import_module(SEARCHES).remember_shown(session, saved, found, shown)
    if save_as is not None and not dry_run:
        import_module(SEARCHES).keep(session, save_as, what, shown)
    tell(session, found)


def _columns(session: Session, kind_id: str, internal: bool, output: Output) -> Page:
    catalogue = session.catalogue(internal)
    return columns_page(catalogue.kind(kind_id), catalogue.tier, session.speech(output, internal))


def _refuse_together(file: str | None, saved: str | None, new: bool, save_as: str | None, query: tuple) -> None:
    """Raise UsageError for options that contradict each other."""
    if file is not None and saved is not None:
        raise UsageError("-f and --saved are two inquiries", "Name one of them.")
    if new and saved is None:
        raise UsageError("--new says what a saved search finds since the last time", "Name the search: --saved NAME.")
    if new and (query or save_as is not None):
        raise UsageError("--new is of a saved search as it was saved", "Leave out the query and --save-as.")


def _asked(session: Session, kind_id: str, query: str, file, saved, on, internal: bool) -> Asked:
    if saved is not None:
        return import_module(SEARCHES).asked_by_name(session, saved, kind_id, query, on)
    return asked(session.catalogue(internal), kind_id, query, file, on, internal)


def _shown(found: Found, wanted: Arrangement, tier: Tier) -> Sequence[Hit]:
    """Return the hits, then the near misses, that are shown of those found; a page of them is judged once."""
    if not found.near_misses:
        return found.hits[wanted.offset :][: wanted.limit]
    near = (
        ordered(found.kind, found.near_misses, wanted.sort, tier)
        if wanted.sort
        else by_gap(found.kind, found.near_misses)
    )
    return [*found.hits, *near][wanted.offset :][: wanted.limit]


def _page(
    session, found: Found, shown: Sequence[Hit], wanted: Arrangement, explain: bool, internal: bool, output: Output
) -> Page:
    speech = session.speech(output, internal)
    helpers = _helpers(session.catalogue(internal), found, shown, internal) if found.near_misses else {}
    page = search_page(found, shown, wanted.columns, session.catalogue(internal).tier, speech, helpers)
    return import_module(EXPLAINED).explained(page, found, shown, speech, helpers) if explain else page


def _helpers(catalogue: Catalogue, found: Found, shown: Sequence[Hit], internal: bool) -> dict[str, Remedy]:
    """Return who could close the gap of each near miss that is shown."""
    return import_module(REMEDIES).remedies(catalogue, found, [hit for hit in shown if hit.near_miss], internal)


def tell(session: Session, found: Found) -> None:
    """Tell which places were meant, how many files were left out of an answer, and with -v where it came from."""
    for note in found.notes:
        session.note(note)
    session.detail(
        f"{len(found.hits)} of the {found.kind.labels['en']} of {session.root} meet {found.query or 'the empty query'}"
    )
    if found.left_out:
        were = "was" if found.left_out == 1 else "were"
        session.note(f"{counted(found.left_out, 'file')} {were} left out, not being valid: 'capreg check' tells why.")
