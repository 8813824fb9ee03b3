"""capreg edit."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from capreg.cli.editor import run_editor
from capreg.cli.options import dry_run_option, kind_option, session_options
from capreg.cli.session import Session, pass_session
from capreg.errors import CapregError, ExitCode, UsageError
from capreg.exchange.answers import TODAY, Answers
from capreg.exchange.edited import difference, faults, read_edited, warnings
from capreg.exchange.record_yaml import commented_yaml
from capreg.exchange.setting import USUAL_SOURCE, Evidence, changed
from capreg.exchange.yaml import WrittenError
from capreg.model.day import day, today
from capreg.model.kinds import Kind
from capreg.model.record import Record, pointer
from capreg.model.text import plain
from capreg.store.changes import changing
from capreg.store.drafts import drafts, new_draft
from capreg.store.files import LARGEST, canonical, read_bytes
from capreg.views.labels import LANGUAGES

HEAD = """{title} ({label} {id}). Save and close: it is checked, then written.
Close it as it is, or empty, and nothing is changed. What stands after # is for you only."""


class ChangedMeanwhileError(CapregError):
    """Somebody else changed the record since it was shown."""

    exit_code = ExitCode.BUSY


class InvalidChangeError(CapregError):
    """What was asked for would make no valid record."""

    exit_code = ExitCode.INVALID


@click.command()
@click.argument("id")
@kind_option
@click.option("--set", "sets", multiple=True, metavar="PLACE=VALUE", help="Set a value; may be given several times.")
@click.option("--unset", "unsets", multiple=True, metavar="PLACE", help="Take a value, or an entry, out.")
@click.option("--stated-on", metavar="DATE", help="With --set: when it was stated; 'today' is a day too.")
@click.option("--source", metavar="WHO", help=f"With --set: who stated it; {USUAL_SOURCE} unless said.")
@click.option("--method", metavar="HOW", help="With --set: how it was stated, as telephone.")
@click.option("--draft", metavar="FILE", help="Go on with what an earlier edit kept.")
@click.option("-O", "--format", "format", type=click.Choice(["yaml", "json"]), default="yaml", help="Edit it as.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of the comments.")
@dry_run_option
@session_options
@pass_session
def edit(
    session: Session, id, kind_id, sets, unsets, stated_on, source, method, draft, format, language, dry_run
) -> None:
    """Edit a record in your editor, or set single values.

    The editor is that of VISUAL or EDITOR. What you save is checked, and shown to you again where something is wrong; what
    is not written is kept in a file, whose name you are told. If somebody else has changed the record meanwhile, you see
    the difference and nothing is overwritten.

    A PLACE is a path with dots, entries of lists by position or id; the position after the last one adds an entry. With
    --stated-on, --source or --method each value that is set gets a statement: who stated it, how, when.

    \b
    Examples:
      capreg edit officine-savena --set 'capacity.spare[0].hours_week=20' --stated-on today
      capreg edit officine-savena --set 'machines[dmu-65].count=2' --unset website --dry-run
      EDITOR=true capreg edit torneria-reno
    """
    registry = session.registry
    kind = registry.kind(kind_id)
    now = today(registry.settings.time_zone)
    evidence = _evidence(stated_on, source, method, now)
    if sets or unsets:
        answers = Answers(registry.loaded(kind_id), registry.vocabularies, now)
        return _set(session, kind, id, lambda known: changed(known, answers, sets, unsets, evidence), dry_run)
    if evidence:
        raise UsageError("--stated-on, --source and --method are about what --set sets")
    record = registry.get(kind, id)
    for path, _ in drafts(registry, _stem(kind, record)) if not draft else ():
        session.note(f"Somebody edits it now, or left it: '--draft {path}' goes on with that.")
    language = language or registry.settings.languages[0]
    with _editing(session, kind, record, format, language, draft) as document:
        if document is None:
            session.note("Nothing was changed.")
        elif dry_run or draft:
            _show(record.document, document, (record.id, "as edited"), err=not dry_run)
            if dry_run or not _confirmed("Write it?"):
                return None if dry_run else _give_up("it was not written")
        if document is not None:
            _write(session, kind, record, document)
    return None


def _evidence(stated_on: str | None, source: str | None, method: str | None, now: date) -> Evidence | None:
    if not (stated_on or source or method):
        return None
    on = now if stated_on is None or stated_on.lower() in TODAY else day(stated_on)
    if on > now:
        raise UsageError(f"{on} is not here yet", "Name the day on which it was stated.")
    return Evidence(on, source or USUAL_SOURCE, method)


def _set(session: Session, kind: Kind, id: str, change, dry_run: bool) -> None:
    """Change a record as a script asks."""
    registry = session.registry
    if dry_run:
        record = registry.get(kind, id)
        return _show(record.document, _checked(session, kind, record, change), (record.id, "as it would be"), err=False)
    with changing(registry) as changes:
        record = registry.get(kind, id)
        document = _checked(session, kind, record, change)
        if document == record.document:
            return session.note("Nothing was changed.")
        changes.put(kind, Record(record.id, document, record.path), record.document)
    session.note(f"Changed {registry.shown(record.path)}.")
    return None


def _checked(session: Session, kind: Kind, record: Record, change) -> dict[str, Any]:
    document = change(record.document)
    if found := faults(session.registry, kind, record.id, document):
        raise InvalidChangeError("\n".join(f"{pointer(path)}: {said}" for path, said in found))
    return document


@contextmanager
def _editing(
    session: Session, kind: Kind, record: Record, format: str, language: str, draft: str | None
) -> Iterator[dict[str, Any] | None]:
    """Let the user edit a record; give what was made of it, None for no change. What is not written then is kept."""
    text = read_bytes(real := Path(draft).resolve(), real.parent) if draft else _text(kind, record, format, language)
    ending = Path(draft).suffix if draft else f".{format}"
    path = new_draft(session.registry, _stem(kind, record), ending, text)
    try:
        yield _edited(session, kind, record, path, None if draft else text)
    except BaseException:
        _keep(path, text)
        raise
    path.unlink(missing_ok=True)
    if draft and Path(draft).resolve().parent == path.parent.resolve():
        Path(draft).unlink(missing_ok=True)


def _stem(kind: Kind, record: Record) -> str:
    return f"edit-{kind.id}-{record.id}"


def _text(kind: Kind, record: Record, format: str, language: str) -> bytes:
    if format != "yaml":
        return canonical(record.document)
    title = plain(str(record.document.get(kind.title, record.id)))
    head = HEAD.format(title=title, label=kind.label["en"], id=record.id)
    return commented_yaml(kind, record.document, language, head).encode()


def _keep(path: Path, text: bytes) -> None:
    """Tell where a draft is kept; one in which nothing was typed is not."""
    try:
        if path.read_bytes() in (text, b""):
            return path.unlink()
    except OSError:
        return None
    return click.echo(f"What was typed is kept in {path}; 'capreg edit ID --draft FILE' goes on with it.", err=True)


def _edited(session: Session, kind: Kind, record: Record, path: Path, text: bytes | None) -> dict[str, Any] | None:
    """Let the user edit until it is right; return the record, None where it was left as it is or emptied."""
    while True:
        run_editor(path)
        content = read_bytes(path, session.registry.root, LARGEST)
        if content == text or not content.strip():
            return None
        try:
            document = read_edited(session.registry, kind, record.id, str(path), content)
            return None if document == record.document else document
        except WrittenError as error:
            for line in error.sentence.split("\n"):
                click.echo(plain(line), err=True)
            if not _confirmed("Edit it again?"):
                _give_up("it is no valid record")


def _confirmed(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, default=True, err=True)


def _give_up(why: str) -> None:
    raise InvalidChangeError(f"{why}; the registry is as it was")


def _write(session: Session, kind: Kind, record: Record, document: dict[str, Any]) -> None:
    """Write an edited record, unless somebody else has changed it since it was opened."""
    registry = session.registry
    with changing(registry) as changes:
        there = registry.get(kind, record.id)
        if there.document != record.document:
            _show(there.document, document, (f"{there.id}, as it is now", "as you edited it"), err=True)
            raise ChangedMeanwhileError(
                f"{registry.shown(there.path)} was changed by somebody else while you edited it; nothing was overwritten"
            )
        changes.put(kind, Record(record.id, document, there.path), there.document)
    session.note(f"Changed {registry.shown(record.path)}.")
    for said in warnings(registry, kind, document):
        session.note(f"warning: {said}")


def _show(before: Mapping[str, Any], after: Mapping[str, Any], names: tuple[str, str], err: bool) -> None:
    for line in difference(before, after, names):
        click.echo(plain(line), err=err)
