"""Which points lie in an area, and whether an area is drawn soundly."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exam_engine.interactions.content import Picture, Shape
from exam_engine.interactions.shapes import contains, has_right_count, is_empty, is_within, points_in

PICTURE = Picture(media="ab" * 32, alternative_text="Hình", width=100, height=80)
STAR = (0, 0, 80, 0, 80, 80, 40, 20, 0, 80)
"""A square with a notch from below that reaches up to (40, 20)."""

points = st.tuples(st.integers(-30, 30), st.integers(-30, 30))


@pytest.mark.parametrize(
    ("shape", "coordinates", "point", "is_inside"),
    [
        ("rectangle", (10, 20, 30, 40), (10, 20), True),
        ("rectangle", (10, 20, 30, 40), (30, 40), True),
        ("rectangle", (10, 20, 30, 40), (31, 40), False),
        ("rectangle", (10, 20, 30, 40), (10, 19), False),
        ("circle", (50, 50, 5), (53, 54), True),
        ("circle", (50, 50, 5), (55, 50), True),
        ("circle", (50, 50, 5), (54, 54), False),
        ("circle", (50, 50, 5), (56, 50), False),
        ("polygon", STAR, (0, 0), True),
        ("polygon", STAR, (40, 20), True),
        ("polygon", STAR, (40, 21), False),
        ("polygon", STAR, (40, 80), False),
        ("polygon", STAR, (20, 50), True),
        ("polygon", STAR, (80, 40), True),
        ("polygon", STAR, (81, 40), False),
        ("polygon", STAR, (5, 60), True),
        ("polygon", STAR, (-1, 0), False),
    ],
)
def test_the_boundary_belongs_to_the_area(
    shape: Shape, coordinates: tuple[int, ...], point: tuple[int, int], is_inside: bool
) -> None:
    assert contains(shape, coordinates, point) == is_inside


@given(points, points, points, points)
def test_a_point_lies_in_a_triangle_when_no_weight_of_a_corner_is_negative(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], p: tuple[int, int]
) -> None:
    area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    assume(area != 0)
    second = Fraction((p[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (p[1] - a[1]), area)
    third = Fraction((b[0] - a[0]) * (p[1] - a[1]) - (p[0] - a[0]) * (b[1] - a[1]), area)
    weights = (1 - second - third, second, third)
    assert contains("polygon", (*a, *b, *c), p) == (min(weights) >= 0)


@given(points, st.integers(1, 30), st.integers(1, 30), points)
def test_a_rectangle_and_its_polygon_hold_the_same_points(
    corner: tuple[int, int], width: int, height: int, p: tuple[int, int]
) -> None:
    left, top, right, bottom = *corner, corner[0] + width, corner[1] + height
    as_polygon = (left, top, right, top, right, bottom, left, bottom)
    assert contains("polygon", as_polygon, p) == contains("rectangle", (left, top, right, bottom), p)


@pytest.mark.parametrize(
    ("shape", "counts"), [("rectangle", {4}), ("circle", {3}), ("polygon", {6, 8, 10}), ("polygon", {64})]
)
def test_each_shape_needs_its_number_of_coordinates(shape: Shape, counts: set[int]) -> None:
    around = range(min(counts) - 1, max(counts) + 2)
    assert {count for count in around if has_right_count(shape, (1,) * count)} == counts


@pytest.mark.parametrize(
    ("shape", "sound", "empty"),
    [
        ("rectangle", (0, 0, 1, 1), (5, 0, 5, 9)),
        ("rectangle", (0, 0, 1, 1), (0, 9, 5, 9)),
        ("rectangle", (0, 0, 1, 1), (6, 0, 5, 9)),
        ("circle", (5, 5, 1), (5, 5, 0)),
        ("polygon", (0, 0, 5, 5, 9, 8), (0, 0, 5, 5, 9, 9)),
        ("polygon", (0, 0, 5, 5, 9, 9, 9, 8), (3, 3, 3, 3, 3, 3)),
    ],
)
def test_an_area_without_extent_is_told(shape: Shape, sound: tuple[int, ...], empty: tuple[int, ...]) -> None:
    assert not is_empty(shape, sound)
    assert is_empty(shape, empty)


@pytest.mark.parametrize(
    ("shape", "coordinates", "within"),
    [
        ("rectangle", (0, 0, 100, 80), True),
        ("rectangle", (0, 0, 101, 80), False),
        ("rectangle", (0, -1, 100, 80), False),
        ("circle", (100, 80, 500), True),
        ("circle", (101, 80, 5), False),
        ("polygon", (0, 0, 100, 0, 50, 80), True),
        ("polygon", (0, 0, 100, 0, 50, 81), False),
    ],
)
def test_corners_and_centres_lie_in_the_picture(shape: Shape, coordinates: tuple[int, ...], within: bool) -> None:
    assert is_within(shape, coordinates, PICTURE) == within


@pytest.mark.parametrize(
    ("shape", "coordinates"), [("rectangle", (1, 2, 3, 4)), ("circle", (9, 9, 2)), ("polygon", STAR)]
)
def test_points_offered_for_an_area_lie_in_it(shape: Shape, coordinates: tuple[int, ...]) -> None:
    offered = points_in(shape, coordinates)
    assert offered
    assert all(contains(shape, coordinates, point) for point in offered)
