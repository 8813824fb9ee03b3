"""Which hubs this user knows, by their keys, and the newest bundle seen of each: `hubs.json` in the user's state folder.

A hub's key is pinned under the hub's name when it is first met. From then on a bundle under that name must be signed by
that key, must not be older than one seen before of the same selection, and must not be another of the same version. Where
bundles are compared, an older one is taken for what it is, and what is remembered never becomes older by it.
"""

import os
import re
from collections.abc import Mapping, Sequence
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
LOCKS, SIGNING = "capreg.store.locks", "capreg.store.signing"
FILE = "hubs.json"


class UntrustedBundleError(CapregError):
    """A bundle is of another hub than it says, or older than one seen before."""

    exit_code = ExitCode.UNTRUSTED


class ExpiredBundleError(CapregError):
    """A bundle is to be used no more."""

    exit_code = ExitCode.UNTRUSTED


class Issue(Value):
    """What of a bundle's header decides whether it is trusted."""

    hub: str
    key: str
    version: int
    created: str
    expires: str | None
    series: str
    digest: str

    @property
    def query(self) -> str:
        """What selected the records in it, "" where all were."""
        return orjson.loads(self.series)[1]


def state_folder() -> Path:
    """Return the folder in which capreg keeps what it must remember for this user."""
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "capreg"


def _told(key: str) -> str:
    return import_module(SIGNING).fingerprint(key)


class Hubs:
    """The hubs that this user has met.

    Raises:
        UntrustedBundleError: what is remembered cannot be read, so that nothing can be held against it.
    """

    def __init__(self) -> None:
        self.path = state_folder() / FILE
        self._met = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = orjson.loads(self.path.read_bytes())
            if all(isinstance(one["key"], str) and isinstance(one["seen"], dict) for one in found.values()):
                return found
        except FileNotFoundError:
            return {}
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
            pass
        raise UntrustedBundleError(
            f"{self.path}, which remembers the hubs that were met, is damaged",
            "Put it back, or remove it: every hub is then met as for the first time.",
        )

    def knows(self, issue: Issue) -> bool:
        """Whether the hub of a bundle was met before, under its name and with its key."""
        return self._met.get(fold(issue.hub), {}).get("key") == issue.key

    def newest(self, issue: Issue) -> int:
        """Return the newest version seen of what a bundle holds, its own where there is none newer."""
        seen = self._met.get(fold(issue.hub), {}).get("seen", {}).get(issue.series)
        return max(issue.version, seen["version"]) if seen else issue.version

    def check(self, issue: Issue, given: str | None = None, allow_older: bool = False) -> None:
        """Refuse a bundle that contradicts what is known of its hub.

        Args:
            given: the hub's key or its fingerprint, where the user says it; it counts more than what was met before.
            allow_older: whether one will do that is older than one seen before.

        Raises:
            UntrustedBundleError: the key is another, or the bundle is older than one seen before.
        """
        known = self._met.get(fold(issue.hub), {})
        if given is not None:
            if given != issue.key and re.sub("[^0-9]", "", given) != _told(issue.key).replace(" ", ""):
                raise UntrustedBundleError(
                    f"the bundle is signed by the key {_told(issue.key)}, not by the one given",
                    "Do not use it; ask the hub.",
                )
        elif known:
            _check_key(issue, known["key"])
        if known.get("key") == issue.key:
            _check_order(issue, known["seen"].get(issue.series), allow_older)

    def remember(self, issue: Issue, given: str | None = None, allow_older: bool = False) -> None:
        """Keep a bundle as the newest seen of its hub, if it is that; returns when that is on the disk.

        Raises:
            UntrustedBundleError: another process has seen a newer one meanwhile, and no older one will do.
            BusyError: another process holds the state.
        """
        name = fold(issue.hub)
        known = self._met.get(name, {})
        if _after(known, issue) is known:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with import_module(LOCKS).locked(self.path.with_suffix(".lock"), "the list of hubs"):
            self._met = self._read()
            self.check(issue, given, allow_older)
            self._met[name] = _after(self._met.get(name, {}), issue)
            content = orjson.dumps(self._met, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
            write_whole(self.path, content, mode=0o600)


def _after(known: Mapping[str, Any], issue: Issue) -> Mapping[str, Any]:
    """Return what is known of a hub once a bundle of it, already checked, was met: of each selection the newest."""
    seen = known["seen"] if known.get("key") == issue.key else {}
    if issue.series in seen and seen[issue.series]["version"] >= issue.version:
        return known
    newest = {issue.series: {"version": issue.version, "digest": issue.digest}}
    return {"name": issue.hub, "key": issue.key, "seen": {**seen, **newest}}


def check_each_other(issues: Sequence[Issue]) -> None:
    """Refuse bundles that are used together where one contradicts another as it might what was met before.

    Raises:
        UntrustedBundleError: two under one name are signed by two keys, or have one version and two contents.
    """
    for one, other in combinations(issues, 2):
        if fold(one.hub) == fold(other.hub):
            _check_key(other, one.key)
            _check_order(other, _after({}, one)["seen"].get(other.series), allow_older=True)


def _check_key(issue: Issue, key: str) -> None:
    if issue.key != key:
        raise UntrustedBundleError(
            f"the bundle says it is of {issue.hub}, whose key was {_told(key)}, and is signed by {_told(issue.key)}",
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


def warned_of_expiry(issue: Issue, on: date, allow: bool) -> str | None:
    """Return what to warn of where a bundle has expired, None where it has not.

    Raises:
        ExpiredBundleError: it has, and that is not allowed.
    """
    if issue.expires is None or on.isoformat() <= issue.expires:
        return None
    told = f"the bundle of {issue.hub} expired on {issue.expires}"
    if not allow:
        raise ExpiredBundleError(told, "Ask the hub for a newer one, or look at it all the same: --allow-expired.")
    return f"Take care: {told}; what it says may hold no more."
