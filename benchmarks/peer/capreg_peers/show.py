"""Bare click that reads one file."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=Path)
def main(file: Path) -> None:
    """Print a file."""
    click.echo(file.read_text(encoding="utf-8"), nl=False)
