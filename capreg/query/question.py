"""What is asked of one record: expressions, and which of them are met by one and the same entry."""

from capreg.model.kinds import Field
from capreg.model.value import Value
from capreg.query.phrases import Text

Path = tuple[str, ...]


class Requirement(Value):
    """One condition on the fields that share a name; `together` is the list whose entry must meet it, None for the record."""

    fields: tuple[Field, ...]
    condition: object
    together: Field | None
    is_head: bool = False


class AnyText(Value):
    """Words looked for in all text of the record."""

    condition: Text


class Opposite(Value):
    """NOT; `of_record` where it speaks of the whole record, wherever its sites lie."""

    part: "Expression"
    of_record: bool = False


class Every(Value):
    """AND, within one entry."""

    parts: tuple["Expression", ...]


class Either(Value):
    """OR."""

    parts: tuple["Expression", ...]


class Item(Value):
    """One thing asked for, with the words that asked for it and where in the query they stand."""

    text: str
    part: "Expression"
    position: int = 0


class Part(Value):
    """What one entry of a list must meet together."""

    together: Field
    items: tuple[Item, ...]


class Question(Value):
    """All that is asked of one record: of the record itself, of one shared site, and of one entry a part.

    `at_site` says whether anything in it speaks of a site, which is then one and the same for all of it.
    """

    record: tuple[Item, ...] = ()
    shared: tuple[Item, ...] = ()
    parts: tuple[Part, ...] = ()
    at_site: bool = False


Expression = Requirement | AnyText | Opposite | Every | Either | Question
