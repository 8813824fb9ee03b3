"""capreg fields."""

import click

from capreg.cli.options import Output, kind_option, list_options, output_options, session_options
from capreg.cli.output import show_list
from capreg.cli.session import Session, pass_session
from capreg.views.arranged import Arrangement
from capreg.views.fields import fields_page


@click.command()
@kind_option
@list_options
@output_options
@session_options
@pass_session
def fields(session: Session, kind_id, wanted: Arrangement, output: Output) -> None:
    """List the fields of a kind, and how each is searched.

    \b
    Examples:
      capreg fields
      capreg fields -k contractor --language it
    """
    kind = session.catalogue().kind(kind_id)
    show_list(session, fields_page(kind, session.speech(output)), output, wanted)
