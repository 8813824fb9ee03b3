"""What holds for one run of a command: which registry, how much to tell."""

import os
from functools import cache, cached_property, update_wrapper
from importlib import import_module
from typing import Any

import click

from capreg.cli.options import SESSION, Output
from capreg.index.catalogue import Catalogue
from capreg.model.kinds import Tier
from capreg.store.root import find_root
from capreg.views.values import Speech

# Loaded on use: it brings the schemas and their validators, which no search needs.
REGISTRY = "capreg.store.registry"


class Session:
    """The options that stand before or after the command, and the registry they lead to."""

    def __init__(self, context: click.Context) -> None:
        self.meta = context.meta

    @cached_property
    def root(self) -> str:
        """The folder of the registry that the options, the environment or the place name; raises NoRegistryError."""
        return find_root(self.option("root") or os.environ.get("CAPREG_REGISTRY"), os.getcwd())

    @cached_property
    def registry(self):
        """The registry that the options, the environment or the place name; raises NoRegistryError or SettingsError."""
        return import_module(REGISTRY).opened(self.root)

    @cache  # noqa: B019 - a session lives as long as the process
    def catalogue(self, internal: bool = False) -> Catalogue:
        """Return the index of the registry, up to date."""
        found = Catalogue(self.root, Tier.searched(internal))
        click.get_current_context().call_on_close(found.close)
        return found

    def speech(self, output: Output, internal: bool = False) -> Speech:
        """Return the language in which an output speaks, and the vocabularies that know its words."""
        catalogue = self.catalogue(internal)
        return Speech(output.language_of(catalogue.settings), catalogue.vocabularies)

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
