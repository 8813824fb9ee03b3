"""Names lead to places, and ways to minutes."""

import json
import subprocess
import sys
from configparser import ConfigParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from conftest import ROOT, firm, write_record

from capreg.errors import ExitCode
from capreg.index import whereabouts
from capreg.index.catalogue import Catalogue
from capreg.index.compiled import places_read, ways_read
from capreg.model.place import Place, Position, Travel, Way, name_key
from capreg.query.near import Near
from capreg.query.places import AmbiguousPlaceError, Listed, Places, UnknownPlaceError
from capreg.store import gazetteer
from capreg.store.gazetteer import Gazetteer, SortedLines
from capreg.store.registry import Registry

GAZETTEER = Gazetteer()
BOLOGNA, MODENA = Position(44.4938, 11.3388), Position(44.6478, 10.9254)

FILE = Path(gazetteer.FILE)


def places(country: str | None = "IT", sources=(GAZETTEER,), **rest) -> Places:
    return Places(sources, country, continent=GAZETTEER.continent, **rest)


def known_in(registry: Path) -> Places:
    """Return what a registry knows of places."""
    return whereabouts.places_of(Catalogue(str(registry)))


def near(query: str, known: Places) -> Near:
    """Return the condition that `near:QUERY` means."""
    field = type("Field", (), {"search": type("Search", (), {"named": ("address/locality", "address/country")})})
    return Near.read(tuple(query.split("|")), field, type("Asking", (), {"places": known}))


# Names, as people type them: (typed, the place's own name and country, where it lies).

LEADS = [
    ("Firenze", "Florence,IT", (43.78, 11.25)),
    ("Florence", "Florence,IT", (43.78, 11.25)),
    ("Milano", "Milan,IT", (45.46, 9.19)),
    ("Milan", "Milan,IT", (45.46, 9.19)),
    ("Reggio Emilia", "Reggio nell'Emilia,IT", (44.70, 10.63)),
    ("Reggio nell'Emilia", "Reggio nell'Emilia,IT", (44.70, 10.63)),
    ("reggio  nell’emilia", "Reggio nell'Emilia,IT", (44.70, 10.63)),
    ("REGGIO-EMILIA", "Reggio nell'Emilia,IT", (44.70, 10.63)),
    ("Köln", "Köln,DE", (50.93, 6.95)),
    ("Koln", "Köln,DE", (50.93, 6.95)),
    ("Koeln", "Köln,DE", (50.93, 6.95)),
    ("Cologne,DE", "Köln,DE", (50.93, 6.95)),
    ("München", "Munich,DE", (48.14, 11.58)),
    ("Munich", "Munich,DE", (48.14, 11.58)),
    ("Muenchen", "Munich,DE", (48.14, 11.58)),
    ("Monaco di Baviera", "Munich,DE", (48.14, 11.58)),
    ("Tuebingen", "Tübingen,DE", (48.52, 9.05)),
    ("Kassel", "Kassel,DE", (51.32, 9.50)),
    ("Lyon", "Lyon,FR", (45.75, 4.85)),
    ("Paris", "Paris,FR", (48.85, 2.35)),
    ("paris,fr", "Paris,FR", (48.85, 2.35)),
    ("Paris,US", "Paris,US", (33.66, -95.56)),
    ("Genève", "Geneva,CH", (46.20, 6.15)),
    ("Geneva", "Geneva,CH", (46.20, 6.15)),
    ("Wien", "Vienna,AT", (48.21, 16.37)),
    ("Barcelona", "Barcelona,ES", (41.39, 2.16)),
    ("Barcellona", "Barcelona,ES", (41.39, 2.16)),
    ("Sassuolo", "Sassuolo,IT", (44.54, 10.78)),
    ("Bologna", "Bologna,IT", (44.49, 11.34)),
    ("Modena", "Modena,IT", (44.65, 10.93)),
    ("Parma", "Parma,IT", (44.80, 10.33)),
    ("Parma,IT", "Parma,IT", (44.80, 10.33)),
    ("San Lazzaro di Savena", "San Lazzaro,IT", (44.47, 11.41)),
    ("forli", "Forlì,IT", (44.22, 12.04)),
    ("L'Aquila", "L'Aquila,IT", (42.35, 13.40)),
    ("laquila", "L'Aquila,IT", (42.35, 13.40)),
    ("Lodz", "Łódź,PL", (51.77, 19.47)),
    ("Aarhus", "Århus,DK", (56.16, 10.21)),
    ("Den Haag", "The Hague,NL", (52.08, 4.30)),
    ("Αθήνα", "Athens,GR", (37.98, 23.73)),
    # A hub in Italy means the Italian town, however large the other one.
    ("Sale", "Sale,IT", (44.98, 8.81)),
    ("Cologne", "Cologne,IT", (45.58, 9.94)),
    # A German town of another name's is meant, where it has ten times the people of those whose own name it is.
    ("Halle", "Halle (Saale),DE", (51.48, 11.98)),
]


@pytest.mark.parametrize(("typed", "meant", "position"), LEADS, ids=[row[0] for row in LEADS])
def test_a_name_leads_where_a_person_means(typed, meant, position):
    found = places().find(*typed.split(","))
    assert (found.typed, round(found.position.latitude, 2), round(found.position.longitude, 2)) == (meant, *position)


@pytest.mark.parametrize(
    ("country", "typed", "meant"),
    [
        (None, "Cologne", "Köln,DE"),
        ("DE", "Cologne", "Köln,DE"),
        ("US", "Paris", "Paris,US"),
        ("US", "Parma", "Parma,US"),
        ("DE", "Parma", "Parma,IT"),
        ("VE", "Barcelona", "Barcelona,VE"),
        ("DE", "Halle", "Halle (Saale),DE"),
        ("BE", "Kortrijk", "Kortrijk,BE"),
    ],
)
def test_where_the_hub_lies_decides_before_size(country, typed, meant):
    assert places(country).find(typed).typed == meant


AMBIGUOUS = [
    ("IT", "Springfield", ["37.22,-93.30 (Springfield,US)", "42.10,-72.59 (Springfield,US)"]),
    ("IT", "Springfield,US", ["37.22,-93.30 (Springfield,US)", "42.10,-72.59 (Springfield,US)"]),
    (None, "Barcelona", ["Barcelona,ES", "Barcelona,VE"]),
    (None, "Parma", ["Parma,IT", "Parma,US"]),
    ("IT", "Villanova", ["41.96,12.76 (Villanova,IT)", "45.49,11.97 (Villanova,IT)"]),
]


@pytest.mark.parametrize(("country", "typed", "candidates"), AMBIGUOUS)
def test_an_ambiguous_name_shows_its_candidates_as_one_types_them(country, typed, candidates):
    with pytest.raises(AmbiguousPlaceError) as error:
        places(country).find(*typed.split(","))
    assert error.value.exit_code == ExitCode.USAGE
    assert error.value.way_out.startswith(f"Write one of: {' or '.join(candidates)}")
    for candidate in (one.split(" (")[0] for one in candidates):
        assert near(f"{candidate},5km", places(country)).radius == 5


def test_entries_of_one_town_are_one_place():
    town = [Place("Tworm", "IT", Position(44, 11), 2000), Place("Tworm", "IT", Position(44.05, 11), 1900)]
    assert places(sources=(Listed(lambda: town),)).find("Tworm") is town[0]
    apart = [town[0], Place("Tworm", "IT", Position(44.2, 11), 1900)]
    with pytest.raises(AmbiguousPlaceError):
        places(sources=(Listed(lambda: apart),)).find("Tworm")


@pytest.mark.parametrize(("one", "other", "meant"), [(100, 20, True), (100, 21, False), (100, 0, True), (0, 0, False)])
def test_five_times_the_people_decide(one, other, meant):
    both = [Place("Tworm", "FR", Position(44, 1), one), Place("Tworm", "FR", Position(48, 1), other)]
    known = places(None, (Listed(lambda: both),))
    if meant:
        assert known.find("tworm") is both[0]
    else:
        with pytest.raises(AmbiguousPlaceError):
            known.find("tworm")


@pytest.mark.parametrize(("people", "meant"), [(499, "Tworm"), (500, "Great Worm")])
def test_a_name_beside_its_own_counts_for_a_place_of_five_times_the_people(people, meant):
    own = Place("Tworm", "FR", Position(44, 1), 100)
    other = Place("Great Worm", "DE", Position(50, 9), people, ("Tworm",))
    assert places(None, (Listed(lambda: [other, own]),)).find("Tworm").name == meant


def test_where_size_leaves_it_open_the_town_of_the_records_is_meant(empty, capreg):
    here = {"latitude": 44.5354, "longitude": 11.5324}
    with pytest.raises(AmbiguousPlaceError):
        known_in(empty).find("Budrio")
    site = {"id": "main", "address": {"locality": "Budrio", "country": "IT"}, "position": here}
    write_record(empty, firm(sites=[site]))
    known = known_in(empty)
    assert known.find("budrio").people == 8941
    assert known.notes == ["budrio: taken as 44.54,11.53; there is also 44.10,12.34"]
    write_record(empty, firm("verdi", sites=[{**site, "position": {"latitude": 44.09, "longitude": 12.35}}]))
    assert capreg("-R", empty, "search", "near:Budrio,5km").code == 2


def test_a_name_beside_its_own_counts_at_home_where_nothing_abroad_is_much_larger():
    home, abroad = (Place(f"Worm {land}", land, Position(44, 1), 100, ("Tworm",)) for land in ("IT", "FR"))
    assert places(sources=(Listed(lambda: [abroad, home]),)).find("tworm") is home


def test_an_own_name_comes_before_one_beside_it_where_nobody_counted_the_people():
    both = [Place("Great Worm", "IT", Position(44, 1), also=("Tworm",)), Place("Tworm", "IT", Position(48, 1))]
    assert places(sources=(Listed(lambda: both),)).find("tworm") is both[1]


NOTES = [
    ("Paris", ["Paris: taken as Paris,FR; there is also Paris,US"]),
    ("Geneva", ["Geneva: taken as Geneva,CH; there is also Geneva,US"]),
    ("Cologne", ["Cologne: taken as Cologne,IT; there is also Köln,DE"]),
    ("Valencia", ["Valencia: taken as Valencia,ES; there are also Valencia,VE and Valencia,US and Valencia,EC"]),
    ("Bologna", []),
    ("Parma", []),
    ("Paris,FR", []),
]


@pytest.mark.parametrize(("typed", "notes"), NOTES)
def test_a_choice_among_countries_is_told_once(typed, notes):
    known = places()
    known.find(*typed.split(","))
    known.find(*typed.split(","))
    assert known.notes == notes


UNKNOWN = [
    ("Bolonga", "Bologna,IT"),
    ("Mdoena", "Modena,IT"),
    ("Sassulo", "Sassuolo,IT"),
    ("Nodena", "Modena,IT"),
    ("Reggio-Emlia", "Reggio nell'Emilia,IT"),
    ("Frankfrut", "Frankfurt am Main,DE"),
    ("Bologna,FR", "Bologna,IT"),
    ("Boulonge,FR", "Boulogne"),
]


@pytest.mark.parametrize(("typed", "nearest"), UNKNOWN)
def test_an_unknown_name_names_the_nearest(typed, nearest):
    with pytest.raises(UnknownPlaceError) as error:
        places().find(*typed.split(","))
    assert error.value.exit_code == ExitCode.MISSING
    assert error.value.way_out.startswith("Did you mean ") and nearest in error.value.way_out


@pytest.mark.parametrize(("country", "nearest"), [("IT", "Sassuolo,IT"), (None, "Kasulu,TZ")])
def test_of_names_as_near_the_one_at_home_comes_first(country, nearest):
    with pytest.raises(UnknownPlaceError) as error:
        places(country).find("Sassulo")
    assert error.value.way_out.startswith(f"Did you mean {nearest} or ")


@pytest.mark.parametrize("typed", ["", "!!!", "Q", "Xqzzqxv", "x" * 5000, "\t#", "#3181928", "@IT", "\x00"])
def test_a_name_that_is_none_is_unknown_and_the_way_out_is_a_position(typed):
    with pytest.raises(UnknownPlaceError) as error:
        places().find(typed)
    assert error.value.way_out == "A position works too: 44.49,11.34,50km."


# The file.


def test_the_gazetteer_holds_every_town_of_a_thousand_in_europe_and_of_fifteen_thousand_in_the_world():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.startswith("#") and "\t" in line]
    continents = {line.split("\t")[0][1:]: line.split("\t")[1] for line in lines if line.startswith("@")}
    europe = [int(row[5]) for row in rows if continents[row[2]] == "EU"]
    world = [int(row[5]) for row in rows if continents[row[2]] != "EU"]
    assert (len(europe), min(europe), len(world), min(world)) == (62632, 1000, 25885, 15000)
    assert sum(row[2] == "IT" for row in rows) == 6781
    assert sum(not line.startswith(("#", "@")) for line in lines) == 276013


SMALL = ["Argenta", "Bagnacavallo", "Guiglia", "Langhirano", "Maranello", "Medicina", "Montese", "Novellara", "Zocca"]


@pytest.mark.parametrize("name", [*SMALL, "Ozzano dell'Emilia", "Anzola dell'Emilia", "Castel San Pietro Terme"])
def test_small_towns_are_known(name):
    assert places().find(name).country == "IT"


def test_every_town_of_the_sample_lies_where_its_firms_are(sample):
    registry = Registry(sample)
    kind, known = registry.kind("firm"), known_in(sample)
    sites = [site for record in registry.read(kind) for site in record.document["sites"] if "position" in site]
    far = [
        site["address"]["locality"]
        for site in sites
        if known.find(site["address"]["locality"]).position.distance_km(Position(**site["position"])) > 4
    ]
    assert (len(sites) > 55, far) == (True, [])


def test_the_file_names_its_source_and_licence_and_is_in_the_order_of_its_bytes():
    lines = FILE.read_bytes().splitlines()
    assert b"GeoNames" in lines[0] and b"CC BY 4.0" in lines[0]
    assert lines == sorted(lines) and FILE.stat().st_size < 12_000_000


def test_the_package_carries_the_gazetteer():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    assert FILE.name in setup["options.package_data"]["capreg.store"]
    assert FILE.parent.name == "store"


@pytest.mark.parametrize("first", [b"#", b"a", b"bologna\t", b"\xff"])
def test_halving_finds_the_first_line_that_is_not_before(tmp_path, first):
    path = tmp_path / "lines"
    path.write_bytes(b"# head\n#1\tx\na\t1\nbologn\t2\nbologna\t3\nbolognas\t4\n")
    expected = [line for line in path.read_bytes().splitlines() if line >= first]
    assert list(SortedLines(path).from_on(first)) == expected


class CountedBytes(bytes):
    """The bytes of a file, counting how many parts of them are taken."""

    taken = 0

    def __getitem__(self, part):
        self.taken += 1
        return super().__getitem__(part)


@pytest.fixture
def counted():
    """Look up in the gazetteer: `counted(look)` -> how many lines were looked at."""

    def counted(look) -> int:
        gazetteer = Gazetteer()
        gazetteer.lines.__dict__["_data"] = data = CountedBytes(FILE.read_bytes())
        look(gazetteer)
        return data.taken

    return counted


def test_a_look_up_looks_at_few_lines(counted):
    assert 20 < counted(lambda gazetteer: gazetteer.named("Bologna")) < 100


@pytest.mark.parametrize("typed", ["Bolonga", "Sanlazaro", "Castelfrnaco", "Saint-Etiene"])
def test_the_nearest_names_are_found_among_few_lines(counted, typed):
    assert counted(lambda gazetteer: gazetteer.alike(typed)) < 25_000


def built(folder: Path, cities: dict) -> bytes:
    """Make a gazetteer from a small input, as `make gazetteer` does."""
    folder.mkdir()
    countries = {
        "GR": {"continentcode": "EU", "languages": "el-GR,en,fr"},
        "JP": {"continentcode": "AS", "languages": "ja"},
        "DE": {"continentcode": "EU", "languages": "de"},
    }
    (folder / "countries.json").write_text(json.dumps(countries))
    (folder / "cities1000.json").write_text(json.dumps(cities))
    command = [sys.executable, str(ROOT / "tools" / "gazetteer.py"), str(folder), str(folder / "made.tsv")]
    subprocess.run(command, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "random"})
    return (folder / "made.tsv").read_bytes()


def city(id: int, name: str, country: str, people: int, *others: str) -> dict:
    rest = {"latitude": 1.5, "longitude": -2.25, "alternatenames": list(others)}
    return {"geonameid": id, "name": name, "countrycode": country, "population": people, **rest}


CITIES = [
    city(264371, "Athens", "GR", 664046, "ATH", "Atene", "Αθήνα", "Афины", "yadian", "https://x.example/Athens", ""),
    city(12, "Tübingen", "DE", 1000, "Athens", "Tübingen"),
    city(13, "Klein Tübingen", "DE", 999),
    city(14, "Ōtsu", "JP", 15000, "大津"),
    city(15, "Chiisai", "JP", 14999),
]

MADE = """\
#12\tTübingen\tDE\t1.5\t-2.25\t1000
#14\tŌtsu\tJP\t1.5\t-2.25\t15000
#264371\tAthens\tGR\t1.5\t-2.25\t664046
@DE\tEU
@GR\tEU
@JP\tAS
atene\t264371
athens\t12,264371
otsu\t14
tubingen\t12
tuebingen\t12
αθηνα\t264371
大津\t14
"""


def test_a_gazetteer_is_the_same_bytes_whatever_the_order_of_the_data(tmp_path):
    forth, back = ({str(one["geonameid"]): one for one in cities} for cities in (CITIES, CITIES[::-1]))
    made = built(tmp_path / "forth", forth)
    assert made == built(tmp_path / "back", back)
    head, _, rest = made.decode().partition("\n")
    assert rest == MADE and head.startswith("# ") and "CC BY 4.0" in head


def test_what_the_tool_makes_the_gazetteer_reads(tmp_path):
    built(tmp_path / "made", {str(one["geonameid"]): one for one in CITIES})
    made = Gazetteer(tmp_path / "made" / "made.tsv")
    assert [one.typed for one in made.named("ATHENS")] == ["Tübingen,DE", "Athens,GR"]
    assert made.named("Αθηνα") == [Place("Athens", "GR", Position(1.5, -2.25), 664046)]
    assert (made.named("Афины"), made.named("ATH"), made.named("yadian")) == ([], [], [])
    assert (made.continent("JP"), made.continent("XX")) == ("AS", "")


def test_the_committed_file_was_made_by_the_tool_as_it_is():
    spec = spec_from_file_location("gazetteer_tool", ROOT / "tools" / "gazetteer.py")
    tool = module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.HEAD.encode() == FILE.read_bytes().splitlines()[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Reggio nell'Emilia", "REGGIO NELL’EMILIA"),
        ("Saint-Étienne", "saint etienne"),
        ("Łódź", "Lodz"),
        ("Ærø", "Aero"),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert name_key(one) == name_key(other) != ""


# When what is read.


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """What is opened of places: the gazetteer's file, the hub's two, the records for their towns."""
    found = []

    def told(name, function):
        return lambda *arguments, **rest: found.append(name) or function(*arguments, **rest)

    fresh = Gazetteer()
    data = SortedLines._data.func
    monkeypatch.setattr(SortedLines, "_data", property(told("gazetteer", data)))
    monkeypatch.setattr(whereabouts, "shipped", lambda: fresh)
    monkeypatch.setattr(whereabouts, "places_read", told("places", places_read))
    monkeypatch.setattr(whereabouts, "ways_read", told("travel", ways_read))
    monkeypatch.setattr(whereabouts, "stated_places", told("records", whereabouts.stated_places))
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (["process:milling"], set()),
        (["near:44.49,11.34,50km"], set()),
        (["near:44.49,11.34,50min"], set()),
        (["near:Bologna,50km"], {"places", "gazetteer"}),
        (["near:Bologna,50min"], {"places", "gazetteer", "travel"}),
        (["near:Nowheretown,50km"], {"places", "gazetteer", "records"}),
    ],
)
def test_nothing_is_opened_before_a_query_needs_it(sample, capreg, opened, query, expected):
    capreg("-R", sample, "search", *query)
    assert set(opened) == expected


# The hub's own places.


def own(registry: Path, *entries: dict) -> None:
    (registry / "places.json").write_text(json.dumps({"places": entries}, indent=1))


YARD = {"name": "Bologna", "country": "IT", "latitude": 10, "longitude": 20, "also": ["The Yard", "Piazzale Ovest"]}


@pytest.mark.parametrize("typed", ["Bologna", "the yard", "Piazzale-Ovest", "bologna,it"])
def test_the_hubs_own_places_come_first(empty, typed):
    own(empty, YARD)
    assert known_in(empty).find(*typed.split(",")).position == Position(10, 20)


def test_an_own_place_of_one_country_leaves_the_others_to_the_gazetteer(empty):
    own(empty, {**YARD, "name": "Paris", "country": "IT"})
    known = known_in(empty)
    assert known.find("Paris").country == "IT" and known.find("Paris", "US").position.longitude < -90


def test_an_own_place_is_among_the_nearest(empty, capreg):
    own(empty, {**YARD, "name": "Interporto Nord"})
    done = capreg("-R", empty, "search", "near:Interporto Nrd,5km")
    assert (done.code, "Interporto Nord,IT" in done.err) == (3, True)


def test_a_town_that_only_records_state_is_found_in_the_middle_of_its_sites(empty, capreg):
    for at, latitude in enumerate((44.0, 44.01, 46.0)):
        site = {
            "id": "main",
            "address": {"locality": "Nowheretown", "country": "IT"},
            "position": {"latitude": latitude, "longitude": 11},
        }
        write_record(empty, firm(f"firm-{at}", sites=[site]))
    assert known_in(empty).find("nowheretown").position == Position(44.01, 11)
    assert capreg("-R", empty, "search", "near:Nowheretown,5km", "-O", "json").ids == ["firm-1", "firm-0"]


FAULTS = [
    ("places.json", '{"places": [\n {"name": "X"}\n]}', ":2:2 /places/0"),
    (
        "places.json",
        '{"places": [\n {"name": "X", "country": "IT",\n  "latitude": 91, "longitude": 0}\n]}',
        ":3:15 /places/0/latitude",
    ),
    ("places.json", '{"places": [\n {"name": "X,Y", "country": "it", "latitude": 9, "longitude": 0}]}', ":2:11 "),
    ("places.json", '{"places": [],\n "places": []}', ":2:2 "),
    ("places.json", "{", ":1:2 "),
    ("travel.json", '{"times": [\n {"from": "A", "to": "B"}]}', ":2:2 /times/0"),
    ("travel.json", '{"times": [\n {"from": "A", "to": "B",\n  "minutes": -1}]}', ":3:14 /times/0/minutes"),
    ("travel.json", '{"times": [\n {"from": "A,B,C", "to": "B", "minutes": 1}]}', ":2:11 /times/0/from"),
    (
        "travel.json",
        '{"times": [{"from": "Forlì", "to": "B", "minutes": 1},\n {"from": "b", "to": "FORLI", "minutes": 2}]}',
        ":2:2 /times/1: this way stands already in /times/0",
    ),
    (
        "registry.json",
        '{\n "hub": "H", "time_zone": "Europe/Rome", "currency": "EUR", "languages": ["en"], "prices": {"profiles": {}},\n'
        ' "fee": "1", "entitlement": "P1Y", "travel":\n {"road_factor": 0.9}}',
        ":4:18 /travel/road_factor",
    ),
]


@pytest.mark.parametrize(("name", "text", "told"), FAULTS)
def test_a_fault_is_told_with_its_line(empty, capreg, name, text, told):
    (empty / name).write_text(text)
    done = capreg("-R", empty, "search", "near:Bologna,60min")
    if name != "travel.json":
        assert (done.code, f"{name}{told}" in done.err) == (4, True), done.err
    checked = capreg("-R", empty, "check")
    assert (checked.code, f"{name}{told}" in checked.out + checked.err) == (4, True), checked.out + checked.err


def test_a_faulty_table_stops_a_search_in_minutes(sample, capreg):
    (sample / "travel.json").write_text(FAULTS[5][1])
    assert capreg("-R", sample, "search", "near:Bologna,60km").code == 0
    done = capreg("-R", sample, "search", "near:Bologna,60min")
    assert (done.code, "travel.json:2:2" in done.err) == (4, True)


def test_check_tells_all_faults_of_both_files(empty, capreg):
    (empty / "places.json").write_text('{"places": [\n {"name": "X"},\n {"name": "Y"}\n]}')
    (empty / "travel.json").write_text("[]")
    lines = capreg("-R", empty, "check").out.splitlines()
    named = sorted({line.split(" ")[0] for line in lines})
    assert named == ["places.json:2:2", "places.json:3:2", "travel.json:1:1"]


def test_a_list_that_leads_out_of_the_registry_is_refused(empty, capreg, tmp_path):
    (empty / "places.json").symlink_to(tmp_path / "elsewhere.json")
    assert capreg("-R", empty, "search", "near:Bologna,5km").code == 4
    (tmp_path / "elsewhere.json").write_text('{"places": []}')
    assert capreg("-R", empty, "search", "near:Bologna,5km").code == 4


# Distances and minutes.


@pytest.mark.parametrize(
    ("asked", "radius", "unit"),
    [
        ("100km", 100, "km"),
        ("500 m", 0.5, "km"),
        ("10mi", 16.09344, "km"),
        ("60min", 60, "min"),
        ("1h", 60, "min"),
        ("1.5 hours", 90, "min"),
        ("0.25H", 15, "min"),
    ],
)
def test_a_radius_is_a_length_or_a_time(asked, radius, unit):
    found = near(f"Bologna,{asked}", places())
    assert (found.radius, found.unit) == (radius, unit)


@pytest.mark.parametrize("asked", ["2d", "1wk", "0min", "-5min", "5kg", "60", "min"])
def test_a_radius_that_is_neither_is_refused(asked, sample, capreg):
    assert capreg("-R", sample, "search", f"near:Bologna,{asked}").code == 2


def stated(position: Position, locality: str = "Modena", country: str = "IT") -> tuple[dict, dict]:
    value = {"latitude": position.latitude, "longitude": position.longitude}
    return value, {"address": {"locality": locality, "country": country}, "position": value}


def test_a_distance_is_told_with_what_was_asked_and_what_is_to_spare():
    verdict = near("44.4938,11.3388,50km", places()).judge(stated(MODENA)[0])
    distance = BOLOGNA.distance_km(MODENA)
    assert round(distance, 3) == 36.954
    assert (verdict.truth.phrase, verdict.stated, verdict.asked) == ("meets", "37.0 km", "50 km")
    assert verdict.margin == (13.046, "km") and verdict.distance_km == distance and verdict.gap is None
    assert verdict.comfort == pytest.approx(1 - distance / 50, abs=1e-6)


def test_a_distance_that_is_too_far_is_told_with_its_gap():
    verdict = near("44.4938,11.3388,10mi", places()).judge(stated(MODENA)[0])
    assert (verdict.truth.phrase, verdict.asked, verdict.margin) == ("fails", "16.093 km", (-20.86, "km"))
    assert (verdict.gap, verdict.short_by, verdict.comfort) == (1.296206, (20.86, "km"), 1.0)


def test_minutes_are_the_great_circle_times_the_road_factor_at_the_hubs_speed():
    verdict = near("44.4938,11.3388,60min", places()).judge_beside(*stated(MODENA))
    assert (verdict.truth.phrase, verdict.stated, verdict.asked) == ("meets", "about 48 min (estimate)", "60 min")
    assert verdict.margin == (11.96, "min") and round(verdict.distance_km, 3) == 36.954
    assert verdict.comfort == pytest.approx(1 - 36.954 * 1.3 / 60, abs=1e-4)


@pytest.mark.parametrize(
    ("travel", "told"),
    [(Travel(), 48), (Travel(road_factor=1), 37), (Travel(speed_km_h=90), 32), (Travel(2, 30), 148)],
)
def test_the_hub_says_how_minutes_are_estimated(travel, told):
    verdict = near("44.4938,11.3388,1h", places(travel=travel)).judge_beside(*stated(MODENA))
    assert verdict.stated == f"about {told} min (estimate)"
    assert round(travel.minutes(BOLOGNA, MODENA)) == told


def test_the_settings_reach_the_estimate(empty):
    settings = json.loads((empty / "registry.json").read_text())
    assert (Registry(empty).settings.travel, Registry(empty).settings.country) == (Travel(1.3, 60), "IT")
    (empty / "registry.json").write_text(json.dumps({**settings, "travel": {"speed_km_h": 30}, "country": "US"}))
    known = known_in(empty)
    assert known.travel == Travel(1.3, 30) and known.find("Paris").country == "US"
    del settings["country"]
    (empty / "registry.json").write_text(json.dumps(settings))
    assert known_in(empty).find("Cologne").country == "DE"


@pytest.mark.parametrize(
    ("query", "locality", "told"),
    [
        ("Bologna,60min", "Modena", "40 min (travel table)"),
        ("Modena,60min", "Bologna", "40 min (travel table)"),
        ("Bologna,IT,1h", "MODENA", "40 min (travel table)"),
        ("Firenze,60min", "Modena", "95.5 min (travel table)"),
        ("Florence,60min", "Modena", "95.5 min (travel table)"),
        ("Reggio Emilia,60min", "Modena", "30 min (travel table)"),
        ("Lyon,60min", "Modena", "480 min (travel table)"),
        ("Nowheretown,60min", "Modena", "25 min (travel table)"),
        ("Bologna,60min", "Nowhere Mill", "12 min (travel table)"),
        ("Parma,60min", "Modena", "about 65 min (estimate)"),
        ("44.4938,11.3388,60min", "Modena", "about 48 min (estimate)"),
    ],
)
def test_a_table_of_travel_times_comes_before_the_estimate(query, locality, told):
    ways = [
        Way("Modena", "Bologna,IT", 40),
        Way("Florence", "Modena", 95.5),
        Way("Reggio nell'Emilia", "Modena", 30),
        Way("Lyon,FR", "Modena", 480),
        Way("Nowheretown", "Modena", 25),
        Way("Bologna", "Nowhere Mill", 12),
    ]
    towns = Listed(lambda: [Place("Nowheretown", "IT", Position(44, 11))])
    known = places(sources=(GAZETTEER, towns), ways=lambda: ways)
    assert near(query, known).judge_beside(*stated(MODENA, locality)).stated == told
    assert known.notes == []


def test_the_table_counts_for_hits_and_their_gaps(sample, capreg):
    query = ["search", "near:Bologna,60min", "locality:Modena", "--on", "2026-11-22", "-O", "json"]
    before = capreg("-R", sample, *query).ids
    (sample / "travel.json").write_text('{"times": [{"from": "Bologna", "to": "Modena", "minutes": 61}]}')
    assert (len(before) > 0, capreg("-R", sample, *query).ids) == (True, [])


@pytest.mark.parametrize(
    ("minutes", "said", "comfort", "gap"),
    [(0, "meets", 1.0, None), (60, "meets", 0.0, None), (60.5, "fails", 1.0, 0.008333), (90, "fails", 1.0, 0.5)],
)
def test_a_way_may_take_as_long_as_was_asked(minutes, said, comfort, gap):
    known = places(ways=lambda: [Way("Bologna", "Modena", minutes)])
    verdict = near("Bologna,60min", known).judge_beside(*stated(MODENA))
    assert (verdict.truth.phrase, verdict.comfort, verdict.gap) == (said, comfort, gap)
    assert verdict.margin == (60 - minutes, "min")


def test_a_site_without_a_town_is_estimated():
    known = places(ways=lambda: [Way("Bologna", "Modena", 40)])
    value, _ = stated(MODENA)
    verdict = near("Bologna,60min", known).judge_beside(value, {"address": {"country": "IT"}})
    assert verdict.stated == near("Bologna,60min", known).judge(value).stated == "about 48 min (estimate)"


def test_the_table_is_read_once_and_each_spelling_of_a_town_looked_up_once():
    read, looked = [], []

    class Counting(Gazetteer):
        def named(self, name):
            looked.append(name)
            return super().named(name)

    known = places(sources=(Counting(),), ways=lambda: read.append(1) or [Way("Bologna", "Modena", 40)])
    condition = near("Bologna,60min", known)
    for _ in range(50):
        condition.judge_beside(*stated(MODENA))
    assert (len(read), looked) == (1, ["Bologna", "Bologna", "Modena", "Modena"])


def test_help_tells_of_minutes_on_one_screen(capreg):
    told = capreg("help", "query").out
    assert "60min" in told and len(told.splitlines()) <= 24 and max(map(len, told.splitlines())) <= 100
