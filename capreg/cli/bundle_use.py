"""capreg bundle verify, and capreg bundle open."""

import os
import shutil
import tempfile
from pathlib import Path

import click

from capreg.cli.options import Output, dry_run_option, output_options, rotations_option, session_options
from capreg.cli.output import show
from capreg.cli.progress import progress
from capreg.cli.session import Session, counted, pass_session
from capreg.errors import UsageError
from capreg.exchange.opening import admitted, check_sums, issue_of, read_header, unpack
from capreg.exchange.trust import Hubs, Terms
from capreg.exchange.using import catalogue as use
from capreg.store.signing import fingerprint
from capreg.views.bundle import bundle_page

key_option = click.option(
    "--hub-key", "key", metavar="KEY", help="The hub's key or its fingerprint, as the hub itself told it."
)


class OccupiedFolderError(UsageError):
    """Something stands already where a bundle is to be opened."""


@click.command()
@click.argument("file", metavar="FILE")
@key_option
@rotations_option
@dry_run_option
@output_options
@session_options
@pass_session
def verify(session: Session, file, key, dry_run, output: Output) -> None:
    """Verify a bundle to its last byte: signature, hub, version, expiry, form, hashes.

    The hub's key is kept when it is first met; compare its fingerprint with the hub by telephone, or name it. Where the hub
    has changed its key since, the bundle carries the change, signed with the key that was met: then the new one is kept.

    \b
    Examples:
      capreg bundle verify october.capreg
    """
    hubs = Hubs(session.terms(key))
    with open(file, "rb") as content:
        header = read_header(content, file)
        hubs.look(issue_of(header))
        with progress(session, "Verifying") as told:
            issue, entries = admitted(content, header, file, hubs, {}, told)
        check_sums(content, entries)
    for notice in hubs.notices(issue):
        session.warn(notice)
    if not dry_run:
        hubs.remember(issue)
    show(session, bundle_page(header, fingerprint(header.key), len(entries)), output, piped="text")


@click.command("open")
@click.argument("file", metavar="FILE")
@click.argument("folder", metavar="[DIR]", required=False)
@key_option
@rotations_option
@dry_run_option
@session_options
@pass_session
def open_(session: Session, file, folder, key, dry_run) -> None:
    """Verify a bundle and make it ready to be searched; with DIR, unpack it into a new folder.

    What is unpacked are plain files: index.html for a browser, data/*.ndjson with the records, datapackage.json.

    \b
    Examples:
      capreg bundle open october.capreg
      capreg bundle open october.capreg opened
    """
    terms = session.terms(key)
    if folder is not None and os.path.lexists(folder):
        raise OccupiedFolderError(f"'{folder}' is there already", "Name a new folder.")
    if dry_run:
        return _would_open(session, file, folder, terms)
    with progress(session, "Verifying") as told:
        catalogue = use(file, terms, session.warn, told)
    settings = catalogue.settings
    catalogue.close()
    if folder is None:
        return session.note(f"The bundle of {settings.hub} is ready: capreg -R {file} search ...")
    session.note(f"Unpacked {counted(_unpacked(session, Path(file), Path(folder)), 'file')} into {folder}.")


def _would_open(session: Session, file: str, folder: str | None, terms: Terms) -> None:
    hubs = Hubs(terms)
    with open(file, "rb") as content:
        header = read_header(content, file)
        hubs.look(issue_of(header))
        issue, entries = admitted(content, header, file, hubs, {}, lambda done, total: None)
    for notice in hubs.notices(issue):
        session.warn(notice)
    what = f"unpack {counted(len(entries), 'file')} into {folder}" if folder else "make it ready to be searched"
    session.note(f"Would {what}: the bundle of {header.hub} holds.")


def _unpacked(session: Session, file: Path, folder: Path) -> int:
    """Unpack a bundle beside a folder's place, proving it on the way, and move it there when it is whole."""
    target = folder.resolve()
    room = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:40]}."))
    try:
        with file.open("rb") as content, progress(session, "Unpacking") as told:
            entries = unpack(content, read_header(content, str(file)), str(file), room, told)
        os.rename(room, target)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return len(entries)
