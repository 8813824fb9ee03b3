"""The page of `capreg export --html DIR`."""

import os
from collections.abc import Iterable
from importlib import import_module

from capreg.cli.output import keep_off
from capreg.cli.session import Session
from capreg.index.answer import Found
from capreg.store.files import write_whole

# Loaded on use: other exports need no page.
PAGE = "capreg.exchange.page"


def write_page(
    session: Session, folder: str, language: str, dry_run: bool, found: Iterable[Found] | None = None
) -> None:
    """Write the page that searches a registry from a stick into a folder, which is made where it is not there.

    Args:
        found: what the page holds, one answer a kind; the whole registry unless given.

    Raises:
        ProtectedError: the folder is one of the registry's own.
        OSError: it cannot be written there; what stood there stays.
    """
    place = os.path.realpath(folder)
    keep_off(session, place)
    for name, content in import_module(PAGE).page_files(session.catalogue(), language, found).items():
        keep_off(session, os.path.join(place, name))
        if not dry_run:
            os.makedirs(place, exist_ok=True)
            write_whole(os.path.join(place, name), content)
        told = "would be written to" if dry_run else "is in"
        session.note(
            f"{name} ({len(content) / 1_000_000:.1f} MB) {told} {folder}: open it in any browser, no network needed."
        )
