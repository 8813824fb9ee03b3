"""CSV: the rows of TSV in the form of RFC 4180."""

import csv as csv_format
import io
from collections.abc import Iterator

from capreg.views.delimited import rows
from capreg.views.page import Page, Screen


def csv(page: Page, screen: Screen) -> Iterator[str]:
    """Yield rows in the form of RFC 4180, with plain newlines."""
    for row in rows(page):
        buffer = io.StringIO()
        csv_format.writer(buffer, lineterminator="\n").writerow(row)
        yield buffer.getvalue()
