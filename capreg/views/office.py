"""The hub's books as pages, for the hub's own eyes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from capreg.model.money import Money
from capreg.views.labels import label
from capreg.views.money import spoken_money
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Page, Pairs, Rows

CLIENT = ("id", "name", "since", "email", "country", "vat_number", "credit", "closed", "owed", "currency")
MEMBER = ("id", "kind", "from", "left", "standing")
FEE = ("member", "from", "until", "amount", "vat", "total", "currency", "state", "entry")
PRICE = ("item", "kind", "client_price", "member_price", "currency", "vat_rate", "new_version", "since")
ENTRY = ("number", "at", "client", "what", "kind", "record", "amount", "vat", "currency", "until", "order")
BALANCE = ("client", "owed", "currency")
PAPER = ("paper", "on", "client", "amount", "vat", "total", "currency", "due", "entry")
AMOUNTS = ("amount", "vat", "total", "owed", "client_price", "member_price")
COUNTS = ("sales", "inquiries", "asked", "now")
# What people read less: it stands in another cell, or is for scripts.
ASIDE = {"currency", "kind", "order", "until"}
# How many signs people read of what an entry is about: a query may be long.
ABOUT = 36


def listed(what: str, keys: Sequence[str], found: Iterable[Mapping[str, Any]], language: str, aside=ASIDE) -> Page:
    """Return the page of a list: amounts are decimal strings for machines, and in the hub's language for people.

    Args:
        what: what is listed, by which the labels of the columns are known.
        aside: the columns that people are not shown.
    """
    data = list(found)
    columns = {key: Column(key, label(f"{what} {key}", language), numeric=key in (*AMOUNTS, *COUNTS)) for key in keys}
    rows = Rows(list(columns.values()), [[one.get(key) for key in keys] for one in data])
    read = [key for key in keys if key not in aside]
    spoken = Rows([columns[key] for key in read], [[_spoken(one, key, language) for key in read] for one in data])
    return Page([spoken], rows, {"schema_version": SCHEMA_VERSION, "results": data}, data, hub_only=True)


def shortened(text: str) -> str:
    """Return a text as it fits into a cell."""
    return text if len(text) <= ABOUT else f"{text[: ABOUT - 1]}…"


def minor_of(amount: str, currency: str) -> int:
    """Return the minor units of an amount that machines read, which may be less than nothing."""
    minor = Money.parse(amount.removeprefix("-"), currency).minor
    return -minor if amount.startswith("-") else minor


def _spoken(one: Mapping[str, Any], key: str, language: str) -> Any:
    if key in AMOUNTS and one.get(key) is not None:
        return spoken_money(minor_of(one[key], one["currency"]), one["currency"], language)
    if key == "record":
        return shortened(" ".join(str(one[part]) for part in ("kind", "record") if one.get(part))) or None
    return one[key][:16].replace("T", " ") if key == "at" else one.get(key)


def clients_page(clients: Sequence[Any], owed: Mapping[str, int], currency: str, language: str) -> Page:
    """Return the page of a list of clients, with what each owes."""
    return listed("client", CLIENT, [_client(one, owed.get(one.id, 0), currency) for one in clients], language)


def _client(client: Any, owed: int, currency: str) -> dict[str, Any]:
    return {**client.document, "owed": Money(owed, currency).amount, "currency": currency}


def client_page(client: Any, entries: Sequence[Any], owed: int, currency: str, today: date, language: str) -> Page:
    """Return the page of one client: what is known, what it owes, what it owns, and what it was charged."""
    back = {one.details["reverses"] for one in entries if one.what == "reversal"}
    sold = [one for one in entries if one.what == "profile" and one.details["until"] > today.isoformat()]
    owned = [one for one in sold if not back & {one.number, one.details.get("renews")}]
    data = {**_client(client, owed, currency), "owns": [_owned(one) for one in owned]}
    known = {**client.document, "owed": spoken_money(owed, currency, language)}
    pairs = [(label(f"client {key}", language), value) for key, value in known.items()]
    blocks: list[Block] = [Heading(client.name, 1), Pairs(pairs)]
    if entries:
        blocks += [Heading(label("ledger", language)), *ledger_page(entries, language).blocks]
    rows = Rows([Column(key, label(f"client {key}", language)) for key in data if key != "owns"], [])
    rows = rows._replace(rows=[[data[column.name] for column in rows.columns]])
    return Page(blocks, rows, {"schema_version": SCHEMA_VERSION, **data}, [data], hub_only=True)


def _owned(entry: Any) -> dict[str, Any]:
    return {
        "kind": entry.details["kind"],
        "id": entry.details["record"],
        "until": entry.details["until"],
        "entry": entry.number,
    }


def ledger_page(entries: Sequence[Any], language: str) -> Page:
    """Return the page of the ledger, in the order entered."""
    return listed("entry", ENTRY, map(entry_data, entries), language)


def entry_data(entry: Any) -> dict[str, Any]:
    """Return an entry as machines read it: its details beside what all have, amounts as decimal strings."""
    amounts = {"amount": entry.amount, "vat": entry.vat, **_minor(entry.details)}
    said = {"number": entry.number, "at": entry.at, "client": entry.client, "what": entry.what, **entry.details}
    told = {
        **said,
        "record": _about(entry),
        "vat_rate": entry.vat_rate,
        "currency": entry.currency,
        "order": entry.order,
    }
    return {**told, **{key: Money(value, entry.currency).amount for key, value in amounts.items()}, "hash": entry.hash}


def _minor(details: Mapping[str, Any]) -> dict[str, int]:
    return {key: details[key] for key in ("net", "total", "client_price", "member_price") if key in details}


def _about(entry: Any) -> str | None:
    """Return what an entry is about: a record, a query, an entry, a paper, an item of the price list or a year."""
    for key in ("record", "query", "member", "reverses", "invoice", "note", "item", "year"):
        if key in entry.details:
            return str(entry.details[key])
    return None


def balances_page(balances: Mapping[str, int], currency: str, language: str) -> Page:
    """Return the page of what each client owes."""
    found = [
        {"client": one, "owed": Money(owed, currency).amount, "currency": currency} for one, owed in balances.items()
    ]
    return listed("balance", BALANCE, found, language)


def members_page(members: Sequence[Any], fees: Sequence[Any], today: date, language: str) -> Page:
    """Return the page of the members; `standing` is good, or what is wrong with a fee, or that the firm has left."""
    behind = {fee.member: fee.state for fee in fees if fee.state in ("due", "late", "reversed")}
    found = [{**one.document, "standing": _standing(one, behind, today)} for one in members]
    return listed("member", MEMBER, found, language, aside=())


def _standing(member: Any, behind: Mapping[str, str], today: date) -> str:
    return behind.get(member.id, "good") if member.is_one_on(today) else "left" if member.left else "later"


def fees_page(fees: Sequence[Any], currency: str, language: str) -> Page:
    """Return the page of fees."""
    found = []
    for fee in fees:
        amounts = {"amount": fee.net, "vat": fee.vat.amount, "total": fee.gross}
        said = {
            "member": fee.member,
            "from": fee.since.isoformat(),
            "until": fee.until.isoformat(),
            "currency": currency,
        }
        spoken = {key: Money(value, currency).amount for key, value in amounts.items()}
        found.append({**said, **spoken, "state": fee.state, "entry": fee.entry})
    return listed("fee", FEE, found, language, aside={"currency"})


def prices_page(prices: Sequence[Any], currency: str, language: str) -> Page:
    """Return the page of a price list."""
    found = []
    for one in prices:
        amounts = {"client_price": one.client_price, "member_price": one.member_price}
        spoken = {key: Money(value, currency).amount for key, value in amounts.items()}
        rest = {"vat_rate": one.price_vat_rate, "new_version": one.new_version, "since": one.since or None}
        found.append({"item": one.item, "kind": one.kind, **spoken, "currency": currency, **rest})
    return listed("price", PRICE, found, language, aside={"currency"})


def papers_page(papers: Sequence[Any], language: str) -> Page:
    """Return the page of invoices and credit notes."""
    return listed("paper", PAPER, [_paper(one) for one in papers], language)


def _paper(paper: Any) -> dict[str, Any]:
    currency = paper.entry.currency
    amounts = {"amount": paper.net, "vat": paper.gross - paper.net, "total": paper.gross}
    said = {"paper": paper.number, "on": paper.on.isoformat(), "client": paper.entry.client, "currency": currency}
    rest = {"due": paper.due.isoformat() if paper.due else None, "entry": paper.entry.number}
    return {**said, **{key: Money(value, currency).amount for key, value in amounts.items()}, **rest}
