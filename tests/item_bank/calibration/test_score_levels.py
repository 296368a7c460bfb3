"""Score categories that the keys of every kind of item can give."""

from fractions import Fraction

import pytest

from exam_engine.interactions.keys import (
    AllOrNothing,
    ByCount,
    ChoiceKey,
    Criterion,
    ItemKey,
    Mapped,
    NumberKey,
    OrderKey,
    PairKey,
    PerOption,
    PerPart,
    RubricKey,
    TrueFalseKey,
)
from item_bank.calibration.score_levels import category_of, score_levels

VALUES = {"A": True, "B": False, "C": True, "D": False}


@pytest.mark.parametrize(
    ("key", "options", "levels"),
    [
        (ChoiceKey(correct=("A",)), 4, ["0", "1"]),
        # The rule of 2025: four statements, five shares.
        (TrueFalseKey(values=VALUES), 0, ["0", "1/10", "1/4", "1/2", "1"]),
        (TrueFalseKey(values=VALUES, scoring=PerPart()), 0, ["0", "1/4", "1/2", "3/4", "1"]),
        (TrueFalseKey(values=VALUES, scoring=AllOrNothing()), 0, ["0", "1"]),
        # Two right of four options, a wrong one costs half: 0, ½·½ = ¼, ½, 1 and 1 less one or two wrong.
        (ChoiceKey(correct=("A", "B"), scoring=PerOption(penalty="0.5")), 4, ["0", "1/4", "1/2", "3/4", "1"]),
        (ChoiceKey(correct=("A",), scoring=Mapped(shares={"A": "1", "B": "0.4"})), 4, ["0", "2/5", "1"]),
        (PairKey(pairs=(("A", "1"), ("B", "2")), scoring=PerPart()), 0, ["0", "1/2", "1"]),
        # All but one in their places is impossible, so there is no category for it.
        (OrderKey(order=("A", "B", "C", "D"), scoring=PerPart()), 0, ["0", "1/4", "1/2", "1"]),
        (OrderKey(order=("A", "B", "C"), scoring=ByCount(shares=("0", "0.2", "0.2", "1"))), 0, ["0", "1/5", "1"]),
        (NumberKey(value="3", unit="A", share_with_wrong_unit="0.5"), 0, ["0", "1/2", "1"]),
        (NumberKey(value="3"), 0, ["0", "1"]),
        # More categories than answers can fill: right is who has all of the points.
        (TrueFalseKey(values={chr(65 + n): True for n in range(12)}, scoring=PerPart()), 0, ["0", "1"]),
    ],
)
def test_categories_follow_the_rule_of_points(key: ItemKey, options: int, levels: list[str]) -> None:
    assert score_levels(key, options) == tuple(Fraction(level) for level in levels)


def test_what_people_mark_has_no_categories_of_its_own() -> None:
    assert score_levels(RubricKey(criteria=(Criterion(id="A", title="Nội dung", points="2"),)), 0) is None


def test_rounded_points_fall_into_their_category() -> None:
    thirds = tuple(Fraction(n, 3) for n in range(4))
    shares = [Fraction("0"), Fraction("0.0833") / Fraction("0.25"), Fraction("0.1667") / Fraction("0.25"), Fraction(1)]
    assert [category_of(thirds, share) for share in shares] == [0, 1, 2, 3]
    right_or_wrong = (Fraction(0), Fraction(1))
    assert [category_of(right_or_wrong, Fraction(share)) for share in ("0", "0.5", "0.99", "1")] == [0, 0, 0, 1]
