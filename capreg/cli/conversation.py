"""Questions at the terminal; the only module that loads prompt_toolkit."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.output import create_output

from capreg.errors import CapregError
from capreg.exchange.answers import AnswerError, Answers, typed
from capreg.exchange.interview import BACK, Question
from capreg.model.text import fold, plain, tokens
from capreg.model.vocabulary import Vocabulary
from capreg.views.values import Speech, unit

QUIT, GO_BACK, NOTHING, HELP = "q", "<", "-", "?"
MOST_SHOWN = 30


class StoppedError(Exception):
    """The person stops for now."""


class BackError(Exception):
    """The person wants to go back to the questions."""


class Choices(Completer):
    """Completes what is typed to one of some values, each found by any of its names."""

    def __init__(self, names: Mapping[str, Iterable[str]], labels: Mapping[str, str], several: bool) -> None:
        self._names, self._labels, self._several = names, labels, several

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield the values of which a name, or a word of one, begins with what is typed."""
        text = document.text_before_cursor
        typed_now = text.replace(";", ",").rsplit(",", 1)[-1].lstrip() if self._several else text.lstrip()
        wanted = fold(typed_now.rstrip())
        found = [one for one, names in self._names.items() if wanted and any(_begins(name, wanted) for name in names)]
        for one in sorted(found, key=lambda one: (not one.startswith(wanted), len(one)))[:MOST_SHOWN]:
            yield Completion(one, -len(typed_now), display_meta=self._labels.get(one, ""))


def _begins(name: str, wanted: str) -> bool:
    return fold(name).startswith(wanted) or any(word.startswith(wanted) for word in tokens(name))


def names_of(vocabulary: Vocabulary) -> dict[str, set[str]]:
    """Return the names of each word of a vocabulary, in all languages."""
    return {id: word.spellings for id, word in vocabulary.words.items()}


class Conversation:
    """Puts questions at the terminal, and takes answers until they are right."""

    def __init__(self, reader: Answers, speech: Speech) -> None:
        """Take what reads answers, and the language to ask in."""
        self._reader, self._speech = reader, speech
        self._terminal: PromptSession = PromptSession(output=create_output(stdout=sys.stderr))
        self._section: tuple = ()

    def ask(self, question: Question, default: Any) -> Any:
        """Return the value of an answer, None for none, or BACK.

        Raises:
            StoppedError: the person stops for now.
        """
        self._head(question)
        while True:
            text = self._typed(question, default)
            if text == GO_BACK:
                return BACK
            if text == HELP:
                self._help(question)
                continue
            if not text and default is not None:
                return default
            if text in ("", NOTHING):
                if not question.is_needed:
                    return False if question.more else None
                self._tell(self._speech.word("ask needed"))
                continue
            try:
                return self._value(question, text)
            except CapregError as error:
                self._tell(f"{error.sentence}. {error.way_out}".rstrip(". ") + ".")

    def text(self, label: str, default: str = "") -> str:
        """Return a line that is answered to a label; raises StoppedError or BackError."""
        text = self._line(f"{label}{f' [{default}]' if default else ''}: ", None)
        if text == GO_BACK:
            raise BackError
        return text or default

    def _line(self, message: str, completer: Completer | None) -> str:
        try:
            text = self._terminal.prompt(message, completer=completer, complete_while_typing=True).strip()
        except EOFError:
            raise StoppedError from None
        if text == QUIT:
            raise StoppedError
        return text

    def _typed(self, question: Question, default: Any) -> str:
        hint = f" ({', '.join(hints)})" if (hints := list(self._hints(question))) else ""
        usual = f" [{plain(self._shown(question, default))}]" if default is not None else ""
        return self._line(f"{self._asked(question)}{hint}{usual} ", None if question.more else self._choices(question))

    def _asked(self, question: Question) -> str:
        if question.more:
            word = "ask first" if question.number == 1 else "ask another"
            return self._speech.word(word).format(plain(self._speech.label(question.field)))
        return plain(question.field.ask[self._speech.language])

    def _shown(self, question: Question, value: Any) -> str:
        if question.more:
            return self._speech.word("yes" if value else "no")
        return typed(question.field, value)

    def _hints(self, question: Question) -> Iterator[str]:
        """Yield what an answer must be: its unit and bounds, several or one, needed or not."""
        field = question.field
        if question.more:
            yield f"{self._speech.word('yes')}/{self._speech.word('no')}"
            return
        if field.unit:
            yield unit(field)
        low, high = field.bounds
        if low is not None and high is not None:
            yield f"{low:g}..{high:g}" if max(abs(low), abs(high)) < 1e6 else f"{low:.0f}..{high:.0f}"
        if question.choices:
            yield "/".join(question.choices)
        if field.type == "boolean":
            yield f"{self._speech.word('yes')}/{self._speech.word('no')}"
        if field.type == "array" and not (field.search and field.search.meaning == "envelope"):
            yield self._speech.word("ask several")
        if question.is_needed:
            yield self._speech.word("ask must")
        elif question.ends:
            yield self._speech.word("ask ends")

    def _choices(self, question: Question) -> Choices | None:
        field, several = question.field, question.field.type == "array"
        if name := self._reader.loaded.kind.vocabulary_of(field):
            vocabulary = self._reader.vocabularies[name]
            labels = {id: word.label[self._speech.language] for id, word in vocabulary.words.items()}
            return Choices(names_of(vocabulary), labels, several)
        return Choices({one: [one] for one in question.choices}, {}, several) if question.choices else None

    def _value(self, question: Question, text: str) -> Any:
        if question.more:
            return self._reader.flag(text)
        value = self._reader.read(question.field, text)
        for one in value if isinstance(value, list) else [value]:
            if question.choices and one not in question.choices:
                raise AnswerError(f"there is no '{one}'", f"There are: {', '.join(question.choices)}.")
        return value

    def _help(self, question: Question) -> None:
        field = question.field
        self._tell(f"{plain(self._speech.label(field))}: {', '.join(self._hints(question)) or '-'}")
        if field.examples and not question.more:
            self._tell(f"{self._speech.word('ask example')} {plain(typed(field, field.examples[0]))}")
        self._tell(self._speech.word("ask help"))

    def _head(self, question: Question) -> None:
        """Tell which part of the record is asked for, where that is another one than before."""
        top = self._reader.loaded.kind.root.properties[question.field.path[0]]
        section = (top.path, question.number) if not top.ask else ()
        if section and section != self._section and not question.more:
            number = f" {question.number}" if question.number else ""
            click.secho(f"\n{plain(self._speech.label(top))}{number}", err=True, bold=True)
        self._section = section or self._section

    def _tell(self, sentence: str) -> None:
        click.secho(f"  {plain(sentence)}", err=True)
