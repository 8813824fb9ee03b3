"""What every error of capreg is: a sentence, a way out, an exit code.

Each error lives in its room, named after its failure, and takes its exit code from here.
"""

from collections.abc import Iterable
from enum import IntEnum
from importlib import import_module

# Loaded on use: only what is misspelt needs it.
LIKENESS = "difflib"


class ExitCode(IntEnum):
    """The exit codes of every command; a promise to scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    MISSING = 3
    INVALID = 4
    BUSY = 5
    REFUSED = 6
    UNTRUSTED = 7
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.DONE: "done, also for a search that finds nothing",
    ExitCode.FAILED: "failed: the machine did not let it happen (disk, rights, input and output)",
    ExitCode.USAGE: "wrong usage: unknown command, option, field, unit, column, format; a value out of range",
    ExitCode.MISSING: "a named thing (record, client, entry, word) is not there",
    ExitCode.INVALID: "invalid data",
    ExitCode.BUSY: "busy, or changed since it was shown",
    ExitCode.REFUSED: "refused: not paid, no credit, closed client, not in good standing",
    ExitCode.UNTRUSTED: "a signature, a seal or an expiry does not hold",
    ExitCode.INTERRUPTED: "interrupted",
}


class CapregError(Exception):
    """A failure that a person can understand.

    Args:
        sentence: what failed and where, one sentence.
        way_out: what to do about it, one sentence, or "" where nothing helps.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, sentence: str, way_out: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = way_out


class UsageError(CapregError):
    """Something typed is wrong: an option, a value, a combination."""

    exit_code = ExitCode.USAGE


def nearest(asked: str, known: Iterable[str], count: int = 3) -> str:
    """Return a sentence that names the known words nearest to the one asked, whatever their case.

    Where none is near, all are named if they are few; "" if there is nothing to name.
    """
    words = {word.lower(): word for word in sorted(set(known))}
    close = import_module(LIKENESS).get_close_matches(asked.lower(), words, n=count, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(words[word] for word in close)}?"
    return f"There are: {', '.join(words.values())}." if 0 < len(words) <= 12 else ""
