"""The answer to a search, explained: each requirement with its verdict, for each record."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any

from capreg.index.answer import Found, Hit, Remedy
from capreg.query.verdict import Verdict
from capreg.views.page import Again, Block, Column, Heading, Note, Page, Rows
from capreg.views.search import count_note, gap_told, remedy_told
from capreg.views.values import Speech
from capreg.views.verdicts import Told, age, margin, place, told

LONGEST = 60
# What heads the columns: for people, and for machines, whose margin is a number beside its unit.
SPOKEN = ("requirement", "verdict", "value stated", "margin", "stated on", "where")
WHOLE = (
    "id",
    "fit",
    "near_miss",
    "requirement",
    "verdict",
    "stated",
    "margin",
    "unit",
    "said_on",
    "where",
    "preference",
)


def explained(page: Page, found: Found, shown: Sequence[Hit], speech: Speech, remedies: Mapping[str, Remedy]) -> Page:
    """Return the page of a search with its verdicts in place of its columns; for machines the data stay as they are.

    Args:
        page: the page of the same search, which has the data.
        remedies: who could close the gap of a near miss, by its id.
    """
    rows = Again(lambda: (row for hit in shown for row in _whole_rows(found, hit)))
    blocks = Again(lambda: _all_blocks(found, shown, speech, remedies))
    return Page(blocks, Rows([Column(name, name) for name in WHOLE], rows), page.data, page.lines, hub_only=True)


def _whole_rows(found: Found, hit: Hit) -> Iterator[list[Any]]:
    for one in told(found, hit):
        yield [hit.id, hit.fit, hit.near_miss, *_whole_row(one)]


def _all_blocks(found: Found, shown: Sequence[Hit], speech: Speech, remedies: Mapping[str, Remedy]) -> Iterator[Block]:
    columns = [Column(word, speech.word(word)) for word in SPOKEN]
    hits = 0
    for hit in shown:
        hits += not hit.near_miss
        yield from _blocks(found, hit, told(found, hit), columns, speech, remedies.get(hit.id))
    yield count_note(found, hits, speech)


def _blocks(
    found: Found, hit: Hit, verdicts: Sequence[Told], columns: Sequence[Column], speech: Speech, remedy: Remedy | None
) -> Iterator[Block]:
    yield Heading(_head(found, hit, speech), 2)
    yield Rows(columns, [_spoken_row(one, speech) for one in verdicts])
    if hit.near_miss:
        yield Note(f"{speech.word('gap')}: {gap_told(hit, speech)}")
    if remedy:
        yield Note(f"{speech.word('remedy')}: {remedy_told(found.kind, remedy, speech)}")


def _head(found: Found, hit: Hit, speech: Speech) -> str:
    name = hit.document.get(found.kind.title, hit.id)
    near = f", {speech.word('near miss')}" if hit.near_miss else ""
    return f"{name} ({hit.id}), {speech.word('fit').lower()} {hit.fit:.3f}{near}"


def _spoken_row(one: Told, speech: Speech) -> list[Any]:
    verdict = one.verdict
    asked = f"{verdict.requirement} ({speech.word('preferred')})" if one.preferred else verdict.requirement
    said = speech.word(verdict.truth.phrase)
    return [asked, said, _brief(verdict), margin(verdict), age(one.evidence, speech), place(verdict)]


def _whole_row(one: Told) -> list[Any]:
    verdict = one.verdict
    amount, unit = verdict.margin or (None, None)
    day = one.evidence.stated_on if one.evidence else None
    return [
        verdict.requirement,
        verdict.truth.phrase,
        verdict.stated,
        amount,
        unit,
        day,
        verdict.where,
        one.preferred,
    ]


def _brief(verdict: Verdict) -> str:
    """Return the value stated, a long text by its beginning."""
    return shorten(verdict.stated or "", LONGEST, placeholder=" …")
