"""Invoices and credit notes as pages."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from capreg.model.money import Money
from capreg.views.labels import label
from capreg.views.money import spoken_money
from capreg.views.office import shortened
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Note, Page, Pairs, Rows

LINE = ("entry", "on", "item", "amount", "vat_rate")
PARTY = ("address", "country", "vat_number", "email", "bank")


def paper_page(paper: Any, language: str) -> Page:
    """Return the page of an invoice, or of a credit note, whose amounts are less than nothing."""
    title = label("credit note" if paper.credits else "invoice", language)
    details = paper.entry.details
    blocks: list[Block] = [
        Heading(f"{title} {paper.number}", 1),
        Pairs([(label(key, language), value) for key, value in _head(paper) if value]),
        *_party("seller", details["seller"], language),
        *_party("buyer", details["buyer"], language),
        Heading(label("lines", language)),
        _rows(paper, language, spoken=True),
        Pairs(_sums(paper, language)),
        *(Note(label(treatment, language)) for treatment, *_ in paper.totals if treatment != "domestic"),
    ]
    data = _data(paper)
    return Page(blocks, _rows(paper, language, spoken=False), data, [data])


def _head(paper: Any) -> list[tuple[str, str]]:
    details = paper.entry.details
    due = paper.due.isoformat() if paper.due else ""
    said = {"date": paper.on.isoformat(), "due": due, "of invoice": paper.credits or "", "why": details.get("why", "")}
    return [*said.items(), ("receipt", f"{paper.entry.number} ({paper.entry.hash[:16]})")]


def _party(role: str, party: Mapping[str, str], language: str) -> list[Block]:
    pairs = [(label(f"party {key}", language), party[key]) for key in PARTY if key in party]
    return [Heading(label(role, language)), Pairs([(label("party name", language), party["name"]), *pairs])]


def _rows(paper: Any, language: str, spoken: bool) -> Rows:
    columns = [Column(key, label(f"line {key}", language), numeric=key in ("amount", "vat_rate")) for key in LINE]
    rows = []
    for line, on in zip(paper.lines, paper.days, strict=True):
        net = paper.sign * line.amount
        amount = spoken_money(net, line.currency, language) if spoken else Money(net, line.currency).amount
        told = [
            line.number,
            on.isoformat(),
            _item(line, language),
            amount,
            f"{line.vat_rate} %" if spoken else line.vat_rate,
        ]
        rows.append(told)
    return Rows(columns, rows)


def _item(line: Any, language: str) -> str:
    """Return what was sold by an entry, in words."""
    details = line.details
    about = details.get("record") or details.get("query") or f"{details.get('from')} - {details.get('until')}"
    return f"{label(f'item {line.what}', language)}: {shortened(about)}"


def _spoken(currency: str, language: str, minor: int) -> str:
    return spoken_money(minor, currency, language)


def _amount(currency: str, minor: int) -> str:
    return Money(minor, currency).amount


def _sums(paper: Any, language: str) -> list[tuple[str, str]]:
    said = partial(_spoken, paper.entry.currency, language)

    vat = [
        (f"{label('entry vat', language)} {rate} %", said(amount))
        for treatment, rate, _, amount in paper.totals
        if treatment == "domestic"
    ]
    return [(label("net", language), said(paper.net)), *vat, (label("total", language), said(paper.gross))]


def _data(paper: Any) -> dict[str, Any]:
    currency = paper.entry.currency
    said = partial(_amount, currency)

    totals = [
        {"vat_treatment": treatment, "vat_rate": rate, "net": said(net), "vat": said(vat)}
        for treatment, rate, net, vat in paper.totals
    ]
    lines = [
        {
            "entry": one.number,
            "at": one.at,
            "what": one.what,
            "net": said(paper.sign * one.amount),
            "vat": said(paper.sign * one.vat),
        }
        for one in paper.lines
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "number": paper.number,
        "is_credit_note": paper.credits is not None,
        "credits": paper.credits,
        "on": paper.on.isoformat(),
        "due": paper.due.isoformat() if paper.due else None,
        "seller": paper.entry.details["seller"],
        "buyer": paper.entry.details["buyer"],
        "currency": currency,
        "lines": lines,
        "totals": totals,
        "net": said(paper.net),
        "total": said(paper.gross),
        "entry": paper.entry.number,
    }
