"""What was found in the books, and receipts, as pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from capreg.views.page import SCHEMA_VERSION, Column, Line, Page, Rows

FINDING = ("id", "entry", "sentence")


def findings_page(findings: Sequence[Any]) -> Page:
    """Return the page of what does not hold in a ledger; people read one a line."""
    data = [finding._asdict() for finding in findings]
    rows = Rows([Column(one, one) for one in FINDING], [list(finding) for finding in findings])
    lines = [Line(f"ledger:{one.entry}: {one.id}: {one.sentence}") for one in findings]
    return Page(lines, rows, {"schema_version": SCHEMA_VERSION, "findings": data}, data)


def receipt_page(receipt: Mapping[str, Any]) -> Page:
    """Return the page of a receipt, which is a document for machines."""
    flat = {**receipt["entry"], "key": receipt["key"], "signature": receipt["signature"]}
    rows = Rows([Column(key, key) for key in flat], [list(flat.values())])
    return Page([rows], rows, dict(receipt), [dict(receipt)])
