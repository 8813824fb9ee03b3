"""Capreg as a program of its own: started and ended as fast as a process can be."""

import gc

# A command ends long before rings of objects would be worth looking for; loading the modules below makes many objects.
gc.disable()

import os  # noqa: E402
import sys  # noqa: E402

from capreg import interrupts  # noqa: E402

# Until the command is there, which lets it through.
interrupts.put_off()

from capreg.index import ahead  # noqa: E402

# Another process looks at the files while this one loads the modules below.
ahead.begin(sys.argv[1:])

from capreg.cli.main import main  # noqa: E402


def start() -> None:
    """Run capreg on the arguments of the command line, and end the process without taking it apart piece by piece."""
    try:
        main()
    except SystemExit as ended:
        _end(ended.code)


def _end(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code)
