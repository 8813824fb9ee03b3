"""A state as a bundle would carry it: each record cut to the short tier, so that the two can be compared."""

import orjson

from capreg.model.kinds import Kind, Tier
from capreg.model.record import cut
from capreg.store.registry import Registry
from capreg.store.states import Held, State


def shortened(state: State, registry: Registry) -> State:
    """Return a state of a registry with each record cut by the schema that the registry has for it."""
    held = {key: _shortened(one, registry.kind(key[0])) for key, one in state.held.items()}
    return State(held, state.unsure)


def _shortened(held: Held, kind: Kind) -> Held:
    # As a bundle writes it, to the byte: the marks of what is the same are equal.
    return Held(held.file, lambda: orjson.dumps(cut(kind, held.read(), Tier.short)))
