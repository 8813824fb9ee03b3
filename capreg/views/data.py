"""JSON and NDJSON: whole values for machines."""

from collections.abc import Iterator
from typing import Any

import orjson

from capreg.model.harmless import escaped
from capreg.views.page import Page, Screen


def json(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page's data as one indented JSON document."""
    yield _safe(page.data, orjson.OPT_INDENT_2) + "\n"


def ndjson(page: Page, screen: Screen) -> Iterator[str]:
    """Yield one JSON line for each result."""
    for line in page.lines:
        yield _safe(line, 0) + "\n"


def _safe(value: Any, option: int) -> str:
    return escaped(orjson.dumps(value, default=list, option=option).decode())
