"""One invented firm: a record like those that a hub keeps."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from invented import affairs
from invented.draw import Weighted, chance, listed, weighted_keys
from invented.numbers import entity_identifier, italian_vat
from invented.towns import WORDS, Town, areas
from invented.work import work

SITES = ("main", "works-2", "works-3")


@dataclass(frozen=True)
class Trade:
    """What firms of a kind do: the crafts, the sectors they work for, their certificates and names."""

    crafts: Weighted
    entry: Mapping[str, Any]


@cache
def trades() -> Weighted:
    """Return the choice between all trades."""
    return Weighted.of((Trade(weighted_keys(one["crafts"]), one), one["weight"]) for one in listed("trades"))


def firm(seed: int, number: int) -> dict[str, Any]:
    """Return the firm with a number; it does not depend on how many others there are."""
    dice = Random(f"{seed}/{number}")
    trade, area = trades().one(dice), areas().one(dice)
    towns = [area.one(dice) for _ in range(dice.choices((1, 2, 3), weights=(76, 18, 6))[0])]
    total = max(1, min(1500, round(dice.lognormvariate(3, 0.9))))
    done = work(dice, trade.crafts, list(SITES[: len(towns)]))
    told = affairs.Told(dice, WORDS["countries"][towns[0].country], trade.entry, done, total)
    return {"kind": "firm", **_identity(told, number, towns), **affairs.all_of(told)}


def _identity(told: affairs.Told, number: int, towns: list[Town]) -> dict[str, Any]:
    dice, land = told.dice, told.land
    what = dice.choice(told.trade["names"][land["tongue"]])
    name = f"{what} {dice.choice(WORDS['names'][land['tongue']])}"
    slug = f"{_slug(name)}-{number}"
    return {
        "id": slug,
        "name": f"{name} {dice.choice(land['forms'])}",
        **({"trading_names": [name]} if chance(dice, 0.2) else {}),
        "identifiers": [_identifier(towns[0], number)],
        "founded": dice.randint(1946, 2022),
        "summary": affairs.summary(told),
        "website": f"https://{slug}.example",
        "languages": land["languages"][: dice.randint(1, 3)],
        "sites": [_site(told, name, town) for name, town in zip(SITES, towns, strict=False)],
    }


def _identifier(town: Town, number: int) -> dict[str, str]:
    if town.country == "IT":
        return {"scheme": "IT:VAT", "id": italian_vat(number)}
    return {"scheme": "LEI", "id": entity_identifier(number)}


def _site(told: affairs.Told, name: str, town: Town) -> dict[str, Any]:
    dice = told.dice
    return {
        "id": name,
        "address": town.address(dice),
        "position": town.position(dice),
        "floor_area_m2": 10 * round(told.total * dice.uniform(2.5, 9)),
        **({"crane_capacity_kg": dice.choice((1000, 2000, 3200, 5000, 10000, 20000))} if chance(dice, 0.5) else {}),
        **({"power_kw": dice.choice((50, 80, 120, 200, 300, 500))} if chance(dice, 0.7) else {}),
    }


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")
