"""Verdicts as people and machines read them."""

from typing import Any

from capreg.index.answer import Found, Hit
from capreg.model.evidence import Evidence, evidence
from capreg.model.quantity import shown
from capreg.model.value import Value
from capreg.query.verdict import Truth, Verdict
from capreg.views.values import Speech


class Told(Value):
    """A verdict and the evidence for the value behind it, None where nothing says how old that is."""

    verdict: Verdict
    evidence: Evidence | None
    preferred: bool = False


def told(found: Found, hit: Hit) -> list[Told]:
    """Return what a hit says to each requirement, then to each preference."""
    said = [(one, False) for one in hit.match.verdicts] + [(one, True) for one in hit.match.preferred]
    return [Told(one, _evidence(found, hit, one), preferred) for one, preferred in said]


def _evidence(found: Found, hit: Hit, verdict: Verdict) -> Evidence | None:
    place = (verdict.at or verdict.where) if verdict.stated else None
    return evidence(found.kind, hit.document, place, min(found.on, found.today)) if place else None


def for_machines(one: Told) -> dict[str, Any]:
    """Return a verdict for machines, without what it does not say."""
    verdict = one.verdict
    said = {
        "requirement": verdict.requirement,
        "verdict": verdict.truth.phrase,
        "stated": verdict.stated,
        "where": verdict.where,
        "short_by": _amount(verdict.short_by),
        "margin": _amount(verdict.margin) if verdict.truth is Truth.MEETS else None,
        "evidence": one.evidence._asdict() if one.evidence else None,
        "preference": True if one.preferred else None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _amount(amount: tuple[float, str] | None) -> dict[str, Any] | None:
    return {"amount": _whole(amount[0]), "unit": amount[1]} if amount else None


def _whole(number: float) -> int | float:
    """Return a number without the needless point of a whole one: 22 days."""
    return int(number) if number == int(number) else round(number, 6)


def margin(verdict: Verdict) -> str:
    """Return what is to spare with +, what is short with -; "" where neither is a number."""
    if verdict.margin is None or verdict.truth is Truth.NOT_STATED:
        return ""
    amount, unit = verdict.margin
    size = abs(amount)
    told = _whole(size) if size == int(size) else float(f"{size:.3g}")
    return f"{'-' if amount < 0 else '+'}{shown(told)} {unit}".rstrip()


def age(dated: Evidence | None, speech: Speech) -> str:
    """Return on which day something was stated, and whether that is too long ago."""
    if dated is None:
        return ""
    return f"{dated.stated_on}, {speech.word('old')}" if dated.is_stale else dated.stated_on


def place(verdict: Verdict) -> str:
    """Return where the value stands, in short: the entry's id; of an entry without one, its list and its position."""
    *way, last = (verdict.where or "").split("/")
    return f"{way[-1]}/{last}" if last.isdigit() else last


def gap(verdict: Verdict, speech: Speech) -> str:
    """Return in words why a requirement is not met: what is held and what was asked, or that nothing is stated."""
    if verdict.truth is Truth.NOT_STATED:
        return f"{speech.word('not stated')}: {verdict.stated}" if verdict.stated else speech.word("not stated")
    if verdict.asked:
        return f"{speech.word('holds')} {verdict.stated}, {verdict.asked} {speech.word('asked')}"
    if verdict.margin:
        days = shown(_whole(abs(verdict.margin[0])))
        side = "before" if verdict.stated.startswith("lapsed") else "after"
        unit = "day" if days == "1" else "days"
        return f"{verdict.stated}, {days} {speech.word(f'{unit} {side}')}"
    return f"{speech.word('states')} {verdict.stated or speech.word('none')}"
