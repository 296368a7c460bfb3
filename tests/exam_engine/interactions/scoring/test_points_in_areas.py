"""What points marked in a picture earn."""

from fractions import Fraction
from typing import Any

import pytest

from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key

LEFT = {"shape": "rectangle", "coordinates": [0, 0, 10, 10]}
ROUND = {"shape": "circle", "coordinates": [50, 50, 5]}
CORNER = {"shape": "polygon", "coordinates": [80, 80, 100, 80, 100, 60]}


def areas(*given: tuple[dict[str, Any], str], penalty: str = "0") -> ItemKey:
    return key("areas", areas=[{**area, "share": share} for area, share in given], penalty=penalty)


@pytest.mark.parametrize(
    ("point", "is_inside"),
    [("10 10", True), ("11 10", False), ("53 54", True), ("54 54", False), ("90 70", True), ("89 70", False)],
)
def test_the_boundary_of_an_area_counts_as_inside(point: str, is_inside: bool) -> None:
    keyed = areas((LEFT, "1"), (ROUND, "1"), (CORNER, "1"))
    assert score(makers.select_point(), keyed, [point]).is_correct == is_inside


@pytest.mark.parametrize(
    ("points", "penalty", "share"),
    [
        (["1 1", "50 50"], "0", "1"),
        (["1 1"], "0", "3/5"),
        (["50 50"], "0", "2/5"),
        (["1 1", "2 2"], "0", "3/5"),
        (["1 1", "2 2", "3 3"], "1", "3/5"),
        (["1 1", "50 50", "30 30"], "0", "1"),
        (["1 1", "50 50", "30 30"], "0.25", "3/4"),
        (["1 1", "30 30", "31 31"], "0.25", "1/10"),
        (["1 1", "30 30"], "1", "0"),
        (["30 30"], "0", "0"),
    ],
)
def test_each_area_counts_once_and_points_outside_cost_the_penalty(points: list[str], penalty: str, share: str) -> None:
    keyed = areas((LEFT, "0.6"), (ROUND, "0.4"), penalty=penalty)
    scored = score(makers.select_point(max_points=3), keyed, points)
    assert scored.share == Fraction(share)


def test_shares_above_all_points_are_held_at_all_points() -> None:
    keyed = areas((LEFT, "0.6"), (ROUND, "0.6"))
    assert score(makers.select_point(max_points=2), keyed, ["1 1", "50 50"]).share == 1


def test_where_areas_overlap_a_point_belongs_to_the_first_of_the_key() -> None:
    inner = {"shape": "circle", "coordinates": [5, 5, 2]}
    keyed = areas((inner, "1"), (LEFT, "0.5"))
    content = makers.select_point(max_points=2)
    assert score(content, keyed, ["5 5"]).is_correct
    assert score(content, keyed, ["9 9"]).share == Fraction(1, 2)
    assert [int(part.share) for part in score(content, keyed, ["9 9"]).parts] == [0, 1]
    turned = areas((LEFT, "0.5"), (inner, "1"))
    assert score(content, turned, ["5 5"]).share == Fraction(1, 2)
