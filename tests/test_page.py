"""The page index.html in a real browser from file://, the network off: it finds what the command line finds, and keeps still."""

import json
import re
from pathlib import Path
from zipfile import ZipFile

import click
import pytest
from browser import CHROMIUM, Browser
from conftest import firm, write_record
from test_ways_out import TIERS, Planted, seen

from capreg.cli.main import cli
from capreg.cli.output import ProtectedError
from capreg.cli.page import write_page
from capreg.cli.session import Session
from capreg.exchange.page import NAME, PARTS, SCRIPTS, page, page_files
from capreg.index.catalogue import Catalogue
from capreg.index.find import asking_of, find
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.query.grouping import read_question
from capreg.query.match import match
from capreg.query.stems import stems
from capreg.query.verdict import Truth
from capreg.store.schemas import load_kinds
from capreg.store.vocabularies import Vocabularies

# Each is asked of the page and of the command line; those of the second list on what the short tier holds of the records,
# since the hub's own search looks through the detailed tier as well.
SAME = [
    "",
    "process:milling",
    "process:fresatura",
    "process:milling material:aluminium",
    "process:milling material:aluminium,brass",
    "process:milling,turning material:titanium",
    "process:milling process:anodising",
    "material:en-aw-7075",
    "material:metals ^process:milling",
    "process:turning ^material:steel",
    "^material:steel",
    "material:aluminium process:milling process:turning",
    "certificate:iso-9001",
    "certificate:iso-9001 certificate:iso-14001",
    "certificate:iso-9001,as9100",
    "^certificate:iso-9001",
    "NOT certificate:iso-9001 AND process:milling",
    "certificate:iso-9001 issuer:body",
    "edition:2015",
    "near:Bologna,30km",
    "near:bologna,30km process:milling",
    "near:44.49,11.34,20km",
    'near:"Reggio Emilia,25km"',
    "near:Forlì,IT,30km",
    "near:Modena,12.5mi",
    "^near:Bologna,60km",
    "near:Bologna,40km floor:1000m2..",
    "country:IT",
    "^country:it",
    "locality:Modena,Bologna",
    "region:emilia-romagna process:welding",
    "employees:10..50",
    "employees:..9",
    "employees:10",
    "employees:>=40",
    "^employees:10..",
    "floor:1000m2..",
    "floor:0.1ha..2000m2",
    "founded:1980..1989",
    "language:de",
    "sector:automotive",
    "sector:automotive,aerospace ^certificate:iso-9001",
    "name:officine",
    "name:s.r.l.",
    'summary:"precision milled"',
    "product:valve*",
    '"machine beds"',
    "filling",
    "^filling employees:..20",
]
ON_THE_SHORT_TIER = [
    "welding", "steel", "hydraulics", "gears", "hydraulic ^milling", "stampi", "aluminium employees:..15", "Bologna", "galvanica", "2015", "iso", "mill*",
    '"stainless steel"', "S.r.l.", "costruzioni", "lavorazioni", "9001", "emilia-romagna", "precision parts", "rubber",
]  # fmt: skip
REFUSED = {
    "(process:milling OR process:turning)": "takes no brackets",
    "process:milling OR process:turning": "takes no OR",
    "tolerance:..0.01mm": "stands in the detailed profiles",
    "near:Bologna,60min": "knows no travel times",
    "near:Bologna": "radius is missing",
    "near:Atlantis,10km": "no town where a record",
    "process:miling": "no word of processes. Instead: milling",
    "proces:milling": "no field proces. Instead: process:",
    "floor:1000": "unit is missing; write 1000m2",
    "floor:1000kg": "not the unit wanted",
    "floor:1,5m2": "decimal comma",
    "employees:50..10": "reversed",
    "employees:..": "no end",
    "employees:many": "no number",
    "employees>10": "a colon is missing",
    'name:"open': "never closes",
    "process:": "wants a value",
    "^": "Something to look for is missing",
    "mill.*": "regular expression",
    "mi*ll": "may only end a word",
    "---": "holds no word",
}
HOSTILE = [
    '</script><script>document.title="broken"</script>',
    "<!--<script>",
    "]]><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "&lt;b&gt; &amp; {{data}} \u2028 \u202e ${1} `",
    "javascript:alert(1)",
]


KINDS = {id: loaded.kind for id, loaded in load_kinds(Path("nowhere")).items()}
# Query names that are words of JavaScript or of HTML as well.
ALSO_WORDS = {"name", "summary", "language"}


def part(name: str) -> str:
    """Return a script of the page as its file has it."""
    return PARTS.joinpath(name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser that all tests of the module share."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    one = Browser(tmp_path_factory.mktemp("browser"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def registry(_sample_once, tmp_path_factory):
    """The sample registry, its index, and its page."""
    catalogue = Catalogue(str(_sample_once))
    path = tmp_path_factory.mktemp("page") / NAME
    path.write_bytes(page_files(catalogue, "en")[NAME])
    return catalogue, path


@pytest.fixture
def opened(browser, registry):
    """The browser with the page of the sample registry; it must have asked for nothing, and complained of nothing."""
    browser.open(registry[1])
    browser.requests.clear()
    browser.complaints.clear()
    yield browser
    assert (browser.requests, browser.complaints) == ([], [])


def typed(browser, query: str) -> None:
    """Type a query into the page, and press Enter."""
    browser.value(
        f"document.getElementById('query').value = {json.dumps(query)}; document.getElementById('form').requestSubmit(); 1"
    )


def ids(browser) -> list[str]:
    """Return the ids of all cards that the page shows, in their order."""
    more = "while (!document.getElementById('more').hidden) document.getElementById('more').click();"
    return browser.value(f"{more} [...document.querySelectorAll('.card')].map(one => one.dataset.id)")


def text(browser, id: str) -> str:
    return browser.value(f"(one => one.hidden ? '' : one.textContent)(document.getElementById('{id}'))")


def in_the_short_tier(catalogue, query: str) -> set[str]:
    """Return the ids of the firms whose short tier meets a query, as the matcher says."""
    kind = catalogue.kind("firm")
    asking = asking_of(catalogue, kind)
    question = read_question(query, asking)
    documents = (cut(kind, hit.document, Tier.short) for hit in find(catalogue, kind, "").hits)
    return {one["id"] for one in documents if match(question, one, asking).truth is Truth.MEETS}


@pytest.mark.parametrize("query", SAME)
def test_the_page_finds_what_the_command_line_finds(opened, registry, capreg, query):
    found = capreg("-R", registry[0].root, "search", query, "-O", "json")
    typed(opened, query)
    assert text(opened, "fault") == text(opened, "told") == ""
    assert sorted(ids(opened)) == sorted(found.ids)


@pytest.mark.parametrize("query", [*SAME, *ON_THE_SHORT_TIER])
def test_the_page_finds_what_the_matcher_finds_in_the_short_tier(opened, registry, query):
    typed(opened, query)
    assert text(opened, "fault") == text(opened, "told") == ""
    assert set(ids(opened)) == in_the_short_tier(registry[0], query)


def test_the_queries_tell_firms_apart(registry):
    sizes = [len(in_the_short_tier(registry[0], query)) for query in [*SAME, *ON_THE_SHORT_TIER]]
    assert sum(0 < size < max(sizes) for size in sizes) > 0.8 * len(sizes)


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_outside_the_subset_is_told_and_nothing_is_guessed(opened, query):
    typed(opened, query)
    assert REFUSED[query] in text(opened, "fault")
    assert opened.value("document.body.classList.contains('faulty')")


def test_a_slip_of_the_pen_is_forgiven_and_told(opened):
    typed(opened, "hydraulic")
    right = ids(opened)
    typed(opened, "hydralic")
    assert ids(opened) == right != []
    assert "hydralic is written nowhere; taken for hydraulic." in text(opened, "told")


def test_a_click_puts_the_word_that_was_meant_into_the_query(opened):
    typed(opened, "process:miling employees:10..")
    opened.value("document.querySelector('#fault button').click()")
    assert opened.value("document.getElementById('query').value") == "process:milling employees:10.."
    assert text(opened, "fault") == ""


def test_hits_near_a_place_stand_in_the_order_of_their_distance(opened, registry):
    typed(opened, "near:Bologna,40km")
    km = opened.value("[...document.querySelectorAll('.distance')].map(one => parseFloat(one.textContent))")
    assert km == sorted(km) and len(km) == len(ids(opened)) > 5


def test_a_click_on_a_word_narrows_down_by_as_many_as_it_said_and_another_takes_it_away(opened):
    word = "document.querySelector('#narrow .word')"
    said = opened.value(f"Number({word}.querySelector('.number').textContent)")
    everything = len(ids(opened))
    opened.value(f"{word}.click()")
    assert len(ids(opened)) == said < everything
    opened.value("document.querySelector('#narrow .word[aria-pressed=true]').click()")
    assert (opened.value("document.getElementById('query').value"), len(ids(opened))) == ("", everything)


def test_the_count_of_every_word_is_what_a_search_for_it_finds(opened, registry):
    opened.value(
        "for (let n = 0; n < 8; n++) for (const one of document.querySelectorAll('.opener[aria-expanded=false]')) one.click()"
    )
    kind = registry[0].kind("firm")
    heads = {one.name: one.label["en"] for one in kind.worded if one.tier is Tier.short}
    told = opened.value(
        "Object.fromEntries([...document.querySelectorAll('#narrow section')].map(one => [one.firstChild.textContent,"
        " [...one.querySelectorAll('.word')].map(word => [...word.children].map(part => part.textContent))]))"
    )
    for name, label in heads.items():
        for word, number in told[label]:
            asked = f'{name}:"{word}"'
            assert (asked, int(number)) == (asked, len(in_the_short_tier(registry[0], asked)))


def test_a_click_on_a_town_searches_around_it(opened):
    opened.value("document.querySelector('.spot.found:last-of-type').dispatchEvent(new MouseEvent('click'))")
    assert re.fullmatch(r'near:"?[^"]+,40km"?', opened.value("document.getElementById('query').value"))
    assert text(opened, "fault") == "" and 0 < len(ids(opened)) < 56


def test_the_keys_lead_from_the_search_to_the_cards_and_back(opened):
    def press(key: str) -> str:
        event = f"new KeyboardEvent('keydown', {{key: '{key}', bubbles: true, cancelable: true}})"
        return opened.value(
            f"document.activeElement.dispatchEvent({event}); document.activeElement.dataset.id || document.activeElement.id"
        )

    shown = ids(opened)
    assert [press(key) for key in ("/", "ArrowDown", "ArrowDown", "ArrowUp", "Enter", "Escape")] == [
        "query", shown[0], shown[1], shown[0], shown[0], "query",
    ]  # fmt: skip
    assert opened.value("document.querySelector('.card details').open")


def test_the_page_speaks_italian(opened):
    opened.value("document.getElementById('language').click()")
    assert text(opened, "count").startswith("56 imprese")
    assert opened.value("document.documentElement.lang") == "it"
    assert "Lavorazione" in text(opened, "narrow")


def test_the_query_stands_in_the_address(browser, registry):
    browser.open(registry[1], "#q=process%3Amilling+near%3ABologna%2C30km&language=it")
    assert browser.value("document.getElementById('query').value") == "process:milling near:Bologna,30km"
    assert text(browser, "count").startswith("7 di 56 imprese")


def test_other_kinds_are_searched_by_their_own_fields(opened, registry, capreg):
    opened.value("document.querySelectorAll('.kind')[1].click()")
    for query in ("", "buys:milling", "material:steel buys:casting", "requires:iso-9001", "people:1000.."):
        typed(opened, query)
        found = capreg("-R", registry[0].root, "search", query, "-k", "contractor", "-O", "json")
        assert (query, sorted(ids(opened))) == (query, sorted(found.ids))


def hostile_page(empty, tmp_path):
    """Return the page of a registry whose texts try to be markup, and its file."""
    for number, name in enumerate(HOSTILE):
        site = {
            "id": "main",
            "address": {"locality": name, "country": "IT"},
            "position": {"latitude": 44 + number / 9, "longitude": 11},
        }
        held = {"summary": name, "trading_names": [name], "certificates": [{"standard": "iso-9001", "scope": name}]}
        write_record(empty, firm(f"hostile-{number}", **held) | {"name": name, "sites": [site]})
    path = tmp_path / NAME
    path.write_bytes(page_files(Catalogue(str(empty)), "en")[NAME])
    return path


def test_hostile_names_stay_text_and_no_request_leaves_the_page(browser, empty, tmp_path):
    path = hostile_page(empty, tmp_path)
    browser.open(path)
    browser.requests.clear()
    browser.complaints.clear()
    browser.value(
        "for (const one of document.querySelectorAll('.card summary')) one.click(); new Promise(done => setTimeout(done, 50))"
    )
    assert browser.value("[...document.querySelectorAll('.card h2')].map(one => one.textContent).sort()") == sorted(
        HOSTILE
    )
    assert (
        browser.value("document.querySelectorAll('.card script, .card img, .card b b, #map img, svg svg').length") == 0
    )
    browser.value("document.querySelector('.spot.found').dispatchEvent(new MouseEvent('click'))")
    assert browser.value("document.title") != "broken"
    assert (browser.requests, browser.complaints) == ([], [])


def test_the_policy_lets_nothing_in_that_is_not_of_the_page(browser, registry):
    browser.open(registry[1])
    browser.value("const s = document.createElement('script'); s.append('window.broken = 1'); document.body.append(s)")
    browser.value("const i = new Image(); i.src = 'https://example.org/x.png'; document.body.append(i)")
    browser.value("fetch('https://example.org/').catch(() => 0)")
    assert browser.value("window.broken") is None
    assert len([one for one in browser.complaints if "Content Security Policy" in one]) >= 3
    browser.complaints.clear()
    browser.requests.clear()


def carried(content: bytes) -> dict:
    """Return the data of a page."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', content.decode(), re.DOTALL)[1]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_closed_is_in_the_page(kind):
    planted = Planted(kind)
    content = page([KINDS[kind]], {kind: [planted.document]}, Vocabularies(Path("nowhere")), "Hub", "en")
    (held,) = carried(content)["kinds"]
    records = json.dumps(held["records"], ensure_ascii=False)
    assert seen(planted.markers["short"], records) == planted.markers["short"]
    for tier in TIERS[1:]:
        assert (tier, seen(planted.markers[tier], records)) == (tier, [])
        assert (
            tier,
            [one for one in planted.markers[tier] if str(one)[:1] == "q" and str(one) in content.decode()],
        ) == (tier, [])


def without_null(value):
    """Return a value without what is null in it, which is the same as what is not stated."""
    if isinstance(value, dict):
        return {key: without_null(one) for key, one in value.items() if one is not None}
    return [without_null(one) for one in value] if isinstance(value, list) else value


def test_records_come_out_of_the_columns_as_they_went_in(browser, registry):
    catalogue, path = registry
    browser.open(path)
    unpacking = part("records.js").partition("function unpacked")[2].partition("\n}\n")[0]
    told = browser.value(
        f"(() => {{ function unpacked{unpacking}\n}}; const data = JSON.parse(document.getElementById('data').textContent);"
        " return data.kinds.map(kind => [kind.id, unpacked(kind.records, kind.count)]) })()"
    )
    for id, documents in told:
        kind = catalogue.kind(id)
        kept = sorted(
            (cut(kind, hit.document, Tier.short) for hit in find(catalogue, kind, "").hits), key=lambda one: one["id"]
        )
        assert documents == [without_null(one) for one in kept]


def test_the_same_registry_gives_the_same_bytes(registry):
    assert page_files(Catalogue(registry[0].root), "en")[NAME] == registry[1].read_bytes()


def test_the_page_names_nothing_outside(registry):
    content = re.sub(r'<script type="application/json".*?</script>', "", registry[1].read_text(), flags=re.DOTALL)
    code = re.sub(r"(?m)//.*$|<meta [^>]*>", "", content)
    assert set(re.findall(r"https?://[^\"' ]+", content)) == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"\b(?:href|innerHTML|outerHTML|insertAdjacentHTML|eval|import|fetch|src)\b(?!-)", code) == []


def test_no_field_is_named_in_the_scripts():
    names = {name for kind in KINDS.values() for name in kind.by_query_name}
    code = "\n".join(re.sub(r"//.*", "", part(name)) for name in SCRIPTS)
    assert {name for name in re.findall(r"""["'`](\w+):?["'`]""", code) if name in names} <= ALSO_WORDS


def test_the_page_knows_the_forms_of_words_that_the_command_line_knows(browser, registry):
    """The stems of the page beside those of the library, for every name of the vocabularies with endings of both languages."""
    known = Vocabularies(Path("nowhere"))
    spelled = (known[one].by_spelling for one in ("processes", "materials", "standards", "sectors"))
    names = sorted(
        {word for keys in spelled for key in keys for word in key.split() if word.isascii() and word.isalpha()}
    )
    endings = ("", "s", "ed", "ing", "ly", "i", "e", "are", "ato", "mente", "zione", "ivo", "ness")
    forms = [
        word[: len(word) - off] + ending for word in names for ending in endings for off in (0, 1) if len(word) > 3
    ]
    browser.open(registry[1])
    told = browser.value(f"(() => {{{part('stems.js')}; return {json.dumps(forms)}.map(stems)}})()")
    assert [(form, one) for form, one in zip(forms, told, strict=True) if tuple(one) != stems(form)] == []


def test_the_folder_holds_one_file_and_a_dry_run_none(sample, tmp_path):
    def write(folder, dry_run: bool) -> None:
        context = click.Context(cli)
        context.meta["capreg.root"] = str(sample)
        with context:
            write_page(Session(context), str(folder), "it", dry_run)

    write(tmp_path / "tried", True)
    assert not (tmp_path / "tried").exists()
    write(tmp_path / "stick", False)
    assert [one.name for one in (tmp_path / "stick").iterdir()] == [NAME]
    assert b'<html lang="it">' in (tmp_path / "stick" / NAME).read_bytes()
    with pytest.raises(ProtectedError):
        write(sample / "firms", False)


def test_a_page_of_a_query_holds_what_the_query_finds(registry):
    catalogue, _ = registry
    found = find(catalogue, catalogue.kind("firm"), "process:milling")
    (held,) = carried(page_files(catalogue, "en", [found])[NAME])["kinds"]
    assert held["count"] == len(found.hits)


def test_the_page_in_a_bundle_knows_places_as_the_one_that_is_exported(sample, registry, capreg, tmp_path):
    made = capreg("-R", sample, "bundle", "create", "-o", tmp_path / "fair.capreg")
    assert made.code == 0, made.err
    with ZipFile(tmp_path / "fair.capreg") as bundle:
        inside = carried(bundle.read(NAME))
    assert inside["towns"] == carried(registry[1].read_bytes())["towns"]


def test_a_town_lies_where_the_records_are_and_not_where_its_namesake_abroad_is():
    """Argenta is a small town near Ferrara, and the old name of a larger one in Arkansas."""
    site = {
        "id": "main",
        "address": {"locality": "Argenta", "country": "IT"},
        "position": {"latitude": 44.6, "longitude": 11.8},
    }
    document = firm() | {"sites": [site]}
    content = page([KINDS["firm"]], {"firm": [document]}, Vocabularies(Path("nowhere")), "Hub", "en")
    assert [one[3:] for one in carried(content)["towns"]] == [[44.6, 11.8]] * 2


def test_an_empty_registry_has_a_page_too(browser, empty, tmp_path):
    path = tmp_path / NAME
    path.write_bytes(page_files(Catalogue(str(empty)), "en")[NAME])
    browser.open(path)
    browser.complaints.clear()
    typed(browser, "name:officine near:44,11,10km word")
    assert (ids(browser), text(browser, "fault"), browser.complaints) == ([], "", [])
