"""Vocabularies: how they are browsed and counted, and that what is shipped says the truth."""

import json
from collections import Counter
from importlib.resources import files

import pytest
from conftest import firm, write_record

from capreg.index.find import find
from capreg.model.text import tokens
from capreg.store.registry import Registry

INDENT = "\u00a0\u00a0"
VOCABULARIES = ("processes", "materials", "standards", "skills", "machine-types", "sectors")


def doing(id: str, *processes: str, **rest) -> dict:
    """A firm with a capability for each process."""
    return firm(id, capabilities=[{"process": one, "materials": ["steel"]} for one in processes], **rest)


@pytest.fixture
def hub(empty):
    """A registry of five firms: what they do overlaps, one states nothing, one certificate has lapsed."""
    valid = {"valid_until": "2099-12-31"}
    write_record(empty, doing("a", "milling", "cnc-milling", "milling"))
    write_record(empty, doing("b", "5-axis-milling", certificates=[{"standard": "iatf-16949", **valid}]))
    write_record(empty, doing("c", "milling", certificates=[{"standard": "iso-9001", **valid}]))
    write_record(empty, doing("d", "machining", certificates=[{"standard": "iso-9001", "valid_until": "2001-01-01"}]))
    write_record(empty, firm("e"))
    return empty


@pytest.fixture
def browse(hub, capreg):
    """Run `capreg vocabulary` on the registry of five firms."""
    return lambda *arguments: capreg("-R", hub, "vocabulary", *arguments)


def own_words(registry, *words: dict, name="processes") -> None:
    """Give a registry words of its own."""
    folder = registry / "schemas" / "vocabularies"
    folder.mkdir(parents=True)
    (folder / f"{name}.json").write_text(json.dumps({"words": words}))


def words_of(done) -> list[str]:
    """The ids that a list of words in JSON holds."""
    return [one["word"] for one in done.json["words"]]


def test_all_vocabularies_are_listed_with_how_they_are_asked_and_how_many_state_them(browse):
    done = browse("-O", "tsv", "--columns", "vocabulary,queries,records")
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "vocabulary\tqueries\trecords",
            "skills\tskill\t0",
            "processes\tprocess\t4",
            "materials\tmaterial\t4",
            "machine-types\tmachine\t0",
            "standards\tcertificate\t3",
            "sectors\tsector\t0",
        ],
    )


def test_examples_are_the_words_at_the_top(browse):
    listed = {one["vocabulary"]: one for one in browse("-O", "json").json["vocabularies"]}
    assert listed["processes"]["examples"][:2] == ["primary-shaping", "forming"]
    assert "Deformazione plastica" in browse("-O", "text", "--language", "it").out


def test_another_kind_has_its_own_vocabularies_and_query_names(sample, capreg):
    listed = capreg("-R", sample, "vocabulary", "-k", "contractor", "-O", "json").json["vocabularies"]
    assert [(one["vocabulary"], one["queries"]) for one in listed] == [
        ("processes", ["buys"]),
        ("materials", ["material"]),
        ("standards", ["requires"]),
    ]


def test_a_vocabulary_is_a_tree_of_every_word_once_each_under_the_one_above(browse, hub):
    lines = browse("processes", "-O", "json").json["words"]
    known = Registry(hub).vocabularies["processes"].words
    assert sorted(one["word"] for one in lines) == sorted(known)
    path: list[str] = []
    for line in lines:
        path = [*path[: line["depth"]], line["word"]]
        assert line["broader"] == known[line["word"]].broader == (path[-2] if line["depth"] else None)


def test_words_side_by_side_in_a_tree_keep_the_order_of_the_vocabulary(browse, hub):
    lines = browse("processes", "-O", "json").json["words"]
    for above in (None, "machining", "milling"):
        known = [one.id for one in Registry(hub).vocabularies["processes"].words.values() if one.broader == above]
        assert [one["word"] for one in lines if one["broader"] == above] == known


def test_people_see_the_depth_of_a_word_by_its_indent(browse):
    for format in ("text", "table", "md"):
        done = browse("processes", "-O", format)
        for depth, label in enumerate(("Separating", "Machining", "Milling", "CNC milling", "5-axis milling")):
            (line,) = [one for one in done.out.splitlines() if one.lstrip("| \u00a0").startswith(f"{label} ")]
            assert f"{INDENT * depth}{label}" in line and f"{INDENT * (depth + 1)}{label}" not in line
        assert "HUB ONLY" in done.out


def test_a_tree_tells_how_a_word_is_asked_by_its_label_and_that_is_so(browse, hub, capreg):
    done = browse("processes", "-O", "text", "--language", "it")
    query = done.out.split()[-1]
    assert query == "process:formatura-primaria"
    assert capreg("-R", hub, "search", query).code == 0


COUNTS = {
    "milling": (2, 3),
    "cnc-milling": (1, 2),
    "5-axis-milling": (1, 1),
    "machining": (1, 4),
    "separating": (0, 4),
    "turning": (0, 0),
}


@pytest.mark.parametrize(("word", "counts"), COUNTS.items(), ids=COUNTS)
def test_records_are_counted_once_that_state_a_word_itself_or_what_is_below_it(browse, word, counts):
    (line,) = [one for one in browse("processes", "-O", "json").json["words"] if one["word"] == word]
    assert (line["stated"], line["with_below"]) == counts


def test_what_includes_a_word_counts_for_it_and_what_has_lapsed_is_stated_yet_not_found(browse):
    word = browse("iso-9001", "-O", "json").json
    assert (word["stated"], word["with_below"]) == (2, 3)
    assert word["queries"] == [{"query": "certificate:iso-9001", "finds": 2}]
    assert "iatf-16949" in word["included_by"]


def test_what_is_confidential_is_counted_for_the_hub_alone_when_it_asks(empty, capreg):
    note = {"label": {"en": "Secret", "it": "Segreto"}, "tier": "confidential"}
    secret = {"type": "string", "capreg": {**note, "search": {"name": "secret", "as": "word", "words": "sectors"}}}
    (empty / "schemas").mkdir()
    (empty / "schemas" / "firm.schema.json").write_text(json.dumps({"properties": {"secret": secret}}))
    write_record(empty, firm("a", secret="automotive"))
    for internal, stated, queries in (
        ([], 0, ["sector:automotive"]),
        (["--internal"], 1, ["secret:automotive", "sector:automotive"]),
    ):
        word = capreg("-R", empty, "vocabulary", "automotive", "-O", "json", *internal).json
        assert word["stated"] == stated
        assert sorted(one["query"] for one in word["queries"]) == queries
        assert sum(one["finds"] for one in word["queries"]) == stated


@pytest.mark.parametrize("word", ["milling", "1.4301", "aws-d1.1", "3d-laser-cutting", "iso-13485", "welder", "pa66"])
def test_the_queries_of_a_word_find_what_is_counted(sample, capreg, word):
    shown = capreg("-R", sample, "vocabulary", word, "-O", "json").json
    for one in shown["queries"]:
        assert one["finds"] == len(capreg("-R", sample, "search", one["query"], "-O", "json").ids)


WORD = """\
HUB ONLY

Milling
=======

  English           Milling
  Also, in English  {en}
  Italian           Fresatura
  Also, in Italian  {it}
  Vocabulary        processes
  Word              milling
  Above             Separating › Machining
  References        DIN 8589 3.2.3
  State it          2
  With below        3
  Asked as          process:milling  (found today: 3)

Below
-----

Label               Word                State it  With below
CNC milling         cnc-milling                1           2
Large-part milling  large-part-milling         0           0

"""


def test_a_word_is_shown_with_what_is_above_below_and_beside_it(browse, hub):
    synonyms = Registry(hub).vocabularies["processes"].words["milling"].synonyms
    done = browse("milling")
    shown = " ".join(done.out.split())
    expected = WORD.format(en=", ".join(synonyms["en"]), it=", ".join(synonyms["it"]))
    assert (done.code, shown, done.err) == (0, " ".join(expected.split()), "")


def test_a_word_is_shown_in_italian(browse):
    out = browse("milling", "--language", "it").out
    assert out.splitlines()[2] == "Fresatura"
    assert "Separazione › Lavorazioni ad asportazione di truciolo" in out and "trovate oggi: 3" in out


ASKED = [
    ("milling", "milling"),
    ("MILLING", "milling"),
    ("fresatura", "milling"),
    ("Fresare", "milling"),
    ("milled parts", "milling"),
    ("taglio a getto d'acqua", "water-jet-cutting"),
    ("taglio a getto d acqua", "water-jet-cutting"),
    ("elettroerosione", "electrical-discharge-machining"),
    ("sistema qualita", "quality-management"),
    ("AISI 316L", "1.4404"),
    ("x2crnimo17-12-2", "1.4404"),
    ("Ergal", "en-aw-7075"),
    ("EN 9100", "as9100"),
    ("saldatore", "welder"),
    ("spark erosion", "electrical-discharge-machining"),
]


@pytest.mark.parametrize(("asked", "word"), ASKED)
def test_a_word_is_found_by_id_label_or_synonym_in_any_case_and_without_accents(browse, asked, word):
    done = browse(asked, "-O", "json")
    found = [done.json["word"]] if "word" in done.json else words_of(done)
    assert (done.code, found) == (0, [word])


def test_a_reference_names_its_scheme_once(browse):
    assert "ISO 9001" in browse("iso-9001").out.split("References")[1].splitlines()[0]
    assert "ISO ISO" not in browse("iso-9001").out and "DIN 8589 3.2.3" in browse("milling").out


def test_a_term_of_several_words_needs_no_quotes(browse):
    assert browse("spark", "erosion", "-O", "json").json["word"] == "electrical-discharge-machining"


def test_several_words_of_one_name_are_candidates(browse):
    done = browse("electronics", "-O", "json")
    assert [(one["vocabulary"], one["word"]) for one in done.json["words"]] == [
        ("processes", "electronics-manufacturing"),
        ("sectors", "electronics"),
    ]
    assert "--in VOCABULARY" in browse("electronics", "-O", "text").out


def test_in_looks_in_one_vocabulary_only(browse):
    assert browse("electronics", "--in", "sectors", "-O", "json").json["word"] == "electronics"
    assert browse("electronics", "--in", "processes", "-O", "json").json["word"] == "electronics-manufacturing"
    listed = browse("electronics", "--in", "materials", "-O", "json").json["words"]
    assert {one["vocabulary"] for one in listed} == {"materials"}
    assert browse("milling", "--in", "materials").code == 3


def test_a_part_of_a_name_lists_all_words_that_hold_it(browse, hub):
    done = browse("stampaggio", "--in", "processes", "-O", "json")
    holding = {
        word.id
        for word in Registry(hub).vocabularies["processes"].words.values()
        if any("stampaggio" in tokens(text) for text in word.spellings)
    }
    assert len(holding) > 20 and set(words_of(done)) == holding


def test_a_label_comes_before_a_synonym_and_the_most_general_word_first(browse):
    words = words_of(browse("stampaggio", "-O", "json"))
    assert words[:2] == ["plastics-moulding", "rubber-moulding"]
    assert words.index("injection-moulding") < words.index("two-component-moulding") < words.index("deep-drawing")


def test_whole_words_come_before_beginnings_and_the_inside_of_words_last(empty, capreg):
    own_words(
        empty,
        *({"id": id, "label": {"en": text, "it": text}} for id, text in (("x1", "Quuxes"), ("x2", "Quux and so on"))),
        {"id": "x3", "label": {"en": "Bequux", "it": "Bequux"}},
    )
    assert words_of(capreg("-R", empty, "vocabulary", "quux", "-O", "json")) == ["x2", "x1"]
    assert capreg("-R", empty, "vocabulary", "equux", "-O", "json").json["word"] == "x3"


def test_a_single_candidate_is_shown_as_a_word(browse):
    assert browse("lamellare di zinco", "-O", "json").json["word"] == "zinc-flake-coating"


UNKNOWN = [
    (["frezatura"], 3, "no vocabulary knows the word 'frezatura'", "Fresatura"),
    (["inossidbile"], 3, "no vocabulary knows the word 'inossidbile'", "inossidabile"),
    (["qqqqqqqq"], 3, "no vocabulary knows the word 'qqqqqqqq'", "'capreg vocabulary' lists"),
    (["***"], 3, "no vocabulary knows the word '***'", ""),
    (["milling", "--in", "proceses"], 2, "no vocabulary 'proceses'", "processes"),
    (["processes", "-k", "frim"], 2, "unknown kind 'frim'", "firm"),
    (["processes", "--columns", "wrod"], 2, "no column 'wrod'", "word"),
    (["milling", "--sort", "wrod"], 2, "no column 'wrod'", "word"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence", "way_out"), UNKNOWN, ids=lambda one: str(one)[:30])
def test_what_is_unknown_is_said_with_the_nearest(browse, arguments, code, sentence, way_out):
    done = browse(*arguments)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err and way_out in done.err and "Traceback" not in done.err


@pytest.mark.parametrize("name", ["processes", "Processes", "machine types", "MACHINE-TYPES"])
def test_a_vocabulary_goes_by_its_name_in_any_case(browse, name):
    assert browse(name, "-O", "json").json["vocabulary"] == "-".join(tokens(name))


def test_the_name_of_a_vocabulary_wins_over_a_word_which_in_finds(empty, capreg):
    own_words(empty, {"id": "skills", "label": {"en": "Skills training", "it": "Formazione"}})
    assert capreg("-R", empty, "vocabulary", "skills", "-O", "json").json["vocabulary"] == "skills"
    word = capreg("-R", empty, "vocabulary", "skills", "--in", "processes", "-O", "json").json
    assert (word["vocabulary"], word["word"]) == ("processes", "skills")


def test_in_without_a_word_shows_the_tree(browse):
    assert browse("--in", "sectors", "-O", "json").json == browse("sectors", "-O", "json").json


def test_a_word_that_a_registry_adds_is_found_counted_and_stands_in_the_tree(hub, browse, capreg):
    own_words(
        hub,
        {
            "id": "micro-milling",
            "label": {"en": "Micro-milling", "it": "Microfresatura"},
            "synonyms": {"any": ["µFräsen"]},
            "broader": "cnc-milling",
        },
    )
    write_record(hub, doing("f", "micro-milling"))
    word = browse("µfrasen", "-O", "json").json
    assert (word["word"], word["stated"]) == ("micro-milling", 1)
    assert word["path"] == ["separating", "machining", "milling", "cnc-milling"]
    assert browse("milling", "-O", "json").json["with_below"] == COUNTS["milling"][1] + 1
    assert "Micro-milling" in browse("cnc-milling").out


def test_a_vocabulary_that_is_refused_is_told(empty, capreg):
    own_words(empty, {"id": "x", "label": {"en": "X", "it": "X"}, "broader": "nothing"})
    done = capreg("-R", empty, "vocabulary", "processes")
    assert (done.code, done.out) == (4, "") and "processes.json" in done.err


def test_a_file_that_holds_no_record_is_left_out_and_told(hub, browse):
    (hub / "firms" / "broken.json").write_text("{")
    done = browse("milling", "-O", "json")
    assert done.json["stated"] == COUNTS["milling"][0]
    assert "1 file was left out" in done.err


HEADS = {
    "processes": "word label broader depth stated with_below",
    "electronics": "word label vocabulary broader depth stated with_below queries",
    "milling": "word label vocabulary broader depth stated with_below queries",
}


@pytest.mark.parametrize(("term", "head"), HEADS.items(), ids=HEADS)
def test_tsv_and_csv_have_the_same_columns(browse, term, head):
    assert browse(term, "-O", "tsv").out.splitlines()[0].split("\t") == head.split()
    assert browse(term, "-O", "csv").out.splitlines()[0].split(",") == head.split()


def test_tsv_holds_plain_labels(browse):
    (line,) = [
        one for one in browse("processes", "-O", "tsv").out.splitlines() if one.startswith("laser-powder-bed-fusion\t")
    ]
    assert line.split("\t") == [
        "laser-powder-bed-fusion",
        "Laser powder bed fusion of metal",
        "powder-bed-fusion-metal",
        "3",
        "0",
        "0",
    ]


@pytest.mark.parametrize("term", ["", "processes", "electronics", "milling"])
@pytest.mark.parametrize("format", ["table", "text", "md", "tsv", "csv", "json", "ndjson"])
def test_every_page_comes_out_in_every_format_and_says_whom_it_is_for(browse, term, format):
    done = browse(*term.split(), "-O", format)
    assert (done.code, done.err) == (0, "")
    assert ("HUB ONLY" in done.out) == (format in ("table", "text", "md"))


@pytest.mark.parametrize("format", ["tsv", "json", "text"])
def test_a_list_is_arranged(browse, format):
    done = browse("processes", "--sort", "-with_below,word", "--limit", "2", "--offset", "1", "-O", format)
    assert "Separating" in done.out and "Turning" not in done.out


def test_a_word_that_is_to_be_arranged_is_a_list_of_one(browse):
    assert browse("milling", "--columns", "word,with_below").out == "word\twith_below\nmilling\t3\n"
    assert "with_below\t" in browse("milling", "--columns", "help").out


def test_a_page_is_written_to_a_file(browse, tmp_path):
    assert browse("milling", "-o", tmp_path / "milling.md").code == 0
    assert "# Milling" in (tmp_path / "milling.md").read_text()


def test_a_word_of_a_registry_cannot_take_over_the_terminal(empty, capreg):
    own_words(empty, {"id": "evil", "label": {"en": "\x1b[31mEvil", "it": "[red]Male[/red]"}})
    for format in ("table", "text", "md", "tsv"):
        done = capreg("-R", empty, "vocabulary", "evil", "-O", format)
        assert "\x1b" not in done.out


# What is shipped.


@pytest.fixture(scope="module")
def shipped():
    """The documents of the shipped vocabularies by name."""
    folder = files("capreg.schemas").joinpath("vocabularies")
    return {name: json.loads(folder.joinpath(f"{name}.json").read_text()) for name in VOCABULARIES}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_no_two_words_of_a_shipped_vocabulary_share_a_name(empty, name):
    shared = {text: ids for text, ids in Registry(empty).vocabularies[name].by_spelling.items() if len(ids) > 1}
    assert shared == {}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_shipped_word_lies_in_the_tree_and_leads_to_words_that_are_there(shipped, name):
    words = shipped[name]["words"]
    ids = [one["id"] for one in words]
    assert [id for id, count in Counter(ids).items() if count > 1] == []
    places = {id: at for at, id in enumerate(ids)}
    for word in words:
        assert set(word.get("includes", ())) <= places.keys()
        assert "broader" not in word or word["broader"] in places
        assert all(any(map(str.isalnum, text)) for texts in word.get("synonyms", {}).values() for text in texts)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_query_of_every_shipped_word_can_be_asked(empty, name):
    registry = Registry(empty)
    kind = registry.kind("firm")
    (query,) = [one.search.name for one in kind.worded if one.search.words == name]
    words = list(registry.vocabularies[name].words)
    for at in range(0, len(words), 200):
        assert list(find(registry, kind, " ".join(f"{query}:{word}" for word in words[at : at + 200])).hits) == []


# One certificate satisfies another only where whoever holds it has proved all that the other asks.
INCLUDES = {
    "as9100": "iso-9001",
    "as9110": "iso-9001",
    "as9120": "iso-9001",
    "emas": "iso-14001",
    "en-1090-2-exc2": "en-1090-2-exc1",
    "en-1090-2-exc3": "en-1090-2-exc2 en-1090-2-exc1",
    "en-1090-2-exc4": "en-1090-2-exc3 en-1090-2-exc2 en-1090-2-exc1",
    "en-15085-2-cl1": "en-15085-2-cl2 en-15085-2-cl3",
    "en-15085-2-cl2": "en-15085-2-cl3",
    "iatf-16949": "iso-9001",
    "ipc-a-610-class-3": "ipc-a-610-class-2",
    "iso-14644-1-class-7": "iso-14644-1-class-8",
    "iso-15378": "iso-9001",
    "iso-22163": "iso-9001",
    "iso-29001": "iso-9001",
    "iso-3834-2": "iso-3834-3 iso-3834-4",
    "iso-3834-3": "iso-3834-4",
}


def test_one_certificate_satisfies_another_only_where_it_truly_does(shipped):
    words = shipped["standards"]["words"]
    assert {one["id"]: " ".join(one["includes"]) for one in words if "includes" in one} == INCLUDES


EQUIVALENT = [
    ("1.4301", "X5CrNi18-10", "AISI 304"),
    ("1.4404", "X2CrNiMo17-12-2", "AISI 316L"),
    ("1.4401", "X5CrNiMo17-12-2", "AISI 316"),
    ("1.4305", "X8CrNiS18-9", "AISI 303"),
    ("1.4542", "X5CrNiCuNb16-4", "17-4PH"),
    ("1.0503", "C45", "AISI 1045"),
    ("1.7225", "42CrMo4", "AISI 4140"),
    ("1.7131", "16MnCr5", "AISI 5115"),
    ("1.6523", "20NiCrMo2-2", "AISI 8620"),
    ("1.3505", "100Cr6", "AISI 52100"),
    ("1.8159", "51CrV4", "AISI 6150"),
    ("1.0715", "11SMn30", "AISI 1213"),
    ("1.2379", "X153CrMoV12", "AISI D2"),
    ("1.2344", "X40CrMoV5-1", "AISI H13"),
    ("1.3343", "HS6-5-2", "AISI M2"),
    ("en-aw-6082", "AlSi1MgMn", "EN AW-6082"),
    ("en-aw-7075", "AlZn5.5MgCu", "Ergal"),
    ("en-ac-46000", "AlSi9Cu3(Fe)", "226D"),
    ("cw614n", "CuZn39Pb3", "2.0401"),
    ("cw617n", "CuZn40Pb2", "2.0402"),
    ("en-gjl-250", "0.6025", "EN-JL1040"),
    ("en-gjs-400-15", "0.7040", "EN-JS1030"),
    ("titanium-grade-5", "Ti6Al4V", "3.7165"),
    ("2.4668", "Inconel 718", "N07718"),
]


@pytest.mark.parametrize("names", EQUIVALENT, ids=lambda names: names[0])
def test_the_designations_of_a_material_mean_the_same(empty, names):
    materials = Registry(empty).vocabularies["materials"]
    assert {materials.find(one) for one in names} == {names[0]}


# The verb beside the noun: a stemmer brings fresato to fresare, but neither to fresatura.
SAME = [
    ("milling", "fresare fresatura milled mill"),
    ("turning", "tornire tornitura turned"),
    ("welding", "saldare saldatura welded weld"),
    ("grinding", "rettificare rettifica ground grind"),
    ("sheet-metal-bending", "piegare piegatura bent"),
    ("cutting", "tagliare taglio cut"),
    ("painting", "verniciare verniciatura painted"),
    ("zinc-plating", "zincare zincatura"),
    ("anodising", "anodizzare anodizzazione anodizing"),
    ("hardening", "temprare tempra hardened"),
    ("drilling", "forare foratura drilled"),
    ("boring", "alesare alesatura"),
    ("broaching", "brocciare brocciatura"),
    ("polishing", "lucidare lucidatura"),
    ("sand-blasting", "sabbiare sabbiatura"),
    ("assembly", "assemblare assemblaggio montare montaggio"),
    ("inspection", "collaudare collaudo controllare controllo"),
    ("case-hardening", "cementare cementazione"),
    ("blanking", "tranciare tranciatura"),
    ("deep-drawing", "imbutire imbutitura"),
    ("die-casting", "pressofondere pressofusione"),
    ("forging", "forgiare forgiatura fucinare"),
]


@pytest.mark.parametrize(("word", "names"), SAME, ids=lambda one: one.split()[0])
def test_a_process_is_found_by_its_verb_and_its_noun(empty, word, names):
    processes = Registry(empty).vocabularies["processes"]
    assert {processes.find(one) for one in names.split()} == {word}


def test_the_main_groups_of_din_8580_stand_in_their_order(shipped):
    groups = [
        (one["id"], reference["id"])
        for one in shipped["processes"]["words"]
        for reference in one.get("references", ())
        if reference["scheme"] == "DIN 8580"
    ]
    assert groups == [
        ("primary-shaping", "1"),
        ("forming", "2"),
        ("separating", "3"),
        ("joining", "4"),
        ("coating", "5"),
        ("changing-properties", "6"),
    ]
