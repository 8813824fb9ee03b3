"""A hub's change of key: what held before still holds, who knows the old key takes the new one, and nobody else's."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import firm, write_record
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from money import sold
from test_bundles import bundled

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


def with_changes(**changes) -> bytes:
    return json.dumps(json.loads(a_line()) | changes).encode()


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


def files_in(bundle) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


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
