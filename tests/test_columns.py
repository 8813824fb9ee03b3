"""Every column of every kind can be shown, sorted by and exported."""

import pytest

from capreg.model.kinds import Tier
from capreg.store.registry import Registry
from capreg.views.office import CLIENT


@pytest.mark.parametrize("kind", ["firm", "contractor"])
@pytest.mark.parametrize("format", ["table", "text", "md", "tsv", "csv", "json", "ndjson"])
def test_every_column_comes_out_in_every_format(sample, capreg, kind, format):
    names = {field.name for field in Registry(sample).kind(kind).leaves(Tier.detailed)} | {"id", "distance_km"}
    done = capreg("-R", sample, "search", "-k", kind, "--columns", ",".join(sorted(names)), "-O", format)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("direction", ["", "-"])
def test_every_column_sorts(sample, capreg, direction):
    for field in Registry(sample).kind("firm").leaves(Tier.detailed):
        done = capreg("-R", sample, "search", "process:milling", "--sort", direction + field.name, "-O", "json")
        assert (done.code, len(done.ids)) == (0, 24), field.name


def test_ties_are_broken_by_id_in_both_directions(sample, capreg):
    for sort in ("country", "-country"):
        ids = capreg("-R", sample, "search", "--sort", sort, "-O", "json").ids
        assert ids == sorted(ids)


def test_what_is_not_stated_comes_last(sample, capreg):
    for sort in ("employees", "-employees"):
        results = capreg("-R", sample, "search", "--sort", sort, "-O", "json").json["results"]
        assert [one["employees"] is None for one in results[-3:]] == [True] * 3


def test_limit_and_offset_show_a_page_and_total_counts_all(sample, capreg):
    all_ids = capreg("-R", sample, "search", "-O", "json").ids
    page = capreg("-R", sample, "search", "--limit", "5", "--offset", "10", "-O", "json")
    assert (page.ids, page.json["total"]) == (all_ids[10:15], len(all_ids))


def test_help_on_columns_lists_them(sample, capreg):
    done = capreg("-R", sample, "search", "--columns", "help")
    assert "tolerance\tTolerance" in done.out and "largest_customer" not in done.out


@pytest.fixture
def books(sample, capreg):
    """The sample with three clients."""
    for client in ("nordwerk", "acme", "zeta"):
        capreg("-R", sample, "client", "add", client)
    return sample


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ([], ["\t".join(CLIENT), "acme", "nordwerk", "zeta"]),
        (["--columns", "id"], ["id", "acme", "nordwerk", "zeta"]),
        (["--columns", "id", "--sort", "-id"], ["id", "zeta", "nordwerk", "acme"]),
        (["--columns", "id", "--limit", "1", "--offset", "1"], ["id", "nordwerk"]),
    ],
)
def test_every_list_takes_columns_order_and_pages(books, capreg, arguments, lines):
    done = capreg("-R", books, "client", "list", *arguments)
    assert [line.split("\t")[0] if at else line for at, line in enumerate(done.out.splitlines())] == lines


@pytest.mark.parametrize("command", [["client", "list"], ["ledger"], ["fields"], ["check"], ["search"]])
def test_an_unknown_column_of_a_list_names_the_nearest(books, capreg, command):
    assert capreg("-R", books, *command, "--columns", "nonsense").code == 2


@pytest.mark.parametrize("format", ["json", "ndjson", "csv", "md", "text", "table"])
def test_a_list_is_arranged_in_every_format(books, capreg, format):
    done = capreg("-R", books, "client", "list", "--sort", "-id", "--limit", "1", "-O", format)
    assert "zeta" in done.out and "acme" not in done.out


@pytest.mark.parametrize("words", [["-O", "json"], ["-Ojson"], ["-qOjson"], ["--format", "json"], ["--format=json"]])
def test_options_are_written_as_everywhere(sample, capreg, words):
    done = capreg("-R", sample, "search", *words, "process:milling")
    assert (done.code, done.json["total"]) == (0, 24)


def test_an_equals_sign_after_a_short_option_belongs_to_its_value(sample, capreg):
    assert "'=json'" in capreg("-R", sample, "search", "-O=json").err
    assert "=x is no registry" in capreg("-R=x", "search").err
