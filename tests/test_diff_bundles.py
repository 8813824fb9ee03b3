"""`diff` of bundles: two of a hub, or one and a registry; what they carry is compared, and a bad one is refused as ever."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import firm, write_record
from test_bundles import CHANGES, bundled, header_of, kept_files
from test_house import loaded_by
from test_ways_out import Planted

from capreg.store.schemas import shipped_kinds
from capreg.store.states import Held

MILL = {"id": "mill", "process": "milling", "materials": ["steel", "brass"], "tolerance_mm": 0.02}
EXPIRED = ("--created", "2026-01-01", "--expires", "P30D")


@pytest.fixture
def months(empty, capreg, tmp_path, monkeypatch):
    """A hub and its bundles of two months, seen from a folder with no registry around: (registry, october, november)."""
    write_record(empty, firm("rossi", capabilities=[MILL]))
    write_record(empty, firm("bianchi"))
    october = bundled(capreg, empty, tmp_path / "october.capreg")
    write_record(empty, firm("rossi", capabilities=[MILL | {"materials": ["steel"], "tolerance_mm": 0.01}]))
    write_record(empty, firm("verdi"))
    (empty / "firms" / "bianchi.json").unlink()
    november = bundled(capreg, empty, tmp_path / "november.capreg")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return empty, october, november


def state(tmp_path) -> bytes | None:
    """What is remembered of the hubs that were met."""
    path = tmp_path / ".state" / "capreg" / "hubs.json"
    return path.read_bytes() if path.exists() else None


def versions(tmp_path) -> list[int]:
    """The newest versions that are remembered."""
    return [seen["version"] for hub in json.loads(state(tmp_path)).values() for seen in hub["seen"].values()]


def brief(done) -> list[tuple[str, str, list]]:
    found = done.json["records"]
    return [(one["id"], one["change"], [change["path"] for change in one.get("changes", [])]) for one in found]


def refused(capreg, tmp_path, *arguments):
    """See a diff refused for a bundle that does not hold, with nothing remembered; return what it said."""
    before = state(tmp_path)
    done = capreg("diff", *arguments)
    assert (done.code, done.out, "Traceback" in done.err, state(tmp_path)) == (7, "", False, before), done.err
    return done


# What is compared


def test_two_bundles_are_compared_with_no_registry_at_hand(months, capreg):
    registry, october, november = months
    done = capreg("diff", october, november, "-O", "json")
    assert done.code == 0, done.err
    found = done.json
    new, gone = (found["records"][at]["record"] for at in (2, 0))
    assert (new["id"], gone["id"], new["name"]) == ("verdi", "bianchi", "Verdi")
    changes = [{"path": "/capabilities/mill/materials", "before": ["steel", "brass"], "after": ["steel"]}]
    assert found == {
        "schema_version": 1,
        "from": str(october),
        "to": str(november),
        "counts": {"gone": 1, "changed": 1, "new": 1},
        "records": [
            {"kind": "firm", "id": "bianchi", "change": "gone", "record": gone},
            {"kind": "firm", "id": "rossi", "change": "changed", "changes": changes},
            {"kind": "firm", "id": "verdi", "change": "new", "record": new},
        ],
        "unsure": [],
        "unread": [],
    }


def test_people_read_the_labels_and_words_that_travel_in_the_bundle(months, capreg):
    registry, october, november = months
    shutil.rmtree(registry)
    english, italian = (capreg("diff", october, november, "-O", "text", "--language", one).out for one in ("en", "it"))
    assert "Firms: 1 new, 1 gone, 1 changed" in english
    assert "Milling: Materials  no longer Brass" in english
    assert "Fresatura: Materiali  non più Ottone" in italian


CRANE = {"folder": "cranes", "label": {"en": "Crane", "it": "Gru"}, "title": "name", "columns": ["name"]}


@pytest.fixture
def crane(empty, capreg, tmp_path):
    """Make a bundle of a hub with a kind of its own, which has one field beside the name: `crane(value, schema)`."""
    (empty / "schemas").mkdir(exist_ok=True)
    (empty / "cranes").mkdir()

    def make(value, schema) -> Path:
        name = {"tier": "short", "label": {"en": "Name", "it": "Nome"}, "search": {"name": "name", "as": "text"}}
        properties = {
            **{key: {"type": "string", "capreg": {"tier": "short"}} for key in ("kind", "id")},
            "name": {"type": "string", "capreg": name},
            "own": schema,
        }
        said = {"type": "object", "properties": properties, "capreg": {"kind": CRANE}}
        (empty / "schemas" / "crane.schema.json").write_text(json.dumps(said))
        write_record(empty, {"kind": "crane", "id": "red", "name": "Red", "own": value}, "cranes")
        return bundled(capreg, empty, tmp_path / f"{len(list(tmp_path.glob('*.capreg')))}.capreg")

    return make


REACH = {"tier": "short", "label": {"en": "Reach", "it": "Sbraccio"}}
METRIC = {"type": "number", "capreg": {**REACH, "unit": "mm"}}


def test_a_kind_of_the_hubs_own_is_told_in_the_words_of_the_bundle(crane, empty, capreg):
    bundles = [crane(reach, METRIC) for reach in (900, 1200)]
    shutil.rmtree(empty)
    assert "Reach  900 mm → 1200 mm" in capreg("diff", *bundles, "-O", "text").out


def test_what_does_not_fit_the_kind_as_it_is_now_is_told_as_it_stands(crane, capreg):
    bundles = [crane(900, METRIC), crane("long", {"type": "string", "capreg": REACH})]
    assert "/own  900 → long" in capreg("diff", *bundles, "-O", "text").out
    assert "/own  long → 900" in capreg("diff", *reversed(bundles), "-O", "text").out


def test_what_was_cut_is_not_cut_again_without_the_flags_that_opened_it(crane, empty, capreg):
    properties = {
        "user": {"type": "string", "capreg": {"tier": "short", "unless": "may_be_named"}},
        "may_be_named": {"type": "boolean", "capreg": {"tier": "detailed"}},
    }
    users = {"type": "array", "items": {"type": "object", "properties": properties}}
    first, second = (crane([{"user": one, "may_be_named": True}], users) for one in ("Anna", "Bruno"))
    for pair in ((first, second), (first, empty)):
        assert brief(capreg("diff", *pair, "-O", "json")) == [("red", "changed", ["/own/0/user"])]


def test_a_kind_may_have_moved_to_another_folder(crane, empty, capreg):
    bundle, schema = crane(900, METRIC), empty / "schemas" / "crane.schema.json"
    schema.write_text(schema.read_text().replace("cranes", "lifts"))
    (empty / "cranes").rename(empty / "lifts")
    for pair in ((bundle, empty), (empty, bundle)):
        assert brief(capreg("diff", *pair, "-O", "json")) == []


def test_a_bundle_does_not_differ_from_the_registry_that_it_was_made_of(sample, capreg, tmp_path):
    for kind in shipped_kinds():
        write_record(sample, Planted(kind).document, f"{kind}s")
    bundle = bundled(capreg, sample, tmp_path / "whole.capreg")
    for pair in ((bundle, sample), (sample, bundle), (bundle, bundle)):
        assert capreg("diff", *pair, "-O", "json").json["records"] == []


def test_of_a_registry_beside_a_bundle_no_closed_field_is_looked_at(months, capreg):
    registry, october, november = months
    closed = {"capacity": {"largest_customer_share": 0.17}}
    write_record(
        registry, firm("rossi", capabilities=[MILL | {"materials": ["steel"], "mass_kg": {"max": 9}}], **closed)
    )
    assert brief(capreg("diff", november, registry, "-O", "json")) == []
    assert brief(capreg("diff", october, registry, "-O", "json"))[1] == (
        "rossi",
        "changed",
        ["/capabilities/mill/materials"],
    )


@pytest.mark.parametrize("kind", shipped_kinds())
def test_nothing_closed_is_shown_of_a_record_that_is_new_beside_a_bundle(months, capreg, kind):
    registry, october, november = months
    found = Planted(kind)
    write_record(registry, found.document, f"{kind}s")
    unmistakable = [one for tier in ("detailed", "confidential") for one in found.markers[tier] if one[0] == "q"]
    for format in ("json", "ndjson", "tsv", "text", "md"):
        told = capreg("diff", november, registry, "-O", format).out
        assert ("planted" in told, [one for one in unmistakable if one in told]) == (True, [])


def test_a_registry_is_a_side_as_it_is_now_or_was_on_a_day(months, capreg):
    registry, october, november = months
    for arguments in ((november,), (november, registry), (november, "2099-01-01"), ("2099-01-01", november)):
        assert brief(capreg("-R", registry, "diff", *arguments, "-O", "json")) == []
    assert capreg("diff", november).code == 2


def test_a_bundle_in_the_registrys_place_is_the_second_side(months, capreg):
    registry, october, november = months
    wanted = capreg("diff", october, november).out
    assert capreg("-R", november, "diff", october).out == wanted
    done = capreg("-R", november, "diff")
    assert (done.code, "which is only read" in done.err) == (2, True)


def test_a_record_under_another_id_is_one_that_was_renamed(empty, capreg, tmp_path):
    write_record(empty, firm("rossi"))
    before = bundled(capreg, empty, tmp_path / "before.capreg")
    assert capreg("-R", empty, "rename", "rossi", "verdi").code == 0
    after = bundled(capreg, empty, tmp_path / "after.capreg")
    (record,) = capreg("diff", before, after, "-O", "json").json["records"]
    assert (record["change"], record["was"], record["id"]) == ("renamed", "rossi", "verdi")


def test_what_only_one_bundle_carries_is_not_taken_for_new_or_gone(months, capreg, tmp_path):
    registry, october, november = months
    firms = bundled(capreg, registry, tmp_path / "firms.capreg", "--kinds", "firm")
    write_record(registry, Planted("contractor").document, "contractors")
    for pair in ((november, firms), (firms, november), (registry, firms), (firms, registry)):
        done = capreg("diff", *pair, "-O", "json")
        assert (brief(done), "one side alone carries it: contractor" in done.err) == ([], True), pair
        refusal = capreg("diff", *pair, "-k", "contractor")
        assert (refusal.code, "unknown kind 'contractor'" in refusal.err) == (2, True)
    assert "carries" not in capreg("diff", october, november).err


def test_a_bundle_of_what_a_query_selects_is_named_as_that(months, capreg, tmp_path):
    registry, october, november = months
    first, second = (bundled(capreg, registry, tmp_path / name, "process:milling") for name in ("one", "two"))
    assert "only what 'process:milling' selects" in capreg("diff", november, second).err
    assert "only what 'process:milling' selects" in capreg("diff", second, registry).err
    assert "selects" not in capreg("diff", first, second).err


def test_only_what_differs_is_read(months, capreg, monkeypatch):
    registry, october, november = months
    read, whole = [], Held.read
    monkeypatch.setattr(Held, "read", lambda self: read.append(self.file) or whole(self))
    capreg("diff", october, october)
    assert read == []
    capreg("diff", october, november)
    assert read == ["firms/bianchi.json", "firms/rossi.json", "firms/rossi.json", "firms/verdi.json"]


def test_a_pipe_loads_nothing_heavy(months):
    registry, october, november = months
    assert loaded_by("diff", october, november) == set()


# Whom it is trusted


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("side", [0, 1])
def test_a_bundle_that_was_changed_is_refused_on_either_side(months, capreg, tmp_path, change, side):
    registry, october, november = months
    changed = tmp_path / "changed.capreg"
    changed.write_bytes(CHANGES[change](october.read_bytes()))
    refused(capreg, tmp_path, *([changed, november], [november, changed])[side])
    refused(capreg, tmp_path, *([changed, registry], [registry, changed])[side])


@pytest.fixture
def forged(months, capreg, tmp_path):
    """A bundle under the hub's name that another key signed."""
    other = Path(shutil.copytree(months[0], tmp_path / "other", ignore=shutil.ignore_patterns("office")))
    return bundled(capreg, other, tmp_path / "forged.capreg")


def test_a_bundle_that_another_key_signed_is_refused(months, capreg, tmp_path, forged):
    registry, october, november = months
    assert capreg("bundle", "verify", october).code == 0
    for pair in ((forged, registry), (forged, forged), (october, forged)):
        assert "whose key was" in refused(capreg, tmp_path, *pair).err


def test_of_a_hub_that_was_never_met_two_bundles_must_have_one_key(months, capreg, tmp_path, forged):
    registry, october, november = months
    for pair in ((forged, november), (november, forged)):
        assert "whose key was" in refused(capreg, tmp_path, *pair).err
    assert state(tmp_path) is None


def test_one_version_with_two_contents_is_refused(months, capreg, tmp_path):
    registry, october, november = months
    shutil.rmtree(registry / "office" / "bundles")
    other = bundled(capreg, registry, tmp_path / "other.capreg")
    assert header_of(other)["version"] == header_of(october)["version"] == 1
    assert "with other content" in refused(capreg, tmp_path, october, other).err
    assert capreg("bundle", "verify", november).code == 0
    assert "with other content" in refused(capreg, tmp_path, other, october).err


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_bundles_the_newer_one_is_remembered(months, capreg, tmp_path, order):
    registry, october, november = months
    done = capreg("diff", *(october, november)[::order])
    assert (done.code, versions(tmp_path), done.err.count("First met")) == (0, [2], 1)
    assert capreg("-R", october, "search", "process:milling").code == 7


def test_a_bundle_older_than_one_seen_is_compared_and_what_is_remembered_stays(months, capreg, tmp_path):
    registry, october, november = months
    newest = bundled(capreg, registry, tmp_path / "december.capreg")
    assert capreg("bundle", "verify", newest).code == 0
    path = tmp_path / ".state" / "capreg" / "hubs.json"
    before = path.stat()
    for pair in ((october, november), (november, october), (october, registry), (registry, october)):
        for _ in ("verified", "known"):
            assert capreg("diff", *pair).code == 0
    assert (versions(tmp_path), path.stat().st_mtime_ns, path.stat().st_ino) == ([3], before.st_mtime_ns, before.st_ino)
    assert capreg("-R", october, "search", "process:milling").code == 7


def test_a_second_side_that_is_not_the_newest_seen_is_told_whatever_is_silenced(months, capreg):
    registry, october, november = months
    told = f"{october} is version 1 of"
    assert told not in capreg("diff", "-q", october, november).err
    assert told not in capreg("diff", "-q", october, registry).err
    assert told in capreg("diff", "-q", november, october).err
    assert told in capreg("diff", "-q", registry, october).err


def test_an_expired_bundle_is_refused_unless_that_is_allowed(empty, capreg, tmp_path):
    write_record(empty, firm())
    old = bundled(capreg, empty, tmp_path / "old.capreg", *EXPIRED)
    new = bundled(capreg, empty, tmp_path / "new.capreg")
    for pair in ((old, new), (new, old), (old, empty)):
        assert "expired on 2026-01-31" in refused(capreg, tmp_path, *pair).err
        done = capreg("diff", "--allow-expired", *pair)
        assert (done.code, "expired on 2026-01-31" in done.err) == (0, True)


@pytest.mark.parametrize("side", [0, 1])
def test_what_is_confidential_is_not_asked_of_a_bundle(months, capreg, side):
    registry, october, november = months
    home = Path.cwd().parent
    before = kept_files(home)
    done = capreg("diff", "--internal", *([october, registry], [registry, october])[side])
    assert (done.code, done.out, "is a bundle, which is only read" in done.err) == (2, "", True)
    assert kept_files(home) == before


def test_a_bundle_that_is_not_there_is_told(months, capreg):
    registry, october, november = months
    done = capreg("diff", october, "novmber.capreg")
    assert (done.code, "there is no bundle 'novmber.capreg'" in done.err) == (3, True)


def test_a_folder_or_a_day_that_is_called_as_a_bundle_is_what_it_is(months, capreg):
    registry, october, november = months
    folder = Path(shutil.copytree(registry, "folder.capreg"))
    shutil.copy(october, "2026-11-01")
    assert brief(capreg("diff", november, folder, "-O", "json")) == []
    assert capreg("diff", "2026-11-01", november).code == 2
    assert brief(capreg("diff", "./2026-11-01", october, "-O", "json")) == []


def test_the_outcome_never_takes_the_place_of_a_bundle(months, capreg):
    registry, october, november = months
    assert capreg("diff", october, november, "-O", "json", "-o", "outcome.json").code == 0
    assert len(json.loads(Path("outcome.json").read_text())["records"]) == 3
    Path("link.capreg").symlink_to(november)
    content = november.read_bytes()
    for target in (november, "link.capreg"):
        done = capreg("diff", october, november, "-O", "json", "-o", target)
        assert (done.code, november.read_bytes()) == (2, content)


@pytest.fixture
def december(months, capreg, tmp_path):
    """A bundle that is signed by the key that followed the one of October."""
    assert capreg("-R", months[0], "key", "rotate", "--yes").code == 0
    return bundled(capreg, months[0], tmp_path / "december.capreg")


@pytest.mark.parametrize("is_backwards", [False, True], ids=["the older first", "the newer first"])
@pytest.mark.parametrize("is_met", [False, True], ids=["a hub never met", "a hub met with its old key"])
def test_a_change_of_the_key_between_two_bundles_is_followed_and_told_once(
    months, december, capreg, tmp_path, is_met, is_backwards
):
    _, october, _ = months
    if is_met:
        assert capreg("-R", october, "search").code == 0
    pair = [december, october] if is_backwards else [october, december]
    first, second = (capreg("diff", *pair) for _ in range(2))
    assert (first.code, "changed its key from" in first.err) == (0, True), first.err
    assert (second.code, "changed its key" in second.err, second.out) == (0, False, first.out), second.err
    assert [hub["key"] for hub in json.loads(state(tmp_path)).values()] == [header_of(december)["key"]]


def test_it_is_followed_by_who_verified_both_long_ago_and_remembers_nothing(months, december, capreg, tmp_path):
    _, october, _ = months
    assert [capreg("-R", one, "search").code for one in (october, december)] == [0, 0]
    (tmp_path / ".state" / "capreg" / "hubs.json").unlink()
    assert capreg("diff", october, december).code == 0
    assert [hub["key"] for hub in json.loads(state(tmp_path)).values()] == [header_of(december)["key"]]


def test_a_key_that_was_given_up_is_taken_in_no_other_use(months, december, capreg, tmp_path):
    _, october, _ = months
    assert capreg("diff", october, december).code == 0
    before = state(tmp_path)
    done = capreg("-R", october, "search")
    assert (done.code, "has given up\nAsk the hub for a newer one." in done.err, state(tmp_path)) == (7, True, before)
