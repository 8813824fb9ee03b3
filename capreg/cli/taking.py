"""Taking a questionnaire that came back into the registry."""

from collections import Counter
from pathlib import Path

from capreg.cli.options import Output
from capreg.cli.output import show
from capreg.cli.session import Session
from capreg.errors import UsageError
from capreg.exchange.importing import Imported, Taken
from capreg.exchange.questionnaire import answered, is_questionnaire
from capreg.store.changes import changing
from capreg.views.imported import imported_page


def take_questionnaire(session: Session, path: Path, dry_run: bool, output: Output) -> None:
    """Take what a questionnaire states: a new record, or a changed one.

    Raises:
        UsageError: the file is no questionnaire.
        AnswersError, WrittenError: its answers do not hold; nothing was written.
        ChangedSinceError: what it showed of the record has changed since.
    """
    if not is_questionnaire(path):
        raise UsageError(
            f"{path} is no questionnaire that capreg made, and nothing says which column of it goes where",
            f"Have a mapping proposed: capreg import {path} --guess -o mapping.yaml; then --mapping mapping.yaml.",
        )
    registry = session.registry
    found = answered(registry, path)
    if found.is_changed and not dry_run:
        with changing(registry) as changes:
            # Once more, now that nobody else writes.
            found = answered(registry, path)
            changes.put(found.loaded.kind, found.record, found.before.document if found.before else None)
    outcome = "unchanged" if not found.is_changed else "changed" if found.before else "new"
    taken = Taken(1, outcome, found.record.id)
    show(session, imported_page(Imported(1, Counter([outcome]), [], [taken], [], [])), output)
    session.note(
        f"{found.loaded.kind.label['en']} '{found.record.id}': {outcome}{' (nothing was written)' if dry_run else ''}."
    )
