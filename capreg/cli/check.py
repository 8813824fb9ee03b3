"""capreg check."""

from importlib import import_module

import click

from capreg.cli.options import Output, list_options, output_options, session_options
from capreg.cli.output import show_list
from capreg.cli.progress import progress
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import CapregError, ExitCode
from capreg.index.clean import clean_files, every_file, keep_clean
from capreg.model.record import Record
from capreg.store.check import ERROR
from capreg.store.check import check as faults_of
from capreg.views.arranged import Arrangement
from capreg.views.duplicates import duplicates_page
from capreg.views.faults import faults_page

# Loaded on use: a registry without an office needs none of the office's libraries.
OFFICE = "capreg.office.checking"
# Loaded on use: it brings rapidfuzz.
DUPLICATES = "capreg.exchange.duplicates"


class FaultsError(CapregError):
    """A registry holds faults."""

    exit_code = ExitCode.INVALID


@click.command()
@click.option("--all", "every", is_flag=True, help="Read every record again, also those known to be without fault.")
@click.option("--duplicates", is_flag=True, help="Show which records may be one under two names, and why.")
@list_options
@output_options
@session_options
@pass_session
def check(session: Session, every, duplicates, wanted: Arrangement, output: Output) -> None:
    """Tell all that is wrong with a registry, its office included.

    Each fault stands on a line: file, line, column, field, and what is wrong. With any error the exit code is 4;
    warnings and notes alone leave it at 0. Records that were without fault are read again only where they, a schema or a vocabulary
    have changed.

    \b
    Examples:
      capreg check
      capreg check -O json
      capreg check --all
      capreg check --duplicates
    """
    registry = session.registry
    if duplicates:
        _duplicates(session, wanted, output)
        return
    kinds, _ = registry.tried_kinds
    now = every_file(session.root, {id: loaded.kind.folder for id, loaded in kinds.items()})
    clean = set() if every else clean_files(session.root, now)
    renamed: set[str] = set()
    with progress(session, "Checking") as told:
        found = list(faults_of(registry, clean, told, renamed))
    if (registry.root / "office").exists():
        found += import_module(OFFICE).check_office(registry)
    keep_clean(session.root, now, {fault.file for fault in found} | renamed)
    show_list(session, faults_page(found), output, wanted, piped="text")
    errors = sum(fault.severity == ERROR for fault in found)
    if errors:
        raise FaultsError(counted(errors, "error"))
    session.note(f"No errors, {counted(len(found), 'warning')}." if found else "No faults.")


def _duplicates(session: Session, wanted: Arrangement, output: Output) -> None:
    """Show the pairs of records that may be one; which are is for a person to say."""
    registry, found = session.registry, []
    with progress(session, "Comparing") as told:
        for loaded in registry.loaded_kinds.values():
            documents = [one.document for one in registry.read(loaded.kind) if isinstance(one, Record)]
            found += import_module(DUPLICATES).likenesses(loaded.kind, documents, told)
    show_list(session, duplicates_page(found), output, wanted)
    session.note(f"{counted(len(found), 'possible duplicate')}.")
