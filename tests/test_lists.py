"""Lists as they arrive: each file of `data/lists` comes in as the file beside it says, or is refused in the words beside it."""

import json
import zipfile
from datetime import date

import pytest
from conftest import ROOT, files_of, firm, write_record
from openpyxl import Workbook

from capreg.exchange.cells import Cell, Writing, country_of, day_of, flag_of, measured, number, telephone_of, year_of
from capreg.model.kinds import Field, Tier

LISTS = ROOT / "tests" / "data" / "lists"
GOOD, BAD = (
    [one for one in sorted((LISTS / folder).iterdir()) if ".expected" not in one.name and one.suffix != ".yaml"]
    for folder in ("good", "bad")
)
TOWNS = LISTS / "good" / "towns.yaml"


def expected(path):
    return json.loads((path.parent / f"{path.stem}.expected.json").read_text())


def mapping_of(path, name):
    return ROOT / name if name.startswith("examples/") else path.parent / name


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_list_comes_in_as_is_expected_and_a_second_time_changes_nothing(empty, capreg, path):
    wanted = expected(path)
    importing = ("-R", empty, "import", path, "--mapping", mapping_of(path, wanted["mapping"]), "-O", "json")
    done = capreg(*importing)
    assert (done.code, done.json["outcomes"]) == (wanted["code"], wanted["outcomes"]), done.out + done.err
    told = [(note["row"], note["fault"]) for note in done.json["notes"] if "duplicate" not in note["fault"]]
    assert [row for row, _ in told] == [row for row, _ in wanted["notes"]], told
    assert all(words in sentence for (_, sentence), (_, words) in zip(told, wanted["notes"], strict=True)), told
    for id, parts in wanted["records"].items():
        record = capreg("-R", empty, "show", id, "-O", "json").json
        assert {key: record.get(key) for key in parts} == parts
    before = files_of(empty / "firms")
    assert not {"new", "changed"} & set(capreg(*importing).json["outcomes"])
    assert files_of(empty / "firms") == before


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_list_that_cannot_be_read_is_refused_in_clear_words_and_writes_no_half(empty, capreg, path):
    done = capreg("-R", empty, "import", path, "--mapping", TOWNS)
    assert (done.code, "Traceback" in done.err) == (4, False)
    assert [words for words in expected(path) if words not in done.err] == [], done.err


def workbook(path, *rows, merged=(), title="Sheet", more=None):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    for name, content in (more or {}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    book.save(path)
    return path


def taken(capreg, registry, path, mapping=TOWNS, *more):
    return capreg("-R", registry, "import", path, "--mapping", mapping, "-O", "json", *more)


def test_merged_cells_hold_for_each_of_their_rows_and_that_is_told(empty, capreg, tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["Name", "Town"], ["Rossi", "Bologna"], ["Verdi", None], merged=["B2:B3"])
    done = taken(capreg, empty, path)
    assert (done.json["outcomes"], "1 merged areas" in done.err) == ({"new": 2}, True)


def test_the_head_on_a_later_row_is_found_and_told(empty, capreg, tmp_path):
    done = taken(
        capreg, empty, workbook(tmp_path / "a.xlsx", ["Our members"], [], ["Name", "Town"], ["Rossi", "Bologna"])
    )
    assert (done.json["outcomes"], done.json["remarks"]) == ({"new": 1}, ["the head is row 3"])


def test_ten_thousand_empty_rows_are_passed_over(empty, capreg, tmp_path):
    rows = [["Name", "Town"], ["Rossi", "Bologna"], *([["", " "]] * 10_000), ["Verdi", "Modena"]]
    assert taken(capreg, empty, workbook(tmp_path / "a.xlsx", *rows)).json["outcomes"] == {"new": 2}


def test_an_error_and_a_formula_without_a_value_are_told_with_their_cell(empty, capreg, tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["Name", "Town"], ["Rossi", "#REF!"], ["Verdi", '="Mo"&"dena"'])
    notes = taken(capreg, empty, path).json["notes"]
    told = [(note["row"], note["column"]) for note in notes if note["column"]]
    assert told == [(2, "Town"), (3, "Town")]
    assert "formula without a value" in str(notes)


def test_the_other_sheets_are_named_and_one_is_chosen_by_the_mapping(empty, capreg, tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        ["Name", "Town"],
        ["Rossi", "Bologna"],
        more={"Old": [["Name", "Town"], ["Verdi", "Modena"]]},
    )
    assert "not 'Old'" in taken(capreg, empty, path, TOWNS, "--dry-run").err
    (tmp_path / "m.yaml").write_text("sheet: Old\n" + TOWNS.read_text())
    assert taken(capreg, empty, path, tmp_path / "m.yaml").json["taken"] == [
        {"row": 2, "outcome": "new", "id": "verdi"}
    ]


def test_a_hundred_thousand_columns_are_refused(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text(",".join(map(str, range(100_000))) + "\n1\n")
    done = taken(capreg, empty, tmp_path / "a.csv")
    assert (done.code, "100,000 columns" in done.err) == (4, True)


def test_a_workbook_that_unpacks_to_too_much_is_refused(empty, capreg, tmp_path, monkeypatch):
    monkeypatch.setattr("capreg.exchange.workbook.LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "0" * 10_000)
    assert taken(capreg, empty, tmp_path / "a.xlsx").code == 4


def test_strict_writes_none_where_one_is_refused(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Town\nRossi,Bologna\nVerdi,\n")
    before = files_of(empty / "firms")
    done = taken(capreg, empty, tmp_path / "a.csv", TOWNS, "--strict")
    assert (done.code, "nothing was written" in done.err, files_of(empty / "firms")) == (4, True, before)
    assert taken(capreg, empty, tmp_path / "a.csv").json["outcomes"] == {"new": 1, "refused": 1}


def test_a_dry_run_shows_the_first_records_as_they_would_look(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Town\nRossi,Bologna\n")
    done = capreg("-R", empty, "import", tmp_path / "a.csv", "--mapping", TOWNS, "--dry-run", "-O", "text")
    assert ("Rossi (rossi)" in done.out, "Bologna" in done.out, list((empty / "firms").glob("*.json"))) == (
        True,
        True,
        [],
    )


def test_the_report_has_a_line_for_each_row(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Town\nRossi,Bologna\nVerdi,\n")
    capreg("-R", empty, "import", tmp_path / "a.csv", "--mapping", TOWNS, "-o", tmp_path / "report.csv")
    lines = (tmp_path / "report.csv").read_text().splitlines()
    assert lines[1] == "2,new,rossi,,,"
    assert any(line.startswith("3,refused,") for line in lines)


def test_what_a_person_added_to_an_entry_stays_and_what_the_list_has_no_longer_is_told(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Town\nRossi,Bologna\n")
    taken(capreg, empty, tmp_path / "a.csv")
    record = firm()
    record["sites"] = [
        {"id": "main", "address": {"locality": "Bologna", "country": "IT"}, "floor_area_m2": 90},
        {"id": "second"},
    ]
    write_record(empty, record)
    notes = taken(capreg, empty, tmp_path / "a.csv").json["notes"]
    assert capreg("-R", empty, "show", "rossi", "-O", "json").json["sites"] == record["sites"][:1]
    assert [note["fault"] for note in notes] == ["/sites: the list has it no longer, and it goes"]


def test_without_a_mapping_the_way_out_is_a_guess(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Town\nRossi,Bologna\n")
    done = capreg("-R", empty, "import", tmp_path / "a.csv")
    assert (done.code, "--guess" in done.err) == (2, True)


def test_a_guess_is_a_mapping_that_imports_with_its_reasons_beside_it(empty, capreg, tmp_path):
    (tmp_path / "a.csv").write_text(
        "Ragione sociale;Comune;Paese;Partita IVA;Telefono;Lavorazioni;Superficie (m2);Fresatura\n"
        "Rossi S.r.l.;Bologna;Italia;IT001;+39 051 6250000;Tornitura / Saldatura;1.200,5;sì\n"
        "Verdi SpA;Lyon;France;FR002;+33 4 7800 0000;Saldatura;800;no\n"
    )
    guessed = capreg("-R", empty, "import", tmp_path / "a.csv", "--guess")
    assert (guessed.code, "# named as 'Ragione sociale'" in guessed.out, list((empty / "firms").glob("*"))) == (
        0,
        True,
        [],
    )
    (tmp_path / "m.yaml").write_text(guessed.out)
    done = taken(capreg, empty, tmp_path / "a.csv", tmp_path / "m.yaml")
    assert (done.code, done.json["outcomes"], done.json["notes"]) == (0, {"new": 2}, []), guessed.out
    rossi = capreg("-R", empty, "show", "rossi-s-r-l-it001", "-O", "json").json
    assert {one["process"] for one in rossi["capabilities"]} == {"turning", "welding", "milling"}
    assert (rossi["sites"][0]["address"]["country"], rossi["sites"][0]["floor_area_m2"]) == ("IT", 1200.5)


TWINS = {
    "the same number": ({"identifiers": [{"scheme": "VAT", "id": "IT 1"}]}, {"name": "Other", "identifiers": [{"scheme": "VAT", "id": "it1"}]}, True),
    "the form of the company": ({"name": "Rossi S.r.l."}, {"name": "ROSSI SPA"}, True),
    "a slip of a hand in the same place": ({"name": "Officine Savena"}, {"name": "Oficine Savena"}, True),
    "the same telephone, names alike": (
        {"name": "Rossi Meccanica", "contacts": [{"role": "x", "phone": "+39 051 625000"}]},
        {"name": "Rossi Meccaniche di Precisione", "contacts": [{"role": "y", "phone": "+39051625000"}]},
        True,
    ),
    "a number of their own": ({"name": "Plant 1"}, {"name": "Plant 2"}, False),
    "others": ({"name": "Rossi"}, {"name": "Verdi"}, False),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "is_told"), TWINS.values(), ids=TWINS)
def test_records_that_may_be_one_are_told_with_the_reasons(empty, capreg, one, other, is_told):
    write_record(empty, {**firm("a"), **one})
    write_record(empty, {**firm("b"), **other})
    found = capreg("-R", empty, "check", "--duplicates", "-O", "json").json["duplicates"]
    assert [(pair["first"], pair["second"]) for pair in found] == ([("a", "b")] if is_told else [])


def test_a_person_puts_a_row_onto_the_record_that_it_is(empty, capreg, tmp_path):
    write_record(empty, firm("officine-rossi", name="Officine Rossi", founded=1987))
    (tmp_path / "a.csv").write_text("Name,Town\nRossi Officine S.r.l.,Bologna\nVerdi,Modena\n")
    assert "possible duplicate of officine-rossi" in taken(capreg, empty, tmp_path / "a.csv", TOWNS, "--dry-run").out
    assert taken(capreg, empty, tmp_path / "a.csv", TOWNS, "--onto", "officine-rossi").code == 2
    done = taken(capreg, empty, tmp_path / "a.csv", TOWNS, "--onto", "officine-rossi", "--row", "2")
    assert done.json["outcomes"] == {"changed": 1, "left alone": 1}
    record = capreg("-R", empty, "show", "officine-rossi", "-O", "json").json
    assert (record["name"], record["trading_names"], record["founded"]) == (
        "Officine Rossi",
        ["Rossi Officine S.r.l."],
        1987,
    )
    assert taken(capreg, empty, tmp_path / "a.csv", TOWNS, "--onto", "nobody", "--row", "2").code == 3


FLOOR, MASS = Field(("floor",), Tier.short, unit="m2"), Field(("mass",), Tier.short, unit="kg")
COMMA = Writing(decimal=",")


@pytest.mark.parametrize(
    ("read", "arguments", "value"),
    [
        (number, ("1.234,5", COMMA), 1234.5),
        (number, ("1 234,5", COMMA), 1234.5),
        (number, ("1,234.5", Writing(thousands=",")), 1234.5),
        (number, ("1,234", Writing()), Cell),
        (number, ("1.23", COMMA), Cell),
        (number, ("about 12", Writing()), Cell),
        (measured, ("0,5 t", MASS, COMMA), 500),
        (measured, ("12", MASS, Writing(unit="t")), 12000),
        (measured, (12, MASS, Writing()), 12),
        (measured, ("12 kg", FLOOR, Writing()), Cell),
        (day_of, ("3 marzo 1998", Writing(dates=["%d %B %Y"])), "1998-03-03"),
        (day_of, ("12-GEN-2026", Writing(dates=["%d/%m/%Y", "%d-%b-%Y"])), "2026-01-12"),
        (day_of, ("45000", Writing()), "2023-03-15"),
        (day_of, (date(2026, 1, 2), Writing()), "2026-01-02"),
        (day_of, ("2026-01-02T10:00:00", Writing()), "2026-01-02"),
        (day_of, ("1/2/2026", Writing()), Cell),
        (country_of, ("Deutschland",), "DE"),
        (country_of, ("viet nam",), "VN"),
        (country_of, ("Atlantis",), Cell),
        (telephone_of, ("0039 051-62.50",), "+390516250"),
        (telephone_of, ("030 / 12345", "+49"), "+493012345"),
        (telephone_of, ("+39 051 625000 / 625001",), "+39051625000"),
        (telephone_of, ("030 12345", "+49"), "+493012345"),
        (telephone_of, ("051 6250", "+39"), "+390516250"),
        (telephone_of, ("051 6250",), Cell),
        (year_of, ("since 1998",), "1998"),
        (flag_of, ("Sì",), True),
        (flag_of, ("perhaps",), Cell),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_lists_write_it(read, arguments, value):
    if value is Cell:
        with pytest.raises(Cell):
            read(*arguments)
    else:
        assert read(*arguments) == value
