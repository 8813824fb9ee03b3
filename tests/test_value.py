"""Values with named items are what `typing.NamedTuple` makes, in all that this program asks of them."""

import pickle
from typing import NamedTuple

import pytest

from capreg.model.value import Value


class Hole(Value):
    """A hole in a part."""

    diameter_mm: float
    depth_mm: float = 10.0
    threads: tuple[str, ...] = ()

    @property
    def is_deep(self) -> bool:
        """Whether it is ten times as deep as wide."""
        return self.depth_mm >= 10 * self.diameter_mm


class Twin(NamedTuple):
    """The same as the standard library makes it."""

    diameter_mm: float
    depth_mm: float = 10.0
    threads: tuple[str, ...] = ()


class Slot(Hole):
    """What derives from a value has its items, and keeps what is noted on it."""


@pytest.mark.parametrize(
    "given, named",
    [((1,), {}), ((1, 2), {}), ((1, 2, ("M6",)), {}), ((1,), {"threads": ("M6",)}), ((), {"diameter_mm": 3})],
)
def test_it_is_made_compared_and_read_alike(given, named):
    made, twin = Hole(*given, **named), Twin(*given, **named)
    assert made == twin and tuple(made) == tuple(twin) and hash(made) == hash(twin)
    assert made._asdict() == twin._asdict()
    assert repr(made) == repr(twin).replace("Twin", "Hole")
    assert made.depth_mm == twin.depth_mm
    assert made._replace(depth_mm=1) == twin._replace(depth_mm=1)
    assert type(made._replace(depth_mm=1)) is Hole


@pytest.mark.parametrize(
    "given, named", [((), {}), ((1, 2, 3, 4), {}), ((1,), {"width": 2}), ((1,), {"diameter_mm": 2})]
)
def test_what_makes_none_is_refused_alike(given, named):
    for sort in (Hole, Twin):
        with pytest.raises(TypeError):
            sort(*given, **named)


def test_a_name_that_it_has_not_cannot_be_replaced():
    with pytest.raises(TypeError, match="Hole has no width"):
        Hole(1)._replace(width=2)


def test_an_item_without_a_default_may_not_follow_one_that_has_one():
    with pytest.raises(TypeError, match="an item without a default"):
        type(Value)("Wrong", (Value,), {"__annotations__": {"first": int, "second": int}, "first": 1})


def test_it_is_frozen():
    with pytest.raises(AttributeError):
        Hole(1).depth_mm = 2
    with pytest.raises(AttributeError):
        Hole(1).width = 2


def test_it_travels_to_another_process():
    made = pickle.loads(pickle.dumps(Hole(1, 2)))
    assert made == Hole(1, 2) and type(made) is Hole


def test_what_derives_from_it_has_its_items():
    slot = Slot(1, 20)
    slot.note = "kept"
    assert (slot.is_deep, slot.note, Slot._fields) == (True, "kept", Hole._fields)


def test_its_items_can_be_matched():
    match Hole(1, 2):
        case Hole(diameter, depth):
            assert (diameter, depth) == (1, 2)
