"""What an expression is judged on."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from capreg.model.kinds import Field
from capreg.model.record import entry_step
from capreg.model.value import Value
from capreg.query.asking import Asking
from capreg.query.conditions import WordOf
from capreg.query.question import Path
from capreg.query.texts import Texts

NO_ENTRIES: Mapping[Path, tuple[Any, str]] = MappingProxyType({})


class Scope(Value):
    """What an expression is judged on: the record, and the entries that stand for their lists, with their pointers."""

    document: Mapping[str, Any]
    asking: Asking
    texts: Texts
    entries: Mapping[Path, tuple[Any, str]] = NO_ENTRIES
    head: WordOf | None = None

    def within(self, together: Field, position: int, entry: Any) -> "Scope":
        """Return the scope in which one entry stands for its list."""
        return self._replace(entries={**self.entries, together.path: (entry, entry_pointer(together, position, entry))})

    def list_at(self, together: Field) -> Sequence | None:
        """Return the entries of a list, None where the record does not state it."""
        at: Any = self.document
        for step in together.path:
            if not isinstance(at, Mapping) or step not in at:
                return None
            at = at[step]
        return at


def entry_pointer(together: Field, position: int, entry: Any) -> str:
    """Return the pointer to an entry of a list, by its id, else by its position."""
    return f"/{'/'.join(together.path)}/{entry_step(entry, position)}"
