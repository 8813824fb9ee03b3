"""The hub's secrets, made once, readable by their owner alone from their first byte: its key, Ed25519 (RFC 8032), and that of its seals."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from capreg.errors import CapregError, ExitCode
from capreg.store.durable import make_private
from capreg.store.files import UnreadableError, flush, read_bytes, write_whole
from capreg.store.rotation import FILE as ROTATIONS
from capreg.store.rotation import earlier, followed, read_rotations, rotated
from capreg.store.signing import public

FILE, SEAL = "hub.key", "seal.key"
NEXT = "hub.key.next"
SEAL_SIZE = 32
FOLDER = "keys"


class KeyUnusableError(CapregError):
    """The hub's key is missing where it is needed, or is no key."""

    exit_code = ExitCode.UNTRUSTED


def equip(office: Path) -> None:
    """Make the office of a new registry: a folder for its owner alone, and the hub's secrets in it."""
    make_private(office)
    make_key(office)
    make_seal(office)


def make_key(office: Path) -> None:
    """Make the key of a hub, unless it has one; returns when it is on the disk.

    Args:
        office: the folder of the office, held alone.
    """
    folder = office / FOLDER
    make_private(folder)
    if not (folder / FILE).exists():
        write_whole(folder / FILE, _pem(Ed25519PrivateKey.generate()), mode=0o600)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_seal(office: Path) -> None:
    """Make the secret from which the keys of all seals follow, unless there is one; as `make_key`."""
    folder = office / FOLDER
    make_private(folder)
    if not (folder / SEAL).exists():
        write_whole(folder / SEAL, b64encode(token_bytes(SEAL_SIZE)) + b"\n", mode=0o600)


def hub_key(office: Path, first: str | None = None) -> Ed25519PrivateKey:
    """Return the key of a hub.

    Args:
        first: the public half of the key that it had first, where no other hub's will do.

    Raises:
        KeyUnusableError: it is not there, is no key, or does not follow from the first.
        ForgedError: the changes of its key do not hold.
    """
    path = office / FOLDER / FILE
    key = _loaded(path, office)
    if key and public(key) == current(office, first or public(key)):
        return key
    # Where a change of key was interrupted, the new one still stands beside the old one.
    key = _loaded(path.with_name(NEXT), office)
    named = {one.new for one in read_rotations(rotations_of(office))}
    if key and public(key) in named and public(key) == current(office, first or public(key)):
        return key
    raise KeyUnusableError(
        f"{path}: the hub's key is not there, or is not the one of this ledger", "Put it back: 'capreg office restore'."
    )


def _loaded(path: Path, office: Path) -> Ed25519PrivateKey | None:
    try:
        key = load_pem_private_key(read_bytes(path, office), None)
    except (UnreadableError, ValueError, TypeError):
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None


def check_key(office: Path, first: str) -> None:
    """Raise KeyUnusableError where the key at hand does not follow from the first, a public key in base64; none at hand is right."""
    if (office / FOLDER / FILE).exists():
        hub_key(office, first)


def rotations_of(office: Path) -> bytes:
    """Return the changes of a hub's key as they are handed out, one a line; nothing where it was never changed."""
    path = office / FOLDER / ROTATIONS
    return read_bytes(path, office) if path.exists() else b""


def current(office: Path, first: str) -> str:
    """Return the public key that a hub has now; raises ForgedError where the changes of it do not hold."""
    return hub_keys_since(office, first)[-1]


def hub_keys(office: Path) -> list[str]:
    """Return the public keys of a hub, the one that it has now first.

    Raises:
        KeyUnusableError: it has none.
        ForgedError: the changes of it do not hold.
    """
    now = public(hub_key(office))
    return [now, *earlier(now, read_rotations(rotations_of(office)))]


def hub_keys_since(office: Path, first: str) -> list[str]:
    """Return the public keys that a hub has had, from the first on; raises ForgedError where the changes of it do not hold."""
    return followed(first, read_rotations(rotations_of(office)))


def is_handed_over(office: Path, head: Mapping[str, Any], first: str) -> str | None:
    """Return the key before the current one, where a head is the one at which it was changed; the new one had no time to sign it."""
    now = current(office, first)
    changes = [one for one in read_rotations(rotations_of(office)) if one.new == now and one.head == head]
    return changes[0].old if changes else None


def rotate(office: Path, at: str, head: Mapping[str, Any]) -> Ed25519PrivateKey:
    """Give a hub a new key, and return it; when this returns, it is on the disk, and the statement that both signed too.

    Args:
        office: the folder of the office, held alone.
        head: the last entry of the ledger.

    Raises:
        KeyUnusableError: it has none, from which the new one could follow.
        OSError: the disk refused; the key is the old one, or the new one, and is found either way.
    """
    folder = office / FOLDER
    settle_key(office)
    old, new = hub_key(office), Ed25519PrivateKey.generate()
    write_whole(folder / NEXT, _pem(new), mode=0o600)
    write_whole(folder / ROTATIONS, rotations_of(office) + rotated(old, new, at, head), mode=0o600)
    settle_key(office)
    return new


def settle_key(office: Path) -> None:
    """Put the new key in the place of the old one, where a change of key has begun that counts already."""
    folder = office / FOLDER
    key = _loaded(folder / NEXT, office) if (folder / NEXT).exists() else None
    if key and public(key) == public(hub_key(office)):
        (folder / NEXT).replace(folder / FILE)
        flush(folder)
