"""capreg office."""

from pathlib import Path

import click

from capreg.cli.options import agreed, dry_run_option, session_options, yes_option
from capreg.cli.output import keep_off
from capreg.cli.session import Session, counted, pass_session
from capreg.office.backup import backup as backed_up
from capreg.office.backup import opened, restored
from capreg.office.backup import restore as put_back
from capreg.office.books import books_of
from capreg.office.receipts import read_receipt
from capreg.store.files import write_whole


@click.group()
def office() -> None:
    """Back the office up as one encrypted file, and put it back."""


@office.command()
@click.option("--to", "recipients", multiple=True, required=True, metavar="KEY", help="For whom: a public key of age.")
@click.option("-o", "--output", "path", required=True, metavar="FILE", help="Write there, whole or not at all.")
@dry_run_option
@session_options
@pass_session
def backup(session: Session, recipients, path, dry_run) -> None:
    """Write the whole office, its keys included, to one file, encrypted for a person's key (age).

    'age-keygen -o me.key' makes a key; keep it away from the registry. The file is opened by 'capreg office restore',
    or by age and tar alone.

    \b
    Examples:
      capreg office backup --to age1tw50vlt9jsywh8xk8wter6tta5nf6sf695q9pwygt46c8hupjs5qds8s42 -o office.age
    """
    target = Path(path).resolve()
    keep_off(session, str(target))
    content = backed_up(books_of(session.registry), recipients, dry_run)
    if dry_run:
        return session.note(f"Would write {len(content)} bytes to {path}.")
    write_whole(target, content, mode=0o600)
    session.note(f"Wrote the office to {path}, for {counted(len(recipients), 'key')}.")


@office.command()
@click.argument("file", metavar="FILE")
@click.option("--identity", "identity", required=True, metavar="KEYFILE", help="The file of age's secret key.")
@click.option("--receipt", "receipts", multiple=True, metavar="FILE", help="A receipt that the backup must bear out.")
@dry_run_option
@yes_option
@session_options
@pass_session
def restore(session: Session, file, identity, receipts, dry_run, yes) -> None:
    """Put an office back from a backup, where none is; a dry run proves that it could be.

    What was sold after the backup was made is not in it. Receipts that were handed out tell: a backup that is older
    than one of them is refused.

    \b
    Examples:
      capreg office restore office.age --identity me.key --dry-run
    """
    secrets = [
        line for line in Path(identity).read_text(errors="replace").splitlines() if line and not line.startswith("#")
    ]
    files = opened(Path(file).read_bytes(), secrets)
    books = books_of(session.registry)
    with restored(books, files, [read_receipt(Path(path)) for path in receipts]) as draft:
        told = f"{counted(draft.count, 'entry')}, the last of {draft.last or 'no day'}"
        if dry_run:
            return session.note(f"Would put back an office with {told}.")
        if agreed(f"Put back an office with {told}?", yes):
            put_back(books, draft)
            session.note(f"Put back the office with {told}.")
