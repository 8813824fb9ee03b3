"""capreg report."""

from datetime import date

import click

from capreg.cli.options import Output, day_option, kind_option, list_options, output_options, session_options
from capreg.cli.output import show_list
from capreg.cli.session import Session, pass_session
from capreg.model.day import day_there, today
from capreg.office import report as reports
from capreg.office.books import Books, books_of
from capreg.office.completeness import completeness
from capreg.office.head import currency_of
from capreg.office.inquiries import inquiries
from capreg.office.members import members
from capreg.office.proof import entries
from capreg.views.arranged import Arrangement
from capreg.views.completeness import complete_page
from capreg.views.report import asked_page, gaps_page, income_page, unfound_page

SINCE = day_option("--from", "since", "Since that day; else from the beginning.")
UNTIL = day_option("--until", "until", "Until that day, it included; else until today.")


def report_options(command):
    """Give a command the options of a report."""
    for option in (session_options, output_options, list_options, UNTIL, SINCE):
        command = option(command)
    return command


def _books(session: Session) -> Books:
    return books_of(session.catalogue())


@click.group()
def report() -> None:
    """Income, what was asked for, what nobody had, and who was never found."""


@report.command()
@click.option("--by", type=click.Choice(list(reports.KEYS)), default="kind", show_default=True, help="Summed by what.")
@report_options
@pass_session
def income(session: Session, by, since, until, wanted: Arrangement, output: Output) -> None:
    """Sum what was sold, before VAT, by kind, month or client; what was reversed is taken off.

    \b
    Examples:
      capreg report income --by month --from 2026-01-01
    """
    books = _books(session)
    zone = books.settings.time_zone
    known = entries(books)
    found = reports.income(known, by, lambda entry: day_there(entry.moment, zone), since or date.min, until or date.max)
    show_list(session, income_page(found, by, currency_of(books), output.language_of(books.settings)), output, wanted)


@report.command()
@report_options
@pass_session
def asked(session: Session, since, until, wanted: Arrangement, output: Output) -> None:
    """Count the words of the vocabularies that printouts were asked by, the most asked first.

    \b
    Examples:
      capreg report asked --limit 20
    """
    books, language = _books(session), output.language_of(session.catalogue().settings)
    found = reports.asked(session.catalogue(), inquiries(books, since, until), language)
    show_list(session, asked_page(found, language), output, wanted)


@report.command()
@report_options
@pass_session
def gaps(session: Session, since, until, wanted: Arrangement, output: Output) -> None:
    """List what was asked for and nobody had: the hub's list of gaps to fill.

    `missing` names the requirements that no record meets even alone today.

    \b
    Examples:
      capreg report gaps -O csv -o gaps.csv
    """
    found = reports.gaps(session.catalogue(), inquiries(_books(session), since, until))
    show_list(session, gaps_page(found, output.language_of(session.catalogue().settings)), output, wanted)


@report.command()
@report_options
@pass_session
def unfound(session: Session, since, until, wanted: Arrangement, output: Output) -> None:
    """List the members that no inquiry has found.

    \b
    Examples:
      capreg report unfound
    """
    books = _books(session)
    now = today(books.settings.time_zone)
    found = reports.unfound(members(books), inquiries(books, since, until), now)
    show_list(session, unfound_page(found, output.language_of(books.settings)), output, wanted)


@report.command()
@kind_option
@click.option(
    "--top", type=click.IntRange(min=1), default=3, show_default=True, metavar="N", help="How many questions of each."
)
@report_options
@pass_session
def complete(session: Session, kind_id, top, since, until, wanted: Arrangement, output: Output) -> None:
    """Score how complete records are, and list which missing answers would help each be found most.

    `asked` is how many inquiries asked for the field, `found` how many of these the record would meet if it stated just
    this. Those that one answer would help most come first: whom to telephone, and what to ask.

    \b
    Examples:
      capreg report complete --limit 20
      capreg report complete --top 1 --sort score -O csv -o complete.csv
    """
    catalogue = session.catalogue()
    # The index keeps no questions.
    kind, language = session.registry.kind(kind_id), output.language_of(catalogue.settings)
    found = completeness(catalogue, kind, inquiries(_books(session), since, until), top)
    show_list(session, complete_page(found, kind, language), output, wanted)
