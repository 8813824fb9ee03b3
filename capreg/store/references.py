"""References between schemas, replaced by what they refer to: no validator ever has to look one up."""

from collections.abc import Mapping
from typing import Any

from capreg.errors import CapregError, ExitCode

COMMON = "common.schema.json"
LARGEST = 20_000
BESIDE_A_REFERENCE = {"capreg", "description", "examples", "title", "$comment"}


class SchemaReferenceError(CapregError):
    """A reference in a schema leads nowhere, to itself, to too much, or hides what stands beside it."""

    exit_code = ExitCode.INVALID


def inlined(schema: Mapping[str, Any], common: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with each reference replaced by what it refers to.

    Args:
        common: the parts that all schemas share, as `common.schema.json`.

    Raises:
        SchemaReferenceError: a reference leads nowhere, to itself, or has keywords beside it that would be lost.
    """
    without = {key: value for key, value in schema.items() if key != "$defs"}
    return _Inlining(schema, common).value(without, ())


class _Inlining:
    """Walks one schema; `way` is the references that led to where it is."""

    def __init__(self, schema: Mapping[str, Any], common: Mapping[str, Any]) -> None:
        self.homes = {"": schema, COMMON: common}
        self.size = 0

    def value(self, value: Any, way: tuple[tuple[str, str], ...], home: str = "") -> Any:
        """Return a part of a schema without references."""
        self.size += 1
        if self.size > LARGEST:
            raise SchemaReferenceError(f"the references of this schema multiply to over {LARGEST} parts")
        if isinstance(value, list):
            return [self.value(one, way, home) for one in value]
        if not isinstance(value, Mapping):
            return value
        if not isinstance(value.get("$ref"), str):
            return {key: self.value(one, way, home) for key, one in value.items()}
        return self.target(value, way, home)

    def target(self, value: Mapping[str, Any], way: tuple[tuple[str, str], ...], home: str) -> Mapping[str, Any]:
        """Return what a reference refers to, with the annotations beside it."""
        reference = value["$ref"]
        file, _, name = reference.partition("#/$defs/")
        there = file or home
        target = _target(self.homes[there], name, reference, (there, name) in way)
        if others := set(value) - BESIDE_A_REFERENCE - {"$ref"}:
            raise SchemaReferenceError(
                f"{reference}: beside a reference stands {', '.join(sorted(others))}", "Only annotations may."
            )
        inlined_target = self.value(target, (*way, (there, name)), there)
        return _merged(inlined_target, {key: one for key, one in value.items() if key != "$ref"})


def _target(home: Mapping[str, Any], name: str, reference: str, inside: bool) -> Mapping[str, Any]:
    target = home.get("$defs", {}).get(name)
    if not isinstance(target, Mapping):
        raise SchemaReferenceError(f"{reference}: leads nowhere")
    if inside:
        raise SchemaReferenceError(f"{reference}: leads to itself")
    return target


def _merged(target: Mapping[str, Any], beside: Mapping[str, Any]) -> Mapping[str, Any]:
    note = {**target.get("capreg", {}), **beside.get("capreg", {})}
    return {**target, **beside, **({"capreg": note} if note else {})}
