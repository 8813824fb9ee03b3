"""The hub's key: Ed25519 (RFC 8032), made once, readable by its owner alone from its first byte."""

from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from capreg.errors import CapregError, ExitCode
from capreg.store.durable import make_private
from capreg.store.files import UnreadableError, read_bytes, write_whole
from capreg.store.signing import is_signed

__all__ = ["check_key", "equip", "hub_key", "is_signed", "make_key", "public", "signature"]

FILE = "hub.key"
FOLDER = "keys"


class KeyUnusableError(CapregError):
    """The hub's key is missing where it is needed, or is no key."""

    exit_code = ExitCode.UNTRUSTED


def equip(office: Path) -> None:
    """Make the office of a new registry: a folder for its owner alone, and the hub's key in it."""
    make_private(office)
    make_key(office)


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


def public(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key, in base64."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def signature(key: Ed25519PrivateKey, data: bytes) -> str:
    """Return the signature of bytes, in base64."""
    return b64encode(key.sign(data)).decode()
