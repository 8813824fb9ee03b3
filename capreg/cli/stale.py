"""capreg stale."""

import os
from collections.abc import Iterator

import click

from capreg.cli.options import (
    Output,
    day_option,
    document_options,
    internal_option,
    kind_option,
    list_options,
    session_options,
)
from capreg.cli.output import deliver, format_of, keep_off, made, ready, show, show_list, to_file
from capreg.cli.progress import progress
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.model.day import today
from capreg.model.due import UNVERIFIED, Due, due
from capreg.model.kinds import Kind, Tier
from capreg.model.record import Record, cut
from capreg.views.arranged import Arrangement
from capreg.views.letter import language_of, letter_page, letters_page
from capreg.views.page import Page
from capreg.views.stale import stale_page
from capreg.views.values import Speech

ENDINGS = {"text": "txt", "table": "txt"}


@click.command()
@kind_option
@day_option("--on", "on", "The day that counts; else today.")
@click.option(
    "--within",
    type=click.IntRange(min=0, max=3650),
    default=60,
    show_default=True,
    metavar="DAYS",
    help="How many days ahead entries that lapse are told.",
)
@click.option("--letters", is_flag=True, help="Make a letter a firm, which asks for what is due.")
@internal_option
@list_options
@document_options
@session_options
@pass_session
def stale(session: Session, kind_id, on, within, letters, internal, wanted: Arrangement, output: Output) -> None:
    """List what is too old, lapses or was never verified; letters that ask for it.

    The schema says how old each value may be, and what lapses. Letters are written in the language of the firm: with -o to
    a folder, a file each.

    \b
    Examples:
      capreg stale
      capreg stale --within 90 --columns id,field,why --limit 20
      capreg stale --letters --on 2027-06-30 -O text
    """
    registry = session.registry
    kind, now = registry.kind(kind_id), on or today(registry.settings.time_zone)
    if not letters:
        found = []
        for record in _records(session, kind):
            document = cut(kind, record.document, Tier.searched(internal))
            found += [(record.id, one) for one in due(kind, document, now, within)]
        page = stale_page(kind.id, now.isoformat(), found, _speech(session, output.language_of(registry.settings)))
        show_list(session, page, output, wanted)
        session.note(f"{counted(len(found), 'thing')} due in {counted(len({id for id, _ in found}), 'record')}.")
        return
    if wanted != Arrangement([], [], None, 0):
        raise UsageError("letters are no list", "Leave --columns, --sort, --limit and --offset out.")
    written = _letters(session, kind, now, within, output)
    _hand_over(session, written, output)
    session.note(f"{counted(len(written), 'letter')}.")
    if written:
        session.note(f"A questionnaire with what is known can go with each: capreg template {kind.id} --id ID")


def _records(session: Session, kind: Kind) -> Iterator[Record]:
    """Yield the records of a kind; those that cannot be read are counted."""
    registry, broken = session.registry, 0
    paths = list(registry.paths(kind))
    with progress(session, "Looking") as told:
        for done, found in enumerate(registry.read(kind)):
            told(done, len(paths))
            if isinstance(found, Record):
                yield found
            else:
                broken += 1
    if broken:
        session.note(f"{counted(broken, 'record')} cannot be read: 'capreg check' tells why.")


def _speech(session: Session, language: str) -> Speech:
    return Speech(language, session.registry.vocabularies)


def _letters(session: Session, kind: Kind, on, within: int, output: Output) -> dict[str, Page]:
    """Return the letters by the ids of the firms that they go to, each with all that the firm itself told."""
    settings, written = session.registry.settings, {}
    for record in _records(session, kind):
        found = list(due(kind, record.document, on, within))
        if _is_asked(found):
            language = output.language or language_of(kind, record.document, settings.languages[0])
            speech = _speech(session, language)
            written[record.id] = letter_page(kind, record.document, found, settings.hub, on.isoformat(), speech)
    return written


def _is_asked(found: list[Due]) -> bool:
    """Whether a firm is asked anything: to verify what it says is the hub's own work."""
    return any(one.why != UNVERIFIED for one in found)


def _hand_over(session: Session, written: dict[str, Page], output: Output) -> None:
    """Write the letters one after the other, or each to a file of its own in a folder."""
    if not (to_file(output) and (output.path.endswith(os.sep) or os.path.isdir(output.path))):
        return show(session, letters_page(list(written.values())), output, piped="text")
    keep_off(session, os.path.realpath(output.path))
    os.makedirs(output.path, exist_ok=True)
    format = output.format or "text"
    for id, page in written.items():
        one = output._replace(path=os.path.join(output.path, f"{id}.{ENDINGS.get(format, format)}"), format=format)
        ready(session, one, "text")
        deliver(session, one, made(page, None, format_of(one, "text")))
    return None
