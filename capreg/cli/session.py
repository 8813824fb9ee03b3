"""What holds for one run of a command: which registry, how much to tell."""

import os
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import Any

import click

from capreg.cli.options import SESSION
from capreg.store.registry import Registry, find_root


class Session:
    """The options that stand before or after the command, and the registry they lead to."""

    def __init__(self, context: click.Context) -> None:
        self.meta = context.meta

    @cached_property
    def registry(self) -> Registry:
        """The registry that the options, the environment or the place name; raises NoRegistryError or SettingsError."""
        return Registry(find_root(self.option("root") or os.environ.get("CAPREG_REGISTRY"), Path.cwd()))

    def option(self, key: str) -> Any:
        """Return a session option, None where it was not given."""
        return self.meta.get(SESSION + key)

    def note(self, sentence: str) -> None:
        """Tell something by the way on standard error, unless -q was given."""
        if not self.option("quiet"):
            click.echo(sentence, err=True)

    def detail(self, sentence: str) -> None:
        """Tell more on standard error, if -v was given."""
        if self.option("verbose"):
            click.echo(sentence, err=True)


def counted(number: int, what: str) -> str:
    """Return a number with its noun: `1 row`, `2 rows`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def pass_session(command):
    """Give a command the session as its first argument."""

    def run(*args: Any, **rest: Any) -> Any:
        return command(Session(click.get_current_context()), *args, **rest)

    return update_wrapper(run, command)
