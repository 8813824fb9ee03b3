"""Random questions to random registries: the program and its naive double say the same, and logic holds.

`CAPREG_EXAMPLES` sets how many examples each test tries, for a longer run.
"""

import os
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction

import pytest
from conftest import firm
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from naive import (
    FIELDS,
    GRADES,
    MEETS,
    NOT_STATED,
    And,
    Grade,
    Near,
    Not,
    Or,
    Range,
    Size,
    Term,
    Words,
    holds_head,
    is_head,
    naive_hits,
    naive_near_misses,
    naive_truths,
    printed,
    quoted,
    terms,
)

from capreg.errors import UsageError
from capreg.index.catalogue import Catalogue
from capreg.index.whereabouts import places_of
from capreg.model.kinds import Tier
from capreg.model.record import cut
from capreg.query import language
from capreg.query.asking import Asking
from capreg.query.grouping import read_question
from capreg.query.match import match
from capreg.query.verdict import Truth
from capreg.store.create import create
from capreg.store.registry import Registry

TODAY = date(2026, 11, 22)
EXAMPLES = int(os.environ.get("CAPREG_EXAMPLES", "0"))


def thorough(examples):
    """Settings for a test that tries so many examples, always the same ones unless a longer run is wanted."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(
        max_examples=EXAMPLES or examples,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=checks,
    )


# The program, asked in memory


class Real:
    """The program's own answers on documents that stand in no file."""

    def __init__(self, folder):
        create(folder, sample=False)
        registry = Registry(folder)
        self.loaded = registry.loaded("firm")
        self.asking = Asking(self.loaded.kind, registry.vocabularies, places_of(Catalogue(str(folder))), TODAY)

    def read(self, text):
        """Return a question; texts that the language refuses on purpose are no examples."""
        try:
            return read_question(text, self.asking)
        except UsageError as error:
            event(f"refused: {error.sentence}")
            assume(False)

    def judge(self, text, document, preferences=None):
        """Return the match of a document."""
        seen = cut(self.loaded.kind, document, Tier.detailed)
        wanted = self.read(preferences) if preferences else None
        return match(self.read(text), seen, self.asking, wanted)

    def truths(self, text, documents):
        """Return the verdict on each document."""
        return [int(self.judge(text, one).truth) for one in documents]

    def hits(self, text, documents):
        """Return the ids of the documents that meet everything."""
        return {one["id"] for one in documents if self.judge(text, one).truth is Truth.MEETS}

    def near_misses(self, text, documents):
        """Return the ids of the documents that miss one requirement."""
        return {one["id"] for one in documents if self.judge(text, one).unmet == 1}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The program over an empty registry: its vocabularies and its kind firm."""
    return Real(tmp_path_factory.mktemp("naive") / "registry")


# Random firms, from few values, so that questions are often met

PROCESSES = ["machining", "milling", "5-axis-milling", "turning", "cnc-turning", "anodising"]
MATERIALS = ["metal", "steel", "stainless-steel", "1.4301", "aluminium", "en-aw-7075"]
STANDARDS = ["quality-management", "iso-9001", "as9100", "iatf-16949", "nadcap", "nadcap-welding"]
MACHINES = ["machine-tool", "lathe", "cnc-lathe", "machining-centre", "five-axis-machining-centre"]
SKILLS = ["machining-worker", "turner", "cnc-machinist", "welder", "tig-welder"]
SECTORS = ["machinery", "pumps", "automotive", "motorsport"]
TOKENS = ["zorblax", "quimby", "Vorpàl", "zorblu"]
PLACES = [(44.4938, 11.3387), (44.6471, 10.9252), (44.3531, 11.7142), (45.4642, 9.19)]
LENGTHS = [20, 50, 100, 320, 400]
NUMBERS = {
    "tolerance": ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2"],
    "roughness": ["0.4", "0.8", "1.6"],
    "lead_time": ["7", "14", "30"],
    "diameter": ["20", "50", "100"],
    "length": ["100", "320", "400"],
    "mass": ["5", "20", "100"],
    "batch": ["1", "50", "200"],
    "axes": ["3", "5"],
    "hire": ["10", "20", "40"],
    "spindle": ["8000", "18000"],
    "skilled": ["2", "5", "9"],
    "spare": ["20", "40", "60"],
    "floor": ["500", "1000", "1450"],
    "crane": ["1000", "5000"],
    "employees": ["9", "18", "50"],
    "founded": ["1970", "1987", "2000"],
}
WORD_POOLS = {
    "process": PROCESSES,
    "material": MATERIALS,
    "certificate": STANDARDS,
    "machine": MACHINES,
    "skill": SKILLS,
    "sector": SECTORS,
    "in_house": ["true", "false"],
    "edition": ["2015", "2016"],
    "country": ["IT", "DE"],
    "locality": ["Bologna", "Reggio Emilia"],
    "language": ["it", "en"],
}


def pick(name):
    """A number that a field holds, from those that are asked for."""
    return st.sampled_from([float(one) if "." in one else int(one) for one in NUMBERS[name]])


def texts():
    """A text of one or two invented words."""
    return st.lists(st.sampled_from(TOKENS), min_size=1, max_size=2).map(" ".join)


def some(values, **bounds):
    """A list of different values."""
    return st.lists(st.sampled_from(values), unique=True, max_size=3, **bounds)


def days(*apart):
    """A day so many days from today."""
    return st.sampled_from([str(TODAY + timedelta(days=one)) for one in apart])


def spans(name):
    """A range as a firm states it: from, to, or both."""
    return (
        st.tuples(pick(name), pick(name))
        .map(sorted)
        .flatmap(lambda two: st.sampled_from([{"min": two[0]}, {"max": two[1]}, {"min": two[0], "max": two[1]}]))
    )


def boxes():
    """Three lengths."""
    return st.lists(st.sampled_from(LENGTHS), min_size=3, max_size=3)


SITES = st.fixed_dictionaries(
    {},
    optional={
        "address": st.fixed_dictionaries(
            {
                "locality": st.sampled_from(WORD_POOLS["locality"]),
                "country": st.sampled_from(WORD_POOLS["country"]),
            }
        ),
        "position": st.sampled_from([{"latitude": lat, "longitude": lon} for lat, lon in PLACES]),
        "floor_area_m2": pick("floor"),
        "crane_capacity_kg": pick("crane"),
    },
)
WHERE = st.sampled_from(["site-0", "site-1", "site-2"])
CAPABILITIES = st.fixed_dictionaries(
    {"process": st.sampled_from(PROCESSES)},
    optional={
        "site": WHERE,
        "in_house": st.booleans(),
        "materials": some(MATERIALS),
        "tolerance_mm": pick("tolerance"),
        "roughness_um": pick("roughness"),
        "size_mm": boxes(),
        "diameter_mm": spans("diameter"),
        "length_mm": spans("length"),
        "mass_kg": spans("mass"),
        "batch": spans("batch"),
        "lead_time_days": pick("lead_time"),
        "machines": some(["machine-0", "machine-1", "machine-2"]),
    },
)
MACHINE_ENTRIES = st.fixed_dictionaries(
    {"type": st.sampled_from(MACHINES)},
    optional={
        "site": WHERE,
        "make": texts(),
        "axes": pick("axes"),
        "envelope_mm": boxes(),
        "spindle_rpm": pick("spindle"),
        "for_hire_hours_week": pick("hire"),
    },
)
CERTIFICATES = st.fixed_dictionaries(
    {"standard": st.sampled_from(STANDARDS)},
    optional={
        "site": WHERE,
        "issuer": texts(),
        "scope": texts(),
        "edition": st.sampled_from(WORD_POOLS["edition"]),
        "issued_on": days(-400, 0, 30),
        "valid_until": days(-1, 0, 200),
    },
)
SKILL_ENTRIES = st.fixed_dictionaries({"skill": st.sampled_from(SKILLS)}, optional={"count": pick("skilled")})
SPARE = st.fixed_dictionaries(
    {"hours_week": pick("spare")},
    optional={"process": st.sampled_from(PROCESSES), "from": days(-60, 0, 7), "until": days(-1, 0, 60)},
)
REFERENCES = st.fixed_dictionaries({"name": texts(), "may_be_named": st.booleans()})


def few(entries):
    """A list of entries, often of none."""
    return st.lists(entries, max_size=3)


FIRMS = st.fixed_dictionaries(
    {"sites": st.lists(SITES, min_size=1, max_size=3)},
    optional={
        "founded": pick("founded"),
        "summary": texts(),
        "languages": some(WORD_POOLS["language"]),
        "people": st.fixed_dictionaries({}, optional={"total": pick("employees"), "skills": few(SKILL_ENTRIES)}),
        "capabilities": st.lists(CAPABILITIES, max_size=4),
        "machines": few(MACHINE_ENTRIES),
        "certificates": few(CERTIFICATES),
        "capacity": st.fixed_dictionaries({}, optional={"spare": few(SPARE)}),
        "commerce": st.fixed_dictionaries({}, optional={"sectors": some(SECTORS), "references": few(REFERENCES)}),
    },
)


def whole(parts, number):
    """Make a firm of its parts: ids for all, and no entry at a site or on a machine that is not there."""
    document = firm(f"firm-{number}", **deepcopy(parts))
    for name in ("sites", "capabilities", "machines"):
        for at, entry in enumerate(document.get(name, [])):
            entry["id"] = f"{name.removesuffix('s').replace('ie', 'y')}-{at}"
    sites, machines = ([one["id"] for one in document.get(name, [])] for name in ("sites", "machines"))
    for entry in (one for name in ("capabilities", "machines", "certificates") for one in document.get(name, [])):
        if entry.get("site") not in sites:
            entry.pop("site", None)
        if "machines" in entry:
            entry["machines"] = [one for one in entry["machines"] if one in machines]
    return document


REGISTRIES = st.lists(FIRMS, min_size=2, max_size=6).map(
    lambda parts: [whole(one, number) for number, one in enumerate(parts)]
)


# Random questions

UNITS = {
    "tolerance": "mm",
    "roughness": "um",
    "lead_time": "d",
    "diameter": "mm",
    "length": "mm",
    "mass": "kg",
    "spare": "h",
    "hire": "h",
    "spindle": "rpm",
    "floor": "m2",
    "crane": "kg",
}
NAMES = {of: [name for name in FIELDS if FIELDS[name][0] == of] for of in {one[0] for one in FIELDS.values()}}
HEAD_OF = {
    "capabilities": "process",
    "machines": "machine",
    "certificates": "certificate",
    "skills": "skill",
}


def ranges(name):
    """A value of a number field, in a form that the field takes."""
    unit, number = UNITS.get(name, ""), st.sampled_from(NUMBERS[name])
    how = FIELDS[name][2]
    if how == "at-most":
        return st.builds(lambda end, strict: Range(None, end, unit, strict), number, st.booleans())
    if how in ("at-least", "spare"):
        return number.map(lambda end: Range(end, end, unit))
    two = st.tuples(number, number).map(lambda ends: Range(*sorted(ends, key=float), unit))
    if how == "contains":
        return two
    opened = st.builds(lambda end, strict: Range(end, None, unit, strict), number, st.booleans())
    closed = st.builds(lambda end, strict: Range(None, end, unit, strict), number, st.booleans())
    return two | opened | closed


def values(name):
    """The values of a term: one, or alternatives."""
    how = FIELDS[name][2]
    if how == "place":
        return st.builds(
            lambda at, radius: (Near(*at, *radius),),
            st.sampled_from(PLACES),
            st.sampled_from([("10", "km"), ("50", "km"), ("60", "min"), ("300", "km")]),
        )
    if how == "envelope":
        one = boxes().map(lambda box: Size(tuple(map(str, box))))
    elif how == "text":
        one = texts()
    else:
        one = ranges(name) if name in NUMBERS else st.sampled_from(WORD_POOLS[name])
    return st.lists(one, min_size=1, max_size=2, unique_by=str).map(tuple)


def term(*names):
    """A term on one of some fields."""
    return st.sampled_from(names).flatmap(lambda name: st.builds(Term, st.just(name), values(name)))


def headless(of):
    """A term on an entry of a list that opens none."""
    return term(*[name for name in NAMES[of] if name not in (HEAD_OF.get(of), "spare")])


GRADED = st.builds(
    lambda grade, size: And((Term("tolerance", grade), size)),
    st.lists(st.sampled_from(["it6", "it9", "it11", "iso2768-f", "iso2768-m"]).map(Grade), min_size=1, max_size=2).map(
        tuple
    ),
    term("diameter", "size"),
)
WORDS = st.sampled_from([*TOKENS, "zorb*", "zorblax quimby", "absent"]).map(Words)
ON_FIRM = term(*NAMES[None]) | WORDS
ON_SITE = headless("sites")


def conditions(plain):
    """Conditions on one entry: a term, its opposite, a bracket."""
    alone = plain | plain.map(Not)
    pair = st.lists(alone, min_size=2, max_size=2).map(tuple)
    bracket = pair.map(Or) | pair.map(And)
    return st.one_of(alone, alone, bracket, bracket.map(Not), plain.map(lambda one: Not(Not(one))))


@st.composite
def one_entry(draw, of):
    """Terms that one entry has to meet, its head first."""
    head = draw(term(HEAD_OF[of]))
    return [head, *draw(st.lists(headless(of), max_size=2))]


@st.composite
def headed(draw):
    """A few terms, a head among them, as they stand in a bracket."""
    entry = draw(st.sampled_from(list(HEAD_OF)).flatmap(one_entry))
    return (
        draw(st.permutations([*entry, *draw(st.lists(ON_FIRM | ON_SITE, max_size=1))]))
        if draw(st.booleans())
        else entry
    )


def packed(items):
    """Some items as one."""
    return items[0] if len(items) == 1 else And(tuple(items))


HEADED = headed().map(packed)
BRANCH = st.one_of(HEADED, HEADED, ON_FIRM, HEADED.map(Not))
EITHER = st.lists(BRANCH, min_size=2, max_size=2).map(lambda two: Or(tuple(two))).filter(holds_head)
OPPOSITE = (HEADED | EITHER).map(Not)


SPARE_HOURS = term("spare") | term("spare").map(Not)


def settled(of):
    """Conditions on one entry of a list, and spare hours beside them."""
    entry = st.lists(conditions(headless(of)), max_size=2)
    return st.builds(list.__add__, entry, st.lists(SPARE_HOURS, max_size=1)) if of == "capabilities" else entry


def across(of):
    """Conditions on one entry of a list in one bracket with spare hours and with what the firm and the site must be."""
    other = ON_FIRM | ON_SITE | SPARE_HOURS if of == "capabilities" else ON_FIRM | ON_SITE
    whole = st.builds(lambda head, hours: Not(And((head, hours))), term("process"), SPARE_HOURS)
    return st.lists(conditions(headless(of) | other) | whole, min_size=1, max_size=2)


@st.composite
def questions(draw, entries=settled):
    """A question: parts, terms common to several, conditions on the firm and the site, opposites, brackets."""
    items = []
    for _ in range(draw(st.integers(0, 3))):
        of = draw(st.sampled_from(["capabilities", *HEAD_OF]))
        entry = draw(entries(of))
        if of == "capabilities" and draw(st.integers(0, 3)) == 0:
            entry = [*entry, draw(GRADED)]
        if draw(st.integers(0, 3)):
            entry.insert(draw(st.integers(0, len(entry))) if draw(st.booleans()) else 0, draw(term(HEAD_OF[of])))
        items += entry
    firm_wide = st.one_of(conditions(ON_FIRM), conditions(ON_SITE), conditions(ON_FIRM | ON_SITE), OPPOSITE, EITHER)
    for one in draw(st.lists(firm_wide, max_size=2)):
        items.insert(draw(st.integers(0, len(items))), one)
    return And(tuple(lawful(items))) if draw(st.integers(0, 9)) else draw(EITHER)


def lawful(items):
    """Leave out what rulings 7 and 13 refuse: a bracket of alternatives with a head shares no list with what is outside."""
    kept = []
    for one in items:
        inside = {FIELDS[each.name][0] for each in terms(one)} - {None, "sites"}
        closed = not is_head(one) and holds_head(one) and isinstance(one, Or)
        clash = [each for each in kept if inside & each[0] and (closed or each[1])]
        if not clash:
            kept.append((inside, closed, one))
    return [one for _, _, one in kept]


SEVERAL = st.lists(questions(), min_size=1, max_size=3)


ACROSS = st.lists(questions(across), min_size=1, max_size=3)


# Random laws: what they hold for

ALONE = [*(headless(of) for of in HEAD_OF), SPARE_HOURS, ON_FIRM | ON_SITE]
MIXED = [*(headless(of) | ON_FIRM for of in HEAD_OF), headless("capabilities") | SPARE_HOURS, ON_SITE | SPARE_HOURS]
ANYTHING = st.one_of(*map(conditions, ALONE), HEADED, EITHER)


def two_of(sorts):
    """Two questions of one sort, such as may stand in one bracket."""
    return st.sampled_from(sorts).flatmap(lambda sort: st.tuples(sort, sort))


@st.composite
def wishes(draw):
    """A question without an opposite, of one part and one place at most."""
    of = draw(st.sampled_from(["capabilities", *HEAD_OF]))
    items = [*draw(one_entry(of)), *draw(st.lists(ON_FIRM, max_size=1)), *draw(st.lists(ON_SITE, max_size=1))]
    items += draw(st.lists(term("spare"), max_size=1))
    return And(tuple(items))


def better(document, tree):
    """Yield firms that are better than a document in one thing asked."""
    for name, factor in IMPROVEMENTS.items():
        yield scaled(document, name, factor)
    for circle in (value for one in terms(tree) if one.name == "near" for value in one.values):
        yield moved(document, circle)
    yield lasting(document)
    yield {**document, "languages": [*{*document.get("languages", []), "en"}]}


IMPROVEMENTS = {
    **dict.fromkeys(["tolerance_mm", "roughness_um", "lead_time_days", "min"], 0.5),
    **dict.fromkeys(["size_mm", "envelope_mm", "max", "hours_week", "spindle_rpm"], 2),
    **dict.fromkeys(["for_hire_hours_week", "crane_capacity_kg"], 2),
}


def scaled(value, name, factor):
    """Return a document with every number of a name made larger or smaller."""
    if isinstance(value, dict):
        return {key: times(one, factor) if key == name else scaled(one, name, factor) for key, one in value.items()}
    return [scaled(one, name, factor) for one in value] if isinstance(value, list) else value


def times(value, factor):
    """Return a number, or each of a list, so many times."""
    return [one * factor for one in value] if isinstance(value, list) else value * factor


def moved(document, circle):
    """Return a document with all its sites moved half the way to the middle of a circle."""
    middle = {"latitude": circle.latitude, "longitude": circle.longitude}
    better = deepcopy(document)
    for one in (site["position"] for site in better["sites"] if "position" in site):
        one.update({key: (one[key] + middle[key]) / 2 for key in middle})
    return better


def lasting(document):
    """Return a document whose certificates and spare hours last a hundred days longer."""
    better = deepcopy(document)
    for last, entries in (
        ("valid_until", better.get("certificates", [])),
        ("until", better.get("capacity", {}).get("spare", [])),
    ):
        for one in (one for one in entries if last in one):
            one[last] = str(date.fromisoformat(one[last]) + timedelta(days=100))
    return better


def reprinted(node, inside=False):
    """Return the tree that the program read as a query again."""
    if isinstance(node, language.And) and len(node.items) == 1:
        return reprinted(node.items[0], inside)
    if isinstance(node, language.And | language.Or):
        between = " " if isinstance(node, language.And) else " OR "
        text = between.join(reprinted(one, True) for one in node.items)
        return f"({text})" if inside else text
    if isinstance(node, language.Not):
        text = reprinted(node.item, True)
        return f"^({text})" if text.startswith("^") else f"^{text}"
    if isinstance(node, language.Words):
        return f'"{node.words}"' if " " in node.words else node.words
    return f"{node.name}:{','.join(quoted(one) for one in node.values)}"


# The program and its double


@thorough(20)
@given(documents=REGISTRIES)
def test_random_firms_are_valid(real, documents):
    assert all(real.loaded.validator.is_valid(one) for one in documents)


@thorough(75)
@given(documents=REGISTRIES, trees=SEVERAL)
def test_hits_are_those_of_the_naive_double(real, documents, trees):
    for tree in trees:
        assert real.hits(printed(tree), documents) == naive_hits(documents, tree, TODAY), printed(tree)


@thorough(75)
@given(documents=REGISTRIES, trees=SEVERAL)
def test_near_misses_are_those_of_the_naive_double(real, documents, trees):
    for tree in trees:
        assert real.near_misses(printed(tree), documents) == naive_near_misses(documents, tree, TODAY), printed(tree)


@pytest.mark.parametrize("grade", GRADES)
def test_grades_are_those_of_the_standards(real, grade):
    for size, limit in GRADES[grade]:
        text = f"process:milling tolerance:{grade} diameter:{size}mm"
        held = {"process": "milling", "diameter_mm": {"max": 5000}}
        finest, coarser = ({**held, "tolerance_mm": float(limit * factor)} for factor in (1, Fraction(1001, 1000)))
        assert real.judge(text, firm(capabilities=[finest])).truth is Truth.MEETS, (grade, size)
        assert real.judge(text, firm(capabilities=[coarser])).truth is Truth.FAILS, (grade, size)


@thorough(40)
@given(documents=REGISTRIES, trees=ACROSS)
def test_a_bracket_may_speak_of_entries_and_of_the_firm(real, documents, trees):
    for tree in trees:
        text = printed(tree)
        assert real.truths(text, documents) == naive_truths(documents, tree, TODAY), text
        assert real.near_misses(text, documents) == naive_near_misses(documents, tree, TODAY), text


# Printing and reading


@thorough(40)
@given(documents=REGISTRIES, trees=SEVERAL)
def test_a_printed_question_means_the_same_however_it_is_written(real, documents, trees):
    for tree in trees:
        short = printed(tree)
        again = reprinted(language.parse(short))
        truths = real.truths(short, documents)
        assert truths == real.truths(printed(tree, long=True), documents) == real.truths(again, documents), short
        assert reprinted(language.parse(again)) == again


# The laws of three values


@thorough(40)
@given(documents=REGISTRIES, pair=two_of([*ALONE, term(*HEAD_OF.values()) | ON_FIRM]))
def test_de_morgan(real, documents, pair):
    assert_de_morgan(real, documents, *pair)


@thorough(40)
@given(documents=REGISTRIES, tree=ANYTHING)
def test_the_opposite_of_the_opposite_is_the_thing_itself(real, documents, tree):
    assert real.truths(printed(tree), documents) == real.truths(printed(Not(Not(tree))), documents), printed(tree)


@thorough(40)
@given(documents=REGISTRIES, tree=st.one_of(HEADED, EITHER, ON_FIRM))
def test_what_neither_meets_nor_fails_is_not_stated(real, documents, tree):
    truths, opposite = (real.truths(printed(one), documents) for one in (tree, Not(tree)))
    assert opposite == [MEETS - one for one in truths], printed(tree)
    neither = [MEETS not in two for two in zip(truths, opposite, strict=True)]
    assert neither == [one == NOT_STATED for one in truths]


@thorough(40)
@given(documents=REGISTRIES, pair=two_of([HEADED | EITHER | ON_FIRM, *map(conditions, ALONE)]))
def test_or_is_the_greatest_in_either_order(real, documents, pair):
    assert_greatest(real, documents, *pair)


@thorough(40)
@given(documents=REGISTRIES, pair=two_of(MIXED))
def test_the_laws_hold_across_entries_and_the_firm(real, documents, pair):
    assert_de_morgan(real, documents, *pair)
    assert_greatest(real, documents, *pair)


def assert_de_morgan(real, documents, a, b):
    """Neither is both not, and not both is either not."""
    neither, not_both = printed(Not(Or((a, b)))), printed(Not(And((a, b))))
    assert real.truths(neither, documents) == real.truths(printed(And((Not(a), Not(b)))), documents), neither
    assert real.truths(not_both, documents) == real.truths(printed(Or((Not(a), Not(b)))), documents), not_both


def assert_greatest(real, documents, a, b):
    """A question of two alternatives says of each document the greater of what they say alone."""
    greatest = [max(two) for two in zip(*(real.truths(printed(one), documents) for one in (a, b)), strict=True)]
    for either in (Or((a, b)), Or((b, a))):
        assert real.truths(printed(either), documents) == greatest, printed(either)


# Fit


@thorough(40)
@given(documents=REGISTRIES, tree=wishes())
def test_improving_a_hit_on_what_is_asked_never_lowers_its_fit(real, documents, tree):
    text, liked = printed(tree), "language:en"
    for document in documents:
        before = real.judge(text, document, liked)
        for one in better(document, tree) if before.truth is Truth.MEETS else ():
            after = real.judge(text, one, liked)
            assert after.truth is Truth.MEETS and after.fit >= before.fit, (text, document, one)
