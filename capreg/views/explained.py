"""The answer to a search, explained: each requirement with its verdict, for each record."""

from collections.abc import Iterator, Sequence
from typing import Any

from capreg.index.answer import Found, Hit
from capreg.views.page import Block, Column, Heading, Page, Rows
from capreg.views.search import count_note
from capreg.views.values import Speech
from capreg.views.verdicts import Told, age, brief, margin, place, told

# Each column for machines, with the word that heads it for people.
COLUMNS = {
    "requirement": "requirement",
    "verdict": "verdict",
    "stated": "value stated",
    "margin": "margin",
    "said_on": "stated on",
    "where": "where",
}


def explained(page: Page, found: Found, shown: Sequence[Hit], speech: Speech) -> Page:
    """Return the page of a search with its verdicts in place of its columns; for machines the data stay as they are.

    Args:
        page: the page of the same search, which has the data.
    """
    columns = [Column(name, speech.word(word)) for name, word in COLUMNS.items()]
    whole = Rows(
        [Column("id", speech.word("id")), *columns],
        [
            [hit.id, *_row(one, one.verdict.stated, one.verdict.where, speech)]
            for hit in shown
            for one in told(found, hit)
        ],
    )
    blocks = [block for hit in shown for block in _blocks(found, hit, columns, speech)]
    counted = count_note(found, sum(not hit.near_miss for hit in shown), speech)
    return Page([*blocks, counted], whole, page.data, page.lines, hub_only=True)


def _blocks(found: Found, hit: Hit, columns: Sequence[Column], speech: Speech) -> Iterator[Block]:
    yield Heading(_head(found, hit, speech), 2)
    yield Rows(columns, [_row(one, brief(one.verdict), place(one.verdict), speech) for one in told(found, hit)])


def _head(found: Found, hit: Hit, speech: Speech) -> str:
    name = hit.document.get(found.kind.title, hit.id)
    near = f", {speech.word('near miss')}" if hit.near_miss else ""
    return f"{name} ({hit.id}), {speech.word('fit').lower()} {hit.match.fit:.3f}{near}"


def _row(one: Told, stated: str | None, where: str | None, speech: Speech) -> list[Any]:
    verdict = one.verdict
    asked = f"{verdict.requirement} ({speech.word('preferred')})" if one.preferred else verdict.requirement
    return [asked, speech.word(verdict.truth.phrase), stated, margin(verdict), age(one.evidence, speech), where]
