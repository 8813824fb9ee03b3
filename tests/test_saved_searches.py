"""Searches that are kept under a name, and what they find since the last time."""

import pytest
from conftest import firm, write_record


def mills(id: str) -> dict:
    return firm(id, capabilities=[{"process": "milling"}])


@pytest.fixture
def search(empty, capreg):
    """A registry with one firm that mills, and a search for those kept as `mills`."""
    write_record(empty, mills("a"))

    def search(*arguments):
        return capreg("-R", empty, "search", *arguments, "-O", "json")

    assert search("process:milling", "--save-as", "mills").ids == ["a"]
    return search


def test_a_kept_search_finds_what_it_asks(search):
    done = search("--saved", "mills")
    assert (done.ids, done.json["query"]) == (["a"], "process:milling")


def test_a_query_beside_it_is_added(search):
    assert search("--saved", "mills", "country:DE").ids == []


def test_new_is_what_it_had_not_found_the_last_time(empty, search):
    assert search("--saved", "mills", "--new").ids == []
    write_record(empty, mills("b"))
    assert search("--saved", "mills", "--new").ids == ["b"]
    assert search("--saved", "mills", "--new").ids == []
    assert search("--saved", "mills").ids == ["a", "b"]


def test_a_firm_that_drops_out_and_is_back_is_new_again(empty, search):
    (empty / "firms" / "a.json").unlink()
    assert search("--saved", "mills", "--new").ids == []
    write_record(empty, mills("a"))
    assert search("--saved", "mills", "--new").ids == ["a"]


def test_what_a_limit_hides_stays_new(empty, search):
    for id in "bcd":
        write_record(empty, mills(id))
    assert search("--saved", "mills", "--new", "--limit", "2").ids == ["b", "c"]
    assert search("--saved", "mills", "--new").ids == ["d"]


def test_a_trial_and_a_failed_output_remember_nothing(empty, search, tmp_path):
    write_record(empty, mills("b"))
    assert search("--saved", "mills", "--new", "--dry-run").ids == ["b"]
    assert search("--saved", "mills", "--new", "-o", tmp_path / "nowhere" / "new.json").code == 1
    assert search("--saved", "mills", "--new").ids == ["b"]


def test_a_trial_keeps_no_search(search):
    assert search("process:turning", "--save-as", "turns", "--dry-run").code == 0
    assert search("--saved", "turns").code == 3


def test_a_name_that_stands_for_another_search_is_told(search):
    done = search("process:turning", "--save-as", "mills")
    assert (done.code, done.err) == (0, "'mills' stood for another search before: process:milling\n")
    assert search("--saved", "mills").json["query"] == "process:turning"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--saved", "mils"), 3, "no search is saved as 'mils'\nDid you mean mills?"),
        (("process:milling", "--save-as", "Two Words"), 2, "is no name for a search"),
        (("--new",), 2, "Name the search: --saved NAME."),
        (("--saved", "mills", "--new", "country:IT"), 2, "Leave out the query"),
        (("--saved", "mills", "-f", "-"), 2, "-f and --saved are two inquiries"),
        (("--saved", "mills", "-k", "contractor"), 2, "the inquiry asks for the kind 'firm', not 'contractor'"),
        (("--save-as", "everything"), 2, "nothing is asked that could be saved"),
    ],
)
def test_what_makes_no_sense_is_refused(search, arguments, code, told):
    done = search(*arguments)
    assert (done.code, told in done.err) == (code, True), done.err
