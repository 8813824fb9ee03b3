"""What goes out: the records of some kinds, cut to a tier."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from capreg.exchange.losses import Losses
from capreg.exchange.tables import Facts, Table, table_of
from capreg.model.kinds import Kind, Tier
from capreg.model.record import cut
from capreg.model.value import Value


class Part:
    """The records of one kind that go out, each read when it is its turn.

    `facts` are what its schema says; `gone` is how many went out.
    """

    def __init__(self, kind: Kind, tier: Tier, hits: Any, facts: Facts, told: Callable[[], None]) -> None:
        self.kind, self.tier, self.facts = kind, tier, facts
        self._hits, self._told, self.gone = hits, told, 0

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each record, cut to the tier, with its id."""
        # What the index holds is cut to detailed already; a second cut would judge statements by places that have moved.
        is_cut = self.tier is Tier.detailed
        for hit in self._hits:
            self.gone += 1
            self._told()
            yield hit.id, hit.document if is_cut else cut(self.kind, hit.document, self.tier)

    def __len__(self) -> int:
        return len(self._hits)

    @cached_property
    def table(self) -> Table:
        """The table of the records, with those of their lists."""
        return table_of(self.kind, self.tier, self.facts)


class Selection(Value):
    """What goes out, of which hub, at which tier; labels are in `language`, and what is lost is told to `losses`.

    What was asked stays in the hub: it may be a client's inquiry.
    """

    hub: str
    tier: Tier
    language: str
    parts: tuple[Part, ...]
    vocabularies: Mapping[str, Any]
    losses: Losses
