"""Letters that ask a firm for what is due in its profile: its own values, in its own language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from capreg.model.due import OLD, UNVERIFIED, Due
from capreg.model.kinds import Field, Kind
from capreg.model.places import value_at
from capreg.views.labels import LANGUAGES
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Note, Page, Pairs, Rows
from capreg.views.record import Layout
from capreg.views.stale import why
from capreg.views.values import Speech

COLUMNS = ("question", "known", "answer")
BLANK = "_" * 16


def language_of(kind: Kind, document: Mapping[str, Any], usual: str) -> str:
    """Return the language in which a firm is written to: the first one of its own that documents are in, else the usual."""
    own = [one for field in kind.root.walk() if field.addressed for one in value_at(document, field.path) or ()]
    return next((one for one in own if one in LANGUAGES), usual)


def letter_page(
    kind: Kind, document: Mapping[str, Any], found: Sequence[Due], hub: str, on: str, speech: Speech
) -> Page:
    """Return the letter to a firm that asks for what is due in its profile."""
    asked = [one for one in found if one.why != UNVERIFIED]
    title = str(document.get(kind.title, document["id"]))
    rows = [[_question(kind, document, one, speech), *_known(kind, document, one, speech)] for one in asked]
    columns = [Column(name, speech.word(f"letter {name}")) for name in COLUMNS]
    head = [(speech.word("hub"), hub), (speech.word("date"), on), (speech.word("id"), document["id"])]
    blocks: list[Block] = [
        Heading(title, 1),
        Pairs(head),
        Note(speech.word("letter please")),
        Heading(speech.word("letter due")),
    ]
    for row in rows:
        blocks += [Heading(row[0], 3), Pairs(list(zip([column.label for column in columns[1:]], row[1:], strict=True)))]
    blocks.append(Note(speech.word("letter thanks")))
    data = {
        "id": document["id"],
        "language": speech.language,
        "asked": [
            {"field": one.pointer, "question": row[0], "known": row[1], "why": one.why, "limit": one.limit}
            for one, row in zip(asked, rows, strict=True)
        ],
    }
    return Page(blocks, Rows(columns, rows), data, [data], language=speech.language)


def letters_page(letters: Sequence[Page]) -> Page:
    """Return several letters as one page, in which each begins a sheet."""
    blocks = [block for one in letters for block in one.blocks]
    rows = Rows(letters[0].rows.columns if letters else [], [row for one in letters for row in one.rows.rows])
    data = [one.data for one in letters]
    languages = {one.language for one in letters}
    language = languages.pop() if len(languages) == 1 else ""
    return Page(blocks, rows, {"schema_version": SCHEMA_VERSION, "letters": data}, data, language=language)


def _question(kind: Kind, document: Mapping[str, Any], one: Due, speech: Speech) -> str:
    """Return what is asked: after what the entry is about, the question of the questionnaire, else the label."""
    asked = one.field.ask[speech.language] if one.field.ask else speech.label(one.field)
    heads = [head for at in range(1, len(one.path)) if (head := _head(kind, document, one.path[:at], speech))]
    return ": ".join([*heads, asked])


def _head(kind: Kind, document: Mapping[str, Any], path: tuple, speech: Speech) -> str:
    """Return what the entry of a list is about: the first thing that it says, its id aside; "" for what is no entry."""
    entry = value_at(document, path)
    if not isinstance(path[-1], int) or not isinstance(entry, Mapping):
        return ""
    field = kind.at(tuple("*" if isinstance(step, int) else step for step in path))
    said = next((key for key, one in field.properties.items() if key in entry and not one.is_entry_id), None)
    return _value(kind, field.properties[said], entry[said], speech) if said else ""


def _known(kind: Kind, document: Mapping[str, Any], one: Due, speech: Speech) -> Iterator[str]:
    """Yield what the hub has and why it asks, and room for the answer."""
    known = _value(kind, one.field, value_at(document, one.path), speech)
    stated = f"{speech.word('stated on')} {one.stated_on}, " if one.why == OLD else ""
    because = f"{stated}{why(one, speech)}"
    yield f"{known}\n({because})" if "\n" in known else f"{known} ({because})"
    yield BLANK


def _value(kind: Kind, field: Field, value: Any, speech: Speech) -> str:
    if field.is_leaf and not field.serves:
        return speech.value(field, value)
    partial: Any = value
    for step in reversed(field.path):
        partial = [partial] if step == "*" else {step: partial}
    return "\n".join(text for _, text in Layout(kind, partial, speech).brief())
