"""One page that searches the short tier of a registry: without a server, without a network, from a USB stick."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from capreg.errors import CapregError
from capreg.exchange.columns import columns
from capreg.index.answer import Found
from capreg.index.catalogue import Catalogue
from capreg.index.find import find
from capreg.index.whereabouts import places_of
from capreg.model.kinds import Field, Kind, Tier
from capreg.model.place import Place, Position, name_key
from capreg.model.quantity import SPELLINGS, UNITS
from capreg.model.record import cut, whole_values
from capreg.model.text import plain
from capreg.model.vocabulary import Vocabulary, Word
from capreg.query.places import Listed, Places, town_beside, towns

NAME = "index.html"
PARTS = files("capreg.exchange").joinpath("html")
# In this order: what one needs stands in one before it.
SCRIPTS = (
    "text.js",
    "stems.js",
    "records.js",
    "language.js",
    "conditions.js",
    "question.js",
    "map.js",
    "cards.js",
    "page.js",
)
Records = Mapping[str, Sequence[Mapping[str, Any]]]
Towns = list[tuple[str, str, str, float, float]]


def page_files(catalogue: Catalogue, language: str, found: Iterable[Found] | None = None) -> dict[str, bytes]:
    """Return the files of a folder that searches a registry from a stick: the page, by its name.

    Args:
        language: in which it opens.
        found: what the page holds, one answer a kind; the whole registry unless given.

    Raises:
        SchemaError: a schema of the registry is refused.
    """
    held = [find(catalogue, catalogue.kind(one), "") for one in catalogue.folders] if found is None else list(found)
    records = {one.kind.id: [hit.document for hit in one.hits] for one in held}
    kinds, words = [one.kind for one in held], catalogue.vocabularies
    return {NAME: page(kinds, records, words, catalogue.settings.hub, language, places_of(catalogue))}


def page(
    kinds: Sequence[Kind],
    records: Records,
    vocabularies: Mapping[str, Vocabulary],
    hub: str,
    language: str,
    places: Places | None = None,
) -> bytes:
    """Return the page as one HTML file; the same registry gives the same bytes.

    Args:
        records: the records by the name of their kind; whatever tier they have, only the short one gets in.
        hub: whose page it is.
        language: in which it opens; the reader may change to the other.
        places: what is known of the towns that the records name, as a search takes them; the records alone say it unless given.
    """
    shown = {kind.id: [cut(kind, one, Tier.short) for one in records.get(kind.id, ())] for kind in kinds}
    # The page opens with the kind of which there are most.
    kinds = sorted((kind for kind in kinds if shown[kind.id]), key=lambda kind: -len(shown[kind.id])) or kinds
    data = {
        "hub": hub,
        "language": language,
        "kinds": [_kind(kind, shown[kind.id]) for kind in kinds],
        "vocabularies": _vocabularies(kinds, vocabularies),
        "towns": _towns(kinds, shown, places),
        "units": {unit: [dimension, float(factor)] for unit, (dimension, factor) in UNITS.items()},
        "spellings": SPELLINGS,
        "words": json.loads(_part("words.json")),
    }
    return _assembled(data, hub, language).encode()


def _part(name: str) -> str:
    return PARTS.joinpath(name).read_text(encoding="utf-8")


def _kind(kind: Kind, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a kind as the page knows it, with its records in the order of their ids."""
    ordered = sorted(documents, key=lambda one: one["id"])
    # Of what is confidential, not even the name leaves the hub.
    sold = {one.search.name for one in kind.fields if one.search and one.search.name and one.tier is Tier.detailed}
    opened = [one for one in kind.fields if one.path and one.openness is Tier.short]
    return {
        "id": kind.id,
        "label": kind.label,
        "labels": kind.labels,
        "title": kind.title,
        "columns": kind.columns,
        "fields": [_field(one) for one in opened],
        "vocabularies": _vocabularies_of(kind),
        "closed": sorted(sold - {one.search.name for one in opened if one.search}),
        "count": len(ordered),
        "records": columns(kind.root, ordered),
    }


def _field(one: Field) -> dict[str, Any]:
    told = {"path": one.path, "label": one.label, "unit": one.unit, "type": one.type, "together": one.together}
    told |= {"refers": one.refers, "example": next(iter(one.examples), None), "leaf": one.is_leaf or None}
    if one.search:
        asked = one.search
        told |= {"name": asked.name, "as": asked.meaning, "words": asked.words, "since": asked.since}
        told |= {"named": asked.named or None}
    return {key: value for key, value in told.items() if value}


def _vocabularies(kinds: Sequence[Kind], known: Mapping[str, Vocabulary]) -> dict[str, list]:
    names = sorted({name for kind in kinds for name in _vocabularies_of(kind)})
    return {name: [_word(one) for one in known[name].words.values()] for name in names}


def _vocabularies_of(kind: Kind) -> list[str]:
    """Return the vocabularies of a kind, those of sold fields too: a free word means all that any of them calls by the same name."""
    return sorted({one.search.words for one in kind.worded if one.tier < Tier.confidential})


def _word(word: Word) -> dict[str, Any]:
    also = sorted(word.spellings - {word.id, *word.label.values()})
    told = {"id": word.id, "label": word.label, "also": also, "broader": word.broader, "includes": word.includes}
    return {key: value for key, value in told.items() if value}


def _towns(kinds: Sequence[Kind], shown: Records, places: Places | None) -> Towns:
    """Return the towns that the records name as a search would find them: key, country or "", name, latitude, longitude."""
    stated = [one for kind in kinds for one in _stated_towns(kind, shown[kind.id])]
    known = places or Places((Listed(lambda: towns(stated)),))
    asked = sorted({(name.strip(), country) for name, country, _ in stated})
    found: dict[tuple[str, str], Place] = {}
    for name, country in asked:
        for typed in ((name, country), (name,)):
            place = _found(known, typed)
            if place:
                found.setdefault((name_key(name), typed[1] if typed[1:] else ""), place)
    return [(*key, place.name or key[0], *place.position) for key, place in found.items()]


def _stated_towns(kind: Kind, documents: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, Position]]:
    for one in kind.fields:
        if one.search and one.search.meaning == "place" and one.tier is Tier.short:
            for document in documents:
                yield from _towns_of(document, one)


def _towns_of(document: Mapping[str, Any], field: Field) -> Iterator[tuple[str, str, Position]]:
    for holder in whole_values(document, field.path[:-1]):
        town, position = town_beside(holder, field.search.named), holder.get(field.path[-1])
        if town and position:
            yield *town, Position(position["latitude"], position["longitude"])


def _found(places: Places, typed: Sequence[str]) -> Place | None:
    """Return the place that a name means; None where it means none, or several."""
    try:
        return places.find(*typed)
    except CapregError:
        return None


def _assembled(data: Mapping[str, Any], hub: str, language: str) -> str:
    """Return the page: its form, style, script and data in one file, what may run named by its checksum."""
    style, script = _part("page.css"), _script()
    policy = (
        f"default-src 'none'; style-src {_checksum(style)}; script-src {_checksum(script)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    holes = {
        "language": escape(language),
        "policy": policy,
        "title": escape(plain(hub)),
        "style": style,
        "data": _as_data(data),
        "script": script,
    }
    before, *rest = _part("page.html").split("{{")
    pieces = (one.partition("}}") for one in rest)
    return before + "".join(holes[name] + after for name, _, after in pieces)


def _script() -> str:
    """Return the scripts as one, in a function of its own, so that nothing of it is known outside."""
    return '"use strict";\n(() => {\n' + "\n".join(_part(name) for name in SCRIPTS) + "})();\n"


def _checksum(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _as_data(data: Any) -> str:
    """Return JSON that no HTML reader takes for anything else: without <, > and &, each written as its code."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
