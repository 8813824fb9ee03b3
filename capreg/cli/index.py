"""capreg index."""

import click

from capreg.cli.options import Output, dry_run_option, list_options, output_options, session_options
from capreg.cli.output import show_list
from capreg.cli.progress import progress
from capreg.cli.session import Session, counted, pass_session
from capreg.index.making import anew, differing, holdings
from capreg.views.arranged import Arrangement
from capreg.views.holdings import holdings_page


@click.command()
@click.option("--rebuild", is_flag=True, help="Make it anew, whatever is there.")
@list_options
@dry_run_option
@output_options
@session_options
@pass_session
def index(session: Session, rebuild, wanted: Arrangement, dry_run, output: Output) -> None:
    """Bring the index of a registry up to date, looking at every file.

    A search does so by itself. Only in a registry of over 20,000 files may it overlook a file that a program changed in
    place, without replacing it; this command does not. The index lies in .capreg/ and may be deleted at any time.

    \b
    Examples:
      capreg index
      capreg index --rebuild
      capreg index --dry-run
    """
    session.refuse_bundle()
    catalogue = session.catalogue()
    if dry_run:
        changed = differing(catalogue)
        return session.note(f"{counted(changed, 'file')} would be read {'or forgotten' if changed else 'again'}.")
    with progress(session, "Indexing") as told:
        connection = anew(catalogue, told) if rebuild else catalogue.current(thorough=True)
    catalogue.take(connection)
    show_list(session, holdings_page(holdings(catalogue)), output, wanted, piped="tsv")
    return None
