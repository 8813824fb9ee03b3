"""What changed in a record, for people and for machines: each value before and after, in the words of the schema."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from capreg.model.difference import NOTHING, Change
from capreg.model.kinds import Kind
from capreg.model.record import entry_named
from capreg.views.page import cell
from capreg.views.record import Layout
from capreg.views.values import Speech

ARROW = "→"
# How many signs the name of an entry and the label of its field have together, so that a narrow screen keeps room for values.
WIDEST = 30


class Changed:
    """Tells the changes from one document of a kind to another."""

    def __init__(self, kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any], speech: Speech) -> None:
        self.kind, self.speech = kind, speech
        self.before, self.after = Layout(kind, before, speech), Layout(kind, after, speech)

    def pairs(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Return the changes as pairs of a label, and what it was and is."""
        return [(self._label(one), text) for one in changes if (text := self._text(one))]

    def _label(self, change: Change) -> str:
        """Return what changed: the field, within a list after what the entry is called; what no schema describes by its path."""
        if change.field is None:
            return change.pointer
        field, value, name = self.kind.root, self.before.document, ""
        is_entry = change.field.path[-1:] == ("*",)
        for step in change.path[: -1 if is_entry else None]:
            if field.items and not field.is_leaf and isinstance(value, list):
                value = entry_named(value, str(step))
                name = self.before.entry_name(field, value) if value else str(step)
                field = field.items
            else:
                field, value = field.properties[step], value.get(step) if isinstance(value, Mapping) else None
        label = self.speech.label(field)
        return f"{_shortened(name, WIDEST - len(label))}: {label}" if name else label

    def _text(self, change: Change) -> str:
        if change.is_order:
            return self._order(change)
        if change.field is None:
            return f"{self._plain(change.before)} {ARROW} {self._plain(change.after)}"
        if NOTHING in (change.before, change.after) and not change.field.is_leaf:
            word, layout, value = (
                ("new", self.after, change.after) if change.before is NOTHING else ("gone", self.before, change.before)
            )
            return self.speech.word(f"change part {word}").format(layout.line(change.field, value))
        if _is_list_of_words(change):
            return "; ".join(self._words(change))
        return (
            f"{self._value(self.before, change, change.before)} {ARROW} {self._value(self.after, change, change.after)}"
        )

    def _value(self, layout: Layout, change: Change, value: Any) -> str:
        return self.speech.word("not stated") if value is NOTHING else layout.line(change.field, value)

    def _plain(self, value: Any) -> str:
        return self.speech.word("not stated") if value is NOTHING else cell(value)

    def _words(self, change: Change) -> Iterator[str]:
        """Yield what came to a list of words, and what left it."""
        for word, layout, one, other in (
            ("also", self.after, change.after, change.before),
            ("no longer", self.before, change.before, change.after),
        ):
            if found := [value for value in one if value not in other]:
                yield self.speech.word(f"change {word}").format(layout.line(change.field, found))

    def _order(self, change: Change) -> str:
        """Return the order of entries before and after; nothing where new ones have only come between the others."""
        old, new = (
            [id for id in ids if id in other]
            for ids, other in ((change.before, change.after), (change.after, change.before))
        )
        return "" if old == new else f"{self.speech.word('change order')}: {', '.join(old)} {ARROW} {', '.join(new)}"


def _shortened(name: str, room: int) -> str:
    return name if len(name) <= max(room, 8) else f"{name[: max(room, 8) - 1].rstrip()}…"


def _is_list_of_words(change: Change) -> bool:
    """Whether words came to a list or left it; lengths of a size are no words, and neither is another order."""
    both = [change.before, change.after]
    words = all(isinstance(one, list) and all(isinstance(value, str) for value in one) for one in both)
    return words and set(both[0]) != set(both[1])


def change_data(change: Change) -> dict[str, Any]:
    """Return a change as machines read it; a side that holds nothing is left out."""
    sides = {"before": change.before, "after": change.after}
    said = {key: value for key, value in sides.items() if value is not NOTHING}
    return {"path": change.pointer, **said, **({"order": True} if change.is_order else {})}


def change_cells(change: Change) -> list[Any]:
    """Return a change as cells: where, before, after."""
    return [change.pointer, *(None if one is NOTHING else one for one in (change.before, change.after))]
