import json
from typing import get_args

import numpy as np
import pytest
from scipy.special import expit, logit

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.standard_setting import (
    CutLocation,
    StandardSettingError,
    bookmark_result,
    bookmark_worksheet,
    ordered_item_booklet,
)
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow

RASCH = ItemParameters.dichotomous(["q1", "q2", "q3", "q4"], [1.0] * 4, [0.5, -1.0, 1.5, 0.0])


def marks(*pages: int) -> list[FilledRow]:
    return [{"round": 1, "judge": f"judge {place}", "page": page} for place, page in enumerate(pages)]


def test_rp67_lies_log_2_above_the_difficulty() -> None:
    booklet = ordered_item_booklet(RASCH)

    assert [page.item for page in booklet.pages] == ["q2", "q4", "q1", "q3"]
    np.testing.assert_allclose(
        [page.location for page in booklet.pages], np.array([-1.0, 0.0, 0.5, 1.5]) + np.log(2), rtol=1e-12
    )
    np.testing.assert_allclose(
        [page.location for page in ordered_item_booklet(RASCH, response_probability=0.5).pages], [-1.0, 0.0, 0.5, 1.5]
    )


def test_guessing_can_be_counted_in_or_left_out() -> None:
    item = ItemParameters.dichotomous(["q1"], [1.2], [0.3], c=[0.2])

    plain = ordered_item_booklet(item).pages[0].location
    adjusted = ordered_item_booklet(item, guessing_adjusted=True).pages[0].location

    assert 0.2 + 0.8 * expit(1.2 * (plain - 0.3)) == pytest.approx(2 / 3)
    assert adjusted == pytest.approx(0.3 + logit(2 / 3) / 1.2)
    assert adjusted > plain


@pytest.mark.parametrize("model", ["GRM", "GPCM"])
def test_each_score_of_a_polytomous_item_has_its_page(model: str) -> None:
    item = ItemParameters.polytomous(["essay"], model, [1.1], [[-0.5, 0.4, 1.2]])  # type: ignore[arg-type]

    booklet = ordered_item_booklet(item)

    assert [page.score for page in booklet.pages] == [1, 2, 3]
    for page in booklet.pages:
        p = category_probabilities(np.array([page.location]), item)[0, 0]
        assert p[page.score :].sum() == pytest.approx(2 / 3, abs=1e-10)


def test_the_cut_is_the_ability_of_the_last_mastered_page() -> None:
    booklet = ordered_item_booklet(RASCH)

    result = bookmark_result(booklet, marks(3, 3, 4), RASCH)

    np.testing.assert_allclose(result.rounds[0].judge_abilities, np.array([0.0, 0.0, 0.5]) + np.log(2))
    assert result.cut_ability.cut == pytest.approx(np.log(2))
    theta = np.log(2)
    assert result.expected_score == pytest.approx(expit(theta - np.array([0.5, -1.0, 1.5, 0.0])).sum())
    assert result.rounds[0].judge_scores[0] == pytest.approx(result.expected_score)
    assert result.rounds[0].judge_scores[2] > result.expected_score
    assert result.pass_mark == 3
    assert result.lower_score < result.expected_score < result.upper_score
    json.dumps(result.to_dict(), allow_nan=False)


def test_other_conventions_place_the_cut_at_the_page_or_half_way() -> None:
    booklet = ordered_item_booklet(RASCH, response_probability=0.5)
    cuts = {
        where: bookmark_result(booklet, marks(3), RASCH, cut_location=where).cut_ability.cut
        for where in get_args(CutLocation)
    }
    assert cuts == pytest.approx({"last_mastered": 0.0, "bookmarked": 0.5, "between": 0.25})


def test_a_bookmark_after_the_last_page_masters_everything() -> None:
    booklet = ordered_item_booklet(RASCH, response_probability=0.5)

    assert bookmark_result(booklet, marks(5), RASCH).cut_ability.cut == pytest.approx(1.5)
    with pytest.raises(StandardSettingError, match="after the last page"):
        bookmark_result(booklet, marks(5), RASCH, cut_location="between")


def test_the_last_of_several_rounds_counts() -> None:
    booklet = ordered_item_booklet(RASCH, response_probability=0.5)
    rows = [row | {"page": page} for row, page in zip(bookmark_worksheet(booklet, ["ann", "bob"]), (2, 4), strict=True)]
    rows += [row | {"page": "3"} for row in bookmark_worksheet(booklet, ["ann", "bob"], round_number=2)]

    result = bookmark_result(booklet, rows, RASCH)

    assert result.judges == ("ann", "bob")
    assert [found.cut.sd for found in result.rounds] == pytest.approx([1.5 / 2**0.5, 0.0])
    assert result.cut_ability.cut == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("rows", "code", "message"),
    [
        (marks(1), "bookmark_on_first_page", "judge 'judge 0' put the bookmark on page 1"),
        (marks(6), "page_outside_booklet", "judge 'judge 0': page 6 is not one of 1 … 4, or 5"),
        (marks(0), "page_outside_booklet", "page 0"),
        ([{"judge": "ann", "page": None}], "rating_missing", "judge 'ann' has no bookmark"),
        ([{"judge": "ann", "page": 2}, {"judge": "ann", "page": 3}], "rating_twice", "judge 'ann' has two"),
        ([{"judge": "ann", "page": 2, "round": 2}], "round_missing", "without gaps"),
        (
            [{"judge": "ann", "page": 2}, {"judge": "bob", "page": 2}, {"judge": "ann", "page": 2, "round": 2}],
            "rating_missing",
            "round 2: judge 'bob'",
        ),
        ([], "nothing_to_judge", "no judge"),
    ],
)
def test_a_bookmark_that_cannot_be_used_is_named(rows: list[FilledRow], code: str, message: str) -> None:
    with pytest.raises(StandardSettingError, match=message) as error:
        bookmark_result(ordered_item_booklet(RASCH), rows, RASCH)
    assert error.value.code == code


def test_an_item_that_is_never_mastered_with_that_probability_is_named() -> None:
    for items in (
        ItemParameters.dichotomous(["q1"], [1.0], [0.0], c=[0.5]),
        ItemParameters.dichotomous(["q1"], [-1.0], [0.0]),
    ):
        with pytest.raises(StandardSettingError, match="item 'q1'") as error:
            ordered_item_booklet(items, response_probability=0.5)
        assert error.value.code == "location_undefined"
    nominal = ItemParameters.nominal(["n1"], [[-1.0, -2.0]], [[0.0, 0.0]])
    with pytest.raises(StandardSettingError, match="item 'n1': the probability of a score of 1"):
        ordered_item_booklet(nominal)
    with pytest.raises(ValueError, match="between 0 and 1"):
        ordered_item_booklet(RASCH, response_probability=67)
