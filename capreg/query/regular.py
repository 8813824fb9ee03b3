"""What is refused as a regular expression, which the query language does not take.

Read as a word, `fresat.*` would find nothing and say nothing. So a word or a value without quotes is refused where it
holds one of the forms below. The signs alone are ordinary text: C++, R&D, A/B, 50%, n.8, what?, 100$, [sic], 1.0570+N.
"""

import re

# Without any of these signs a word is no regular expression.
SIGNS = frozenset("*+/[\\{|?$^(")
# Searched in a word together with the ^ or the bracket that stands against it.
FORMS = r"""(?<!\.)\.[*+](?!\d)                             # fresat.*  .+      but not ..+5
      | ^[\^(]?/[^/]+/[a-z]*$                           # /mill/i           but not A/B
      | \[\^?\w-\w | \[[^][]+\][*+?{]                   # [a-z]  [abc]+     but not [sic], [DN50-PN16]
      | \[[A-Za-z]{2,}\][a-z]                           # [Mm]ill
      | \\[dwsb](?![A-Za-z]) | \\[A-Za-z][*+?{] | \\[^\w\s]    # mill\d  \D+  3\.2    but not AC\DC
      | \{\d+,?\d*\}                                    # mill.{3}
      | [^\s|]\|[^\s|]                                  # mill|turn
      | ^[\^(]?[A-Za-z]+\?[A-Za-z]+$                    # colou?r           but not what?, x.it/p?a=1
      | ^\(\? | ^\^.+\$$                                # (?i)mill  ^mill$  but not 100$"""


def is_regular(word: str) -> bool:
    """Whether a word is a regular expression rather than text."""
    return not SIGNS.isdisjoint(word) and re.search(FORMS, word, re.VERBOSE) is not None
