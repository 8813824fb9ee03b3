"""A hub's change of key: what held before still holds, who knows the old key takes the new one, and nobody else's."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import files_of, firm, write_record
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from money import sold
from test_bundles import bundled, refused
from test_hostile_bundles import files_in, repacked, with_header

from capreg.exchange.delta import write_delta
from capreg.exchange.header import BYTES, proved
from capreg.office import keys
from capreg.office.books import books_of
from capreg.office.head import Head, read_opening, write_head
from capreg.office.sealed import kept_parts
from capreg.store import rotation
from capreg.store.registry import Registry
from capreg.store.rotation import Rotation, earlier, followed, leading, read_rotations, rotated
from capreg.store.signing import ForgedError, fingerprint, public

AT = "2026-11-26T09:00:00Z"
HEAD = {"number": 0, "hash": "0" * 64}


@pytest.fixture
def hub(shop, capreg):
    """A shop that has sold a profile to a client with a key, whose grant and part lie beside it."""
    write_record(shop, firm("firm-0"))
    key = capreg("key", "new", "buyer.key").out.strip()
    capreg("-R", shop, "client", "edit", "buyer", "--key", key)
    assert buy(capreg, shop, "firm-0", "old.json").code == 0
    return shop


def buy(capreg, hub, id, to):
    return capreg("-R", hub, "profile", id, "--client", "buyer", "--grant", to, "--yes")


def opens(capreg, hub, grant, key, *more, id="firm-0"):
    registry = Registry(hub)
    kind = registry.kind("firm")
    (part,) = kept_parts(books_of(registry), [(kind, registry.get(kind, id).document)])
    Path("part.age").write_bytes(part.content)
    return capreg("grant", "open", grant, "part.age", "--identity", "buyer.key", "--hub-key", key, *more).code


def own_key(capreg, hub) -> str:
    return capreg("-R", hub, "key", "hub").out.strip()


def rotate(capreg, hub) -> str:
    done = capreg("-R", hub, "key", "rotate", "--yes")
    assert done.code == 0, done.err
    return done.out.strip()


def test_the_ledger_goes_on_under_the_new_key_and_what_was_before_still_holds(hub, capreg):
    receipt = capreg("-R", hub, "ledger", "receipt", 1)
    Path("receipt.json").write_text(receipt.out)
    before = own_key(capreg, hub)
    after = rotate(capreg, hub)
    assert own_key(capreg, hub) == after != before
    assert buy(capreg, hub, "firm-1", "new.json").code == 0
    assert len(sold(hub)) == 2
    assert capreg("-R", hub, "ledger", "verify", "--receipt", "receipt.json").code == 0
    assert capreg("-R", hub, "check").code == 0


def test_the_key_is_changed_more_than_once(hub, capreg):
    made = [own_key(capreg, hub), rotate(capreg, hub), rotate(capreg, hub)]
    assert keys.hub_keys(hub / "office") == [made[2], made[0], made[1]]
    assert buy(capreg, hub, "firm-1", "new.json").code == 0


def test_who_knows_the_old_key_takes_the_new_one_by_what_both_signed(hub, capreg):
    before = own_key(capreg, hub)
    after = rotate(capreg, hub)
    buy(capreg, hub, "firm-1", "new.json")
    Path("rotations.jsonl").write_text(capreg("-R", hub, "key", "rotations").out)
    told = ("--rotations", "rotations.jsonl")
    assert opens(capreg, hub, "new.json", before, id="firm-1") == 7
    assert opens(capreg, hub, "new.json", before, *told, id="firm-1") == 0
    assert opens(capreg, hub, "new.json", fingerprint(before), *told, id="firm-1") == 0
    assert opens(capreg, hub, "old.json", before, *told) == 0
    assert opens(capreg, hub, "old.json", after, *told) == 7


def test_a_dry_run_changes_no_key(hub, capreg):
    before = own_key(capreg, hub)
    assert capreg("-R", hub, "key", "rotate", "--dry-run").code == 0
    assert capreg("-R", hub, "key", "rotate").code == 2
    assert own_key(capreg, hub) == before


def test_a_hub_that_sold_nothing_yet_changes_its_key_too(shop, capreg):
    keys.equip(shop / "office")
    assert rotate(capreg, shop) == own_key(capreg, shop)
    assert capreg("-R", shop, "profile", "firm-0", "--client", "buyer", "--yes").code == 0


CRASHES = ["hub.key.next is written", "the rotation is written", "the new key is in its place"]


@pytest.mark.parametrize("step", [0, 1, 2], ids=CRASHES)
def test_whatever_step_a_crash_leaves_it_at_the_ledger_goes_on(hub, capreg, monkeypatch, step):
    calls = []

    def stopping(what):
        def run(*arguments, **rest):
            calls.append(what)
            if len(calls) > step + 1:
                raise KeyboardInterrupt
            return what(*arguments, **rest)

        return run

    with monkeypatch.context() as patched:
        patched.setattr(keys, "write_whole", stopping(keys.write_whole))
        patched.setattr("capreg.office.head.write_whole", stopping(keys.write_whole))
        if step < 2:
            really = keys.settle_key
            # The second time is that which puts the new key in its place.
            patched.setattr(
                keys, "settle_key", lambda office: really(office) if not calls else stopping(really)(office)
            )
        assert capreg("-R", hub, "key", "rotate", "--yes").code == 130
    assert buy(capreg, hub, "firm-1", "new.json").code == 0
    assert capreg("-R", hub, "ledger", "verify").code == 0
    assert capreg("-R", hub, "check").code == 0
    assert len(keys.hub_keys(hub / "office")) == (1 if step == 0 else 2)


def test_the_old_key_signs_no_head_any_more(hub, capreg):
    shutil.copytree(hub / "office" / "keys", "stolen")
    rotate(capreg, hub)
    buy(capreg, hub, "firm-1", "new.json")
    old = keys._loaded(Path("stolen/hub.key"), Path())
    entry = sold(hub)[-1]
    opening = read_opening(hub / "office" / "ledger")
    write_head(hub / "office" / "ledger", Head(entry.number, entry.hash), opening, old)
    assert capreg("-R", hub, "ledger", "verify").code == 7


def test_a_key_that_does_not_follow_is_not_the_hub_s(hub, capreg):
    rotate(capreg, hub)
    (hub / "office" / "keys" / "rotations.jsonl").unlink()
    assert buy(capreg, hub, "firm-1", "new.json").code == 7


def a_line(old=None, new=None) -> bytes:
    return rotated(old or Ed25519PrivateKey.generate(), new or Ed25519PrivateKey.generate(), AT, HEAD)


def with_changes(line=None, **changes) -> bytes:
    return json.dumps(json.loads(line or a_line()) | changes).encode()


def forks() -> bytes:
    old = Ed25519PrivateKey.generate()
    return a_line(old) + a_line(old)


FORGED = {
    "another new key": with_changes(new=public(Ed25519PrivateKey.generate())),
    "another old key": with_changes(old=public(Ed25519PrivateKey.generate())),
    "the signature of one for both": with_changes(new_signature=json.loads(a_line())["old_signature"]),
    "another moment": with_changes(at="2026-11-27T09:00:00Z"),
    "two that follow the same": forks(),
    "a key more": with_changes(note="x"),
    "no JSON": b"{",
    "deep": b"[" * 4000,
    "many": b"".join(a_line() for _ in range(rotation.MOST + 1)),
    "large": b"".join(a_line()[:-1].ljust(4000) + b"\n" for _ in range(300)),
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_a_forged_rotation_is_refused(content):
    with pytest.raises(ForgedError):
        read_rotations(content)


def test_keys_are_followed_in_any_order_and_forward_only():
    a, b, c = (Ed25519PrivateKey.generate() for _ in range(3))
    found = read_rotations(a_line(b, c) + a_line(a, b))
    assert followed(public(a), found) == [public(a), public(b), public(c)]
    assert followed(public(b), found) == [public(b), public(c)]
    assert followed(public(c), found) == [public(c)]


def chain(*names) -> list[Rotation]:
    """Changes of key from each name to the next, whose signatures nobody asks for."""
    return [Rotation(AT, old, new, HEAD) for old, new in zip(names, names[1:], strict=False)]


def test_changes_lead_to_the_newest_key_only_and_from_each_before_it():
    found = chain("a", "b", "c")
    assert leading("a", "c", found) == found
    assert [leading(*pair, found) for pair in (("a", "b"), ("c", "c"), ("c", "a"), ("x", "c"))] == [[], [], [], []]
    assert [earlier(key, found) for key in "abcx"] == [[], [], ["a", "b"], []]


def test_a_ring_of_keys_is_followed_once():
    assert followed("a", chain("a", "b", "a")) == ["a", "b", "a"]


def test_a_thousand_changes_are_followed_without_comparing_each_with_each(monkeypatch):
    monkeypatch.setattr(rotation, "fingerprint", None)
    names = [f"key {number}" for number in range(rotation.MOST + 1)]
    assert followed(names[0], reversed(chain(*names))) == names


# In a bundle


def test_a_bundle_of_a_hub_that_never_changed_its_key_says_nothing_of_it(shop, capreg, tmp_path):
    assert "rotations.jsonl" not in files_in(bundled(capreg, shop, tmp_path / "first.capreg"))


def test_a_bundle_carries_the_changes_of_key_as_the_office_keeps_them(hub, capreg, tmp_path):
    rotate(capreg, hub)
    rotate(capreg, hub)
    files = files_in(bundled(capreg, hub, tmp_path / "fair.capreg"))
    assert files["rotations.jsonl"] == (hub / "office" / "keys" / "rotations.jsonl").read_bytes()
    assert len(read_rotations(files["rotations.jsonl"])) == 2
    listed = {one["path"] for one in json.loads(files["datapackage.json"])["resources"]}
    assert listed == files.keys() - {"datapackage.json"}
    assert capreg("bundle", "verify", tmp_path / "fair.capreg").code == 0


def test_with_changes_of_key_the_same_number_and_dates_give_the_same_bytes_too(hub, capreg, tmp_path):
    rotate(capreg, hub)
    one, again = (bundled(capreg, hub, tmp_path / name, "--number", "1") for name in ("one", "again"))
    assert one.read_bytes() == again.read_bytes()


SEARCH = ("search", "country:IT")


def use(capreg, bundle, *before):
    """Search a bundle, as its recipient does."""
    return capreg("-R", bundle, *before, *SEARCH)


@pytest.fixture
def met(hub, capreg, tmp_path):
    """The hub, and a first bundle of it that a recipient has used: its key is pinned."""
    assert use(capreg, bundled(capreg, hub, tmp_path / "first.capreg")).code == 0
    return hub


def secret(hub) -> Ed25519PrivateKey:
    return keys.hub_key(hub / "office")


def told_change(before, after, on) -> str:
    return f"changed its key from {fingerprint(before)} to {fingerprint(after)} on {on}, signed by both."


def days(hub) -> list[str]:
    """The day of each change of a hub's key."""
    return [one.at[:10] for one in read_rotations(keys.rotations_of(hub / "office"))]


USES = {
    "search": lambda bundle: ("-R", bundle, *SEARCH),
    "verify": lambda bundle: ("bundle", "verify", bundle),
    "open": lambda bundle: ("bundle", "open", bundle),
    "open into a folder": lambda bundle: ("bundle", "open", bundle, "opened"),
}


@pytest.mark.parametrize("command", USES.values(), ids=USES)
def test_who_knows_the_old_key_takes_the_new_one_from_the_bundle_and_is_told_once(met, capreg, tmp_path, command):
    before, after = own_key(capreg, met), rotate(capreg, met)
    bundle = bundled(capreg, met, tmp_path / "second.capreg")
    done = capreg(*command(bundle))
    assert (done.code, told_change(before, after, *days(met)) in done.err) == (0, True), done.err
    again = use(capreg, bundle)
    assert (again.code, again.err) == (0, "")


@pytest.mark.parametrize("command", ["verify", "open"])
def test_a_dry_run_tells_of_a_new_key_and_remembers_nothing(met, capreg, tmp_path, command):
    rotate(capreg, met)
    bundle = bundled(capreg, met, tmp_path / "second.capreg")
    before = files_of(tmp_path)
    for _ in range(2):
        done = capreg("bundle", command, bundle, "--dry-run")
        assert (done.code, "changed its key" in done.err) == (0, True), done.err
    assert files_of(tmp_path) == before


def test_who_missed_several_changes_is_told_each(met, capreg, tmp_path):
    made = [own_key(capreg, met), rotate(capreg, met), rotate(capreg, met)]
    told = use(capreg, bundled(capreg, met, tmp_path / "third.capreg")).err
    places = [told.index(told_change(*pair)) for pair in zip(made, made[1:], days(met), strict=False)]
    assert (len(places), places) == (2, sorted(places))


@pytest.fixture
def update(met, capreg, tmp_path):
    """What leads from the bundle that was met to the next one, under a new key: (before, after, delta)."""
    before, after = own_key(capreg, met), rotate(capreg, met)
    second = bundled(capreg, met, tmp_path / "second.capreg")
    delta = tmp_path / "second.delta"
    assert capreg("bundle", "delta", tmp_path / "first.capreg", second, "-o", delta).code == 0
    return before, after, delta


def test_an_update_leads_over_a_change_of_key(met, update, capreg, tmp_path):
    before, after, delta = update
    first = tmp_path / "first.capreg"
    tried = capreg("bundle", "update", first, delta, "--dry-run")
    assert (tried.code, "if the hub's change of key in it holds" in tried.err) == (0, True)
    done = capreg("bundle", "update", first, delta)
    assert (done.code, told_change(before, after, *days(met)) in done.err) == (0, True), done.err
    assert first.read_bytes() == (tmp_path / "second.capreg").read_bytes()
    assert use(capreg, first).err == ""


@pytest.mark.parametrize("is_met", [True, False], ids=["met", "not met"])
def test_an_update_over_a_change_of_key_that_does_not_hold_changes_nothing(met, capreg, tmp_path, is_met):
    """Whether or not the hub was met: the bundle that is updated says by which key it is known."""
    first, thief = tmp_path / "first.capreg", Ed25519PrivateKey.generate()
    second = bundled(capreg, met, tmp_path / "second.capreg")
    forged = with_rotations(second, a_line(None, thief), thief, tmp_path / "forged.capreg")
    assert capreg("bundle", "delta", first, forged, "-o", "forged.delta").code == 2
    with Path("forged.delta").open("wb") as file:
        write_delta(first, forged, proved(first.read_bytes()[:BYTES], ""), file)
    if not is_met:
        (tmp_path / ".state" / "capreg" / "hubs.json").unlink()
    before = files_of(tmp_path)
    assert capreg("bundle", "update", first, "forged.delta").code == 7
    assert files_of(tmp_path) == before


def test_an_update_between_two_bundles_of_another_hub_changes_nothing_where_the_hub_was_met(met, capreg, tmp_path):
    thief, second = Ed25519PrivateKey.generate(), bundled(capreg, met, tmp_path / "second.capreg")
    forged = [with_rotations(one, None, thief, one) for one in (tmp_path / "first.capreg", second)]
    assert capreg("bundle", "delta", *forged, "-o", "forged.delta").code == 0
    before = files_of(tmp_path)
    done = capreg("bundle", "update", forged[0], "forged.delta")
    assert (done.code, "whose key was" in done.err) == (7, True)
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("command", USES.values(), ids=USES)
def test_changes_of_key_that_the_hub_handed_out_serve_as_well(met, capreg, tmp_path, command):
    before, after = own_key(capreg, met), rotate(capreg, met)
    bundle = bundled(capreg, met, tmp_path / "second.capreg")
    Path("rotations.jsonl").write_bytes(files_in(bundle)["rotations.jsonl"])
    assert "whose key was" in refused(capreg, with_rotations(bundle, None, secret(met), bundle)).err
    done = capreg("--rotations", "rotations.jsonl", *command(bundle))
    assert (done.code, told_change(before, after, *days(met)) in done.err) == (0, True), done.err


def test_changes_of_key_that_were_handed_out_count_in_place_of_those_in_the_bundle(changed, capreg):
    """Who stole the old key may give out a bundle that carries a change to its own."""
    Path("rotations.jsonl").write_bytes(a_line())
    done = use(capreg, changed(a_line), "--rotations", "rotations.jsonl")
    assert (done.code, "whose key was" in done.err) == (7, True)


# Each is signed by the hub's present key, and its changes of key are made by someone who holds that and the old one.
STRAYING = {
    "none": lambda old, new: None,
    "of another hub": lambda old, new: a_line(),
    "backwards": lambda old, new: a_line(new, old),
    "to another key": lambda old, new: a_line(old),
    "past the key": lambda old, new: a_line(old, new) + a_line(new),
    "to two keys": lambda old, new: a_line(old, new) + a_line(old),
    "with a gap": lambda old, new: a_line(old) + a_line(None, new),
    "the old signature is another's": lambda old, new: with_changes(a_line(None, new), old=public(old)),
    "the new signature is the old one": lambda old, new: with_changes(
        a_line(old, new), new_signature=json.loads(a_line(old, new))["old_signature"]
    ),
    "forged beside it": lambda old, new: a_line(old, new) + with_changes(at="2026-11-27T09:00:00Z"),
    "a day that is none": lambda old, new: rotated(old, new, "yesterday or soZ", HEAD),
    "thousands": lambda old, new: a_line(old, new) + b"".join(a_line() for _ in range(rotation.MOST)),
    "no JSON": lambda old, new: b"{",
}


def with_rotations(bundle, content, key, to) -> Path:
    """A bundle in which other changes of key stand, or none, signed by a key."""
    files = files_in(bundle)
    said = json.loads(files.pop("datapackage.json"))
    said["resources"] = [one for one in said["resources"] if one["path"] != "rotations.jsonl"]
    files.pop("rotations.jsonl", None)
    if content is not None:
        files["rotations.jsonl"] = content
        hashed = f"sha256:{sha256(content).hexdigest()}"
        said["resources"].append({"path": "rotations.jsonl", "bytes": len(content), "hash": hashed})
    payload = repacked({**files, "datapackage.json": json.dumps(said).encode()})
    to.write_bytes(with_header(proved(bundle.read_bytes()[:BYTES], ""), payload, key))
    return to


@pytest.fixture
def changed(met, capreg, tmp_path):
    """A hub that was met and has changed its key since: `changed(content)` is its bundle with other changes of key."""
    old = secret(met)
    rotate(capreg, met)
    new, bundle = secret(met), bundled(capreg, met, tmp_path / "second.capreg")
    return lambda make: with_rotations(bundle, make(old, new), new, tmp_path / "hostile.capreg")


def test_the_changes_alone_decide(changed, capreg):
    assert use(capreg, changed(a_line)).code == 0


@pytest.mark.parametrize("make", STRAYING.values(), ids=STRAYING)
def test_changes_that_do_not_lead_to_the_key_are_refused_and_change_nothing(changed, capreg, make):
    assert "whose key was" in refused(capreg, changed(make)).err


def test_content_that_was_changed_is_refused_before_any_change_of_key_counts(met, capreg, tmp_path):
    rotate(capreg, met)
    bundle = bundled(capreg, met, tmp_path / "second.capreg")
    bundle.write_bytes(bundle.read_bytes().replace(b'"name":"Firm-1"', b'"name":"Firm-9"'))
    assert "not what the hub signed" in refused(capreg, bundle).err


def test_the_old_key_signs_nothing_any_more_unless_the_user_names_it(met, capreg, tmp_path):
    first, old = tmp_path / "first.capreg", secret(met)
    rotate(capreg, met)
    second = bundled(capreg, met, tmp_path / "second.capreg")
    assert use(capreg, second).code == 0
    stolen = with_rotations(second, a_line(old), old, tmp_path / "stolen.capreg")
    for bundle in (first, stolen):
        assert "has given up\nAsk the hub for a newer one." in refused(capreg, bundle).err
    named = capreg("bundle", "verify", first, "--hub-key", public(old))
    assert (named.code, "a thief of the key would have you take it back" in named.err) == (0, True), named.err


def test_who_stole_the_old_key_leads_nobody_on_who_has_the_new_one(met, capreg, tmp_path):
    old, thief = secret(met), Ed25519PrivateKey.generate()
    rotate(capreg, met)
    second = bundled(capreg, met, tmp_path / "second.capreg")
    assert use(capreg, second).code == 0
    forged = with_rotations(second, a_line(old, thief), thief, tmp_path / "forged.capreg")
    assert "whose key was" in refused(capreg, forged).err


def test_another_hub_cannot_borrow_the_changes_of_one_that_is_known(met, capreg, tmp_path):
    rotate(capreg, met)
    second, other = bundled(capreg, met, tmp_path / "second.capreg"), Ed25519PrivateKey.generate()
    forged = with_rotations(second, keys.rotations_of(met / "office"), other, tmp_path / "forged.capreg")
    assert "whose key was" in refused(capreg, forged).err


def test_where_a_hub_is_first_met_its_changes_of_key_say_nothing(hub, capreg, tmp_path):
    rotate(capreg, hub)
    bundle = bundled(capreg, hub, tmp_path / "fair.capreg")
    done = use(capreg, with_rotations(bundle, b"{", secret(hub), bundle))
    assert (done.code, "First met" in done.err, "changed its key" in done.err) == (0, True, False)


def test_a_bundle_that_was_used_before_is_proved_anew_where_the_old_key_was_named_since(met, capreg, tmp_path):
    before, after = own_key(capreg, met), rotate(capreg, met)
    second = bundled(capreg, met, tmp_path / "second.capreg")
    assert use(capreg, second).code == 0
    assert capreg("bundle", "verify", tmp_path / "first.capreg", "--hub-key", before).code == 0
    done = use(capreg, second)
    assert (done.code, told_change(before, after, *days(met)) in done.err) == (0, True), done.err


def numbered_anew(capreg, hub, path, *arguments) -> Path:
    """A bundle of a hub whose numbers begin again, with other content than the one before under the same number."""
    shutil.rmtree(hub / "office" / "bundles")
    write_record(hub, firm("firm-0", name="Other"))
    return bundled(capreg, hub, path, *arguments)


def test_under_a_new_key_an_equal_version_with_other_content_is_refused(met, capreg, tmp_path):
    rotate(capreg, met)
    bundle = numbered_anew(capreg, met, tmp_path / "other.capreg")
    assert "with other content" in refused(capreg, bundle).err


def test_under_a_new_key_an_older_bundle_is_refused(met, capreg, tmp_path):
    assert use(capreg, bundled(capreg, met, tmp_path / "second.capreg")).code == 0
    rotate(capreg, met)
    bundle = numbered_anew(capreg, met, tmp_path / "other.capreg")
    assert "version 2 was seen before" in refused(capreg, bundle).err


def test_numbers_that_a_thief_of_the_old_key_ran_up_are_forgotten_where_the_user_names_the_new_one(
    met, capreg, tmp_path
):
    stolen, old = bundled(capreg, met, tmp_path / "stolen.capreg"), secret(met)
    said = proved(stolen.read_bytes()[:BYTES], "")._replace(version=1000)
    stolen.write_bytes(with_header(said, stolen.read_bytes()[BYTES:], old))
    assert use(capreg, stolen).code == 0
    after = rotate(capreg, met)
    bundle = bundled(capreg, met, tmp_path / "third.capreg")
    assert "version 1000 was seen before" in refused(capreg, bundle).err
    assert capreg("bundle", "verify", bundle, "--hub-key", after).code == 0
    assert use(capreg, bundle).code == 0


def test_what_was_seen_under_the_old_key_counts_after_the_new_one_was_taken(met, capreg, tmp_path):
    """Of another selection too, which the bundle that brought the new key says nothing of."""
    part = ("country:IT",)
    assert use(capreg, bundled(capreg, met, tmp_path / "part.capreg", *part)).code == 0
    rotate(capreg, met)
    whole = bundled(capreg, met, tmp_path / "whole.capreg")
    assert use(capreg, whole).code == 0
    assert use(capreg, bundled(capreg, met, tmp_path / "newer.capreg")).code == 0
    assert "version 4 was seen before" in refused(capreg, whole).err
    older = numbered_anew(capreg, met, tmp_path / "older.capreg", *part)
    assert "version 2 was seen before" in refused(capreg, older).err


# Grants of before, and a bundle


@pytest.fixture
def sealed(hub, capreg, tmp_path):
    """A bundle with sealed parts, signed by another key than the grant of before, which lies in a folder of grants."""
    (tmp_path / "grants").mkdir()
    shutil.move("old.json", "grants")
    rotate(capreg, hub)
    return bundled(capreg, hub, tmp_path / "sealed.capreg", "--sealed")


def granted(capreg, bundle, *more):
    return capreg("-R", bundle, "--grants", "grants", "--identity", "buyer.key", *more, "profile", "firm-0")


def test_a_grant_of_before_opens_a_profile_out_of_a_bundle_under_the_new_key(sealed, capreg):
    done = granted(capreg, sealed)
    assert (done.code, "for buyer" in done.out) == (0, True), done.err


def test_a_grant_under_a_key_from_which_no_change_leads_opens_nothing(hub, sealed, capreg):
    with_rotations(sealed, a_line(None, secret(hub)), secret(hub), sealed)
    done = granted(capreg, sealed)
    assert (done.code, done.out, "signed by another hub" in done.err) == (7, "", True)


def test_a_grant_of_before_opens_by_changes_of_key_that_the_hub_handed_out(hub, sealed, capreg):
    Path("rotations.jsonl").write_bytes(files_in(sealed)["rotations.jsonl"])
    with_rotations(sealed, None, secret(hub), sealed)
    assert granted(capreg, sealed).code == 7
    assert granted(capreg, sealed, "--rotations", "rotations.jsonl").code == 0


def test_a_bundle_with_a_forged_change_of_key_opens_nothing(hub, sealed, capreg):
    with_rotations(sealed, with_changes(new=public(secret(hub))), secret(hub), sealed)
    done = granted(capreg, sealed)
    assert (done.code, done.out, "does not hold" in done.err) == (7, "", True)
