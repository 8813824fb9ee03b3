"""A look at the files of a registry that another process takes while this one still loads its modules.

Looking at 10,000 files takes as long as loading all modules does, and modules are loaded by one processor alone. So a
process of its own is begun first of all, and says through a pipe what it found. It only guesses which registry is meant;
whatever it does not say, this process looks for itself.
"""

import marshal
import os
from importlib import import_module

from capreg.store.root import NoRegistryError, find_root

# Loaded by the other process alone.
SCOUT = "capreg.index.scout"
# What asks an index that must be current.
COMMANDS = {"search", "vocabulary", "printout"}
NAMES = ("-R", "--registry")
INDEX = os.path.join(".capreg", "index.sqlite")
LOAD = "/proc/loadavg"
# How large the index of a registry is that is worth it, in bytes: about 10,000 for each file. Of fewer than some thousand
# the look is sooner taken than another process begun; where there are very many, only the folders are looked at.
LEAST, MOST = 20_000_000, 250_000_000

_begun: list[tuple[int, int]] = []


def begin(arguments: list[str]) -> None:
    """Begin to look at the registry that the arguments of the command line seem to mean, if that is worth it."""
    if not COMMANDS.intersection(arguments) or not _is_processor_idle():
        return
    try:
        root = find_root(_named(arguments) or os.environ.get("CAPREG_REGISTRY"), os.getcwd())
        if LEAST <= os.stat(os.path.join(root, INDEX)).st_size <= MOST:
            _fork(root)
    except (NoRegistryError, OSError):
        # Whatever is wrong is told by the command itself.
        return


def _is_processor_idle() -> bool:
    """Whether another process would have a processor of its own; only Linux says how many run at the moment."""
    try:
        with open(LOAD, "rb") as load:
            running = int(load.read().split()[3].partition(b"/")[0])
    except (OSError, ValueError, IndexError):
        return False
    return running < len(os.sched_getaffinity(0))


def _named(arguments: list[str]) -> str | None:
    """Return the registry that an option names, as far as that can be told without reading all of them."""
    for argument, following in zip(arguments, [*arguments[1:], None], strict=True):
        if argument in NAMES:
            return following
        if argument.startswith("--registry="):
            return argument.partition("=")[2]
    return None


def _fork(root: str) -> None:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _scout(root, writing)
    os.close(writing)
    _begun.append((process, reading))


def _scout(root: str, writing: int) -> None:
    """Be the other process: hold nothing open that its parent was given, say what there is to say, and end."""
    try:
        os.dup2(writing, 1)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 2)
        os.closerange(3, 256)
        found = marshal.dumps(import_module(SCOUT).scouted(root))
        with open(1, "wb", closefd=False) as pipe:
            pipe.write(found)
    finally:
        os._exit(0)


def said(root: str, mark: bytes | None) -> list | None:
    """Return what the other process found, None where there is none or it speaks of something else; it is asked once.

    Args:
        root: the registry that is meant.
        mark: by which the index tells when it looked last; what was found is what has changed since.
    """
    if not _begun:
        return None
    process, reading = _begun.pop()
    with open(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(process, 0)
    try:
        about, since, found = marshal.loads(told)
    except (EOFError, ValueError, TypeError):
        return None
    return found if (about, since) == (root, mark) else None
