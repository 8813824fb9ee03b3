"""`history`: all changes of one record, each going on where the one before it ended."""

import json

import pytest
from conftest import firm, write_record
from test_diff import change, git

from capreg.model.record import Record
from capreg.store import changes
from capreg.store.registry import Registry


@pytest.fixture
def at(monkeypatch):
    """Let what capreg changes be changed at a moment."""
    return lambda moment: monkeypatch.setattr(changes, "_now", lambda: moment)


@pytest.fixture
def registry(empty, at):
    """A registry with one firm that was put there, and changed once."""
    opened = Registry(empty)
    at("2026-03-01T10:00:00Z")
    with changes.changing(opened) as held:
        held.put(opened.kind("firm"), Record("rossi", firm(founded=1987)), None)
    at("2026-04-01T10:00:00Z")
    change(opened, "rossi", founded=1988, languages=["it"])
    return opened


def told(capreg, registry, id="rossi", *more):
    return capreg("-R", registry.root, "history", id, "-O", "json", *more).json["changes"]


def brief(found) -> list[tuple[str, str, list]]:
    return [(one["change"], one["how"], [change["path"] for change in one["changes"]]) for one in found]


def rename(registry, old, new, order):
    """Rename a record as a command does, in either order of its two lines."""
    kind = registry.kind("firm")
    record = registry.get(kind, old)
    path = record.path.with_name(f"{new}.json")
    moved = Record(new, {**record.document, "id": new, "trading_names": [old]}, path)
    deeds = [lambda held: held.put(kind, moved, None), lambda held: held.remove(kind, record)]
    with changes.changing(registry) as held:
        for deed in deeds[::order]:
            deed(held)


def test_the_newest_change_comes_first(registry, capreg):
    assert brief(told(capreg, registry)) == [("changed", "capreg", ["/founded", "/languages"]), ("new", "capreg", [])]
    assert [one["at"] for one in told(capreg, registry)] == ["2026-04-01T10:00:00Z", "2026-03-01T10:00:00Z"]


def test_people_read_when_and_what_from_what_to_what(registry, capreg):
    write_record(registry.root, firm(founded=1989, languages=["it", "en"]))
    at = json.loads(capreg("-R", registry.root, "history", "rossi", "-O", "ndjson").out.splitlines()[0])["at"]
    done = capreg("-R", registry.root, "history", "rossi", "-O", "md")
    assert done.out.splitlines()[4:] == [
        done.out.splitlines()[4],
        "",
        "- **Founded**: 1988 → 1989",
        "- **Languages**: also en",
        "",
        "## 2026-04-01 12:00, changed",
        "",
        "- **Founded**: 1987 → 1988",
        "- **Languages**: not stated → it",
        "",
        "## 2026-03-01 11:00, new",
        "",
    ]
    assert done.out.splitlines()[4].startswith("## between 2026-04-01 12:00 and ") and at
    assert done.out.splitlines()[4].endswith(", outside capreg, changed")


def test_a_limit_keeps_the_newest(registry, capreg):
    assert brief(told(capreg, registry, "rossi", "--limit", "1")) == [("changed", "capreg", ["/founded", "/languages"])]
    assert told(capreg, registry, "rossi", "--limit", "0") == []


def test_tsv_has_a_row_a_value(registry, capreg):
    lines = capreg("-R", registry.root, "history", "rossi").out.splitlines()
    assert lines[0].split("\t") == ["at", "since", "id", "was", "change", "how", "author", "path", "before", "after"]
    assert lines[1].split("\t") == [
        "2026-04-01T10:00:00Z", "", "rossi", "", "changed", "capreg", "", "/founded", "1987", "1988",
    ]  # fmt: skip
    assert len(lines) == 4


def test_what_others_changed_between_two_lines_is_told_as_such(registry, capreg, at):
    write_record(registry.root, firm(founded=1989, languages=["it"]))
    at("2026-05-01T10:00:00Z")
    change(registry, "rossi", languages=["it", "de"])
    first, second, *_ = told(capreg, registry)
    assert brief([first, second]) == [("changed", "capreg", ["/languages"]), ("changed", "outside", ["/founded"])]
    assert (second["since"], second["at"]) == ("2026-04-01T10:00:00Z", "2026-05-01T10:00:00Z")


def test_git_tells_who_changed_it_and_in_which_commit(registry, capreg):
    git(registry.root, "init", "-q")
    for year, day in ((1988, "2026-04-02"), (1989, "2026-05-02"), (1990, "2026-06-02")):
        write_record(registry.root, firm(founded=year, languages=["it"]))
        git(registry.root, "add", "-A")
        git(registry.root, "commit", "-qm", str(year), "--allow-empty", at=f"{day}T10:00:00Z")
    write_record(registry.root, firm(founded=1991, languages=["it"]))
    found = told(capreg, registry)
    assert [(one["how"], one.get("author"), one["changes"][0]["after"]) for one in found[:4]] == [
        ("outside", None, 1991),
        ("git", "anna@hub.example", 1990),
        ("git", "anna@hub.example", 1989),
        ("capreg", None, 1988),
    ]
    assert len(found[1]["commit"]) == 40


def test_a_record_that_was_removed_still_has_its_history(registry, capreg, at):
    kind = registry.kind("firm")
    with changes.changing(registry) as held:
        held.remove(kind, registry.get(kind, "rossi"))
    assert [one["change"] for one in told(capreg, registry)] == ["gone", "changed", "new"]


def test_so_does_one_whose_file_somebody_removed(registry, capreg):
    (registry.root / "firms" / "rossi.json").unlink()
    assert brief(told(capreg, registry))[0] == ("gone", "outside", [])
    assert (
        "after 2026-04-01 12:00, outside capreg, gone"
        in capreg("-R", registry.root, "history", "rossi", "-O", "text").out
    )


@pytest.mark.parametrize("order", [1, -1], ids=["made, then removed", "removed, then made"])
def test_a_rename_is_followed(registry, capreg, order):
    rename(registry, "rossi", "verdi", order)
    change(registry, "verdi", founded=1999)
    expected = [
        ("changed", "verdi", None),
        ("renamed", "verdi", "rossi"),
        ("changed", "rossi", None),
        ("new", "rossi", None),
    ]
    assert [(one["change"], one["id"], one.get("was")) for one in told(capreg, registry, "verdi")] == expected
    assert [(one["change"], one["id"], one.get("was")) for one in told(capreg, registry)] == expected[1:]


def test_a_record_that_no_line_tells_of_has_been_there_since_its_file_was_written(empty, capreg):
    write_record(empty, firm())
    assert brief(told(capreg, Registry(empty))) == [("new", "outside", [])]


def test_a_change_of_what_is_confidential_is_shown_to_the_hub_alone(registry, capreg):
    change(registry, "rossi", capacity={"largest_customer_share": 0.17})
    for options, expected in ([], False), (["--internal"], True):
        out = [
            capreg("-R", registry.root, "history", "rossi", "-O", one, *options).out for one in ("text", "json", "tsv")
        ]
        assert ["0.17" in one for one in out] == [expected] * 3
    assert "in what is confidential" in capreg("-R", registry.root, "history", "rossi", "-O", "text").out


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["rosssi"], 3, "Did you mean rossi?"),
        (["rossi", "-k", "frim"], 2, "unknown kind"),
        (["../x"], 3, "there is no firm"),
        (["rossi", "--limit", "-1"], 2, "-1"),
    ],
)
def test_what_is_not_there_is_told(registry, capreg, arguments, code, expected):
    done = capreg("-R", registry.root, "history", *arguments)
    assert (done.code, expected in done.err) == (code, True), done.err
