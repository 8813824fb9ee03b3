"""capreg import."""

from collections import Counter
from pathlib import Path

import click

from capreg.cli.options import Output, dry_run_option, output_options, session_options
from capreg.cli.output import ready, show
from capreg.cli.session import Session, counted, pass_session
from capreg.cli.taking import take_questionnaire
from capreg.errors import CapregError, ExitCode
from capreg.exchange.importing import REFUSED, import_list
from capreg.exchange.mapping import read_mapping
from capreg.views.imported import imported_page

MOST_NOTED = 5


class RefusedRowsError(CapregError):
    """Rows of a list made no record."""

    exit_code = ExitCode.INVALID


@click.command("import")
@click.argument("file")
@click.option(
    "--mapping",
    "mapping_file",
    metavar="FILE",
    help="Says which column goes where; YAML or JSON. A questionnaire of 'capreg template' needs none.",
)
@dry_run_option
@output_options
@session_options
@pass_session
def import_(session: Session, file, mapping_file, dry_run, output: Output) -> None:
    """Take the rows of a file into the registry, by a mapping.

    A questionnaire of 'capreg template' that comes back filled in, as XLSX or YAML, needs no mapping.

    What a row could not give is reported, row by row, on standard output.

    \b
    Examples:
      capreg import stations.csv --mapping examples/repair_stations.yaml --dry-run
      capreg import stations.csv --mapping examples/repair_stations.yaml -o report.csv
    """
    ready(session, output)
    if mapping_file is None:
        return take_questionnaire(session, Path(file), dry_run, output)
    done = import_list(session.registry, Path(file), read_mapping(Path(mapping_file)), dry_run)
    show(session, imported_page(done.rows, dict(done.outcomes), done.notes), output)
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(done.outcomes.items()))
    session.note(f"{counted(done.rows, 'row')}{' (nothing was written)' if dry_run else ''}: {told}.")
    by_column = Counter(note.column for note in done.notes).most_common()
    for column, number in by_column[:MOST_NOTED]:
        session.note(f"  {counted(number, 'note')} on {column or 'whole rows'}")
    if others := sum(number for _, number in by_column[MOST_NOTED:]):
        session.note(f"  {counted(others, 'note')} on other columns")
    if refused := done.outcomes[REFUSED]:
        raise RefusedRowsError(f"{counted(refused, 'row')} refused")
