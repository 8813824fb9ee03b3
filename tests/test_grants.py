"""Seals and grants: what was paid for opens for one client, offline; everything else stays closed, exit code 7."""

import json
import os
import shutil
import stat
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pyrage
import pytest
from conftest import files_of, firm, write_record
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from money import sold, with_settings

from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.office.backup import opened as opened_backup
from capreg.office.books import books_of
from capreg.office.keys import hub_key
from capreg.office.sealed import SealUnusableError, kept_parts, padded, part_key, seal_secret, sealed_part
from capreg.store import age
from capreg.store.registry import Registry
from capreg.store.signing import canonical_line, fingerprint, public, signed
from capreg.store.versions import seal_of, version_of

SECRET = 0.27182818


@pytest.fixture
def hub(shop, capreg):
    """A shop whose firms have something in every tier, and a client with a key beside it."""
    for number in range(3):
        contact = {"role": "sales", "email": f"sales-{number}@example.com"}
        statement = {"about": "/contacts/0/email", "source": "firm", "stated_on": "2026-01-07"}
        document = firm(
            f"firm-{number}", contacts=[contact], statements=[statement], capacity={"largest_customer_share": SECRET}
        )
        write_record(shop, document)
    assert capreg("-R", shop, "check").code == 0
    made = capreg("key", "new", "buyer.key")
    assert made.code == 0
    assert capreg("-R", shop, "client", "edit", "buyer", "--key", made.out.strip()).code == 0
    return shop


def buy(capreg, hub, id="firm-0", *more, to="grant.json"):
    return capreg("-R", hub, "profile", id, "--client", "buyer", "--grant", to, "--yes", *more)


@pytest.fixture
def bought(hub, capreg, tmp_path):
    """The grant of a profile, and its part as it lies in a bundle that was unpacked: `registry.json`, `sealed/...`."""
    (tmp_path / "grants").mkdir()
    assert buy(capreg, hub, to="grants/grant.json").code == 0
    fair = tmp_path / "fair"
    fair.mkdir()
    shutil.copy(hub / "registry.json", fair)
    registry = Registry(hub)
    kind = registry.kind("firm")
    for part in kept_parts(books_of(registry), ((kind, one.document) for one in registry.read(kind))):
        place = fair / part.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(part.content)
    return tmp_path


def hub_public(hub) -> str:
    return public(hub_key(hub / "office"))


def show(capreg, hub, *more, id="firm-0", identity="buyer.key", root="fair", key=None):
    told = ("--grants", "grants", "--identity", identity, "--hub-key", key or hub_public(hub))
    return capreg("-R", root, *told, "profile", id, *more)


def part_of(folder: Path, id="firm-0") -> Path:
    (found,) = (folder / "fair" / "sealed" / "firm").glob(f"{id}.*.age")
    return found


def test_a_sale_writes_a_grant_of_less_than_a_kilobyte_and_its_entry(hub, capreg):
    done = buy(capreg, hub)
    assert (done.code, done.out) == (0, "")
    (entry,) = sold(hub)
    grant = json.loads(Path("grant.json").read_bytes())
    assert (entry.what, entry.amount, entry.client) == ("profile", 4500, "buyer")
    assert (grant["number"], grant["client"]) == (entry.number, "buyer")
    secret, version = seal_secret(books_of(Registry(hub))), entry.details["version"]
    assert grant["seal"] == seal_of(version, part_key(secret, "firm", "firm-0", version))
    assert len(Path("grant.json").read_bytes()) < 1000


def test_the_longest_grant_is_less_than_a_kilobyte(empty, capreg):
    with_settings(empty, prices={"profiles": {"firm": "1.00"}})
    id = "f" * 64
    write_record(empty, firm(id))
    capreg("-R", empty, "client", "add", "c" * 64, "--key", age.public_of(age.new_identity()))
    for number in range(8):
        done = capreg("-R", empty, "profile", id, "--client", "c" * 64, "--grant", f"{number}.json", "--yes")
        assert done.code == 0, done.err
        shutil.rmtree(empty / "office" / "issued")
        assert len(Path(f"{number}.json").read_bytes()) < 1000


def test_a_grant_opens_its_profile_offline_marked_with_client_number_and_day(bought, hub, capreg):
    done = show(capreg, hub)
    day = sold(hub)[0].at[:10]
    assert done.code == 0, done.err
    assert "sales-0@example.com" in done.out
    assert f"for buyer, {day}, No. 1" in done.out


@pytest.mark.parametrize("format", ["text", "md", "html", "csv", "json"])
def test_what_is_opened_holds_nothing_confidential(bought, hub, capreg, format):
    done = show(capreg, hub, "-O", format)
    assert "sales-0@example.com" in done.out
    assert str(SECRET) not in done.out


def test_a_grant_opens_a_part_that_lies_by_itself_without_any_registry(bought, hub, capreg):
    digits = fingerprint(hub_public(hub))
    told = ("grants/grant.json", part_of(bought), "--identity", "buyer.key", "--hub-key", digits, "-O", "json")
    done = capreg("grant", "open", *told)
    assert done.code == 0, done.err
    assert done.json["record"]["contacts"][0]["email"] == "sales-0@example.com"
    assert "statements" not in done.json["record"]
    assert show(capreg, hub, "-O", "json").json["record"]["statements"]


def test_a_grant_is_bought_once_and_the_same_bytes_when_it_is_asked_for_again(hub, capreg):
    buy(capreg, hub)
    again = buy(capreg, hub, to="again.json")
    assert "costs nothing" in again.err
    assert Path("again.json").read_bytes() == Path("grant.json").read_bytes()
    assert len(sold(hub)) == 1


def test_a_client_with_a_new_key_gets_a_new_grant_for_nothing(hub, capreg):
    buy(capreg, hub)
    key = capreg("key", "new", "second.key").out.strip()
    capreg("-R", hub, "client", "edit", "buyer", "--key", key)
    buy(capreg, hub, to="second.json")
    assert json.loads(Path("second.json").read_bytes())["to"] == key
    assert len(sold(hub)) == 1


REFUSED = {
    "a client without a key": (["firm-0", "--client", "keyless", "--grant", "g.json", "--yes"], 3, "no public key"),
    "a folder that is not there": (["firm-0", "--client", "buyer", "--grant", "no/g.json", "--yes"], 1, "no such folder"),
    "the profile as well": (["firm-0", "--client", "buyer", "--grant", "g.json", "-o", "x.md", "--yes"], 2, "in place of"),
    "a sale and a grant to open": (["firm-0", "--client", "buyer", "--grants", ".", "--yes"], 2, "never sold"),
    "nobody's identity": (["firm-0", "--grants", "."], 2, "--identity"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_granted_is_not_charged(hub, capreg, arguments, code, said):
    capreg("-R", hub, "client", "add", "keyless")
    before = files_of(hub)
    done = capreg("-R", hub, "profile", *arguments)
    assert (done.code, said in done.err) == (code, True), done.err
    assert files_of(hub) == before


def test_a_grant_in_the_place_of_the_registrys_own_files_is_not_charged(hub, capreg):
    before = files_of(hub)
    assert buy(capreg, hub, to=hub / "registry.json").code == 2
    assert files_of(hub) == before


def test_a_dry_run_seals_and_writes_nothing(hub, capreg):
    before = files_of(hub)
    assert buy(capreg, hub, "firm-0", "--dry-run").code == 0
    assert files_of(hub) == before
    assert not Path("grant.json").exists()


def test_a_reversed_sale_is_granted_no_more_and_what_was_handed_out_still_opens(bought, hub, capreg):
    order = sold(hub)[0].order
    capreg("-R", hub, "ledger", "reverse", 1, "--why", "a mistake", "--yes")
    assert buy(capreg, hub, "firm-0", "--order", order, to="again.json").code == 6
    assert show(capreg, hub).code == 0


# What a thief tries. Each changes the folder that holds the grants, the unpacked bundle and the keys; all ends with 7.


def changed(folder: Path, **changes) -> None:
    path = folder / "grants" / "grant.json"
    path.write_bytes(canonical_line(json.loads(path.read_bytes()) | changes))


def other_version(hub: Path, folder: Path, capreg) -> None:
    part = part_of(folder)
    part.rename(part.with_name("firm-0.0123456789abcdef.age"))


def other_client(hub: Path, folder: Path, capreg) -> None:
    capreg("key", "new", "thief.key")
    shutil.copy("thief.key", "buyer.key")


def grant_for_oneself(hub: Path, folder: Path, capreg) -> None:
    own = age.new_identity()
    Path("buyer.key").write_text(own)
    changed(folder, to=age.public_of(own))


def signed_by_oneself(hub: Path, folder: Path, capreg) -> None:
    """The whole of it, with a part of one's own making: only the hub's key tells."""
    own, key = age.new_identity(), Ed25519PrivateKey.generate()
    Path("buyer.key").write_text(own)
    path = folder / "grants" / "grant.json"
    document = {name: value for name, value in json.loads(path.read_bytes()).items() if name != "signature"}
    sealed = b64encode(age.encrypted(age.new_identity().encode(), [age.public_of(own)])).decode()
    path.write_bytes(signed(document | {"hub": public(key), "to": age.public_of(own), "key": sealed}, key))


def swapped_part(hub: Path, folder: Path, capreg) -> None:
    shutil.copy(part_of(folder, "firm-1"), part_of(folder))


def swapped_content(hub: Path, folder: Path, capreg) -> None:
    """Who holds a grant can seal something else for the same key: the version, which the hub signed, tells."""
    registry = Registry(hub)
    version = sold(hub)[0].details["version"]
    key = part_key(seal_secret(books_of(registry)), "firm", "firm-0", version)
    forged = canonical_line(firm("firm-0", contacts=[{"role": "sales", "email": "thief@example.com"}]))
    part_of(folder).write_bytes(age.encrypted(padded(forged), [age.public_of(key)]))


def deep_content(hub: Path, folder: Path, capreg) -> None:
    version = sold(hub)[0].details["version"]
    key = part_key(seal_secret(books_of(Registry(hub))), "firm", "firm-0", version)
    part_of(folder).write_bytes(age.encrypted(b"[" * 100_000, [age.public_of(key)]))


def cut_part(hub: Path, folder: Path, capreg) -> None:
    part_of(folder).write_bytes(part_of(folder).read_bytes()[:-1])


def grown_part(hub: Path, folder: Path, capreg) -> None:
    part_of(folder).write_bytes(part_of(folder).read_bytes() + b"\n")


def empty_part(hub: Path, folder: Path, capreg) -> None:
    part_of(folder).write_bytes(b"")


THEFTS = [other_version, other_client, grant_for_oneself, signed_by_oneself, swapped_part, swapped_content, deep_content, cut_part, grown_part, empty_part]  # fmt: skip


@pytest.mark.parametrize("theft", THEFTS, ids=lambda theft: theft.__name__)
def test_a_thief_is_refused_in_one_sentence(bought, hub, capreg, theft):
    key = hub_public(hub)
    theft(hub, bought, capreg)
    before = files_of(bought / "fair")
    done = show(capreg, hub, key=key)
    assert (done.code, done.out, "unexpected" in done.err) == (7, "", False), done.err
    assert files_of(bought / "fair") == before


def test_a_grant_for_one_firm_opens_no_other(bought, hub, capreg):
    done = show(capreg, hub, id="firm-1")
    assert (done.code, "no grant at hand" in done.err) == (6, True)
    done = capreg("-R", hub, "grant", "open", "grants/grant.json", part_of(bought, "firm-1"), "--identity", "buyer.key")
    assert (done.code, done.out) == (7, "")


def test_the_grant_of_another_hub_opens_nothing(bought, hub, capreg):
    other = public(Ed25519PrivateKey.generate())
    assert show(capreg, hub, key=other).code == 7


def test_a_grant_alone_opens_nothing_for_who_finds_it(bought):
    grant = json.loads((bought / "grants" / "grant.json").read_bytes())
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(b64decode(grant["key"]), [pyrage.x25519.Identity.generate()])


def test_every_bit_of_a_grant_is_signed(bought, hub, capreg):
    path = bought / "grants" / "grant.json"
    content, key = path.read_bytes(), hub_public(hub)
    for at in range(0, len(content) - 1, 23):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert show(capreg, hub, key=key).code in (6, 7), at


HOSTILE = [b"", b"{", b"[]", b"1", b"null", b"[" * 4000, b'{"capreg":"grant 1"}', b"\xff", b'{"a":1,"a":1}', b"x" * 5000, b'{"capreg": 1e999}']  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_json_is_no_grant(bought, hub, capreg, content):
    Path("hostile.json").write_bytes(content)
    done = capreg("-R", hub, "grant", "open", "hostile.json", part_of(bought), "--identity", "buyer.key")
    assert (done.code, done.out, "unexpected" in done.err) == (7, "", False), done.err


IDENTITIES = {"no key": b"hello", "nothing": b"", "a public key": b"age1tw50vlt9jsywh8xk8wter6tta5nf6sf695q9pwygt46c8hupjs5qds8s42", "bytes": bytes(range(256))}  # fmt: skip


@pytest.mark.parametrize("content", IDENTITIES.values(), ids=IDENTITIES)
def test_what_is_no_identity_is_said_to_be_none(bought, hub, capreg, content):
    Path("no.key").write_bytes(content)
    done = show(capreg, hub, identity="no.key")
    assert (done.code, "identity of age" in done.err) == (2, True), done.err


# Keys.


def test_a_key_is_for_its_owner_alone_from_its_first_byte_and_never_written_over(capreg, monkeypatch):
    modes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode)))
    made = capreg("key", "new", "me.key")
    assert (made.code, modes[0], stat.S_IMODE(Path("me.key").stat().st_mode)) == (0, 0o600, 0o600)
    content = Path("me.key").read_bytes()
    again = capreg("key", "new", "me.key")
    assert (again.code, again.out, Path("me.key").read_bytes()) == (2, "", content)
    assert capreg("key", "show", "me.key").out == made.out


def test_a_key_goes_through_no_link(capreg):
    Path("link.key").symlink_to("elsewhere.key")
    assert capreg("key", "new", "link.key").code == 2
    assert not Path("elsewhere.key").exists()


@pytest.mark.parametrize("key", ["age1abc", "age1" + "q" * 58, "x"])
def test_a_client_s_key_is_one(hub, capreg, key):
    before = files_of(hub)
    assert capreg("-R", hub, "client", "edit", "buyer", "--key", key).code == 2
    assert files_of(hub) == before


# Parts.


def parts(hub: Path) -> list:
    registry = Registry(hub)
    kind = registry.kind("firm")
    return list(kept_parts(books_of(registry), ((kind, one.document) for one in registry.read(kind))))


def test_parts_are_made_once_and_kept_so_that_the_bytes_are_the_same(hub):
    assert parts(hub) == parts(hub)


def test_who_guesses_a_profile_cannot_see_in_a_bundle_or_a_grant_that_it_is_right(hub, capreg):
    assert buy(capreg, hub).code == 0
    assert capreg("-R", hub, "bundle", "create", "--sealed", "-o", "fair.capreg").code == 0
    told = Path("fair.capreg").read_bytes() + Path("grant.json").read_bytes()
    for part in parts(hub):
        assert part.version[:12].encode() not in told
        assert part.name.encode() in told
    registry = Registry(hub)
    whole = cut(registry.kind("firm"), registry.get(registry.kind("firm"), "firm-0").document, Tier.detailed)
    assert version_of(whole) in [part.version for part in parts(hub)]


def test_a_version_that_changes_gets_another_part_and_another_key(hub):
    before = parts(hub)[0]
    write_record(hub, firm("firm-0", contacts=[{"role": "sales", "email": "new@example.com"}]))
    after = parts(hub)[0]
    assert before.name != after.name
    assert before.version != after.version


def test_new_statements_are_sealed_anew_for_the_same_key(bought, hub, capreg):
    path = hub / "firms" / "firm-0.json"
    document = json.loads(path.read_bytes())
    document["statements"][0]["stated_on"] = "2026-11-11"
    path.write_text(json.dumps(document))
    part = parts(hub)[0]
    assert (bought / "fair" / part.name).read_bytes() != part.content
    (bought / "fair" / part.name).write_bytes(part.content)
    assert show(capreg, hub, "-O", "json").json["record"]["statements"][0]["stated_on"] == "2026-11-11"


def test_the_keys_follow_from_the_secret_alone():
    keys = {part_key(bytes(32), *which) for which in [("firm", "a", "1"), ("firm", "a", "2"), ("firm", "b", "1"), ("x", "a", "1")]}  # fmt: skip
    assert len(keys) == 4
    assert part_key(bytes(32), "firm", "a", "1") in keys
    # A promise: should it change, every grant that was ever sold is lost.
    assert age.public_of(part_key(bytes(32), "firm", "a", "0" * 64)) == PROMISED


PROMISED = "age16dc85lrewt8usw409mlftgkz6q5rcwh7t3t4gjgahhkeswvlgcgqzmzp4r"


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_an_identity_of_age(secret):
    assert str(pyrage.x25519.Identity.from_str(age.identity_of(secret))) == age.identity_of(secret)


@given(st.integers(0, 100_000))
def test_a_length_tells_little(size):
    length = len(padded(b"x" * size))
    assert length >= max(size, 4096)
    assert length & (length - 1) == 0
    assert length == 4096 or length < 2 * size


def test_nothing_is_sealed_with_a_new_secret_where_parts_of_another_are_kept(hub):
    parts(hub)
    (hub / "office" / "keys" / "seal.key").unlink()
    with pytest.raises(SealUnusableError):
        parts(hub)
    assert not (hub / "office" / "keys" / "seal.key").exists()


def test_check_tells_of_a_secret_that_is_missing(bought, hub, capreg):
    (hub / "office" / "keys" / "seal.key").unlink()
    done = capreg("-R", hub, "check", "-O", "json")
    assert (done.code, "seal-missing" in done.out) == (4, True)
    assert not (hub / "office" / "keys" / "seal.key").exists()


@pytest.mark.parametrize("content", [b"", b"x", b"A" * 40, b"\xff" * 44])
def test_a_secret_that_is_none_seals_nothing(hub, content):
    parts(hub)
    (hub / "office" / "keys" / "seal.key").write_bytes(content)
    with pytest.raises(SealUnusableError):
        parts(hub)


def test_the_backup_of_the_office_holds_the_secret_and_the_parts(bought, hub, capreg):
    capreg("-R", hub, "office", "backup", "--to", capreg("key", "show", "buyer.key").out.strip(), "-o", "office.age")
    files = opened_backup(Path("office.age").read_bytes(), age.stated(Path("buyer.key").read_bytes()))
    assert files["keys/seal.key"] == (hub / "office" / "keys" / "seal.key").read_bytes()
    assert sum(name.startswith("sealed/firm/") for name in files) == 3


def test_what_the_office_keeps_of_seals_is_for_its_owner_alone(bought, hub, capreg):
    assert capreg("-R", hub, "check").code == 0
    assert all(not path.stat().st_mode & 0o077 for path in (hub / "office").rglob("*"))


def test_a_part_holds_nothing_that_the_client_may_not_see(hub):
    registry = Registry(hub)
    kind = registry.kind("firm")
    secret = seal_secret(books_of(registry))
    part = sealed_part(secret, kind, registry.get(kind, "firm-0").document)
    content = age.opened(part.content, [part_key(secret, "firm", "firm-0", part.version)])
    assert b"sales-0@example.com" in content
    assert str(SECRET).encode() not in content


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")
def test_age_itself_opens_a_part_with_the_key_of_a_grant(bought):
    grant = json.loads((bought / "grants" / "grant.json").read_bytes())
    Path("key.age").write_bytes(b64decode(grant["key"]))
    key = subprocess.run(["age", "-d", "-i", "buyer.key", "key.age"], check=True, capture_output=True).stdout
    Path("part.key").write_bytes(key)
    opened = subprocess.run(["age", "-d", "-i", "part.key", part_of(bought)], check=True, capture_output=True).stdout
    assert json.loads(opened)["contacts"][0]["email"] == "sales-0@example.com"
