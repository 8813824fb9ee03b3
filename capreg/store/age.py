"""The only door to age (X25519): keys, encrypting, opening, and the key that follows from 32 bytes."""

from collections.abc import Iterable

import pyrage

from capreg.errors import CapregError, ExitCode, UsageError

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
PREFIX = "age-secret-key-"


class AgeKeyError(UsageError):
    """A text is no recipient or no identity of age."""


class UnopenedError(CapregError):
    """Something encrypted is damaged, or for somebody else."""

    exit_code = ExitCode.UNTRUSTED


def recipients(texts: Iterable[str]) -> list[pyrage.x25519.Recipient]:
    """Return public keys of age (`age1...`); raises AgeKeyError for a text that is none."""
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as error:
        raise AgeKeyError(
            f"this is no recipient of age: {error}", "It begins with age1; 'capreg key new' makes one."
        ) from None


def identities(texts: Iterable[str]) -> list[pyrage.x25519.Identity]:
    """Return secret keys of age (`AGE-SECRET-KEY-1...`); raises AgeKeyError for a text that is none."""
    try:
        return [pyrage.x25519.Identity.from_str(text) for text in texts]
    except pyrage.IdentityError as error:
        raise AgeKeyError(f"this is no identity of age: {error}", "It begins with AGE-SECRET-KEY-1.") from None


def stated(content: bytes) -> list[str]:
    """Return the secret keys that the file of an identity states, one a line; raises AgeKeyError where there is none."""
    lines = [line.strip() for line in content.decode(errors="replace").splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise AgeKeyError("this file holds no identity of age", "'capreg key new FILE' makes one.")
    return found


def new_identity() -> str:
    """Return a new secret key."""
    return str(pyrage.x25519.Identity.generate())


def public_of(identity: str) -> str:
    """Return the public half of a secret key; raises AgeKeyError for a text that is none."""
    return str(identities([identity])[0].to_public())


def identity_of(secret: bytes) -> str:
    """Return the secret key that 32 bytes are, as age writes it (Bech32, BIP 173)."""
    bits = int.from_bytes(secret) << 4
    values = [bits >> shift & 31 for shift in range(255, -1, -5)]
    return f"{PREFIX}1{''.join(LETTERS[one] for one in [*values, *_checksum(values)])}".upper()


def _checksum(values: list[int]) -> list[int]:
    high, low = [ord(one) >> 5 for one in PREFIX], [ord(one) & 31 for one in PREFIX]
    rest = 1
    for value in (*high, 0, *low, *values, *[0] * 6):
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for at, one in enumerate(GENERATOR):
            rest ^= one if top >> at & 1 else 0
    return [(rest ^ 1) >> shift & 31 for shift in range(25, -1, -5)]


def encrypted(content: bytes, texts: Iterable[str]) -> bytes:
    """Return bytes encrypted for public keys, any one of whose identities opens them; raises AgeKeyError."""
    return pyrage.encrypt(content, recipients(texts))


def opened(content: bytes, texts: Iterable[str]) -> bytes:
    """Return what was encrypted for one of some secret keys.

    Raises:
        AgeKeyError: one of them is none.
        UnopenedError: it is damaged, or for another key.
    """
    try:
        return pyrage.decrypt(content, identities(texts))
    except pyrage.DecryptError as error:
        raise UnopenedError(f"it does not open: {error}") from None
