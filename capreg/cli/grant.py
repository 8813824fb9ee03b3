"""capreg grant."""

import click

from capreg.cli.granted import show_opened
from capreg.cli.options import Output, document_options, grant_options, session_options
from capreg.cli.session import Session, pass_session


@click.group()
def grant() -> None:
    """Open what was bought sealed; order from an offline copy, and take such orders."""


@grant.command("open")
@click.argument("grant_path", metavar="GRANT")
@click.argument("part", metavar="PART")
@document_options
@grant_options
@session_options
@pass_session
def open_(session: Session, grant_path, part, output: Output) -> None:
    """Show the profile that a grant opens out of a sealed part of a bundle, as a file.

    The grant must be signed by the hub (--hub KEY, or the hub's own registry), the identity be the one that it was made
    for, and the part be of the version that it names; else the exit code is 7.

    \b
    Examples:
      capreg grant open savena.json office/sealed/firm/officine-savena.*.age --identity me.key -O json
    """
    show_opened(session, grant_path, part, output)
