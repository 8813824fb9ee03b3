"""Documents that were issued, kept as the bytes they were, by the number of their entry, their language and their format."""

from pathlib import Path

from capreg.errors import CapregError, ExitCode
from capreg.office.books import Books
from capreg.office.keys import hub_key, is_signed, public, signature
from capreg.store.durable import make_private
from capreg.store.files import UnreadableError, read_bytes, write_whole

LARGEST = 1 << 28


class NotIssuedError(CapregError):
    """No such document was issued."""

    exit_code = ExitCode.MISSING


class AlteredDocumentError(CapregError):
    """A document is not as it was issued."""

    exit_code = ExitCode.UNTRUSTED


def issue(books: Books, number: int, form: str, content: bytes) -> bytes:
    """Keep a document as it was issued, sealed with the hub's key; returns what is kept when it is on the disk.

    One of this entry and form that is kept already stays, and is returned.

    Args:
        form: its language and format, `en.md`.

    Raises:
        AlteredDocumentError: the one that is kept is not as it was issued.
    """
    make_private(books.issued)
    with books.changing():
        path, seal = _path(books, number, form), _seal(books, number, form)
        if path.exists():
            return _proved(books, path, seal)
        make_private(seal.parent)
        key = hub_key(books.folder)
        write_whole(seal, signature(key, _sealed(path, content)).encode(), mode=0o600)
        write_whole(path, content, mode=0o600)
    return content


def issued(books: Books, number: int, form: str | None = None) -> tuple[str, bytes]:
    """Return the form and the bytes of a document as it was issued.

    Args:
        form: which of those that were issued; the first that was, where none is said.

    Raises:
        NotIssuedError: there is none of that entry and form.
        AlteredDocumentError: it is not as it was issued.
    """
    known = sorted(books.issued.glob(f"{number:06d}.*"), key=lambda path: path.lstat().st_mtime_ns)
    forms = [path.name.partition(".")[2] for path in known]
    if not forms or form not in (None, *forms):
        of = f" as {form}" if form and forms else ""
        hint = f"It was issued as: {', '.join(forms)}." if forms else "See: capreg ledger"
        raise NotIssuedError(f"no document was issued for entry {number}{of}", hint)
    chosen = form or forms[0]
    return chosen, _proved(books, _path(books, number, chosen), _seal(books, number, chosen))


def _proved(books: Books, path: Path, seal: Path) -> bytes:
    """Return the bytes of a document that its seal bears out."""
    content = read_bytes(path, books.issued, LARGEST)
    try:
        claimed = read_bytes(seal, books.issued).decode("ascii", "replace")
    except UnreadableError:
        claimed = ""
    if not is_signed(public(hub_key(books.folder)), _sealed(path, content), claimed):
        raise AlteredDocumentError(f"{path} is not as it was issued", "Put it back from a backup.")
    return content


def _sealed(path: Path, content: bytes) -> bytes:
    """Return what the seal of a document is of: its entry and form, and its content."""
    return f"{path.name}\n".encode() + content


def is_issued(books: Books, number: int) -> bool:
    """Whether any document was issued for an entry."""
    return any(books.issued.glob(f"{number:06d}.*"))


def _seal(books: Books, number: int, form: str) -> Path:
    return books.issued / "seals" / f"{number:06d}.{form}"


def _path(books: Books, number: int, form: str) -> Path:
    return books.issued / f"{number:06d}.{form}"
