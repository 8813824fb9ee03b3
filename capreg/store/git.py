"""What git tracks of a registry that must never leave the hub."""

import os
import subprocess
from pathlib import Path

SECRET = ("office/", "keys/", "drafts/", "*.key", ".capreg/")
IGNORED = "".join(f"{'/' if name.endswith('/') else ''}{name}\n" for name in SECRET)
SECONDS = 20


def tracked_secrets(root: Path) -> list[str]:
    """Return the secret or private files of a registry that git tracks; none where there is no git work tree."""
    # A hostile work tree's own settings must not make git start programs.
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(root), "ls-files", "-z", "--", *SECRET]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=False, env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [name for name in os.fsdecode(done.stdout).split("\0") if name]
