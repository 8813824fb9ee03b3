"""Questionnaires: made of the schema, filled with a record, and read again as that record."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, SHARED, files_of, firm, write_record
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mutations import exemplary
from openpyxl import load_workbook

from capreg.exchange.questionnaire import answered, is_questionnaire
from capreg.model.questionnaire import parts
from capreg.store.create import create
from capreg.store.registry import opened
from capreg.store.schemas import shipped_kinds, shipped_schema
from capreg.views.commented import commented
from capreg.views.questionnaire import Questionnaire
from capreg.views.values import Speech
from capreg.views.workbook import workbook

# Workbooks take their time: fewer of them are tried.
EXAMPLES = {".xlsx": 12, ".yaml": 60}
BYTES = {
    ".xlsx": lambda asked: workbook(asked),
    ".yaml": lambda asked: commented(asked).encode(),
}


def questionnaire(registry, kind: str, document: dict, form: str = "full", language: str = "en") -> Questionnaire:
    loaded = registry.loaded(kind)
    speech = Speech(language, registry.vocabularies)
    return Questionnaire(
        loaded.kind, loaded.schema, form, parts(loaded.kind, loaded.schema, form), document, speech, "A hub"
    )


def there_and_back(registry, document: dict, ending: str, form: str = "full", language: str = "en") -> dict:
    """Make a questionnaire of a record, and read it again."""
    path = registry.root.parent / f"filled{ending}"
    path.write_bytes(BYTES[ending](questionnaire(registry, document["kind"], document, form, language)))
    return answered(registry, path).record.document


def samples() -> list[Path]:
    shared = [path for path in (SHARED / "examples" / f"{kind}.json" for kind in shipped_kinds()) if path.exists()]
    return sorted([*ROOT.glob("sample_registry/*s/**/*.json"), *shared])


# Round trips


@pytest.mark.parametrize("ending", BYTES)
def test_every_sample_record_comes_back_as_it_was(empty, ending):
    registry = opened(str(empty))
    for at, path in enumerate(samples()[:: 5 if ending == ".xlsx" else 1]):
        document = json.loads(path.read_text())
        file = write_record(empty, document, f"{document['kind']}s")
        language, form = ("en", "it")[at % 2], ("full", "full", "short")[at % 3]
        assert there_and_back(registry, document, ending, form, language) == document, path.name
        file.unlink()


@pytest.mark.parametrize("ending", BYTES)
@pytest.mark.parametrize("name", ["firms/bologna/officine-savena.json", "contractors/nordwerk-fahrzeugbau.json"])
def test_a_record_taken_by_another_registry_is_what_was_asked_of_it(empty, ending, name):
    document = json.loads((ROOT / "sample_registry" / name).read_text())
    expected = {key: value for key, value in document.items() if key != "statements" or ending == ".yaml"}
    assert there_and_back(opened(str(empty)), document, ending) == expected


@pytest.mark.parametrize("ending", BYTES)
@pytest.mark.parametrize("kind", shipped_kinds())
def test_a_record_that_states_everything_keeps_what_the_short_form_does_not_ask(empty, kind, ending):
    document = exemplary(kind)
    write_record(empty, document, f"{kind}s")
    assert there_and_back(opened(str(empty)), document, ending, form="short") == document


AWKWARD = ["=1+1", "+39 051", "-", "--", '"', '""', "a; b", "a, b", " blanks ", "two\nlines", "_x0041_", "#REF!", "007", "1e5", "yes", "no",
           "null", "2026-11-22", "# no comment", "key: value", "- entry", "[x]", "{x: y}", "è\u2028é", "\ufeffx", "\U0001f600", "@home", "'quoted'", "\ttab", "%",
           "true", "1.450", "\\u0041", '"\\', "&lt;", "\ufffe"]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
)
IDS = st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True)


def of_schema(schema: dict) -> st.SearchStrategy:
    """Values that fit a schema, each of its optional parts there or not."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema.get("type")
    if isinstance(types, list):
        return st.none() | of_schema({**schema, "type": next(one for one in types if one != "null")})
    return {"object": objects, "array": lists, "string": strings, "integer": integers, "number": numbers}.get(
        types, lambda _: st.booleans()
    )(schema)


def objects(schema: dict) -> st.SearchStrategy:
    if "properties" not in schema:
        return st.dictionaries(TEXTS.filter(str.isidentifier), TEXTS, max_size=2)
    required = set(schema.get("required", ()))
    parts = {key: of_schema(one) for key, one in schema["properties"].items() if "const" not in one}
    found = st.fixed_dictionaries(
        {key: one for key, one in parts.items() if key in required},
        optional={key: one for key, one in parts.items() if key not in required},
    )
    return found.filter(lambda one: len(one) >= schema.get("minProperties", 0))


def lists(schema: dict) -> st.SearchStrategy:
    low = schema.get("minItems", 0)
    return st.lists(
        of_schema(schema["items"]),
        min_size=low,
        max_size=min(schema.get("maxItems", 3), max(3, low)),
        unique_by=json.dumps if schema.get("uniqueItems") else None,
    )


def integers(schema: dict) -> st.SearchStrategy:
    return st.integers(schema["minimum"], schema["maximum"])


def numbers(schema: dict) -> st.SearchStrategy:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    return st.floats(low if above is None else above, schema["maximum"], exclude_min=above is not None) | st.integers(
        int(low) if above is None else int(above) + 1, int(schema["maximum"])
    )


def strings(schema: dict) -> st.SearchStrategy:
    if schema.get("format") == "date":
        return st.dates().map(str)
    if "format" in schema or "pattern" in schema and not schema["pattern"].startswith("[^"):
        return (
            st.sampled_from(schema["examples"])
            if "examples" in schema
            else st.from_regex(schema["pattern"].replace("$", r"\Z"))
        )
    texts = TEXTS if "pattern" not in schema else TEXTS.filter(lambda one: bool(one.strip(" \t\n")))
    return texts.filter(lambda one: schema.get("minLength", 0) <= len(one) <= schema.get("maxLength", 1000))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A registry that records of a property come and go in."""
    folder = tmp_path_factory.mktemp("workshop") / "registry"
    create(folder, sample=False)
    return folder


@pytest.mark.parametrize("ending", BYTES)
def test_any_text_comes_back_as_it_was(empty, ending):
    document = {**firm(), "name": "Rossi\ufffe\u2028", "summary": "\ufffe", "trading_names": AWKWARD[:20]}
    write_record(empty, document)
    assert there_and_back(opened(str(empty)), document, ending) == document


@pytest.mark.parametrize("ending", BYTES)
@pytest.mark.parametrize("kind", shipped_kinds())
def test_any_record_comes_back_as_it_was(workshop, kind, ending):
    registry = opened(str(workshop))
    (workshop / f"{kind}s").mkdir(exist_ok=True)

    @settings(
        max_examples=EXAMPLES[ending], deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    @given(of_schema(shipped_schema(kind)), st.sampled_from(["en", "it"]), st.sampled_from(["short", "full"]))
    def holds(value, language, form):
        document = {"kind": kind, **value, "id": "rossi"}
        if not registry.loaded(kind).validator.is_valid(document):
            return
        path = write_record(workshop, document, f"{kind}s")
        try:
            assert there_and_back(registry, document, ending, form, language) == document
        finally:
            path.unlink()

    holds()


# What comes back


def filled(folder: Path, capreg, *arguments) -> Path:
    """Make a workbook in the folder around a registry."""
    path = folder.parent / "answers.xlsx"
    assert capreg("-R", folder, "template", *arguments, "-o", path).code == 0
    return path


def cell_of(book, path: tuple, row: int = 0, within: tuple = ()):
    """The cell of an answer, found by what the workbook says itself of its cells."""
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows())
        if sheet.title in ("capreg", "words") or not rows:
            continue
        if within and rows[0][0].value == json.dumps(list(within), separators=(",", ":")):
            column = next(one.column for one in rows[0] if one.value == json.dumps(list(path), separators=(",", ":")))
            return sheet.cell(4 + row, column)
        if not within and rows[0][0].value == "[]":
            for cells in rows:
                if cells[0].value == json.dumps(list(path), separators=(",", ":")):
                    return cells[2]
    raise KeyError(path)


def change(path: Path, doing) -> None:
    """Do something to a workbook as a person would."""
    book = load_workbook(path)
    doing(book)
    book.save(path)


def answer(book, path: tuple, value, row: int = 0, within: tuple = ()) -> None:
    cell_of(book, path, row, within).value = value


def fill_in(book) -> None:
    answer(book, ("name",), "Torneria Nuova S.r.l.")
    answer(book, ("people", "total"), "12")
    site, skill = ("sites",), ("capabilities",)
    answer(book, ("address", "locality"), "Imola", 0, site)
    answer(book, ("address", "country"), "IT", 0, site)
    answer(book, ("process",), "Fresatura a 5 assi", 0, skill)
    answer(book, ("materials",), "aluminium; Acciaio", 0, skill)
    answer(book, ("tolerance_mm",), "0,02", 0, skill)
    for at, length in enumerate((300, 200, 100.0)):
        answer(book, ("size_mm", at), length, 0, skill)


NEW = {
    "kind": "firm",
    "id": "torneria-nuova-s-r-l",
    "name": "Torneria Nuova S.r.l.",
    "sites": [{"id": "main", "address": {"locality": "Imola", "country": "IT"}}],
    "people": {"total": 12},
    "capabilities": [
        {
            "process": "5-axis-milling",
            "materials": ["aluminium", "steel"],
            "tolerance_mm": 0.02,
            "size_mm": [300, 200, 100],
        }
    ],
}


@pytest.mark.parametrize("form", ["short", "full"])
def test_a_blank_questionnaire_filled_in_is_a_new_firm_that_is_found(empty, capreg, form):
    path = filled(empty, capreg, "--form", form, "--language", "it")
    change(path, fill_in)
    done = capreg("-R", empty, "import", path, "-O", "json")
    assert (done.code, done.json["outcomes"]) == (0, {"new": 1}), done.err
    assert json.loads((empty / "firms" / "torneria-nuova-s-r-l.json").read_text()) == NEW
    assert capreg("-R", empty, "search", "process:milling", "tolerance:..0.02mm", "-O", "json").ids == [
        "torneria-nuova-s-r-l"
    ]
    again = capreg("-R", empty, "import", path, "-O", "json")
    assert (again.code, again.json["outcomes"]) == (0, {"unchanged": 1})


def test_a_changed_answer_changes_the_record_and_nothing_else(sample, capreg):
    path = filled(sample, capreg, "officine-savena", "--form", "short")
    change(path, lambda book: answer(book, ("hours_week",), 20, 0, ("capacity", "spare")))
    file = sample / "firms" / "bologna" / "officine-savena.json"
    expected = json.loads(file.read_text())
    expected["capacity"]["spare"][0]["hours_week"] = 20
    before = files_of(sample)
    assert capreg("-R", sample, "import", path, "--dry-run").code == 0
    assert files_of(sample) == before
    assert capreg("-R", sample, "import", path).code == 0
    assert json.loads(file.read_text()) == expected
    assert list(json.loads(file.read_text())) == list(expected)
    assert [line for line in (sample / "history").rglob("*.jsonl")]


def test_rows_added_deleted_and_sorted_keep_what_the_form_does_not_ask(sample, capreg):
    path = filled(sample, capreg, "officine-savena", "--form", "short")

    def turn(book):
        sheet = cell_of(book, ("process",), 0, ("capabilities",)).parent
        first, second = ([cell.value for cell in sheet[row]] for row in (4, 5))
        for row, values in ((4, second), (5, first), (6, [None, "Grinding"])):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column).value = value
        answer(book, ("name",), None, 0, ("products", "own"))
        sheet = cell_of(book, ("name",), 0, ("products", "own")).parent
        sheet.delete_rows(4)

    change(path, turn)
    assert capreg("-R", sample, "import", path).code == 0
    known = json.loads((ROOT / "sample_registry" / "firms" / "bologna" / "officine-savena.json").read_text())
    made = json.loads((sample / "firms" / "bologna" / "officine-savena.json").read_text())
    assert made["capabilities"] == [*known["capabilities"][::-1], {"process": "grinding"}]
    assert "own" not in made["products"]


def test_a_record_that_changed_since_is_not_overwritten(sample, capreg):
    path = filled(sample, capreg, "officine-savena")
    change(path, lambda book: answer(book, ("people", "total"), 20))
    file = sample / "firms" / "bologna" / "officine-savena.json"
    file.write_text(file.read_text().replace('"shifts": 2', '"shifts": 3'))
    before = file.read_bytes()
    done = capreg("-R", sample, "import", path)
    assert (done.code, file.read_bytes()) == (5, before)
    assert "'officine-savena' has changed since this questionnaire was made of it" in done.err


def test_what_changed_beside_the_questions_does_no_harm(sample, capreg):
    path = filled(sample, capreg, "officine-savena")
    change(path, lambda book: answer(book, ("people", "total"), 20))
    file = sample / "firms" / "bologna" / "officine-savena.json"
    file.write_text(file.read_text().replace('"method": "visit"', '"method": "telephone"'))
    assert capreg("-R", sample, "import", path).code == 0
    made = json.loads(file.read_text())
    assert (made["people"]["total"], made["statements"][1]["method"]) == (20, "telephone")


def test_a_blank_questionnaire_is_no_change_of_a_firm_of_that_name(sample, capreg):
    path = filled(sample, capreg)
    change(path, lambda book: (fill_in(book), answer(book, ("name",), "Officine Savena")))
    done = capreg("-R", sample, "import", path)
    assert (done.code, "the registry has a firm 'officine-savena' already" in done.err) == (4, True)


# Bad input

SKILLS, MACHINES = ("people", "skills"), ("machines",)
WRONG = {
    "a formula": (lambda book: answer(book, ("founded",), "=1980+7"), "sheet Firm, row 4, column C: a formula"),
    "an error": (lambda book: answer(book, ("founded",), "#REF!"), "sheet Firm, row 4, column C: the error #REF!"),
    "a word for a number": (lambda book: answer(book, ("count",), "nine", 0, SKILLS), "sheet Skills, row 4, column C: 'nine' is not a number"),
    "a number that may be two": (lambda book: answer(book, ("floor_area_m2",), "1.450", 0, ("sites",)), "may mean two numbers"),
    "half a person": (lambda book: answer(book, ("count",), 2.5, 1, SKILLS), "row 5, column C: 2.5 is not a whole number"),
    "out of range": (lambda book: answer(book, ("axes",), 0, 0, MACHINES), "0 is less than the minimum of 1"),
    "no such day": (lambda book: answer(book, ("valid_until",), "31/05/2027", 1, SKILLS), "is not a date"),
    "no such word": (lambda book: answer(book, ("type",), "lathee", 1, MACHINES), "is not a word of the vocabulary machine-types. Did you mean"),
    "neither yes nor no": (lambda book: answer(book, ("in_house",), "perhaps", 0, ("capabilities",)), "neither yes nor no"),
    "none of the answers": (lambda book: answer(book, ("status",), "given", 0, ("patents",)), "is none of the answers"),
    "a length missing": (lambda book: answer(book, ("envelope_mm", 1), None, 0, MACHINES), "all of these lengths are needed"),
    "a needed answer missing": (lambda book: answer(book, ("type",), None, 0, MACHINES), "sheet Machines, row 4, column C: an answer is needed"),
    "no name": (lambda book: answer(book, ("name",), " "), "sheet Firm, row 2, column C: an answer is needed"),
    "merged cells": (lambda book: cell_of(book, ("make",), 0, MACHINES).parent.merge_cells("E4:F4"), "the merged cells E4:F4"),
    "a question twice": (lambda book: setattr(book["Firm"]["A3"], "value", '["name"]'), "this question stands twice"),
    "no paths": (lambda book: book["Machines"].delete_rows(1), "sheet Machines: does not say any more"),
    "a column of one's own": (lambda book: setattr(book["Machines"]["Z5"], "value", "new!"), "row 5, column Z: this column is none"),
    "a question that is gone": (lambda book: setattr(book["Machines"]["E1"], "value", '["colour"]'), "column E: answers what firms are not asked"),
    "a list that is gone": (lambda book: setattr(book["Machines"]["A1"], "value", '["robots"]'), "asks for a list that firms do not have"),
    "another kind": (lambda book: setattr(book["capreg"]["B2"], "value", "firn"), "asks for the kind 'firn', which this registry does not have. Did you mean"),
    "another version": (lambda book: setattr(book["capreg"]["B1"], "value", "9"), "another version of capreg"),
    "no such entry around": (lambda book: setattr(book["Made as subcontractor Codes"]["B4"], "value", 77), "belongs to No. '77'"),
    "a machine that is not there": (lambda book: answer(book, ("machines",), "dmu-99", 0, ("capabilities",)), "'dmu-99' is no id of machines"),
    "an id twice": (lambda book: answer(book, ("id",), "dmu-65", 1, MACHINES), "stands twice in this list"),
    "a range reversed": (lambda book: answer(book, ("batch", "min"), 9000, 0, ("capabilities",)), "9000 is more than the max of 2000"),
}  # fmt: skip


@pytest.fixture(scope="module")
def savena(tmp_path_factory) -> Path:
    """A filled workbook, made once."""
    folder = tmp_path_factory.mktemp("savena")
    create(folder / "registry", sample=True)
    registry = opened(str(folder / "registry"))
    document = registry.get(registry.kind("firm"), "officine-savena").document
    (folder / "savena.xlsx").write_bytes(workbook(questionnaire(registry, "firm", document)))
    return folder / "savena.xlsx"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_told_with_its_sheet_row_and_column_and_nothing_is_written(savena, tmp_path, capreg, wrong):
    registry, path = savena.parent / "registry", tmp_path / "savena.xlsx"
    shutil.copy(savena, path)
    doing, told = WRONG[wrong]
    change(path, doing)
    before = files_of(registry)
    done = capreg("-R", registry, "import", path)
    assert (done.code, told in done.err, "Traceback" in done.err) == (4, True, False), done.err
    assert files_of(registry) == before


def test_all_that_is_wrong_is_told_in_one_run(savena, tmp_path, capreg):
    path = tmp_path / "savena.xlsx"
    shutil.copy(savena, path)
    change(path, lambda book: [WRONG[one][0](book) for one in ("a formula", "a word for a number", "no such word")])
    done = capreg("-R", savena.parent / "registry", "import", path)
    assert [line.count(": sheet ") for line in done.err.splitlines()] == [1, 1, 1, 0]


HARMLESS = {
    "rows above the head": lambda book: book["Machines"].insert_rows(1, 2),
    "a column before": lambda book: book["Machines"].insert_cols(1),
    "ten thousand empty rows": lambda book: [
        setattr(book["Machines"].cell(row, 3), "value", " ") for row in range(10, 10_010)
    ],
    "a sheet of one's own": lambda book: setattr(book.create_sheet("Notes")["A1"], "value", "=NOW()"),
    "a sheet renamed": lambda book: setattr(book["Machines"], "title", "Le macchine"),
    "a sheet deleted": lambda book: book.remove(book["Machines"]),
    "numbers stored as text": lambda book: answer(book, ("people", "total"), "18"),
    "a postal code become a number": lambda book: answer(book, ("address", "postal_code"), 40068, 0, ("sites",)),
    "a word by its id": lambda book: answer(book, ("type",), "lathe", 1, MACHINES),
}


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_people_do_to_a_workbook_does_no_harm(savena, tmp_path, capreg, harmless):
    path = tmp_path / "savena.xlsx"
    shutil.copy(savena, path)
    change(path, HARMLESS[harmless])
    done = capreg("-R", savena.parent / "registry", "import", path, "--dry-run", "-O", "json")
    assert (done.code, done.json["outcomes"]) == (0, {"unchanged": 1}), done.err


NOT_TAKEN = {
    "no-workbook.xlsx": (b"PK\x03\x04 and no more", 2, "is no questionnaire that capreg made"),
    "password.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, 4, "protected by a password"),
    "list.csv": (b"Name\nRossi\n", 2, "--mapping mapping.yaml"),
    "alias.yaml": (b"kind: firm\nname: &a Rossi\nsummary: *a\n", 4, "alias.yaml:3: an alias"),
    "double.yaml": (b"kind: firm\nname: A\nname: B\n", 4, "double.yaml:3"),
    "tab.yaml": (b"kind: firm\npeople:\n\ttotal: 3\n", 4, "tab.yaml:3"),
    "kind.yaml": (b"kind: firn\nname: A\n", 4, "kind.yaml:1 /kind: the kind 'firn' is not here. Did you mean firm"),
    "none.yaml": (b"", 4, "none.yaml:1"),
    "list.yaml": (b"- a\n", 4, "list.yaml:1"),
    "word.yaml": (
        b"kind: firm\nname: A\nsites:\n - id: main\ncapabilities:\n - process: miling\n", 4,
        "word.yaml:6 /capabilities/0/process: 'miling' is not a word of the vocabulary processes. Did you mean"),
    "range.yaml": (b"kind: firm\nname: A\nsites:\n - id: main\npeople:\n total: -1\n", 4, "range.yaml:6 /people/total: -1 is less than"),
    "gone.yaml": (b"kind: firm\nname: A\nsites:\n - id: main\ncolour: red\n", 4, "gone.yaml:5 /colour: unknown field 'colour'"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_is_no_questionnaire_or_does_not_hold_is_told_in_a_sentence(empty, tmp_path, capreg, name):
    content, code, told = NOT_TAKEN[name]
    (tmp_path / name).write_bytes(content)
    done = capreg("-R", empty, "import", name)
    assert (done.code, told in done.err, "Traceback" in done.err) == (code, True, False), done.err
    assert list((empty / "firms").iterdir()) == []


def test_yaml_takes_words_by_their_labels_and_leaves_out_what_was_left_blank(empty, tmp_path, capreg):
    (tmp_path / "new.yaml").write_text(capreg("-R", empty, "template").out)
    text = (tmp_path / "new.yaml").read_text().replace("\nname:", "\nname: Rossi")
    text = (
        text.replace("\n    process:", "\n    process: Fresatura a 5 assi", 1)
        .replace("locality:", "locality: Imola")
        .replace("country:", "country: IT")
    )
    (tmp_path / "new.yaml").write_text(text.replace("  - id:\n    address", "  - id: main\n    address"))
    done = capreg("-R", empty, "import", "new.yaml")
    assert done.code == 0, done.err
    made = json.loads((empty / "firms" / "rossi.json").read_text())
    assert made["capabilities"] == [{"process": "5-axis-milling"}]
    assert made["sites"] == [{"id": "main", "address": {"locality": "Imola", "country": "IT"}}]
    assert set(made) == {"kind", "id", "name", "sites", "capabilities"}


# What is made


def test_every_question_of_the_schema_stands_in_every_form(sample, capreg):
    for kind in shipped_kinds():
        asked = [one.ask["en"] for one in opened(str(sample)).kind(kind).root.walk() if one.ask]
        yaml = " ".join(capreg("-R", sample, "template", "-k", kind).out.replace("#", " ").split())
        html = capreg("-R", sample, "template", "-k", kind, "-O", "html").out
        path = filled(sample, capreg, "-k", kind)
        cells = " ".join(str(one) for sheet in load_workbook(path) for row in sheet.values for one in row if one)
        assert [one for one in asked if one not in yaml or one not in cells] == []
        assert len(asked) > 30 and html.count("<h2>") > 5


def test_no_text_of_a_record_becomes_a_formula(empty, capreg):
    hostile = ['=HYPERLINK("http://x")', "+1+1", "-1", "@SUM(A1)"]
    write_record(empty, firm(summary=hostile[0], trading_names=hostile, languages=[]))
    book = load_workbook(filled(empty, capreg, "rossi"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert cell_of(book, ("summary",)).value == hostile[0] and cell_of(book, ("summary",)).quotePrefix


def test_cells_refuse_what_is_out_of_range(empty, capreg):
    book = load_workbook(filled(empty, capreg))
    rules = {(sheet.title, str(rule.sqref)): rule for sheet in book for rule in sheet.data_validations.dataValidation}
    axes = next(rule for (sheet, cells), rule in rules.items() if sheet == "Machines" and cells.startswith("J"))
    assert (axes.type, axes.formula1, axes.formula2, axes.showErrorMessage) == ("whole", "1", "50", True)
    words = next(rule for (sheet, cells), rule in rules.items() if sheet == "Machines" and cells.startswith("C"))
    assert words.type == "list" and words.formula1.startswith("words!$")
    assert {"whole", "decimal", "date", "list", "custom", "textLength"} <= {rule.type for rule in rules.values()}
    assert all(
        sheet.freeze_panes for sheet in book if sheet.sheet_state == "visible" and sheet.title != "Questionnaire"
    )


def test_a_question_added_to_a_schema_is_asked_and_taken(empty, capreg):
    (empty / "schemas").mkdir(exist_ok=True)
    note = {
        "label": {"en": "Hall", "it": "Capannone"},
        "ask": {"en": "How high is it?", "it": "Altezza?", "form": "short", "group": "hall"},
    }
    added = {"properties": {"hall_m": {"type": "number", "exclusiveMinimum": 0, "examples": [6], "capreg": note}}}
    (empty / "schemas" / "firm.schema.json").write_text(json.dumps(added))
    path = filled(empty, capreg, "--form", "short")
    change(path, lambda book: (fill_in(book), answer(book, ("hall_m",), 7.5)))
    assert capreg("-R", empty, "import", path).code == 0
    assert json.loads((empty / "firms" / "torneria-nuova-s-r-l.json").read_text()) == {**NEW, "hall_m": 7.5}
    (empty / "schemas" / "firm.schema.json").unlink()
    (empty / "firms" / "torneria-nuova-s-r-l.json").unlink()
    done = capreg("-R", empty, "import", path)
    assert (done.code, "answers what firms are not asked any more" in done.err) == (4, True)


# A real spreadsheet program


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_is_still_that_record(savena, tmp_path):
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        tmp_path,
        savena,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    registry = opened(str(savena.parent / "registry"))
    assert is_questionnaire(tmp_path / "savena.xlsx")
    assert answered(registry, tmp_path / "savena.xlsx").is_changed is False
    rules = [
        rule.type for sheet in load_workbook(tmp_path / "savena.xlsx") for rule in sheet.data_validations.dataValidation
    ]
    assert {"whole", "decimal", "list"} <= set(rules)
