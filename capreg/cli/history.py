"""capreg history."""

import click

from capreg.cli.options import Output, internal_option, kind_option, output_options, session_options
from capreg.cli.output import show
from capreg.cli.session import Session, pass_session
from capreg.model.kinds import Tier
from capreg.store.comparing import differing
from capreg.store.histories import Entry, entries_of
from capreg.store.schemas import LoadedKind
from capreg.views.history import Told, history_page
from capreg.views.values import Speech


@click.command()
@click.argument("id")
@kind_option
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Show at most so many changes, the newest.")
@internal_option
@output_options
@session_options
@pass_session
def history(session: Session, id, kind_id, limit, internal, output: Output) -> None:
    """Tell all changes of one record, the newest first: when, and what from what to what.

    What was changed outside capreg is told as such: by the commit of git where the registry is in the hands of git, else between
    which days. A record that was removed still has its history; through a rename it is followed.

    \b
    Examples:
      capreg history officine-savena
      capreg history officine-savena --limit 3 -O json
      capreg history nordwerk-fahrzeugbau -k contractor
    """
    registry = session.registry
    loaded = registry.loaded(kind_id)
    entries = entries_of(registry, loaded.kind, id)[::-1][:limit]
    told = [_told(one, loaded, Tier.searched(internal)) for one in entries]
    speech = Speech(output.language_of(registry.settings), registry.vocabularies)
    show(session, history_page(told, loaded.kind, id, registry.settings.time_zone, speech), output)


def _told(entry: Entry, loaded: LoadedKind, tier: Tier) -> Told:
    key, was = (loaded.kind.id, entry.id), (loaded.kind.id, entry.was)
    return Told(entry, differing(loaded, key, was, entry.before, entry.after, tier))
