"""The sides of a comparison: what a person names, and the state of the records that it means."""

import os
from collections.abc import Callable, Iterable

from capreg.cli.session import Session
from capreg.errors import CapregError, ExitCode
from capreg.model.day import day, is_day
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.store.git import Commit, commit_named
from capreg.store.registry import Registry, opened
from capreg.store.root import find_root
from capreg.store.states import State, knows, state_at, state_now, state_on

NOW = ""
Kinds = Iterable[Kind]


class UnknownSideError(CapregError):
    """A text names no registry, no day and no revision."""

    exit_code = ExitCode.MISSING


class Side(Value):
    """One side: how it is called, its registry, and what makes its state of the one that the registry has now."""

    name: str
    registry: Registry
    state: Callable[[Kinds, State], State] = lambda kinds, now: now


def side_of(session: Session, named: str) -> Side:
    """Return the side that a text names: a day, a folder, a revision of git; NOW is the registry as it is.

    A further form (a bundle) gets its line here.

    Raises:
        UnknownSideError: it names none of these.
        NoRegistryError: a folder is no registry.
    """
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
            f"'{named[:60]}' is no folder, no day, and no revision of git that holds the registry",
            "Write the folder of a registry, a day as 2026-11-22, or a revision as HEAD~3.",
        )
    return Side(named, registry, lambda kinds, now: state_at(registry, kinds, commit, now))


def states_of(sides: Iterable[Side], kinds: Kinds) -> list[State]:
    """Return the state of each side; the files of a registry that stands on several are looked at once."""
    of, pair = tuple(kinds), list(sides)
    now = {registry: state_now(registry, of) for registry in {side.registry for side in pair}}
    return [side.state(of, now[side.registry]) for side in pair]
