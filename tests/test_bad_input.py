"""What bad input gets: every fault named, the rest still usable, nothing that harms a terminal, never a traceback."""

import csv
import io
import json
import os
import re
from time import monotonic

import pytest
from conftest import files_of, firm, write_record

from capreg.office.books import books_of
from capreg.office.clients import Client, add_client
from capreg.store.create import create
from capreg.store.registry import Registry
from capreg.views import FORMATS

GOOD = json.dumps(firm("bad"), indent=2)


def with_text(text: str) -> bytes:
    """The bytes of a firm whose summary is raw JSON text."""
    return GOOD.replace('"name": "Bad"', f'"name": "Bad",\n  "summary": "{text}"').encode("utf-8", "surrogatepass")


# What stands in firms/bad.json, where the fault lies, and what is said of it.
FILES = {
    "not UTF-8": (GOOD.replace("Bad", "B?d").encode().replace(b"?", b"\xff"), "4:13", "UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "1:1", "UTF-8"),
    "a double key": (GOOD.replace('"name": "Bad"', '"name": "Bad",\n  "name": "Worse"').encode(), "5:3", "twice"),
    "NaN": (GOOD.replace('"name": "Bad"', '"name": "Bad",\n  "founded": NaN').encode(), "5:14", "NaN"),
    "Infinity": (GOOD.replace('"name": "Bad"', '"name": "Bad",\n  "founded": -Infinity').encode(), "5:14", "Infinity"),
    "a number too large": (
        GOOD.replace('"name": "Bad"', '"name": "Bad",\n  "founded": 1e999').encode(),
        "5:14",
        "too large",
    ),
    "a BOM": (b"\xef\xbb\xbf" + GOOD.encode(), "1:1", "byte order mark"),
    "a lone surrogate, escaped": (with_text("a\\ud800b"), "5:14", "surrogate"),
    "a lone surrogate, raw": (with_text("a\ud800b"), "5:16", "UTF-8"),
    "a control character, raw": (with_text("a\x1b[2J"), "5:16", "U+001B"),
    "a control character, escaped": (with_text("a\\u001b[2J"), "5:14", "U+001B"),
    "a C1 control, raw": (with_text("a\x9b2J"), "5:14", "U+009B"),
    "a C1 control, escaped": (with_text("a\\u009b2J"), "5:14", "U+009B"),
    "a NUL, escaped": (with_text("a\\u0000"), "5:14", "U+0000"),
    "DEL": (with_text("a\x7f"), "5:14", "U+007F"),
    "10,000 levels": (b"[" * 10_000 + b"]" * 10_000, "1:", "levels"),
    "10,000 levels in the extension": (
        GOOD.replace(
            '"name": "Bad"', '"name": "Bad",\n  "extension": {"a": ' + "[" * 10_000 + "]" * 10_000 + "}"
        ).encode(),
        "5:",
        "levels",
    ),
    "nothing": (b"", "1:1", "ends"),
    "half a record": (GOOD.encode()[:40], "", "ends"),
    "two documents": (GOOD.encode() + b"{}", "", "follows"),
    "a comment": (GOOD.encode() + b"// x", "", "follows"),
    "a list": (b"[]", "1:1", "object"),
    "another id": (GOOD.replace('"bad"', '"worse"').encode(), "3:9 /id", "worse"),
    "another kind": (GOOD.replace('"firm"', '"contractor"').encode(), "2:11 /kind", "firm"),
    "an unknown field": (
        GOOD.replace('"name": "Bad"', '"name": "Bad",\n  "fuonded": 1987').encode(),
        "5:14 /fuonded",
        "founded",
    ),
    "a value out of range": (
        GOOD.replace('"name": "Bad"', '"name": "Bad",\n  "founded": 1').encode(),
        "5:14 /founded",
        "1800",
    ),
    "a field missing": (GOOD.replace('"name": "Bad",', "").encode(), "1:1", "name"),
}


@pytest.mark.parametrize(("content", "where", "said"), FILES.values(), ids=FILES)
def test_a_bad_file_is_named_with_place_and_fault_and_left_out_of_a_search(empty, capreg, content, where, said):
    write_record(empty, firm())
    (empty / "firms" / "bad.json").write_bytes(content)
    checked = capreg("-R", empty, "check")
    assert checked.code == 4
    assert f"firms/bad.json:{where}" in checked.out
    assert re.match(r"firms/bad\.json:\d+:\d+ \S", checked.out)
    assert said in checked.out
    assert len(checked.out) < 2000
    searched = capreg("-R", empty, "search", "-O", "json")
    assert (searched.code, searched.ids) == (0, ["rossi"])
    assert searched.err.count("\n") == 1
    assert "1 file" in searched.err and "capreg check" in searched.err
    assert "Traceback" not in checked.err + searched.err


def fifo(path, outside):
    os.mkfifo(path)


def link_out(path, outside):
    (outside / "x.json").write_text(GOOD)
    path.symlink_to(outside / "x.json")


def link_to_itself(path, outside):
    path.symlink_to(path)


def link_to_nothing(path, outside):
    path.symlink_to(path.with_name("nothing"))


def linked_folder(path, outside):
    (outside / "inner").mkdir()
    (outside / "inner" / "bad.json").write_text(GOOD)
    path.with_suffix("").symlink_to(outside / "inner")


def folder(path, outside):
    path.mkdir()


def large(path, outside):
    with path.open("wb") as file:
        file.truncate(50_000_000)


def device(path, outside):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("odd", [fifo, link_out, link_to_itself, link_to_nothing, linked_folder, folder, large, device])
def test_what_is_no_plain_file_is_named_quickly_and_never_read(empty, tmp_path, capreg, odd):
    write_record(empty, firm())
    (tmp_path / "outside").mkdir()
    odd(empty / "firms" / "bad.json", tmp_path / "outside")
    start = monotonic()
    checked, searched = capreg("-R", empty, "check"), capreg("-R", empty, "search", "-O", "json")
    assert monotonic() - start < 2
    assert checked.code == 4
    assert checked.out.startswith("firms/bad")
    assert checked.out.count("\n") == 1
    assert searched.ids == ["rossi"]
    assert "1 file was left out" in searched.err
    assert capreg("-R", empty, "show", "bad").code in (3, 4)


def test_a_kind_s_own_folder_may_not_lead_out_of_the_registry(empty, tmp_path, capreg):
    (empty / "firms").rename(tmp_path / "elsewhere")
    (empty / "firms").symlink_to(tmp_path / "elsewhere")
    write_record(empty, firm(name="Outside"))
    checked = capreg("-R", empty, "check")
    assert checked.code == 4
    assert checked.out.startswith("firms")
    assert "Outside" not in capreg("-R", empty, "search").out + capreg("-R", empty, "show", "rossi").out


VOCABULARIES = [
    b"",
    b"[]",
    b"{}",
    b"\xff",
    b'{"words": [{"id": "x"}]}',
    b'{"words": [{"id": "X Y", "label": {"en": "x", "it": "x"}}]}',
    b"[" * 10_000,
]


@pytest.mark.parametrize("content", VOCABULARIES)
def test_a_bad_vocabulary_is_named_and_the_records_are_still_checked(empty, capreg, content):
    path = empty / "schemas" / "vocabularies" / "processes.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    write_record(empty, firm(nmae="x", capabilities=[{"process": "milling"}]))
    checked, searched = capreg("-R", empty, "check"), capreg("-R", empty, "search", "process:milling")
    assert (checked.code, searched.code) == (4, 4)
    assert "schemas/vocabularies/processes.json:1:" in checked.out
    assert "/nmae" in checked.out
    assert "processes.json" in searched.err


def test_all_faults_are_told_in_one_run(empty, capreg):
    write_record(empty, firm())
    for name, (content, _, _) in FILES.items():
        (empty / "firms" / f"{re.sub('[^a-z]+', '-', name.lower())}.json").write_bytes(content)
    fifo(empty / "firms" / "pipe.json", None)
    done = capreg("-R", empty, "check", "-O", "json")
    assert done.code == 4
    faulty = {one["file"] for one in done.json["faults"]}
    assert len(faulty) == len(FILES) + 1
    assert "firms/rossi.json" not in faulty
    assert f"{len(FILES) + 1} files were left out" in capreg("-R", empty, "search").err


def test_all_faults_of_one_record_are_told(empty, capreg):
    write_record(empty, firm(founded="1987", nmae="x", people={"total": -1}, website="no address"))
    done = capreg("-R", empty, "check", "-O", "json")
    assert {"/founded", "/nmae", "/people/total", "/website"} <= {one["place"] for one in done.json["faults"]}


def test_the_same_id_in_two_folders_is_an_error_and_one_of_them_still_answers(empty, capreg):
    for name in ("a", "b"):
        (empty / "firms" / name).mkdir()
        write_record(empty, firm(name=name), f"firms/{name}")
    done = capreg("-R", empty, "check")
    assert done.code == 4
    assert "firms/b/rossi.json:1:1" in done.out
    assert "firms/a/rossi.json" in done.out
    assert capreg("-R", empty, "search", "-O", "json").ids == ["rossi"]


def test_a_machine_that_is_not_there_is_an_error_at_its_place(empty, capreg):
    document = firm(
        machines=[{"id": "lathe-1", "type": "lathe"}],
        capabilities=[{"id": "t", "process": "turning", "machines": ["lathe-1", "lathe-2"]}],
    )
    path = write_record(empty, document)
    column = path.read_text().index('"lathe-2"') + 1
    done = capreg("-R", empty, "check")
    assert (done.code, done.out.count("\n")) == (4, 1)
    assert done.out.startswith(f"firms/rossi.json:1:{column} /capabilities/0/machines/1: ")
    assert "lathe-2" in done.out


@pytest.mark.parametrize(
    "name", ["Rossi.json", "rössi.json", "a b.json", f"{'a' * 65}.json", "a_b.json", "-\x1b[2J.json", "a\nb.json"]
)
def test_a_file_whose_name_is_no_id_is_an_error(empty, capreg, name):
    (empty / "firms" / name).write_text(json.dumps(firm()))
    done = capreg("-R", empty, "check")
    assert (done.code, done.out.count("\n")) == (4, 1)
    assert "\x1b" not in done.out


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"hub": 3}', b"[" * 10_000])
def test_bad_settings_are_named_with_their_file(empty, capreg, content):
    (empty / "registry.json").write_bytes(content)
    for command in ("check", "search", "fields"):
        done = capreg("-R", empty, command)
        assert done.code == 4
        assert "registry.json" in done.err + done.out
        assert "unexpected" not in done.err


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe"])
def test_a_time_zone_that_is_none_is_named(empty, capreg, zone):
    path = empty / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"time_zone": zone}))
    done = capreg("-R", empty, "check")
    assert done.code == 4
    assert "/time_zone" in done.err
    assert "unexpected" not in done.err


# Names as an attacker would choose them, all of them allowed by the schema.
HOSTILE = [
    "ACME [/] Ltd", "[bold red]x", "[link=https://evil.example]x[/link]", ":smiley: x", "A\u202eB", "A\u2066B\u2069", "A\u200fB", "A\u2028B", "A\ufeffB", "A\tB", "A\nB",
    '=HYPERLINK("https://evil.example","x")', "+1", "-1+1", "@x", "=1", "\t=1", "<script>alert(1)</script>", "<!-- x", "| a | b |", "# x", "**x**", "[x](https://evil.example)",
    "![x](https://evil.example/a.png)", "`x`", "1. x", "---", "\\", "&lt;b&gt;", "https://evil.example", '"', "'", ",", ";", "%s %n {0}", "${HOME}",
]  # fmt: skip
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
OPEN_MARKUP = re.compile(r"(?<!\\)(?:<(?:script|!--)|\*\*x\*\*|`x`|!?\[x\]\()|(?<!\\)\[bold")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A registry of firms with hostile names, the first with all of them in a list, and the same names among the clients."""
    root = tmp_path_factory.mktemp("hostile") / "registry"
    create(root, sample=False)
    path = root / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prices": {"profiles": {"firm": "1.00"}}}))
    books = books_of(Registry(root))
    for at, name in enumerate(HOSTILE):
        lists = {"data_exchange": {"cad": HOSTILE}, "contacts": [{"role": one} for one in HOSTILE]} if at == 0 else {}
        write_record(root, firm(f"f{at:02}", name=name, summary=name, **lists))
        add_client(books, Client(f"c{at:02}", name, "2026-01-01"))
    return root


COMMANDS = {
    "search": ["search", "--columns", "id,name,summary,cad"],
    "printout": ["printout"],
    "show": ["show", "f00"],
    "profile": ["profile", "f00", "--client", "c00", "--yes"],
    "profile of a formula": ["profile", "f11", "--client", "c11", "--yes"],
    "client list": ["client", "list"],
    "client show": ["client", "show", "c11"],
    "client show, bidi": ["client", "show", "c04"],
}
# What a spreadsheet takes for a formula at the beginning of a cell.
FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+(\.\d+)?$)")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
def test_hostile_names_come_out_harmless(hostile, capreg, command, format):
    done = capreg("-R", hostile, *COMMANDS[command], "-O", format)
    assert done.code == 0, done.err
    # A form feed ends a sheet of a document.
    assert BIDI.search(done.out.replace("\n\f", "\n") + done.err) is None
    if format == "md":
        assert OPEN_MARKUP.search(done.out) is None
    if format in ("csv", "tsv"):
        rows = (
            [*csv.reader(io.StringIO(done.out))]
            if format == "csv"
            else [line.split("\t") for line in done.out.splitlines()]
        )
        assert len({len(row) for row in rows}) == 1
        assert [cell for row in rows for cell in row if FORMULA.match(cell)] == []


def test_the_wide_forms_of_the_signs_begin_no_formula_either(empty, capreg):
    for at, sign in enumerate("\uff1d\uff0b\uff0d\uff20"):
        write_record(empty, firm(f"f{at}", name=f"{sign}1"))
    rows = capreg("-R", empty, "search", "--columns", "name", "-O", "csv").out.splitlines()
    assert [row for row in rows if row[0] in "\uff1d\uff0b\uff0d\uff20"] == []


@pytest.mark.parametrize("command", ["search", "client list"])
def test_json_gives_hostile_names_back_whole(hostile, capreg, command):
    done = capreg("-R", hostile, *command.split(), "-O", "json")
    assert sorted(one["name"] for one in done.json["results"]) == sorted(HOSTILE)


@pytest.mark.parametrize("command", ["search", "printout"])
def test_rich_markup_stands_as_it_is_written(hostile, capreg, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    done = capreg("-R", hostile, command, "-O", "table")
    assert all(name in done.out for name in ("ACME [/] Ltd", "[bold red]x", ":smiley: x"))


@pytest.mark.parametrize("name", ["A|B", "a | b"])
def test_a_bar_in_a_name_does_not_open_a_cell_in_markdown(empty, capreg, name):
    write_record(empty, firm(name=name))
    rows = [
        line
        for line in capreg("-R", empty, "search", "--columns", "id,name", "-O", "md").out.splitlines()
        if line.startswith("|")
    ]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}


@pytest.mark.parametrize("asked", ["\x1b[2Jx", "na\u202eme:x", "process:\x1b]0;x\x07", "\x9b2J:x"])
def test_what_is_typed_is_told_back_without_controls(served, capreg, asked):
    done = capreg("-R", served, "search", asked)
    assert BIDI.search(done.err) is None
    for command in (["show", asked], ["help", asked], ["client", "show", asked], ["search", "-k", asked], [asked]):
        assert BIDI.search(capreg("-R", served, *command).err) is None


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The sample with a client, only to be read."""
    root = tmp_path_factory.mktemp("served") / "registry"
    create(root, sample=True)
    add_client(books_of(Registry(root)), Client("buyer", "Buyer", "2026-01-01"))
    return root


UNKNOWN = [
    (["serach"], 2, "search"),
    (["search", "--limt", "3"], 2, "--limit"),
    (["client", "lst"], 2, "list"),
    (["search", "-k", "frim"], 2, "firm"),
    (["search", "proces:milling"], 2, "process"),
    (["search", "process:miling"], 3, "milling"),
    (["search", "near:Bolonga,10km"], 3, "Bologna"),
    (["search", "tolerance:..1kg"], 2, "mm"),
    (["search", "tolerance:..1"], 2, "mm"),
    (["search", "--columns", "nmae"], 2, "name"),
    (["search", "--sort", "employes"], 2, "employees"),
    (["search", "--sort", "-employes"], 2, "employees"),
    (["search", "-O", "jsn"], 2, "json"),
    (["search", "--language", "fr"], 2, "it"),
    (["search", "--limit", "-1"], 2, "limit"),
    (["search", "--on", "2026-02-30"], 2, "2026-02-30"),
    (["show", "oficine-savena"], 3, "officine-savena"),
    (["show", "../../registry"], 3, "registry"),
    (["show", "x" * 300], 3, "firm"),
    (["profile", "oficine-savena", "--client", "buyer", "--yes"], 3, "officine-savena"),
    (["profile", "officine-savena", "--client", "buyr", "--yes"], 3, "buyer"),
    (["printout", "--client", "buyr"], 3, "buyer"),
    (["client", "show", "buyr"], 3, "buyer"),
    (["help", "qery"], 2, "query"),
    (["fields", "-k", "contracter"], 2, "contractor"),
    (["search", "-o", "out.xyz"], 2, ".xyz"),
    (["search", "process:milling,"], 2, "query"),
    (["search", "(" * 5000], 2, "query"),
    (["search", "a" * 20_000], 2, "query"),
    (["search", "employees:" + "9" * 5000], 2, "number"),
    (["search", "employees:1e5"], 2, "e5"),
    (["search", "near:99,0,5km"], 2, "position"),
    (["search", "near:44,11,5kg"], 2, "km"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), UNKNOWN, ids=[" ".join(one[0])[:50] for one in UNKNOWN])
def test_what_is_unknown_names_the_nearest_with_the_right_exit_code(served, capreg, arguments, code, said):
    done = capreg("-R", served, *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert len(done.err) < 1000
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err


@pytest.mark.parametrize(
    "command",
    [
        ["search"],
        ["check"],
        ["show", "x"],
        ["client", "list"],
        ["ledger"],
        ["fields"],
        ["printout"],
        ["profile", "x", "--client", "y"],
    ],
    ids=" ".join,
)
def test_without_a_registry_it_is_told_how_to_make_one(capreg, command):
    for where in ([], ["-R", "nowhere"]):
        done = capreg(*where, *command)
        assert (done.code, done.out) == (2, "")
        assert "capreg init DIR" in done.err
        assert "--sample" in done.err


SALE = ["profile", "officine-savena", "--client", "buyer"]
REFUSED_SALES = [
    ([], 2, "--yes"),
    (["--yes", "-o", "out.xyz"], 2, ".xyz"),
    (["--yes", "-o", "out"], 2, "-O"),
    (["--yes", "-O", "docx"], 2, "docx"),
    (["--yes", "--language", "fr"], 2, "fr"),
    (["--yes", "-k", "frim"], 2, "firm"),
]


def charged(capreg, registry) -> list:
    return capreg("-R", registry, "ledger", "-O", "json").json["results"]


@pytest.mark.parametrize(
    ("more", "code", "said"), REFUSED_SALES, ids=[" ".join(one[0]) or "no terminal" for one in REFUSED_SALES]
)
def test_a_sale_that_cannot_be_shown_or_asked_about_charges_nothing(served, capreg, more, code, said):
    done = capreg("-R", served, *SALE, *more)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert charged(capreg, served) == []


@pytest.mark.parametrize("target", ["sample/x.md/y.md", "/proc/x.md", "folder.md", f"{'x' * 300}.md"])
def test_a_file_that_cannot_be_written_is_told_in_a_sentence_and_nothing_is_left(sample, tmp_path, capreg, target):
    (tmp_path / "folder.md").mkdir()
    (sample / "x.md").write_text("a file")
    before = files_of(tmp_path)
    done = capreg("-R", sample, "search", "-o", target)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("capreg: ")
    assert "x.md" in done.err or "folder.md" in done.err
    assert ".tmp" not in done.err
    assert files_of(tmp_path) == before


def test_a_file_that_is_there_stays_as_it_is_where_the_output_fails(sample, tmp_path, capreg):
    (tmp_path / "out.md").write_text("old")
    assert capreg("-R", sample, "search", "nosuch:1", "-o", "out.md").code == 2
    assert (tmp_path / "out.md").read_text() == "old"


@pytest.mark.parametrize("end", ["a", True, None, [1], {"min": 1}])
def test_what_is_called_like_the_end_of_a_range_and_is_no_number_is_shown_as_machines_read_it(empty, capreg, end):
    write_record(empty, firm("rossi", extension={"min": end}))
    assert capreg("-R", empty, "check").code == 0
    done = capreg("-R", empty, "show", "rossi", "--internal", "-O", "text")
    assert (done.code, json.dumps({"min": end}, separators=(",", ":")) in done.out) == (0, True), done.out + done.err
