"""Two sides that are compared: by which kinds, in which states, and how far.

Where one is a bundle, it carries the short tier and no more: then both are compared at that, or all that is closed would
look as if it were gone.
"""

from collections.abc import Iterable, Mapping

from capreg.cli.sides import Side
from capreg.index.carried import carried
from capreg.model.kinds import Tier
from capreg.model.shape import Shaped
from capreg.model.value import Value
from capreg.store.comparing import Described
from capreg.store.shortened import shortened
from capreg.store.states import State, state_now


class Pair(Value):
    """The two sides."""

    before: Side
    after: Side

    @property
    def is_short(self) -> bool:
        """Whether no more than the short tier can be compared."""
        return any(side.is_bundle for side in self)

    def kinds(self, wanted: str | None) -> Mapping[str, Described]:
        """Return the kinds that are compared, as the second side describes them if it does.

        Args:
            wanted: the one that is asked for, None for all.

        Raises:
            UnknownKindError: no side has that kind, or a bundle does not carry it.
        """
        if self.is_short:
            return {id: Shaped(self.after.at_hand.kind(id)) for id in self._shared(wanted)}
        registries = [side.at_hand for side in self]
        if wanted:
            holder = next((one for one in reversed(registries) if wanted in one.loaded_kinds), registries[1])
            return {wanted: holder.loaded(wanted)}
        return {id: loaded for one in registries for id, loaded in one.loaded_kinds.items()}

    def _shared(self, wanted: str | None) -> list[str]:
        """Return the kinds that both sides have: of another, a bundle does not tell whether there are records."""
        if wanted:
            return [side.at_hand.kind(wanted).id for side in self][:1]
        return [id for id in self.after.kinds if id in self.before.kinds]

    def states(self, kinds: Mapping[str, Described]) -> list[State]:
        """Return the state of each side; the files of a registry that stands on both are looked at once."""
        if self.is_short:
            before = _short_state(self.before, kinds, State({}))
            return [before, _short_state(self.after, kinds, before)]
        of = [one.kind for one in kinds.values()]
        now = {registry: state_now(registry, of) for registry in {side.at_hand for side in self}}
        return [side.state(of, now[side.at_hand]) for side in self]

    def tier(self, internal: bool) -> Tier:
        """Return up to which tier the states are shown: all of what was cut already, which a second cut would judge wrongly."""
        return Tier.confidential if self.is_short else Tier.searched(internal)


def _short_state(side: Side, ids: Iterable[str], other: State) -> State:
    of = [side.at_hand.kind(id) for id in ids]
    if side.is_bundle:
        return carried(side.at_hand, of, other)
    return shortened(side.state(of, state_now(side.at_hand, of)), side.at_hand)
