"""The schemas: the shipped ones, what a registry adds, and the kinds made of them.

No reference is ever fetched: what a schema refers to is put in its place before a validator sees it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

import capreg.schemas
from capreg.errors import CapregError, ExitCode
from capreg.model.annotations import read_kind
from capreg.model.kinds import Kind
from capreg.model.sound import KindError, check_kind
from capreg.model.value import Value
from capreg.store import strict
from capreg.store.files import UnreadableError, read_bytes
from capreg.store.patch import PatchError, extended
from capreg.store.patterns import explodes
from capreg.store.references import COMMON, SchemaReferenceError, inlined
from capreg.store.root import RESERVED
from capreg.store.validators import Draft202012Validator, InvalidSchemaError, misfits, validator

ENDING = ".schema.json"
SHIPPED = Path(capreg.schemas.__file__).parent
KIND_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


class SchemaError(CapregError):
    """A schema, or a vocabulary, that capreg refuses; names the file and the place."""

    exit_code = ExitCode.INVALID


REFUSALS = (SchemaError, PatchError, SchemaReferenceError, KindError, InvalidSchemaError, strict.DocumentError)


class LoadedKind(Value):
    """A kind, its schema without references, and the validator that decides on its records."""

    kind: Kind
    schema: Mapping[str, Any]
    validator: Draft202012Validator

    def fits(self, document: Any) -> bool:
        """Whether a document is a valid record of the kind."""
        return self.validator.is_valid(document)


@cache
def shipped(name: str) -> Any:
    """Return a JSON file that travels with capreg, by its path below `schemas/`; the tests read it strictly."""
    return orjson.loads(SHIPPED.joinpath(name).read_bytes())


@cache
def shipped_schema(name: str) -> Mapping[str, Any]:
    """Return a shipped schema by name (`firm`, `registry`), without references."""
    return inlined(shipped(name + ENDING), shipped(COMMON))


@cache
def shipped_kinds() -> tuple[str, ...]:
    """Return the names of the kinds that travel with capreg."""
    names = sorted(one.name for one in SHIPPED.iterdir() if one.name.endswith(ENDING))
    return tuple(name.removesuffix(ENDING) for name in names if "kind" in shipped(name).get("capreg", {}))


@cache
def shipped_validator(name: str) -> Draft202012Validator:
    """Return the validator of a shipped schema."""
    return validator(shipped_schema(name))


def load_kinds(folder: Path) -> dict[str, LoadedKind]:
    """Return all kinds of a registry: the shipped ones, as its own schemas extend them, and its own.

    Args:
        folder: the registry's `schemas/`, which may be absent.

    Raises:
        SchemaError: a schema of the registry is refused.
    """
    return all_of(try_kinds(folder))


def all_of(tried: tuple[dict[str, LoadedKind], list[SchemaError]]) -> dict[str, LoadedKind]:
    """Return the kinds that can be used; raises SchemaError where there is one that cannot."""
    kinds, errors = tried
    if errors:
        raise SchemaError("\n".join(error.sentence for error in errors), errors[0].way_out)
    return kinds


def try_kinds(folder: Path) -> tuple[dict[str, LoadedKind], list[SchemaError]]:
    """Return the kinds of a registry that can be used, and why each of the others cannot."""
    own = {path.name.removesuffix(ENDING): path for path in sorted(folder.glob("*" + ENDING))}
    kinds, errors = {}, []
    for name in (*shipped_kinds(), *sorted(own.keys() - set(shipped_kinds()))):
        try:
            kinds[name] = _load(name, own.get(name))
            _check_folder(own.get(name), kinds)
        except SchemaError as error:
            kinds.pop(name, None)
            errors.append(error)
    return kinds, errors


def _check_folder(path: Path | None, kinds: Mapping[str, LoadedKind]) -> None:
    """Refuse a kind of the registry that keeps its records where something else lies."""
    *others, added = (loaded.kind for loaded in kinds.values())
    if not KIND_NAME.fullmatch(added.id):
        raise SchemaError(f"{path}: the name of a kind is small letters, digits and underscores, at most 32")
    if added.folder in RESERVED or any(added.folder == other.folder for other in others):
        raise SchemaError(f"{path}: /capreg/kind/folder: the folder '{added.folder}' is taken")


def _load(name: str, path: Path | None) -> LoadedKind:
    if path is None:
        return _loaded(name, shipped_schema(name))
    try:
        schema = _own_schema(name, strict.read(read_bytes(path, path.parent.parent)))
        _refuse_stray_annotations(schema)
        loaded = _loaded(name, schema)
        check_kind(loaded.kind)
        _check_examples(schema, "")
        return loaded
    except UnreadableError as error:
        raise SchemaError(error.sentence) from None
    except REFUSALS as error:
        raise SchemaError(f"{path}: {error.sentence}", error.way_out) from None


def _loaded(name: str, schema: Mapping[str, Any]) -> LoadedKind:
    return LoadedKind(read_kind(name, schema), schema, validator(schema))


def _own_schema(name: str, document: Any) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise SchemaError("is no schema: not an object")
    own = {key: value for key, value in document.items() if key != "$id"}
    _check(own)
    if name in shipped_kinds():
        return extended(shipped_schema(name), inlined(own, shipped(COMMON)))
    if "kind" not in own.get("capreg", {}):
        raise SchemaError(
            "says nothing of the kind it describes", 'A new kind needs "capreg": {"kind": ...}; see docs/schemas.md.'
        )
    return inlined(own, shipped(COMMON))


def _check(schema: Mapping[str, Any]) -> None:
    for misfit in misfits(validator(shipped("meta" + ENDING)), schema):
        raise SchemaError(str(misfit))
    for place, pattern in _patterns(schema, ""):
        if reason := explodes(pattern):
            raise SchemaError(f"{place}: the pattern {pattern!r} {reason}")


def _patterns(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every pattern of a schema with its place."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key == "pattern" and isinstance(below, str):
                yield f"{place}/pattern", below
            elif key == "patternProperties" and isinstance(below, Mapping):
                yield from ((f"{place}/{key}", pattern) for pattern in below)
            if key != "capreg":
                yield from _patterns(below, f"{place}/{key}")
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _patterns(below, f"{place}/{at}")


def _refuse_stray_annotations(schema: Mapping[str, Any], place: str = "") -> None:
    """Refuse an annotation that is not on a property or on the entries of a list: it would be read by nobody."""
    for key, below in schema.items():
        if key == "properties":
            for name, one in below.items():
                _refuse_stray_annotations(one if isinstance(one, Mapping) else {}, f"{place}/properties/{name}")
        elif key == "items" and isinstance(below, Mapping):
            _refuse_stray_annotations(below, f"{place}/items")
        elif key not in ("capreg", "examples", "const", "enum", "default") and _has_annotation(below):
            raise SchemaError(f"{place}/{key}: the keyword capreg is read on properties and items only, not in here")


def _has_annotation(value: Any) -> bool:
    below = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return isinstance(value, Mapping) and "capreg" in value or any(map(_has_annotation, below))


def _check_examples(schema: Mapping[str, Any], place: str) -> None:
    """An example of a field must fit the field: queries are made of them."""
    for key, one in schema.get("properties", {}).items():
        if isinstance(one, Mapping):
            for example in one.get("examples", ()) if "capreg" in one else ():
                for misfit in misfits(validator(one), example):
                    raise SchemaError(f"{place}/properties/{key}/examples: {misfit.sentence}")
            _check_examples(one, f"{place}/properties/{key}")
    if isinstance(schema.get("items"), Mapping):
        _check_examples(schema["items"], f"{place}/items")
