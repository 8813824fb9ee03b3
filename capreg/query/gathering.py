"""The items of one conjunction, sorted into the record, the shared site and the entries of lists."""

from capreg.model.kinds import Field
from capreg.query.language import Node
from capreg.query.nominal import with_limits
from capreg.query.question import Item, Part, Path, Question


class _Common:
    """What is said of a list before any of its entries is opened: of its own fields, and of lists that serve it."""

    def __init__(self, together: Field) -> None:
        self.together = together
        self.items: list[Item] = []
        self.serving: list[Item] = []


class Gathered:
    """The items of one conjunction, as they are sorted into their places."""

    def __init__(self) -> None:
        self.record: list[Item] = []
        self.shared: list[Item] = []
        self.parts: list[Part] = []
        self.common: dict[Path, _Common] = {}
        self.opened: dict[Path, int] = {}
        self.touched: dict[Path, Node] = {}
        self.alone: dict[Path, Node] = {}
        self.at_site = False

    def open(self, together: Field, item: Item) -> None:
        """Open a further entry of a list by its head."""
        self.opened[together.path] = len(self.parts)
        self.parts.append(Part(together, (item,)))

    def attach(self, together: Field, item: Item, serves: bool) -> None:
        """Add an item to the entry of the list that is open, else to every entry that will be."""
        if together.path in self.opened:
            at = self.opened[together.path]
            self.parts[at] = self.parts[at]._replace(items=(*self.parts[at].items, item))
        else:
            common = self.common.setdefault(together.path, _Common(together))
            (common.serving if serves else common.items).append(item)

    def question(self) -> Question:
        """Return the question; what was said before the first head of a list holds for each of its entries.

        Raises:
            UsageError: a tolerance grade stands without the size that it needs.
        """
        parts = [self._with_common(part) for part in self.parts]
        record = list(self.record)
        for path, common in self.common.items():
            if path not in self.opened and common.items:
                parts.append(Part(common.together, (*common.items, *common.serving)))
            elif path not in self.opened:
                record += common.serving
        graded = tuple(part._replace(items=with_limits(part.items)) for part in parts)
        return Question(with_limits(record), tuple(self.shared), graded, self.at_site or bool(self.shared))

    def _with_common(self, part: Part) -> Part:
        common = self.common.get(part.together.path, _Common(part.together))
        return part._replace(items=(*part.items, *common.items, *common.serving))
