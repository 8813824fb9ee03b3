"""What a search or a printout is asked: a query typed, an inquiry's file, a saved search, or a query beside one of these."""

import os
import sys
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Any

import click

from capreg.cli.output import keep_off
from capreg.cli.session import Session
from capreg.errors import UsageError, nearest
from capreg.index.catalogue import Catalogue
from capreg.index.find import asking_of
from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.query.inquiry import Inquiry
from capreg.store.files import write_whole

# Loaded on use, so that a typed query needs neither the YAML reader nor the office.
FILES = "capreg.exchange.inquiries"
SEARCHES = "capreg.cli.saved"
ENDINGS = (".yaml", ".yml", ".json")

file_option = click.option(
    "-f",
    "--file",
    "file",
    metavar="FILE",
    help="An inquiry, YAML or JSON; - is standard input. A query may stand beside it.",
)


class Asked(Value):
    """The kind that is asked for, what is asked of it, and the day that counts, None for today."""

    kind: Kind
    inquiry: Inquiry
    on: date | None


def asked(catalogue: Catalogue, kind_id: str, query: str, file: str | None, on: date | None, internal=False) -> Asked:
    """Return what is asked by a query, beside an inquiry's file where there is one.

    Raises:
        UsageError: the file asks for another kind than the one that was named.
        WrittenError: the file does not hold.
        QuerySyntaxError: the query cannot be read.
    """
    if file is None:
        return Asked(catalogue.kind(kind_id), Inquiry.typed(query), on)
    files = import_module(FILES)
    written = files.open_inquiry(file, sys.stdin.buffer.read() if file == "-" else files.read_written(file))
    _refuse_unknown_kind(catalogue, written)
    kind = kind_asked(catalogue, kind_id, written.document)
    inquiry = files.read_inquiry(written, asking_of(catalogue, kind, on, internal), query)
    return Asked(kind, inquiry, inquiry.needed_on or on)


def _refuse_unknown_kind(catalogue: Catalogue, written: Any) -> None:
    named = written.document.get("kind")
    if named is not None and (not isinstance(named, str) or named not in catalogue.folders):
        hint = nearest(str(named), catalogue.folders)
        written.refuse([(("kind",), f"unknown kind {str(named)[:60]!r}. {hint}".rstrip())])


def beside(inquiry: Inquiry, query: str, kind: Kind, on: date | None) -> Asked:
    """Return an inquiry with a query typed beside it; the day it is needed comes before the day named."""
    return Asked(kind, inquiry.with_query(query, kind), inquiry.needed_on or on)


def kind_asked(catalogue: Catalogue, kind_id: str, document: Mapping[str, Any]) -> Kind:
    """Return the kind that an inquiry asks for; raises UsageError where another one was named beside it."""
    own = document.get("kind", kind_id)
    named = click.get_current_context().get_parameter_source("kind_id") is click.core.ParameterSource.COMMANDLINE
    if named and own != kind_id:
        raise UsageError(f"the inquiry asks for the kind '{own}', not '{kind_id}'", f"Leave out -k {kind_id}.")
    return catalogue.kind(own)


def write_inquiry(session: Session, what: Asked, path: str, dry_run: bool) -> None:
    """Write what is asked as an inquiry's file, YAML unless the name ends in `.json`.

    Raises:
        UsageError: the file is there already, lies among the registry's own, or nothing is asked.
        OSError: the disk refused; nothing is left behind.
    """
    if os.path.splitext(path)[1].lower() not in ENDINGS:
        raise UsageError(f"the ending of '{path}' says no format", f"An inquiry's file ends in {', '.join(ENDINGS)}.")
    keep_off(session, os.path.realpath(path))
    if os.path.lexists(path):
        raise UsageError(f"'{path}' is there already", "Name another file; nothing was written over it.")
    day = {"needed_on": what.on.isoformat()} if what.on else {}
    content = import_module(FILES).inquiry_file({**what.inquiry.saved(what.kind), **day}, path)
    if not dry_run:
        write_whole(os.path.realpath(path), content)
