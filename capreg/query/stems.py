"""Words of text, the same in all their forms: Snowball's Italian and English stems."""

from functools import cache, lru_cache
from importlib import import_module


@cache
def _stemmers() -> tuple:
    """Return the stemmers; loaded on use, since most questions hold no text."""
    return tuple(import_module("Stemmer").Stemmer(language) for language in ("italian", "english"))


@lru_cache(maxsize=50_000)
def stems(word: str) -> tuple[str, ...]:
    """Return the stems of a folded word, one a language; numbers and designations are their own."""
    return tuple(stemmer.stemWord(word) for stemmer in _stemmers()) if word.isalpha() else (word,)


def same(one: str, other: str) -> bool:
    """Whether two folded words are the same, or forms of the same in one of the languages."""
    return one == other or any(first == second for first, second in zip(stems(one), stems(other), strict=False))
