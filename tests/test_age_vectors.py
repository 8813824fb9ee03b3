"""The official test vectors of age (C2SP/CCTV), of which all but a listed few behave as they should with pyrage."""

import zlib
from hashlib import sha256
from typing import NamedTuple

import pyrage
import pytest
from conftest import SHARED

VECTORS = SHARED / "data" / "age-vectors" / "testdata"
FILES = sorted(VECTORS.iterdir()) if VECTORS.is_dir() else []
NO_HYBRID = "pyrage 1.4.0 knows no post-quantum identities; capreg makes and takes X25519 alone"
NO_BODY_END = "pyrage 1.4.0 takes a stanza whose body does not end with a short line; the header's MAC still holds"
EXCEPTIONS = {
    "armor_hybrid": NO_HYBRID,
    "hybrid": NO_HYBRID,
    "hybrid_and_x25519": NO_HYBRID,
    "hybrid_grease": NO_HYBRID,
    "hybrid_multiple_recipients": NO_HYBRID,
    "armor_whitespace_outside": "pyrage 1.4.0 is stricter: no blanks around armour; capreg writes no armour",
    "stanza_missing_body": NO_BODY_END,
    "stanza_missing_final_line": NO_BODY_END,
    "scrypt_work_factor_23": "pyrage 1.4.0 works on it for a minute where age refuses; capreg opens nothing by passphrases",
}
# What would take a minute is not tried.
UNTRIED = {"scrypt_work_factor_23"}


class Vector(NamedTuple):
    """A file of age, what opens it, and the SHA-256 of what should come out, None where nothing should."""

    content: bytes
    identities: list[str]
    passphrases: list[str]
    payload: str | None


def vector(path) -> Vector:
    head, _, content = path.read_bytes().partition(b"\n\n")
    told = [line.split(": ", 1) for line in head.decode().splitlines()]
    said = dict(told)
    if said.get("compressed"):
        content = zlib.decompress(content)
    of = {key: [value for one, value in told if one == key] for key in ("identity", "passphrase")}
    payload = said["payload"] if said["expect"] == "success" else None
    return Vector(content, of["identity"], of["passphrase"], payload)


def opened(one: Vector) -> str | None:
    try:
        if one.passphrases:
            return sha256(pyrage.passphrase.decrypt(one.content, one.passphrases[0])).hexdigest()
        keys = [pyrage.x25519.Identity.from_str(text) for text in one.identities]
        return sha256(pyrage.decrypt(one.content, keys)).hexdigest()
    except (pyrage.DecryptError, pyrage.IdentityError):
        return None


@pytest.mark.skipif(not FILES, reason="the vectors are not here")
def test_there_are_143_of_them_and_the_exceptions_are_among_them():
    assert len(FILES) == 143
    assert {path.name for path in FILES} >= EXCEPTIONS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_vector_behaves_as_it_should(path):
    if path.name in UNTRIED:
        pytest.skip(EXCEPTIONS[path.name])
    one = vector(path)
    is_right = opened(one) == one.payload
    # An exception that is none any more is to be taken off the list.
    assert is_right == (path.name not in EXCEPTIONS), EXCEPTIONS.get(path.name, path.name)
