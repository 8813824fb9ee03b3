"""What is due in profiles is listed, asked for in letters, and verified."""

import json

import pytest
from conftest import firm, write_record
from pypdf import PdfReader

TODAY = "2026-11-26"


def statement(about, stated_on, **rest):
    return {"about": about, "source": "firm", "stated_on": stated_on, **rest}


def spare(stated_on, **rest):
    return {"capacity": {"spare": [{"id": "all", "hours_week": 20, "stated_on": stated_on, **rest}]}}


VERIFIED = {"verified_on": "2026-11-20", "verified_by": "hub"}
SEEN = [statement("/name", "2026-11-01", **VERIFIED)]
# What a firm says, and what of it is due on the day.
CASES = {
    "spare capacity of six weeks ago": (spare("2026-10-15"), []),
    "spare capacity of seven weeks ago": (
        spare("2026-10-08"),
        [("/capacity/spare/all/hours_week", "older than 6 weeks")],
    ),
    "a period that is over": (
        spare("2026-11-20", until="2026-11-25"),
        [("/capacity/spare/all/until", "lapsed 2026-11-25")],
    ),
    "a period that ends today": (spare("2026-11-20", until=TODAY), [("/capacity/spare/all/until", f"lapses {TODAY}")]),
    "machines of a year ago": (
        {
            "machines": [{"id": "a", "type": "lathe", "count": 2}],
            "statements": [*SEEN, statement("/machines", "2025-11-25")],
        },
        [("/machines", "older than 1 year")],
    ),
    "machines of a year ago, verified since": (
        {"machines": [{"type": "lathe", "count": 2}], "statements": [statement("/machines", "2025-11-25", **VERIFIED)]},
        [],
    ),
    "one machine of long ago among others": (
        {
            "machines": [{"id": "a", "type": "lathe", "count": 2}, {"id": "b", "type": "lathe", "count": 1}],
            "statements": [*SEEN, statement("/machines", "2026-11-01"), statement("/machines/b/count", "2020-01-01")],
        },
        [("/machines/b/count", "older than 1 year")],
    ),
    "a whole record of long ago": (
        {"people": {"total": 3}, "statements": [*SEEN, statement("", "2024-01-01")]},
        [("/people/total", "older than 1 year")],
    ),
    "a value that nobody dated": ({"people": {"total": 3}}, []),
    "a certificate that lapses in 60 days": (
        {"certificates": [{"standard": "iso-9001", "valid_until": "2027-01-25"}]},
        [("/certificates/0/valid_until", "lapses 2027-01-25")],
    ),
    "a certificate that lapses in 61 days": (
        {"certificates": [{"standard": "iso-9001", "valid_until": "2027-01-26"}]},
        [],
    ),
    "nobody verified anything": ({"statements": [statement("/name", "2026-11-01")]}, [("/", "never verified")]),
}


@pytest.mark.parametrize(("said", "due"), CASES.values(), ids=CASES)
def test_what_is_due(empty, capreg, said, due):
    write_record(empty, firm(**{"statements": SEEN, **said}))
    done = capreg("-R", empty, "stale", "--on", TODAY, "--columns", "field,why")
    assert [tuple(line.split("\t")) for line in done.out.splitlines()[1:]] == due


def test_within_says_how_far_ahead_is_looked(empty, capreg):
    write_record(empty, firm(certificates=[{"standard": "iso-9001", "valid_until": "2027-01-26"}], statements=SEEN))
    for within, lines in (("61", 2), ("60", 1)):
        assert capreg("-R", empty, "stale", "--on", TODAY, "--within", within).out.count("\n") == lines


def test_machines_get_ages_limits_and_reasons_as_words_of_their_own(empty, capreg):
    write_record(empty, firm(**spare("2026-10-08"), statements=SEEN))
    assert capreg("-R", empty, "stale", "--on", TODAY, "-O", "json").json["due"] == [
        {
            "id": "rossi",
            "field": "/capacity/spare/all/hours_week",
            "stated_on": "2026-10-08",
            "age_days": 49,
            "why": "old",
            "limit": "P6W",
        }
    ]


def test_a_confidential_field_is_listed_to_the_hub_alone(empty, capreg):
    statements = [*SEEN, statement("/capacity", "2024-01-01")]
    write_record(empty, firm(capacity={"largest_customer_share": 0.4}, statements=statements))
    assert "largest" not in capreg("-R", empty, "stale").out
    assert "largest" in capreg("-R", empty, "stale", "--internal").out
    assert "HUB ONLY" in capreg("-R", empty, "stale", "-O", "text").out


def test_a_record_that_cannot_be_read_is_counted(empty, capreg):
    (empty / "firms" / "bad.json").write_text("{")
    assert "1 record cannot be read" in capreg("-R", empty, "stale").err


@pytest.fixture
def two(empty):
    """Two firms of whom something is asked, an Italian and a German one, and one of whom nothing is."""
    machines = {"machines": [{"id": "a", "type": "lathe", "make": "Comev", "count": 2}]}
    old = [statement("/machines", "2024-01-01"), *SEEN]
    write_record(empty, firm("bianchi", **machines, statements=old, languages=["de", "it", "en"]))
    write_record(empty, firm("weber", **spare("2026-01-01"), statements=SEEN, languages=["de"]))
    write_record(empty, firm("neri"))
    return empty


def test_a_letter_asks_a_firm_in_its_language_for_what_is_due_and_no_more(two, capreg):
    done = capreg("-R", two, "stale", "--letters", "--on", TODAY)
    italian, english = done.out.split("\f")
    assert "Ci risulta" in italian and "Comev" in italian and "più vecchio" in italian
    assert "How many hours a week are free?" in english and "20 h (Stated on 2026-01-01" in english
    assert "Neri" not in done.out and "HUB ONLY" not in done.out
    assert "capreg template firm --id ID" in done.err


def test_letters_go_to_a_folder_a_file_each(two, capreg, tmp_path):
    assert capreg("-R", two, "stale", "--letters", "--on", TODAY, "-o", f"{tmp_path}/out/", "-O", "html").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["bianchi.html", "weber.html"]
    assert '<html lang="it">' in (tmp_path / "out" / "bianchi.html").read_text()


def test_letters_are_not_written_among_the_records(two, capreg):
    assert capreg("-R", two, "stale", "--letters", "-o", f"{two}/firms/").code == 2


def test_every_letter_begins_a_sheet_on_paper(two, capreg, tmp_path):
    pytest.importorskip("typst")
    assert capreg("-R", two, "stale", "--letters", "--on", TODAY, "-o", tmp_path / "all.pdf").code == 0
    first, second = [page.extract_text() for page in PdfReader(tmp_path / "all.pdf").pages]
    assert ("Bianchi" in first, "Bianchi" in second, "Weber" in second) == (True, False, True)


def stored(registry, id="rossi"):
    return json.loads((registry / "firms" / f"{id}.json").read_text())


@pytest.fixture
def machines(empty):
    """A firm with a machine, which it stated."""
    said = {"machines": [{"id": "a", "type": "lathe", "count": 2}, {"type": "lathe"}], "people": {"total": 3}}
    write_record(empty, firm(**said, statements=[statement("/machines/0", "2024-05-01", method="telephone")]))
    return empty


WHO = ["--by", "M. Neri", "--method", "visit", "--on", "2026-11-20"]
BY = {"verified_on": "2026-11-20", "verified_by": "M. Neri", "verified_how": "visit"}
STATED = {"source": "firm", "method": "telephone", "stated_on": "2024-05-01"}


@pytest.mark.parametrize(
    ("field", "statements"),
    [
        ("machines[a]", [{"about": "/machines/a", **STATED, **BY}]),
        ("/machines/a", [{"about": "/machines/a", **STATED, **BY}]),
        ("machines[0].count", [{"about": "/machines/0", **STATED}, {"about": "/machines/a/count", **STATED, **BY}]),
        (
            "people.total",
            [
                {"about": "/machines/0", **STATED},
                {"about": "/people/total", "source": "M. Neri", "stated_on": "2026-11-20", **BY},
            ],
        ),
        (
            "/",
            [{"about": "/machines/0", **STATED}, {"about": "", "source": "M. Neri", "stated_on": "2026-11-20", **BY}],
        ),
    ],
)
def test_who_verified_a_field_stands_in_the_statement_about_it(machines, capreg, field, statements):
    assert capreg("-R", machines, "verify", "rossi", field, *WHO).code == 0
    assert stored(machines)["statements"] == statements
    assert capreg("-R", machines, "check").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["rossi", "people.shifts", *WHO], 3, "states nothing there"),
        (["rossi", "machines[2]", *WHO], 3, "states nothing there"),
        (["rossi", "machines[b]", *WHO], 3, "no entry 'b'"),
        (["rossi", "machnies", *WHO], 2, "Did you mean machines?"),
        (["rosi", "machines", *WHO], 3, "Did you mean rossi?"),
        (["rossi", "machines", "--by", "x", "--method", "y", "--on", "2999-01-01"], 2, "is not here yet"),
        (["rossi", "machines", "--by", "x"], 2, "--method"),
        (["rossi", *WHO], 2, "FIELD"),
    ],
)
def test_what_is_not_stated_cannot_be_verified(machines, capreg, arguments, code, told):
    before = stored(machines)
    done = capreg("-R", machines, "verify", *arguments)
    assert (done.code, told in done.err, stored(machines)) == (code, True, before), done.err


def test_what_was_verified_is_not_stale_any_more(machines, capreg):
    asked = ["stale", "--on", TODAY, "--columns", "field"]
    assert "/machines/a" in capreg("-R", machines, *asked).out
    capreg("-R", machines, "verify", "rossi", "machines[a]", *WHO)
    assert "/machines" not in capreg("-R", machines, *asked).out
