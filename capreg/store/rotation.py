"""A hub's change of key: who knows the old key learns the new one, by a statement that both of them signed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from capreg.model.value import Value
from capreg.store.signing import ForgedError, canonical_line, fingerprint, is_signed, public, read_document, signature

SCHEMA = "rotation"
FORM = "rotation 1"
SIGNATURES = {"old": "old_signature", "new": "new_signature"}
# The name of the file, as an office keeps it and a bundle carries it; how many bytes, and lines, are read of one.
FILE, LARGEST, MOST = "rotations.jsonl", 1 << 20, 1000


class Rotation(Value):
    """A change of key whose signatures hold; what each part means stands in `rotation.schema.json`."""

    at: str
    old: str
    new: str
    head: Mapping[str, Any]


def rotated(old: Ed25519PrivateKey, new: Ed25519PrivateKey, at: str, head: Mapping[str, Any]) -> bytes:
    """Return the line that says that one key follows another, signed with both."""
    bare = {"capreg": FORM, **Rotation(at, public(old), public(new), head)._asdict()}
    line = canonical_line(bare)
    signed = {SIGNATURES["old"]: signature(old, line), SIGNATURES["new"]: signature(new, line)}
    return canonical_line({**bare, **signed})


def read_rotations(content: bytes) -> list[Rotation]:
    """Return the changes of key in a file, one a line.

    Raises:
        ForgedError: a line is none, one of its signatures does not hold, two keys claim to follow the same one, or it
            is too large.
    """
    lines = content.splitlines()
    if len(content) > LARGEST or len(lines) > MOST:
        raise ForgedError(
            f"{len(lines)} lines of {len(content)} bytes are no rotations: at most {MOST}, and {LARGEST} bytes, are read"
        )
    found = [_read(line) for line in lines]
    if len({one.old for one in found}) < len(found):
        raise ForgedError("two keys claim to follow the same one: one of them is not the hub's")
    return found


def _read(line: bytes) -> Rotation:
    document = read_document(line, SCHEMA)
    signed = canonical_line({key: value for key, value in document.items() if key not in SIGNATURES.values()})
    if not all(is_signed(document[key], signed, document[by]) for key, by in SIGNATURES.items()):
        raise ForgedError("a signature of this rotation does not hold")
    return Rotation(**{key: document[key] for key in Rotation._fields})


def since(known: str, rotations: Iterable[Rotation]) -> list[Rotation]:
    """Return the changes of a key that is known, itself or by its fingerprint, and of those that followed it, in their order."""
    left = {one.old: one for one in rotations}
    at = known if known in left else next((key for key in left if fingerprint(key) == known), None)
    found = []
    while change := left.pop(at, None):
        found.append(change)
        at = change.new
    return found


def followed(known: str, rotations: Iterable[Rotation]) -> list[str]:
    """Return a key that is known, itself or by its fingerprint, and the public keys that followed it, the newest last."""
    return [known, *(one.new for one in since(known, rotations))]


def leading(known: str, newest: str, rotations: Iterable[Rotation]) -> list[Rotation]:
    """Return the changes by which one key became another, which none has followed since; none where they do not lead there."""
    found = since(known, rotations)
    return found if found and found[-1].new == newest else []


def earlier(newest: str, rotations: Collection[Rotation]) -> list[str]:
    """Return the public keys that became, by one change or several, the one that a hub has now."""
    return [one.old for one in rotations if leading(one.old, newest, rotations)]
