"""Searching a bundle with what was bought of it: closed fields are met by opened profiles, and by no other."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from test_bundles import with_one_sold
from test_search_sample import DAY, TABLE

from capreg.cli.main import main
from capreg.exchange import using
from capreg.exchange.trust import Terms
from capreg.index.find import find
from capreg.index.granted import with_opened
from capreg.model.kinds import Tier
from capreg.model.record import Record, cut
from capreg.query.language import join
from capreg.store.registry import Registry

# What no short tier and no schema's example holds.
CLOSED = "https://closed-to-all-but-buyers.example"


@pytest.fixture(scope="module")
def profiles(_sample_once):
    """The detailed tier of all firms of the sample, by id."""
    registry = Registry(Path(_sample_once))
    kind = registry.kind("firm")
    found = (one for one in registry.read(kind) if isinstance(one, Record))
    return {one.id: {**cut(kind, one.document, Tier.detailed)} for one in found}


@pytest.fixture(scope="module")
def opened(_sample_once, profiles, tmp_path_factory):
    """A bundle of the sample in which all profiles were opened, or every second one: `opened(step)` -> its index."""
    room = tmp_path_factory.mktemp("opened")
    hub = shutil.copytree(_sample_once, room / "hub")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(room / "cache"))
        patch.setenv("XDG_STATE_HOME", str(room / "state"))
        with pytest.raises(SystemExit, match="0"):
            main(["-q", "-R", str(hub), "bundle", "create", "-o", str(room / "all.capreg")])
        bundle = using.catalogue(str(room / "all.capreg"), Terms(DAY), lambda text: None, lambda done, total: None)
        made = {step: with_opened(bundle, list(profiles.values())[::step]) for step in (1, 2)}
        yield made.__getitem__
        for one in (bundle, *made.values()):
            one.close()


@pytest.mark.parametrize("step", [1, 2], ids=["all opened", "every second one opened"])
@pytest.mark.parametrize(("query", "ids"), TABLE, ids=[row[0] for row in TABLE])
def test_opened_profiles_are_found_as_in_the_registry(opened, profiles, query, ids, step):
    known = list(profiles)[::step]
    catalogue = opened(step)
    found = find(catalogue, catalogue.kind("firm"), join(shlex.split(query)), DAY)
    assert [hit.id for hit in found.hits if hit.id in known] == [id for id in ids.split() if id in known]


@pytest.fixture
def bought(sample, capreg, tmp_path):
    """A sealed bundle, of which one profile was bought: the bundle, and the options that open it."""
    (path,) = sample.glob("firms/**/officine-savena.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "website": CLOSED}))
    return with_one_sold(capreg, sample, tmp_path)


def test_a_closed_field_is_met_by_what_was_bought(bought, capreg):
    bundle, mine = bought
    done = capreg("-R", bundle, "search", "tolerance:..0.02mm", *mine, "-O", "json")
    assert (done.code, done.ids) == (0, ["officine-savena"])
    assert "Closed fields are searched in 1 profile; of all others they are not stated." in done.err


def test_what_is_open_is_found_as_without_grants(bought, capreg):
    bundle, mine = bought
    asked = ["-R", bundle, "search", "process:milling", "-O", "json", "--sort", "name"]
    assert capreg(*asked, *mine).ids == capreg(*asked).ids != []


def test_columns_of_what_was_bought_are_shown(bought, capreg):
    bundle, mine = bought
    done = capreg("-R", bundle, "search", "tolerance:..0.02mm", *mine, "--columns", "id,tolerance", "-O", "tsv")
    assert done.code == 0 and done.out.splitlines()[1].startswith("officine-savena\t0.0")


def test_another_identity_opens_nothing_and_the_field_stays_refused_by_name(bought, capreg, tmp_path):
    bundle, mine = bought
    assert capreg("key", "new", tmp_path / "other.key").code == 0
    done = capreg("-R", bundle, "search", "tolerance:..0.02mm", *mine[:-1], tmp_path / "other.key")
    assert (done.code, done.out, "'tolerance' is sealed in this bundle" in done.err) == (6, "", True)


def test_fields_of_a_kind_of_which_nothing_was_bought_stay_refused_by_name(bought, capreg):
    bundle, mine = bought
    done = capreg("-R", bundle, "search", "-k", "contractor", "units_year:1000..", *mine)
    assert (done.code, done.out, "'units_year' is sealed in this bundle" in done.err) == (6, "", True)


def test_grants_that_open_nothing_are_told(bought, capreg):
    bundle, mine = bought
    (mine[1] / "forged.json").write_text('{"kind": "firm"}')
    done = capreg("-R", bundle, "search", "tolerance:..0.02mm", *mine, "-v")
    assert (done.code, "1 grant at hand opened nothing of this bundle" in done.err) == (0, True)


def test_nothing_that_was_opened_is_left_on_the_disk(bought, capreg, tmp_path):
    bundle, mine = bought
    assert capreg("-R", bundle, "search", "tolerance:..0.02mm", *mine).code == 0
    (index,) = tmp_path.rglob("bundles/*/index.sqlite")
    assert sorted(path.name for path in index.parent.rglob("*")) == ["index.sqlite", "verified.json"]
    assert CLOSED in capreg("-R", bundle, *mine, "profile", "officine-savena", "-O", "json").out
    assert CLOSED.encode() not in index.read_bytes()


def test_a_registry_takes_no_grants(sample, capreg, tmp_path):
    done = capreg("-R", sample, "search", "process:milling", "--grants", tmp_path, "--identity", tmp_path / "me.key")
    assert (done.code, "grants open sealed parts of a bundle" in done.err) == (2, True)


def test_who_bought_must_be_said(bought, capreg):
    bundle, mine = bought
    done = capreg("-R", bundle, "search", "tolerance:..0.02mm", *mine[:2])
    assert (done.code, "--identity KEYFILE" in done.err) == (2, True)
