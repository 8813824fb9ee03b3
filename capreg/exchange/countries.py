"""The names of countries, in the languages that lists are written in."""

from functools import cache

from babel import Locale

from capreg.model.text import fold

LANGUAGES = ("en", "it", "de", "fr", "es", "pt", "nl", "pl")
# Codes of three letters, and names that lists use beside the official ones.
OTHERS = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "ita": "IT", "deu": "DE", "fra": "FR", "esp": "ES", "gbr": "GB", "che": "CH", "aut": "AT", "pol": "PL",
    "korea": "KR", "south korea": "KR", "viet nam": "VN", "czech republic": "CZ", "turkey": "TR", "holland": "NL", "russian federation": "RU",
    "hong kong": "HK", "macau": "MO", "burma": "MM", "swaziland": "SZ", "bangladesh": "BD", "taiwan, china": "TW", "china (mainland)": "CN",
}  # fmt: skip


@cache
def _known() -> dict[str, str]:
    found = {}
    for language in reversed(LANGUAGES):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                found[fold(name)] = code
                found[code.lower()] = code
    return {**found, **OTHERS}


def country(name: str) -> str | None:
    """Return the two letters (ISO 3166) of a country that goes by a name or a code, or None."""
    return _known().get(fold(name).strip())
