"""Selling from an offline copy: what another hub signed becomes an entry, once, and a grant; nothing else does."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import files_of, firm, write_record
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from money import sold

from capreg.office.books import books_of
from capreg.office.keys import equip
from capreg.office.sealed import kept_parts
from capreg.store.create import create
from capreg.store.registry import Registry
from capreg.store.signing import public, signed


def name_of_part(hub: Path, id: str) -> str:
    registry = Registry(hub)
    kind = registry.kind("firm")
    (part,) = kept_parts(books_of(registry), [(kind, registry.get(kind, id).document)])
    return part.name


@pytest.fixture
def fair(shop, capreg, tmp_path):
    """A folder with two hubs: the owner, `empty`, which knows the other, `fair`, and a buyer with a key."""
    create(tmp_path / "fair", sample=False)
    for hub in (shop, tmp_path / "fair"):
        equip(hub / "office")
    key = capreg("key", "new", "buyer.key").out.strip()
    seller = capreg("-R", "fair", "key", "hub").out.strip()
    for arguments in (["add", "messe", "--hub-key", seller], ["edit", "buyer", "--key", key]):
        assert capreg("-R", shop, "client", *arguments).code == 0
    return shop


def ordered(capreg, owner, id="firm-0", order="fair-1", *, client="buyer", to=None, hub=None, part=None):
    told = {
        "--client": client,
        "--to": to or capreg("key", "show", "buyer.key").out.strip(),
        "--hub-key": hub or capreg("-R", owner, "key", "hub").out.strip(),
        "--order": order,
        "-o": f"{order}.json",
    }
    part = part or name_of_part(owner, id)
    return capreg("-R", "fair", "grant", "order", part, *(one for pair in told.items() for one in pair))


def take(capreg, owner, *orders, more=("--yes",)):
    return capreg("-R", owner, "grant", "take", *(f"{one}.json" for one in orders), "-o", ".", *more)


def test_an_order_becomes_an_entry_and_a_grant_that_opens_the_profile(fair, capreg):
    assert ordered(capreg, fair).code == 0
    done = take(capreg, fair, "fair-1")
    assert done.code == 0, done.err
    (entry,) = sold(fair)
    assert (entry.client, entry.amount, entry.order) == ("buyer", 4500, "order/messe/fair-1")
    shown = capreg("-R", fair, "--grants", ".", "--identity", "buyer.key", "profile", "firm-0")
    assert (shown.code, "No. 1" in shown.out) == (0, True), shown.err


def test_nothing_is_charged_where_it_is_ordered(fair, capreg):
    ordered(capreg, fair)
    assert sold(Path("fair")) == []


def test_an_order_is_entered_once_however_often_it_comes(fair, capreg):
    ordered(capreg, fair)
    take(capreg, fair, "fair-1")
    grant = Path("grant-000001.json").read_bytes()
    done = take(capreg, fair, "fair-1")
    assert (done.code, len(sold(fair)), Path("grant-000001.json").read_bytes()) == (0, 1, grant)


def test_a_reference_that_was_used_for_something_else_is_refused(fair, capreg):
    ordered(capreg, fair)
    take(capreg, fair, "fair-1")
    ordered(capreg, fair, "firm-1")
    assert take(capreg, fair, "fair-1").code == 6
    assert len(sold(fair)) == 1


def test_what_is_granted_is_the_version_in_the_offline_copy(fair, capreg):
    ordered(capreg, fair)
    seal = json.loads(Path("fair-1.json").read_bytes())["seal"]
    (version,) = {path.name.split(".")[1] for path in fair.glob("office/sealed/firm/firm-0.*")}
    write_record(fair, firm("firm-0", contacts=[{"role": "sales", "email": "new@example.com"}]))
    assert take(capreg, fair, "fair-1").code == 0
    assert sold(fair)[0].details["version"] == version
    assert json.loads(Path("grant-000001.json").read_bytes())["seal"].startswith(seal)


def test_a_dry_run_enters_and_writes_nothing(fair, capreg):
    ordered(capreg, fair)
    before = files_of(Path())
    done = take(capreg, fair, "fair-1", more=("--dry-run",))
    assert (done.code, "45.00 EUR" in done.err) == (0, True), done.err
    assert files_of(Path()) == before


def test_all_orders_are_looked_at_before_the_first_is_charged(fair, capreg):
    ordered(capreg, fair)
    ordered(capreg, fair, "firm-1", "fair-2", client="nobody")
    assert take(capreg, fair, "fair-1", "fair-2").code == 3
    assert sold(fair) == []


def altered(**changes):
    def alter(owner, capreg):
        ordered(capreg, owner)
        document = json.loads(Path("fair-1.json").read_bytes()) | changes
        Path("fair-1.json").write_text(json.dumps(document))

    return alter


def by_a_stranger(owner, capreg):
    ordered(capreg, owner)
    key = Ed25519PrivateKey.generate()
    document = json.loads(Path("fair-1.json").read_bytes()) | {"seller": public(key)}
    del document["signature"]
    Path("fair-1.json").write_bytes(signed(document, key))


def by_a_closed_seller(owner, capreg):
    ordered(capreg, owner)
    capreg("-R", owner, "client", "close", "messe", "--yes")


def for_another_hub(owner, capreg):
    ordered(capreg, owner, hub=public(Ed25519PrivateKey.generate()))


def for_another_key(owner, capreg):
    ordered(capreg, owner, to=capreg("key", "new", "thief.key").out.strip())


def for_a_grant(owner, capreg):
    ordered(capreg, owner)
    take(capreg, owner, "fair-1")
    shutil.move("grant-000001.json", "fair-1.json")
    capreg("-R", owner, "ledger", "reverse", 1, "--why", "x", "--yes")


def of_a_version_that_was_never_sealed(owner, capreg):
    ordered(capreg, owner, part="sealed/firm/firm-0.0123456789abcdef.age")


def of_a_record_that_is_gone(owner, capreg):
    ordered(capreg, owner)
    (owner / "firms" / "firm-0.json").unlink()


REFUSED = {
    "another record": (altered(id="firm-1"), 7),
    "another reference": (altered(order="fair-2"), 7),
    "one key more": (altered(note="x"), 7),
    "signed by a stranger": (by_a_stranger, 7),
    "signed by a client that was closed": (by_a_closed_seller, 7),
    "for another hub": (for_another_hub, 7),
    "for another key than the client's": (for_another_key, 7),
    "a grant": (for_a_grant, 7),
    "a version that was never sealed": (of_a_version_that_was_never_sealed, 3),
    "a record that is gone": (of_a_record_that_is_gone, 3),
}


@pytest.mark.parametrize(("order", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_order_to_be_taken_changes_nothing(fair, capreg, order, code):
    order(fair, capreg)
    before = files_of(fair)
    done = take(capreg, fair, "fair-1")
    assert (done.code, done.out, "unexpected" in done.err) == (code, "", False), done.err
    assert files_of(fair) == before


UNORDERED = {
    "no name of a part": {"part": "firms/firm-0.json"},
    "no reference": {"order": "a-reference-of-more-than-28-letters"},
    "no key of a hub": {"hub": "abc"},
    "no key of a client": {"to": "age1abc"},
}


@pytest.mark.parametrize("told", UNORDERED.values(), ids=UNORDERED)
def test_what_cannot_be_ordered_is_told_at_once(fair, capreg, told):
    done = ordered(capreg, fair, **told)
    assert (done.code, "unexpected" in done.err) == (2, False), done.err
