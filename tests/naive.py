"""The query once more, naively: what a question means, read off the contract, with no regard for speed.

A question is a small tree of terms. `naive_hits` and `naive_near_misses` judge it on whole documents, and `printed`
writes it in the language a person types, so that the program can be asked the same. It knows firms only.
"""

import json
import re
import unicodedata
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import product
from math import acos, cos, radians, sin
from pathlib import Path

FAILS, NOT_STATED, MEETS = 0, 1, 2
SHIPPED = Path(__file__).parent.parent / "schemas" / "vocabularies"


# What can be asked


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, written as typed; None is an open end, `strict` leaves the end itself out."""

    low: str | None
    high: str | None
    unit: str = ""
    strict: bool = False

    def __str__(self):
        if self.strict:
            return f"<{self.high}{self.unit}" if self.low is None else f">{self.low}{self.unit}"
        if self.low == self.high:
            return f"{self.low}{self.unit}"
        return f"{self.low}{self.unit}.." if self.high is None else f"{self.low or ''}..{self.high}{self.unit}"

    def ends(self):
        """Return both ends in the unit of the field."""
        scale = FACTORS[self.unit]
        return [None if end is None else Fraction(end) * scale for end in (self.low, self.high)]


@dataclass(frozen=True)
class Grade:
    """A tolerance by its name: `it7`, `iso2768-f`."""

    name: str

    def __str__(self):
        return self.name


@dataclass(frozen=True)
class Size:
    """Three lengths."""

    lengths: tuple[str, str, str]
    unit: str = "mm"

    def __str__(self):
        return "x".join(self.lengths) + self.unit

    def lengths_mm(self):
        """Return the lengths in millimetres, the longest first."""
        return sorted((Fraction(one) * FACTORS[self.unit] for one in self.lengths), reverse=True)


@dataclass(frozen=True)
class Near:
    """A circle around a point; in minutes it is a journey at 60 km/h on roads 1.3 times as long as the flight."""

    latitude: float
    longitude: float
    radius: str
    unit: str = "km"

    def __str__(self):
        return f"{self.latitude},{self.longitude},{self.radius}{self.unit}"


@dataclass(frozen=True)
class Term:
    """`name:value,value`: one of the values is met."""

    name: str
    values: tuple


@dataclass(frozen=True)
class Words:
    """A word, a phrase (it holds a blank) or the beginning of a word (it ends in `*`) in any text."""

    text: str


@dataclass(frozen=True)
class Not:
    """The opposite."""

    item: object


@dataclass(frozen=True)
class And:
    """All of the items."""

    items: tuple


@dataclass(frozen=True)
class Or:
    """One of the items at least."""

    items: tuple


# Fields: query name -> (list it stands in or None for the firm, path from there, how it is asked)

FIELDS = {
    "process": ("capabilities", "process", "word"),
    "material": ("capabilities", "materials", "word"),
    "tolerance": ("capabilities", "tolerance_mm", "at-most"),
    "roughness": ("capabilities", "roughness_um", "at-most"),
    "size": ("capabilities", "size_mm", "envelope"),
    "diameter": ("capabilities", "diameter_mm", "contains"),
    "length": ("capabilities", "length_mm", "contains"),
    "mass": ("capabilities", "mass_kg", "contains"),
    "batch": ("capabilities", "batch", "contains"),
    "lead_time": ("capabilities", "lead_time_days", "at-most"),
    "in_house": ("capabilities", "in_house", "exact"),
    "machine": ("machines", "type", "word"),
    "make": ("machines", "make", "text"),
    "axes": ("machines", "axes", "number"),
    "hire": ("machines", "for_hire_hours_week", "at-least"),
    "spindle": ("machines", "spindle_rpm", "at-least"),
    "certificate": ("certificates", "standard", "word"),
    "issuer": ("certificates", "issuer", "text"),
    "scope": ("certificates", "scope", "text"),
    "edition": ("certificates", "edition", "exact"),
    "skill": ("skills", "skill", "word"),
    "skilled": ("skills", "count", "number"),
    "spare": ("capabilities", None, "spare"),
    "near": ("sites", "position", "place"),
    "floor": ("sites", "floor_area_m2", "number"),
    "crane": ("sites", "crane_capacity_kg", "at-least"),
    "country": ("sites", "address/country", "exact"),
    "locality": ("sites", "address/locality", "exact"),
    "employees": (None, "people/total", "number"),
    "founded": (None, "founded", "number"),
    "language": (None, "languages", "exact"),
    "sector": (None, "commerce/sectors", "word"),
}
LISTS = {
    "capabilities": "capabilities",
    "machines": "machines",
    "certificates": "certificates",
    "skills": "people/skills",
    "sites": "sites",
}
HEADS = ("process", "machine", "certificate", "skill")
VALIDITY = {"certificates": ("issued_on", "valid_until"), "spare": ("from", "until")}
VOCABULARIES = {
    "process": "processes",
    "material": "materials",
    "machine": "machine-types",
    "certificate": "standards",
    "skill": "skills",
    "sector": "sectors",
}
FACTORS = {
    **dict.fromkeys(["", "mm", "um", "kg", "h", "d", "m2", "rpm"], Fraction(1)),
    **{"cm": Fraction(10), "m": Fraction(1000), "t": Fraction(1000), "g": Fraction(1, 1000), "wk": Fraction(7)},
}


# The three values


def all_of(verdicts):
    """AND is the least."""
    return min(verdicts, default=MEETS)


def one_of(verdicts):
    """OR is the greatest."""
    return max(verdicts, default=FAILS)


def yes(condition):
    """A plain yes or no as a verdict."""
    return MEETS if condition else FAILS


# The whole question


@dataclass(frozen=True)
class Case:
    """What a condition is judged in: a firm on a day, the site and the entry given, what else its part asks for."""

    firm: dict
    on: date
    site: dict | None = None
    entry: dict | None = None
    nominal: Fraction | None = None
    processes: tuple = ()


def naive_hits(documents, tree, on):
    """Return the ids of the documents that meet everything."""
    return {
        one["id"] for one, truth in zip(documents, naive_truths(documents, tree, on), strict=True) if truth == MEETS
    }


def naive_truths(documents, tree, on):
    """Return the verdict on each document."""
    return [judge(tree, Case(one, on)) for one in documents]


def naive_near_misses(documents, tree, on):
    """Return the ids of the documents that fail or do not state exactly one item of the outermost AND."""
    return {one["id"] for one in documents if unmet(tree, Case(one, on)) == 1}


def judge(tree, case):
    """Return the verdict on a tree of its own: one site, one entry a part (rulings 5, 9 and 13)."""
    items = conjuncts(tree)
    return one_of(all_of(verdicts(items, replace(case, site=site))) for site in sites_to_try(items, case.firm))


def unmet(tree, case):
    """Return how many items of the outermost AND a document does not meet at its best site (ruling 19)."""
    items = conjuncts(tree)
    return min(sum(fewest_unmet(items, replace(case, site=site))) for site in sites_to_try(items, case.firm))


def conjuncts(tree):
    """Return the items of an AND, no two the same object; a bracket of ANDs alone changes nothing (ruling 13)."""
    return [one for item in tree.items for one in conjuncts(item)] if isinstance(tree, And) else [copy(tree)]


def sites_to_try(items, firm):
    """Return the sites that might serve, or None alone where the question does not speak of the site."""
    return firm["sites"] if any(speaks_of_site(one) for one in items) else [None]


def speaks_of_site(item):
    """Whether an item is about the one site of the whole conjunction."""
    return not is_of_whole_firm(item) and any(FIELDS[one.name][0] == "sites" for one in terms(item))


def is_of_whole_firm(item):
    """Whether an item is a `^` before a head, or before a bracket that holds one (ruling 12)."""
    return isinstance(item, Not) and holds_head(item.item)


def holds_head(item):
    """Whether a head of a list stands anywhere in an item."""
    return any(is_head(one) for one in terms(item))


def is_head(item):
    """Whether an item opens an entry."""
    return isinstance(item, Term) and item.name in HEADS


def terms(item):
    """Return all terms in an item."""
    if isinstance(item, Term | Words):
        return [item] if isinstance(item, Term) else []
    return terms(item.item) if isinstance(item, Not) else [one for child in item.items for one in terms(child)]


# One conjunction: what belongs to the firm and the site, and what to which entry of which list


@dataclass
class Part:
    """What one entry of a list has to meet."""

    of: str
    items: list

    @property
    def head(self):
        """The head that opened it, if one did."""
        return next((one for one in self.items if is_head(one)), None)


def grouped(items):
    """Return (items on the firm and the site, parts): each term goes to its entry, in the order typed (ruling 5)."""
    single, common, parts = [], {}, []
    for item in items:
        of = list_of(item)
        if of is None:
            single.append(item)
        elif is_head(item):
            parts.append(Part(of, [*common.get(of, []), item]))
        elif any(one.of == of for one in parts):
            [one for one in parts if one.of == of][-1].items.append(item)
        else:
            common.setdefault(of, []).append(item)
    return single, parts + [Part(of, common[of]) for of in common if not any(one.of == of for one in parts)]


def list_of(item):
    """Return the list to one entry of which an item belongs; None for the firm, the site and what stands alone."""
    if not is_head(item) and holds_head(item):
        return None
    return next(iter({FIELDS[one.name][0] for one in terms(item)} - {None, "sites"}), None)


def verdicts(items, case):
    """Yield a verdict for each thing a conjunction asks: the items on the firm and the site, and each part."""
    single, parts = grouped(items)
    yield from (of_firm(item, case) for item in single)
    for part in parts:
        yield one_of(of_entry(part, part.items, one, case) for one in entries_of(part.of, case))


def of_firm(item, case):
    """Return the verdict on an item that belongs to no entry."""
    if is_of_whole_firm(item):
        return MEETS - judge(item.item, replace(case, site=None))
    if isinstance(item, Or) and holds_head(item):
        return one_of(all_of(verdicts(conjuncts(one), case)) for one in item.items)
    return condition(item, case)


def entries_of(of, case):
    """Return the entries of a list, and None for none of them."""
    return [*(value_at(case.firm, LISTS[of]) or []), None]


def is_at(entry, site):
    """Whether an entry names this site or none, or no site is asked about (ruling 9)."""
    return site is None or entry.get("site") in (None, site["id"])


def of_entry(part, items, entry, case):
    """Return the verdict of an entry on items of its part.

    Where it stands and how long it is in force are held against the head, or against what stands first.
    """
    processes = part.head.values if part.head and part.of == "capabilities" else ()
    case = replace(case, entry=entry, nominal=nominal(part.items), processes=processes)
    if entry is None:
        nothing = NOT_STATED if value_at(case.firm, LISTS[part.of]) is None else FAILS
        return all_of(without_entry(one, case, nothing) for one in items)
    met = all_of(condition(one, case) for one in items)
    if not any(one is (part.head or part.items[0]) for one in items):
        return met
    return min(met, yes(is_at(entry, case.site)), validity(part.of, entry, case.on))


def without_entry(item, case, nothing, opposite=False):
    """Return the verdict on an item where no entry is: no condition on one is met, nor its opposite."""
    if isinstance(item, Not):
        return without_entry(item.item, case, nothing, not opposite)
    if isinstance(item, And | Or):
        parts = [without_entry(one, case, nothing, opposite) for one in item.items]
        return all_of(parts) if isinstance(item, And) != opposite else one_of(parts)
    if list_of(item) and item.name != "spare":
        return nothing
    return MEETS - condition(item, case) if opposite else condition(item, case)


def spare(asked, case):
    """Return the verdict on spare hours: one statement, for the processes of the part or for none (10 and 15)."""
    statements = value_at(case.firm, "capacity/spare")
    if statements is None:
        return NOT_STATED
    return one_of(
        min(yes(one["hours_week"] >= asked.ends()[0]), validity("spare", one, case.on), serving(one, case.processes))
        for one in statements
    )


def serving(statement, processes):
    """Whether a statement of spare hours is for one of some processes, or for none in particular."""
    if not processes or "process" not in statement:
        return MEETS
    return one_of(word("process", [statement["process"]], asked) for asked in processes)


def validity(of, entry, on):
    """Return whether an entry is in force on the day (rulings 15 and 16)."""
    if of not in VALIDITY:
        return MEETS
    first, last = (entry.get(name) for name in VALIDITY[of])
    if first and date.fromisoformat(first) > on:
        return FAILS
    return NOT_STATED if last is None else yes(on <= date.fromisoformat(last))


def condition(item, case):
    """Return the verdict on an item, the entry and the site it speaks of being given."""
    if isinstance(item, Not):
        return MEETS - condition(item.item, case)
    if isinstance(item, And):
        return all_of(condition(one, case) for one in item.items)
    if isinstance(item, Or):
        return one_of(condition(one, case) for one in item.items)
    if isinstance(item, Words):
        return yes(any(stands_in(item.text, text) for text in texts(case.firm)))
    if item.name == "spare":
        return one_of(spare(one, case) for one in item.values)
    of, path, _ = FIELDS[item.name]
    held = value_at({None: case.firm, "sites": case.site}.get(of, case.entry), path)
    return one_of(value_verdict(item.name, held, one, case) for one in item.values)


def fewest_unmet(items, case):
    """Yield how many items are not met: on the firm and the site, then in each list on its best entries."""
    single, parts = grouped(items)
    yield sum(of_firm(item, case) != MEETS for item in single)
    for of in {one.of for one in parts}:
        of_list = [one for one in parts if one.of == of]
        choices = product(entries_of(of, case), repeat=len(of_list))
        yield min(count_unmet(zip(of_list, chosen, strict=True), case) for chosen in choices)


def count_unmet(chosen, case):
    """Count the items that some part's entry does not meet; one that holds for several parts counts once."""
    return len(
        {id(item) for part, entry in chosen for item in part.items if of_entry(part, [item], entry, case) != MEETS}
    )


# One value


def value_at(holder, path):
    """Return what stands at a path, or None."""
    for step in path.split("/"):
        holder = (holder or {}).get(step)
    return holder


def value_verdict(name, held, asked, case):
    """Return the verdict on one value of a field."""
    how = FIELDS[name][2]
    if held is None:
        return machines_verdict(asked, case) if how == "envelope" else NOT_STATED
    stated = held if isinstance(held, list) else [held]
    if how == "word":
        return word(name, stated, asked)
    if how == "contains":
        return contains(held, asked)
    if how == "exact":
        return yes(any(fold(str(one)) == fold(asked) for one in stated))
    if how == "text":
        return yes(stands_in(asked, held))
    if how == "place":
        return yes(away(held, asked) <= float(asked.radius))
    if how == "envelope":
        return yes(fits(asked, held))
    limit = Range(None, str(limit_of(asked.name, case.nominal))) if isinstance(asked, Grade) else asked
    return yes(lies_in(Fraction(str(held)), limit, how))


def lies_in(held, asked, how):
    """Whether a number is in a range; a least amount is met by more, and a limit by what is finer."""
    low, high = asked.ends()
    low, high = (None if how == "at-most" else low), (None if how == "at-least" else high)
    above = low is None or (held > low if asked.strict else held >= low)
    return above and (high is None or (held < high if asked.strict else held <= high))


def contains(held, asked):
    """A range without `min` begins at nothing; without `max`, what lies above is not stated."""
    low, high = asked.ends()
    least, most = (None if one is None else Fraction(str(one)) for one in (held.get("min"), held.get("max")))
    if least is not None and (high if low is None else low) < least:
        return FAILS
    return NOT_STATED if most is None else yes(high <= most)


def fits(asked, held):
    """Whether the longest goes into the longest, and so on."""
    pairs = zip(asked.lengths_mm(), sorted(held, reverse=True), strict=True)
    return all(wanted <= Fraction(str(one)) for wanted, one in pairs)


def machines_verdict(asked, case):
    """A machine's envelope stands in where a capability names machines and no size (ruling 18)."""
    named = [one for one in case.firm.get("machines", []) if one.get("id") in case.entry.get("machines", [])]
    if not named:
        return NOT_STATED
    return one_of(
        yes(fits(asked, one["envelope_mm"])) if "envelope_mm" in one else NOT_STATED
        for one in named
        if is_at(one, case.site)
    )


def away(position, asked):
    """Return how far a position is, in the unit asked, by the spherical law of cosines."""
    here, there = radians(position["latitude"]), radians(asked.latitude)
    east = radians(position["longitude"] - asked.longitude)
    angle = acos(max(-1.0, min(1.0, sin(here) * sin(there) + cos(here) * cos(there) * cos(east))))
    return 6371.0088 * angle * (1.3 if asked.unit == "min" else 1)


# Grades of tolerance


def read_grades():
    """Return {grade: [(up to this nominal size, limit)]}, all in millimetres."""
    grades, kind, names = {}, "", []
    for line in (Path(__file__).parent / "data" / "grades.txt").read_text("ascii").splitlines():
        first, *cells = line.split() or [""]
        if first in ("it", "iso"):
            kind, names = first, cells
        for name, cell in zip(names, cells, strict=False) if first.isdigit() else ():
            if cell != "-":
                in_micrometres = kind == "it" and name in names[:13]
                limit = Fraction(cell) / (1000 if in_micrometres else 1)
                grade = f"iso2768-{name.lower()}" if kind == "iso" else name.lower()
                grades.setdefault(grade, []).append((Fraction(first), limit))
    return grades


GRADES = read_grades()


def limit_of(grade, size):
    """Return the limit of a grade at a nominal size."""
    return next(limit for up_to, limit in GRADES[grade] if size <= up_to)


def nominal(items):
    """Return the nominal size that a part asks for: the largest diameter, else the longest length of its size."""
    asked = {
        name: [one for item in items if isinstance(item, Term) and item.name == name for one in item.values]
        for name in ("diameter", "size")
    }
    diameters = [one.ends()[1] for one in asked["diameter"]]
    return max(diameters or [one.lengths_mm()[0] for one in asked["size"]], default=None)


# Words


def read_words(name):
    """Return the words of a shipped vocabulary by id."""
    return {one["id"]: one for one in json.loads((SHIPPED / f"{name}.json").read_text("utf-8"))["words"]}


WORDS = {name: read_words(name) for name in set(VOCABULARIES.values())}


def word(name, stated, asked):
    """A word is met by itself, what is below it and what includes it; a broader one stated is not stated."""
    words = WORDS[VOCABULARIES[name]]
    if any(asked in satisfied(one, words) for one in stated):
        return MEETS
    return NOT_STATED if set(stated) & set(above(asked, words)) else FAILS


def satisfied(one, words):
    """Return a word with all that it satisfies: above it, included by it, and so on."""
    upward = [words[one]["broader"]] if "broader" in words[one] else []
    return {one}.union(*(satisfied(each, words) for each in [*upward, *words[one].get("includes", [])]))


def above(one, words):
    """Return the words above a word."""
    broader = words[one].get("broader")
    return [broader, *above(broader, words)] if broader else []


def fold(text):
    """Return a text without case and accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


def stands_in(asked, text):
    """Whether words stand in a text, one after the other; the last may be cut off by a `*`."""
    wanted, tokens = re.findall(r"\w+", fold(asked)), re.findall(r"\w+", fold(text))
    runs = [tokens[at : at + len(wanted)] for at in range(len(tokens) - len(wanted) + 1)]
    if asked.endswith("*"):
        return any(run[:-1] == wanted[:-1] and run[-1].startswith(wanted[-1]) for run in runs)
    return wanted in runs


def texts(value):
    """Yield every text of a document that is not closed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict) and value.get("may_be_named") is not False:
        for key, one in value.items():
            if key != "extension":
                yield from texts(one)


# Printing


def printed(tree, long=False, inside=False):
    """Return a tree as a query: short (`^`, a blank) or long (`NOT`, `AND`)."""
    if isinstance(tree, And):
        text = (" AND " if long else " ").join(printed(one, long, True) for one in tree.items)
        return f"({text})" if inside else text
    if isinstance(tree, Or):
        text = " OR ".join(printed(one, long, True) for one in tree.items)
        return f"({text})" if inside else text
    if isinstance(tree, Not):
        bracket = "{}" if isinstance(tree.item, Term | Words | And | Or) else "({})"
        return ("NOT " if long else "^") + bracket.format(printed(tree.item, long, True))
    if isinstance(tree, Words):
        return f'"{tree.text}"' if " " in tree.text else tree.text
    return f"{tree.name}:{','.join(quoted(str(one)) for one in tree.values)}"


def quoted(value):
    """Return a value so that blanks do not end it."""
    return f'"{value}"' if " " in value else value
