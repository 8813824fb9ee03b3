"""What an invented firm can do: its capabilities, and the machines it has for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from invented.draw import Weighted, chance, listed, weighted_keys

SIZES_MM = (100, 150, 200, 300, 400, 500, 650, 800, 1000, 1200, 1500, 2000, 3000)
DIAMETERS_MM = (20, 32, 42, 65, 80, 120, 200, 320, 500, 800)
MASSES_KG = (2, 5, 10, 25, 50, 100, 300, 1000, 3000)
THICKNESSES_MM = (3, 5, 8, 10, 12, 15, 20, 25)
LEAD_TIMES_DAYS = (5, 7, 10, 10, 15, 15, 20, 20, 25, 30, 45, 60)
# How many of a firm's statements are left out.
SILENT = 0.25


@dataclass(frozen=True)
class Craft:
    """A family of processes that share materials, measures and machines."""

    processes: Weighted
    materials: Weighted
    entry: Mapping[str, Any]


@dataclass
class Work:
    """The capabilities of one firm, its machines, and the crafts behind them."""

    capabilities: list[dict[str, Any]] = field(default_factory=list)
    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    crafts: list[Craft] = field(default_factory=list)


@cache
def crafts() -> Mapping[str, Craft]:
    """Return all crafts by name."""
    return {
        name: Craft(weighted_keys(entry["processes"]), weighted_keys(entry["materials"]), entry)
        for name, entry in listed("crafts").items()
    }


def work(dice: Random, trade: Weighted, sites: list[str]) -> Work:
    """Return what a firm of a trade, a choice between crafts, can do at its sites."""
    done = Work()
    for name in dice.choices(trade.things, cum_weights=trade.sums, k=dice.choice((2, 2, 2, 3, 3, 4, 6))):
        craft = crafts()[name]
        process = craft.processes.one(dice)
        if all(process != one["process"] for one in done.capabilities):
            done.crafts.append(craft)
            done.capabilities.append(_capability(dice, craft, process, done, sites))
    return done


def _capability(dice: Random, craft: Craft, process: str, done: Work, sites: list[str]) -> dict[str, Any]:
    site = {"site": dice.choice(sites)} if len(sites) > 1 and chance(dice, 0.5) else {}
    stated = {key: value for key, value in _stated(dice, craft) if not chance(dice, SILENT)}
    machines = _machines(dice, craft, done, site)
    return {
        "id": process,
        "process": process,
        **site,
        "in_house": chance(dice, 0.9),
        "materials": craft.materials.some(dice, dice.randint(1, 5)),
        **stated,
        **({"machines": machines} if machines else {}),
    }


def _stated(dice: Random, craft: Craft) -> Iterator[tuple[str, Any]]:
    """Yield what the firm says of a capability beside process and materials."""
    if craft.entry["tolerances_mm"]:
        yield "tolerance_mm", dice.choice(craft.entry["tolerances_mm"])
    if craft.entry["roughnesses_um"]:
        yield "roughness_um", dice.choice(craft.entry["roughnesses_um"])
    for measure in craft.entry["measures"]:
        yield MEASURES[measure](dice)
    most = craft.entry["batch"] * dice.choice((1, 1, 2, 5))
    yield "batch", {"min": dice.choice((1, 1, 5, 10)), "max": most}
    yield "lead_time_days", dice.choice(LEAD_TIMES_DAYS)


def _size(dice: Random) -> tuple[str, list[int]]:
    return "size_mm", sorted(dice.choices(SIZES_MM, k=3), reverse=True)


def _ends(name: str, highest: tuple[int, ...], lowest: tuple[float, ...]) -> Any:
    """Return a function that draws a range, which may be open below."""

    def drawn(dice: Random) -> tuple[str, dict[str, float]]:
        least = {"min": dice.choice(lowest)} if chance(dice, 0.6) else {}
        return name, {**least, "max": dice.choice(highest)}

    return drawn


MEASURES = {
    "size": _size,
    "diameter": _ends("diameter_mm", DIAMETERS_MM, (1, 2, 3, 5, 10)),
    "length": _ends("length_mm", SIZES_MM, (5, 10, 20)),
    "thickness": _ends("thickness_mm", THICKNESSES_MM, (0.5, 0.8, 1, 1.5)),
    "mass": _ends("mass_kg", MASSES_KG, (0.01, 0.1, 0.5)),
}


def _machines(dice: Random, craft: Craft, done: Work, site: Mapping[str, str]) -> list[str]:
    """Return the ids of the machines of a capability; those that the firm had not yet are new."""
    names = []
    for model in dice.sample(craft.entry["machines"], dice.choice((1, 1, 1, 2))):
        name = model["model"].lower().replace(" ", "-").replace("/", "-").replace(".", "-").replace("+", "")
        if name not in done.machines:
            done.machines[name] = _machine(dice, name, model, site)
        if not site or done.machines[name].get("site", site["site"]) == site["site"]:
            names.append(name)
    return names


def _machine(dice: Random, name: str, model: Mapping[str, Any], site: Mapping[str, str]) -> dict[str, Any]:
    hire = {"for_hire_hours_week": dice.choice((0, 4, 8, 10, 16, 20))} if chance(dice, 0.3) else {}
    return {
        "id": name,
        "type": model["type"],
        **site,
        "make": model["make"],
        "model": model["model"],
        "count": dice.choice((1, 1, 1, 2, 2, 3, 4)),
        "year": dice.randint(1996, 2026),
        **{key: value for key, value in model.items() if key not in ("type", "make", "model")},
        **hire,
    }
