"""Whether a document has the shape of its kind: enough for labels and units to fit, and no more."""

import pytest

from capreg.model.annotations import read_kind
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.model.shape import Shaped
from capreg.store.registry import Registry

KIND = {"folder": "things", "label": {}, "title": "name", "columns": []}
NUMBER, TEXT, WORDS = {"type": "number"}, {"type": "string"}, {"search": {"as": "word", "words": "materials"}}
ENTRY = {"type": "object", "properties": {"size": NUMBER, "name": TEXT}, "required": ["size"]}

SHAPES = [
    (NUMBER, 1, True),
    (NUMBER, 0.5, True),
    (NUMBER, "1", False),
    (NUMBER, [1], False),
    (TEXT, "a", True),
    (TEXT, 1, False),
    (TEXT, {"min": "a"}, False),
    (TEXT, None, True),
    (TEXT | {"capreg": WORDS}, None, False),
    ({"type": "boolean"}, True, True),
    ({"type": "boolean"}, "yes", False),
    ({"type": ["string", "null"]}, None, True),
    ({"type": "array", "items": TEXT}, ["a", "b"], True),
    ({"type": "array", "items": TEXT}, ["a", 1], False),
    ({"type": "array", "items": TEXT}, [None], False),
    ({"type": "array", "items": TEXT}, "ab", False),
    (ENTRY, {"size": 1, "name": "a"}, True),
    (ENTRY, {"name": "a", "unknown": 1}, True),
    (ENTRY, {"size": "large"}, False),
    (ENTRY, ["size"], False),
    (ENTRY, None, False),
    ({"type": "array", "items": ENTRY}, [{"size": 1}, {}], True),
    ({"type": "array", "items": ENTRY}, [{"size": 1}, "size"], False),
    ({}, {"anything": [1]}, True),
]


@pytest.mark.parametrize(("schema", "value", "fits"), SHAPES)
def test_a_value_is_of_the_type_that_its_kind_says(schema, value, fits):
    described = Shaped(read_kind("thing", {"properties": {"field": schema}, "capreg": {"kind": KIND}}))
    assert described.fits({"field": value}) is fits
    assert described.fits({}) is True


@pytest.mark.parametrize("tier", Tier)
def test_every_record_has_the_shape_of_its_kind_whole_and_cut(sample, tier):
    registry = Registry(sample)
    for loaded in registry.loaded_kinds.values():
        for record in registry.read(loaded.kind):
            assert Shaped(loaded.kind).fits(cut(loaded.kind, record.document, tier)), record.id
