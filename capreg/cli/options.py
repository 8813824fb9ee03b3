"""The options that commands share, each described once."""

import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

import click

from capreg.errors import UsageError
from capreg.model.day import day
from capreg.model.value import Value
from capreg.views import DOCUMENT_FORMATS, FORMATS
from capreg.views.arranged import Arrangement
from capreg.views.labels import LANGUAGES

SESSION = "capreg."
# What a questionnaire is made as.
FORM_FORMATS = ("xlsx", "html", "pdf", "yaml")


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Keep an option that may stand before or after the command; `Session` reads it."""
    if value:
        context.meta[SESSION + parameter.name] = value
    return value


def _session_option(*names: str, **rest: Any) -> Callable:
    return click.option(*names, expose_value=False, callback=_keep, **rest)


def session_options(command: Callable) -> Callable:
    """Give a command the options that every command takes."""
    for option in (
        _session_option("--debug", "debug", is_flag=True, help="Show a traceback where something fails."),
        _session_option("-v", "--verbose", "verbose", is_flag=True, help="Tell more on standard error."),
        _session_option("-q", "--quiet", "quiet", is_flag=True, help="Tell less on standard error."),
        _session_option(
            "-R",
            "--registry",
            "root",
            metavar="DIR",
            help="The registry, or a bundle; else CAPREG_REGISTRY, else the nearest folder around.",
        ),
        _session_option("--allow-expired", "allow_expired", is_flag=True, help="Use a bundle that has expired."),
    ):
        command = option(command)
    return command


rotations_option = _session_option("--rotations", "rotations", metavar="FILE", help="The hub's changes of key since.")


def grant_options(command: Callable) -> Callable:
    """Give a command the options that say what opens sealed parts."""
    for option in (
        _session_option(
            "--hub-key", "hub_key", metavar="KEY", help="The hub's public key, or its digits; else as known."
        ),
        rotations_option,
        _session_option("--identity", "identity", metavar="KEYFILE", help="The file of the client's secret key."),
        _session_option("--grants", "grants", metavar="DIR", help="The folder of the grants that were bought."),
    ):
        command = option(command)
    return command


class Output(Value):
    """How and where a result is written; `formats` are those that the command offers."""

    format: str | None
    path: str | None
    color: str
    language: str | None
    formats: tuple[str, ...] = tuple(FORMATS)

    def language_of(self, settings: Any) -> str:
        """Return the language of documents: the option's, else the registry's first."""
        return self.language or settings.languages[0]


def output_options(command: Callable) -> Callable:
    """Give a command the options of output; it receives them as one `output`."""
    return _writing(command, tuple(FORMATS))


def document_options(command: Callable) -> Callable:
    """Give a command that makes a document the options of output, the formats of documents among them."""
    return _writing(command, (*FORMATS, *DOCUMENT_FORMATS))


def form_options(command: Callable) -> Callable:
    """Give a command that makes a form to be filled in the options of output, with the formats of forms."""
    return _writing(command, FORM_FORMATS)


def _writing(command: Callable, formats: tuple[str, ...]) -> Callable:
    for option in (
        click.option(
            "-O",
            "--format",
            "output_format",
            type=click.Choice(formats),
            help="The format; else what the output is for.",
        ),
        click.option(
            "-o",
            "--output",
            "output_path",
            metavar="FILE",
            help="Write there, whole or not at all; - is standard output.",
        ),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to colour."),
        click.option("--language", type=click.Choice(LANGUAGES), help="The language of labels and documents."),
    ):
        command = option(command)
    return _gathered(command, formats)


def _gathered(command: Callable, formats: tuple[str, ...]) -> Callable:
    @wraps(command)
    def run(
        *args: Any, output_format: str | None, output_path: str | None, color: str, language: str | None, **rest: Any
    ) -> Any:
        return command(*args, output=Output(output_format, output_path, color, language, formats), **rest)

    return run


def list_options(command: Callable) -> Callable:
    """Give a command the options of a list; it receives them as one `wanted`."""
    for option in (
        click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Leave out so many first."),
        click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Show at most so many."),
        click.option("--sort", metavar="A,-B", default="", help="By which columns, - before one for downwards."),
        click.option("--columns", metavar="A,B", default="", help="Which columns; 'help' lists them."),
    ):
        command = option(command)

    @wraps(command)
    def run(*args: Any, columns: str, sort: str, limit: int | None, offset: int, **rest: Any) -> Any:
        names, keys = ([one for one in text.split(",") if one] for text in (columns, sort))
        return command(*args, wanted=Arrangement(names, keys, limit, offset), **rest)

    return run


def _day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    return None if value is None else day(value)


def day_option(name: str, parameter: str, help: str) -> Callable:
    """Return an option that names a day."""
    return click.option(name, parameter, metavar="DATE", callback=_day, help=help)


kind_option = click.option(
    "-k", "--kind", "kind_id", default="firm", show_default=True, metavar="KIND", help="Which kind of record."
)
on_option = day_option("--on", "on", "The day that counts for certificates; else today.")
internal_option = click.option(
    "--internal", is_flag=True, help="Look through confidential fields too; for the hub alone."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
order_option = click.option(
    "--order", metavar="REF", help="The reference of the order: the same one again is the same sale; else one is made."
)
again_option = click.option(
    "--again", type=click.IntRange(min=1), metavar="N", help="What was handed out for ledger entry N, as it was."
)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def agreed(question: str, yes: bool) -> bool:
    """Return whether a person at the terminal says yes.

    Raises:
        UsageError: there is no terminal to ask at, and --yes was not given.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{question} There is no terminal to ask at.", "Say --yes to do it without being asked.")
    return click.confirm(question, err=True)
