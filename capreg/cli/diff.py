"""capreg diff."""

from datetime import timedelta

import click

from capreg.cli.options import Output, internal_option, output_options, session_options
from capreg.cli.output import show
from capreg.cli.session import Session, counted, pass_session
from capreg.cli.sides import NOW, Side, side_of, states_of
from capreg.model.day import today
from capreg.model.kinds import Tier
from capreg.store.comparing import compared
from capreg.store.schemas import LoadedKind
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
    """Tell what differs between two registries, or between a registry and itself on a day before.

    A and B are each a folder, a day, which is the registry as it stood when that day ended, or a revision of git. Without B, it is the
    registry as it is now; without A, what has changed since yesterday ended.

    \b
    Examples:
      capreg diff
      capreg diff 2026-11-01
      capreg diff 2026-10-31 2026-11-30 -k firm -O json
      capreg diff . .
    """
    first = before or str(today(session.registry.settings.time_zone) - timedelta(days=1))
    sides = [side_of(session, first), side_of(session, after or NOW)]
    kinds = _kinds(sides, kind_id)
    states = states_of(sides, [loaded.kind for loaded in kinds.values()])
    found = compared(*states, kinds, Tier.searched(internal))
    registry = sides[1].registry
    language = output.language_of(registry.settings)
    unsure = sorted({id for state in states for _, id in state.unsure})
    between = Between(first, after or label("change now", language), unsure, found.unread)
    speech = Speech(language, registry.vocabularies)
    page = differences_page(found.records, between, {id: loaded.kind for id, loaded in kinds.items()}, speech)
    show(session, page, output)
    session.note(f"{counted(len(found.records), 'record')} {'differs' if len(found.records) == 1 else 'differ'}.")


def _kinds(sides: list[Side], wanted: str | None) -> dict[str, LoadedKind]:
    """Return the kinds that either side has, by the schema of the second where both have one; raises UnknownKindError."""
    if wanted:
        holder = next((side for side in reversed(sides) if wanted in side.registry.loaded_kinds), sides[1])
        return {wanted: holder.registry.loaded(wanted)}
    return {**sides[0].registry.loaded_kinds, **sides[1].registry.loaded_kinds}
