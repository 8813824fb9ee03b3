"""The same through click: the row to compare with."""

import click

from capreg_peers.answer import answer, lines


@click.command()
@click.argument("index")
@click.argument("question")
def main(index: str, question: str) -> None:
    """Print the answer of an index to a question."""
    click.echo(lines(answer(index, question)), nl=False)
