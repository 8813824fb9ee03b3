"""Drawing from weighted choices, and reading the lists that are drawn from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Weighted:
    """Things of which some are drawn more often than others."""

    things: tuple[Any, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[Any, float]]) -> "Weighted":
        """Return the choice between things that stand with their weights."""
        things, weights = zip(*pairs, strict=True)
        return cls(things, tuple(accumulate(weights)))

    def one(self, dice: Random) -> Any:
        """Return one of the things."""
        return dice.choices(self.things, cum_weights=self.sums)[0]

    def some(self, dice: Random, count: int) -> list[Any]:
        """Return at most so many different things."""
        return list(dict.fromkeys(dice.choices(self.things, cum_weights=self.sums, k=count)))


def listed(name: str) -> Any:
    """Return one of the lists beside this module."""
    return json.loads((FOLDER / f"{name}.json").read_bytes())


def chance(dice: Random, share: float) -> bool:
    """Whether something is so that is so in a share of all cases."""
    return dice.random() < share


def weighted_keys(weights: Mapping[str, float]) -> Weighted:
    """Return the choice between the keys of a mapping whose values are weights."""
    return Weighted.of(weights.items())
