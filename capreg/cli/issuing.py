"""Handing out a document that was sold: kept as it was issued, and the same bytes when it is asked for again."""

from capreg.cli.options import Output
from capreg.cli.output import deliver, format_of, made
from capreg.cli.session import Session
from capreg.errors import CapregError, UsageError
from capreg.model.day import day_there
from capreg.office.account import known_entry
from capreg.office.books import Books
from capreg.office.clients import client
from capreg.office.entry import Entry
from capreg.office.issued import issue, issued, kept
from capreg.office.ledger import looking, make_sure
from capreg.office.papers import Paper
from capreg.office.sales import refuse_reversed
from capreg.views.labels import label
from capreg.views.page import Page
from capreg.views.paper import paper_page


def mark_of(books: Books, entry: Entry, language: str) -> str:
    """Return for whom a document is, of which day and number, as every page of it says."""
    name = client(books, entry.client).name
    on = day_there(entry.moment, books.settings.time_zone)
    return label("mark", language).format(name, on.isoformat(), entry.number)


def hand_out(session: Session, books: Books, entry: Entry, page: Page, output: Output) -> None:
    """Write a document where it was asked for, and keep it; where it was issued in this form before, as it was then.

    A table is for a screen of today: it is shown as it is, and kept as plain text.
    """
    language = output.language_of(books.settings)
    page = page._replace(mark=mark_of(books, entry, language), language=language)
    try:
        _deliver(session, books, entry, page, output, language)
    except CapregError as error:
        error.way_out = f"{error.way_out} It is sold, and costs nothing again with: --order {entry.order}".lstrip()
        raise


def _deliver(session: Session, books: Books, entry: Entry, page: Page, output: Output, language: str) -> None:
    format = format_of(output, "text")
    if format == "table":
        _kept(books, entry, language, "text", page)
        return deliver(session, output, made(page, output, "table"))
    deliver(session, output, _kept(books, entry, language, format, page))


def _kept(books: Books, entry: Entry, language: str, format: str, page: Page) -> bytes:
    """Return a document as it was issued, which it is now if it was not before."""
    name = f"{language}.{format}"
    if (content := kept(books, entry.number, name)) is not None:
        return content
    issue(books, entry.number, name, made(page, None, format))
    return kept(books, entry.number, name)


def refuse_beside_again(*told: object) -> None:
    """Raise UsageError for what is said beside --again: an entry says itself of what, and for whom, it is."""
    if any(told):
        raise UsageError("--again takes the number of an entry alone", "Leave out what else is said of the sale.")


def hand_out_again(session: Session, books: Books, number: int, output: Output) -> None:
    """Write a document as it was issued, byte for byte.

    Raises:
        NotIssuedError: none was, or not in the format and language that are asked for.
        EndedSaleError: its sale was reversed.
    """
    format = None if output.format is None and output.path in (None, "-") else format_of(output, "text")
    wanted = (
        None if format is None else f"{output.language_of(books.settings)}.{'text' if format == 'table' else format}"
    )
    content = issued(books, number, wanted)[1]
    with looking(books) as ledger:
        refuse_reversed(ledger, known_entry(ledger, number))
    deliver(session, output, content)


def hand_out_paper(session: Session, books: Books, paper: Paper, output: Output) -> None:
    """Write an invoice or a credit note, and keep it; where it was issued in this form before, as it was then."""
    make_sure(books, paper.entry)
    language = output.language_of(books.settings)
    page = paper_page(paper, language)._replace(language=language)
    _deliver(session, books, paper.entry, page, output, language)
