"""Signed documents: the bytes that are signed, Ed25519 (RFC 8032) over them, and the short form of a key that people compare."""

import re
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from capreg.errors import CapregError, ExitCode, UsageError
from capreg.store import strict
from capreg.store.schemas import shipped_validator

SIGNATURE = "signature"
LARGEST = 1 << 12
GROUPS, DIGITS = 6, 5


class ForgedError(CapregError):
    """A document is not what it claims to be, or was not signed by whom it names."""

    exit_code = ExitCode.UNTRUSTED


def canonical_line(document: Mapping[str, Any]) -> bytes:
    """Return a document as one line of canonical JSON: keys sorted, no blanks, a newline at the end."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a document, in hexadecimal digits."""
    return sha256(canonical_line(document)[:-1]).hexdigest()


def public(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key, in base64."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def signature(key: Ed25519PrivateKey, data: bytes) -> str:
    """Return the signature of bytes, in base64."""
    return b64encode(key.sign(data)).decode()


def is_signed(public_key: str, data: bytes, claimed: str) -> bool:
    """Whether a signature of bytes holds for a public key, both in base64, to the last bit of its text."""
    try:
        signed = b64decode(claimed)
        Ed25519PublicKey.from_public_bytes(b64decode(public_key)).verify(signed, data)
        return b64encode(signed).decode() == claimed
    except (InvalidSignature, ValueError, TypeError):
        return False


def read_public(text: str) -> str:
    """Return a public key as it was typed; raises UsageError for what is none."""
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))
    except ValueError:
        raise UsageError(f"'{text[:60]}' is no public key of a hub", "'capreg key hub' tells it.") from None
    return text


def read_known(text: str) -> str:
    """Return a public key, or the fingerprint of one, as it was typed; raises UsageError for what is neither."""
    digits = re.sub("[ -]", "", text)
    if re.fullmatch(f"[0-9]{{{GROUPS * DIGITS}}}", digits):
        return " ".join(re.findall(f"[0-9]{{{DIGITS}}}", digits))
    return read_public(text)


def fingerprint(public_key: str) -> str:
    """Return a hub's public key, in base64, as a few groups of digits that two people can compare by telephone."""
    number = int.from_bytes(sha256(public_key.encode()).digest()) % 10 ** (GROUPS * DIGITS)
    return " ".join(re.findall(f"[0-9]{{{DIGITS}}}", f"{number:0{GROUPS * DIGITS}}"))


def is_among(public_key: str, known: Collection[str]) -> bool:
    """Whether a public key is one of those that are known, themselves or by their fingerprints."""
    return public_key in known or fingerprint(public_key) in known


def signed(document: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return a document with its signature, as the line that is handed out."""
    return canonical_line({**document, SIGNATURE: signature(key, canonical_line(document))})


def read_document(content: bytes, schema: str) -> dict[str, Any]:
    """Return a document that came from outside.

    Args:
        schema: the shipped schema that it must fit.

    Raises:
        ForgedError: it is too large, no strict JSON, or does not fit.
    """
    if len(content) > LARGEST:
        raise ForgedError(f"{len(content)} bytes are no {schema}: at most {LARGEST} are read")
    try:
        document = strict.read(content)
    except strict.DocumentError as error:
        raise ForgedError(f"this is no {schema}: {error.sentence}") from None
    if not shipped_validator(schema).is_valid(document):
        raise ForgedError(f"this is no {schema}: it has another form")
    return document


def read_signed(content: bytes, schema: str, signer: str) -> dict[str, Any]:
    """Return a document that came from outside and is signed by whom it names.

    Args:
        signer: the key of the document that holds the public key.

    Raises:
        ForgedError: as `read_document`, or the signature does not hold. Whether the signer is known, the caller asks.
    """
    document = read_document(content, schema)
    bare = {key: value for key, value in document.items() if key != SIGNATURE}
    if not is_signed(document[signer], canonical_line(bare), document[SIGNATURE]):
        raise ForgedError(f"the signature of this {schema} does not hold")
    return document
