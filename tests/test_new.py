"""A new record, question by question, at a real terminal."""

import errno
import json
import os
import re

import pexpect
import pytest
from conftest import ROOT, firm, write_record
from test_stale import stored
from test_terminal import at_terminal

from capreg.exchange.answers import AnswerError, Answers, typed
from capreg.exchange.interview import BACK, Script, hold
from capreg.model.day import day
from capreg.store.registry import Registry

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Talk:
    """A person at the terminal: waits for a question, and answers it."""

    def __init__(self, registry, *arguments, kind="firm", **surroundings) -> None:
        surroundings = {"PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": "", **surroundings}
        self.child = at_terminal("-R", registry, "new", kind, *arguments, columns=160, **surroundings)

    def say(self, *exchanges: tuple[str, str]) -> "Talk":
        for question, answer in exchanges:
            self.child.expect_exact(question)
            self.child.send(f"{answer}\r")
        return self

    def see(self, text: str) -> "Talk":
        self.child.expect_exact(text)
        return self

    def end(self) -> tuple[int, str]:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus, CONTROL.sub("", self.child.before)


NAME = ("Full name of the firm? (needed)", "Officine Rossi S.r.l.")
TO_SITES = [NAME, ("Kind of number", ""), ("What do you make", ""), ("Website?", "")]
ADDRESS = [("Street and number?", "Via Roma 2"), ("Postal code?", "40100"), ("Town?", "Bologna"), ("Country", "")]
TO_CAPABILITIES = [*TO_SITES, *ADDRESS, ("floor area? (m²", ""), ("another one?", ""), ("How many people", "12")]
MILLING = [
    ("Which process?", "fresatura"),
    ("which materials?", "alluminio, acciaio inox"),
    ("tolerance you hold", "10 um"),
]
REST = [
    ("Largest workpiece", "650x520x475"),
    ("Batch sizes", "1..200"),
    ("Which process?", ""),
    ("hours a week are free", ""),
]
LAST = [
    ("others? (Enter: no more)", ""),
    ("as your own?", ""),
    ("standard?", ""),
    ("sectors", ""),
    ("Whom to ask for", ""),
]
END = [("Id of the record [officine-rossi-s-r-l]:", "officine-rossi"), ("Stated by [firm]", ""), ("How", "telephone")]


@pytest.fixture
def italian(empty):
    """A registry in Italy."""
    settings = json.loads((empty / "registry.json").read_text()) | {"country": "IT", "languages": ["en", "it"]}
    (empty / "registry.json").write_text(json.dumps(settings))
    return empty


def drafts(registry):
    return sorted((registry / "drafts").glob("new-*"))


def test_a_firm_is_enrolled_in_the_short_form(italian, capreg):
    talk = Talk(italian).say(*TO_CAPABILITIES, *MILLING, *REST, *LAST, *END)
    talk.see("HUB ONLY").see("Officine Rossi S.r.l.").say(("Write it as firms/officine-rossi.json? [Y/n]", ""))
    code, told = talk.end()
    assert (code, "Wrote firms/officine-rossi.json." in told, drafts(italian)) == (0, True, [])
    found = stored(italian, "officine-rossi")
    assert found["sites"] == [
        {
            "id": "main",
            "address": {"street": "Via Roma 2", "postal_code": "40100", "locality": "Bologna", "country": "IT"},
        }
    ]
    assert found["capabilities"] == [
        {
            "id": "milling",
            "process": "milling",
            "materials": ["aluminium", "stainless-steel"],
            "tolerance_mm": 0.01,
            "size_mm": [650, 520, 475],
            "batch": {"min": 1, "max": 200},
        }
    ]
    (statement,) = found["statements"]
    assert (statement["about"], statement["source"], statement["method"]) == ("", "firm", "telephone")
    assert capreg("-R", italian, "check").code == 0


def test_a_mistake_is_told_in_a_sentence_and_asked_again(italian):
    talk = Talk(italian).say(*TO_SITES, *ADDRESS, ("floor area?", "12 kg"))
    talk.see("the unit 'kg' is not among the units of area").say(("floor area?", "-3"))
    talk.see("less than the minimum of 0").say(("floor area?", "1200"), ("another one?", "perhaps"))
    talk.see("neither yes nor no").say(("another one?", "n"), ("How many people", "q"))
    assert talk.end()[0] == 0


def test_what_is_needed_cannot_be_passed_over(italian):
    talk = Talk(italian).say((NAME[0], ""))
    talk.see("This one must be answered.").say((NAME[0], "q"))
    assert talk.end()[0] == 0 and drafts(italian) == []


def test_help_says_what_is_wanted(italian):
    Talk(italian).say(NAME, ("Kind of number", "?")).see("For example: IT:VAT").say(("Kind of number", "q")).end()


def test_questions_are_asked_in_italian(italian):
    talk = Talk(italian, "--language", "it").say(("Ragione sociale? (obbligatorio)", "Rossi"), ("Tipo di codice", "q"))
    assert talk.end()[0] == 0


def test_back_asks_again_and_shows_what_was_answered(italian):
    talk = Talk(italian).say(
        NAME, ("Kind of number", "<"), ("[Officine Rossi S.r.l.]", "Bianchi"), ("Kind of number", "q")
    )
    talk.end()
    assert "Bianchi" in drafts(italian)[0].read_text()


def test_tab_completes_a_word_by_a_synonym_in_the_other_language(italian):
    talk = Talk(italian).say(*TO_CAPABILITIES)
    talk.see("Which process?")
    talk.child.send("alesatrice\x15tornit")
    talk.see("turning")
    talk.child.send("\t\r")
    talk.say(("which materials?", "q")).end()
    answers = dict(json.loads(drafts(italian)[0].read_text())["answers"])
    assert "turning" in answers["/capabilities/0/process"]


@pytest.mark.parametrize("stop", ["q\r", "\x04"], ids=["q", "Ctrl-D"])
def test_one_stops_and_goes_on_later(italian, stop):
    talk = Talk(italian).say(*TO_SITES, ("Street and number?", "Via Roma 2")).see("Postal code?")
    talk.child.send(stop)
    code, told = talk.end()
    assert (code, "are kept in" in told) == (0, True)
    talk = Talk(italian).say(("Go on with Officine Rossi S.r.l., 5 answers? [Y/n]", ""), *ADDRESS[1:], ("floor", "q"))
    assert talk.end()[0] == 0
    assert len(drafts(italian)) == 1


def test_the_short_form_is_gone_on_with_in_the_full_one(italian):
    Talk(italian).say(NAME, ("Kind of number", ""), ("What do you make", "Gears"), ("Website?", "q")).end()
    talk = Talk(italian, "--form", "full").say(("[Y/n]", "y"), ("other names do you trade?", "Rossi, R2"))
    talk.say(("Year of foundation?", "1990"), ("Website?", "q")).end()
    answers = dict(json.loads(drafts(italian)[0].read_text())["answers"])
    assert (answers["/trading_names"], answers["/summary"]) == (["Rossi", "R2"], "Gears")


def test_an_interrupt_keeps_the_answers(italian):
    talk = Talk(italian).say(NAME).see("Kind of number")
    talk.child.sendintr()
    code, told = talk.end()
    assert (code, "are kept in" in told, len(drafts(italian))) == (130, True, 1)


def test_a_program_that_is_killed_has_kept_the_answers(italian):
    talk = Talk(italian).say(NAME).see("Kind of number")
    talk.child.kill(9)
    talk.child.expect(pexpect.EOF)
    assert "Officine Rossi" in drafts(italian)[0].read_text()


def test_an_id_that_is_taken_is_asked_for_again(italian):
    write_record(italian, firm("rossi"))
    talk = Talk(italian).say((NAME[0], "Rossi"), *TO_CAPABILITIES[1:], ("Which process?", ""), *REST[3:], *LAST)
    talk.say(("Id of the record [rossi-2]", "rossi")).see("another firm has the id 'rossi'")
    talk.say(("Id of the record", "Rossi!")).see("is no id").say(("Id of the record", "q"))
    assert talk.end()[0] == 0


def test_no_at_the_end_writes_nothing_and_keeps_the_answers(italian):
    talk = Talk(italian).say(*TO_CAPABILITIES, ("Which process?", ""), *REST[3:], *LAST, *END)
    assert talk.say(("[Y/n]", "n")).end()[0] == 0
    assert (list((italian / "firms").iterdir()), len(drafts(italian))) == ([], 1)


def test_going_back_from_the_end_asks_the_last_question_again(italian):
    talk = Talk(italian).say(*TO_CAPABILITIES, ("Which process?", ""), *REST[3:], *LAST)
    talk.say(("Id of the record", "<"), ("Whom to ask for", "q"))
    assert talk.end()[0] == 0


def test_a_kind_of_the_registry_s_own_is_asked_for_too(italian):
    talk = Talk(italian, kind="contractor").say(("Full name of the company? (needed)", "Nordwerk"), ("Kind of", "q"))
    assert talk.end()[0] == 0


def test_without_a_terminal_it_refuses(italian, capreg):
    done = capreg("-R", italian, "new", "firm")
    assert (done.code, "no terminal" in done.err) == (2, True)
    assert capreg("-R", italian, "new", "frim").code in (2, 3)


@pytest.mark.parametrize("form", ["short", "full"])
@pytest.mark.parametrize("kind", ["firm", "contractor"])
def test_every_question_of_a_kind_answered_with_its_example_makes_a_valid_record(italian, kind, form):
    registry = Registry(italian)
    loaded, today = registry.loaded(kind), day("2026-11-26")
    reader, asked = Answers(loaded, registry.vocabularies, today), []

    def answer(question, default):
        asked.append(question.place)
        if question.more or question.ends:
            second = "/1/" in f"{question.place}/"
            return not second if question.more else None if second else reader.read(question.field, example(question))
        return reader.read(question.field, example(question))

    def example(question):
        field = question.field
        if question.choices:
            return question.choices[0]
        return typed(field, field.examples[0]) if field.examples else "yes"

    document = hold(Script(loaded, form, registry.settings, today), {}, answer, lambda answers: None)
    assert len(asked) == len(set(asked)) > (15 if form == "short" else 30)
    assert loaded.validator.is_valid({"id": "x", **document}), document


class EnoughError(Exception):
    """The test has seen what it wants to see."""


def test_back_at_every_question_ends_at_the_first(italian):
    registry, asked = Registry(italian), []

    def answer(question, default):
        asked.append(question.place)
        if len(asked) > 12:
            raise EnoughError
        return BACK if len(asked) > 5 else "x" if question.is_needed else None

    script = Script(registry.loaded("firm"), "short", registry.settings, day("2026-11-26"))
    with pytest.raises(EnoughError):
        hold(script, {}, answer, lambda answers: None)
    first, last = asked[:6], asked[5:]
    assert last == [*reversed(first), *[first[0]] * 2]


def test_an_answer_is_typed_as_it_is_read(italian):
    registry = Registry(italian)
    reader = Answers(registry.loaded("firm"), registry.vocabularies, day("2026-11-26"))
    read = 0
    for field in registry.kind("firm").leaves():
        for example in field.examples if field.ask else ():
            assert reader.read(field, typed(field, example)) == example
            read += 1
    assert read > 80
    names = registry.kind("firm").named("trading_names")[0]
    for said in (["Rossi, Figli"], ["Rossi, Figli", "R2"], ["R1", "R2"]):
        assert reader.read(names, typed(names, said)) == said
    with pytest.raises(AnswerError):
        reader.read(registry.kind("firm").named("batch")[0], "5..1")


def test_a_disk_that_is_full_at_the_end_keeps_the_answers(italian, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os\nreal = os.fsync\n"
        f"def full(descriptor):\n    raise OSError({errno.ENOSPC}, 'No space left on device')\n"
        "os.fsync = full\n"
    )
    path = f"{site}{os.pathsep}{ROOT}"
    talk = Talk(italian, PYTHONPATH=path).say(*TO_CAPABILITIES, ("Which process?", ""), *REST[3:], *LAST, *END)
    code, told = talk.say(("[Y/n]", "y")).end()
    assert (code, "No space left" in told, "are kept in" in told) == (1, True, True)
    assert (list((italian / "firms").iterdir()), len(drafts(italian))) == ([], 1)
