"""Documents that fit the shipped schemas, and what can be wrong with them, one change at a time."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice, product
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

from ruamel.yaml import YAML

from capreg.model.record import pointer
from capreg.store.schemas import shipped, shipped_kinds, shipped_schema

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
# The largest number of entries that a list is filled up to, to stand exactly at its bound.
LONGEST_LIST = 1000


@dataclass(frozen=True)
class Mutant:
    """A document that fitted its schema before it was changed."""

    schema: str
    place: str
    change: str
    document: Any

    def __str__(self) -> str:
        return f"{self.schema} {self.place or '/'}: {self.change}"


# Documents that fit

PRICE = {"client": "45.00", "member": "30.00", "vat_rate": "22", "new_version": "free"}
WRITTEN = {
    "entry": {
        "number": 1, "previous": "0" * 64, "hash": "1" * 64, "at": "2026-11-22T10:30:00Z", "order": "o-1", "client": "nordwerk",
        "what": "profile", "payer": "client", "vat_treatment": "domestic", "kind": "firm", "record": "officine-savena", "version": "2" * 64,
        "renews": 1, "amount": 4500, "vat_rate": "22", "vat": 990, "currency": "EUR", "until": "2027-11-22",
    },
    "inquiry": {
        "kind": "firm", "client": "nordwerk", "title": "Valve housing", "needed_on": "2027-01-15",
        "parts": [{"name": "machining", "query": "material:steel OR material:aluminium", "process": "milling"}],
        "firm": {"near": {"place": "Bologna", "country": "IT", "within": "100 km"}, "certificate": ["iso-9001", 9100]},
        "query": "hydraulic NOT dialysis", "preferences": {"employees": 16, "in_house": True},
    },
    "mapping": {
        "about": "A list of firms", "kind": "firm", "encoding": "utf-8", "delimiter": ";", "empty": ["N/A"],
        "form": "csv", "sheet": "Firms", "header": 1, "records": "firms", "decimal": ",", "thousands": ".", "dates": ["%d/%m/%Y"],
        "also": {"Name": ["Company"]},
        "key": ["Name"], "id": ["Name", "City"], "record": {"name": "Name"},
        "expect": {"Milling": ["Y", "N"]}, "sums": [{"total": "Staff", "of": ["Mechanics", "Others"]}],
        "words": {"skills": [{"id": "mechanic", "label": {"en": "Mechanic", "it": "Meccanico"}}]},
    },
    "office": {
        "clients": {
            "1": {
                "id": "nordwerk", "name": "Nordwerk AG", "email": "buying@nordwerk.example", "address": "Werkstr. 1", "country": "DE",
                "vat_number": "DE136695976", "credit": "500.00", "since": "2026-11-22", "closed": "2026-12-01",
                "key": "age1tw50vlt9jsywh8xk8wter6tta5nf6sf695q9pwygt46c8hupjs5qds8s42", "hub_key": "A" * 43 + "=",
            }
        },
        "members": {"1": {"id": "torneria-reno", "record": "torneria-lughese", "kind": "firm", "from": "2026-01-01", "first": "2026-01-01", "left": "2026-12-31"}},
        "exports": {
            "1": {
                "day": "2026-11-22", "by": "anna", "kinds": ["firm"], "query": "milling", "tier": "detailed", "format": "csv", "count": 1,
            }
        },
        "inquiries": {
            "1": {
                "order": "o-1", "client": "nordwerk", "number": 1, "kind": "firm", "query": "milling", "on": "2026-11-22",
                "day": "2026-11-22", "ids": ["officine-savena"],
            }
        },
        "searches": {"1": {"name": "mills", "kind": "firm", "inquiry": {"query": "milling"}, "seen": ["officine-savena"]}},
        "later": {"1": {"anything": None}},
    },
    "opening": {
        "hub": "A hub", "key": "A" * 43 + "=", "at": "2026-11-22T10:30:00Z", "currency": "EUR",
        "prices": [{"item": "profile", "kind": "firm", "client_price": 4500, "member_price": 3000, "price_vat_rate": "22", "new_version": "free"}],
    },
    "registry": {
        **shipped("registry.schema.json")["examples"][0], "travel": {"road_factor": 1.25, "speed_km_h": 70}, "payment_term": "P30D",
        "prices": {"printout": PRICE, "profiles": {"firm": PRICE, "contractor": "120.00"}}, "fee": PRICE,
        "seller": {"address": "Via Milazzo 1", "vat_number": "IT00743110157", "email": "hub@hub.example", "bank": "IT60X0542811101000000123456"},
    },
    "vocabulary": {
        "title": {"en": "Materials", "it": "Materiali"},
        "words": [
            {
                "id": "en-aw-7075", "label": {"en": "EN AW-7075", "it": "EN AW-7075"}, "broader": "aluminium", "includes": ["en-aw-7075-t6"],
                "synonyms": {"en": ["7075 alloy"], "it": ["lega 7075"], "any": ["3.4365"]}, "references": [{"scheme": "UNS", "id": "A97075"}],
            }
        ],
    },
}  # fmt: skip
PLAIN = {"object": {"anything": {"at": ["all", None]}}, "number": 1, "string": "it"}
REAL = {
    "contractor": "sample_registry/contractors/**/*.json", "firm": "sample_registry/firms/**/*.json",
    "inquiry": "tests/data/inquiries/valid/*", "mapping": "examples/*.yaml",
    "registry": "sample_registry/registry.json", "vocabulary": "schemas/vocabularies/*.json",
}  # fmt: skip
SCHEMAS = (*shipped_kinds(), *sorted({*WRITTEN, "places", "travel"}))


def exemplary(name: str) -> dict:
    """Return a small document that states every field its schema knows."""
    return WRITTEN[name] if name in WRITTEN else _filled(shipped_schema(name))


def _filled(schema: Mapping[str, Any]) -> Any:
    """Return a value that states everything a schema knows, made of its examples where it has some."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    example = schema.get("examples", [None])[0]
    if "properties" in schema:
        return {key: _filled(below) for key, below in schema["properties"].items()} | (example or {})
    if example is not None:
        return example
    return [_filled(schema["items"])] if "items" in schema else PLAIN[schema["type"]]


def real(name: str) -> list[dict]:
    """Return the documents of a schema that the project carries and those that lie beside it; long lists are cut."""
    paths = [*(ROOT.glob(REAL[name]) if name in REAL else ()), *SHARED.glob(f"examples/{name}.*")]
    return [_cut(_read(path)) for path in sorted(paths)] or [exemplary(name)]


def _read(path: Path) -> dict:
    text = path.read_text(encoding="utf-8-sig")
    return json.loads(text) if path.suffix == ".json" else YAML(typ="base").load(text)


def _cut(document: dict) -> dict:
    return {key: value[:20] if isinstance(value, list) else value for key, value in document.items()}


# Where a document can be changed


def _places(schema: Mapping[str, Any], value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Mapping, Any]]:
    """Yield every place of a document, with what its schema says of it and what stands there."""
    yield path, schema, value
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _places(_below(schema, key), below, (*path, key))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _places(schema.get("items", {}), below, (*path, at))


def _below(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return what a schema says of a property."""
    others = schema.get("additionalProperties")
    return schema.get("properties", {}).get(key, others if isinstance(others, Mapping) else {})


def _replaced(document: Any, path: tuple, value: Any) -> Any:
    """Return a document with another value at a place; what does not change is shared."""
    if not path:
        return value
    first, *rest = path
    copy = document.copy()
    copy[first] = _replaced(document[first], tuple(rest), value)
    return copy


# What can be changed there


def _nested(depth: int) -> Any:
    return {"x": [_nested(depth - 1)]} if depth else None


ANYTHING = [
    None, True, False, 0, 1, -1, 0.0, -0.0, 1.0, 0.5, 1e300, -1e300, 5e-324, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1,
    "", "x", "1", "true", [], [[]], [None], ["x"], [1, 1.0, True], [0, False, -0.0], [{}, {}], {}, {"": None}, {"x": {}}, _nested(20),
]  # fmt: skip
TEXTS = [
    " ", "\t", "\n", "\r\n", "\0", "\x07", "\x1b[31m", "\x7f", "\x85", "\xa0", "\xad", "\u2028", "\u200b", "\ufeff", "\ufffd", "\uffff",
    "é", "e\u0301", "ß", "İ", "ı", "ſ", "Å", "ﬁ", "٣", "３", "一", "ا", "\u202eabc", "\U0001f6e0", "\U0001f469\u200d\U0001f527", "\U00010ffff",
    ",", "a,b", "Paris,US", "Paris,us", "/", "//", "/a/b", "-", "..", "a.b", "A", "a_b", "a-b", "0", "00", "1.", ".5", "1e3", "12.34567",
    "+39", "+39 051", "$ref", "__proto__", "x" * 41, "x" * 65, "x" * 100_000, "é" * 201, "\U0001f6e0" * 201,
]  # fmt: skip
DAYS = [
    "2024-02-29", "2026-02-29", "1900-02-29", "2000-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "0000-01-01", "0001-01-01",
    "9999-12-31", "10000-01-01", "+2026-01-01", "-2026-01-01", "20260101", "2026-W01-1", "2026-001", "2026-01-01Z", " 2026-01-01", "2026-01-01\n",
    "２０２６-01-01", "2026-01-٠١", "2026-01-01T00:00:00Z", "2026-01", "01/02/2026",
]  # fmt: skip
MOMENTS = [
    "2026-11-22T10:30:00Z", "2026-11-22T10:30:00.123456789Z", "2026-11-22T10:30:00.Z", "2026-11-22t10:30:00z", "2026-11-22 10:30:00Z",
    "2026-06-30T23:59:60Z", "2026-06-30T22:59:60Z", "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22T10:30Z", "2026-11-22T10:30:00",
    "2026-11-22T10:30:00+01:00", "2026-11-22T10:30:00+24:00Z", "2026-02-29T10:30:00Z", "2026-11-22T10:30:00Z\n", "2026-11-22T10:30:00ZZ",
]  # fmt: skip
MAILBOXES = [
    "a@b", "a@b.example", "a@b@c", "@b", "a@", "@", "a b@c.example", '"a b"@c.example', '"a@b"@c.example', "a@[127.0.0.1]", "a@[IPv6:::1]",
    "a@[300.0.0.1]", "è@c.example", "a@ç.example", "a..b@c.example", ".a@c.example", "a.@c.example", "a+b@c.example", "a@-c.example", "a@c_d.example",
    f"{'a' * 64}@{'b.' * 110}example", "a@c.example.", "A <a@c.example>", "a@c.example\n", f"{'a' * 65}@c.example", f"a@{'b.' * 126}example", f"a@{'b' * 64}.example",
]  # fmt: skip
ADDRESSES = [
    "http://", "https://", "http:///x", "http://a", "HTTP://A", "https://a.example/b?c=d#e", "http://a#b#c", "http://[::1]", "http://[::1", "http://::1",
    "http://a b", "http://a/%41", "http://a/%zz", "http://a/%", "http://à.example", "http://a/à", "//a", "/a", "a", "mailto:a@b", "http:a", "https://a:80",
    "http://a:99999999", "http://a:x", "http://a\\b", "https://a/<>", "https://a/{b}", "https://a/|", "https://u:p@a", "javascript:alert(1)", "https://a\n",
    "https://a/\0", f"https://{'a' * 200}.example",
]  # fmt: skip
OF_A_FORMAT = {"date": DAYS, "date-time": MOMENTS, "email": MAILBOXES, "uri": ADDRESSES}


def changes(schema: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a value can become, in words and as it is then."""
    for other in ANYTHING:
        yield f"replaced by {_shown(other)}", other
    yield "put into a list", [value]
    yield "put into an object", {"x": value}
    if isinstance(value, str):
        yield from _other_texts(schema, value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _other_numbers(schema, value)
    elif isinstance(value, list):
        yield from _other_lists(schema, value)
    elif isinstance(value, dict):
        yield from _other_objects(schema, value)


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}... ({len(text)} characters)"


def _other_texts(schema: Mapping[str, Any], value: str) -> Iterator[tuple[str, str]]:
    beside = [f"\n{value}", f" {value}", *(f"{value}{sign}" for sign in "\n \0é")]
    beside += [value[:-1], value * 2, value.upper(), value.title()]
    lengths = [schema[key] + more for key in ("minLength", "maxLength") if key in schema for more in (-1, 0, 1)]
    at_bounds = [(value + letter * size)[:size] for size in lengths if size >= 0 for letter in "xé\U0001f6e0\u0301"]
    for text in (*beside, *at_bounds, *TEXTS, *OF_A_FORMAT.get(schema.get("format"), ())):
        yield f"another text, {_shown(text)}", text


BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _other_numbers(schema: Mapping[str, Any], value: float) -> Iterator[tuple[str, Any]]:
    near = [value + 1, value - 1, value + 0.5, -value, float(value), value * 10**9]
    for bound in (schema[key] for key in BOUNDS if key in schema):
        near += [bound, float(bound), bound + 1, bound - 1, bound + 0.5, -bound]
        near += [math.nextafter(bound, math.inf), math.nextafter(bound, -math.inf)]
    for number in filter(math.isfinite, near):
        yield f"another number, {number!r}", number
    yield "the number as a text", str(value)


def _other_lists(schema: Mapping[str, Any], value: list) -> Iterator[tuple[str, list]]:
    yield "without its first entry", value[1:]
    yield "turned round", value[::-1]
    yield "one entry twice", value + value[:1]
    for other in (None, True, 1, 1.0, 0, False, "", [], {}):
        yield f"with {other!r}", [*value, other]
        yield f"with {other!r}, twice", [*value, other, other]
    for size in (schema[key] + more for key in ("minItems", "maxItems") if key in schema for more in (-1, 0, 1)):
        if value and (0 <= size <= LONGEST_LIST or size > schema.get("maxItems", size)):
            yield f"of {size} equal entries", value[:1] * size
            yield f"of {size} entries", [_numbered(value[0], letters) for letters in _letters(size)]


def _letters(size: int) -> Iterator[str]:
    """Yield different words, the shortest first, from two letters on."""
    words = chain.from_iterable(product(ascii_lowercase, repeat=length) for length in range(2, 6))
    return map("".join, islice(words, size))


def _numbered(value: Any, letters: str) -> Any:
    """Return another value that fits where this one does, in most places."""
    if not isinstance(value, str):
        return value
    return value[: -len(letters)] + (letters.upper() if value.isupper() else letters)


def _other_objects(schema: Mapping[str, Any], value: dict) -> Iterator[tuple[str, dict]]:
    for key in value:
        less = {one: value[one] for one in value if one != key}
        yield f"without {key}", less
        for other in (key.upper(), f"{key} ", f"{key}\n", f"x{key}"):
            yield f"{key} called {other!r}", {**less, other: value[key]}
    known = next(iter(value.values()), None)
    for key in ("unknown", "Unknown", "", " ", "é", "\n", "x\n", "$ref", "__proto__", "x" * 41, "x" * 100):
        yield f"with {_shown(key)}: null", {**value, key: None}
        yield f"with another {_shown(key)}", {**value, key: known}
    for size in (schema[key] + more for key in ("minProperties", "maxProperties") if key in schema for more in (0, 1)):
        yield f"of {size} keys", dict.fromkeys(_letters(size), known)


# Documents, changed


def mutants(name: str) -> Iterator[Mutant]:
    """Yield the exemplary document of a schema with each change at each place, beside what is required alone."""
    schema, document = shipped_schema(name), exemplary(name)
    for words, changed in changes(schema, document):
        yield Mutant(name, "", words, changed)
    required = schema.get("required", ())
    for key, value in document.items():
        rest = {one: document[one] for one in document if one in required or one == key}
        for path, below, current in _places(_below(schema, key), value, (key,)):
            for words, changed in changes(below, current):
                yield Mutant(name, pointer(path), words, _replaced(rest, path, changed))


def random_mutants(name: str, number: int, seed: int) -> Iterator[Mutant]:
    """Yield real documents of a schema, each with one to three changes anywhere; the same ones for the same seed."""
    random, documents = Random(f"{name} {seed}"), real(name)
    for _ in range(number):
        mutant = Mutant(name, "", "", random.choice(documents))
        for _ in range(random.choice((1, 1, 2, 3))):
            mutant = _changed_again(mutant, random)
        yield mutant


def _changed_again(mutant: Mutant, random: Random) -> Mutant:
    schema = shipped_schema(mutant.schema)
    path, below, value = random.choice(list(_places(schema, mutant.document)))
    words, changed = random.choice(list(changes(below, value)))
    told = f"{mutant.change}; then {pointer(path) or '/'}: {words}" if mutant.change else words
    place = mutant.place if mutant.change else pointer(path)
    return Mutant(mutant.schema, place, told, _replaced(mutant.document, path, changed))
