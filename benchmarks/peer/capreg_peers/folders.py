"""The same after a look at every folder of the registry."""

import os

import click

from capreg_peers.answer import answer, lines


@click.command()
@click.argument("index")
@click.argument("question")
@click.argument("root")
def main(index: str, question: str, root: str) -> None:
    """Print the answer of an index to a question when the folders' modification times are read."""
    with os.scandir(root) as entries:
        newest = max((one.stat().st_mtime_ns for one in entries if one.is_dir()), default=0)
    click.echo(lines(answer(index, question) if newest >= 0 else []), nl=False)
