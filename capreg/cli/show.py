"""capreg show."""

import click

from capreg.cli.options import Output, internal_option, kind_option, output_options, session_options
from capreg.cli.output import show as write
from capreg.cli.parsing import Command
from capreg.cli.session import Session, pass_session
from capreg.views.profile import record_page


@click.command(cls=Command)
@click.argument("id")
@kind_option
@internal_option
@output_options
@session_options
@pass_session
def show(session: Session, id, kind_id, internal, output: Output) -> None:
    """Show one record to the hub's own eyes.

    \b
    Examples:
      capreg show officine-savena
      capreg show nordwerk-fahrzeugbau -k contractor -O json
    """
    catalogue = session.catalogue(internal)
    document = catalogue.document(kind_id, id)
    if document is None:
        document = catalogue.document(kind_id, session.registry.get(session.registry.kind(kind_id), id).id)
    kind = catalogue.kind(kind_id)
    write(session, record_page(kind, document, session.speech(output, internal)), output, piped="text")
