"""What the office knows of a record by its id, when the record is renamed.

The ledger keeps the id that it was entered with, which stays a name of the record; so do clients. The members, and what is
kept of searches, follow.
"""

from functools import partial
from typing import Any

from tinydb import TinyDB

from capreg.model.kinds import Kind
from capreg.office.inquiries import TABLE as INQUIRIES
from capreg.office.members import follow as member_follows
from capreg.office.searches import TABLE as SEARCHES

# Where each table keeps ids of records of its kind.
FOUND = {INQUIRIES: "ids", SEARCHES: "seen"}


def follow(tables: TinyDB, kind: Kind, former: str, id: str) -> int:
    """Put the new id of a record where the office has the former one; return into how many inquiries and saved searches."""
    member_follows(tables, kind, former, id)
    changed = 0
    for table, key in FOUND.items():
        found = [one for one in tables.table(table) if one["kind"] == kind.id and former in one[key]]
        if found:
            renamed = partial(_rename, key, former, id)
            tables.table(table).update(renamed, doc_ids=[one.doc_id for one in found])
        changed += len(found)
    return changed


def _rename(key: str, former: str, id: str, kept: dict[str, Any]) -> None:
    kept[key] = [id if one == former else one for one in kept[key]]
