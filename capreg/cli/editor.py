"""The user's editor."""

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

from capreg.errors import CapregError, UsageError

USUAL = ("sensible-editor", "nano", "vi")


class EditorError(CapregError):
    """The editor could not be started, or failed."""


def run_editor(path: Path) -> None:
    """Let the user edit a file, and return when the editor has ended.

    Raises:
        UsageError: no editor is named that is there.
        EditorError: it failed.
    """
    command = _command()
    # An interrupt at the keyboard is the editor's, which begins with the usual handler: one that is a function is not handed on.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.run([*command, str(path)], check=False).returncode
    except OSError as error:
        raise UsageError(f"the editor '{command[0]}': {error.strerror}", "Name one in VISUAL or EDITOR.") from None
    finally:
        signal.signal(signal.SIGINT, before)
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    if code:
        raise EditorError(f"the editor '{shlex.join(command)}' failed with exit code {code}; nothing was changed")


def _command() -> list[str]:
    """Return the words of the command that VISUAL or EDITOR names, else an editor that is there."""
    for name in ("VISUAL", "EDITOR"):
        if said := os.environ.get(name, "").strip():
            try:
                return shlex.split(said)
            except ValueError as error:
                raise UsageError(f"{name} is no command: {error}") from None
    for name in USUAL:
        if found := shutil.which(name):
            return [found]
    raise UsageError("there is no editor", "Name one in VISUAL or EDITOR.")
