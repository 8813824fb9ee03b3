"""What holds for one run of a command: which registry, how much to tell."""

import os
from collections.abc import Sequence
from functools import cached_property, update_wrapper
from importlib import import_module
from typing import Any

import click

from capreg.cli.options import SESSION, Output
from capreg.errors import CapregError
from capreg.index.catalogue import Catalogue, DamagedIndexError
from capreg.model.day import today
from capreg.model.kinds import Tier
from capreg.model.text import plain
from capreg.store.root import find_root
from capreg.views.values import Speech

# Loaded on use: it brings the schemas and their validators, which no search needs.
REGISTRY = "capreg.store.registry"
# Loaded on use: most registries are folders.
BUNDLE, BUNDLED, PROGRESS = "capreg.exchange.using", "capreg.index.bundled", "capreg.cli.progress"
TRUST, ROTATION = "capreg.exchange.trust", "capreg.store.rotation"
# Failures that say what they are.
TOLD = (CapregError, OSError, click.ClickException, click.exceptions.Exit, click.Abort)


class Session:
    """The options that stand before or after the command, and the registry they lead to."""

    def __init__(self, context: click.Context) -> None:
        self.meta = context.meta
        self.has_shown = False
        # By their tiers; bundles that are compared by their files.
        self._catalogues: dict[Tier | str, Catalogue] = {}

    @cached_property
    def root(self) -> str:
        """The folder of the registry, or the bundle, that the options, the environment or the place name; raises NoRegistryError."""
        return self.bundle or find_root(self._named, os.getcwd())

    @property
    def _named(self) -> str | None:
        return self.option("root") or os.environ.get("CAPREG_REGISTRY")

    @cached_property
    def bundle(self) -> str | None:
        """The bundle that stands where a registry is named, None where there is none."""
        return self._named if self._named and os.path.isfile(self._named) else None

    @cached_property
    def registry(self):
        """The registry that the options, the environment or the place name.

        Raises:
            NoRegistryError, SettingsError: there is none, or its settings do not hold.
            ReadOnlyBundleError: it is a bundle.
        """
        self.refuse_bundle()
        return import_module(REGISTRY).opened(self.root)

    def refuse_bundle(self) -> None:
        """Raise ReadOnlyBundleError where a bundle is named: what is asked needs a registry."""
        if self.bundle:
            raise import_module(BUNDLED).ReadOnlyBundleError(self.bundle)

    def catalogue(self, internal: bool = False) -> Catalogue:
        """Return the index of the registry, up to date."""
        tier = Tier.searched(internal)
        if tier not in self._catalogues:
            self._keep(tier, self._bundled(tier) if self.bundle else Catalogue(self.root, tier))
        return self._catalogues[tier]

    def _keep(self, key: Tier | str, catalogue: Catalogue) -> None:
        """Ask an index from here on, and let go of it when the command ends."""
        self._catalogues[key] = catalogue
        click.get_current_context().call_on_close(catalogue.close)

    def _bundled(self, tier: Tier) -> Catalogue:
        """Return the index of the bundle that is named, once for all tiers that it may be asked for."""
        if tier is Tier.confidential:
            self.refuse_bundle()
        return self._verified([self.bundle], allow_older=False)[0]

    def take_older(self) -> Catalogue:
        """Return the index of the bundle that is named although a newer one was seen, which is told."""
        (catalogue,) = self.compared([self.bundle])
        self._catalogues[Tier.searched(internal=False)] = catalogue
        if warning := import_module(TRUST).Hubs(self.terms()).overtaken(catalogue.issue, "this"):
            self.warn(warning)
        return catalogue

    def compared(self, bundles: Sequence[str]) -> list[Catalogue]:
        """Return the indexes of bundles that are compared, by their files, whether or not newer ones were seen."""
        if missing := [one for one in dict.fromkeys(bundles) if one not in self._catalogues]:
            for one, found in zip(missing, self._verified(missing, allow_older=True), strict=True):
                self._keep(one, found)
        return [self._catalogues[one] for one in bundles]

    def _verified(self, bundles: Sequence[str], allow_older: bool) -> list[Catalogue]:
        terms = self.terms(allow_older=allow_older)
        with import_module(PROGRESS).progress(self, "Verifying") as told:
            return import_module(BUNDLE).catalogues(bundles, terms, self.warn, told)

    @property
    def bundles(self) -> list[str]:
        """The files of the bundles in use: the one that stands where a registry is named, and those that are compared."""
        used = [one.root for one in self._catalogues.values() if one.is_bundle]
        return list(dict.fromkeys([*([self.bundle] if self.bundle else []), *used]))

    def terms(self, hub_key: str | None = None, allow_older: bool = False) -> Any:
        """Return on which terms a bundle is used; the hub's key or its fingerprint may be given."""
        allow_expired = bool(self.option("allow_expired"))
        return import_module(TRUST).Terms(today("UTC"), allow_expired, hub_key, self.rotations, allow_older)

    @cached_property
    def rotations(self) -> bytes:
        """The hub's changes of key in the file that is named for them, nothing where none is; one that is too large is refused by who reads them."""
        if not (path := self.option("rotations")):
            return b""
        with open(path, "rb") as file:
            return file.read(import_module(ROTATION).LARGEST + 1)

    def use(self, catalogue: Catalogue) -> None:
        """From here on, ask another index than the one at hand."""
        self._keep(catalogue.tier, catalogue)

    def may_blame_index(self, error: Exception) -> bool:
        """Whether a failure may come from an index that is not as it was written: an unexpected one, before anything was shown."""
        is_told = isinstance(error, TOLD) and not isinstance(error, DamagedIndexError)
        return bool(self._catalogues) and not self.has_shown and not is_told

    def make_index_anew(self) -> None:
        """Replace what was read from an index by what is read from a new one."""
        for tier, one in list(self._catalogues.items()):
            self._keep(tier, one.remade())

    def speech(self, output: Output, internal: bool = False) -> Speech:
        """Return the language in which an output speaks, and the vocabularies that know its words."""
        catalogue = self.catalogue(internal)
        return Speech(output.language_of(catalogue.settings), catalogue.vocabularies)

    def only_once(self) -> None:
        """Say that from here on something is charged: whatever fails then, the command is not run a second time."""
        self.has_shown = True

    def option(self, key: str) -> Any:
        """Return a session option, None where it was not given."""
        return self.meta.get(SESSION + key)

    def note(self, sentence: str) -> None:
        """Tell something by the way on standard error, unless -q was given."""
        if not self.option("quiet"):
            click.echo(sentence, err=True)

    def warn(self, sentence: str) -> None:
        """Tell on standard error what must be known, whatever -q says; it may quote what others wrote."""
        click.echo(f"capreg: {plain(sentence)}", err=True)

    def detail(self, sentence: str) -> None:
        """Tell more on standard error, if -v was given."""
        if self.option("verbose"):
            click.echo(sentence, err=True)


def counted(number: int, what: str) -> str:
    """Return a number with its noun: `1 row`, `2 rows`, `2 entries`."""
    plural = f"{what[:-1]}ies" if what.endswith("y") and what[-2] not in "aeiou" else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def pass_session(command):
    """Give a command the session as its first argument."""

    def run(*args: Any, **rest: Any) -> Any:
        session = Session(click.get_current_context())
        try:
            return command(session, *args, **rest)
        except Exception as error:
            if not session.may_blame_index(error):
                raise
            session.make_index_anew()
        try:
            return command(session, *args, **rest)
        except Exception as error:
            if not session.bundles or not session.may_blame_index(error):
                raise
            raise import_module(BUNDLED).HostileIndexError(" or ".join(session.bundles)) from error

    return update_wrapper(run, command)
