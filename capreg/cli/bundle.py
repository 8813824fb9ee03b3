"""capreg bundle."""

import click

from capreg.cli.bundle_create import create
from capreg.cli.bundle_update import delta, update
from capreg.cli.bundle_use import open_, verify


@click.group()
def bundle() -> None:
    """Write the registry, or a part of it, as one signed file; verify, open and update such a file."""


for command in (create, verify, open_, delta, update):
    bundle.add_command(command)
