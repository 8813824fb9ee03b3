"""The schema is the programme: what an edit of a schema alone gives, and what a schema may not do."""

import ast
import json
from time import monotonic

import pytest
from conftest import ROOT, SHARED, firm, write_record

from capreg.store.schemas import shipped_kinds, shipped_schema

SECONDS = 3


def own(registry, content, name="firm"):
    """Write a schema of the registry's own: a document, or text as it is."""
    path = registry / "schemas" / f"{name}.schema.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def nested(path: str, value: dict) -> dict:
    """The merge patch that has a value at a path of keys."""
    for key in reversed(path.split("/")):
        value = {key: value}
    return value


def field(tier="short", **rest):
    """A property of a number in metres."""
    note = {
        "label": {"en": "Pit depth", "it": "Profondità fossa"},
        "unit": "m",
        "tier": tier,
        "search": {"name": "pit", "as": "at-least"},
    }
    return {"type": "number", "minimum": 0, "maximum": 99, "examples": [4], "capreg": {**note, **rest}}


ADDRESS = {"locality": "Bologna", "country": "IT"}
PLACES = {
    "at the root": ("properties/pit_m", firm(pit_m=4.25)),
    "in a list's entry": (
        "properties/machines/items/properties/pit_m",
        firm(machines=[{"type": "lathe", "pit_m": 4.25}]),
    ),
    "in a shared address": (
        "properties/sites/items/properties/address/properties/pit_m",
        firm(
            sites=[
                {"id": "main", "address": {**ADDRESS, "pit_m": 4.25}, "position": {"latitude": 44.5, "longitude": 11.3}}
            ]
        ),
    ),
    "in an object": ("properties/capacity/properties/pit_m", firm(capacity={"pit_m": 4.25})),
}
ABOVE = {"in a list's entry": "detailed"}
TIERS = ("short", "detailed", "confidential")


@pytest.fixture(params=[(where, tier) for where in PLACES for tier in TIERS], ids=lambda one: f"{one[0]}, {one[1]}")
def extended(request, empty):
    """A registry whose firms have one property more: (registry, the tier that the property has)."""
    where, tier = request.param
    path, document = PLACES[where]
    own(empty, nested(path, field(tier)))
    write_record(empty, document)
    write_record(empty, firm("verdi"))
    settings = json.loads((empty / "registry.json").read_text()) | {"prices": {"profiles": {"firm": "45.00"}}}
    (empty / "registry.json").write_text(json.dumps(settings))
    return empty, max(tier, ABOVE.get(where, "short"), key=TIERS.index)


def test_one_property_added_is_valid_listed_searchable_printed_in_its_tier_and_absent_below(extended, capreg):
    registry, tier = extended
    assert capreg("-R", registry, "check").code == 0
    (listed,) = [one for one in capreg("-R", registry, "fields", "-O", "json").json["fields"] if one["field"] == "pit"]
    assert (listed["unit"], listed["tier"], listed["example"]) == ("m", tier, "pit:4m")
    internal = ["--internal"] if tier == "confidential" else []
    for asked, hits in (("pit:4m", ["rossi"]), ("pit:400cm", ["rossi"]), ("pit:4.5m", []), ("pit:0.0042km", ["rossi"])):
        assert capreg("-R", registry, "search", asked, "-O", "json", *internal).ids == hits
    assert capreg("-R", registry, "search", "pit:4", *internal).code == 2
    capreg("-R", registry, "client", "add", "buyer")
    ways_out = {
        "short": capreg("-R", registry, "printout", "-O", "json").out
        + capreg("-R", registry, "printout", "-O", "text").out,
        "detailed": "".join(
            capreg("-R", registry, "profile", "rossi", "--client", "buyer", "--yes", "-O", one).out
            for one in ("json", "text")
        ),
        "confidential": capreg("-R", registry, "show", "rossi", "--internal", "-O", "json").out,
    }
    assert [one for one in TIERS if "4.25" in ways_out[one]] == [*TIERS[TIERS.index(tier) :]]
    assert tier != "short" or ways_out["short"].count("4.25") == 2


def test_a_property_added_is_labelled_in_both_languages(empty, capreg):
    own(empty, nested("properties/pit_m", field()))
    write_record(empty, firm(pit_m=4.25))
    assert "Pit depth" in capreg("-R", empty, "show", "rossi").out
    assert "Profondità fossa" in capreg("-R", empty, "show", "rossi", "--language", "it").out


@pytest.mark.parametrize("value", [-1, 100, "4", None])
def test_the_bounds_of_a_property_added_are_kept(empty, capreg, value):
    own(empty, nested("properties/pit_m", field()))
    write_record(empty, firm(pit_m=value))
    done = capreg("-R", empty, "check")
    assert done.code == 4
    assert "/pit_m" in done.out


def new_kind(**rest) -> dict:
    """The schema of a kind that is not shipped."""
    note = {"label": {"en": "x", "it": "x"}, "tier": "short"}
    properties = {
        "kind": {"const": "expert", "capreg": note},
        "id": {"$ref": "common.schema.json#/$defs/id", "capreg": note},
        "name": {"type": "string", "capreg": {**note, "search": {"name": "name", "as": "text"}}},
        "daily_h": {
            "type": "number",
            "capreg": {**note, "unit": "h", "tier": "detailed", "search": {"name": "daily", "as": "at-least"}},
        },
    }
    kind = {
        "folder": "experts",
        "label": {"en": "expert", "it": "esperto"},
        "title": "name",
        "columns": ["name"],
        **rest.pop("kind", {}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["kind", "id", "name"], "unevaluatedProperties": False,
        "capreg": {"kind": kind}, "properties": {**properties, **rest.pop("properties", {})}, **rest,
    }  # fmt: skip


def test_a_schema_and_a_folder_alone_make_a_new_kind(empty, capreg):
    own(empty, new_kind(), "expert")
    (empty / "experts").mkdir()
    write_record(empty, {"kind": "expert", "id": "ada", "name": "Ada Bianchi", "daily_h": 6}, "experts")
    assert capreg("-R", empty, "check").code == 0
    assert capreg("-R", empty, "search", "-k", "expert", "bianchi", "daily:5h", "-O", "json").ids == ["ada"]
    assert capreg("-R", empty, "search", "-k", "expert", "daily:7h", "-O", "json").ids == []
    assert "Ada Bianchi" in capreg("-R", empty, "show", "ada", "-k", "expert").out
    assert [one["field"] for one in capreg("-R", empty, "fields", "-k", "expert", "-O", "json").json["fields"]] == [
        "kind",
        "id",
        "name",
        "daily",
    ]
    assert "6" not in capreg("-R", empty, "printout", "-k", "expert", "-O", "json").json["results"][0]["record"]


def test_a_new_kind_is_checked_by_its_schema(empty, capreg):
    own(empty, new_kind(), "expert")
    (empty / "experts").mkdir()
    write_record(empty, {"kind": "expert", "id": "ada", "nmae": "Ada"}, "experts")
    done = capreg("-R", empty, "check")
    assert done.code == 4
    assert "experts/ada.json:1:" in done.out
    assert "nmae" in done.out


def noted(**note) -> dict:
    """A patch that adds one property with an annotation."""
    return {"properties": {"added": {"type": "string", "capreg": {"label": {"en": "A", "it": "A"}, **note}}}}


def plain(**keywords) -> dict:
    """A patch that adds one property with keywords of JSON Schema."""
    return {"properties": {"added": keywords}}


REFUSED = {
    "not JSON": '{"properties": ',
    "a double key": '{"properties": {}, "properties": {}}',
    "a list": "[]",
    "a string": '"firm"',
    "true": "true",
    "no schema: the type strin": plain(type="strin"),
    "no schema: a negative length": plain(type="string", maxLength=-1),
    "no schema: minimum is text": plain(type="number", minimum="0"),
    "no schema: properties is a list": {"properties": []},
    "no schema: required is text": {"properties": {"added": {"type": "object", "required": "x"}}},
    "a misspelt annotation": noted(tire="short"),
    "a misspelt keyword": plain(type="string", maxLenght=3),
    "a misspelt keyword at depth": {"properties": {"added": {"type": "array", "items": {"typ": "string"}}}},
    "a misspelt capreg": plain(type="string", caprge={}),
    "an unknown tier": noted(tier="open"),
    "an unknown unit": noted(unit="furlong"),
    "an unknown way of searching": noted(search={"name": "added", "as": "exactly"}),
    "a query name in capitals": noted(search={"name": "Added", "as": "exact"}),
    "a label in one language": plain(type="string", capreg={"label": {"en": "A"}}),
    "a word without a vocabulary": noted(search={"name": "added", "as": "word"}),
    "a name shared by two ways of searching": noted(search={"name": "employees", "as": "text"}),
    "a file": plain(**{"$ref": "file:///etc/passwd"}),
    "an address": plain(**{"$ref": "http://127.0.0.1:9/x.json"}),
    "an address, secure": plain(**{"$ref": "https://json-schema.org/draft/2020-12/schema"}),
    "a file above": plain(**{"$ref": "../x"}),
    "another file": plain(**{"$ref": "other.schema.json#/$defs/x"}),
    "the root": plain(**{"$ref": "#"}),
    "a dynamic reference": plain(**{"$dynamicRef": "http://127.0.0.1:9/x.json"}),
    "an id": plain(**{"$id": "http://127.0.0.1:9/x.json"}),
    "another dialect": {"$schema": "http://127.0.0.1:9/x.json", "properties": {"added": {"type": "string"}}},
    "a reference that leads nowhere": plain(**{"$ref": "#/$defs/nothing"}),
    "a reference to itself": {"$defs": {"a": {"$ref": "#/$defs/a"}}, **plain(**{"$ref": "#/$defs/a"})},
    "a ring of references": {"$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"$ref": "#/$defs/a"}}, **plain(**{"$ref": "#/$defs/a"})},
    "references that multiply": {
        "$defs": {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 6} for n in range(6)} | {"a6": {"type": "string"}}, **plain(**{"$ref": "#/$defs/a0"}),
    },
    "a type changed": nested("properties/name", {"type": "number"}),
    "a bound widened": nested("properties/name", {"maxLength": 999}),
    "a bound added": nested("properties/name", {"pattern": "^A"}),
    "a tier opened": nested("properties/capacity/properties/largest_customer_share/capreg", {"tier": "short"}),
    "a label changed": nested("properties/name/capreg/label", {"en": "Firm"}),
    "a flag taken away": nested("properties/commerce/properties/references/items/properties/name/capreg", {"unless": None}),
    "a property removed": nested("properties/contacts", None),
    "an annotation removed": nested("properties/contacts/capreg", None),
    "the closing removed": {"unevaluatedProperties": None},
    "the closing opened": {"unevaluatedProperties": True},
    "a field less required": {"required": ["kind", "id"]},
    "a field more required": {"required": ["kind", "id", "name", "sites", "founded"]},
    "a keyword added to the root": {"allOf": [{"required": ["founded"]}]},
    "patternProperties added": {"patternProperties": {"^x_": {"type": "string"}}},
    "another folder": {"capreg": {"kind": {"folder": "elsewhere"}}},
}  # fmt: skip
EXPLODING = [
    "(a+)+$", "^(a+)+$", "(a|a)*$", "(a|aa)+$", "^(a*)*$", "([a-zA-Z]+)*$", "(.*a){20}", "(x+x+)+y", "(a?){40}a{40}", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?:a+){17,}", "((a{1,9}){1,9}){1,9}{1,9}", "(a+(b|c)*)+$",
]  # fmt: skip
BROKEN = ["(", "[a", "a{2,1}", "(?<=a+)b", "(?P<x>a)(?P<x>b)", "\\1"]


def refused(capreg, registry, name: str) -> str:
    """Assert that a schema is refused by name, by `check` and by `search`, and quickly; return what `check` says of it."""
    start = monotonic()
    checked, searched = capreg("-R", registry, "check"), capreg("-R", registry, "search")
    assert monotonic() - start < SECONDS
    assert (checked.code, searched.code) == (4, 4)
    assert f"schemas/{name}.schema.json" in checked.out
    assert f"{name}.schema.json" in searched.err
    assert searched.out == ""
    assert "Traceback" not in checked.err + searched.err
    assert "unexpected fault" not in checked.err + searched.err
    return checked.out


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_schema_of_the_registry_is_refused_by_name(empty, capreg, content):
    own(empty, content)
    refused(capreg, empty, "firm")


@pytest.mark.parametrize("pattern", EXPLODING + BROKEN)
@pytest.mark.parametrize("as_key", [False, True], ids=["pattern", "patternProperties"])
def test_a_pattern_that_explodes_or_is_none_is_refused(empty, capreg, pattern, as_key):
    own(
        empty,
        plain(type="object", patternProperties={pattern: {}}) if as_key else plain(type="string", pattern=pattern),
    )
    refused(capreg, empty, "firm")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"[" * 10_000, b" " * (2 << 20) + b"{}", b"{}\0"],
    ids=["not UTF-8", "BOM", "deep", "large", "NUL"],
)
def test_a_schema_file_that_is_no_text_is_refused_by_name(empty, capreg, content):
    own(empty, "").write_bytes(content)
    refused(capreg, empty, "firm")


KINDS_REFUSED = {
    "no kind": new_kind() | {"capreg": {}},
    "a title that is not there": new_kind(kind={"title": "nmae"}),
    "a column that is not there": new_kind(kind={"columns": ["nmae"]}),
    "a folder above": new_kind(kind={"folder": "../firms"}),
    "the office": new_kind(kind={"folder": "office"}),
    "the folder of another kind": new_kind(kind={"folder": "firms"}),
    "a head that is not there": new_kind(
        properties={"jobs": {"type": "array", "items": {"type": "object"}, "capreg": {"together": "job"}}}
    ),
    "a list referred to that is not there": new_kind(
        properties={"boss": {"type": "string", "capreg": {"label": {"en": "b", "it": "b"}, "refers": "bosses"}}}
    ),
    "a flag that is not there": new_kind(
        properties={
            "boss": {"type": "string", "capreg": {"label": {"en": "b", "it": "b"}, "tier": "short", "unless": "hidden"}}
        }
    ),
    "a text searched as a number": new_kind(
        properties={
            "job": {
                "type": "string",
                "capreg": {"label": {"en": "b", "it": "b"}, "search": {"name": "job", "as": "number"}},
            }
        }
    ),
}


@pytest.mark.parametrize("content", KINDS_REFUSED.values(), ids=KINDS_REFUSED)
def test_a_schema_of_a_new_kind_is_refused_by_name(empty, capreg, content):
    own(empty, content, "expert")
    (empty / "experts").mkdir()
    write_record(empty, {"kind": "expert", "id": "ada", "name": "Ada"}, "experts")
    refused(capreg, empty, "expert")


def test_all_refused_schemas_are_told_in_one_run_and_the_other_kinds_are_still_checked(empty, capreg):
    own(empty, "nonsense")
    own(empty, "nonsense", "expert")
    write_record(empty, {"kind": "contractor", "id": "x", "nmae": "X"}, "contractors")
    done = capreg("-R", empty, "check")
    assert done.code == 4
    assert all(
        name in done.out for name in ("schemas/firm.schema.json", "schemas/expert.schema.json", "contractors/x.json")
    )


def strings_in(path):
    """Every string constant of a module that is no docstring, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def query_names(schema) -> set[str]:
    here = {schema.get("capreg", {}).get("search", {}).get("name")} - {None}
    below = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return here.union(*map(query_names, below))


# The key of a name in annotations, settings and documents; what the office knows of a client; the language of a page; the history
# of a registry's records.
OTHERWISE = {"name", "country", "language", "history"}


def test_no_query_name_of_a_field_stands_in_python():
    names = set().union(*(query_names(shipped_schema(kind)) for kind in shipped_kinds())) - OTHERWISE
    assert len(names) > 50
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in sorted(ROOT.glob("capreg/**/*.py"))
        for text, line in strings_in(path)
        if text in names
    ]
    assert found == []


@pytest.mark.parametrize("kind", shipped_kinds())
def test_the_shipped_schemas_accept_the_examples_of_the_trade(empty, capreg, kind):
    example = SHARED / "examples" / f"{kind}.json"
    if not example.exists():
        pytest.skip("no example here")
    document = json.loads(example.read_text())
    write_record(empty, document, f"{kind}s")
    done = capreg("-R", empty, "check")
    assert (done.code, done.out) == (0, "")
    assert capreg("-R", empty, "search", "-k", kind, "-O", "json").ids == [document["id"]]
