"""What a query is asked of."""

from datetime import date
from typing import NamedTuple

from capreg.model.kinds import Kind
from capreg.model.vocabulary import Vocabulary
from capreg.query.places import Places


class Asking(NamedTuple):
    """What a query is asked of: the kind, its vocabularies, the places known, the day that counts.

    `internal` opens the confidential fields; of a bundle, only the short tier is at hand.
    """

    kind: Kind
    vocabularies: dict[str, Vocabulary]
    places: Places
    on: date
    internal: bool = False
    bundled: bool = False
