"""Scoring of points marked in a picture."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.keys import AreaKey
from exam_engine.interactions.responses import point_of
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import held
from exam_engine.interactions.shapes import Point, contains


def score_points(key: AreaKey, response: Sequence[str]) -> Scored:
    """Score points by the areas they hit, as QTI's ``mapResponsePoint`` does.

    A point belongs to the first area of the key that holds it. Each area counts once, however many points hit it; a
    point outside all areas costs the penalty. Parts are the areas, named by their number from 1.
    """
    hits = [area_of(key, point) for entry in response if (point := point_of(entry)) is not None]
    hit = {number for number in hits if number is not None}
    total = sum((Fraction(key.areas[number].share) for number in hit), Fraction(0))
    share = held(total - hits.count(None) * Fraction(key.penalty))
    parts = tuple(PartScore(str(number + 1), Fraction(number in hit)) for number in range(len(key.areas)))
    return earned(share, parts)


def area_of(key: AreaKey, point: Point) -> int | None:
    """Return the index of the first area that holds a point."""
    return next(
        (number for number, area in enumerate(key.areas) if contains(area.shape, area.coordinates, point)), None
    )
