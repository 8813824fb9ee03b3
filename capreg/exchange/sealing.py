"""Opening what is sealed, without the office: a grant, the client's identity, and the part of the version that was bought."""

from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from capreg.errors import CapregError, ExitCode
from capreg.model.record import STATEMENTS
from capreg.model.value import Value
from capreg.store import age, strict
from capreg.store.signing import ForgedError, fingerprint, is_among, read_signed
from capreg.store.versions import part_name, seal_of, version_of

SCHEMA = "grant"
# As many bytes as the part of the largest record has.
LARGEST = 1 << 22


class WrongIdentityError(CapregError):
    """A grant is for another client than the one whose identity is given."""

    exit_code = ExitCode.UNTRUSTED


class OtherPartError(CapregError):
    """A sealed part is not that of the version that a grant names."""

    exit_code = ExitCode.UNTRUSTED


class NotGrantedError(CapregError):
    """No grant at hand is for a profile."""

    exit_code = ExitCode.REFUSED


class Grant(Value):
    """A grant whose signature holds; what each part means stands in `grant.schema.json`."""

    kind: str
    id: str
    seal: str
    client: str
    to: str
    key: str
    number: int
    on: str
    hub: str

    @property
    def part(self) -> str:
        """The name of the part that it opens."""
        return part_name(self.kind, self.id, self.seal)


def read_grant(content: bytes, hubs: Collection[str]) -> Grant:
    """Return a grant.

    Args:
        hubs: the public keys, or their fingerprints, of the hub whose grants count: its own, and those it had before.

    Raises:
        ForgedError: it is none, is not signed by whom it names, or was signed by another hub.
    """
    document = read_signed(content, SCHEMA, "hub")
    if not is_among(document["hub"], hubs):
        raise ForgedError(f"the grant was signed by another hub, with the key {fingerprint(document['hub'])}")
    return Grant(**{key: document[key] for key in Grant._fields})


def part_key(grant: Grant, identities: Iterable[str]) -> str:
    """Return the identity that opens a grant's part.

    Raises:
        AgeKeyError: an identity is none.
        WrongIdentityError: the grant is for none of the identities.
    """
    own = [one for one in identities if age.public_of(one) == grant.to]
    try:
        return age.opened(b64decode(grant.key), own).decode("ascii") if own else _refuse(grant)
    except (age.UnopenedError, ValueError):
        _refuse(grant)


def _refuse(grant: Grant) -> None:
    raise WrongIdentityError(
        f"the grant of {grant.kind} {grant.id} is for another identity: that of {grant.client}, {grant.to}"
    )


def opened(grant: Grant, identities: Iterable[str], part: bytes) -> dict[str, Any]:
    """Return the profile that a grant opens, cut to the detailed tier by the hub that sealed it.

    Its statements are not proved by the grant: they are as good as where the part came from.

    Raises:
        AgeKeyError, WrongIdentityError: as `part_key`.
        OtherPartError: the part is damaged, or of another record or version.
    """
    key = part_key(grant, identities)
    try:
        document = strict.read(age.opened(part[: LARGEST + 1], [key]).rstrip(b" "))
    except (age.AgeKeyError, age.UnopenedError, strict.DocumentError):
        raise _other(grant) from None
    if not _is_of(grant, document, key):
        raise _other(grant)
    return document


def _is_of(grant: Grant, document: Any, key: str) -> bool:
    return (
        isinstance(document, dict)
        and (document.get("kind"), document.get("id")) == (grant.kind, grant.id)
        and seal_of(version_of(document), key) == grant.seal
    )


def _other(grant: Grant) -> OtherPartError:
    return OtherPartError(
        f"this is not the sealed part that the grant opens, {grant.part}, or it is damaged",
        "It is in the bundle that was current when the profile was sold.",
    )


def proved(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a profile the grant alone proves: all but who confirmed what, and when."""
    return {key: value for key, value in document.items() if key != STATEMENTS}


class Openings(Value):
    """What grants at hand open, and why others open nothing."""

    opened: list[tuple[Grant, dict[str, Any]]]
    failures: list[CapregError]


def openings(
    grants: Iterable[bytes],
    hubs: Collection[str],
    identities: Collection[str],
    part: Callable[[str], bytes | None],
    is_wanted: Callable[[Grant], bool] = lambda grant: True,
) -> Openings:
    """Return what grants at hand open.

    Args:
        grants: files that may be grants.
        part: gives the bytes of a sealed part by its name, None where the bundle has none of that name.
        is_wanted: says which grants are tried.
    """
    found = Openings([], [])
    for content in grants:
        try:
            one = read_grant(content, hubs)
            if is_wanted(one):
                found.opened.append((one, opened(one, identities, _bytes(one, part))))
        except (ForgedError, WrongIdentityError, OtherPartError) as error:
            found.failures.append(error)
    return found


def granted(
    kind: str,
    id: str,
    grants: Iterable[bytes],
    hubs: Collection[str],
    identities: Collection[str],
    part: Callable[[str], bytes | None],
) -> tuple[Grant, dict[str, Any]]:
    """Return the newest grant at hand that opens a profile, and the profile.

    Args:
        grants, part: as for `openings`; of this profile or others.

    Raises:
        NotGrantedError: none of the files is a grant of this profile.
        ForgedError, WrongIdentityError, OtherPartError: none opens it, and why.
    """
    found = openings(grants, hubs, identities, part, lambda grant: (grant.kind, grant.id) == (kind, id))
    if found.opened:
        return max(found.opened, key=sold)
    # A file that is no grant of this hub may be of anything; one that is and fails tells more.
    told = [one for one in found.failures if not isinstance(one, ForgedError)] or found.failures[:1]
    raise (
        told[-1]
        if told
        else NotGrantedError(
            f"no grant at hand is of {kind} {id}", "Buy the profile: the hub writes a grant for your public key."
        )
    )


def sold(opening: tuple[Grant, dict[str, Any]]) -> int:
    """Return where in the ledger stands what was opened by a grant: what was sold last has the highest number."""
    return opening[0].number


def _bytes(grant: Grant, part: Callable[[str], bytes | None]) -> bytes:
    content = part(grant.part)
    if content is None:
        raise OtherPartError(
            f"the bundle has no {grant.part}: the grant is of another version",
            "Open it with the bundle that was current when it was sold, or ask the hub for the new version.",
        )
    return content
