"""A questionnaire written as YAML -> the record that it states, or every fault with its line."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from capreg.errors import CapregError, nearest
from capreg.exchange.gathering import slug
from capreg.exchange.questionnaire import Answered, known, ordered
from capreg.exchange.yaml import Written
from capreg.model.kinds import Field, Kind
from capreg.model.questionnaire import ABSENT, Path
from capreg.model.record import Record, values
from capreg.store.check import ERROR, nonsense
from capreg.store.explain import explain
from capreg.store.registry import Registry
from capreg.store.validators import validator
from capreg.store.vocabularies import Vocabularies


def read(registry: Registry, path: File) -> Answered:
    """Return what a YAML questionnaire states: the whole record is in it.

    Raises:
        WrittenError: it cannot be read, or its answers do not hold; all faults together.
    """
    written = Written.read(str(path), path.read_bytes(), validator({"type": "object", "required": ["kind"]}))
    named = str(written.document["kind"])
    if named not in registry.loaded_kinds:
        written.refuse(
            [(("kind",), f"the kind '{named[:40]}' is not here. {nearest(named, registry.loaded_kinds)}".rstrip())]
        )
    loaded = registry.loaded(named)
    id = _id(loaded.kind, written.document)
    before = known(registry, loaded, id)
    settling = _Settling(loaded.kind, registry.vocabularies, before.document if before else {})
    settled = settling.value(loaded.kind.root, {**written.document, "id": id}, ())
    written.refuse(settling.faults)
    if not loaded.validator.is_valid(settled):
        written.refuse((one.path, one.sentence) for one in explain(loaded.schema, settled))
    had = {told for _, _, _, told in nonsense(registry, loaded.kind, before.document)} if before else set()
    judged = nonsense(registry, loaded.kind, settled)
    written.refuse((place, told) for _, severity, place, told in judged if severity == ERROR and told not in had)
    made = ordered(loaded.kind.root, settled, before.document if before else None)
    return Answered(loaded, Record(id, made, before.path if before else None), before)


def _id(kind: Kind, document: Mapping[str, Any]) -> str:
    """Return the id that a document says, else the one that its title makes."""
    said = document.get("id")
    return str(said) if said is not None else slug([str(document.get(kind.title) or "")]) or "-"


class _Settling:
    """Makes a record of what was typed: what was left blank is not stated, and words may stand by their labels."""

    def __init__(self, kind: Kind, vocabularies: Vocabularies, before: Mapping[str, Any]) -> None:
        self.kind, self.vocabularies, self.before = kind, vocabularies, before
        self.faults: list[tuple[Path, str]] = []

    def value(self, at: Field | None, value: Any, place: Path) -> Any:
        """Return a value as a record has it, ABSENT where nothing was written."""
        if at is None or not value:
            return ABSENT if value is None and not (at and at.may_be_null) else value
        if isinstance(value, Mapping):
            return self._all(dict, ((key, at.properties.get(key), one) for key, one in value.items()), place)
        if isinstance(value, list):
            return self._all(list, ((number, at.items, one) for number, one in enumerate(value)), place, at)
        return self._word(at, value, place) if isinstance(value, str) else value

    def _all(self, form: type, parts: Iterator[tuple], place: Path, holder: Field | None = None) -> Any:
        found = {}
        for key, below, one in parts:
            of = holder if holder and not (below and below.properties) and self.kind.vocabulary_of(holder) else below
            settled = one if below is None and of is None else self.value(of, one, (*place, key))
            if settled is not ABSENT:
                found[key] = settled
        if not found:
            return ABSENT
        return found if form is dict else list(found.values())

    def _word(self, at: Field, text: str, place: Path) -> str:
        name = self.kind.vocabulary_of(at)
        if name is None or text in self.vocabularies[name].words or text in list(values(self.before, at.path)):
            return text
        try:
            return self.vocabularies[name].find(text)
        except CapregError as error:
            self.faults.append((place, f"{error.sentence}. {error.way_out}".rstrip(". ") + "."))
            return text
