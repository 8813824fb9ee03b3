"""Changes of a record that a script asks for: values set and unset at places, with a statement about each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from capreg.errors import CapregError, UsageError
from capreg.exchange.answers import Answers
from capreg.model.places import Place, UnknownEntryError, place, value_at, with_value, without
from capreg.model.record import STATEMENTS
from capreg.model.statements import with_statement, without_statements
from capreg.model.value import Value

USUAL_SOURCE = "firm"


class Evidence(Value):
    """Who stated what is set, how, and on which day."""

    on: date
    source: str = USUAL_SOURCE
    method: str | None = None


def changed(
    document: Mapping[str, Any],
    answers: Answers,
    sets: Sequence[str],
    unsets: Sequence[str],
    evidence: Evidence | None,
) -> dict[str, Any]:
    """Return a record with values set, then others unset.

    Args:
        sets: each `PLACE=VALUE`.
        evidence: what the statement about each value that is set says; without one no statement is written.

    Raises:
        UsageError: a text is no such change, or a value does not fit its field.
        UnknownEntryError: there is no such entry, or nothing to be unset.
    """
    kind = answers.loaded.kind
    for said in sets:
        written, sign, text = said.partition("=")
        if not sign:
            raise UsageError(f"'{said[:100]}' sets nothing", "Write PLACE=VALUE, as capacity.spare[0].hours_week=20.")
        at = place(kind, document, written.strip())
        document = with_value(document, at.path, _read(answers, at, said, text))
        if evidence:
            document = _evidenced(answers, document, place(kind, document, written.strip()), evidence)
    for written in unsets:
        at = place(kind, document, written.strip())
        if not at.path or value_at(document, at.path) is None:
            raise UnknownEntryError(f"'{written[:100]}': nothing is stated there")
        document = without(without_statements(document, at.path), at.path)
    return dict(document)


def _read(answers: Answers, at: Place, said: str, text: str) -> Any:
    if not at.path or at.path in (("id",), ("kind",)) or at.path[0] == STATEMENTS:
        raise UsageError(f"'{said[:100]}': that is not set like a field", "See: capreg edit --help")
    try:
        return answers.read(at.field, text)
    except CapregError as error:
        # The same failure, with the change that it belongs to.
        error.sentence = f"'{said[:100]}': {error.sentence}"
        raise


def _evidenced(answers: Answers, document: Mapping[str, Any], at: Place, evidence: Evidence) -> dict[str, Any]:
    """Return a record with a statement about a value, and its day beside it where the schema has a place for that."""
    if at.field.dated:
        document = with_value(document, (*at.path[:-1], at.field.dated), evidence.on.isoformat())
    return with_statement(answers.loaded.kind, document, at.pointer, evidence.source, evidence.method, evidence.on)
