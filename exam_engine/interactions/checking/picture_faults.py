"""What can be wrong with areas drawn in a picture."""

from collections.abc import Iterator, Sequence

from exam_engine.core.errors import Fault
from exam_engine.interactions.content import Picture, Shape
from exam_engine.interactions.shapes import has_right_count, is_empty, is_within


def shape_faults(picture: Picture, place: str, shape: Shape, coordinates: Sequence[int]) -> Iterator[Fault]:
    """Yield what is wrong with one area: the number of its coordinates, its extent, its place in the picture."""
    if not has_right_count(shape, coordinates):
        yield Fault("item_shape_coordinates", place, {"shape": shape, "count": len(coordinates)})
    elif is_empty(shape, coordinates):
        yield Fault("item_shape_empty", place, {"shape": shape})
    elif not is_within(shape, coordinates, picture):
        yield Fault("item_shape_outside_picture", place, {"width": picture.width, "height": picture.height})
