"""The sides of a comparison: what a person names, and the registry or bundle that it means, as it stands at that moment."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from capreg.cli.session import Session
from capreg.errors import CapregError, ExitCode
from capreg.index.bundled import BundledCatalogue, ReadOnlyBundleError
from capreg.model.day import day, is_day
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.store.git import Commit, commit_named
from capreg.store.registry import Registry, opened
from capreg.store.root import find_root
from capreg.store.states import State, knows, state_at, state_on

NOW = ""
ENDING = ".capreg"
Kinds = Iterable[Kind]


class UnknownSideError(CapregError):
    """A text names no bundle, no registry, no day and no revision."""

    exit_code = ExitCode.MISSING


class Side(Value):
    """One side: how it is called, the registry or bundle it is of, and what makes its state of the one that this has now."""

    name: str
    at_hand: Registry | BundledCatalogue
    state: Callable[[Kinds, State], State] = lambda kinds, now: now

    @property
    def is_bundle(self) -> bool:
        """Whether it is a bundle."""
        return isinstance(self.at_hand, BundledCatalogue)

    @property
    def kinds(self) -> Iterable[str]:
        """The names of the kinds that it has."""
        return self.at_hand.folders if self.is_bundle else self.at_hand.loaded_kinds


def sides_of(session: Session, named: Sequence[str], internal: bool) -> list[Side]:
    """Return the sides that texts name: a bundle, a day, a folder, a revision of git; NOW is the registry as it is.

    Bundles are opened last, and together: where anything else is wrong, or one of them is refused, none was used.

    Args:
        internal: whether what is confidential is asked for.

    Raises:
        UnknownSideError: one names none of these.
        NoRegistryError: a folder is no registry.
        ReadOnlyBundleError: what is confidential is asked of a bundle.
        what `exchange.using` raises: a bundle is not to be used.
    """
    others = {one: _side(session, one) for one in named if not is_bundle(one)}
    bundles = list(_readable((one for one in named if is_bundle(one)), internal))
    sides = {one: Side(one, found) for one, found in zip(bundles, session.compared(bundles), strict=True)}
    return [{**others, **sides}[one] for one in named]


def is_bundle(named: str) -> bool:
    """Whether a text names the file of a bundle; a day or a folder that is called like one comes first."""
    return not is_day(named) and (os.path.isfile(named) or named.endswith(ENDING) and not os.path.isdir(named))


def _readable(bundles: Iterable[str], internal: bool) -> Iterator[str]:
    for one in bundles:
        if internal:
            raise ReadOnlyBundleError(one)
        if not os.path.isfile(one):
            raise UnknownSideError(f"there is no bundle '{one[:60]}'", "Write the name of its file.")
        yield one


def _side(session: Session, named: str) -> Side:
    if named == NOW:
        return Side(NOW, session.registry)
    if is_day(named):
        registry, on = session.registry, day(named)
        return Side(named, registry, lambda kinds, now: state_on(registry, kinds, on, now))
    if os.path.isdir(named) or os.sep in named and not os.path.lexists(named):
        return Side(named, opened(find_root(named, os.getcwd())))
    return _revision(session, named)


def _revision(session: Session, named: str) -> Side:
    registry = session.registry
    commit: Commit | None = commit_named(registry.root, named)
    if commit is None or not knows(registry, commit):
        raise UnknownSideError(
            f"'{named[:60]}' is no bundle, no folder, no day, and no revision of git that holds the registry",
            "Write the file of a bundle, the folder of a registry, a day as 2026-11-22, or a revision as HEAD~3.",
        )
    return Side(named, registry, lambda kinds, now: state_at(registry, kinds, commit, now))
