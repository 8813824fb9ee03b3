"""The questions that make a record, one after the other, as the schema puts them.

A script is a generator: it gives a question and is sent the answer. Going back, and going on later, is going through it
again from the beginning with the answers that are kept, so nothing but these needs to be remembered.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from capreg.exchange.gathering import slug
from capreg.model.kinds import Field
from capreg.model.record import pointer, values
from capreg.model.schema import schema_at
from capreg.model.settings import Settings
from capreg.model.value import Value
from capreg.store.schemas import LoadedKind

SHORT, FULL = "short", "full"
FORMS = (SHORT, FULL)
BACK = object()
MOST_ENTRIES = 1000


class Question(Value):
    """One question: where its answer goes, about which field, and whether it must be answered.

    One that is `more` asks whether a list has another entry; one that `ends` a list does so where it is passed over;
    `choices` are the ids to which an answer may refer; `number` is that of the entry it belongs to.
    """

    place: str
    field: Field
    is_needed: bool = False
    more: bool = False
    default: Any = None
    number: int | None = None
    choices: tuple[str, ...] = ()
    ends: bool = False


Asking = Generator[Question, Any, Any]


@dataclass
class Script:
    """The questions of a kind in a form: short asks what is enough to be found, full all that has a question.

    `known` is what the record says so far.
    """

    loaded: LoadedKind
    form: str
    settings: Settings
    today: date
    known: dict[str, Any] = field(default_factory=dict)

    def record(self) -> Asking:
        """Ask for a whole record; what it returns is the record without its id."""
        self.known = {}
        found = yield from self._object(self.loaded.kind.root, (), self.known, is_needed=True)
        return {"kind": self.loaded.kind.id, **found}

    def _is_asked(self, field: Field) -> bool:
        """Whether the form asks for a field or for anything below it; ids of entries are made, not asked for."""
        if field.is_entry_id:
            return False
        if field.ask:
            return self.form == FULL or field.ask["form"] == SHORT
        return any(map(self._is_asked, (*field.properties.values(), *([field.items] if field.items else []))))

    def _required(self, field: Field) -> list[str]:
        """Return what an object must state and has a question for."""
        required = schema_at(self.loaded.schema, field.path).get("required", ())
        return [key for key in field.properties if key in required and _has_question(field.properties[key])]

    def _object(self, field: Field, place: tuple, found: dict[str, Any], is_needed: bool) -> Asking:
        """Ask for the properties of an object beside those that are found already.

        Once it states anything it must state all that is required.
        """
        required = self._required(field)
        for key, below in field.properties.items():
            if key not in found and (self._is_asked(below) or key in required):
                must = key in required and (is_needed or bool(found))
                value = yield from self._value(below, (*place, key), must, bool(found))
                if value is not None:
                    found[key] = value
        while missing := [key for key in required if found and key not in found]:
            value = yield from self._value(field.properties[missing[0]], (*place, missing[0]), True)
            found[missing[0]] = value
        return {key: found[key] for key in field.properties if key in found} or None

    def _value(self, field: Field, place: tuple, is_needed: bool, is_begun: bool = False, ends: bool = False) -> Asking:
        """Ask for a value. `is_begun` says that what holds it states something already."""
        if field.ask:
            choices = tuple(values(self.known, (*field.refers.split("."), "*", "id"))) if field.refers else ()
            if field.refers and len(choices) < 2 and not is_needed:
                return None
            default = self._default(field) if is_begun or is_needed else None
            number = next((step + 1 for step in place if isinstance(step, int)), None)
            return (yield Question(pointer(place), field, is_needed, False, default, number, choices, ends))
        if field.items is not None:
            return (yield from self._entries(field, place, is_needed))
        return (yield from self._object(field, place, {}, is_needed))

    def _entries(self, field: Field, place: tuple, is_needed: bool) -> Asking:
        """Ask for a list, entry by entry: no answer to the first question of an entry ends it."""
        least = schema_at(self.loaded.schema, field.path).get("minItems", 0) if is_needed else 0
        most = schema_at(self.loaded.schema, field.path).get("maxItems", MOST_ENTRIES)
        entries: list[dict[str, Any]] = []
        while len(entries) < most:
            here, must = (*place, len(entries)), len(entries) < least
            first = next(iter(self._required(field.items)), None)
            found = {}
            if first is not None:
                value = yield from self._value(field.items.properties[first], (*here, first), must, ends=True)
                if value is None:
                    break
                found[first] = value
            elif not must and not (yield Question(f"{pointer(here)}/", field, more=True, number=len(entries) + 1)):
                break
            entry = yield from self._object(field.items, here, found, is_needed=False)
            entries.append(_named(field, entry or {}, entries))
        return entries or None

    def _default(self, field: Field) -> Any:
        """Return what is usually answered: what the registry says of itself, or today for the day of a statement."""
        if setting := field.ask.get("default"):
            return getattr(self.settings, setting)
        beside = self.loaded.kind.at(field.path[:-1]).properties.values()
        is_day = any(one.dated == field.path[-1] for one in beside)
        return self.today.isoformat() if is_day else None


def _has_question(field: Field) -> bool:
    return not field.is_entry_id and any(one.ask for one in field.walk())


def _named(field: Field, entry: Mapping[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an entry with an id of its own, where entries of the list have ids: that of its first word, else the example."""
    own = field.items.properties.get("id")
    if own is None or not own.is_entry_id:
        return dict(entry)
    texts = [
        entry[key] for key, one in field.items.properties.items() if key in entry and one.search and one.search.words
    ]
    said = slug([texts[0]]) if texts and isinstance(texts[0], str) else str(next(iter(own.examples), "entry"))
    return {"id": unused(said, {one["id"] for one in others}), **entry}


def unused(id: str, taken: set[str]) -> str:
    """Return an id that is not taken: the one wanted, else with a number."""
    number = 2
    found = id
    while found in taken:
        found, number = f"{id[:60]}-{number}", number + 1
    return found


def hold(
    script: Script,
    answers: dict[str, Any],
    ask: Callable[[Question, Any], Any],
    keep: Callable[[Mapping[str, Any]], None],
) -> dict[str, Any]:
    """Hold an interview, and return the record that comes of it.

    Args:
        answers: what was answered before, by place; is kept up to date. None is a question that was passed over.
        ask: puts a question, with what was answered to it before; returns the value, None or BACK.
        keep: is told the answers after each of them.
    """
    before: dict[str, Any] = {}
    while True:
        trail: list[str] = []
        run = script.record()
        try:
            question = next(run)
            while (value := _answer(question, answers, before, ask)) is not BACK:
                answers[question.place] = value
                keep(answers)
                trail.append(question.place)
                question = run.send(value)
        except StopIteration as ended:
            return ended.value
        if trail:
            before[trail[-1]] = answers.pop(trail[-1])


def _answer(question: Question, answers: Mapping[str, Any], before: Mapping[str, Any], ask: Callable) -> Any:
    known = answers.get(question.place)
    if known is not None or question.place in answers and not question.is_needed:
        return known
    return ask(question, before.get(question.place, question.default))
