"""The file of one record -> the record, or why it is none."""

import os
import re
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.model.kinds import Kind
from capreg.model.record import Record
from capreg.store import strict
from capreg.store.files import StrPath, UnreadableError, read_bytes
from capreg.store.validators import Draft202012Validator

ID = re.compile(r"[a-z0-9-]{1,64}")


class BrokenRecordError(CapregError):
    """A file holds no record that can be used; `document` is what could be read of it."""

    exit_code = ExitCode.INVALID

    def __init__(
        self, path: StrPath, fault: str, line: int = 1, column: int = 1, document: Any = None, place: tuple = ()
    ) -> None:
        super().__init__(f"{path}: {fault}", "'capreg check' tells all that is wrong.")
        self.path, self.fault, self.line, self.column = path, fault, line, column
        self.document, self.place = document, place


def load_record(root: StrPath, kind: Kind, validator: Draft202012Validator, path: StrPath) -> Record:
    """Return the record that a file of a registry holds.

    Args:
        root: the registry's folder.
        validator: decides whether a document is one of the kind.

    Raises:
        BrokenRecordError: the file, its JSON, its form, its kind or its id is not right.
    """
    stem = os.path.splitext(os.path.basename(path))[0]
    try:
        document = strict.read(read_bytes(path, root))
    except UnreadableError as error:
        raise BrokenRecordError(os.path.relpath(path, root), error.fault) from None
    except strict.DocumentError as error:
        raise BrokenRecordError(os.path.relpath(path, root), error.fault, error.line, error.column) from None
    if not validator.is_valid(document):
        raise BrokenRecordError(os.path.relpath(path, root), f"is no valid {kind.label['en']}", document=document)
    if found := name_fault(kind, stem, document):
        place, fault = found
        raise BrokenRecordError(os.path.relpath(path, root), fault, document=document, place=place)
    return Record(stem, document, path)


def name_fault(kind: Kind, stem: str, document: dict[str, Any]) -> tuple[tuple, str] | None:
    """Return where and what is wrong with a record's kind, its id and its file's name, or None."""
    if not ID.fullmatch(stem):
        return (), "the file's name is no id: small letters, digits and hyphens, at most 64"
    if document.get("id") != stem:
        return ("id",), f"says {document.get('id')!r}, the file's name says {stem!r}"
    if document.get("kind") != kind.id:
        return ("kind",), f"says {document.get('kind')!r}, the folder holds the kind {kind.id!r}"
    return None
