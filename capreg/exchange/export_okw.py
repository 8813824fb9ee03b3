"""An export as facilities of Open Know-Where, the data model of the Internet of Production Alliance (release of 2022).

The model names properties and leaves their form open; they stand here as its only public reader, the Open Hardware
Manager, spells them. `okw.json` says, for each kind, from which fields they come: `"path"` is the first value there,
`["path"]` are all, `{"text": "path"}` is the first as text, `{"each": path, "entry": form}` is one for each entry, and
`{"always": value}` is what is true of every record. A facility is one site.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

import orjson

from capreg.exchange.flat import flat_columns, text
from capreg.exchange.selection import Part, Selection
from capreg.exchange.tables import ID
from capreg.model.harmless import escaped
from capreg.model.kinds import Field

Form = Any
# The names of facilities are made in here: one that belongs to no other use of such names.
NAMESPACE = UUID("6f7c1f0a-1f0e-5f43-9d63-0a4f6c1d7e52")
MOST_NAMED = 8
KIND = ("kind",)
WORDS = "Open Know-Where names processes, machines and materials by articles of Wikipedia; they stand as their English labels."


def okw(selection: Selection) -> Iterator[str]:
    """Yield one list of facilities, one for each site of each record."""
    forms = orjson.loads(files("capreg.exchange").joinpath("okw.json").read_bytes())
    before = "[\n"
    for part in selection.parts:
        labels = part.kind.labels["en"]
        if part.kind.id not in forms:
            selection.losses.say(f"Open Know-Where has no form for {labels}: {len(part)} were left out.")
            continue
        _say_what_is_lost(selection, part, forms[part.kind.id])
        for facility in _facilities(selection, part, forms[part.kind.id]):
            yield before + escaped(orjson.dumps(facility).decode())
            before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _say_what_is_lost(selection: Selection, part: Part, form: Form) -> None:
    known = set(_paths(form, ""))
    columns = [one for one in flat_columns(part) if one.field.path != KIND and not one.field.is_entry_id]
    lost = [one.name for one in columns if one.field.dotted not in known]
    if lost:
        more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
        named = ", ".join(lost[:MOST_NAMED])
        selection.losses.say(f"{part.kind.labels['en']}: Open Know-Where has no place for {named}{more}.")
    selection.losses.say(WORDS)


def _paths(form: Form, above: str) -> Iterator[str]:
    """Yield the paths, with dots, of all fields that a form takes."""
    if isinstance(form, str):
        yield f"{above}.{form}".strip(".")
    elif isinstance(form, list):
        yield from (path for one in form for path in _paths(one, above))
    elif "each" in form:
        yield from _paths(form["entry"], f"{above}.{form['each']}".strip("."))
    else:
        yield from (path for key, one in form.items() if key != "always" for path in _paths(one, above))


def _facilities(selection: Selection, part: Part, form: Form) -> Iterator[dict[str, Any]]:
    shared = part.kind.shared
    key = shared.path[0] if shared and len(shared.path) == 1 else None
    referring = [one for one in part.kind.fields if key and one.refers == key]
    for id, record in part:
        sites = record.get(key) if key else None
        for number, site in enumerate(sites or [None], 1):
            at_site = record if site is None else _at_site({**record, key: [site]}, referring, site.get(ID))
            name = str(
                uuid5(NAMESPACE, orjson.dumps([selection.hub, part.kind.id, id, (site or {}).get(ID, number)]).decode())
            )
            yield {"id": name, **_filled(form, part.kind.root, at_site, selection.vocabularies)}


def _at_site(record: dict[str, Any], referring: list[Field], site: str | None) -> dict[str, Any]:
    """Return a record without the entries that name another site."""
    for field in referring:
        first, *rest = field.path
        if rest[:1] == ["*"] and len(rest) == 2 and first in record:
            record[first] = [entry for entry in record[first] if entry.get(rest[1], site) == site]
    return record


def _filled(form: Form, at: Field, value: Any, vocabularies: Mapping[str, Any]) -> Any:
    """Return what a form makes of a record or an entry, None where it states nothing of it."""
    if isinstance(form, str):
        return next(_stated(at, value, form, vocabularies), None)
    if isinstance(form, list):
        found = (one for path in form for one in _stated(at, value, path, vocabularies))
        return list(dict.fromkeys(found)) or None
    if "always" in form:
        return form["always"]
    if form.keys() == {"text"}:
        found = _filled(form["text"], at, value, vocabularies)
        return None if found is None else text(found)
    if "each" in form:
        return _each(form, at, value, vocabularies)
    filled = {key: _filled(one, at, value, vocabularies) for key, one in form.items()}
    return {key: one for key, one in filled.items() if one is not None} or None


def _each(form: Form, at: Field, value: Any, vocabularies: Mapping[str, Any]) -> list[Any] | None:
    made = [_filled(form["entry"], below, one, vocabularies) for below, one in _found(at, value, form["each"])]
    return [one for number, one in enumerate(made) if one and one not in made[:number]] or None


def _stated(at: Field, value: Any, path: str, vocabularies: Mapping[str, Any]) -> Iterator[Any]:
    for field, one in _found(at, value, path):
        of = field if field.search else at
        if of.search and of.search.words:
            one = vocabularies[of.search.words].label(one, "en")
        if one is not None:
            yield one


def _found(at: Field, value: Any, path: str) -> Iterator[tuple[Field, Any]]:
    """Yield the values at a path with dots, each with its field; lists are gone through entry by entry."""
    if isinstance(value, list) and at.items is not None:
        # A list of words is searched as a whole, so that its field says more than that of its entries.
        below = at if at.search else at.items
        yield from (found for one in value for found in _found(below, one, path))
    elif not path:
        yield at, value
    elif isinstance(value, dict):
        step, _, rest = path.partition(".")
        if step in value and step in at.properties:
            yield from _found(at.properties[step], value[step], rest)
