"""The monthly update: a small file that makes the next bundle of the one at hand, to the byte, or nothing at all."""

import random
import shutil
import time

import pytest
from conftest import files_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bundles import SETTLED, bundled, header_of, rename

from capreg.exchange.delta import DIGEST, MAGIC, Delta, apply_delta, read_delta, write_delta
from capreg.exchange.header import BYTES, Header, written
from capreg.store.signing import fingerprint


@pytest.fixture
def months(sample, capreg, tmp_path):
    """Two bundles of a hub, a month apart, and what leads from one to the other: (registry, old, new, delta)."""
    old = bundled(capreg, sample, tmp_path / "october.capreg")
    rename(sample, "officine-savena", "Officine Savena Nuove S.r.l.")
    next(sample.glob("firms/**/torneria-reno.json")).unlink()
    new = bundled(capreg, sample, tmp_path / "november.capreg")
    delta = tmp_path / "november.delta"
    done = capreg("bundle", "delta", old, new, "-o", delta)
    assert done.code == 0, done.err
    return sample, old, new, delta


def test_an_update_is_equal_to_the_byte_and_small(months, capreg, tmp_path):
    registry, old, new, delta = months
    assert capreg("bundle", "update", old, delta, "-o", tmp_path / "made.capreg").code == 0
    assert (tmp_path / "made.capreg").read_bytes() == new.read_bytes()
    assert delta.stat().st_size < new.stat().st_size / 10
    assert capreg("-R", tmp_path / "made.capreg", "show", "officine-savena").code == 0


def test_without_another_name_the_new_bundle_takes_the_place_of_the_old(months, capreg):
    registry, old, new, delta = months
    assert capreg("-R", old, "search", "process:milling").code == 0
    assert capreg("bundle", "update", old, delta).code == 0
    assert old.read_bytes() == new.read_bytes()
    time.sleep(SETTLED)
    assert "Officine Savena Nuove" in capreg("-R", old, "show", "officine-savena").out


def test_a_dry_run_writes_nothing(months, capreg, tmp_path):
    registry, old, new, delta = months
    before = files_of(tmp_path)
    assert capreg("bundle", "update", old, delta, "--dry-run").code == 0
    assert capreg("bundle", "delta", old, new, "-o", tmp_path / "again", "--dry-run").code == 0
    assert files_of(tmp_path) == before


def test_the_first_update_tells_whose_bundle_it_is(months, capreg):
    registry, old, new, delta = months
    done = capreg("bundle", "update", old, delta)
    assert (done.code, fingerprint(header_of(new)["key"]) in done.err) == (0, True)


def test_after_an_update_the_old_bundle_is_not_taken_any_more(months, capreg, tmp_path):
    registry, old, new, delta = months
    assert capreg("bundle", "update", old, delta, "-o", tmp_path / "made.capreg").code == 0
    assert capreg("-R", old, "search", "process:milling").code == 7


@pytest.mark.parametrize("pair", [("new", "old"), ("new", "new"), ("old", "part"), ("old", "foreign")], ids="-".join)
def test_between_other_bundles_there_is_no_delta(months, capreg, tmp_path, pair):
    registry, old, new, delta = months
    part = bundled(capreg, registry, tmp_path / "part.capreg", "process:milling")
    shutil.copytree(registry, tmp_path / "other", ignore=shutil.ignore_patterns("office"))
    foreign = bundled(capreg, tmp_path / "other", tmp_path / "foreign.capreg")
    known = {"old": old, "new": new, "part": part, "foreign": foreign}
    done = capreg("bundle", "delta", *(known[one] for one in pair), "-o", tmp_path / "no.delta")
    assert (done.code, (tmp_path / "no.delta").exists()) == (2, False)


def spoilt(months, capreg, tmp_path, what):
    """A bundle and a delta that do not go together, or a delta that was changed."""
    registry, old, new, delta = months
    content = delta.read_bytes()
    head = len(MAGIC) + DIGEST
    made = {
        "empty": b"",
        "another file": b"PK\3\4" + content,
        "cut": content[:-10],
        "cut in the header": content[: head + 100],
        "without changes": content[: head + BYTES],
        "a bit of the header": content[: head + 50] + bytes([content[head + 50] ^ 1]) + content[head + 51 :],
        "the header of another hub": content[:head]
        + foreign_header(registry, capreg, tmp_path)
        + content[head + BYTES :],
        "the header of the old one": content[:head] + old.read_bytes()[:BYTES] + content[head + BYTES :],
    }
    (tmp_path / "spoilt.delta").write_bytes(made[what])
    return tmp_path / "spoilt.delta"


def foreign_header(registry, capreg, tmp_path) -> bytes:
    shutil.copytree(registry, tmp_path / "foreign", ignore=shutil.ignore_patterns("office"))
    for _ in range(2):
        bundle = bundled(capreg, tmp_path / "foreign", tmp_path / "foreign.capreg")
    return bundle.read_bytes()[:BYTES]


SPOILT = (
    "empty", "another file", "cut", "cut in the header", "without changes", "a bit of the header",
    "the header of another hub", "the header of the old one",
)  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_a_delta_that_does_not_hold_changes_nothing(months, capreg, tmp_path, what):
    delta = spoilt(months, capreg, tmp_path, what)
    before = files_of(tmp_path)
    done = capreg("bundle", "update", months[1], delta)
    assert (done.code, done.out, "Traceback" in done.err) == (7, "", False), done.err
    assert files_of(tmp_path) == before


def test_a_delta_for_another_bundle_is_refused(months, capreg, tmp_path):
    registry, old, new, delta = months
    done = capreg("bundle", "update", new, delta)
    assert (done.code, "does not begin with version 2" in done.err) == (7, True)


def test_random_bits_of_a_delta_either_make_the_same_bundle_or_none(months, capreg, tmp_path):
    registry, old, new, delta = months
    content, chance = delta.read_bytes(), random.Random(7)
    flipped, made = tmp_path / "flipped.delta", tmp_path / "made.capreg"
    for _ in range(60):
        bit = chance.randrange(len(content) * 8)
        flipped.write_bytes(content[: bit // 8] + bytes([content[bit // 8] ^ 1 << bit % 8]) + content[bit // 8 + 1 :])
        code = capreg("bundle", "update", old, flipped, "-o", made).code
        assert (code, made.exists()) in ((7, False), (0, True))
        if code == 0:
            assert made.read_bytes() == new.read_bytes()
            made.unlink()


CONTENT = st.lists(
    st.sampled_from([b'"abc",' * 9, b"\0" * 70, b'{"id":"rossi","name":"Rossi"}' * 2, b"xyz"]), max_size=30
)


@settings(max_examples=60, deadline=None)
@given(CONTENT, CONTENT)
def test_what_a_delta_makes_of_the_old_is_the_new(tmp_path_factory, one, other):
    """Of any contents: the header alone decides whether they are right."""
    folder = tmp_path_factory.mktemp("pair")
    said = Header("hub", "A" * 43 + "=", 1, "2026-01-01", None, [], "", "short", False, 1, "0" * 64, None, None)
    for name, content in (("old", one), ("new", other)):
        body = b"".join(content)
        (folder / name).write_bytes(written(said._replace(length=len(body)), lambda data: "") + body)
    with (folder / "delta").open("wb") as file:
        write_delta(folder / "old", folder / "new", said, file)
    with (folder / "delta").open("rb") as file, (folder / "made").open("wb") as made:
        file.seek(len(MAGIC) + DIGEST + BYTES)
        found = read_parts(folder / "new", said._replace(length=sum(map(len, other))))
        apply_delta(file, found, "delta", folder / "old", made)
    assert (folder / "made").read_bytes() == (folder / "new").read_bytes()


def read_parts(new, header):
    """What `read_delta` would return of a delta whose header were signed."""
    return Delta("", new.read_bytes()[:BYTES], header)


def test_a_delta_names_both_ends(months):
    registry, old, new, delta = months
    with delta.open("rb") as file:
        found = read_delta(file, "delta")
    assert (found.header.version, header_of(old)["version"]) == (2, 1)
