"""Deciding whether a document fits a schema: the door to jsonschema-rs."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.model.record import pointer
from capreg.model.value import Value

MAIL = "email.utils"


class _Later(ModuleType):
    """Stands where `email.utils` would: what else than the reading of a date is asked of it is loaded when it is."""

    @staticmethod
    def parsedate_to_datetime(date: str) -> None:
        """Return nothing."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(MAIL) is self:
            del sys.modules[MAIL]
        return getattr(import_module(MAIL), name)


@contextmanager
def _without_mail() -> Iterator[None]:
    """Load no `email.utils`: jsonschema-rs reads the date of its own build with it, which nobody asks for and takes 7 ms."""
    if MAIL in sys.modules:
        yield
        return
    sys.modules[MAIL] = later = _Later(MAIL)
    try:
        yield
    finally:
        if sys.modules.get(MAIL) is later:
            del sys.modules[MAIL]


with _without_mail():
    from jsonschema_rs import Draft202012Validator, ReferencingError, RegexOptions, ValidationError

PATTERN_BYTES = 1 << 20


class InvalidSchemaError(CapregError):
    """A schema cannot be compiled."""

    exit_code = ExitCode.INVALID


class Misfit(Value):
    """Where a document does not fit its schema, and why."""

    path: tuple
    sentence: str

    def __str__(self) -> str:
        return f"{pointer(self.path)}: {self.sentence}"


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Return the validator of a schema: formats checked, patterns matched in linear time, nothing fetched.

    Raises:
        InvalidSchemaError: the schema cannot be compiled.
    """
    patterns = RegexOptions(size_limit=PATTERN_BYTES)
    try:
        return Draft202012Validator(schema, validate_formats=True, offline=True, pattern_options=patterns)
    except (ValueError, ValidationError, ReferencingError) as error:
        raise InvalidSchemaError(f"is no schema: {str(error).splitlines()[0]}") from None


def misfits(deciding: Draft202012Validator, document: Any) -> Iterator[Misfit]:
    """Yield what is wrong with a document, the deepest reasons only."""
    found = [Misfit(tuple(error.instance_path), error.message) for error in deciding.iter_errors(document)]
    for one in found:
        size = len(one.path)
        if not any(len(other.path) > size and other.path[:size] == one.path for other in found):
            yield one
