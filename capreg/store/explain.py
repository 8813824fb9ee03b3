"""Why a document does not fit its schema, in sentences: the door to jsonschema."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from capreg.errors import nearest
from capreg.store.validators import Misfit, misfits, validator

LONGEST_VALUE = 60
# Keywords that may know keys beside those in `properties`.
COMBINING = {"allOf", "anyOf", "oneOf", "if", "dependentSchemas", "additionalProperties", "$ref", "$dynamicRef"}


def explain(schema: Mapping[str, Any], document: Any) -> Iterator[Misfit]:
    """Yield each fault of a document, in the order of their places.

    Patterns and formats are decided by the fast validator, so that the two never disagree and no pattern hangs.
    Where the fast one refuses what this one accepts, its own words are given.
    """
    found = [
        Misfit(tuple(error.absolute_path), _sentence(error)) for error in _Explaining(schema).iter_errors(document)
    ]
    yield from sorted(found, key=str) or misfits(validator(schema), document)


def _sentence(error: ValidationError) -> str:
    shown = repr(error.instance)
    if len(shown) <= LONGEST_VALUE:
        return error.message
    kind = type(error.instance).__name__
    return error.message.replace(
        shown, f"{shown[:LONGEST_VALUE]}..." if kind in ("str", "int", "float") else f"this {kind}"
    )


@cache
def _single(keyword: str, value: str | float):
    return validator({keyword: value})


def _pattern(_, pattern: str, instance: Any, __) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _single("pattern", pattern).is_valid(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _format(_, named: str, instance: Any, __) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _single("format", named).is_valid(instance):
        yield ValidationError(f"{instance!r} is not a {named}")


def _additional(deciding, allowed: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    if allowed is False and isinstance(instance, dict):
        yield from _unknown_keys(instance, schema)
    else:
        yield from Draft202012Validator.VALIDATORS["additionalProperties"](deciding, allowed, instance, schema)


def _unevaluated(deciding, allowed: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    if allowed is False and isinstance(instance, dict) and not COMBINING & set(schema):
        yield from _unknown_keys(instance, schema)
    else:
        yield from Draft202012Validator.VALIDATORS["unevaluatedProperties"](deciding, allowed, instance, schema)


def _unknown_keys(instance: dict, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Name each key that a closed object does not know, with the nearest it does."""
    patterns = schema.get("patternProperties", {})
    for key in sorted(instance.keys() - schema.get("properties", {}).keys()):
        if not any(_single("pattern", pattern).is_valid(key) for pattern in patterns):
            hint = nearest(key, schema.get("properties", {}), 1)
            yield ValidationError(f"unknown field {key!r}. {hint}".rstrip(), path=[key])


def _multiple(_, of: float, instance: Any, __) -> Iterator[ValidationError]:
    if isinstance(instance, (int, float)) and not _single("multipleOf", of).is_valid(instance):
        yield ValidationError(f"{instance!r} is not a multiple of {of}")


def _lower_bound(_, bound: Any, instance: Any, __) -> Iterator[ValidationError]:
    if isinstance(instance, (int, float)) and not isinstance(instance, bool) and instance <= bound:
        yield ValidationError(
            f"{instance!r} is not above {bound}"
            if instance == bound
            else f"{instance!r} is less than the minimum of {bound}"
        )


_Explaining = extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "format": _format,
        "unevaluatedProperties": _unevaluated,
        "additionalProperties": _additional,
        "multipleOf": _multiple,
        "exclusiveMinimum": _lower_bound,
    },
)
