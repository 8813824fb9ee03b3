"""capreg search."""

import click

from capreg.cli.options import (
    Output,
    internal_option,
    kind_option,
    list_options,
    on_option,
    output_options,
    session_options,
)
from capreg.cli.output import show
from capreg.cli.session import Session, counted, pass_session
from capreg.index.answer import Found
from capreg.index.find import find
from capreg.index.order import ordered
from capreg.model.kinds import Tier
from capreg.query.language import join
from capreg.views.arranged import Arrangement
from capreg.views.columns import columns_page
from capreg.views.search import search_page
from capreg.views.values import Speech


@click.command()
@click.argument("query", nargs=-1)
@kind_option
@list_options
@on_option
@internal_option
@output_options
@session_options
@pass_session
def search(session: Session, query, kind_id, wanted: Arrangement, on, internal, output: Output) -> None:
    """Find the records that meet a query.

    'capreg help query' teaches the language, 'capreg fields' lists the fields.

    \b
    Examples:
      capreg search process:milling material:aluminium tolerance:..0.01mm
      capreg search certificate:iso-9001 near:Bologna,40km --sort -employees
      capreg search -k contractor buys:milling -O json
    """
    registry = session.registry
    kind = registry.kind(kind_id)
    tier = Tier.confidential if internal else Tier.detailed
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    if list(wanted.columns) == ["help"]:
        return show(session, columns_page(kind, tier, speech), output)
    found = find(registry, kind, join(query), on, internal)
    hits = ordered(kind, found.hits, wanted.sort, tier)
    shown = hits[wanted.offset :][: wanted.limit]
    show(session, search_page(found, shown, wanted.columns, tier, speech), output)
    tell_left_out(session, found)


def tell_left_out(session: Session, found: Found) -> None:
    """Tell how many files of the kind were left out of an answer, and with -v where it came from."""
    session.detail(
        f"{len(found.hits)} of the {found.kind.labels['en']} of {session.registry.root} meet {found.query or 'the empty query'}"
    )
    if found.left_out:
        were = "was" if found.left_out == 1 else "were"
        session.note(f"{counted(found.left_out, 'file')} {were} left out, not being valid: 'capreg check' tells why.")
