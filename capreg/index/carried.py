"""What a bundle carries, as a state that is compared: told apart by marks reckoned in one go, a record read where it is looked at."""

from collections.abc import Iterable
from functools import partial

from capreg.index.bundled import BundledCatalogue
from capreg.model.kinds import Kind
from capreg.store.noted import mark
from capreg.store.states import Held, State


class Carried(Held):
    """One record in a bundle, whose mark is known."""

    def __init__(self, bundle: BundledCatalogue, kind: Kind, id: str, known: str) -> None:
        super().__init__(f"{kind.folder}/{id}.json", partial(bundle.content, kind, id))
        self.mark = known


def carried(bundle: BundledCatalogue, kinds: Iterable[Kind], other: State) -> State:
    """Return what a bundle carries of some kinds.

    Args:
        other: the state that it is compared with; what is the same in both is held once.

    Raises:
        DamagedIndexError: its index is not as it was written.
    """
    found = {}
    for kind in kinds:
        for id, content in bundle.contents(kind):
            known, there = mark(content), other.held.get((kind.id, id))
            is_same = there is not None and there.mark == known
            found[kind.id, id] = there if is_same else Carried(bundle, kind, id, known)
    return State(found)
