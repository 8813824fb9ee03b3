"""Saved searches, as the search command uses them: run one, keep one, find what is new."""

from datetime import date

from capreg.cli.asked import Asked, beside, kind_asked
from capreg.cli.session import Session
from capreg.index.answer import Found, Hit
from capreg.office.books import books_of
from capreg.office.searches import SavedSearch, check_name, remember, save_search, saved_search
from capreg.query.inquiry import Inquiry


def asked_by_name(session: Session, name: str, kind_id: str, query: str, on: date | None) -> Asked:
    """Return what a saved search asks; raises UnknownSearchError."""
    saved = saved_search(books_of(session.catalogue()), name)
    kind = kind_asked(session.catalogue(), kind_id, {"kind": saved.kind})
    return beside(Inquiry.read(saved.inquiry, kind), query, kind, on)


def only_new(session: Session, name: str, found: Found) -> Found:
    """Return what a saved search finds and had not found the last time."""
    seen = set(saved_search(books_of(session.catalogue()), name).seen)
    return found._replace(hits=tuple(hit for hit in found.hits if hit.id not in seen))


def remember_shown(session: Session, name: str, found: Found, shown: list[Hit]) -> None:
    """Keep what a saved search has shown now, and of what it had found before all that it still finds."""
    books = books_of(session.catalogue())
    still = {hit.id for hit in found.hits} & set(saved_search(books, name).seen)
    remember(books, name, sorted(still | {hit.id for hit in shown if not hit.near_miss}))


def check_keeping(name: str, what: Asked) -> None:
    """Raise UsageError, before anything is searched, where a search could not be kept under a name."""
    check_name(name)
    what.inquiry.saved(what.kind)


def keep(session: Session, name: str, what: Asked, shown: list[Hit]) -> None:
    """Keep a search under a name, with what is shown now as seen; tell which one the name stood for before."""
    search = SavedSearch(
        name, what.kind.id, dict(what.inquiry.saved(what.kind)), tuple(hit.id for hit in shown if not hit.near_miss)
    )
    before = save_search(books_of(session.catalogue()), search)
    if before is not None:
        was = Inquiry.read(before.inquiry, session.catalogue().kind(before.kind)).query
        session.note(f"'{name}' stood for another search before: {was}")
