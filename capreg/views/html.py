"""HTML: one file that stands alone, for a screen, a phone or paper."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import chain
from typing import Any

from capreg.model.text import plain
from capreg.views.page import HUB_ONLY, Block, Column, Heading, Line, Named, Page, Pairs, Rows, Screen, cell

STYLE = files("capreg.views").joinpath("page.css").read_text(encoding="utf-8")
# Nothing is loaded and nothing runs; the one style is named by its checksum.
POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'"


def html(page: Page, screen: Screen) -> Iterator[str]:
    """Yield the page as one HTML file without scripts or outside resources; no text of a record becomes markup.

    The mark stands above and below, on paper on every sheet.
    """
    blocks = iter(page.blocks)
    first = next(blocks, None)
    title = first.text if isinstance(first, Heading) else page.mark or "capreg"
    yield from _beginning(page, title)
    for block in blocks if first is None else chain([first], blocks):
        yield from _block(block)
    yield f"</main>\n<footer>{_mark(page)}</footer>\n</body>\n</html>\n"


def escaped(text: str) -> str:
    """Return a text as HTML shows it to the letter."""
    return escape(plain(text))


def _beginning(page: Page, title: str) -> Iterator[str]:
    language = f' lang="{escaped(page.language)}"' if page.language else ""
    hub_only = f'<p class="hub-only">{HUB_ONLY}</p>' if page.hub_only else ""
    yield f'<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    yield f"<header>{hub_only}{_mark(page)}</header>\n<main>\n"


def _mark(page: Page) -> str:
    return f'<p class="mark">{escaped(page.mark)}</p>' if page.mark else ""


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"<h{block.level}>{escaped(block.text)}</h{block.level}>\n"
    elif isinstance(block, Pairs):
        yield from ("<dl>\n", *(_pair(label, value) for label, value in block.pairs), "</dl>\n")
    elif isinstance(block, Rows):
        yield from _rows(block)
    elif isinstance(block, Line):
        yield f"<pre>{escaped(block.text)}</pre>\n"
    else:
        yield f'<p class="note">{escaped(block.text)}</p>\n'


def _pair(label: str, value: str) -> str:
    lines = "<br>".join(map(escaped, value.split("\n")))
    return f"<div><dt>{escaped(label)}</dt><dd>{lines}</dd></div>\n"


def _rows(rows: Rows) -> Iterator[str]:
    """Yield a table; one that is wider than the screen is moved alone, by hand or by keys."""
    yield '<div class="wide" tabindex="0">\n<table>\n<thead>\n'
    yield _row("th", rows.columns, (escaped(column.head) for column in rows.columns), ' scope="col"')
    yield "</thead>\n<tbody>\n"
    for row in rows.rows:
        yield _row("td", rows.columns, map(_cell, row))
    yield "</tbody>\n</table>\n</div>\n"


def _row(tag: str, columns: Iterable[Column], cells: Iterable[str], rest: str = "") -> str:
    classes = (' class="number"' if column.numeric else "" for column in columns)
    inner = (f"<{tag}{rest}{kind}>{text}</{tag}>" for kind, text in zip(classes, cells, strict=True))
    return f"<tr>{''.join(inner)}</tr>\n"


def _cell(value: Any) -> str:
    """Return a cell; a record's id stands under its title."""
    if isinstance(value, Named):
        return f"{escaped(value.title)}<br><small>{escaped(value.id)}</small>"
    return escaped(cell(value))
