"""Which hubs this user knows, by their keys, and the newest bundle seen of each: `hubs.json` in the user's state folder.

A hub's key is pinned under the hub's name when it is first met. From then on a bundle under that name must be signed by
that key, must not be older than one seen before of the same selection, and must not be another of the same version. A hub
changes its key by what the old and the new one both signed: then the new one is pinned, and the old one, which is kept as
one that was given up, signs nothing more.
Where bundles are compared, an older one is taken for what it is, and what is remembered never becomes older by it.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson

from capreg.errors import CapregError, ExitCode
from capreg.model.text import fold
from capreg.model.value import Value
from capreg.store.files import write_whole

# Loaded on use: who has seen a bundle before changes nothing.
LOCKS, ROTATION, SIGNING = "capreg.store.locks", "capreg.store.rotation", "capreg.store.signing"
FILE = "hubs.json"


class UntrustedBundleError(CapregError):
    """A bundle is of another hub than it says, or older than one seen before."""

    exit_code = ExitCode.UNTRUSTED


class ExpiredBundleError(CapregError):
    """A bundle is to be used no more."""

    exit_code = ExitCode.UNTRUSTED


class Issue(Value):
    """What decides whether a bundle is trusted: what its header says and, once all of it is proved, the hub's changes of key."""

    hub: str
    key: str
    version: int
    created: str
    expires: str | None
    series: str
    digest: str
    rotations: bytes = b""

    @property
    def query(self) -> str:
        """What selected the records in it, "" where all were."""
        return orjson.loads(self.series)[1]


class Terms(Value):
    """On which terms a bundle is used: the day it is, and whether one that has expired, or is older than one seen, will do.

    `given` is the hub's key or its fingerprint, as the user was told it; `rotations` are its changes of key, which count in
    place of those in a bundle.
    """

    on: date
    allow_expired: bool = False
    given: str | None = None
    rotations: bytes = b""
    allow_older: bool = False


def state_folder() -> Path:
    """Return the folder in which capreg keeps what it must remember for this user."""
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "capreg"


def _told(key: str) -> str:
    return import_module(SIGNING).fingerprint(key)


def _told_change(hub: str, change: Any) -> str:
    pair = f"from {_told(change.old)} to {_told(change.new)}"
    return f"The hub '{hub}' changed its key {pair} on {change.at[:10]}, signed by both."


class Hubs:
    """The hubs that this user has met, and the terms on which their bundles are used now.

    Raises:
        UntrustedBundleError: what is remembered cannot be read, so that nothing can be held against it.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms, self.path = terms, state_folder() / FILE
        self._met = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = orjson.loads(self.path.read_bytes())
            if all(map(_is_sound, found.values())):
                return found
        except FileNotFoundError:
            return {}
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
            pass
        raise UntrustedBundleError(
            f"{self.path}, which remembers the hubs that were met, is damaged",
            "Put it back, or remove it: every hub is then met as for the first time.",
        )

    def doubts(self, issue: Issue) -> bool:
        """Whether the hub of a bundle was met with another key, and the user does not say which one it has: its changes of key must tell."""
        known = self._met.get(fold(issue.hub))
        is_other = known is not None and known["key"] != issue.key
        return is_other and self.terms.given is None and not self._is_given_up(issue)

    def _is_given_up(self, issue: Issue) -> bool:
        """Whether a bundle is signed by a key that its hub had before the present one, and the user does not say that it is its key still."""
        return self.terms.given is None and self._was_given_up(issue)

    def _was_given_up(self, issue: Issue) -> bool:
        return issue.key in self._met.get(fold(issue.hub), {}).get("before", ())

    def overtaken(self, issue: Issue, called: str) -> str | None:
        """Return what to warn of where a newer version was seen of what a bundle, called so, holds; None where none was."""
        newest = self._newest(issue)
        if newest == issue.version:
            return None
        return f"Take care: {called} is version {issue.version} of {issue.hub}, and version {newest} was seen."

    def _newest(self, issue: Issue) -> int:
        """Return the newest version seen of what a bundle holds, its own where there is none newer."""
        seen = self._seen(issue).get(issue.series)
        return max(issue.version, seen["version"]) if seen else issue.version

    def look(self, issue: Issue) -> None:
        """Refuse, as `check` does, what a bundle's header alone decides: all but whether its hub has changed its key."""
        if not self.doubts(issue):
            self.check(issue)

    def check(self, issue: Issue) -> None:
        """Refuse a bundle that contradicts what is known of its hub, or has expired; a key that was given counts more than one that was met.

        Raises:
            UntrustedBundleError: the key is another, or the bundle is older than one seen before, and that is not allowed.
            ExpiredBundleError: it has expired, and that is not allowed.
        """
        if self._is_given_up(issue) and not self.terms.allow_older:
            raise UntrustedBundleError(
                f"the bundle is signed by the key {_told(issue.key)}, which {issue.hub} has given up",
                "Ask the hub for a newer one.",
            )
        if self.terms.given is not None:
            _check_given(issue, self.terms.given)
        self._changes(issue)
        _check_order(issue, self._seen(issue).get(issue.series), self.terms.allow_older)
        _warned_of_expiry(issue, self.terms)

    def _changes(self, issue: Issue) -> list[Any]:
        """Return the changes by which the key that a hub was met with became that of a bundle, none where it is the same; raises UntrustedBundleError."""
        return _leading(self._met[fold(issue.hub)]["key"], issue) if self.doubts(issue) else []

    def _seen(self, issue: Issue) -> Mapping[str, Any]:
        """Return the newest bundles seen of a hub, by selection; none count where it was met with another key than the user names."""
        known = self._met.get(fold(issue.hub), {})
        is_other = self.terms.given is not None and known.get("key") != issue.key
        return {} if is_other else known.get("seen", {})

    def notices(self, issue: Issue) -> Iterator[str]:
        """Yield what the user must be told of a bundle that holds, before it is remembered."""
        if warning := _warned_of_expiry(issue, self.terms):
            yield warning
        if self._was_given_up(issue) and self.terms.given is not None:
            yield f"Take care: {issue.hub} gave the key {_told(issue.key)} up, by a change that it signed; a thief of the key would have you take it back."
        changes = self._changes(issue)
        yield from (_told_change(issue.hub, one) for one in changes)
        is_known = self._met.get(fold(issue.hub), {}).get("key") == issue.key or self._is_given_up(issue)
        if not changes and not is_known:
            yield f"First met: the hub '{issue.hub}', key {_told(issue.key)}. Compare it with the hub by telephone."

    def remember(self, issue: Issue) -> None:
        """Keep a bundle as the newest seen of its hub, if it is that; returns when that is on the disk.

        Raises:
            UntrustedBundleError: another process has seen a newer one meanwhile, and no older one will do.
            BusyError: another process holds the state.
        """
        name = fold(issue.hub)
        if self._after(issue) == self._met.get(name):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with import_module(LOCKS).locked(self.path.with_suffix(".lock"), "the list of hubs"):
            self._met = self._read()
            self.check(issue)
            self._met[name] = self._after(issue)
            content = orjson.dumps(self._met, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
            write_whole(self.path, content, mode=0o600)

    def _after(self, issue: Issue) -> Mapping[str, Any]:
        """Return what is known of a hub once a bundle of it, already checked, was met: of each selection the newest."""
        known = self._met.get(fold(issue.hub), {})
        if self._is_given_up(issue):
            return known
        newest = _seen_as(issue) if self._newest(issue) == issue.version else {}
        name = known["name"] if known.get("key") == issue.key else issue.hub
        before = [*known.get("before", ()), *(change.old for change in self._changes(issue))]
        given_up = [key for key in before if key != issue.key]
        return {"name": name, "key": issue.key, "before": given_up, "seen": {**self._seen(issue), **newest}}


def _is_sound(known: Mapping[str, Any]) -> bool:
    """Whether what is remembered of a hub is of its form; raises KeyError, TypeError or AttributeError where it is no such thing at all."""
    return (
        isinstance(known["key"], str) and isinstance(known["seen"], dict) and isinstance(known.get("before", []), list)
    )


def _seen_as(issue: Issue) -> dict[str, Any]:
    return {issue.series: {"version": issue.version, "digest": issue.digest}}


def check_each_other(issues: Sequence[Issue]) -> None:
    """Refuse bundles that are used together where one contradicts another as it might what was met before.

    Raises:
        UntrustedBundleError: under one name two are signed by two keys, of which the later does not follow the earlier by
            changes of key in its bundle, or have one version and two contents.
    """
    for one, other in combinations(sorted(issues, key=lambda issue: issue.version), 2):
        if fold(one.hub) == fold(other.hub):
            if one.key != other.key:
                _leading(one.key, other)
            _check_order(other, _seen_as(one).get(other.series), allow_older=True)


def _check_given(issue: Issue, given: str) -> None:
    if given != issue.key and re.sub("[^0-9]", "", given) != _told(issue.key).replace(" ", ""):
        raise UntrustedBundleError(
            f"the bundle is signed by the key {_told(issue.key)}, not by the one given", "Do not use it; ask the hub."
        )


def _leading(known: str, issue: Issue) -> list[Any]:
    """Return the changes of key that lead from a known one to that of a bundle; raises UntrustedBundleError where none do, or one is forged."""
    rotation, fault = import_module(ROTATION), ""
    try:
        if found := rotation.leading(known, issue.key, rotation.read_rotations(issue.rotations)):
            return found
    except import_module(SIGNING).ForgedError as error:
        fault = f", and its changes of key do not hold: {error.sentence}"
    raise UntrustedBundleError(
        f"the bundle says it is of {issue.hub}, whose key was {_told(known)}, and is signed by {_told(issue.key)}{fault}",
        "Ask the hub by telephone; if the new key is its own: capreg bundle verify FILE --hub-key KEY.",
    )


def _check_order(issue: Issue, seen: Mapping[str, Any] | None, allow_older: bool) -> None:
    if seen is None or (issue.version, issue.digest) == (seen["version"], seen["digest"]):
        return
    if issue.version < seen["version"] and not allow_older:
        raise UntrustedBundleError(
            f"the bundle is version {issue.version} of {issue.hub}, and version {seen['version']} was seen before",
            "Use the newer one.",
        )
    if issue.version == seen["version"]:
        raise UntrustedBundleError(
            f"another bundle of {issue.hub} with version {issue.version} was seen before, with other content",
            "One of the two is not what the hub meant to give out: ask it.",
        )


def _warned_of_expiry(issue: Issue, terms: Terms) -> str | None:
    """Return what to warn of where a bundle has expired, None where it has not; raises ExpiredBundleError where that is not allowed."""
    if issue.expires is None or terms.on.isoformat() <= issue.expires:
        return None
    told = f"the bundle of {issue.hub} expired on {issue.expires}"
    if not terms.allow_expired:
        raise ExpiredBundleError(told, "Ask the hub for a newer one, or look at it all the same: --allow-expired.")
    return f"Take care: {told}; what it says may hold no more."
