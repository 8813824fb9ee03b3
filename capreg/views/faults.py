"""The faults of a registry as a page."""

from collections.abc import Sequence

from capreg.views.page import SCHEMA_VERSION, Column, Line, Page, Rows

COLUMNS = ("severity", "file", "line", "column", "place", "sentence", "id")
SEVERITIES = {"ERROR": "", "WARN": " warning:", "INFO": " note:"}


def faults_page(faults: Sequence) -> Page:
    """Return the page of faults; people read one a line, as `file:line:column /place: sentence`."""
    data = [fault._asdict() for fault in faults]
    rows = Rows([Column(one, one) for one in COLUMNS], [[fault[key] for key in COLUMNS] for fault in data])
    return Page([Line(_line(fault)) for fault in data], rows, {"schema_version": SCHEMA_VERSION, "faults": data}, data)


def _line(fault: dict) -> str:
    where = f"{fault['file']}:{fault['line']}:{fault['column']}"
    place = f" {fault['place']}:" if fault["place"] else ""
    return f"{where}{SEVERITIES[fault['severity']]}{place} {fault['sentence']}"
