"""Records that may be one under two names: shown with the reasons, and left to a person.

Two are compared only where a block holds both: a number that somebody gave, a telephone, a rare word of the title, the place
with the first letters of the title. So a hundred thousand records make some pairs each, not all.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from rapidfuzz.fuzz import ratio, token_sort_ratio

from capreg.exchange.filling import TWIN, Note
from capreg.model.kinds import Field, Kind
from capreg.model.place import Position
from capreg.model.record import values, whole_values
from capreg.model.text import fold, tokens
from capreg.model.value import Value

# What titles carry beside the name: forms of companies, and small words.
FORMS = {
    "srl", "spa", "snc", "sas", "srls", "ltd", "limited", "llc", "inc", "incorporated", "corp", "corporation", "co", "company", "gmbh", "ag", "kg",
    "sa", "sl", "bv", "nv", "oy", "ab", "as", "aps", "plc", "pvt", "pte", "llp", "lp", "sarl", "and", "e", "und", "et", "the", "di", "of",
}  # fmt: skip
ALIKE, EXACT = 82.0, 100.0
# Below this no street and no telephone makes two titles alike.
LEAST = 60
# A block that holds more says nothing of its records.
LARGEST_BLOCK = 40
NEAR_KM = 1.0
# A word of more titles than this, and than this share of them, says what a firm does and not which it is.
USUAL, USUAL_SHARE = 5, 0.003
MOST_TOLD = 3


class Traits(Value):
    """By what a record may be known to be the same as another."""

    id: str
    title: str
    titles: frozenset[str]
    numbers: frozenset[str]
    places: frozenset[str]
    street: frozenset[str]
    reach: frozenset[str]
    positions: tuple[Position, ...]


class Likeness(Value):
    """Two records that may be one: how alike, out of 100, and in what."""

    first: str
    second: str
    score: int
    reasons: tuple[str, ...]


def likenesses(
    kind: Kind, documents: Sequence[Mapping[str, Any]], told: Callable[[int, int], None] = lambda done, total: None
) -> list[Likeness]:
    """Return the pairs of records that may be one, the most alike first.

    Args:
        told: is told how many pairs are compared, of how many.
    """
    read = _reader(kind)
    traits = [read(document) for document in documents]
    count = Counter(word for one in traits for title in one.titles for word in set(title.split()))
    usual = frozenset(word for word, number in count.items() if number > max(USUAL, len(traits) * USUAL_SHARE))
    pairs = sorted(_pairs(traits, count))
    found = []
    for done, (first, second) in enumerate(pairs):
        if done % 1000 == 0:
            told(done, len(pairs))
        if one := _likeness(traits[first], traits[second], usual):
            found.append(one)
    return sorted(found, key=lambda one: (-one.score, one.first, one.second))


def notes_on(kind: Kind, compared: Sequence[Any], known: Sequence[Mapping[str, Any]]) -> Iterator[Note]:
    """Yield what an import tells of its new records: which others, of the list or the registry, each may be."""
    new = {one.record.id: one for one in compared if one.outcome == "new"}
    if not new:
        return
    there = [*known, *(one.record.document for one in new.values())]
    others: dict[str, list[Likeness]] = defaultdict(list)
    for one in likenesses(kind, there):
        for id in (one.first, one.second):
            others[id].append(one)
    for id, one in new.items():
        for like in others[id][:MOST_TOLD]:
            other = like.second if like.first == id else like.first
            sentence = f"{TWIN} {other} (score {like.score}: {', '.join(like.reasons)})"
            yield Note(one.rows[0], "", str(one.record.document.get(kind.title, "")), sentence)


def _reader(kind: Kind) -> Callable[[Mapping[str, Any]], Traits]:
    """Return what reads from a record what its schema says that records are held to be one by."""
    fields = {
        word: [one for one in kind.root.walk() if one.same == word] for word in ("number", "title", "place", "reach")
    }
    at = [one.path for one in kind.root.walk() if one.search and one.search.meaning == "place"]
    towns = [one for one in fields["place"] if one.search]
    streets = [one for one in fields["place"] if not one.search]

    def _read(document: Mapping[str, Any]) -> Traits:
        titles = [text for one in fields["title"] for text in values(document, one.path) if isinstance(text, str)]
        return Traits(
            document["id"],
            str(document.get(kind.title, "")),
            frozenset(found for text in titles if (found := title_key(text))),
            frozenset(_numbers(document, fields["number"])),
            frozenset(fold(str(value)) for one in towns for value in values(document, one.path)),
            frozenset(" ".join(tokens(str(value))) for one in streets for value in values(document, one.path)),
            frozenset(
                found for one in fields["reach"] for value in values(document, one.path) if (found := _reach(value))
            ),
            tuple(
                Position(*value.values())
                for path in at
                for value in whole_values(document, path)
                if isinstance(value, Mapping) and len(value) == 2
            ),
        )

    return _read


def title_key(text: str) -> str:
    """Return what two spellings of a title share: words in small letters, without forms of companies."""
    words = tokens(re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text))
    return " ".join([word for word in words if word not in FORMS] or words)


def _numbers(document: Mapping[str, Any], lists: Sequence[Field]) -> Iterator[str]:
    for one in lists:
        for entries in whole_values(document, one.path):
            for entry in entries if isinstance(entries, list) else ():
                texts = [re.sub(r"[\W_]", "", str(value)).upper() for value in entry.values()]
                yield ":".join(texts)


def _reach(value: Any) -> str:
    """Return a telephone number as its last digits, an address in the web without what all have."""
    text = str(value).strip().lower()
    digits = re.sub(r"\D", "", text)
    if text.startswith("+") and len(digits) > 7:
        return digits[-9:]
    return re.sub(r"^https?://(www\.)?", "", text).rstrip("/")


def _pairs(traits: Sequence[Traits], count: Mapping[str, int]) -> set[tuple[int, int]]:
    """Return the pairs worth comparing: those that share a block."""
    blocks: dict[tuple, list[int]] = defaultdict(list)
    for at, one in enumerate(traits):
        for key in set(_keys(one, count)):
            blocks[key].append(at)
    pairs = set()
    for (what, *_), members in blocks.items():
        if len(members) <= LARGEST_BLOCK:
            pairs.update(combinations(members, 2))
        elif what in ("numbers", "title"):
            # All are one by this: each is shown with the next.
            pairs.update(pairwise(members))
    return pairs


def _keys(one: Traits, count: Mapping[str, int]) -> Iterator[tuple]:
    for what in ("numbers", "reach"):
        yield from ((what, value) for value in getattr(one, what))
    for title in one.titles:
        words = title.split()
        rare = sorted(words, key=lambda word: (count[word], word))[:2]
        yield "title", title
        yield from (("word", word) for word in rare if len(word) > 2)
        # A country, by its two letters, is no place where records could meet.
        for place in (place for place in one.places if len(place) > 2):
            # The ends of a word survive most slips of a hand.
            yield "place", place, words[0][:3]
            yield "place", place, words[-1][-3:]


def _likeness(one: Traits, other: Traits, usual: frozenset[str]) -> Likeness | None:
    """Return in what two records are alike, None where that is not enough to show them to a person."""
    reasons: list[str] = []
    title, score = _title_score(one, other, usual), 0.0
    same_number = not one.numbers.isdisjoint(other.numbers)
    same_reach = not one.reach.isdisjoint(other.reach)
    if title < LEAST and not same_number:
        return None
    same_street = bool(
        one.street & other.street and any(any(c.isalpha() for c in text) for text in one.street & other.street)
    )
    near = _near(one, other)
    town = len(one.places & other.places) > 1 or bool(near)
    if same_number:
        reasons.append("the same number")
        score = 99
    if title >= EXACT:
        reasons.append("the same name")
    elif title >= ALIKE:
        reasons.append(f"names alike ({title:.0f})")
    reasons += ["the same telephone or address in the web"] * same_reach + ["the same street"] * same_street
    reasons += [near] if near else ["the same place"] * town
    if title >= ALIKE or same_reach and title >= LEAST or same_street and title >= LEAST:
        score = max(score, title * 0.7 + 15 * (same_reach or same_street) + 15 * town)
    if score < 70 or title < EXACT and not same_number and not (town or same_reach or same_street):
        return None
    first, second = sorted((one.id, other.id))
    return Likeness(first, second, round(min(score, 99)), tuple(reasons))


def _title_score(one: Traits, other: Traits, usual: frozenset[str]) -> float:
    """Return how alike two titles are, out of 100: whole, and without the words that many titles have."""
    return max((_alike(a, b, usual) for a in one.titles for b in other.titles), default=0.0)


def _alike(a: str, b: str, usual: frozenset[str]) -> float:
    """Return how alike two texts are: the order of words does not matter, a slip of a hand little, a number much."""
    if [word for word in a.split() if word.isdigit()] != [word for word in b.split() if word.isdigit()]:
        return 0.0
    whole = max(ratio(a.replace(" ", ""), b.replace(" ", ""), score_cutoff=LEAST), token_sort_ratio(a, b))
    if whole < LEAST:
        return 0.0
    own = [" ".join(word for word in text.split() if word not in usual) for text in (a, b)]
    return min(whole, token_sort_ratio(*own)) if whole < EXACT and all(own) else whole


def _near(one: Traits, other: Traits) -> str:
    """Return how near two records lie, "" where it is not near."""
    distances = [a.distance_km(b) for a in one.positions for b in other.positions]
    nearest = min(distances, default=NEAR_KM + 1)
    return f"{nearest:.1f} km apart" if nearest <= NEAR_KM else ""
