"""Profiles that were granted: writing a grant where it was asked for, and showing what one opens."""

import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from capreg.cli.options import Output
from capreg.cli.output import keep_off, show
from capreg.cli.session import Session, counted
from capreg.errors import CapregError, UsageError
from capreg.exchange.opening import read_header
from capreg.exchange.sealing import Grant, granted, opened, openings, proved, read_grant, sold
from capreg.index.granted import with_opened
from capreg.model.kinds import Kind
from capreg.model.vocabulary import Vocabulary
from capreg.office.books import Books, books_of
from capreg.office.entry import Entry
from capreg.office.grants import grant, keyed_client
from capreg.office.keys import hub_keys
from capreg.office.sealed import LARGEST, latest_part
from capreg.store import age
from capreg.store.files import write_whole
from capreg.store.kinds import UnknownKindError
from capreg.store.registry import Registry
from capreg.store.root import NoRegistryError
from capreg.store.rotation import FILE as ROTATIONS
from capreg.store.rotation import earlier, followed, read_rotations
from capreg.store.schemas import load_kinds
from capreg.store.signing import LARGEST as LARGEST_GRANT
from capreg.store.signing import fingerprint, read_known
from capreg.store.vocabularies import Vocabularies
from capreg.views.profile import granted_page
from capreg.views.values import Speech

NOWHERE = Path(os.devnull)


def ready_to_grant(session: Session, books: Books, client: str, path: str, output: Output) -> None:
    """Make sure that a grant could be made and written, before anything is charged for it.

    Raises:
        UsageError: an output of the profile itself is asked for beside it.
        UnknownClientError, NoKeyError: there is no key to make it for.
        ProtectedError: the file is one of the registry's own.
        OSError: the folder is not there.
    """
    if output.format or output.path:
        raise UsageError(
            "a grant is written in place of the profile", "Leave out -O and -o; order again without --grant."
        )
    keyed_client(books, client)
    target = os.path.realpath(path)
    keep_off(session, target)
    if not os.path.isdir(folder := os.path.dirname(target)):
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", folder)


def write_grant(session: Session, books: Books, entry: Entry, path: str) -> None:
    """Write the grant of a sale to a file."""
    content = grant(books, entry)
    write_whole(os.path.realpath(path), content)
    session.note(f"Wrote the grant of entry {entry.number} to {path}, for the identity of {entry.client}.")


def show_granted(session: Session, kind: str, id: str | None, output: Output) -> None:
    """Show a profile of the registry or bundle at hand that one of the grants opens.

    Raises:
        UsageError: no record or no identity is named.
        what `granted` raises.
    """
    if id is None:
        raise UsageError("a grant is of a record", "Write: capreg --grants DIR --identity KEYFILE profile ID")
    own = identities_at(session)
    # The part that was bought is in the bundle of its time.
    at_hand = session.take_older() if session.bundle else session.registry
    kind = at_hand.kind(kind)
    with _parts(session) as part:
        found, document = granted(kind.id, id, _files(session.option("grants")), trusted(session), own, part)
    _show(session, kind, at_hand.vocabularies, at_hand.settings.hub, found, document, output)


def search_granted(session: Session) -> None:
    """From here on, what the grants at hand open of a bundle is searched like what is open to all; tell how much that is.

    Raises:
        UsageError: no bundle or no identity is named.
    """
    if not session.bundle:
        raise UsageError(
            "grants open sealed parts of a bundle", "Name the bundle: -R FILE; a registry needs no grants."
        )
    catalogue, own = session.catalogue(), identities_at(session)
    with _parts(session) as part:
        found = openings(_files(session.option("grants")), trusted(session), own, part)
    # Of several grants of one record, the one that was sold last counts.
    profiles = {(one.kind, one.id): document for one, document in sorted(found.opened, key=sold)}
    _tell_opened(session, len(profiles), found.failures)
    if profiles:
        session.use(with_opened(catalogue, profiles.values()))


def _tell_opened(session: Session, number: int, failures: Collection[CapregError]) -> None:
    session.note(f"Closed fields are searched in {counted(number, 'profile')}; of all others they are not stated.")
    if failures:
        session.note(f"{counted(len(failures), 'grant')} at hand opened nothing of this bundle; -v tells why.")
    for failure in failures:
        session.detail(failure.sentence)


def show_opened(session: Session, path: str, part: str, output: Output) -> None:
    """Show the profile that a grant opens out of the file of a sealed part; who confirmed what is not proved, and left out."""
    found = read_grant(read_most(path, LARGEST_GRANT), trusted(session))
    document = proved(opened(found, identities_at(session), read_most(part, LARGEST)))
    kind, vocabularies = _words_of(session, found.kind)
    session.note("Who confirmed what, and when, is shown with the whole bundle only, which proves it.")
    _show(session, kind, vocabularies, fingerprint(found.hub), found, document, output)


def _words_of(session: Session, id: str) -> tuple[Kind, Mapping[str, Vocabulary]]:
    """Return a kind and the vocabularies: those of the registry at hand, else those that travel with capreg."""
    try:
        return session.registry.kind(id), session.registry.vocabularies
    except NoRegistryError:
        pass
    kinds = load_kinds(NOWHERE)
    if id not in kinds:
        raise UnknownKindError(f"unknown kind '{id}'", "Name the bundle that describes it: -R BUNDLE.")
    return kinds[id].kind, Vocabularies(NOWHERE)


def _show(session: Session, kind, vocabularies, hub: str, found: Grant, document: Any, output: Output) -> None:
    language = output.language or "en"
    show(session, granted_page(kind, document, hub, found, Speech(language, vocabularies)), output, piped="text")


def trusted(session: Session) -> Collection[str]:
    """Return the public keys of the hub whose grants count.

    Raises:
        UsageError: nothing at hand tells the hub's key.
        ForgedError: its changes of key do not hold.
    """
    if given := session.option("hub_key"):
        return followed(read_known(given), read_rotations(session.rotations))
    if session.bundle:
        # Whose bundle it is was proved, and compared with what is known of the hub, when its index was opened.
        session.catalogue()
        return _signers(session, session.bundle)
    try:
        books = books_of(session.registry)
        if books.folder.exists():
            return hub_keys(books.folder)
    except NoRegistryError:
        pass
    raise UsageError(
        "nothing at hand tells the key of the hub that signed",
        "Name it, or its digits, as the hub told it: --hub-key KEY.",
    )


def _signers(session: Session, bundle: str) -> list[str]:
    """Return the public key that signed a bundle, which was verified, and those that the hub had before."""
    with Path(bundle).open("rb") as file:
        key = read_header(file, bundle).key
    with _bundled(bundle) as read:
        rotations = session.rotations or read(ROTATIONS) or b""
    return [key, *earlier(key, read_rotations(rotations))]


def identities_at(session: Session) -> list[str]:
    """Return the client's secret keys; raises UsageError where no file of them is named."""
    if not (path := session.option("identity")):
        raise UsageError("whose grants they are is not said", "Name the file of your secret key: --identity KEYFILE.")
    return age.stated(read_most(path, LARGEST_GRANT))


def _parts(session: Session) -> AbstractContextManager[Callable[[str], bytes | None]]:
    """Return what gives a sealed part by its name, None where there is none: of the bundle at hand, or of the registry."""
    return _bundled(session.bundle) if session.bundle else nullcontext(partial(_part, session.registry))


@contextmanager
def _bundled(bundle: str) -> Iterator[Callable[[str], bytes | None]]:
    """Yield what gives a small file as it lies in a bundle that was verified; None where it has none of that name."""
    with ZipFile(bundle) as archive:
        names = frozenset(archive.namelist())
        yield lambda name: archive.read(name) if name in names else None


def _part(registry: Registry, name: str) -> bytes | None:
    """Return a sealed part as it lies in an unpacked bundle, or as the hub itself keeps it."""
    path = registry.root / name
    return read_most(path, LARGEST) if path.is_file() else latest_part(books_of(registry), name)


def _files(folder: str) -> Iterator[bytes]:
    for path in sorted(Path(folder).iterdir()):
        if path.suffix == ".json" and path.is_file() and path.stat().st_size <= LARGEST_GRANT:
            yield path.read_bytes()


def read_most(path: str | Path, most: int) -> bytes:
    """Return what a file holds, and one byte more than is allowed of what is too large."""
    with open(path, "rb") as file:
        return file.read(most + 1)
