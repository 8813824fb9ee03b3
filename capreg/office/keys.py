"""The hub's secrets, made once, readable by their owner alone from their first byte: its key, Ed25519 (RFC 8032), and that of its seals."""

from base64 import b64encode
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from capreg.errors import CapregError, ExitCode
from capreg.store.durable import make_private
from capreg.store.files import UnreadableError, read_bytes, write_whole
from capreg.store.signing import public

FILE, SEAL = "hub.key", "seal.key"
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
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(folder / FILE, pem, mode=0o600)


def make_seal(office: Path) -> None:
    """Make the secret from which the keys of all seals follow, unless there is one; as `make_key`."""
    folder = office / FOLDER
    make_private(folder)
    if not (folder / SEAL).exists():
        write_whole(folder / SEAL, b64encode(token_bytes(SEAL_SIZE)) + b"\n", mode=0o600)


def hub_key(office: Path, expected: str | None = None) -> Ed25519PrivateKey:
    """Return the key of a hub.

    Args:
        expected: its public half, where another key will not do.

    Raises:
        KeyUnusableError: it is not there, is no key, or is another.
    """
    path = office / FOLDER / FILE
    try:
        key = load_pem_private_key(read_bytes(path, office), None)
        if isinstance(key, Ed25519PrivateKey) and expected in (None, public(key)):
            return key
    except (UnreadableError, ValueError, TypeError):
        pass
    raise KeyUnusableError(
        f"{path}: the hub's key is not there, or is not the one of this ledger", "Put it back: 'capreg office restore'."
    )


def check_key(office: Path, expected: str) -> None:
    """Raise KeyUnusableError where the key at hand is another than the one expected, a public key in base64; none at hand is right."""
    if (office / FOLDER / FILE).exists():
        hub_key(office, expected)


def hub_keys(office: Path) -> list[str]:
    """Return the public keys of a hub, the one that it has now first; raises KeyUnusableError."""
    return [public(hub_key(office))]
