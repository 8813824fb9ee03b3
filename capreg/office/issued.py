"""Documents that were issued, kept as the bytes they were, by the number of their entry, their language and their format."""

from pathlib import Path

from capreg.errors import CapregError, ExitCode
from capreg.office.books import Books
from capreg.store.durable import make_private
from capreg.store.files import read_bytes, write_whole

LARGEST = 1 << 28


class NotIssuedError(CapregError):
    """No such document was issued."""

    exit_code = ExitCode.MISSING


def issue(books: Books, number: int, form: str, content: bytes) -> None:
    """Keep a document as it was issued, unless one of this entry and form is kept already; returns when it is on the disk.

    Args:
        form: its language and format, `en.md`.

    Raises:
        BusyError: another process holds the office, without which two could issue the same differently.
    """
    path = _path(books, number, form)
    with books.changing():
        make_private(books.issued)
        if not path.exists():
            write_whole(path, content, mode=0o600)


def kept(books: Books, number: int, form: str) -> bytes | None:
    """Return the bytes of a document as it was issued in a form, None where it was not; other documents are not looked at."""
    path = _path(books, number, form)
    return read_bytes(path, books.issued, LARGEST) if path.exists() else None


def issued(books: Books, number: int, form: str | None = None) -> tuple[str, bytes]:
    """Return the form and the bytes of a document as it was issued.

    Args:
        form: which of those that were issued; the first that was, where none is said.

    Raises:
        NotIssuedError: there is none of that entry and form.
    """
    known = sorted(books.issued.glob(f"{number:06d}.*"), key=lambda path: path.stat().st_mtime_ns)
    forms = [path.name.partition(".")[2] for path in known]
    if not forms or form not in (None, *forms):
        of = f" as {form}" if form and forms else ""
        hint = f"It was issued as: {', '.join(forms)}." if forms else "See: capreg ledger"
        raise NotIssuedError(f"no document was issued for entry {number}{of}", hint)
    chosen = form or forms[0]
    return chosen, read_bytes(_path(books, number, chosen), books.issued, LARGEST)


def _path(books: Books, number: int, form: str) -> Path:
    return books.issued / f"{number:06d}.{form}"


def is_issued(books: Books, number: int) -> bool:
    """Whether any document was issued for an entry."""
    return any(books.issued.glob(f"{number:06d}.*"))
