"""What git knows of a registry's folder: what it tracks, and what its commits hold. Nothing of the work tree is changed or run."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from capreg.model.value import Value

SECRET = ("office/", "keys/", "drafts/", "*.key", ".capreg/")
IGNORED = "".join(f"{'/' if name.endswith('/') else ''}{name}\n" for name in SECRET)
SECONDS = 20
# A hostile work tree's own settings must not make git start programs, or fetch from elsewhere.
HARDENED = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false")
SURROUNDINGS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
}


class Commit(Value):
    """A commit: its name, who made it, when (ISO 8601)."""

    name: str
    author: str
    at: str


def _git(root: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """Return what git says of a folder; None where there is no git, no work tree, or it fails."""
    try:
        done = subprocess.run(
            ["git", *HARDENED, "-C", str(root), *arguments],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, **SURROUNDINGS},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def tracked_secrets(root: Path) -> list[str]:
    """Return the secret or private files of a registry that git tracks; none where there is no git work tree."""
    found = _git(root, "ls-files", "-z", "--", *SECRET)
    return [name for name in os.fsdecode(found or b"").split("\0") if name]


def commit_named(root: Path, revision: str) -> Commit | None:
    """Return the commit that a revision names (`HEAD~3`, a tag, a hash), None where there is none."""
    name = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return _commit(root, name.decode().strip()) if name else None


def commit_before(root: Path, moment: str) -> Commit | None:
    """Return the last commit of the branch that was made before a moment (ISO 8601), None where there is none."""
    name = _git(root, "rev-list", "-1", f"--before={moment}", "HEAD", "--")
    return _commit(root, name.decode().strip()) if name and name.strip() else None


def _commit(root: Path, name: str) -> Commit | None:
    return next(iter(_commits(_git(root, "log", "-1", "-z", FORMAT, name, "--"))), None)


FORMAT = "--format=%H%x1f%an%x1f%cI"


def commits_of(root: Path, file: str) -> list[Commit]:
    """Return the commits that changed a file, the oldest first; none where there is no git work tree."""
    return list(_commits(_git(root, "log", "--reverse", "-z", FORMAT, "HEAD", "--", f":(literal){file}")))


def _commits(said: bytes | None) -> Iterator[Commit]:
    for one in (said or b"").decode(errors="replace").split("\0"):
        if one.strip():
            yield Commit(*one.strip().split("\x1f"))


def files_in(root: Path, commit: str, folder: str) -> dict[str, str]:
    """Return the name of the content of each file that a commit has below a folder of the registry, by path."""
    found = _git(root, "ls-tree", "-r", "-z", commit, "--", f"{folder}/") or b""
    lines = (os.fsdecode(line).split("\t", 1) for line in found.split(b"\0") if line)
    return {path: said.split()[2] for said, path in lines if said.split()[1] == "blob"}


def contents(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return contents by their names, or by where a commit has them (`COMMIT:./PATH`); what is not there is left out."""
    asked = [name for name in dict.fromkeys(names) if "\n" not in name]
    said = _git(root, "cat-file", "--batch", given="".join(f"{one}\n" for one in asked).encode()) if asked else None
    found, at = {}, 0
    for name in asked if said else ():
        head, at = _line(said, at)
        if head.endswith(b" missing") or head.count(b" ") != 2:
            continue
        size = int(head.rsplit(b" ", 1)[1])
        found[name], at = said[at : at + size], at + size + 1
    return found


def _line(said: bytes, at: int) -> tuple[bytes, int]:
    end = said.index(b"\n", at)
    return said[at:end], end + 1
