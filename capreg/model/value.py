"""Values whose items have names, as `typing.NamedTuple` makes them; a search defines seventy such classes before it begins.

That one compiles a constructor for each class, 50 to 70 microseconds; here classes of equally many items share the code
of theirs. What is made of a class is a tuple either way, as soon made and read.
"""

from collections import namedtuple
from functools import cache
from types import CodeType, FunctionType

# What reads an item of a tuple by its position; the names of these are told by nothing else in the standard library.
Getter = type(namedtuple("One", "item").item)
NAMES = {"new": tuple.__new__}


class Naming(type):
    """Makes a class whose annotations name the items of a tuple; one without any has the items of what it derives from."""

    def __new__(cls, name: str, bases: tuple[type, ...], content: dict[str, object]) -> type:
        """Return the class; what is said beside an annotation is the item's default.

        Raises:
            TypeError: an item without a default follows one that has one.
        """
        fields = tuple(content.get("__annotations__", ()))
        if fields:
            defaults = [(field, content.pop(field)) for field in fields if field in content]
            if [field for field, _ in defaults] != list(fields[len(fields) - len(defaults) :]):
                raise TypeError(f"{name}: an item without a default follows one that has one")
            content.update((field, Getter(at, "")) for at, field in enumerate(fields))
            made = _constructor(fields, tuple(default for _, default in defaults))
            content.update(__slots__=(), __new__=made, _fields=fields, __match_args__=fields)
        return super().__new__(cls, name, bases, content)


def _constructor(fields: tuple[str, ...], defaults: tuple) -> FunctionType:
    named = _code(len(fields)).replace(co_name="__new__", co_varnames=("cls", *fields))
    return FunctionType(named, NAMES, "__new__", defaults)


@cache
def _code(count: int) -> CodeType:
    items = ", ".join(f"item{at}" for at in range(count))
    return eval(f"lambda cls, {items}: new(cls, ({items},))").__code__


class Value(tuple, metaclass=Naming):
    """A frozen value: what derives from it names its items by annotations; change means a new value."""

    __slots__ = ()
    _fields = ()

    def _replace(self, **changes: object) -> "Value":
        """Return a value with other items under some names; raises TypeError for a name that it has not."""
        found = type(self)(*map(changes.pop, self._fields, self))
        if changes:
            raise TypeError(f"{type(self).__name__} has no {', '.join(changes)}")
        return found

    def _asdict(self) -> dict[str, object]:
        """Return the items by their names."""
        return dict(zip(self._fields, self, strict=True))

    def __getnewargs__(self) -> tuple:
        return tuple(self)

    def __repr__(self) -> str:
        items = ", ".join(f"{name}={item!r}" for name, item in self._asdict().items())
        return f"{type(self).__name__}({items})"
