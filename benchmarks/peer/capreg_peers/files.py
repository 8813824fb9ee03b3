"""The same after a look at every file of the registry."""

import os

import click

from capreg_peers.answer import answer, lines


@click.command()
@click.argument("index")
@click.argument("question")
@click.argument("root")
def main(index: str, question: str, root: str) -> None:
    """Print the answer of an index to a question when the files' modification times are read."""
    click.echo(lines(answer(index, question) if newest(root) >= 0 else []), nl=False)


def newest(folder: str) -> int:
    """Return the latest modification time of the files below a folder."""
    with os.scandir(folder) as entries:
        return max((newest(one.path) if one.is_dir() else one.stat().st_mtime_ns for one in entries), default=0)
