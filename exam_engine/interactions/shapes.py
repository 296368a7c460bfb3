"""Areas of a picture: whether they are drawn soundly and which points lie in them, in whole pixels without rounding."""

from collections.abc import Sequence
from itertools import pairwise

from exam_engine.interactions.content import Picture, Shape

Point = tuple[int, int]


def contains(shape: Shape, coordinates: Sequence[int], point: Point) -> bool:
    """Return whether a point lies in the area; its boundary belongs to it."""
    x, y = point
    if shape == "rectangle":
        left, top, right, bottom = coordinates
        return left <= x <= right and top <= y <= bottom
    if shape == "circle":
        centre_x, centre_y, radius = coordinates
        return (x - centre_x) ** 2 + (y - centre_y) ** 2 <= radius**2
    return _in_polygon(vertices_of(coordinates), x, y)


def vertices_of(coordinates: Sequence[int]) -> list[Point]:
    """Return the corners of a polygon."""
    return list(zip(coordinates[::2], coordinates[1::2], strict=False))


def _in_polygon(vertices: Sequence[Point], x: int, y: int) -> bool:
    is_inside = False
    for (x1, y1), (x2, y2) in pairwise([*vertices, vertices[0]]):
        # Twice the area of the triangle of the edge and the point; its sign tells the side of the edge.
        side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if side == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and (side > 0) == (y2 > y1):
            is_inside = not is_inside
    return is_inside


def has_right_count(shape: Shape, coordinates: Sequence[int]) -> bool:
    """Return whether the shape has the coordinates it needs: 4, 3, or an even number from 6."""
    count = len(coordinates)
    if shape == "rectangle":
        return count == 4
    return count == 3 if shape == "circle" else count >= 6 and count % 2 == 0


def is_empty(shape: Shape, coordinates: Sequence[int]) -> bool:
    """Return whether the area has no extent: left not before right, no radius, corners on one line."""
    if shape == "rectangle":
        left, top, right, bottom = coordinates
        return left >= right or top >= bottom
    if shape == "circle":
        return coordinates[2] <= 0
    (x1, y1), *others = vertices_of(coordinates)
    return all((x2 - x1) * (y3 - y1) == (y2 - y1) * (x3 - x1) for x2, y2 in others for x3, y3 in others)


def is_within(shape: Shape, coordinates: Sequence[int], picture: Picture) -> bool:
    """Return whether the corners, or the centre of a circle, lie in the picture."""
    points = [(coordinates[0], coordinates[1])] if shape == "circle" else vertices_of(coordinates)
    return all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in points)


def top_left(shape: Shape, coordinates: Sequence[int]) -> Point:
    """Return the corner of the box around the area."""
    if shape == "circle":
        x, y, radius = coordinates
        return x - radius, y - radius
    vertices = vertices_of(coordinates)
    return min(x for x, _ in vertices), min(y for _, y in vertices)


def points_in(shape: Shape, coordinates: Sequence[int]) -> list[Point]:
    """Return points that lie in the area: its middle, where that is inside, and its corners."""
    if shape == "circle":
        return [(coordinates[0], coordinates[1])]
    vertices = vertices_of(coordinates)
    middle = (sum(x for x, _ in vertices) // len(vertices), sum(y for _, y in vertices) // len(vertices))
    return [middle, *vertices] if contains(shape, coordinates, middle) else vertices
