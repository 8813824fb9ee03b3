"""A registry's firms cut to what the question asks of them, every word beside all that it stands for."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any


def flat_firms(registry: Path) -> Iterator[dict[str, Any]]:
    """Yield the firms of a registry in the order of their ids."""
    for path in sorted((registry / "firms").rglob("*.json"), key=lambda path: path.stem):
        yield _flat(json.loads(path.read_bytes()))


@cache
def meant(vocabulary: str, word: str) -> tuple[str, ...]:
    """Return what a word stands for: itself, all above it and all that these include."""
    words, found, left = _words(vocabulary), {}, [word]
    while left:
        one = left.pop()
        if one not in found:
            found[one] = None
            left += [*words[one].get("includes", ()), *filter(None, [words[one].get("broader")])]
    return tuple(found)


def _all_meant(vocabulary: str, words: list[str]) -> list[str]:
    return list(dict.fromkeys(one for word in words for one in meant(vocabulary, word)))


@cache
def _words(vocabulary: str) -> Mapping[str, Any]:
    text = (files("capreg.schemas") / "vocabularies" / f"{vocabulary}.json").read_bytes()
    return {word["id"]: word for word in json.loads(text)["words"]}


def _flat(firm: Mapping[str, Any]) -> dict[str, Any]:
    address = firm["sites"][0]["address"]
    return {
        "id": firm["id"],
        "name": firm["name"],
        "locality": address["locality"],
        "country": address["country"],
        "employees": firm["people"]["total"],
        "process": ", ".join(one["process"] for one in firm["capabilities"]),
        "sites": [{"id": site["id"], **site["position"]} for site in firm["sites"]],
        "capabilities": [_capability(one) for one in firm["capabilities"]],
        "certificates": [_certificate(one) for one in firm.get("certificates", ())],
    }


def _capability(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "processes": _all_meant("processes", [one["process"]]),
        "materials": _all_meant("materials", one["materials"]),
        "tolerance_mm": one.get("tolerance_mm"),
        "site": one.get("site"),
    }


def _certificate(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "standards": _all_meant("standards", [one["standard"]]),
        "since": one.get("issued_on"),
        "until": one.get("valid_until"),
        "site": one.get("site"),
    }
