"""The index answers exactly what the matcher means: random questions of random firms, asked of both."""

import json
import sqlite3
from array import array
from decimal import Decimal

import pytest
from conftest import firm
from hypothesis import given
from hypothesis import strategies as st
from naive import printed
from test_against_naive import ACROSS, MIXED, REGISTRIES, SEVERAL, TODAY, thorough, two_of, wishes

from capreg.errors import UsageError
from capreg.index.answer import Hit
from capreg.index.bits import read, records_of
from capreg.index.catalogue import Catalogue
from capreg.index.engine import NEARLY, Engine
from capreg.index.order import Order
from capreg.index.rows import rows_of
from capreg.index.terms import within
from capreg.index.whereabouts import places_of
from capreg.index.words import Codes, codes_of
from capreg.index.writing import Writer
from capreg.model.kinds import Tier
from capreg.model.quantity import decimal
from capreg.model.record import cut
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.match import match
from capreg.query.ranges import Range
from capreg.store.create import create

ORDERS = [[], ["distance_km"], ["-fit", "name"], ["-employees"], ["name"], ["locality", "-distance_km"]]
# Those of a kind that has neither employees nor towns.
FEW_ORDERS = ORDERS[:3]


class Both:
    """An index, and the matcher beside it."""

    def __init__(self, folder, kind: str = "firm", schema: dict | None = None) -> None:
        create(folder, sample=False)
        if schema:
            (folder / "schemas").mkdir()
            (folder / "schemas" / f"{kind}.schema.json").write_text(json.dumps(schema))
        self.catalogue = Catalogue(str(folder))
        self.kind = self.catalogue.kind(kind)
        self.layout = self.catalogue.layout(self.kind)
        self.asking = Asking(self.kind, self.catalogue.vocabularies, places_of(self.catalogue), TODAY)
        self.codes = codes_of(self.catalogue.connection)

    def hold(self, documents) -> list[tuple[str, dict]]:
        """Let the index hold some firms, and nothing else; return them as they are searched."""
        connection = self.catalogue.connection
        at = self.layout
        tables = [at.record.name, at.wide.name, *(table.name for table in at.lists.values())]
        for table in [*tables, at.card, at.cells, at.text, "bits"]:
            connection.execute(f"DELETE FROM {table}")
        cards = [(one["id"], cut(self.kind, one, Tier.detailed)) for one in documents]
        writer = Writer(connection, self.layout, self.codes)
        for id, card in cards:
            writer.add(id, f"firms/{id}.json", rows_of(self.layout, self.codes, card))
        writer.finish()
        return cards

    def put(self, documents) -> None:
        """Let the index hold other content under ids that it has, as it is brought up to date."""
        writer = Writer(self.catalogue.connection, self.layout, Codes(self.catalogue.connection))
        for one in documents:
            writer.put(one["id"], f"firms/{one['id']}.json", cut(self.kind, one, Tier.detailed))
        writer.finish()

    def content(self) -> dict[str, list]:
        """Return all that the index holds of each record, by id, and the ids that state each word or lie in each cell."""
        connection, at = self.catalogue.connection, self.layout
        ids = dict(connection.execute(f"SELECT rec, id FROM {at.name}"))
        tables = [at.wide.name, *(table.name for table in at.lists.values()), at.card]
        rows = {f"SELECT * FROM {table}" for table in [at.name, *tables]}
        rows |= {f"SELECT rowid, lines, stems, words FROM {at.text}"}
        found = {asked: sorted((ids[rec], *map(str, row)) for rec, *row in connection.execute(asked)) for asked in rows}
        bits = connection.execute("SELECT field, word, bits FROM bits")
        found["bits"] = sorted(
            (field, word, sorted(ids[rec] for rec in records_of(read(data)))) for field, word, data in bits
        )
        cells = connection.execute(f"SELECT cell, records FROM {at.cells}")
        found["cells"] = sorted((cell, sorted(ids[rec] for rec in array("I", records))) for cell, records in cells)
        # Raises where what is found by words is not what the texts are.
        connection.execute(f"INSERT INTO {at.text} ({at.text}, rank) VALUES ('integrity-check', 1)")
        return {key: [row for row in rows if row[-1] != []] for key, rows in found.items()}

    def agree(self, documents, text: str, preferences: str = "") -> None:
        """Raise where the index answers something else than the matcher."""
        cards = self.hold(documents)
        try:
            question, liked = read_question(text, self.asking), read_question(preferences, self.asking)
        except UsageError:
            return
        engine = Engine(self.catalogue, self.asking, question, liked)
        judged = [Hit(id, card, lambda card: match(question, card, self.asking, liked)) for id, card in cards]
        met = [hit for hit in judged if not hit.near_miss]
        for sort in ORDERS if self.kind.id == "firm" else FEW_ORDERS:
            order = Order.of(self.kind, sort)
            expected = [hit.id for hit in order.sorted(met)]
            hits = engine.hits(order)
            hits.keep(slice(None))
            assert [hit.id for hit in hits] == expected, (text, preferences, sort)
            for hit in hits:
                known, told = (hit.fit, hit.distance_km, hit.site), hit.match
                assert known == (told.fit, told.distance_km, told.site), (text, preferences, sort)
        expected = sorted(hit.id for hit in judged if hit.near_miss and hit.match.unmet == NEARLY)
        assert [hit.id for hit in engine.nearly()] == expected, text


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """An index and the matcher."""
    return Both(tmp_path_factory.mktemp("engine") / "registry")


@thorough(100)
@given(documents=REGISTRIES, trees=SEVERAL)
def test_any_question_has_the_same_hits_in_the_same_order_and_the_same_near_misses(both, documents, trees):
    for tree in trees:
        both.agree(documents, printed(tree))


@thorough(60)
@given(documents=REGISTRIES, trees=ACROSS)
def test_so_has_one_whose_brackets_speak_of_entries_and_of_the_firm(both, documents, trees):
    for tree in trees:
        both.agree(documents, printed(tree))


@thorough(60)
@given(documents=REGISTRIES, pair=two_of(MIXED))
def test_so_has_an_or_of_two_things_and_its_opposite(both, documents, pair):
    one, other = map(printed, pair)
    both.agree(documents, f"({one}) OR ({other})")
    both.agree(documents, f"^(({one}) OR ({other}))")


@thorough(60)
@given(documents=REGISTRIES, tree=wishes(), liked=wishes())
def test_preferences_raise_the_fit_alike(both, documents, tree, liked):
    both.agree(documents, printed(tree), printed(liked))


@thorough(20)
@given(documents=REGISTRIES, trees=st.lists(wishes(), min_size=12, max_size=12))
def test_long_questions_are_answered_too(both, documents, trees):
    both.agree(documents, " ".join(printed(tree) for tree in trees))


def test_a_fit_that_is_too_much_for_sqlite_is_left_to_the_matcher(both, monkeypatch):
    deep = "(" * 5_000 + "1" + ")" * 5_000
    both.hold([firm("rossi")])
    engine = Engine(both.catalogue, both.asking, read_question("name:rossi", both.asking))
    monkeypatch.setattr(engine, "_asked", engine._asked._replace(preferred=deep))
    hits = engine.hits(Order.of(both.kind, ["name"]))
    hits.keep(slice(None))
    assert [(hit.id, hit.fit) for hit in hits] == [("rossi", next(iter(hits)).match.fit)]


@thorough(60)
@given(before=REGISTRIES, after=REGISTRIES, kept=st.integers(0, 3))
def test_an_index_that_was_brought_up_to_date_holds_what_one_made_anew_does(both, before, after, kept):
    ids = [one["id"] for one in before]
    changed = [{**one, "id": id} for one, id in zip(after, ids, strict=False)]
    now = [*changed[kept:], *before[len(changed[kept:]) :]]
    now = [{**one, "id": id} for one, id in zip(now, ids, strict=True)]
    both.hold(before)
    both.put(now)
    found = both.content()
    both.hold(now)
    assert found == both.content()


CHANGES = {
    "a number": ({"founded": 1980}, {"founded": 1990}),
    "a text": ({"summary": "We mill."}, {"summary": "We turn."}),
    "a word": ({"commerce": {"sectors": ["medical"]}}, {"commerce": {"sectors": ["rail"]}}),
    "a word that was a text": ({"summary": "medical"}, {"commerce": {"sectors": ["medical"]}}),
    "the order": ({"languages": ["de", "it"]}, {"languages": ["it", "de"]}),
    "all that it said": ({"summary": "We mill.", "founded": 1980}, {}),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_so_does_one_of_a_firm_of_which_one_thing_changed(both, before, after):
    both.hold([firm(**before)])
    both.put([firm(**after)])
    found = both.content()
    both.hold([firm(**after)])
    assert found == both.content()


NOTE = {"label": {"en": "x", "it": "x"}, "tier": "short"}
DEPOT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "unevaluatedProperties": False,
    "capreg": {"kind": {"folder": "depots", "label": {"en": "depot", "it": "deposito"}, "title": "name", "columns": ["name"]}},
    "properties": {
        **{key: {"type": "string", "capreg": NOTE} for key in ("kind", "id", "town", "land")},
        "name": {"type": "string", "capreg": {**NOTE, "search": {"name": "name", "as": "text"}}},
        "position": {"$ref": "common.schema.json#/$defs/position", "capreg": {**NOTE, "search": {"name": "near", "as": "place", "named": ["town", "land"]}}},
        "gates": {
            "type": "array",
            "items": {
                "type": "object", "unevaluatedProperties": False,
                "properties": {
                    **{key: {"type": "string", "capreg": NOTE} for key in ("town", "land")},
                    "position": {"$ref": "common.schema.json#/$defs/position", "capreg": {**NOTE, "search": {"name": "gate", "as": "place", "named": ["town", "land"]}}},
                },
            },
        },
    },
}  # fmt: skip
POSITIONS = st.fixed_dictionaries(
    {"latitude": st.sampled_from([44, 44.5, 44.7, 46.0]), "longitude": st.sampled_from([11, 11.3, 12.0])}
)
DEPOTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={"position": POSITIONS, "gates": st.lists(POSITIONS.map(lambda one: {"position": one}), max_size=2)},
    ),
    max_size=5,
)
# In kilometres SQLite tells by the two numbers of a position, in minutes and of several positions the matcher judges.
PLACES = [f"{name}:44.49,11.34,{radius}" for name in ("near", "gate") for radius in ("50km", "200km", "60min")]


@pytest.fixture(scope="module")
def depots(tmp_path_factory):
    """An index and the matcher, of a kind whose records lie somewhere themselves, and have gates that do."""
    return Both(tmp_path_factory.mktemp("depots") / "registry", "depot", DEPOT)


@thorough(60)
@given(found=DEPOTS, asked=st.sampled_from([*PLACES, *map("^{}".format, PLACES), f"{PLACES[0]} OR {PLACES[4]}"]))
def test_positions_outside_lists_and_in_them_are_measured_alike(depots, found, asked):
    records = [{"kind": "depot", "id": f"d{at}", "name": "Depot", **one} for at, one in enumerate(found)]
    depots.agree(records, asked)


ODD = {
    **{key: DEPOT[key] for key in ("$schema", "type", "unevaluatedProperties")},
    "capreg": {"kind": {**DEPOT["capreg"]["kind"], "folder": "odds"}},
    "properties": {
        **{key: {"type": "string", "capreg": NOTE} for key in ("kind", "id")},
        "name": {"type": "string", "capreg": {**NOTE, "search": {"name": "name", "as": "text"}}},
        "amount": {"type": ["number", "string"], "capreg": {**NOTE, "search": {"name": "amount", "as": "number"}}},
        "work": {"type": ["string", "array"], "capreg": {**NOTE, "search": {"name": "work", "as": "word", "words": "processes"}}},
        "halls": {
            "type": "array", "capreg": {**NOTE, "together": True},
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "capreg": NOTE},
                    "height": {"type": "number", "capreg": {**NOTE, "search": {"name": "height", "as": "at-least"}}},
                },
            },
        },
        "jobs": {
            "type": "array", "capreg": {**NOTE, "together": "job"},
            "items": {
                "type": "object",
                "properties": {
                    "job": {"type": "string", "capreg": {**NOTE, "search": {"name": "job", "as": "word", "words": "processes"}}},
                    "hall": {"type": ["string", "null"], "capreg": {**NOTE, "refers": "halls"}},
                    "since": {"type": "string", "capreg": NOTE},
                    "until": {"type": "string", "capreg": {**NOTE, "search": {"as": "validity", "since": "since"}}},
                },
            },
        },
    },
}  # fmt: skip
# Days as Python reads them, of which only one sort is the usual; what SQLite does not compare as the matcher does.
DAYS = st.sampled_from(["2026-01-01", "2099-12-31", "20260101", "20991231", "2026-W01-1", "2099-W01-1"])
ODDS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "amount": st.sampled_from([5, 15.5, 2**63 + 5, "5", "15", 10**19]),
            "work": st.sampled_from(["milling", "turning", ["turning", "milling"]]),
            "halls": st.lists(st.fixed_dictionaries({"id": st.sampled_from("ab")}, optional={"height": st.integers(3, 9)}), max_size=2),
            "jobs": st.lists(
                st.fixed_dictionaries(
                    {"job": st.sampled_from(["milling", "turning"])},
                    optional={"hall": st.sampled_from(["a", "b", None]), "since": DAYS, "until": DAYS},
                ),
                max_size=2,
            ),
        },
    ),
    max_size=5,
)  # fmt: skip
NULL_HALL = {"job": "milling", "hall": None, "until": "2099-12-31"}
OF_ODDS = [
    "amount:10..",
    "amount:..10",
    "amount:9e18..",
    "work:milling",
    "job:milling",
    "job:milling height:5",
    "height:4 job:turning amount:1..",
]


@pytest.fixture(scope="module")
def odds(tmp_path_factory):
    """An index and the matcher, of a kind whose schema allows what the shipped ones do not."""
    return Both(tmp_path_factory.mktemp("odds") / "registry", "odd", ODD)


@thorough(150)
@given(found=ODDS, asked=st.sampled_from([*OF_ODDS, *map("^({})".format, OF_ODDS)]))
def test_what_only_a_schema_of_the_registry_allows_is_found_alike(odds, found, asked):
    odds.agree([{"kind": "odd", "id": f"o{at}", "name": "Odd", **one} for at, one in enumerate(found)], asked)


def test_an_entry_whose_site_is_null_holds_at_all(odds):
    halls = [{"id": "a", "height": 6}]
    odds.agree([{"kind": "odd", "id": "o", "name": "Odd", "halls": halls, "jobs": [NULL_HALL]}], "job:milling height:5")


ENDS = st.decimals(-1000, 1000, places=3) | st.integers(-1000, 1000).map(Decimal)
NUMBERS = st.integers(-1000, 1000) | st.floats(-1000, 1000, allow_nan=False) | ENDS.map(float)


@given(low=ENDS | st.none(), high=ENDS | st.none(), strict=st.booleans(), value=NUMBERS)
def test_sqlite_holds_a_number_within_the_ranges_in_which_the_matcher_does(low, high, strict, value):
    asked = Range(low, high, strict)
    said = (
        sqlite3.connect(":memory:")
        .execute(f"SELECT {within(asked, 'v') or '1'} FROM (SELECT ? AS v)", (value,))
        .fetchone()[0]
    )
    assert bool(said) is asked.holds(decimal(value))
