"""Whether a signature holds (Ed25519, RFC 8032)."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_signed(public_key: str, data: bytes, claimed: str) -> bool:
    """Whether a signature of bytes holds for a public key, both in base64, to the last bit of its text."""
    try:
        signed = b64decode(claimed)
        Ed25519PublicKey.from_public_bytes(b64decode(public_key)).verify(signed, data)
        return b64encode(signed).decode() == claimed
    except (InvalidSignature, ValueError, TypeError):
        return False
