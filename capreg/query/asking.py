"""What a query is asked of."""

from datetime import date

from capreg.model.kinds import Kind
from capreg.model.value import Value
from capreg.model.vocabulary import Vocabulary
from capreg.query.places import Places


class Asking(Value):
    """What a query is asked of: the kind, its vocabularies, the places known, the day that counts.

    `internal` opens the confidential fields; where the kind is `closed`, only its short tier is at hand, as in a bundle.
    """

    kind: Kind
    vocabularies: dict[str, Vocabulary]
    places: Places
    on: date
    internal: bool = False
    closed: bool = False
