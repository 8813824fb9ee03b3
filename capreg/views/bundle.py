"""What a bundle says of itself, as a page."""

from typing import Any

from capreg.views.page import SCHEMA_VERSION, Column, Page, Pairs, Rows


def bundle_page(header: Any, fingerprint: str, files: int) -> Page:
    """Return the page of a bundle that was verified.

    Args:
        fingerprint: of the hub's key.
        files: how many are in it.
    """
    said = {**header._asdict(), "digest": header.digest, "fingerprint": fingerprint, "files": files}
    told = {
        "hub": header.hub,
        "fingerprint": fingerprint,
        "version": str(header.version),
        "created": header.created,
        "expires": header.expires or "-",
        "kinds": ", ".join(header.kinds),
        "query": header.query or "-",
        "tier": f"{header.tier}, the detailed one sealed" if header.sealed else header.tier,
        "files": str(files),
        "ledger": f"{header.ledger['number']} ({header.ledger['hash'][:16]})" if header.ledger else "-",
    }
    rows = Rows([Column("field", "Field"), Column("value", "Value")], list(told.items()))
    return Page([Pairs(list(told.items()))], rows, {"schema_version": SCHEMA_VERSION, **said}, [said])
