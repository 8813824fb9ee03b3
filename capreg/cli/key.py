"""capreg key."""

import os
from contextlib import suppress

import click

from capreg.cli.options import agreed, dry_run_option, session_options, yes_option
from capreg.cli.session import Session, pass_session
from capreg.errors import UsageError
from capreg.office.books import books_of
from capreg.office.keys import hub_keys, rotations_of
from capreg.office.ledger import charging
from capreg.store import age
from capreg.store.files import flush
from capreg.store.signing import fingerprint

LARGEST = 1 << 12


class KeyThereError(UsageError):
    """A file is there where a new key should go."""


@click.group()
def key() -> None:
    """Make a client's key, and tell the public half of a key."""


@key.command()
@click.argument("file")
@session_options
@pass_session
def new(session: Session, file) -> None:
    """Make the key of a client, in a file for its owner alone, and print its public half for the hub.

    Grants are made for the public half; the file opens them. Who loses it has the hub make the grants anew, for another
    key. It is a key of age: 'age -d -i FILE' opens what is encrypted for it. Nothing is written over a file that is there.

    \b
    Examples:
      capreg key new elbe.key
    """
    identity = age.new_identity()
    public = age.public_of(identity)
    _write_new(file, f"# public key: {public}\n{identity}\n".encode())
    click.echo(public)
    session.note(f"The secret half is in {file}: keep it, and give it to nobody.")


def _write_new(path: str, content: bytes) -> None:
    """Write a file that was not there, for its owner alone from its first byte; returns when it is on the disk."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise KeyThereError(f"{path} is there already", "Nothing is written over a key; name another file.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        flush(os.path.dirname(path) or os.curdir)
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise


@key.command()
@click.argument("file")
@session_options
@pass_session
def show(session: Session, file) -> None:
    """Print the public half of the key in a file.

    \b
    Examples:
      capreg key show me.key
    """
    with open(file, "rb") as opened:
        content = opened.read(LARGEST)
    for identity in age.stated(content):
        click.echo(age.public_of(identity))


@key.command()
@session_options
@pass_session
def hub(session: Session) -> None:
    """Print the hub's public key, by which others know its bundles and grants.

    On standard error stands its short form, to be compared by telephone.

    \b
    Examples:
      capreg key hub
    """
    public = hub_keys(books_of(session.registry).folder)[0]
    click.echo(public)
    session.note(f"To compare by telephone: {fingerprint(public)}")


@key.command()
@dry_run_option
@yes_option
@session_options
@pass_session
def rotate(session: Session, dry_run, yes) -> None:
    """Give the hub a new key; the old and the new one sign the change, and the new one is printed.

    Ledger, receipts and grants of before still hold. Who knows the old key takes the new one by the statement that
    bundles carry from then on, and 'capreg key rotations' prints. It does not help against who has stolen the old key: then compare the new one by
    telephone.

    \b
    Examples:
      capreg key rotate --yes
    """
    books = books_of(session.registry)
    before = hub_keys(books.folder)[0]
    if dry_run:
        return session.note(f"Would replace the key {fingerprint(before)}.")
    if not agreed(f"Replace the hub's key {fingerprint(before)} for good?", yes):
        return
    with charging(books) as ledger:
        public = ledger.change_key()
    click.echo(public)
    session.note(f"The new key, to compare by telephone: {fingerprint(public)}")
    session.note("Back the office up. Bundles carry the change; to others hand out what 'capreg key rotations' prints.")


@key.command()
@session_options
@pass_session
def rotations(session: Session) -> None:
    """Print the hub's changes of key, one a line, each signed with the old and the new one.

    \b
    Examples:
      capreg key rotations > rotations.jsonl
    """
    click.echo(rotations_of(books_of(session.registry).folder), nl=False)
