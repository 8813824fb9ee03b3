"""capreg show."""

import click

from capreg.cli.options import Output, internal_option, kind_option, output_options, session_options
from capreg.cli.output import show as write
from capreg.cli.session import Session, pass_session
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.views.profile import record_page
from capreg.views.values import Speech


@click.command()
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
    registry = session.registry
    kind = registry.kind(kind_id)
    record = registry.get(kind, id)
    document = cut(kind, record.document, Tier.confidential if internal else Tier.detailed)
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    write(session, record_page(kind, document, speech), output, piped="text")
