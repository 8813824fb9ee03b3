"""Run a command and print the most memory that it held, in bytes: `python -I -S peak.py COMMAND ...`."""

import os
import sys


def peak_bytes(command: list[str]) -> int:
    """Return the largest resident set of a command; its output goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1)])
    _, status, usage = os.wait4(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(code)
    # Linux counts in kibibytes, macOS in bytes.
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(peak_bytes(sys.argv[1:]))
