"""capreg export."""

import gc
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import orjson

from capreg.cli.asked import asked, file_option
from capreg.cli.options import agreed, dry_run_option, on_option, session_options, yes_option
from capreg.cli.output import keep_off
from capreg.cli.page import write_page
from capreg.cli.parsing import Command
from capreg.cli.progress import progress
from capreg.cli.search import tell
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.exchange.export import FILES, TEXTS, exporter
from capreg.exchange.export_package import DESCRIPTOR
from capreg.exchange.losses import Losses
from capreg.exchange.selection import Part, Selection
from capreg.exchange.tables import Facts
from capreg.index.answer import Found
from capreg.index.catalogue import Catalogue
from capreg.index.find import find
from capreg.index.order import Order
from capreg.model.day import today
from capreg.model.kinds import Tier
from capreg.model.value import Value
from capreg.query.language import join
from capreg.store.piecewise import draft, draft_folder
from capreg.views.labels import LANGUAGES

# Loaded on use: only an export of the detailed tier is noted in the office.
BOOKS, EXPORTS = "capreg.office.books", "capreg.office.exports"
ENDINGS = {".csv": "csv", ".json": "json", ".ndjson": "ndjson", ".geojson": "geojson", ".xlsx": "xlsx"} | dict.fromkeys(
    (".sqlite", ".db"), "sqlite"
)
USUAL_KIND = "firm"


class OccupiedFolderError(UsageError):
    """A folder that an export would replace holds something else."""


class Target(Value):
    """In which format an export is written, and where; None is standard output."""

    format: str
    path: Path | None


@click.command(cls=Command)
@click.argument("query", nargs=-1)
@file_option
@click.option("-k", "--kind", "kind_id", metavar="KIND", help="Which kind of record; else all, of a query the firms.")
@click.option("--tier", type=click.Choice(["short", "detailed"]), default="short", show_default=True, help="What goes.")
@click.option("--internal", is_flag=True, help="The detailed tier stays in the hub; the office keeps a note of it.")
@click.option("-O", "--format", "format", type=click.Choice([*TEXTS, *FILES]), help="The format; else FILE's ending.")
@click.option("--lists", is_flag=True, help="A Data Package: one CSV a kind and list, into a folder or FILE.zip.")
@click.option("--html", metavar="DIR", help="A page that searches the short tier without a server, into a folder.")
@click.option("-o", "--output", "path", metavar="FILE", help="Write there, whole or not at all; - is standard output.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of labels.")
@on_option
@dry_run_option
@yes_option
@session_options
@pass_session
def export(
    session: Session, query, file, kind_id, tier, internal, format, lists, html, path, language, on, dry_run, yes
) -> None:
    """Write the registry, or what a query finds, as a file for others.

    It holds what anybody may know, unless --tier detailed is said; confidential fields never leave. What a format
    cannot hold is told on standard error. The same registry gives the same bytes.

    \b
    Examples:
      capreg export -o registry.xlsx
      capreg export process:milling material:aluminium -o millers.csv
      capreg export -k firm --lists -o registry.zip
      capreg export -o registry.sqlite
      capreg export -k firm -O okw -o facilities.json
      capreg export --html fair-page
      capreg export --tier detailed --internal --yes -o everything.ndjson
    """
    if html is not None:
        if format or lists or path or tier != "short":
            raise UsageError("--html writes a page of the short tier", "Leave out how else it is to be written.")
        catalogue = session.catalogue()
        speaks = language or catalogue.settings.languages[0]
        return write_page(session, html, speaks, dry_run, _found(catalogue, kind_id, query, file, on))
    session.refuse_bundle()
    _refuse_detailed(tier, internal)
    target = _target(session, format, lists, path)
    catalogue = session.catalogue()
    found = _found(catalogue, kind_id, query, file, on)
    count = sum(len(one.hits) for one in found)
    if tier == "detailed" and not dry_run and not agreed(f"Export {counted(count, 'record')} with what is sold?", yes):
        return session.note("Nothing was exported.")
    with progress(session, "Exporting") as told:
        selection = _selection(catalogue, found, Tier[tier], language, partial(_count, told, iter(range(count)), count))
        if dry_run:
            _rehearse(exporter(target.format), selection, target.format)
        else:
            _note(session, found, target, tier, count)
            _write(exporter(target.format), selection, target)
    _tell(session, found, selection, dry_run)
    return None


def _refuse_detailed(tier: str, internal: bool) -> None:
    if tier == "detailed" and not internal:
        raise UsageError("the detailed tier is sold by the profile", "For the hub's own use: --internal.")
    if internal and tier != "detailed":
        raise UsageError("--internal is for the detailed tier", "Say --tier detailed, or leave it out.")


def _target(session: Session, format: str | None, lists: bool, path: str | None) -> Target:
    """Return where an export goes, and how.

    Raises:
        UsageError: nothing says the format, or it is no text and has no file.
        ProtectedError: the file is one of the registry's own.
        OSError: the folder is not there.
    """
    if path in (None, "-"):
        if lists or format in FILES:
            raise UsageError("this export is no text", "Write it to a file: -o FILE.")
        return Target(format or "ndjson", None)
    place = Path(path).resolve()
    keep_off(session, str(place))
    place.parent.stat()
    if lists and format not in (None, "csv"):
        raise UsageError(f"--lists makes CSV files, not {format}", "Leave out one of the two.")
    if lists:
        return Target("zip" if place.suffix.lower() == ".zip" else _free_folder(place), place)
    known = format or ENDINGS.get(place.suffix.lower())
    if known is None:
        raise UsageError(f"the ending of '{path}' says no format", f"Say one with -O: {', '.join((*TEXTS, *FILES))}.")
    if place.is_dir():
        raise IsADirectoryError(21, "is a folder", path)
    return Target(known, place)


def _free_folder(place: Path) -> str:
    """Return the format of a folder; raises OccupiedFolderError for one that holds more than an export before."""
    if place.is_symlink() or place.exists() and not place.is_dir():
        raise OccupiedFolderError(f"'{place}' is no folder", "Name a folder, or FILE.zip.")
    held = {one.name for one in place.iterdir()} if place.exists() else set()
    if held and (DESCRIPTOR not in held or any(not one.endswith(".csv") for one in held - {DESCRIPTOR})):
        raise OccupiedFolderError(f"the folder '{place}' holds other files", "Name a new folder.")
    return "folder"


def _found(catalogue: Catalogue, kind_id: str | None, query: tuple, file: str | None, on: Any) -> list[Found]:
    """Return what is to go out, a kind each, by id."""
    if query or file is not None:
        what = asked(catalogue, kind_id or USUAL_KIND, join(query), file, on)
        order = Order.by_id(what.kind)
        return [find(catalogue, what.kind, what.inquiry.query, what.on, order=order)]
    kinds = [catalogue.kind(id) for id in ([kind_id] if kind_id else sorted(catalogue.folders))]
    found = [find(catalogue, kind, "", on, order=Order.by_id(kind)) for kind in kinds]
    return [one for one in found if kind_id or len(one.hits) or one.left_out]


def _selection(
    catalogue: Catalogue, found: list[Found], tier: Tier, language: str | None, told: Callable[[], None]
) -> Selection:
    gc.freeze()
    gc.enable()
    schemas = (orjson.loads(catalogue.known(f"schema:{one.kind.id}")) for one in found)
    parts = tuple(
        Part(one.kind, tier, one.hits, Facts.of(schema), told) for one, schema in zip(found, schemas, strict=True)
    )
    language = language or catalogue.settings.languages[0]
    return Selection(catalogue.settings.hub, tier, language, parts, catalogue.vocabularies, Losses())


def _count(told: Callable[[int, int], None], numbers: Iterator[int], total: int) -> None:
    told(next(numbers, total), total)


def _note(session: Session, found: list[Found], target: Target, tier: str, count: int) -> None:
    """Let the office keep a note of an export above the short tier, before anything of it is written."""
    if tier == Tier.short.name:
        return
    # From here on a second try would be a second export.
    session.only_once()
    books = import_module(BOOKS).books_of(session.catalogue())
    day = today(session.catalogue().settings.time_zone).isoformat()
    kinds, query = [one.kind.id for one in found], found[0].query if found else ""
    exports = import_module(EXPORTS)
    exports.note_export(books, exports.Export(day, _who(), kinds, query, tier, target.format, count))


def _who() -> str:
    """Return who is logged in, "" where the machine does not know."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _write(write: Callable, selection: Selection, target: Target) -> None:
    if target.format not in TEXTS:
        with (draft_folder if target.format == "folder" else draft)(target.path) as made:
            write(selection, made)
        return
    with _opened(target.path) as out:
        for piece in write(selection):
            out.write(piece)


def _rehearse(write: Callable, selection: Selection, format: str) -> None:
    """Write an export where it is thrown away, so that all is told that would be lost."""
    with TemporaryDirectory() as room:
        if format not in TEXTS:
            return write(selection, Path(room) / "made" if format != "folder" else Path(room))
        for _ in write(selection):
            pass
    return None


@contextmanager
def _opened(path: Path | None) -> Iterator[Any]:
    """Give standard output, or a file that stands in its place when the block ends."""
    if path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with draft(path) as made, made.open("w", encoding="utf-8", newline="") as file:
        yield file


def _tell(session: Session, found: list[Found], selection: Selection, dry_run: bool) -> None:
    """Tell what went out, what was left out, and what the format could not hold."""
    for one in found:
        tell(session, one)
    for sentence in selection.losses.sentences:
        session.note(sentence)
    told = [counted(part.gone, part.kind.label["en"]) for part in selection.parts]
    session.note(f"{'Would export' if dry_run else 'Exported'} {', '.join(told) or 'nothing'}.")
