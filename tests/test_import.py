"""Lists become records by a mapping, and every row is accounted for."""

import shutil

import pytest
from conftest import ROOT, SHARED

MAPPING = ROOT / "examples" / "repair_stations.yaml"
LIST = ROOT / "tests" / "data" / "stations.csv"
REGISTER = SHARED / "data" / "faa_repair_stations.csv"


@pytest.fixture
def stations(empty, capreg):
    """A registry into which the small list was taken, with the report of it."""
    return empty, capreg("-R", empty, "import", LIST, "--mapping", MAPPING, "-O", "json")


def record(registry, capreg, id):
    return capreg("-R", registry, "show", id, "-O", "json").json


def faults(done) -> list[tuple[int, str]]:
    return [(note["row"], note["fault"]) for note in done.json["notes"]]


def test_every_row_has_an_outcome(stations):
    assert (stations[1].json["rows"], stations[1].json["outcomes"]) == (5, {"new": 3, "joined": 1, "refused": 1})


def test_a_refused_row_is_exit_4(stations):
    assert stations[1].code == 4


def test_what_rows_could_not_give_is_told_row_by_row(stations):
    assert faults(stations[1]) == [
        (3, "Certificated_Mechanics + Repairmen + Non_Certificated add up to 6"),
        (3, "not a day like 22-Nov-2026"),
        (3, "/sites/main/address/street: an earlier row of the same record says 1 Example Road, which stays"),
        (3, "/sites/main/address/locality: an earlier row of the same record says DAYTON, which stays"),
        (3, "/people/total: an earlier row of the same record says 6, which stays"),
        (4, "Certificated_Mechanics + Repairmen + Non_Certificated add up to 6.5"),
        (4, "not between -180 and -64 or 144 and 147"),
        (4, "/sites/position: left out, without longitude"),
        (4, "not a whole number"),
        (4, "neither yes nor no"),
        (5, "not ACTIVE"),
        (5, "/sites/address: left out, without locality"),
        (6, "not ACTIVE"),
        (6, "refused: /: 'name' is a required property"),
    ]


def test_rows_of_one_key_are_one_record(stations, capreg):
    firm = record(stations[0], capreg, "invented-avionics-llc-aaaa")
    assert [one["number"] for one in firm["certificates"]] == ["AAAA111A", "9001", "BBBB222B"]
    assert [one["process"] for one in firm["capabilities"]] == ["radio-class-1", "instrument-class-2"]


def test_staff_certificates_and_positions_stand_in_their_fields(stations, capreg):
    firm = record(stations[0], capreg, "invented-avionics-llc-aaaa")
    assert firm["people"]["skills"][0] == {"skill": "certificated-mechanic", "count": 2}
    assert firm["certificates"][1]["valid_until"] == "2021-08-01"
    assert firm["sites"][0]["position"] == {"latitude": 39.76, "longitude": -84.19}


def test_a_cell_that_means_nothing_gives_nothing(stations, capreg):
    assert record(stations[0], capreg, "nowhere-propellers-inc-cccc")["sites"][0]["address"]["street"] == "Hangar 7"


def test_ratings_are_words_of_the_registry(stations, capreg):
    assert capreg("-R", stations[0], "search", "process:radio-rating", "-O", "json").ids == [
        "invented-avionics-llc-aaaa"
    ]
    assert capreg("-R", stations[0], "check").code == 0


def test_the_same_list_again_changes_nothing(stations, capreg):
    before = {path: path.read_bytes() for path in stations[0].rglob("*.json")}
    again = capreg("-R", stations[0], "import", LIST, "--mapping", MAPPING, "-O", "json")
    assert again.json["outcomes"] == {"unchanged": 3, "joined": 1, "refused": 1}
    assert before == {path: path.read_bytes() for path in stations[0].rglob("*.json")}


def test_a_list_leaves_alone_what_it_does_not_speak_of(stations, capreg):
    path = stations[0] / "firms" / "nowhere-propellers-inc-cccc.json"
    path.write_text(path.read_text().replace('"id": "nowhere', '"summary": "By hand.",\n  "id": "nowhere', 1))
    capreg("-R", stations[0], "import", LIST, "--mapping", MAPPING)
    assert record(stations[0], capreg, "nowhere-propellers-inc-cccc")["summary"] == "By hand."


def test_a_file_that_holds_no_record_is_not_written_over(empty, capreg):
    broken = empty / "firms" / "nowhere-propellers-inc-cccc.json"
    broken.write_text("a person was here")
    capreg("-R", empty, "import", LIST, "--mapping", MAPPING)
    assert broken.read_text() == "a person was here"


def test_a_dry_run_reports_the_same_and_writes_nothing(empty, capreg):
    before = sorted(empty.rglob("*"))
    done = capreg("-R", empty, "import", LIST, "--mapping", MAPPING, "--dry-run", "-O", "json")
    assert (done.code, done.json["outcomes"]["new"], sorted(empty.rglob("*"))) == (4, 3, before)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("kind: firm\nkey: [Name]\nid: [Name]\nrecord: {nmae: Name}\n", "have no field 'nmae' here"),
        ("kind: firm\nkey: [Nmae]\nid: [Name]\nrecord: {name: Name}\n", "there is no column 'Nmae'"),
        ("kind: firm\nkey: [Name]\nid: [Name]\nrecrod: {name: Name}\n", "mapping.yaml:"),
        ("kind: firm\nkey: [Name]\nid: [Name]\nalso: {Name: ['/(a+)+/']}\nrecord: {name: Name}\n", "repeats a part"),
        ("kind: firm\nkind: firm\n", "mapping.yaml:"),
        ("kind: [firm\n", "mapping.yaml:"),
        ("kind: firm\nkey: [Name]\nid: [Name]\nrecord: {sites: {id: Name}}\n", "a list is wanted here"),
        ("kind: firm\nkey: [Name]\nid: [Name]\nrecord: {name: [Name]}\n", "not a list"),
        ("kind: firm\nkey: [Name]\nid: [Name]\nrecord: [Name]\n", "mapping"),
    ],
)
def test_a_mapping_that_does_not_hold_is_named(empty, capreg, tmp_path, mapping, told):
    (tmp_path / "mapping.yaml").write_text(mapping)
    done = capreg("-R", empty, "import", LIST, "--mapping", "mapping.yaml")
    assert (done.code, told in done.err, "Traceback" in done.err) == (4, True, False), done.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfeN\x00\n", "not utf-16"),
        (b"Name,Town\nRo\x00ssi,Bologna\n", "1 row refused"),
        (b'Name,Town\n"Rossi,Bologna\n', "row 2, line 2: a quote is opened that nothing closes"),
        (b"Name,Town\nRossi,Bologna,Italy\n", "1 row refused"),
        (b"Name,Name\nRossi,Bologna\n", "several columns 'Name'"),
        (b"", "there is no column 'Name'"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(empty, capreg, tmp_path, content, told):
    (tmp_path / "list.csv").write_bytes(content)
    (tmp_path / "mapping.yaml").write_text(
        "kind: firm\nkey: [Name]\nid: [Name]\n"
        "record: {name: Name, sites: [{id: {value: main}, address: {locality: Town, country: {value: IT}}}]}\n"
    )
    done = capreg("-R", empty, "import", "list.csv", "--mapping", "mapping.yaml")
    assert (done.code, told in done.err, "Traceback" in done.err) == (4, True, False), done.err


@pytest.mark.skipif(not REGISTER.exists(), reason="the register lies beside the project only where it is worked on")
def test_the_register_of_repair_stations_comes_in_whole(empty, capreg):
    done = capreg("-R", empty, "import", REGISTER, "--mapping", MAPPING, "-O", "json")
    assert (done.code, done.json["rows"], done.json["outcomes"]) == (0, 4023, {"new": 4019, "joined": 4})
    found = capreg("-R", empty, "search", "process:airframe-class-4", "near:Miami,50km", "-O", "json")
    assert "aar-aircraft-services-inc-xe4r" in found.ids
    assert capreg("-R", empty, "check").out == ""
    shutil.rmtree(empty)
