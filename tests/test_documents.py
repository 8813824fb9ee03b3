"""Documents that leave the hub: their mark, HTML, PDF, and how a command offers them."""

import io
import re
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import click
import pytest
from pypdf import PdfReader

from capreg.cli.options import Output, document_options, output_options, session_options
from capreg.cli.output import ready, show
from capreg.cli.session import pass_session
from capreg.errors import UsageError
from capreg.views import FORMATS, view
from capreg.views.money import spoken_money
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


@pytest.mark.parametrize("format", ["text", "md", "table", "html"])
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


@pytest.mark.parametrize("format", ["text", "md", "table", "html"])
def test_a_mark_is_a_text_like_any_other(format):
    content = shown(format, letter(mark=CONTROLS + "<b>"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", content)
    assert "<b>" not in content or format in ("text", "table")


# HTML


class Walk(HTMLParser):
    """What a file of HTML holds: its tags, whether they close, and its text."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)


OWN = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "p", "h1", "h2", "h3", "dl", "div", "dt", "dd",
    "br", "table", "thead", "tbody", "tr", "th", "td", "small", "pre",
}  # fmt: skip


@pytest.mark.parametrize("text", [*HOSTILE, CONTROLS])
def test_no_text_becomes_html(text):
    walk = Walk(shown("html", letter(text, mark=text, language="it")))
    assert walk.open == []
    assert {tag for tag, _ in walk.tags} == OWN
    assert not {
        key for _, attributes in walk.tags for key in attributes if key.startswith("on") or key in ("src", "href")
    }
    if text != CONTROLS:
        assert walk.texts.count(text) == TIMES + 3, "the title, and the mark twice"


def test_control_characters_are_shown_as_codes_in_html():
    content = shown("html", letter(CONTROLS))
    assert r"bell\u0007 escape\u001b[31m turned\u202eround zero\u0000" in content


def test_html_loads_nothing_and_runs_nothing():
    content = shown("html", letter())
    policy = next(
        one["content"] for tag, one in Walk(content).tags if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"https?://|url\(|@import|javascript:|<script|style=", content)


def test_the_policy_names_the_style_that_stands_in_the_file():
    content = shown("html", letter())
    style = re.search("<style>(.*?)</style>", content, re.DOTALL)[1]
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in content


def test_html_says_its_language_and_its_title():
    content = shown("html", letter("Officine <Rossi>", language="it"))
    assert '<html lang="it">' in content
    assert "<title>Officine &lt;Rossi&gt;</title>" in content
    assert "<html>" in shown("html", letter())


@pytest.mark.parametrize("format", ["html", "pdf"])
def test_hub_only_stands_where_a_page_is_for_the_hub_alone(format):
    said = [shown(format, letter(hub_only=one)) for one in (True, False)]
    if format == "pdf":
        said = ["".join(sheets(one)) for one in said]
    assert [bare("HUB ONLY") in bare(one) for one in said] == [True, False]


# PDF


def test_every_page_of_a_pdf_carries_the_mark_and_its_number():
    found = sheets(shown("pdf", letter(parts=30, mark=MARK, hub_only=True)))
    assert len(found) > 3
    for number, sheet in enumerate(found, 1):
        assert bare(MARK) in sheet
        assert f"page{number}of{len(found)}" in sheet
        assert "HUBONLY" in sheet
    assert "pagina1di1" in sheets(shown("pdf", letter(language="it")))[0]


def test_the_head_of_a_table_stands_on_every_page_it_goes_over():
    table = Rows(COLUMNS, [[f"row {number}", "1.00"] for number in range(120)])
    assert all("Amount(EUR)" in sheet for sheet in sheets(shown("pdf", page([Heading("Long", 1), table]))))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_pdf_is_interpreted(text):
    found = "".join(sheets(shown("pdf", letter(text, mark=text))))
    assert found.count(bare(text)) >= TIMES + 1


def test_control_characters_are_shown_as_codes_in_a_pdf():
    assert (
        bare(r"bell\u0007 escape\u001b[31m turned\u202eround zero\u0000") in sheets(shown("pdf", letter(CONTROLS)))[0]
    )


def test_a_word_longer_than_a_line_stays_on_the_paper():
    (sheet,) = PdfReader(io.BytesIO(shown("pdf", page([Pairs([("name", "m" * 300)])])))).pages
    assert max(map(len, sheet.extract_text().splitlines())) < 100


def test_the_same_page_gives_the_same_pdf_wherever_and_whenever_it_is_made(tmp_path, monkeypatch):
    first = shown("pdf", letter(mark=MARK))
    (tmp_path / "__typst_py_bytes__.typ").write_text("#panic()")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert shown("pdf", letter(mark=MARK)) == first
    assert "/CreationDate" not in PdfReader(io.BytesIO(first)).metadata


def test_a_pdf_is_made_for_screen_readers_too():
    reader = PdfReader(io.BytesIO(shown("pdf", letter("Titolo", language="it"))))
    assert reader.metadata.title == "Titolo"
    assert reader.trailer["/Root"]["/Lang"] == "it"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_wide_table_lies_on_its_side():
    columns = [Column(str(number), f"Column {number}") for number in range(9)]
    (sheet,) = PdfReader(io.BytesIO(shown("pdf", page([Rows(columns, [list("abcdefghi")])])))).pages
    assert sheet.mediabox.width > sheet.mediabox.height


def test_a_sign_that_the_fonts_lack_is_told_and_never_left_out():
    with pytest.raises(UsageError, match="lack a sign") as told:
        shown("pdf", letter("北京"))
    assert "html" in told.value.way_out


@pytest.mark.parametrize("format", ["html", "pdf"])
def test_a_page_of_nothing_is_a_page(format):
    assert shown(format, page([]))
    assert shown(format, page([Rows(COLUMNS, []), Pairs([]), Note("")]))


# How a command offers them


def command(options):
    @click.command()
    @options
    @session_options
    @pass_session
    def paper(session, output: Output):
        ready(session, output, piped="text")
        show(session, letter(mark=MARK), output, piped="text")

    return lambda *arguments: paper.main([str(one) for one in arguments], standalone_mode=False)


@pytest.fixture
def document(empty, monkeypatch):
    monkeypatch.setenv("CAPREG_REGISTRY", str(empty))
    return command(document_options)


def test_the_ending_decides_for_html_and_pdf(document, tmp_path):
    document("-o", tmp_path / "a.html")
    document("-o", tmp_path / "a.PDF")
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")
    assert (tmp_path / "a.PDF").read_bytes() == shown("pdf", letter(mark=MARK))


def test_a_pdf_goes_into_a_pipe_byte_by_byte(document, capfdbinary):
    document("-O", "pdf")
    assert capfdbinary.readouterr().out == shown("pdf", letter(mark=MARK))


def test_a_pdf_is_not_thrown_at_a_terminal(document, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(UsageError, match="a terminal cannot show pdf"):
        document("-O", "pdf")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("ending", ["html", "pdf", "xlsx", "docx", ""])
def test_a_command_without_documents_refuses_their_endings(empty, monkeypatch, tmp_path, ending):
    monkeypatch.setenv("CAPREG_REGISTRY", str(empty))
    with pytest.raises(UsageError, match="says no format of this command") as told:
        command(output_options)("-o", tmp_path / f"a.{ending}")
    assert ", ".join(FORMATS) in told.value.way_out
    assert list(tmp_path.iterdir()) == [empty]


def test_without_the_extra_a_pdf_is_refused_before_anything_is_done(document, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.delitem(sys.modules, "capreg.views.pdf", raising=False)
    with pytest.raises(UsageError, match="PDF needs the extra 'book'") as told:
        document("-o", tmp_path / "a.pdf")
    assert "pip install 'capreg[book]'" in told.value.way_out


# Money


@pytest.mark.parametrize(
    ("minor", "currency", "english", "italian"),
    [
        (450000, "EUR", "€4,500.00", "4.500,00 €"),
        (123456789, "EUR", "€1,234,567.89", "1.234.567,89 €"),
        (5, "EUR", "€0.05", "0,05 €"),
        (0, "EUR", "€0.00", "0,00 €"),
        (-4500, "EUR", "-€45.00", "-45,00 €"),
        (1234, "JPY", "¥1,234", "1.234 JPY"),
        (1500, "KWD", "KWD 1.500", "1,500 KWD"),
        (-1, "KWD", "-KWD 0.001", "-0,001 KWD"),
        (4500, "CHF", "CHF 45.00", "45,00 CHF"),
        (1500, "IQD", "IQD 1.500", "1,500 IQD"),
        (10**18 + 1, "EUR", "€10,000,000,000,000,000.01", "10.000.000.000.000.000,01 €"),
    ],
)
def test_an_amount_is_written_as_the_language_writes_it(minor, currency, english, italian):
    said = [spoken_money(minor, currency, language).replace("\N{NO-BREAK SPACE}", " ") for language in ("en", "it")]
    assert said == [english, italian]
