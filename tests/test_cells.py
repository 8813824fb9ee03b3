"""Cells of the globe: those around a place hold all that lies near it."""

from hypothesis import example, given
from hypothesis import strategies as st

from capreg.index.cells import ROUND, around, cell
from capreg.model.place import Position

LATITUDES = st.floats(-90, 90) | st.sampled_from([-90.0, -89.9, -0.25, 0.0, 44.5, 60.0, 89.75, 90.0])
LONGITUDES = st.floats(-180, 180) | st.sampled_from([-180.0, -179.9, 0.0, 11.3, 179.9, 180.0])
POSITIONS = st.builds(Position, LATITUDES, LONGITUDES)


def is_among(position: Position, runs: list[tuple[int, int]]) -> bool:
    """Return whether the cell of a position lies in any of some runs."""
    return any(first <= cell(position) <= last for first, last in runs)


@given(POSITIONS, POSITIONS)
@example(Position(44.49381, 11.33875), Position(45.0, 12.0))
@example(Position(80.0, 0.0), Position(88.0, 170.0))
@example(Position(10.0, 179.99), Position(10.2, -179.9))
def test_whatever_lies_on_or_in_a_circle_lies_in_a_cell_that_it_touches(centre, other):
    assert is_among(other, list(around(centre, max(centre.distance_km(other), 1e-6))))


@given(POSITIONS, st.floats(0.01, 3_000), st.floats(-1, 1), st.floats(-1, 1))
def test_so_does_what_lies_near(centre, radius, north, east):
    other = Position(
        max(-90.0, min(90.0, centre.latitude + north * radius / 111)),
        (centre.longitude + east * radius / 111 + 180) % 360 - 180,
    )
    assert centre.distance_km(other) > radius or is_among(other, list(around(centre, radius)))


def test_the_corners_of_a_box_around_a_circle_are_left_out():
    runs = list(around(Position(44.49381, 11.33875), 100))
    widths = [last - first + 1 for first, last in runs]
    assert widths[0] < max(widths) > widths[-1]
    assert len({first // ROUND for first, _ in runs}) == len(runs)
