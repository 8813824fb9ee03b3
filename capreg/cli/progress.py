"""A bar on the terminal for work that lasts."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from capreg.cli.session import Session

# Work that is done sooner shows no bar.
AFTER_SECONDS = 1.0


@contextmanager
def progress(session: Session, label: str) -> Iterator[Callable[[int, int], None]]:
    """Give what is told how much is done, of how much: it draws a bar on standard error, on a terminal, once a second has passed."""
    if session.option("quiet") or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    drawing = _Bar(label)
    try:
        yield drawing.tell
    finally:
        drawing.end()


class _Bar:
    def __init__(self, label: str) -> None:
        self.label, self.began = label, time.monotonic()
        self.bar = None

    def tell(self, done: int, total: int) -> None:
        """Draw how much is done."""
        if self.bar is None and time.monotonic() - self.began > AFTER_SECONDS:
            self.bar = click.progressbar(length=total, label=self.label, file=sys.stderr)
            self.bar.render_progress()
        if self.bar is not None:
            self.bar.update(done - self.bar.pos)

    def end(self) -> None:
        """Leave the bar behind, if one was drawn."""
        if self.bar is not None:
            self.bar.update(self.bar.length - self.bar.pos)
            self.bar.render_finish()
