"""Work on many files, shared between the processors."""

import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

# Loaded on use: few things are worked on by this process alone.
PROCESSES = "multiprocessing"
# Below so many things another process is not worth its start.
WORTH_SHARING = 1_000
CHUNK = 100
# So many chunks may be given out to each process before the first of them is taken.
AHEAD = 4


def each_of(work: Callable[[Any], Any], things: Sequence[Any], worth: int = WORTH_SHARING) -> Iterator[Any]:
    """Yield what some work makes of each thing, in their order; of many, made by as many processes as there are processors.

    Args:
        work: what other processes can do as well: it changes nothing that others see.
        worth: how many things are worth the start of another process.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(things) < worth or processors < 2 or "fork" not in import_module(PROCESSES).get_all_start_methods():
        yield from map(work, things)
        return
    ahead = threading.Semaphore(AHEAD * processors)
    with import_module(PROCESSES).get_context("fork").Pool(processors, _begin, (work,)) as pool:
        try:
            for made in pool.imap(_chunk, _chunks(things, ahead)):
                ahead.release()
                yield from made
        finally:
            # Whoever gives out the chunks must not wait for ever.
            ahead.release(len(things))


def _chunks(things: Sequence[Any], ahead: threading.Semaphore) -> Iterator[Sequence[Any]]:
    """Yield things in chunks, never many more than were taken, so that what is made does not pile up."""
    for at in range(0, len(things), CHUNK):
        ahead.acquire()
        yield things[at : at + CHUNK]


def _begin(work: Callable[[Any], Any]) -> None:
    """Keep the work for all chunks of one process; nothing that it makes runs in rings that would have to be collected."""
    gc.disable()
    _begin.work = work


def _chunk(things: Sequence[Any]) -> list[Any]:
    return [_begin.work(one) for one in things]
