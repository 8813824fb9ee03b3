"""Documents that leave the hub: their mark, HTML, PDF, and how a command offers them."""

import io
import re

import pytest
from pypdf import PdfReader

from capreg.views import view
from capreg.views.page import Column, Heading, Line, Named, Note, Page, Pairs, Rows, Screen

MARK = "for Nordwerk AG, 2026-11-26, No. 12"
HOSTILE = [
    "<script>alert(1)</script>",
    "a & b &amp; &lt; \"quoted\" 'single'",
    "</style></title><img src=x onerror=alert(1)>",
    "#panic() $x$ *b* _i_ `r` ] [ ) ( } {",
    "\\u{41} \\ \\n // /* @ref <label> = - + ~ -- ...",
    "https://example.org/" + "abcdefghij" * 30,
]
CONTROLS = "bell\x07 escape\x1b[31m turned\u202eround zero\x00"
COLUMNS = [Column("what", "What"), Column("amount", "Amount", "EUR", numeric=True)]


# How often a letter shows its text: a heading, a pair of two lines, a note, a line, a heading, four rows of a title and an id.
TIMES = 1 + 3 + 1 + 1 + 1 + 4 * 2


def page(blocks, **rest) -> Page:
    return Page(blocks, Rows(COLUMNS, []), {"client": "nordwerk"}, [{"client": "nordwerk"}], **rest)


def letter(text: str = "quiet", parts: int = 1, **rest) -> Page:
    """A page with every sort of block, a text in each of its places."""
    blocks = [Heading(text, 1), Pairs([(text, f"{text}\n{text}")]), Note(text), Line(text)]
    for number in range(1, parts + 1):
        rows = [[Named(text, text), f"{number}.00"] for _ in range(4)]
        blocks += [Heading(f"Part {number}", 2), Heading(text, 3), Rows(COLUMNS, rows)]
    return page(blocks, **rest)


def shown(format: str, one: Page) -> str | bytes:
    pieces = list(view(format)(one, Screen()))
    return b"".join(pieces) if format == "pdf" else "".join(pieces)


def sheets(content: bytes) -> list[str]:
    """The text of each page of a PDF, without blanks: where lines are broken is no matter."""
    return ["".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(content)).pages]


def bare(text: str) -> str:
    return "".join(text.split())


# The mark


@pytest.mark.parametrize("format", ["text", "md", "table"])
def test_the_mark_is_the_first_and_the_last_line_that_people_read(format):
    lines = shown(format, letter(mark=MARK)).strip().splitlines()
    assert [lines[0].strip(), lines[-1].strip()] == [MARK, MARK]


@pytest.mark.parametrize("format", ["text", "md", "table"])
def test_a_page_without_a_mark_is_as_it_was(format):
    assert MARK not in shown(format, letter())
    assert "\f" not in shown(format, letter())


@pytest.mark.parametrize("format", ["json", "ndjson", "tsv", "csv"])
def test_what_machines_read_is_the_same_with_and_without_a_mark(format):
    assert shown(format, letter(mark=MARK)) == shown(format, letter())


@pytest.mark.parametrize(
    "text", ["quiet", "a row that is far wider than the paper is, so that it takes up several lines " * 2]
)
def test_every_sheet_of_plain_text_carries_the_mark_above_and_below(text):
    found = shown("text", letter(text, parts=30, mark=MARK)).split("\f")
    assert len(found) > 4
    for sheet in found:
        lines = sheet.splitlines()
        assert [lines[0], lines[-1]] == [MARK, MARK]
        assert sum(max(1, -(-len(line) // 80)) for line in lines) <= 66


@pytest.mark.parametrize("before", range(15))
def test_no_part_of_plain_text_begins_at_the_end_of_a_sheet(before):
    long = letter(parts=30, mark=MARK)
    for sheet in shown("text", long._replace(blocks=[Line("one")] * before + long.blocks)).split("\f")[:-1]:
        assert not any(re.fullmatch("-+|quiet", line) for line in sheet.splitlines()[-4:])


@pytest.mark.parametrize("format", ["text", "md", "table"])
def test_a_mark_is_a_text_like_any_other(format):
    content = shown(format, letter(mark=CONTROLS + "<b>"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", content)
    assert "<b>" not in content or format in ("text", "table")
