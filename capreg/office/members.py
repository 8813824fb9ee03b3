"""Members: firms of the registry that pay a yearly fee, and buy at the prices for members.

A member is a client of the same id, which it keeps where its record is renamed: the ledger knows it by that. Its fee years begin on the anniversaries of one day; where a month has no such day
(29 February), on its last one. Each is counted from the first, so that 29 February comes back in leap years.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from tinydb import TinyDB, where

from capreg.errors import CapregError, ExitCode, UsageError, nearest
from capreg.model.day import day, later
from capreg.model.kinds import Kind
from capreg.model.record import Record
from capreg.office.books import Books
from capreg.office.clients import Client, is_client, keep_client

TABLE = "members"


class UnknownMemberError(CapregError):
    """No firm of that id is a member."""

    exit_code = ExitCode.MISSING


class KnownMemberError(UsageError):
    """The firm is a member already."""


class FeeYearError(UsageError):
    """A day is none on which a membership can begin or end."""


@dataclass(frozen=True)
class Member:
    """A member; the fields stand in `office.schema.json`, `since` being its `from`."""

    id: str
    kind: str
    since: str
    first: str
    left: str = ""
    record: str = ""

    @property
    def record_id(self) -> str:
        """The id of its record now."""
        return self.record or self.id

    @property
    def document(self) -> dict[str, str]:
        """The member as the office keeps it."""
        kept = {key: value for key, value in asdict(self).items() if value}
        return {"from": kept.pop("since"), **kept}

    def is_one_on(self, today: date) -> bool:
        """Whether the firm is a member on a day."""
        return self.since <= today.isoformat() and not self.has_left(today)

    def has_left(self, today: date) -> bool:
        """Whether the firm has left by a day."""
        return bool(self.left) and self.left <= today.isoformat()

    def years(self, until: date) -> Iterator[tuple[date, date]]:
        """Yield the fee years that have begun by a day: first day, and first day of the next one."""
        start = day(self.since)
        last = min(until.isoformat(), self.left or "9999")
        for number in range(until.year - start.year + 1):
            begins = later(start, f"P{number}Y") if number else start
            if self.first <= begins.isoformat() <= last and begins.isoformat() != self.left:
                yield begins, later(start, f"P{number + 1}Y")


def join(books: Books, kind: Kind, record: Record, since: date, today: date, dry_run: bool = False) -> Member:
    """Make a firm a member, and a client where it is none yet.

    Args:
        since: the first day of a fee year: today, later, or within the year before, for a member of old.

    Raises:
        KnownMemberError: the firm is a member.
        FeeYearError: the day is more than a year ago.
    """
    if later(since, "P1Y") <= today:
        raise FeeYearError(f"{since} is more than a year ago", "Name the day on which the present fee year began.")
    if dry_run:
        return _joining(books.reading(), kind, record, since, today)
    with books.changing() as tables:
        member = _joining(tables, kind, record, since, today)
        id = member.id
        if not is_client(books, id, tables):
            keep_client(tables, Client(id, _name(kind, record), today.isoformat()))
        tables.table(TABLE).remove(where("id") == id)
        tables.table(TABLE).insert(member.document)
    return member


def _name(kind: Kind, record: Record) -> str:
    """Return the name of a record as that of a client, on one line."""
    return " ".join(str(record.document.get(kind.title, record.id)).split())[:200] or record.id


def leave(books: Books, id: str, on: date, dry_run: bool = False) -> Member:
    """Note that a firm is no member from a day on; no fee year begins then or later.

    Raises:
        UnknownMemberError: it is no member.
        FeeYearError: the day is before the membership began.
    """
    if dry_run:
        return _left(member(books, id), on)
    with books.changing() as tables:
        found = _left(member(books, id, tables), on)
        tables.table(TABLE).update({"left": found.left}, where("id") == found.id)
    return found


def _left(known: Member, on: date) -> Member:
    found = replace(known, left=on.isoformat())
    if found.left < found.since:
        raise FeeYearError(f"'{found.id}' became a member on {found.since}, after {on}")
    return found


def _joining(tables: TinyDB, kind: Kind, record: Record, since: date, today: date) -> Member:
    """Return a firm as the member that it becomes, under the id that it had if it was one before; raises KnownMemberError."""
    found = _of_record(tables, record.id) or _found(tables, record.id)
    if found and not found.has_left(today):
        raise KnownMemberError(f"'{found.id}' is a member since {found.since}")
    known_as = {"id": found.id, "record": found.record} if found and found.kind == kind.id else {"id": record.id}
    return Member(kind=kind.id, since=since.isoformat(), first=since.isoformat(), **known_as)


def member_of(tables: TinyDB, kind: Kind, id: str, today: date) -> Member | None:
    """Return the member whose record has an id now, and that has not left; None where there is none."""
    found = _of_record(tables, id)
    return found if found and found.kind == kind.id and not found.has_left(today) else None


def follow(tables: TinyDB, kind: Kind, former: str, id: str) -> None:
    """Let a member follow its record to another id; it stays the client that it was."""
    found = _of_record(tables, former)
    if found and found.kind == kind.id:
        tables.table(TABLE).update({"record": id}, where("id") == found.id)


def _of_record(tables: TinyDB, id: str) -> Member | None:
    return next((one for one in map(_read, tables.table(TABLE).all()) if one.record_id == id), None)


def members(books: Books, tables: TinyDB | None = None) -> list[Member]:
    """Return all members, those that have left too, by id."""
    table = (tables if tables is not None else books.reading()).table(TABLE)
    return sorted((_read(one) for one in table.all()), key=lambda member: member.id)


def member(books: Books, id: str, tables: TinyDB | None = None) -> Member:
    """Return a member by id; raises UnknownMemberError, which names the nearest."""
    tables = tables if tables is not None else books.reading()
    found = _found(tables, id) or _of_record(tables, id)
    if found is None:
        known = [one["id"] for one in tables.table(TABLE).all()]
        raise UnknownMemberError(
            f"'{id[:64]}' is no member", nearest(id, known) or f"Let it join: capreg member join {id[:64]}"
        )
    return found


def member_on(tables: TinyDB, id: str, today: date) -> Member | None:
    """Return the member of an id who is one on a day, None where there is none."""
    found = _found(tables, id)
    return found if found and found.is_one_on(today) else None


def _found(tables: TinyDB, id: str) -> Member | None:
    found = tables.table(TABLE).get(where("id") == id)
    return None if found is None else _read(found)


def _read(document: dict) -> Member:
    rest = {key: value for key, value in document.items() if key != "from"}
    return Member(since=document["from"], **rest)
