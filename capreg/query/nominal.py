"""The nominal size that a part asks for, from which its tolerance grades take their limits."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from capreg.errors import CapregError
from capreg.model.quantity import convert
from capreg.query.amounts import Contains, Envelope, Graded
from capreg.query.question import Either, Every, Expression, Item, Opposite, Requirement


def with_limits(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items of one part with each grade turned into a limit at the part's nominal size.

    Raises:
        UsageError: there is no nominal size, or the standard gives no value for it; `item` is the one that asks.
    """
    listed = tuple(items)
    return tuple(one._replace(part=_in_item(one, listed)) for one in listed)


def _in_item(item: Item, items: tuple[Item, ...]) -> Expression:
    try:
        return _limited(item.part, items)
    except CapregError as error:
        error.item = item
        raise


def _limited(part: Expression, items: tuple[Item, ...]) -> Expression:
    if isinstance(part, Requirement) and isinstance(part.condition, Graded):
        nominal = next(filter(None, (_largest(name, items) for name in part.condition.field.search.nominal)), None)
        return part._replace(condition=part.condition.at(nominal))
    if isinstance(part, Opposite):
        return part._replace(part=_limited(part.part, items))
    if isinstance(part, (Every, Either)):
        return part._replace(parts=tuple(_limited(one, items) for one in part.parts))
    return part


def _largest(name: str, items: tuple[Item, ...]) -> Decimal | None:
    """Return the largest length, in millimetres, that the items ask for by a query name."""
    lengths = [length for item in items for length in _lengths(name, item.part)]
    return max(lengths, default=None)


def _lengths(name: str, part: Expression) -> Iterator[Decimal]:
    if isinstance(part, (Every, Either)):
        for one in part.parts:
            yield from _lengths(name, one)
    elif isinstance(part, Requirement) and part.fields[0].name == name:
        condition = part.condition
        if isinstance(condition, Contains):
            yield from (convert(one.high, condition.unit, "mm") for one in condition.ranges)
        elif isinstance(condition, Envelope):
            yield from (convert(size[0], condition.unit, "mm") for size in condition.sizes)
