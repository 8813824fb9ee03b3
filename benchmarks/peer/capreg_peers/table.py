"""The same as a Rich table."""

import click
from rich.console import Console
from rich.table import Table

from capreg_peers.answer import answer

COLUMNS = ("id", "name", "locality", "country", "employees", "process", "distance_km")


@click.command()
@click.argument("index")
@click.argument("question")
def main(index: str, question: str) -> None:
    """Show the answer of an index to a question as a table."""
    table = Table(*COLUMNS)
    for row in answer(index, question):
        table.add_row(*map(str, row))
    Console().print(table)
