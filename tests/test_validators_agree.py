"""Two validators, one answer: the fast one decides and the slow one explains, and they never disagree on our schemas.

The official suite of JSON Schema 2020-12 says what both should say of small schemas; tens of thousands of changed
documents show that both say the same of the shipped ones.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from mutations import SCHEMAS, SHARED, Mutant, exemplary, mutants, random_mutants, real
from referencing.exceptions import Unresolvable

from capreg.model.record import pointer
from capreg.store.explain import _Explaining
from capreg.store.schemas import shipped_schema, shipped_validator
from capreg.store.validators import PATTERN_BYTES, InvalidSchemaError, validator

# The official suite

SUITE = SHARED / "data" / "json-schema-test-suite"
TESTS = SUITE / "tests" / "draft2020-12"
MANDATORY = 1299
REFUSED = "refused"
with_the_suite = pytest.mark.skipif(not TESTS.exists(), reason="the official suite is not here")

NOTHING_FETCHED = "what a schema refers to elsewhere is never fetched; the schema is refused"
FORMATS_ARE_RULES = "a format is a rule and no annotation; the suite's own tests of the formats in use follow below"
ONE_DIALECT = "every schema is read as 2020-12 in full; which of its vocabularies a schema wants is not looked up"

# Where the deciding validator departs from the suite on purpose: which tests, how many, why.
DEPARTURES = {
    "refRemote: *": (31, NOTHING_FETCHED),
    "dynamicRef: strict-tree schema, guards against misspelled properties: *": (2, NOTHING_FETCHED),
    "dynamicRef: tests for implementation dynamic anchor and reference link: *": (3, NOTHING_FETCHED),
    "dynamicRef: $ref and $dynamicAnchor are independent of order - *": (6, NOTHING_FETCHED),
    "dynamicRef: $ref to $dynamicRef finds detached $dynamicAnchor: *": (2, NOTHING_FETCHED),
    "format: * format: invalid * string is only an annotation by default": (19, FORMATS_ARE_RULES),
    "vocabulary: * no validation vocabulary: no validation: invalid number, but it still validates": (1, ONE_DIALECT),
}

PYTHON_PATTERNS = r"jsonschema matches keys with Python's patterns, which know no \p; capreg refuses such patterns"

# Where the explaining validator says something else than the deciding one, on schemas of a kind that capreg does not ship.
DISAGREEMENTS = {
    "patternProperties: patternProperties with Unicode property escape: *": (2, PYTHON_PATTERNS),
}


@dataclass(frozen=True)
class Case:
    """A test of the suite: a schema, a document, and whether the one fits the other."""

    name: str
    schema: Any
    document: Any
    fits: bool


def cases(pattern: str = "*.json") -> Iterator[Case]:
    """Yield the tests of the suite's files."""
    for path in sorted(TESTS.glob(pattern)):
        for group in json.loads(path.read_text(encoding="utf-8")):
            for one in group["tests"]:
                name = f"{path.stem}: {group['description']}: {one['description']}"
                yield Case(name, group["schema"], one["data"], one["valid"])


def verdict(made: Callable[[Any], Any], case: Case) -> bool | str:
    """Return what a validator says of a case: that it fits, that it does not, or that the schema is refused."""
    try:
        return made(case.schema).is_valid(case.document)
    except (InvalidSchemaError, Unresolvable, re.error):
        return REFUSED


def explaining(schema: Any) -> Any:
    """Return the slow validator of a schema, which can fetch nothing here."""
    return _Explaining(schema, registry=SPECIFICATIONS)


def told_apart(names: Iterable[str], listed: Mapping[str, tuple[int, str]]) -> tuple[dict, list[str]]:
    """Return how many of some tests each pattern of a list covers, and the names that none does."""
    covering = {name: next((one for one in listed if fnmatchcase(name, one)), None) for name in names}
    counted = Counter(pattern for pattern in covering.values() if pattern)
    return dict(counted), [name for name, pattern in covering.items() if not pattern]


def counts(listed: Mapping[str, tuple[int, str]]) -> dict[str, int]:
    """Return how many tests each pattern of a list should cover."""
    return {pattern: number for pattern, (number, _) in listed.items()}


@with_the_suite
def test_all_mandatory_tests_of_the_suite_are_read():
    assert len(list(cases())) == MANDATORY


@with_the_suite
def test_the_deciding_validator_departs_from_the_suite_on_purpose_only():
    found = [case.name for case in cases() if verdict(validator, case) != case.fits]
    assert told_apart(found, DEPARTURES) == (counts(DEPARTURES), [])


@with_the_suite
def test_a_schema_that_refers_elsewhere_is_refused_and_not_fetched():
    fetching = [one for one, (_, reason) in DEPARTURES.items() if reason == NOTHING_FETCHED]
    elsewhere = [case for case in cases() if any(fnmatchcase(case.name, one) for one in fetching)]
    assert {(verdict(validator, case), verdict(explaining, case)) for case in elsewhere} == {(REFUSED, REFUSED)}


@with_the_suite
def test_with_all_files_at_hand_and_formats_as_annotations_the_fast_validator_passes_every_test():
    remotes = SUITE / "remotes"
    files = [
        (f"http://localhost:1234/{path.relative_to(remotes).as_posix()}", json.loads(path.read_text(encoding="utf-8")))
        for path in remotes.rglob("*.json")
    ]
    registry = jsonschema_rs.Registry(files)
    patterns = jsonschema_rs.RegexOptions(size_limit=PATTERN_BYTES)

    def at_large(schema):
        return jsonschema_rs.Draft202012Validator(schema, registry=registry, offline=True, pattern_options=patterns)

    assert [case.name for case in cases() if verdict(at_large, case) != case.fits] == []


@with_the_suite
def test_the_explaining_validator_disagrees_on_the_suite_where_it_is_known_to_and_nowhere_else():
    found = [case.name for case in cases() if verdict(validator, case) != verdict(explaining, case)]
    assert told_apart(found, DISAGREEMENTS) == (counts(DISAGREEMENTS), [])


def values_of(schema: Any, keyword: str) -> Iterator[Any]:
    """Yield what a keyword says wherever it stands in a schema."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get(keyword), str):
            yield schema[keyword]
        schema = list(schema.values())
    for below in schema if isinstance(schema, list) else ():
        yield from values_of(below, keyword)


FORMATS = sorted({one for name in SCHEMAS for one in values_of(shipped_schema(name), "format")})


@with_the_suite
@pytest.mark.parametrize("format", FORMATS)
def test_the_formats_of_our_schemas_are_checked_as_the_suite_says(format):
    found = list(cases(f"optional/format/{format}.json"))
    assert len(found) > 20
    assert [case.name for case in found if verdict(validator, case) != case.fits] == []


# Changed documents

VERDICTS = {True: "fits", False: "does not fit"}
RANDOM = 300
SEED = 20201204


def disagreements(changed: Iterable[Mutant], deciding: Any, explaining: Any) -> Iterator[str]:
    """Yield each document of which two validators say different things, with what each says."""
    for mutant in changed:
        decided, explained = deciding.is_valid(mutant.document), explaining.is_valid(mutant.document)
        if decided != explained:
            yield f"{mutant}: {VERDICTS[decided]}, says the deciding validator; {VERDICTS[explained]}, the explaining one"


def validators(name: str) -> tuple[Any, Any]:
    """Return the validator that decides and the one that explains, of a shipped schema."""
    return shipped_validator(name), _Explaining(shipped_schema(name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_documents_that_are_changed_fit_their_schema_before(name):
    documents = [exemplary(name), *real(name)]
    for one in validators(name):
        assert [error.message for document in documents for error in one.iter_errors(document)] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_validators_agree_on_each_change_at_each_place_of_a_document(name):
    assert list(islice(disagreements(mutants(name), *validators(name)), 10)) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_validators_agree_on_real_documents_changed_at_random(name):
    assert list(islice(disagreements(random_mutants(name, RANDOM, SEED), *validators(name)), 10)) == []


# The changes are enough

ANNOTATIONS = {"$schema", "title", "description", "examples", "capreg"}
BELOW = {"items", "additionalProperties", "unevaluatedProperties", "propertyNames"}
# Rules that no document can break alone.
NEVER_ALONE = {
    "mapping /properties/also/propertyNames/maxLength": "keys are not made longer here",
    "contractor /properties/name/minLength": "the pattern wants a character too",
    "firm /properties/name/minLength": "the pattern wants a character too",
    "office /properties/clients/additionalProperties/properties/name/minLength": "the pattern wants a character too",
    "places /properties/places/items/properties/name/minLength": "the pattern wants a character too",
    "places /properties/places/items/properties/also/items/minLength": "the pattern wants a character too",
    "travel /properties/times/items/properties/from/minLength": "the pattern wants a character too",
    "travel /properties/times/items/properties/to/minLength": "the pattern wants a character too",
    "inquiry /properties/firm/propertyNames/type": "a key is a text",
    "inquiry /properties/parts/items/propertyNames/type": "a key is a text",
    "inquiry /properties/preferences/propertyNames/type": "a key is a text",
    "registry /properties/languages/maxItems": "a third language is an unknown one or one of the two again",
}


def rules(schema: Mapping[str, Any], path: tuple = ()) -> Iterator[tuple]:
    """Yield the place of every rule of a schema: what is neither an annotation nor a way to what lies below."""
    for keyword, value in schema.items():
        if keyword == "properties":
            for key, below in value.items():
                yield from rules(below, (*path, keyword, key))
        elif keyword in BELOW and isinstance(value, Mapping):
            yield from rules(value, (*path, keyword))
        elif keyword not in ANNOTATIONS:
            yield (*path, keyword)


def broken_alone(name: str) -> Iterator[tuple]:
    """Yield the place of each rule that is the only one some changed document breaks."""
    for mutant in mutants(name):
        broken = list(islice(shipped_validator(name).iter_errors(mutant.document), 2))
        if len(broken) == 1:
            yield tuple(broken[0].schema_path)


def test_tens_of_thousands_of_changed_documents_are_compared_and_not_all_are_refused():
    fits = Counter(shipped_validator(name).is_valid(one.document) for name in SCHEMAS for one in mutants(name))
    assert fits.total() + RANDOM * len(SCHEMAS) > 30_000
    assert min(fits[True], fits[False]) > 10_000


# What is wrong with an entry breaks, beside its rule, the choice among the kinds of entries.
@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "entry"])
def test_every_rule_of_every_schema_is_broken_alone_by_some_change(name):
    missed = {f"{name} {pointer(rule)}" for rule in {*rules(shipped_schema(name))} - {*broken_alone(name)}}
    assert missed == {one for one in NEVER_ALONE if one.startswith(f"{name} ")}


# The comparison can fail


def without(schema: Any, keyword: str) -> Any:
    """Return a schema that does not know a keyword; a property of that name stays."""
    if isinstance(schema, list):
        return [without(one, keyword) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {one: without(rest, keyword) for one, rest in below.items()}
        if key == "properties"
        else without(below, keyword)
        for key, below in schema.items()
        if key != keyword
    }


def smallest_with(keyword: str) -> str:
    """Return the schema with the smallest document among those in which a keyword says more than others beside it."""
    telling = [
        name
        for name in SCHEMAS
        for rule in rules(shipped_schema(name))
        if keyword in rule and f"{name} {pointer(rule)}" not in NEVER_ALONE
    ]
    return min(telling, key=lambda name: len(json.dumps(exemplary(name))))


KEYWORDS = sorted({rule[-1] for name in SCHEMAS for rule in rules(shipped_schema(name))} | {"propertyNames"})


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_keyword_that_only_one_validator_knows_is_a_disagreement(keyword):
    name = smallest_with(keyword)
    deciding, explaining = shipped_validator(name), _Explaining(without(shipped_schema(name), keyword))
    assert next(disagreements(mutants(name), deciding, explaining), None) is not None


def test_patterns_and_formats_as_jsonschema_has_them_are_a_disagreement():
    plain = Draft202012Validator(shipped_schema("office"))
    found = "\n".join(disagreements(mutants("office"), shipped_validator("office"), plain))
    assert r"/clients/1/id: another text, 'nordwerk\n': does not fit" in found
    assert "/clients/1/email: another text, 'a@b@c': does not fit" in found


def test_a_disagreement_names_the_schema_the_place_the_change_and_both_verdicts():
    schema = {"type": "object", "properties": {"count": {"maximum": 9}}}
    changed = Mutant("boxes", "/count", "another number, 10", {"count": 10})
    assert list(disagreements([changed], validator(schema), _Explaining(without(schema, "maximum")))) == [
        "boxes /count: another number, 10: does not fit, says the deciding validator; fits, the explaining one"
    ]
