"""capreg diff."""

from datetime import timedelta

import click

from capreg.cli.cautions import cautions
from capreg.cli.options import Output, internal_option, output_options, session_options
from capreg.cli.output import show
from capreg.cli.pair import Pair
from capreg.cli.session import Session, counted, pass_session
from capreg.cli.sides import NOW, sides_of
from capreg.model.day import today
from capreg.store.comparing import compared
from capreg.views.differences import Between, differences_page
from capreg.views.labels import label
from capreg.views.values import Speech


@click.command()
@click.argument("before", required=False, metavar="[A")
@click.argument("after", required=False, metavar="[B]]")
@click.option("-k", "--kind", "kind_id", metavar="KIND", help="Which kind of record; else all.")
@internal_option
@output_options
@session_options
@pass_session
def diff(session: Session, before, after, kind_id, internal, output: Output) -> None:
    """Tell what differs between two registries or bundles, or between a registry and itself on a day before.

    A and B are each a folder, the file of a bundle, a day, which is the registry as it stood when that day ended, or a revision of
    git. Without B, it is the registry as it is now; without A, what has changed since yesterday ended.

    A bundle carries the short tier: compared with one, a registry is cut to that too. Two bundles need no registry at hand.

    \b
    Examples:
      capreg diff
      capreg diff 2026-11-01
      capreg diff 2026-10-31 2026-11-30 -k firm -O json
      capreg diff . .
      capreg diff october.capreg november.capreg
    """
    first = before or str(today(session.registry.settings.time_zone) - timedelta(days=1))
    second = after or session.bundle or NOW
    pair = Pair(*sides_of(session, [first, second], internal))
    for caution in cautions(pair, kind_id, session.terms()):
        session.warn(caution)
    kinds = pair.kinds(kind_id)
    states = pair.states(kinds)
    found = compared(*states, kinds, pair.tier(internal))
    at_hand = pair.after.at_hand
    language = output.language_of(at_hand.settings)
    unsure = sorted({id for state in states for _, id in state.unsure})
    between = Between(first, second or label("change now", language), unsure, found.unread)
    speech = Speech(language, at_hand.vocabularies)
    page = differences_page(found.records, between, {id: one.kind for id, one in kinds.items()}, speech)
    show(session, page, output)
    session.note(f"{counted(len(found.records), 'record')} {'differs' if len(found.records) == 1 else 'differ'}.")
