"""Whether an entry of a list holds at all: on the day asked, at the site asked, and for the word asked."""

from collections.abc import Iterable, Mapping
from typing import Any

from capreg.model.kinds import Field
from capreg.query.conditions import validity
from capreg.query.scope import Scope
from capreg.query.verdict import MEETS, NOT_STATED, Truth, Verdict, worst


def holds(together: Field, entry: Mapping[str, Any], scope: Scope) -> Verdict:
    """Whether an entry holds on the day asked, at the site asked, and for the word asked."""
    return worst(_ties(together, entry, scope))


def _ties(together: Field, entry: Mapping[str, Any], scope: Scope) -> Iterable[Verdict]:
    """The days come first: of ties that all hold, the first is told."""
    for key, one in together.tying:
        if one.is_period:
            yield validity(entry.get(one.search.since), entry.get(key), scope.asking.on)
    shared = scope.asking.kind.shared
    for key, one in together.tying:
        if one.serves and scope.head and entry.get(key) is not None:
            yield scope.head.judge(entry[key])
        elif shared and one.refers == shared.dotted and shared.path in scope.entries and entry.get(key) is not None:
            yield _same_site(entry[key], scope.entries[shared.path][0])


def _same_site(named: str, site: Any) -> Verdict:
    """An entry that names a site must name the one that is asked about; without sites that is not stated."""
    if not isinstance(site, Mapping):
        return NOT_STATED
    return MEETS if site.get("id") == named else Verdict(Truth.FAILS, f"at the site {named}")


def if_it_holds(first: Verdict, held: Verdict) -> Verdict:
    """Return the verdict on an entry's first item and on the entry itself; of an entry that lapses, its last day too."""
    both = worst((first, held)).on(first.requirement)
    if both.truth is Truth.MEETS and held.margin:
        return both._replace(stated=f"{first.stated}, {held.stated}", margin=first.margin or held.margin)
    return both
