"""The forms in which lists come: one function a form, in one table."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from capreg.exchange.mapping import Mapped
from capreg.exchange.sheet import Listed, SheetError, Wanted

LARGEST = 1 << 28
# Loaded on use: a workbook needs openpyxl, a text charset-normalizer.
READERS = {
    "csv": "capreg.exchange.delimited:read_csv",
    "tsv": "capreg.exchange.delimited:read_tsv",
    "xlsx": "capreg.exchange.workbook:read_workbook",
    "json": "capreg.exchange.objects:read_json",
    "ndjson": "capreg.exchange.objects:read_ndjson",
}
ENDINGS = {".txt": "csv", ".tab": "tsv", ".xlsm": "xlsx", ".jsonl": "ndjson", ".geojson": "json"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How an encrypted workbook names what it holds.
LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_list(path: Path, mapping: Mapped | None = None) -> Listed:
    """Return the rows of a list.

    Args:
        mapping: says how it is to be read and which columns are wanted; without one all are.

    Raises:
        SheetError: the file cannot be read, or lacks a column that the mapping names.
        OSError: the file cannot be opened.
    """
    if path.exists() and not path.is_file():
        raise SheetError(f"{path}: not a plain file")
    if path.stat().st_size > LARGEST:
        raise SheetError(f"{path}: larger than {LARGEST:,} bytes", "Divide it.")
    content = path.read_bytes()
    form = (mapping and mapping.form) or _form(path, content)
    return _reader(form)(str(path), content, mapping, Wanted.of(mapping) if mapping else Wanted())


def _reader(form: str) -> Callable[[str, bytes, Mapped | None, Wanted], Listed]:
    module, _, function = READERS[form].partition(":")
    return getattr(import_module(module), function)


def _form(path: Path, content: bytes) -> str:
    """Return the form of a file: as its first bytes say, which know better than its name, else as its name says."""
    if content.startswith(OLE):
        if LOCKED in content:
            raise SheetError(f"{path}: it is locked with a password", "Open it, and save it without one.")
        raise SheetError(f"{path}: an old workbook (.xls)", "Save it as .xlsx, or as CSV.")
    if content.startswith(ZIP):
        return "xlsx"
    ending = path.suffix.lower()
    said = ENDINGS.get(ending, ending[1:])
    if said in READERS and said != "xlsx":
        return said
    return "json" if content.lstrip()[:1] in (b"{", b"[") else "csv"
