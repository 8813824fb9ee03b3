"""What may leave the hub: every way out, in every format, with a marker planted in every field of every kind."""

import json
import re
from datetime import date, timedelta
from itertools import count, cycle

import pytest
from conftest import firm, write_record
from pypdf import PdfReader

from capreg.cli.main import cli
from capreg.office.books import books_of
from capreg.office.clients import Client, add_client
from capreg.store.create import create
from capreg.store.registry import Registry
from capreg.store.schemas import shipped_kinds, shipped_schema
from capreg.views import DOCUMENT_FORMATS, FORMATS

TIERS = ("short", "detailed", "confidential")
DOCUMENTS = ("text", "md", "table")
WIDE = "400"


class Planted:
    """A record made from a schema, each value one that stands nowhere else, and the values by the tier that may see them."""

    def __init__(self, kind: str) -> None:
        self.markers: dict[str, list[str]] = {tier: [] for tier in TIERS}
        self.links: set[str] = set()
        self.numbers = (number for number in count(101) if number % 10)
        self.small = count(1)
        self.ids: dict[str, str] = {}
        self.document = {**self.value(shipped_schema(kind), (), None), "kind": kind, "id": "planted"}
        self.document["statements"] = [
            self.statement(tier, about) for tier, abouts in ABOUT[kind].items() for about in abouts
        ]

    def statement(self, tier: str, about: str) -> dict:
        texts = {key: self.text({}, TIERS.index(tier)) for key in ("source", "method", "verified_by", "verified_how")}
        return {"about": about, "stated_on": "2026-11-01", "verified_on": "2026-11-02", **texts}

    def plant(self, value, tier, marker=None):
        self.markers["confidential" if tier is None else TIERS[tier]].append(str(value if marker is None else marker))
        return value

    def value(self, schema, path, tier, closed=False):
        note = schema.get("capreg", {})
        own = TIERS.index(note["tier"]) if "tier" in note else None
        tier = 2 if closed else max((one for one in (tier, own) if one is not None), default=None)
        types = schema.get("type", "string")
        kind = types[0] if isinstance(types, list) else types
        if "refers" in note:
            return [self.id_of(note["refers"])] if kind == "array" else self.id_of(note["refers"])
        if kind in ("object", "array"):
            return getattr(self, kind)(schema, path, tier, closed)
        if path[-1] == "id" and "search" not in note:
            return self.plant(self.id_of(".".join(one for one in path[:-1] if one != "*")), tier)
        self.future = path[-1].endswith("until")
        return {"string": self.text, "number": self.number, "integer": self.integer, "boolean": lambda *_: True}[kind](
            schema, tier
        )

    def array(self, schema, path, tier, closed):
        items, path = schema["items"], (*path, "*")
        if flags := flags_of(items):
            return [
                {**self.value(items, path, tier, closed or not open), **dict.fromkeys(flags, open)}
                for open in (False, True)
            ]
        return [self.value(items, path, tier, closed) for _ in range(schema.get("minItems", 1) or 1)]

    def object(self, schema, path, tier, closed):
        if "properties" not in schema:
            return {"own": self.text({}, tier), "deep": "hidden", "deeper": [{"still": self.text({}, tier)}]}
        return {
            key: self.value(one, (*path, key), tier, closed)
            for key, one in schema["properties"].items()
            if (*path, key) not in MADE_APART
        }

    def id_of(self, entries: str) -> str:
        marker = self.ids.setdefault(entries, f"qe{next(self.numbers)}z")
        self.links.add(marker)
        return marker

    def text(self, schema, tier):
        if "enum" in schema:
            return self.plant(schema["enum"][0], tier)
        if schema.get("format") == "date":
            return self.plant(
                (date(2090 if self.future else 1940, 1, 1) + timedelta(days=next(self.numbers))).isoformat(), tier
            )
        pattern = schema.get("pattern", "")
        if letters := re.fullmatch(r"\^\[([Aa])-[Zz]\]\{([23])\}\$", pattern):
            small = next(self.small)
            made = "xzk"[small // 26] + chr(97 + small % 26) + "j" * (letters[2] == "3")
            return self.plant(made.upper() if letters[1] == "A" else made, tier)
        if "0-9" in pattern and "a-z" not in pattern:
            digits = f"88{next(self.numbers)}"
            return self.plant(f"+{digits}" if "+" in pattern and pattern.startswith("^\\+") else digits, tier, digits)
        marker = f"q{'sdc'[2 if tier is None else tier]}{next(self.numbers)}z"
        before, after = {"uri": ("https://", ".example"), "email": ("", "@example.org")}.get(
            schema.get("format"), ("", "")
        )
        return self.plant(f"{before}{marker}{after}", tier, marker)

    def number(self, schema, tier):
        return self.plant(round((0.5 if schema["maximum"] <= 1 else 3) + next(self.numbers) / 10_000, 4), tier)

    def integer(self, schema, tier):
        if schema["maximum"] < 700:
            return schema["maximum"]
        return self.plant(
            7000 + next(self.numbers)
            if schema["maximum"] >= 8000
            else max(schema["minimum"], 300) + 11 + next(self.small),
            tier,
        )


def flags_of(items) -> set[str]:
    """The flags that close an entry, named on it or on a part of it."""
    notes = [items.get("capreg", {}), *(one.get("capreg", {}) for one in items.get("properties", {}).values())]
    return {note["unless"] for note in notes if "unless" in note}


MADE_APART = {("kind",), ("id",), ("statements",)}
ABOUT = {
    "firm": {
        "detailed": ("", "/name", "/people/total", "/capabilities/0/tolerance_mm", "/machines", "/commerce/references/1/name"),
        "confidential": (
            "/capacity/largest_customer_share", "/commerce/references/0", "/commerce/references/0/since", "/extension", "/extension/own", "/nowhere",
        ),
    },
    "contractor": {"detailed": ("", "/structure/people", "/payment/terms_days"), "confidential": ("/extension/deeper/0", "/nowhere")},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", WIDE)


@pytest.fixture(scope="module", params=shipped_kinds())
def planted(request, tmp_path_factory):
    """A registry with one record of a kind, full of markers, and a client to sell it to: (registry, kind, what was planted)."""
    registry, kind, found = tmp_path_factory.mktemp("planted") / "registry", request.param, Planted(request.param)
    create(registry, sample=False)
    write_record(registry, found.document, f"{kind}s")
    with_settings(registry, prices={"profiles": {kind: "45.00" for kind in shipped_kinds()}})
    opened = Registry(registry)
    add_client(books_of(opened), Client("buyer", "Buyer", "2026-01-01"))
    return registry, kind, found


def with_settings(registry, **settings):
    path = registry / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def seen(markers, text: str) -> list[str]:
    """Which markers stand in an output, line breaks at hyphens and escapes of Markdown left out."""
    text = re.sub(r"(?<=\w)-\n\s*(?=\w)", "-", text).replace("\\", "")
    return [one for one in markers if re.search(rf"(?<![\w.-]){re.escape(one)}(?![\w-])", text)]


def offered(command: str) -> list[str]:
    """Every format that a command offers."""
    (option,) = (one for one in cli.get_command(None, command).params if one.name == "output_format")
    return list(option.type.choices)


def everywhere(capreg, tmp_path, format: str, *arguments) -> list[str]:
    """Run a way out to standard output and to a file; return what came out of each, with all that was told beside it."""
    if format == "pdf":
        path = tmp_path / "out.pdf"
        written = capreg(*arguments, "-o", path)
        assert (written.code, written.out) == (0, ""), written.err
        return ["\n".join(page.extract_text() for page in PdfReader(path).pages) + written.err]
    printed = capreg(*arguments, "-O", format)
    path = tmp_path / f"out.{'txt' if format == 'text' else format}"
    written = capreg(
        *arguments, "-O" if format == "table" else "-q", *(["table"] if format == "table" else []), "-o", path
    )
    assert (printed.code, written.code, written.out) == (0, 0, ""), printed.err + written.err
    return [printed.out + printed.err, path.read_text() + written.err]


def test_the_planted_record_is_valid_and_holds_every_tier(planted, capreg):
    registry, kind, found = planted
    done = capreg("-R", registry, "check", "-O", "json")
    assert [one for one in done.json["faults"] if one["severity"] == "ERROR"] == []
    assert all(found.markers[tier] for tier in TIERS)
    assert len(set(sum(found.markers.values(), []))) == len(sum(found.markers.values(), []))


@pytest.mark.parametrize("format", offered("printout"))
def test_a_printout_carries_the_short_tier_and_no_more(planted, capreg, tmp_path, format):
    registry, kind, found = planted
    for out in everywhere(capreg, tmp_path, format, "-R", registry, "printout", "-k", kind, "--client", "buyer"):
        assert seen(found.markers["detailed"] + found.markers["confidential"], out) == []
        shown = seen(found.markers["short"], out)
        assert shown == found.markers["short"] if format in ("json", "ndjson") else shown != []
        assert "HUB ONLY" not in out


@pytest.mark.parametrize("format", offered("profile"))
def test_a_profile_carries_all_up_to_the_detailed_tier_and_no_more(planted, capreg, tmp_path, format):
    registry, kind, found = planted
    allowed = found.markers["short"] + found.markers["detailed"]
    left_out = found.links if format in (*DOCUMENTS, *DOCUMENT_FORMATS) else ()
    for out in everywhere(
        capreg, tmp_path, format, "-R", registry, "profile", "planted", "-k", kind, "--client", "buyer", "--yes"
    ):
        assert seen(found.markers["confidential"], out) == []
        assert set(allowed) - set(seen(allowed, out)) - set(left_out) == set()
        assert "HUB ONLY" not in out


GONE = [
    "/commerce/references/acme-gmbh",
    "/commerce/references/7/name",
    "/machines/sold-one/model",
    "/people/total/0",
    "/sites/main/address/gone",
    "/sites/9",
]


@pytest.mark.parametrize("about", GONE)
def test_a_statement_about_what_is_not_there_is_confidential(empty, capreg, about):
    present = {
        "commerce": {"references": [{"name": "open", "may_be_named": True}]},
        "machines": [{"id": "kept", "type": "lathe"}],
        "people": {"total": 3},
    }
    write_record(empty, firm(**present, statements=[{"about": about, "source": "qc999z", "stated_on": "2026-11-01"}]))
    shown = capreg("-R", empty, "show", "rossi", "-O", "csv").out
    assert "Rossi" in shown
    assert "qc999z" not in shown
    assert about not in shown


@pytest.mark.parametrize(
    "command", [("printout", "--client", "buyer"), ("profile", "planted", "--client", "buyer", "--dry-run")]
)
def test_a_dry_run_of_a_way_out_shows_no_more_than_the_real_one(planted, capreg, command):
    registry, kind, found = planted
    done = capreg("-R", registry, *command, "-k", kind, "--dry-run", "-O", "json")
    closed = found.markers["confidential"] + (found.markers["detailed"] if command[0] == "printout" else [])
    assert seen(closed, done.out + done.err) == []


@pytest.mark.parametrize("format", FORMATS)
def test_show_keeps_the_confidential_tier_back_until_it_is_asked_for(planted, capreg, format):
    registry, kind, found = planted
    shown = capreg("-R", registry, "show", "planted", "-k", kind, "-O", format)
    internal = capreg("-R", registry, "show", "planted", "-k", kind, "--internal", "-O", format)
    assert seen(found.markers["confidential"], shown.out + shown.err) == []
    assert seen(found.markers["detailed"], shown.out) != []
    if format in ("json", "ndjson", "csv", "tsv"):
        assert seen(found.markers["confidential"], internal.out) == found.markers["confidential"]


@pytest.mark.parametrize("format", FORMATS)
def test_search_keeps_the_confidential_tier_back_until_it_is_asked_for(planted, capreg, format, monkeypatch):
    monkeypatch.setenv("COLUMNS", "9000")
    registry, kind, found = planted
    every = [
        one["column"] for one in capreg("-R", registry, "search", "-k", kind, "--columns", "help", "-O", "json").json
    ]
    done = capreg("-R", registry, "search", "-k", kind, "--columns", ",".join(every), "-O", format)
    assert done.code == 0, done.err
    assert seen(found.markers["confidential"], done.out + done.err) == []
    assert seen(found.markers["detailed"], done.out) != []


@pytest.mark.parametrize("format", DOCUMENTS)
@pytest.mark.parametrize(
    "command", [("show", "rossi"), ("show", "rossi", "--internal"), ("search",), ("search", "--internal")], ids=" ".join
)
def test_a_hub_view_says_hub_only_in_every_document_format(empty, capreg, format, command):
    write_record(empty, firm())
    assert "HUB ONLY" in capreg("-R", empty, *command, "-O", format).out


@pytest.mark.parametrize(
    "asked",
    [
        ("largest_customer:0..1",),
        ("--columns", "name,largest_customer"),
        ("--sort", "largest_customer"),
        ("^largest_customer:0..1",),
        ("rossi", "OR", "largest_customer:0..1"),
    ],
    ids=" ".join,
)
def test_a_confidential_field_is_not_searched_shown_or_sorted_by_without_internal(empty, capreg, asked):
    write_record(empty, firm(capacity={"largest_customer_share": 0.4177}))
    done = capreg("-R", empty, "search", *asked)
    assert (done.code, done.out) == (2, "")
    assert "0.4177" not in done.err
    assert capreg("-R", empty, "search", *asked, "--internal").code == 0


@pytest.mark.parametrize("asked", [("largest_customer:0..1",), ("largest_customer:0..1", "--internal")], ids=" ".join)
def test_a_search_of_confidential_fields_makes_no_printout(empty, capreg, asked):
    write_record(empty, firm())
    done = capreg("-R", empty, "printout", *asked)
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize(
    ("command", "word"), [(command, word) for command in ("search", "printout") for word in ("qc*", "hidden")]
)
def test_free_words_do_not_find_confidential_text(planted, capreg, command, word):
    registry, kind, found = planted
    assert capreg("-R", registry, command, "-k", kind, word, "-O", "json").json["total"] == 0
    assert capreg("-R", registry, "search", "-k", kind, word, "--internal", "-O", "json").json["total"] == 1


ASKS = {
    "number": "0..10000000{unit}",
    "at-most": "..100{unit}",
    "at-least": "0{unit}",
    "envelope": "1x1x1{unit}",
    "text": "q*",
    "date": "1900-01-01..2100-01-01",
}


def detailed_questions(kind: str):
    """A question on every detailed field that is searched, which the planted record meets."""

    def walk(schema, tier):
        note = schema.get("capreg", {})
        tier = max(tier, TIERS.index(note.get("tier", "short")))
        search = note.get("search", {})
        if tier == 1 and search.get("name") and search["as"] in ASKS:
            yield f"{search['name']}:{ASKS[search['as']].format(unit=note.get('unit', ''))}"
        for one in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
            yield from walk(one, tier)

    return sorted(set(walk(shipped_schema(kind), 0)))


def test_a_printout_of_a_search_on_detailed_fields_never_shows_the_value_behind_it(planted, capreg):
    registry, kind, found = planted
    questions = detailed_questions(kind)
    assert len(questions) >= 3
    for question, format in zip(questions, cycle(FORMATS), strict=False):
        done = capreg("-R", registry, "printout", "-k", kind, question, "-O", format)
        assert seen(found.markers["short"], done.out) != [], question
        assert seen(found.markers["detailed"] + found.markers["confidential"], done.out + done.err) == [], question


def test_a_printout_says_that_a_detailed_requirement_is_met(empty, capreg):
    write_record(empty, firm(capabilities=[{"id": "fine", "process": "milling", "tolerance_mm": 0.00777}]))
    (hit,) = capreg("-R", empty, "printout", "process:milling", "tolerance:..0.01mm", "-O", "json").json["results"]
    assert hit["verdicts"][1] == {"requirement": "tolerance:..0.01mm", "verdict": "meets"}


def own_kind(registry, tier_of_position: str) -> None:
    """A kind whose records stand at a place, and one record of it."""
    note = {"label": {"en": "x", "it": "x"}}
    address = {
        "type": "object",
        "unevaluatedProperties": False,
        "properties": {key: {"type": "string", "capreg": {**note, "tier": "short"}} for key in ("town", "country")},
    }
    degrees = {"type": "number", "minimum": -180, "maximum": 180}
    named = {
        **note,
        "tier": tier_of_position,
        "search": {"name": "near", "as": "place", "named": ["address/town", "address/country"]},
    }
    position = {
        "type": "object",
        "unevaluatedProperties": False,
        "properties": {"latitude": degrees, "longitude": degrees},
        "capreg": named,
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "unevaluatedProperties": False,
        "capreg": {"kind": {"folder": "depots", "label": {"en": "depot", "it": "deposito"}, "title": "name", "columns": ["name"]}},
        "properties": {
            **{key: {"type": "string", "capreg": {**note, "tier": "short"}} for key in ("kind", "id")},
            "name": {"type": "string", "capreg": {**note, "tier": "short", "search": {"name": "name", "as": "text"}}},
            "address": address, "position": position,
        },
    }  # fmt: skip
    (registry / "schemas").mkdir()
    (registry / "schemas" / "depot.schema.json").write_text(json.dumps(schema))
    (registry / "depots").mkdir()
    write_record(
        registry,
        {"kind": "depot", "id": "one", "name": "One", "position": {"latitude": 44.5, "longitude": 11.5}},
        "depots",
    )


@pytest.mark.parametrize("format", ["json", "text", "md", "table", "csv"])
@pytest.mark.parametrize(("tier", "told"), [("short", True), ("detailed", False)])
def test_a_printout_tells_the_distance_only_where_the_position_is_open(empty, capreg, format, tier, told):
    own_kind(empty, tier)
    done = capreg("-R", empty, "printout", "-k", "depot", "near:44.49,11.34,50km", "-O", format)
    assert done.code == 0, done.err
    assert "One" in done.out
    if format != "csv":
        assert ("12.7" in done.out) is told
    assert told or "12.7" not in done.out


@pytest.mark.parametrize("format", FORMATS)
def test_a_field_of_the_registry_that_says_no_tier_leaves_by_no_way_out(empty, capreg, format):
    benchmark = {
        "type": "string",
        "maxLength": 40,
        "capreg": {"label": {"en": "Benchmark", "it": "Confronto"}, "search": {"name": "benchmark", "as": "text"}},
    }
    (empty / "schemas").mkdir()
    (empty / "schemas" / "firm.schema.json").write_text(json.dumps({"properties": {"benchmark": benchmark}}))
    write_record(empty, firm(benchmark="qc999z"))
    with_settings(empty, prices={"profiles": {"firm": "45.00"}})
    capreg("-R", empty, "client", "add", "buyer")
    for way_out in (["printout"], ["profile", "rossi", "--client", "buyer", "--yes"], ["show", "rossi"], ["search"]):
        done = capreg("-R", empty, *way_out, "-O", format)
        assert done.code == 0, done.err
        assert "qc999z" not in done.out + done.err
        assert "Rossi" in done.out or format in ("csv", "tsv")
    assert capreg("-R", empty, "search", "benchmark:qc999z").code == 2
