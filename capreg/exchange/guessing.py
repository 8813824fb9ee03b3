"""A mapping proposed for a list that nobody has mapped: which column is which field, and why. A person reads it through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from rapidfuzz.fuzz import ratio, token_sort_ratio

from capreg.exchange.cells import NO, YES, text_of
from capreg.exchange.forms import read_list
from capreg.exchange.proposal import Proposal
from capreg.exchange.sheet import Listed, SheetError
from capreg.exchange.trying import Tried, fields_of, tried
from capreg.model.kinds import Field
from capreg.model.text import fold, tokens
from capreg.model.vocabulary import Vocabulary
from capreg.store.registry import Registry
from capreg.store.schemas import LoadedKind

ROWS = 400
# A name this near to one of the field's, of 100, is worth trying; a column this sure is taken.
NEAR, SURE = 78, 66
# So much of a score is the name, the rest what the cells say.
NAMED = 0.6
# What cells alone can say: a share of them that are words of a vocabulary, countries, addresses.
TELLING = 0.6


@dataclass
class Seen:
    """A column as its first rows show it: its cells that hold something, each once, and how many there were."""

    name: str
    cells: list[Any] = field(default_factory=list)
    filled: int = 0


@dataclass(frozen=True)
class Match:
    """A column that may be a field: how sure, how it would be read, and why."""

    score: float
    column: str
    at: Field
    tried: Tried
    reason: str


def guess(registry: Registry, path: Path, kind: str) -> str:
    """Return a mapping for a list as a YAML text, with the reasons as comments.

    Raises:
        SheetError: the list cannot be read.
        UnknownKindError: there is no such kind.
        OSError: the file cannot be opened.
    """
    loaded = registry.loaded(kind)
    listed = read_list(path)
    if not listed.columns:
        raise SheetError(f"{path}: there are no columns in it")
    seen = _seen(listed)
    each = _yes_and_no(seen, loaded, registry)
    flagged = {column for _, columns in each for column in columns}
    matches = _matches([one for one in seen if one.name not in flagged], loaded, registry)
    chosen, rest = _chosen(matches), [one for one in seen if one.name not in flagged]
    proposal = Proposal(loaded, path.name, listed.remarks)
    for match in chosen:
        proposal.add(match.at, match.column, match.tried, match.reason)
    for at, columns in each:
        proposal.add_each(at, columns, _signs(seen, columns))
    taken = {match.column for match in chosen}
    for one in rest:
        if one.name not in taken:
            proposal.leave(one.name, text_of(one.cells[0])[:40] if one.cells else "")
    return proposal.text()


def _seen(listed: Listed) -> list[Seen]:
    """Return the columns of a list as its first rows show them."""
    found = {name: Seen(name) for name in listed.columns}
    for row in islice(listed.rows, ROWS):
        for name, seen in found.items():
            value = row.cells.get(name, "")
            if value not in ("", None, []):
                seen.filled += 1
                if value not in seen.cells:
                    seen.cells.append(value)
    return list(found.values())


def _matches(seen: Sequence[Seen], loaded: LoadedKind, registry: Registry) -> list[Match]:
    """Return what each column may be, the surest first."""
    found = []
    for at, schema in fields_of(loaded):
        words = registry.vocabularies[at.search.words] if at.search and at.search.words else None
        names = _names(at)
        for one in seen:
            if one.cells and (match := _match(one, at, schema, words, names)):
                found.append(match)
    return sorted(found, key=lambda one: -one.score)


def _match(
    seen: Seen, at: Field, schema: Mapping[str, Any], words: Vocabulary | None, names: Sequence[str]
) -> Match | None:
    near, name = _nearest(seen.name, names)
    if near < NEAR and not (words or _tells(schema)):
        return None
    best = tried(seen.name, seen.cells, at, schema, words)
    share = best.share
    if near < NEAR and (share < TELLING or len(seen.cells) < 2):
        return None
    score = NAMED * near + (100 - 100 * NAMED) * share if near >= NEAR else SURE + 10 * share
    if score < SURE or not share:
        return None
    # Of two fields as near, what a short form asks is meant more often.
    score += 1 if (at.ask or {}).get("form") == "short" else 0
    return Match(score, seen.name, at, best, _reason(near, name, best, len(seen.cells)))


def _reason(near: float, name: str, best: Tried, cells: int) -> str:
    said = (
        f"named as '{name}'"
        if near == 100
        else f"named much as '{name}' ({near:.0f})"
        if near >= NEAR
        else "by its cells"
    )
    return f"{said}; {best.told(cells)}"


def _tells(schema: Mapping[str, Any]) -> bool:
    """Whether cells of a field can be known by themselves."""
    return schema.get("format") in ("email", "uri") or schema.get("pattern") == "^[A-Z]{2}$"


def _names(at: Field) -> list[str]:
    """Return what a field is called: its labels, what lists call it, its query name, its key."""
    key = at.path[-1].replace("_", " ")
    return list(
        dict.fromkeys([*at.label.values(), *at.heads, *([at.search.name.replace("_", " ")] if at.search else []), key])
    )


def _nearest(column: str, names: Sequence[str]) -> tuple[float, str]:
    """Return how near a column's name is to the nearest of some names, out of 100, and that name."""
    own = _plain(column)
    scored = [(max(ratio(own, plain), token_sort_ratio(own, plain)), name) for name in names if (plain := _plain(name))]
    return max(scored, default=(0, ""), key=lambda one: one[0])


def _plain(name: str) -> str:
    """Return a name without what is in brackets, in small letters; `PlantName` and `plant_name` are one."""
    last = name.rsplit(".", 1)[-1] if "." in name.strip(".") and " " not in name else name
    apart = "".join(f" {c}" if c.isupper() and at and last[at - 1].islower() else c for at, c in enumerate(last))
    return " ".join(tokens(apart.split("(")[0].split("[")[0].replace("_", " ")))


def _chosen(matches: Sequence[Match]) -> list[Match]:
    """Return the surest matches in which each column and each field stands once."""
    columns, fields, found = set(), set(), []
    for one in matches:
        if one.column not in columns and one.at.path not in fields:
            columns.add(one.column)
            fields.add(one.at.path)
            found.append(one)
    return found


def _yes_and_no(seen: Sequence[Seen], loaded: LoadedKind, registry: Registry) -> list[tuple[Field, dict[str, str]]]:
    """Return the columns that say yes or no to a word that is their name: by the field of these words."""
    found: dict[tuple, tuple[Field, dict[str, str]]] = {}
    flags = [one for one in seen if one.cells and {fold(text_of(cell)) for cell in one.cells} <= YES | NO]
    heads = [one for one in loaded.kind.worded if one.path[-2:-1] == ("*",)]
    for one in flags:
        for at in heads:
            ids = registry.vocabularies[at.search.words].called(_plain(one.name))
            if len(ids) == 1:
                found.setdefault(at.path, (at, {}))[1][one.name] = min(ids)
                break
    return list(found.values())


def _signs(seen: Sequence[Seen], columns: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return what cells write for yes, and for no."""
    texts = sorted({text_of(cell) for one in seen if one.name in columns for cell in one.cells})
    yes = [text for text in texts if fold(text) in YES]
    return yes or ["Y"], [text for text in texts if fold(text) in NO] + [""]
