"""What a questionnaire says to people: its titles, heads and helps; and the questionnaire as a form to be printed."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from capreg.model.answers import Words, written
from capreg.model.kinds import Field, Kind
from capreg.model.quantity import shown
from capreg.model.questionnaire import ABSENT, Blank, Part, entries, stated
from capreg.model.value import Value
from capreg.views.page import Block, Column, Heading, Note, Page, Pairs, Rows
from capreg.views.values import Speech, unit

# The ends of a range, as labels call them.
ENDS = {"min": "from", "max": "up to"}
# On paper: where to write, how many entries of a list there is room for, and how many columns fit beside one another.
LINE = "_" * 40
ROOM = 3
WIDEST = 5


class Questionnaire(Value):
    """A questionnaire to be shown: its parts, and what a record states already; `document` is empty for a new one."""

    kind: Kind
    schema: Mapping[str, Any]
    form: str
    parts: list[Part]
    document: Mapping[str, Any]
    speech: Speech
    hub: str

    @property
    def title(self) -> str:
        """The head of the whole: `Questionnaire: firm`, and whose it is."""
        whose = self.document.get(self.kind.title)
        told = f"{self.speech.word('questionnaire')}: {self.kind.label[self.speech.language]}"
        return _printable(f"{told} - {whose}" if whose else told)

    @property
    def words(self) -> Words:
        """How the words of answers are written."""
        return Words(self.speech.language, self.speech.vocabularies)

    def part_title(self, part: Part) -> str:
        """Return the head of a part: its list, or what its single answers have in common."""
        if part.is_list:
            own = self.speech.label(self.kind.at(part.path))
            return f"{self.speech.label(self.kind.at(part.around))}: {own}" if part.around else own
        common = self._common(part)
        found = self.speech.label(common) if common.path else self.kind.label[self.speech.language]
        return f"{found[:1].upper()}{found[1:]}"

    def _common(self, part: Part) -> Field:
        """Return the deepest field that holds all answers of a part."""
        found, steps = self.kind.root, [blank.field.path[:-1] for blank in part.blanks]
        for level in zip(*steps, strict=False):
            if len(set(level)) > 1 or level[0] not in found.properties:
                break
            found = found.properties[level[0]]
        return found

    def name(self, blank: Blank) -> str:
        """Return what an answer is called, without its unit."""
        if blank.step is None:
            return self.speech.label(blank.field)
        if isinstance(blank.step, int):
            return f"{self.speech.label(blank.field)} {blank.step + 1}"
        below = blank.field.properties.get(blank.step)
        own = below.label.get(self.speech.language) if below else None
        return (
            own
            or f"{self.speech.label(blank.field)} {self.speech.word(ENDS[blank.step]) if blank.step in ENDS else blank.step}"
        )

    def head(self, blank: Blank) -> str:
        """Return what an answer is called, with its unit."""
        return f"{self.name(blank)} ({unit(blank.field)})" if blank.field.unit else self.name(blank)

    def question(self, blank: Blank) -> str:
        """Return the question that an answer answers."""
        return blank.field.ask[self.speech.language]

    def help(self, blank: Blank) -> str:
        """Return what may be written: the bounds, the form, an example."""
        return "; ".join(filter(None, (*self.limits(blank), self._example(blank))))

    def limits(self, blank: Blank, in_cells: bool = True) -> Iterator[str]:
        """Yield what holds for an answer: bounds, forms, how several are written."""
        word, scalar = self.speech.word, blank.scalar
        if "enum" in scalar:
            yield word("one of").format(", ".join(map(str, scalar["enum"])))
        if blank.sort == "boolean":
            yield f"{word('yes')} / {word('no')}"
        if blank.sort == "integer":
            yield word("whole")
        if blank.sort == "date":
            yield word("day")
        low, above, high = (scalar.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
        if above is not None:
            yield word("more than").format(shown(above))
        if low is not None and high is not None:
            yield word("between").format(shown(low), shown(high))
        elif low is not None or high is not None:
            yield word("least").format(shown(low)) if high is None else word("most").format(shown(high))
        if blank.is_list and in_cells:
            yield word("several")

    def _example(self, blank: Blank) -> str:
        if blank.sort in ("boolean", "date") or "enum" in blank.scalar or not blank.field.examples:
            return ""
        value = stated(blank.field.examples[0], () if blank.step is None else (blank.step,))
        return self.speech.word("example").format(self.cell_text(blank, value)) if value not in (ABSENT, None) else ""

    def cell_text(self, blank: Blank, value: Any) -> str:
        """Return an answer as people read it, without its unit."""
        cell = written(blank, value, self.words)
        return shown(cell) if isinstance(cell, (int, float)) else str(cell)


def _printable(text: str) -> str:
    """Return a text without the signs that no file of a questionnaire can hold as they are."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def form_page(asked: Questionnaire) -> Page:
    """Return the page of a questionnaire: what is stated filled in, lines to write on for the rest."""
    word = asked.speech.word
    blocks: list[Block] = [Heading(asked.title, 1), Note(word("how to fill"))]
    group = None
    for part in asked.parts:
        blocks.append(Heading(asked.part_title(part), 2 if part.group != group else 3))
        blocks += _list(asked, part) if part.is_list else [Pairs(_pairs(asked, part, asked.document))]
        group = part.group
    columns = [Column("question", word("question")), Column("answer", word("answer"))]
    return Page(blocks, Rows(columns, []), {}, [], mark=asked.hub, language=asked.speech.language)


def _pairs(asked: Questionnaire, part: Part, holder: Any) -> list[tuple[str, str]]:
    """Return the questions with their answers, or lines to write them on; a range and several lengths are one question."""
    found = []
    for field, blanks in groupby(part.blanks, lambda blank: blank.field):
        told = [(blank, _answer(asked, blank, holder)) for blank in blanks]
        question = asked.question(told[0][0])
        found.append((f"{question} ({unit(field)})" if field.unit else question, _told(asked, told)))
    return found


def _told(asked: Questionnaire, told: list[tuple[Blank, str]]) -> str:
    if len(told) == 1:
        return told[0][1] or LINE
    joint = " x " if isinstance(told[0][0].step, int) else "   "
    heads = [f"{asked.speech.word(ENDS[blank.step])} " if blank.step in ENDS else "" for blank, _ in told]
    return joint.join(f"{head}{answer or LINE[:12]}" for head, (_, answer) in zip(heads, told, strict=True))


def _answer(asked: Questionnaire, blank: Blank, holder: Any) -> str:
    value = stated(holder, blank.path)
    return "" if value is ABSENT else asked.cell_text(blank, value)


def _list(asked: Questionnaire, part: Part) -> Iterator[Block]:
    """Yield a list as a table where it is narrow, else entry by entry; with room for further ones."""
    found = [entry.value for entry in entries(asked.document, part.path)]
    wanted = [*found, *[{}] * (ROOM if not found else 1)]
    if len(part.blanks) <= WIDEST:
        columns = [Column(str(blank.path), asked.head(blank)) for blank in part.blanks]
        room = [*found, *[{}] * ROOM]
        yield Rows(columns, [[_answer(asked, blank, one) or LINE[:12] for blank in part.blanks] for one in room])
        return
    for number, one in enumerate(wanted, 1):
        yield Heading(f"{asked.part_title(part)} {number}", 3)
        yield Pairs(_pairs(asked, part, one))
