"""The office as one file, encrypted for a person's key (age, X25519), and put back from it."""

import io
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Any

from capreg.errors import CapregError, ExitCode, UsageError
from capreg.model.value import Value
from capreg.office.books import Books
from capreg.office.entry import Entry
from capreg.office.proof import entries
from capreg.office.receipts import check_receipt
from capreg.office.tally import FILE as TALLY
from capreg.store import age
from capreg.store.files import flush, write_whole


class OccupiedOfficeError(UsageError):
    """An office is there already."""


class BackupError(CapregError):
    """A file is no backup of an office, or not for this identity."""

    exit_code = ExitCode.UNTRUSTED


def backup(books: Books, recipients: Iterable[str], dry_run: bool = False) -> bytes:
    """Return the whole office, its keys included, encrypted; taken while nobody writes to it.

    Args:
        recipients: age's public keys (`age1...`), any one of whose identities opens it.
        dry_run: the office is not held, so that not even its lock is written; what is packed may be of two moments.

    Raises:
        AgeKeyError: one is none.
        BusyError: another process holds the office.
    """
    keys = list(recipients)
    age.recipients(keys)
    with nullcontext() if dry_run else books.changing():
        return age.encrypted(_packed(books.folder), keys)


def _packed(folder: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != ".lock" and not path.name.startswith(TALLY):
                archive.add(path, path.relative_to(folder).as_posix(), filter=_anonymous)
    return packed.getvalue()


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member that says nothing of the machine and of who ran it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def opened(content: bytes, identities: Iterable[str]) -> dict[str, bytes]:
    """Return the files of a backup, by their paths below the office.

    Raises:
        AgeKeyError: an identity is none.
        BackupError: it is no backup, or for none of the identities.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(age.opened(content, identities)), mode="r:") as archive:
            return {_safe(one): archive.extractfile(one).read() for one in archive.getmembers()}
    except (age.UnopenedError, tarfile.TarError) as error:
        raise BackupError(f"this is no backup for that identity: {error}") from None


def _safe(member: tarfile.TarInfo) -> str:
    path = PurePosixPath(member.name)
    if not member.isfile() or path.is_absolute() or ".." in path.parts or not path.parts:
        raise BackupError(f"the backup holds '{member.name[:60]}', which no office does")
    return member.name


class Draft(Value):
    """An office out of a backup, proved, beside the place where it will stand."""

    folder: Path
    count: int
    last: str | None


@contextmanager
def restored(books: Books, files: dict[str, bytes], receipts: Iterable[Any] = ()) -> Iterator[Draft]:
    """Hold the office out of a backup for the time of a block, in which `restore` may put it in place.

    Raises:
        BackupError: the ledger in the backup is not as it was written.
        ForeignReceiptError: a receipt is of an entry that the backup does not hold: it is older than the receipt.
    """
    room = books.folder.with_name(".capreg") / f"restore-{token_hex(6)}"
    room.mkdir(mode=0o700, parents=True)
    try:
        _write(room / "office", files)
        draft = Books(room / "office", books.settings)
        found = _proved(draft)
        known = {entry.number: entry.hash for entry in found}
        for receipt in receipts:
            check_receipt(draft, receipt, known)
        yield Draft(draft.folder, len(found), found[-1].at[:10] if found else None)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def restore(books: Books, draft: Draft) -> None:
    """Put an office in its place; returns when it is there for good.

    Raises:
        OccupiedOfficeError: an office with books is there.
        OSError: the disk refused; the office is as it was.
    """
    if (books.folder / "office.json").exists() or books.ledger.exists():
        raise OccupiedOfficeError(
            f"{books.folder} holds books already", "Move that folder away first; nothing is put over it."
        )
    if books.folder.exists():
        books.folder.rename(draft.folder.with_name("before"))
    draft.folder.rename(books.folder)
    flush(books.folder.parent)


def _proved(books: Books) -> list[Entry]:
    try:
        return entries(books)
    except CapregError as error:
        raise BackupError(f"the backup does not hold: {error.sentence.replace(str(books.folder), 'office')}") from None


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, content, mode=0o600)
