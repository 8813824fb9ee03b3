"""What an invented firm says of itself beside where it lies and what it can do."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from invented.days import after, between
from invented.draw import chance
from invented.towns import WORDS
from invented.work import Work

OTHER_SKILLS = ("quality-inspector", "design-engineer", "production-manager", "warehouse-worker", "process-engineer")
THREE_YEARS = 3 * 365
# Shares of certificates whose last day nobody stated, and that were not renewed.
UNDATED, LAPSED = 0.08, 0.12


@dataclass(frozen=True)
class Told:
    """What the parts of a record are made from; `total` is how many people work there."""

    dice: Random
    land: Mapping[str, Any]
    trade: Mapping[str, Any]
    work: Work
    total: int

    @property
    def tongue(self) -> str:
        """The language of the texts: Italian for Italian firms, mostly, English for all others."""
        return "it" if self.land["tongue"] == "it" and self.total % 4 else "en"


def all_of(told: Told) -> dict[str, Any]:
    """Return the parts of a record from its people on."""
    capacity = _capacity(told)
    certificates = _certificates(told)
    parts = {
        "people": _people(told),
        "capabilities": told.work.capabilities,
        "machines": list(told.work.machines.values()),
        "capacity": capacity,
        "products": _products(told),
        "research": list(_research(told)),
        "quality": _quality(told),
        **({} if certificates is None else {"certificates": certificates}),
        "commerce": _commerce(told),
        "data_exchange": {"cad": _several(told, WORDS["cad"]), "edi": _several(told, WORDS["edi"][:1])},
        "contacts": list(_contacts(told)),
        "statements": list(_statements(told, capacity["spare"])),
    }
    return {name: part for name, part in parts.items() if part or name == "certificates"}


@cache
def sectors() -> Mapping[str, Mapping[str, str]]:
    """Return the labels of all sectors."""
    words = json.loads((files("capreg.schemas") / "vocabularies" / "sectors.json").read_bytes())["words"]
    return {word["id"]: word["label"] for word in words}


def summary(told: Told) -> str:
    """Return two or three sentences about the firm."""
    dice, phrases = told.dice, WORDS["summaries"][told.tongue]
    product = _product(told)
    makes, sector = dice.choice(phrases["makes"]), sectors()[dice.choice(told.trade["sectors"])][told.tongue]
    if not makes.startswith("{"):
        product = product[0].lower() + product[1:]
    made = makes.format(product=product, sector=sector.lower())
    return " ".join([made, *dice.sample(phrases["strengths"], dice.randint(1, 3))])


def _product(told: Told) -> str:
    return told.dice.choice(told.dice.choice(told.work.crafts).entry["products"][told.tongue])


def _several(told: Told, things: list[Any]) -> list[Any]:
    return told.dice.sample(things, told.dice.randint(0, min(3, len(things))))


def _people(told: Told) -> dict[str, Any]:
    names = {told.dice.choice(craft.entry["skills"]): None for craft in told.work.crafts}
    names.update(dict.fromkeys(told.dice.sample(OTHER_SKILLS, told.dice.randint(0, 2))))
    skills = []
    for name in names:
        count = max(1, round(told.total * told.dice.uniform(0.05, 0.4)))
        qualified = {"qualified": told.dice.randint(0, count)} if chance(told.dice, 0.5) else {}
        skills.append({"skill": name, "count": count, **qualified})
    return {"total": told.total, "shifts": told.dice.choice((1, 1, 2, 2, 3)), "skills": skills}


def _capacity(told: Told) -> dict[str, Any]:
    dice = told.dice
    offered = dice.sample(told.work.capabilities, dice.randint(0, min(2, len(told.work.capabilities))))
    return {
        "hours_week": told.total * dice.randint(20, 60),
        "spare": [_spare(dice, one["process"]) for one in offered],
        **({"largest_customer_share": round(dice.uniform(0.05, 0.7), 2)} if chance(dice, 0.3) else {}),
    }


def _spare(dice: Random, process: str) -> dict[str, Any]:
    start = dice.randint(-30, 60)
    return {
        "id": process,
        "process": process,
        "hours_week": dice.choice((8, 10, 16, 20, 30, 40, 45, 60, 80, 120)),
        "from": after(start),
        "until": after(start + dice.randint(20, 200)),
        "stated_on": between(dice, -90, -1),
    }


def _products(told: Told) -> dict[str, Any]:
    names = {_product(told): None for _ in range(told.dice.randint(1, 4))}
    share = round(0.9 / len(names), 2)
    made = [{"name": name, **_codes(told), "turnover_share": share} for name in names]
    if chance(told.dice, 0.15):
        return {"subcontract": made, "own": [{"name": told.dice.choice(WORDS["own"][told.tongue])}]}
    return {"subcontract": made}


def _codes(told: Told) -> dict[str, Any]:
    if chance(told.dice, 0.4):
        return {"codes": [{"scheme": "CPV", "code": told.dice.choice(WORDS["codes"])}]}
    return {}


def _research(told: Told) -> Iterator[dict[str, Any]]:
    if chance(told.dice, 0.15):
        start = told.dice.randint(2012, 2024)
        title = told.dice.choice(WORDS["research"][told.tongue])
        result = told.dice.choice(WORDS["results"][told.tongue])
        yield {"title": title, "from": start, "until": start + told.dice.randint(1, 2), "result": result}


def _quality(told: Told) -> dict[str, Any]:
    dice = told.dice
    instruments = [
        {**one, "calibrated_until": between(dice, -60, 500)}
        for one in dice.sample(WORDS["instruments"], dice.choice((0, 0, 1, 2)))
    ]
    record = {
        "period": "2025",
        "defects_ppm": dice.randint(5, 150) * 10,
        "on_time_share": round(dice.uniform(0.8, 1), 2),
    }
    return {
        "procedures": dice.sample(WORDS["procedures"], dice.randint(0, 4)),
        "instruments": instruments,
        **({"record": record} if chance(dice, 0.6) else {}),
    }


def _certificates(told: Told) -> list[dict[str, Any]] | None:
    """Return the certificates; None where the firm says nothing of them."""
    if chance(told.dice, 0.06):
        return None
    held = [standard for standard, share in told.trade["certificates"].items() if told.dice.randrange(100) < share]
    return [_certificate(told, standard) for standard in held]


def _certificate(told: Told, standard: str) -> dict[str, Any]:
    dice = told.dice
    issued = dice.randint(-2 * THREE_YEARS, -THREE_YEARS) if chance(dice, LAPSED) else dice.randint(1 - THREE_YEARS, -1)
    return {
        "standard": standard,
        **({"edition": "2015"} if standard in ("iso-9001", "iso-14001") else {}),
        "issuer": "an accredited body",
        "number": f"Q-{dice.randint(10000, 99999)}",
        "scope": dice.choice(WORDS["scopes"][told.tongue]),
        "issued_on": after(issued),
        **({} if chance(dice, UNDATED) else {"valid_until": after(issued + THREE_YEARS - 1)}),
    }


def _commerce(told: Told) -> dict[str, Any]:
    dice = told.dice
    amount = told.total * dice.randint(60, 240) * 1000
    customers = [
        {"name": name, "since": dice.randint(1995, 2025), "may_be_named": chance(dice, 0.4)}
        for name in dice.sample(WORDS["customers"], dice.choice((0, 0, 1, 2)))
    ]
    return {
        "turnover": {"amount": str(amount), "currency": told.land["currency"], "year": 2025},
        "sectors": dice.sample(told.trade["sectors"], dice.randint(1, min(3, len(told.trade["sectors"])))),
        "export_countries": dice.sample(sorted(WORDS["countries"]), dice.randint(0, 4)),
        "payment_terms_days": dice.choice((30, 60, 60, 90)),
        "incoterms": dice.choice((["EXW"], ["EXW", "FCA"], ["DAP"])),
        "references": customers,
    }


def _contacts(told: Told) -> Iterator[dict[str, Any]]:
    for role in told.dice.sample(("sales", "quality", "purchasing"), told.dice.choice((1, 1, 2))):
        yield {
            "role": role,
            "name": f"{role.capitalize()} office",
            "email": f"{role}@firm.example",
            "phone": f"{told.land['prefix']} 000 {told.dice.randrange(10**6):06}",
            "languages": told.land["languages"][:2],
        }


def _statements(told: Told, spare: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    yield {"about": "", "source": "firm", "method": "questionnaire", "stated_on": between(told.dice, -900, -1)}
    for one in spare:
        yield {
            "about": f"/capacity/spare/{one['id']}",
            "source": "firm",
            "method": "telephone",
            "stated_on": one["stated_on"],
        }
    if chance(told.dice, 0.3):
        day = between(told.dice, -900, -1)
        seen = {"stated_on": day, "verified_on": day, "verified_by": "hub staff"}
        yield {"about": "/machines", "source": "hub", "method": "visit", **seen}
