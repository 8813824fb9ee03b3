"""What must be known of bundles that are compared, so that nobody takes the outcome for more than it is."""

from collections.abc import Iterator

from capreg.cli.pair import Pair
from capreg.cli.sides import Side
from capreg.exchange.trust import Hubs, Issue, Terms


def cautions(pair: Pair, wanted: str | None, terms: Terms) -> Iterator[str]:
    """Yield what a person must know who compares bundles.

    Args:
        wanted: the kind that is asked for, None for all.
        terms: on which bundles are used.
    """
    issues = {side: side.at_hand.issue for side in pair if side.is_bundle}
    yield from _of_age(pair.after, issues, terms)
    if len({issues[side].series if side in issues else None for side in pair}) > 1:
        yield from (_of_part(side, issue) for side, issue in issues.items() if issue.query)
    others = set(pair.before.kinds) ^ set(pair.after.kinds)
    if issues and others and not wanted:
        yield f"Not compared, since one side alone carries it: {', '.join(sorted(others))}."


def _of_age(after: Side, issues: dict[Side, Issue], terms: Terms) -> Iterator[str]:
    """Yield that the second side, which is read as what holds now, is not the newest."""
    if after not in issues:
        return
    if warning := Hubs(terms).overtaken(issues[after], after.name):
        yield warning


def _of_part(side: Side, issue: Issue) -> str:
    return f"Take care: in {side.name} is only what '{issue.query}' selects; other records seem to be new or gone."
