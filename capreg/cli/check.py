"""capreg check."""

import click

from capreg.cli.options import Output, list_options, output_options, session_options
from capreg.cli.output import show_list
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import CapregError, ExitCode
from capreg.store.check import ERROR
from capreg.store.check import check as faults_of
from capreg.views.arranged import Arrangement
from capreg.views.faults import faults_page


class FaultsError(CapregError):
    """A registry holds faults."""

    exit_code = ExitCode.INVALID


@click.command()
@list_options
@output_options
@session_options
@pass_session
def check(session: Session, wanted: Arrangement, output: Output) -> None:
    """Tell all that is wrong with a registry.

    Each fault stands on a line: file, line, column, field, and what is wrong. With any error the exit code is 4;
    warnings alone leave it at 0.

    \b
    Examples:
      capreg check
      capreg check -O json
    """
    found = list(faults_of(session.registry))
    show_list(session, faults_page(found), output, wanted, piped="text")
    errors = sum(fault.severity == ERROR for fault in found)
    if errors:
        raise FaultsError(counted(errors, "error"))
    session.note(f"No errors, {counted(len(found), 'warning')}." if found else "No faults.")
