"""Bundles: what is in one, that it is searched as the registry is, and that nobody forges one or rolls it back."""

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from conftest import files_of, write_record
from test_exports import recipient
from test_ways_out import Planted, seen

from capreg.errors import CapregError
from capreg.exchange import using
from capreg.exchange.header import BYTES, proved
from capreg.exchange.opening import prove, read_header
from capreg.store.schemas import shipped_kinds
from capreg.store.signing import fingerprint

SETTLED = 0.05


@pytest.fixture
def hub(sample, capreg, tmp_path):
    """A hub with the sample's records and a first bundle: (registry, bundle)."""
    return sample, bundled(capreg, sample, tmp_path / "fair.capreg")


def bundled(capreg, registry, path, *arguments):
    """Write a bundle of a registry, and return its file, old enough for its stamp to be trusted."""
    done = capreg("-R", registry, "bundle", "create", "-o", path, *arguments)
    assert done.code == 0, done.err
    time.sleep(SETTLED)
    return path


def header_of(path) -> dict:
    """What the header of a bundle says."""
    return json.loads(path.read_bytes()[:BYTES])


def rename(registry, id, name):
    """Give a firm another name."""
    (path,) = registry.glob(f"firms/**/{id}.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": name}))


# What is in it


def test_any_tool_lists_it_and_the_header_is_its_first_line(hub):
    registry, bundle = hub
    listed = subprocess.run(["unzip", "-l", bundle], capture_output=True, text=True, check=False)
    tested = subprocess.run(["unzip", "-tq", bundle], capture_output=True, text=True, check=False)
    assert (listed.returncode, listed.stderr, tested.returncode) == (0, "", 0)
    names = [line.split()[-1] for line in listed.stdout.splitlines()[3:-2]]
    assert {"datapackage.json", "data/firm.ndjson", "index.sqlite", "schemas/firm.schema.json"} <= set(names)
    assert names == sorted(names)
    assert bundle.read_bytes().partition(b"\n")[0].startswith(b'{"before":null,"created":')


def test_the_same_registry_number_and_dates_give_the_same_bytes_in_every_process(sample, capreg, tmp_path):
    command = [
        sys.executable,
        "-m",
        "capreg",
        "-R",
        sample,
        "bundle",
        "create",
        "--number",
        "1",
        "--created",
        "2026-11-01",
    ]
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([*command, "-q", "-o", tmp_path / seed], env=env, check=True)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_a_number_never_stands_for_two_contents(hub, capreg, tmp_path):
    registry, bundle = hub
    rename(registry, "officine-savena", "Altro")
    done = capreg("-R", registry, "bundle", "create", "--number", "1", "-o", tmp_path / "other")
    assert (done.code, "was issued with other content" in done.err, (tmp_path / "other").exists()) == (2, True, False)
    gap = capreg("-R", registry, "bundle", "create", "--number", "3", "-o", tmp_path / "other")
    assert (gap.code, "the next bundle is number 2" in gap.err) == (2, True)


def test_each_bundle_names_the_one_before_and_the_end_of_the_ledger(shop, capreg, tmp_path):
    capreg("-R", shop, "profile", "firm-0", "--client", "buyer", "--yes")
    first, second = (bundled(capreg, shop, tmp_path / name) for name in ("one", "two"))
    (entry,) = capreg("-R", shop, "ledger", "-O", "json").json["results"]
    assert header_of(first)["ledger"] == {"number": 1, "hash": entry["hash"]}
    assert (header_of(first)["before"], header_of(second)["before"]) == (
        None,
        proved(first.read_bytes()[:BYTES], "").digest,
    )


def test_a_bundle_is_a_witness_of_the_ledger(shop, capreg, tmp_path):
    books = shop / "office"
    capreg("-R", shop, "profile", "firm-0", "--client", "buyer", "--yes")
    shutil.copytree(books, tmp_path / "before")
    capreg("-R", shop, "profile", "firm-1", "--client", "buyer", "--yes")
    bundle = bundled(capreg, shop, tmp_path / "witness")
    done = capreg("-R", shop, "ledger", "verify", "--bundle", bundle)
    assert (done.code, "and 1 bundle borne out" in done.err) == (0, True), done.err
    shutil.rmtree(books)
    shutil.copytree(tmp_path / "before", books)
    rolled_back = capreg("-R", shop, "ledger", "verify", "--bundle", bundle)
    assert (rolled_back.code, "its entry 2 is missing, the last one is 1" in rolled_back.err) == (7, True)
    capreg("-R", shop, "profile", "firm-2", "--client", "buyer", "--yes")
    other = capreg("-R", shop, "ledger", "verify", "--bundle", bundle)
    assert (other.code, "its entry 2 is another" in other.err) == (7, True)


@pytest.mark.parametrize("kind", shipped_kinds())
def test_a_bundle_carries_the_short_tier_and_no_more(shop, capreg, tmp_path, kind):
    found = Planted(kind)
    write_record(shop, found.document, f"{kind}s")
    assert capreg("-R", shop, "client", "add", "zq-client-77").code == 0
    bundle = bundled(capreg, shop, tmp_path / "planted.capreg")
    closed = found.markers["detailed"] + found.markers["confidential"]
    told = everything_in(bundle, tmp_path)
    assert seen(closed, told) == []
    assert seen(found.markers["short"], told) == found.markers["short"]
    unmistakable = [one for one in closed if one[0] == "q"]
    secret = (shop / "office" / "keys" / "hub.key").read_text().splitlines()[1]
    assert [
        one for one in (*unmistakable, secret, "zq-client-77", "45.00") if one.encode() in bundle.read_bytes()
    ] == []


def everything_in(bundle, tmp_path) -> str:
    """All records and all rows of the index of a bundle as text; what the schemas and vocabularies say is left out."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extract("index.sqlite", tmp_path)
        told = [archive.read(name).decode() for name in archive.namelist() if name.startswith("data/")]
    connection = sqlite3.connect(tmp_path / "index.sqlite")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in tables:
        if table not in ("meta", "word", "spelling") and not table.startswith("word_text"):
            told += (str(row) for row in connection.execute(f'SELECT * FROM "{table}"'))
    return "\n".join(told)


def test_not_even_the_name_of_a_confidential_field_leaves_the_hub(hub):
    registry, bundle = hub
    assert b"largest_customer" not in bundle.read_bytes()
    assert b"tolerance_mm" in bundle.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "firms", "contractors"),
    [((), 56, 7), (("--kinds", "contractor"), 0, 7), (("process:turning", "near:Bologna,20km"), None, 0)],
)
def test_kinds_and_a_query_select(sample, capreg, tmp_path, arguments, firms, contractors):
    bundle = bundled(capreg, sample, tmp_path / "part", *arguments)
    wanted = capreg("-R", sample, "search", *arguments, "-O", "json").json["total"] if firms is None else firms
    with zipfile.ZipFile(bundle) as archive:
        lines = {name: archive.read(name).count(b"\n") for name in archive.namelist() if name.startswith("data/")}
    assert lines == {
        f"data/{kind}.ndjson": count for kind, count in (("contractor", contractors), ("firm", wanted)) if count
    }


def test_a_dry_run_writes_nothing(sample, capreg, tmp_path):
    before = files_of(sample)
    done = capreg("-R", sample, "bundle", "create", "-o", tmp_path / "no.capreg", "--dry-run")
    assert (done.code, "56 firms" in done.err, files_of(sample), (tmp_path / "no.capreg").exists()) == (
        0,
        True,
        before,
        False,
    )


def test_the_official_checks_of_data_packages_find_nothing_but_what_was_changed(hub, tmp_path):
    frictionless = recipient("frictionless")
    registry, bundle = hub
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "package")
    command = [frictionless, "validate", "--json", "datapackage.json"]
    for change, holds in ((b"", True), (b"x", False)):
        with (tmp_path / "package" / "data" / "firm.ndjson").open("ab") as file:
            file.write(change)
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path / "package", check=False)
        assert json.loads(done.stdout)["valid"] is holds, done.stdout


# Searching it

OPEN = [
    "process:milling",
    "process:milling material:aluminium",
    "process:turning near:Bologna,40km",
    "certificate:iso-9001",
    "^certificate:iso-9001",
    "hydraulic",
    "(process:milling OR certificate:iso-9001) country:IT",
]


@pytest.mark.parametrize("query", OPEN)
def test_a_bundle_finds_what_the_registry_finds(hub, capreg, query):
    registry, bundle = hub
    in_bundle = capreg("-R", bundle, "search", query, "-O", "json")
    assert in_bundle.code == 0, in_bundle.err
    assert in_bundle.ids != []
    in_short = set(in_bundle.ids)
    assert in_short <= set(capreg("-R", registry, "search", query, "-O", "json").ids)
    if query != "hydraulic":
        assert in_short == set(capreg("-R", registry, "search", query, "-O", "json").ids)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("search", "tolerance:..0.01mm"), 6, "the field 'tolerance' is sealed in this bundle"),
        (("search", "process:milling", "^spare:30h"), 6, "the field 'spare' is sealed in this bundle"),
        (("printout", "tolerance:..0.01mm"), 6, "the field 'tolerance' is sealed in this bundle"),
        (("search", "largest_customer:0..1"), 2, "unknown field 'largest_customer'"),
        (("search", "--sort", "tolerance"), 2, "It is in the detailed profile only."),
        (("search", "--columns", "tolerance"), 2, "It is in the detailed profile only."),
        (("search", "--internal"), 2, "is a bundle, which is only read"),
        (("search", "--save-as", "mine", "process:milling"), 2, "no bundle holds an office"),
        (("printout", "process:milling", "--client", "x"), 2, "no bundle holds an office"),
        (("client", "add", "x"), 2, "is a bundle, which is only read"),
        (("check",), 2, "is a bundle, which is only read"),
        (("index",), 2, "is a bundle, which is only read"),
        (("export", "-O", "json"), 2, "is a bundle, which is only read"),
        (("export", "process:milling", "-O", "csv"), 2, "is a bundle, which is only read"),
        (("show", "officine-saven"), 3, "Did you mean officine-savena"),
        (("show", "x", "-k", "firma"), 2, "unknown kind 'firma'"),
        (("bundle", "create", "-o", "x"), 2, "is a bundle, which is only read"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_a_bundle_refuses(hub, capreg, arguments, code, told):
    registry, bundle = hub
    done = capreg("-R", bundle, *arguments)
    assert (done.code, told in done.err) == (code, True), done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "officine-savena"), "Officine Savena"),
        (("fields",), "tolerance"),
        (("fields", "-k", "contractor"), "buys"),
        (("vocabulary", "fresatura"), "Milling"),
        (("printout", "process:milling", "-O", "text"), "Short printout"),
        (("search", "process:milling", "--near-misses", "--explain", "-O", "json"), "near_miss"),
        (("search", "--columns", "help"), "certificate"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_reading_commands_read_a_bundle(hub, capreg, arguments, told):
    registry, bundle = hub
    before = bundle.read_bytes()
    done = capreg("-R", bundle, *arguments)
    assert (done.code, told in done.out) == (0, True), done.err
    assert bundle.read_bytes() == before


def test_columns_of_a_bundle_are_those_of_the_short_tier(hub, capreg):
    registry, bundle = hub
    columns = {one["column"] for one in capreg("-R", bundle, "search", "--columns", "help", "-O", "json").json}
    assert "certificate" in columns
    assert columns.isdisjoint({"tolerance", "spare", "largest_customer"})


def test_the_first_use_verifies_and_later_ones_look_at_the_file_only(hub, capreg, monkeypatch, tmp_path):
    registry, bundle = hub
    assert capreg("-R", bundle, "search", "process:milling").code == 0
    monkeypatch.setattr(using, "OPENING", "no.such.module")
    assert capreg("-R", bundle, "search", "process:milling").code == 0
    bundle.touch()
    assert capreg("-R", bundle, "search", "process:milling").code == 1


def test_the_cache_and_what_is_remembered_are_for_their_owner_alone(hub, capreg, tmp_path):
    registry, bundle = hub
    capreg("-R", bundle, "search", "process:milling")
    for top in (tmp_path / ".cache" / "capreg" / "bundles", tmp_path / ".state" / "capreg"):
        found = [one for one in (top, *top.rglob("*")) if one.name != "hubs.lock"]
        assert [one for one in found if stat.S_IMODE(one.stat().st_mode) & 0o077] == []
        assert len(found) > 1


@pytest.mark.parametrize("spoil", [b"", b"not an index", None], ids=["emptied", "garbled", "removed"])
def test_an_index_that_was_spoiled_in_the_cache_is_taken_out_again(hub, capreg, tmp_path, spoil):
    registry, bundle = hub
    wanted = capreg("-R", bundle, "search", "process:milling").out
    (index,) = tmp_path.glob(".cache/**/index.sqlite")
    index.unlink() if spoil is None else index.write_bytes(spoil)
    assert capreg("-R", bundle, "search", "process:milling").out == wanted


def test_opening_into_a_folder_unpacks_what_was_verified(hub, capreg, tmp_path):
    registry, bundle = hub
    assert capreg("bundle", "open", bundle, tmp_path / "opened").code == 0
    with zipfile.ZipFile(bundle) as archive:
        unpacked = {one.relative_to(tmp_path / "opened").as_posix(): one for one in (tmp_path / "opened").rglob("*")}
        files = {name: one.read_bytes() for name, one in unpacked.items() if one.is_file()}
        assert files == {name: archive.read(name) for name in archive.namelist()}
    again = capreg("bundle", "open", bundle, tmp_path / "opened")
    assert (again.code, "is there already" in again.err) == (2, True)


# Whom it is trusted


def test_a_hub_is_met_once_and_its_key_is_pinned_under_its_name(hub, capreg, tmp_path):
    registry, bundle = hub
    told = fingerprint(header_of(bundle)["key"])
    first, second = (capreg("-R", bundle, "search", "process:milling").err for _ in range(2))
    assert (told in first, told in second) == (True, False)
    shutil.rmtree(registry / "office")
    forged = bundled(capreg, registry, tmp_path / "forged.capreg")
    done = refused(capreg, forged)
    assert "whose key was" in done.err
    key = header_of(forged)["key"]
    assert capreg("bundle", "verify", forged, "--hub-key", fingerprint(key)).code == 0
    assert capreg("-R", forged, "search", "process:milling").code == 0
    assert "whose key was" in refused(capreg, bundle).err


def test_a_key_that_was_given_must_be_the_one_that_signed(hub, capreg):
    registry, bundle = hub
    key = header_of(bundle)["key"]
    assert capreg("bundle", "verify", bundle, "--hub-key", key).code == 0
    done = capreg("bundle", "verify", bundle, "--hub-key", fingerprint(key)[:-1] + "x")
    assert (done.code, "not by the one given" in done.err) == (7, True)


def refused(capreg, bundle, *options):
    """See a bundle refused by whatever uses it, with nothing remembered and nothing written; return what search said."""
    home = Path.cwd()
    before = kept_files(home)
    for command in (
        ("bundle", "verify", bundle),
        ("bundle", "open", bundle),
        ("bundle", "open", bundle, home / "into"),
    ):
        done = capreg(*command, *options)
        assert (done.code, done.out) == (7, ""), done.err
    done = capreg("-R", bundle, *options, "search", "process:milling")
    assert (done.code, done.out, "Traceback" in done.err) == (7, "", False), done.err
    assert kept_files(home) == before
    return done


def kept_files(home) -> dict:
    """All files and folders below one but for the lock of the state, and the cache's folders where nothing lies in them."""
    found = files_of(home).items()
    return {
        path: content
        for path, content in found
        if path.name != "hubs.lock" and not (content is None and ".cache" in path.parts)
    }


def test_a_bundle_older_than_one_seen_is_refused_wherever_it_lies(hub, capreg, tmp_path):
    registry, old = hub
    assert capreg("-R", old, "search", "process:milling").code == 0
    rename(registry, "officine-savena", "Altro")
    new = bundled(capreg, registry, tmp_path / "new.capreg")
    assert capreg("bundle", "verify", new).code == 0
    assert "version 2 was seen before" in refused(capreg, old).err


def test_bundles_of_different_selections_do_not_supersede_each_other(hub, capreg, tmp_path):
    registry, whole = hub
    part = bundled(capreg, registry, tmp_path / "part.capreg", "process:milling")
    assert capreg("-R", part, "search", "process:milling").code == 0
    assert capreg("-R", whole, "search", "process:milling").code == 0


def test_an_equal_version_with_other_content_is_refused(hub, capreg, tmp_path):
    registry, bundle = hub
    shutil.rmtree(registry / "office" / "bundles")
    rename(registry, "officine-savena", "Altro")
    other = bundled(capreg, registry, tmp_path / "other.capreg")
    assert capreg("bundle", "verify", bundle).code == 0
    assert "with other content" in refused(capreg, other).err


def test_an_expired_bundle_is_refused_unless_that_is_allowed_and_then_warned_of_at_every_use(sample, capreg, tmp_path):
    old = ("--created", "2026-01-01", "--expires", "P30D")
    bundle = bundled(capreg, sample, tmp_path / "old.capreg", *old)
    assert "expired on 2026-01-31" in refused(capreg, bundle).err
    for _ in range(2):
        done = capreg("-R", bundle, "--allow-expired", "-q", "search", "process:milling")
        assert (done.code, "expired on 2026-01-31" in done.err, done.out != "") == (0, True, True)
    assert "expired on 2026-01-31" in refused(capreg, bundle).err


def test_a_bundle_cannot_expire_before_it_is_made(sample, capreg, tmp_path):
    done = capreg("-R", sample, "bundle", "create", "-o", "x", "--created", "2026-02-01", "--expires", "2026-01-31")
    assert (done.code, Path("x").exists()) == (2, False)


def test_a_state_that_cannot_be_read_stops_everything(hub, capreg, tmp_path):
    registry, bundle = hub
    assert capreg("-R", bundle, "search", "process:milling").code == 0
    (tmp_path / ".state" / "capreg" / "hubs.json").write_text('{"x": 1}')
    assert "is damaged" in refused(capreg, bundle).err


# What was changed on the way


def test_every_bit_of_the_header_counts(hub):
    registry, bundle = hub
    block = bytearray(bundle.read_bytes()[:BYTES])
    taken = []
    for bit in range(BYTES * 8):
        block[bit // 8] ^= 1 << bit % 8
        try:
            proved(bytes(block), "flipped")
            taken.append(bit)
        except CapregError as error:
            assert error.exit_code == 7
        block[bit // 8] ^= 1 << bit % 8
    assert taken == []
    assert proved(bytes(block), "whole").version == 1


def test_two_hundred_random_bits_count(hub, tmp_path):
    registry, bundle = hub
    content, chance = bundle.read_bytes(), random.Random(7)
    flipped = tmp_path / "flipped.capreg"
    for _ in range(200):
        bit = chance.randrange(len(content) * 8)
        flipped.write_bytes(content)
        with flipped.open("r+b") as file:
            file.seek(bit // 8)
            file.write(bytes([content[bit // 8] ^ 1 << bit % 8]))
        with flipped.open("rb") as file, pytest.raises(CapregError) as error:
            prove(file, read_header(file, "flipped"), "flipped", {}, lambda done, total: None)
        assert error.value.exit_code == 7


CHANGES = {
    "one bit": lambda content: content[:90_000] + bytes([content[90_000] ^ 1]) + content[90_001:],
    "cut by a byte": lambda content: content[:-1],
    "cut in half": lambda content: content[: len(content) // 2],
    "cut in the header": lambda content: content[:100],
    "empty": lambda content: b"",
    "grown": lambda content: content + b"\0",
    "something before it": lambda content: b"\n" + content,
    "only the archive": lambda content: content[BYTES:],
    "another file": lambda content: b"PK\3\4" + bytes(100),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_bundle_that_was_changed_is_refused(hub, capreg, tmp_path, change):
    registry, bundle = hub
    changed = tmp_path / "changed.capreg"
    changed.write_bytes(CHANGES[change](bundle.read_bytes()))
    refused(capreg, changed)


def test_a_bundle_that_is_changed_after_it_was_used_is_refused(hub, capreg):
    registry, bundle = hub
    assert capreg("-R", bundle, "search", "process:milling").code == 0
    bundle.write_bytes(CHANGES["one bit"](bundle.read_bytes()))
    assert capreg("-R", bundle, "search", "process:milling").code == 7


# What was bought sealed


KEY = "AGE-SECRET-KEY-1VJU73TYVYKCWA9FLN6FT6JPVU35VGZYFTQZGTERA5EE52DZH6DNQ6V7WYH"
PUBLIC = "age1tw50vlt9jsywh8xk8wter6tta5nf6sf695q9pwygt46c8hupjs5qds8s42"


def with_one_sold(capreg, sample, tmp_path) -> tuple[Path, list]:
    """A sealed bundle of which one profile was sold, officine-savena, and the options that open it."""
    bundle = bundled(capreg, sample, tmp_path / "sealed.capreg", "--sealed")
    (tmp_path / "grants").mkdir()
    (tmp_path / "me.key").write_text(KEY)
    capreg("-R", sample, "client", "add", "elbe", "--key", PUBLIC)
    grant = tmp_path / "grants" / "savena.json"
    sold = capreg("-R", sample, "profile", "officine-savena", "--client", "elbe", "--grant", grant, "--yes")
    assert (sold.code, grant.stat().st_size < 1000) == (0, True)
    return bundle, ["--grants", grant.parent, "--identity", tmp_path / "me.key"]


def test_a_profile_that_was_bought_opens_out_of_the_bundle_and_no_other_does(sample, capreg, tmp_path):
    bundle, options = with_one_sold(capreg, sample, tmp_path)
    mine = ["-R", bundle, *options, "profile"]
    opened = capreg(*mine, "officine-savena")
    assert (opened.code, "for elbe" in opened.out, "Connected power" in opened.out) == (0, True, True)
    other = capreg(*mine, "torneria-reno")
    assert (other.code, other.out) == (6, "")


def test_a_profile_opens_out_of_the_bundle_of_its_time_although_a_newer_one_was_seen(sample, capreg, tmp_path):
    bundle, options = with_one_sold(capreg, sample, tmp_path)
    rename(sample, "officine-savena", "Altro")
    newer = bundled(capreg, sample, tmp_path / "newer.capreg", "--sealed")
    assert capreg("-R", newer, "search").code == 0
    mine = [*options, "profile", "officine-savena"]
    assert capreg("-R", newer, *mine).code == 7
    opened = capreg("-R", bundle, *mine)
    assert (opened.code, "Officine Savena" in opened.out) == (0, True), opened.err
    assert "this is version 1 of" in opened.err and "version 2 was seen" in opened.err
    assert capreg("-R", bundle, "search").code == 7


def test_nothing_in_a_bundle_is_for_a_hub_only(hub, capreg):
    _, bundle = hub
    for command in (["search", "process:milling"], ["show", "officine-savena"], ["fields"]):
        assert "HUB ONLY" not in capreg("-R", bundle, *command, "-O", "text").out
