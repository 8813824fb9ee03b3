"""capreg init."""

from pathlib import Path

import click

from capreg.cli.options import dry_run_option, session_options
from capreg.cli.session import Session, pass_session
from capreg.office.keys import equip
from capreg.store.create import create


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--sample", is_flag=True, help="Fill it with the sample: invented firms in real towns.")
@dry_run_option
@session_options
@pass_session
def init(session: Session, folder, sample, dry_run) -> None:
    """Make a new registry.

    It gets registry.json, to be edited, a folder for each kind, the office with the hub's key, and a .gitignore that
    keeps the office out of git.

    \b
    Examples:
      capreg init my-registry
      capreg init try-out --sample
    """
    files = create(Path(folder), sample, dry_run)
    if not dry_run:
        equip(Path(folder) / "office")
    session.note(f"{'Would make' if dry_run else 'Made'} the registry {folder} with {len(files)} files.")
