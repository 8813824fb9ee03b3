"""capreg vocabulary."""

import click

from capreg.cli.options import (
    Output,
    internal_option,
    kind_option,
    list_options,
    output_options,
    session_options,
)
from capreg.cli.output import show, show_list
from capreg.cli.parsing import Command
from capreg.cli.session import Session, counted, pass_session
from capreg.index.catalogue import Catalogue
from capreg.index.counting import count_finds, stated_in
from capreg.index.stated import Stated, vocabularies_of
from capreg.model.candidates import Candidate, candidates, vocabulary_called, vocabulary_named
from capreg.views.arranged import Arrangement
from capreg.views.vocabulary import Browser

AS_IT_IS = Arrangement([], [])


@click.command(cls=Command)
@click.argument("term", nargs=-1)
@click.option("--in", "within", metavar="VOCABULARY", help="Look in this vocabulary only.")
@kind_option
@list_options
@internal_option
@output_options
@session_options
@pass_session
def vocabulary(session: Session, term, within, kind_id, wanted: Arrangement, internal, output: Output) -> None:
    """Browse the vocabularies, and how many records state each word.

    TERM is the name of a vocabulary, which is shown as a tree; else an id, a label or a synonym of a word, in English or
    Italian, or a part of one. With --in, TERM is always a word of that vocabulary.

    \b
    Examples:
      capreg vocabulary
      capreg vocabulary processes --language it
      capreg vocabulary fresatura
      capreg vocabulary spark erosion --in processes
      capreg vocabulary materials -k contractor --sort -with_below --limit 10
    """
    catalogue = session.catalogue(internal)
    kind = catalogue.kind(kind_id)
    known = vocabularies_of(kind, catalogue.vocabularies)
    asked = " ".join(term)
    name = vocabulary_named(known, within) if within else vocabulary_called(known, asked)
    is_word = asked and (within or name is None)
    found = candidates({name: known[name]} if within else known, asked) if is_word else []
    stated = stated_in(catalogue, kind, known)
    browser = Browser(stated, session.speech(output, internal))
    if found:
        _show_words(session, catalogue, browser, found, asked, output, wanted)
    else:
        show_list(session, browser.tree(name) if name else browser.all(), output, wanted)
    _tell_left_out(session, stated)


def _show_words(
    session: Session, catalogue: Catalogue, browser: Browser, found: list[Candidate], asked: str, output: Output, wanted
) -> None:
    """Show one word as a document, unless it is to be arranged as a list; several as a list."""
    if len(found) > 1 or wanted != AS_IT_IS:
        return show_list(session, browser.candidates(asked, found), output, wanted)
    name, word = found[0]
    kind = browser.stated.kind
    finds = {f"{query}:{word}": count_finds(catalogue, kind, query, word) for query in browser.query_names(name)}
    return show(session, browser.word(name, word, finds), output, piped="text")


def _tell_left_out(session: Session, stated: Stated) -> None:
    if stated.left_out:
        were = "was" if stated.left_out == 1 else "were"
        session.note(f"{counted(stated.left_out, 'file')} {were} left out, not being valid: 'capreg check' tells why.")
