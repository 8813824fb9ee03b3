"""capreg import."""

from collections import Counter
from importlib import import_module
from pathlib import Path

import click

from capreg.cli.options import Output, dry_run_option, kind_option, output_options, session_options
from capreg.cli.output import deliver, ready, show, to_file
from capreg.cli.progress import progress
from capreg.cli.session import Session, counted, pass_session
from capreg.cli.taking import take_questionnaire
from capreg.errors import CapregError, ExitCode, UsageError
from capreg.exchange.importing import REFUSED, Imported, Wish, import_list, is_twin
from capreg.exchange.mapping import read_mapping
from capreg.views.imported import imported_page
from capreg.views.page import Heading
from capreg.views.record import Layout
from capreg.views.values import Speech

MOST_NOTED = 5
# Loaded on use: guessing brings rapidfuzz and babel.
GUESSING = "capreg.exchange.guessing"


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
@click.option("--guess", is_flag=True, help="Propose a mapping for the file, with reasons, and take in nothing.")
@click.option("--strict", is_flag=True, help="Write all rows, or none where one is refused.")
@click.option("--onto", metavar="ID", help="Put the one record of the file onto this one, of which it is a duplicate.")
@click.option("--row", type=click.IntRange(min=1), metavar="N", help="With --onto: the record that row N makes.")
@kind_option
@dry_run_option
@output_options
@session_options
@pass_session
def import_(session: Session, file, mapping_file, guess, strict, onto, row, kind_id, dry_run, output: Output) -> None:
    """Take the rows of a file into the registry, by a mapping.

    A questionnaire of 'capreg template' that comes back filled in, as XLSX or YAML, needs no mapping.

    CSV, TSV, XLSX, JSON and NDJSON, in any encoding. What a row could not give is reported, row by row, on standard
    output; with -o as a file in which each row has its outcome. Records that may be one under two names are told, and
    left to a person: --onto puts one onto the other.

    \b
    Examples:
      capreg import stations.csv --mapping examples/repair_stations.yaml --dry-run
      capreg import stations.csv --mapping examples/repair_stations.yaml -o report.csv
      capreg import stations.csv --guess -o mapping.yaml
    """
    if guess:
        _guess(session, file, kind_id, output)
        return
    if row is not None and onto is None:
        raise UsageError("--row says which record goes --onto another", "Say onto which: --onto ID.")
    ready(session, output)
    if mapping_file is None:
        return take_questionnaire(session, Path(file), dry_run, output)
    wish = Wish(dry_run, strict, onto, row)
    with progress(session, "Importing") as told:
        done = import_list(session.registry, Path(file), read_mapping(Path(mapping_file)), wish, told)
    show(session, imported_page(done, _first(session, done, output) if dry_run else ()), output)
    _tell(session, done, dry_run)
    if refused := done.outcomes[REFUSED]:
        nothing = "; nothing was written" if strict and not dry_run else ""
        raise RefusedRowsError(f"{counted(refused, 'row')} refused{nothing}")


def _guess(session: Session, file: str, kind_id: str, output: Output) -> None:
    """Write a proposed mapping where it was asked for."""
    if to_file(output):
        ready(session, output._replace(format="text"))
    proposed = import_module(GUESSING).guess(session.registry, Path(file), kind_id)
    deliver(session, output, proposed.encode())
    session.note("Read the mapping through, then try it: --mapping FILE --dry-run.")


def _first(session: Session, done: Imported, output: Output) -> list:
    """Return the first records as people would see them."""
    registry, blocks = session.registry, []
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    for document in done.first:
        kind = registry.kind(document["kind"])
        title = f"{document.get(kind.title, '')} ({document['id']})"
        blocks += [Heading(title, 2), *Layout(kind, document, speech).sections()]
    return blocks


def _tell(session: Session, done: Imported, dry_run: bool) -> None:
    """Tell in a few lines what became of the list, and of which columns most is told."""
    for remark in done.remarks:
        session.note(f"{remark[:1].upper()}{remark[1:]}.".replace("..", ".").replace("?.", "?"))
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(done.outcomes.items()))
    session.note(f"{counted(done.rows, 'row')}{' (nothing was written)' if dry_run else ''}: {told}.")
    by_column = Counter(note.column for note in done.notes if not is_twin(note)).most_common()
    for column, number in by_column[:MOST_NOTED]:
        session.note(f"  {counted(number, 'note')} on {column or 'whole rows'}")
    if others := sum(number for _, number in by_column[MOST_NOTED:]):
        session.note(f"  {counted(others, 'note')} on other columns")
    if twins := sum(map(is_twin, done.notes)):
        session.note(f"  {counted(twins, 'possible duplicate')}; 'capreg check --duplicates' shows them")
