"""capreg new."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import orjson

from capreg.cli.options import Output, session_options
from capreg.cli.output import show
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import CapregError, ExitCode, UsageError
from capreg.exchange.answers import Answers
from capreg.exchange.edited import faults, warnings
from capreg.exchange.gathering import slug
from capreg.exchange.interview import FORMS, SHORT, Script, hold, unused
from capreg.exchange.setting import USUAL_SOURCE
from capreg.model.day import today
from capreg.model.kinds import Kind
from capreg.model.record import STATEMENTS, Record, pointer
from capreg.model.statements import with_statement
from capreg.model.text import plain
from capreg.store.changes import changing
from capreg.store.drafts import drafts, new_draft
from capreg.store.files import canonical, write_whole
from capreg.store.ids import TakenIdError, refuse_taken
from capreg.views.labels import LANGUAGES
from capreg.views.profile import record_page
from capreg.views.values import Speech

# Loaded on use: only a terminal needs it.
CONVERSATION = "capreg.cli.conversation"


class NoRecordError(CapregError):
    """The answers make no valid record."""

    exit_code = ExitCode.INVALID


@click.command()
@click.argument("kind_id", metavar="KIND")
@click.option(
    "--form",
    type=click.Choice(FORMS),
    help="short asks what is enough to be found, full the rest too; short unless said.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of the questions.")
@session_options
@pass_session
def new(session: Session, kind_id, form, language) -> None:
    """Make a new record, question by question.

    Each answer is checked at once: numbers may have units, words may be written in either language and are completed with
    Tab. ? explains a question, < goes back to the one before, q or Ctrl-D stops; the answers are kept, and the same command
    goes on with them. A draft of the short form can be gone on with in the full one. At the end the record is shown, and
    written if you say yes.

    \b
    Examples:
      capreg new --help
    """
    registry = session.registry
    loaded = registry.loaded(kind_id)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask at", "Write a file, and take it in: capreg import --help")
    now = today(registry.settings.time_zone)
    speech = Speech(language or registry.settings.languages[0], registry.vocabularies)
    talk = import_module(CONVERSATION)
    draft = _Draft(session, loaded.kind)
    draft.go_on()
    script = Script(loaded, form or draft.form or SHORT, registry.settings, now)
    conversation = talk.Conversation(Answers(loaded, registry.vocabularies, now), speech)
    draft.form = script.form
    session.note(speech.word("ask help"))
    try:
        while True:
            document = hold(script, draft.answers, conversation.ask, draft.keep)
            try:
                return _finish(session, loaded.kind, conversation, document, speech, now, draft)
            except talk.BackError:
                draft.answers.popitem()
    except talk.StoppedError:
        draft.tell()
    except BaseException:
        draft.tell()
        raise


class _Draft:
    """The answers to the questions of a kind, in a file until the record is written."""

    def __init__(self, session: Session, kind: Kind) -> None:
        self._session, self._kind = session, kind
        self._path: Path | None = None
        self.form: str | None = None
        self.answers: dict[str, Any] = {}

    @property
    def _stem(self) -> str:
        return f"new-{self._kind.id}"

    def go_on(self) -> None:
        """Offer the drafts that were left, the newest first, and take up one that is wanted."""
        for path, content in drafts(self._session.registry, self._stem):
            try:
                kept = orjson.loads(content)
                answers, form = dict(kept["answers"]), kept["form"]
            except (ValueError, KeyError, TypeError):
                continue
            title = plain(str(answers.get(pointer((self._kind.title,)), path.stem)))
            if click.confirm(f"Go on with {title}, {counted(len(answers), 'answer')}?", default=True, err=True):
                self._path, self.answers, self.form = path, answers, form if form in FORMS else None
                return

    def keep(self, answers: Mapping[str, Any]) -> None:
        """Write the answers down; raises OSError where the disk refuses."""
        content = canonical({"form": self.form, "answers": list(answers.items())})
        if self._path is None:
            self._path = new_draft(self._session.registry, self._stem, ".json", content)
        else:
            write_whole(self._path, content, durable=False, mode=0o600)

    def tell(self) -> None:
        """Tell how to go on."""
        if self._path is not None:
            told = f"The answers are kept in {self._path}; 'capreg new {self._kind.id}' goes on with them."
            click.echo(told, err=True)

    def remove(self) -> None:
        """Take the draft away: the registry has the record."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _finish(session, kind: Kind, conversation, document: dict[str, Any], speech: Speech, now, draft: _Draft) -> None:
    """Ask for the id and who stated all this, show the record, and write it if that is wanted."""
    id = _id(session, kind, conversation, document, speech)
    document = {"kind": kind.id, "id": id, **document}
    if STATEMENTS in kind.root.properties:
        source, method = (_said(kind, conversation, speech, key) for key in ("source", "method"))
        document = with_statement(kind, document, "", source or USUAL_SOURCE, method, now)
    if found := faults(session.registry, kind, id, document):
        raise NoRecordError("\n".join(f"{pointer(path)}: {said}" for path, said in found))
    show(session, record_page(kind, document, speech), Output("text", None, "auto", speech.language), piped="text")
    if not click.confirm(f"Write it as {kind.folder}/{id}.json?", default=True, err=True):
        return draft.tell()
    with changing(session.registry) as changes:
        refuse_taken(session.registry, kind, id)
        changes.put(kind, Record(id, document), None)
    draft.remove()
    session.note(f"Wrote {kind.folder}/{id}.json.")
    for said in warnings(session.registry, kind, document):
        session.note(f"warning: {said}")
    return None


def _id(session, kind: Kind, conversation, document: Mapping[str, Any], speech: Speech) -> str:
    """Return an id that is free, proposed from the title."""
    taken = {path.stem for path in session.registry.paths(kind)}
    proposed = unused(slug([str(document.get(kind.title, kind.id))]) or kind.id, taken)
    while True:
        id = conversation.text(speech.word("ask id"), proposed)
        try:
            refuse_taken(session.registry, kind, id)
            return id
        except TakenIdError as error:
            click.echo(f"  {error.sentence}. {error.way_out}", err=True)


def _said(kind: Kind, conversation, speech: Speech, key: str) -> str:
    """Return what is said of the statement on the whole record."""
    field = kind.at((STATEMENTS, "*", key))
    return conversation.text(plain(speech.label(field)), USUAL_SOURCE if key == "source" else "")
