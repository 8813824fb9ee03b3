"""capreg template."""

from importlib import import_module

import click

from capreg.cli.options import Output, form_options, kind_option, session_options
from capreg.cli.output import deliver, format_of, made, ready_for, to_file
from capreg.cli.session import Session, pass_session
from capreg.model.questionnaire import FORMS, parts
from capreg.views.page import HUB_ONLY
from capreg.views.questionnaire import Questionnaire, form_page
from capreg.views.values import Speech

# Loaded on use: only a workbook needs the library of workbooks.
WORKBOOK, COMMENTED = "capreg.views.workbook", "capreg.views.commented"


@click.command()
@click.argument("id", required=False)
@kind_option
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="full",
    show_default=True,
    help="What is enough to be found, ten minutes; or all of it.",
)
@form_options
@session_options
@pass_session
def template(session: Session, id, kind_id, form, output: Output) -> None:
    """Make the questionnaire of a kind: a workbook, a form to print, or YAML.

    With an ID it is filled with what that record states. What comes back filled in, as XLSX or YAML, is taken by
    'capreg import FILE'. A workbook and a printed form hold what a firm is asked, and go to the firm; the YAML of a record holds
    the whole record, and is for the hub's desk.

    \b
    Examples:
      capreg template -o firm.xlsx
      capreg template --form short --language it -o firm.html
      capreg template officine-savena -o savena.xlsx
      capreg template nordwerk-fahrzeugbau -k contractor -O yaml
    """
    output = output if output.format or to_file(output) else output._replace(format="yaml")
    format = format_of(output)
    ready_for(session, output, format)
    asked = questionnaire(session, kind_id, id, form, output)
    deliver(session, output, _made(asked, format))


def questionnaire(session: Session, kind_id: str, id: str | None, form: str, output: Output) -> Questionnaire:
    """Return the questionnaire of a kind, filled with what a record states; raises UnknownRecordError."""
    registry = session.registry
    loaded = registry.loaded(kind_id)
    document = registry.get(loaded.kind, id).document if id else {}
    asked = parts(loaded.kind, loaded.schema, form)
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    return Questionnaire(loaded.kind, loaded.schema, form, asked, document, speech, registry.settings.hub)


def _made(asked: Questionnaire, format: str) -> bytes:
    if format == "xlsx":
        return import_module(WORKBOOK).workbook(asked)
    if format == "yaml":
        return import_module(COMMENTED).commented(asked, HUB_ONLY if asked.document else "").encode()
    return made(form_page(asked), None, format)
