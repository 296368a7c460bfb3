import json

import numpy as np
import pytest

from exam_engine.psychometrics.standard_setting import (
    StandardSettingError,
    borderline_group_result,
    borderline_regression_result,
    candidate_ratings,
    candidate_worksheet,
)

SCORES = [40, 50, 55, 60, 62, 70, 80, 90]
RATINGS = [1, 2, 2, 2, 2, 3, 3, np.nan]


def test_the_borderline_group_passes_at_its_median() -> None:
    result = borderline_group_result(SCORES, RATINGS, borderline=2)

    assert result.cut.cut == pytest.approx(57.5)
    assert (result.pass_mark, result.n_rated, result.cut.n_judges) == (58, 7, 4)
    assert result.few_borderline
    assert borderline_group_result(SCORES, RATINGS, borderline=2, summary="mean").cut.cut == pytest.approx(56.75)


def test_ten_borderline_candidates_are_not_few() -> None:
    for n, few in ((9, True), (10, False)):
        assert borderline_group_result(np.arange(n), np.full(n, 2), borderline=2).few_borderline is few


def test_mean_ratings_closer_than_half_a_step_are_borderline() -> None:
    result = borderline_group_result([50, 60, 70, 80], [1.5, 1.6, 2.4, 2.5], borderline=2, summary="mean")

    assert result.cut.cut == pytest.approx(65.0)


def test_the_regression_predicts_the_score_of_the_borderline_rating() -> None:
    # Scores 20, 30, 30, 40 on ratings 1, 2, 2, 3 are a line: 10 + 10 · rating.
    result = borderline_regression_result([20, 30, 30, 40], [1, 2, 2, 3], borderline=2.5)

    assert (result.slope, result.intercept, result.cut) == pytest.approx((10, 10, 35))
    assert result.r_squared == pytest.approx(1.0)
    assert result.flags == ()


def test_the_error_of_the_regression_cut_is_what_repeated_examinations_show() -> None:
    rng = np.random.default_rng(1)
    ratings = np.repeat([1.0, 2, 3, 4], [10, 20, 40, 30])
    results = [
        borderline_regression_result(40 + 8 * ratings + rng.normal(0, 6, 100), ratings, borderline=2)
        for _ in range(2000)
    ]

    cuts = np.array([result.cut for result in results])
    assert cuts.mean() == pytest.approx(56, abs=0.1)
    assert np.mean([result.standard_error for result in results]) == pytest.approx(cuts.std(), rel=0.06)


def test_ratings_against_the_scores_and_extrapolation_are_flagged() -> None:
    result = borderline_regression_result([40, 30, 20, 25], [2, 3, 4, 4], borderline=1)

    assert result.flags == ("slope_not_positive", "borderline_outside_ratings")
    json.dumps(result.to_dict(), allow_nan=False)


def test_a_worksheet_filled_in_gives_mean_ratings() -> None:
    rows = candidate_worksheet(["ann", "bob"], ["c1", "c2", "c3"])
    filled = [row | {"rating": rating} for row, rating in zip(rows, [2, 3, None, "1", "", None], strict=True)]

    np.testing.assert_allclose(candidate_ratings(filled, ["c1", "c2", "c3"]), [1.5, 3.0, np.nan])


def test_ratings_that_cannot_be_used_are_named() -> None:
    row = {"judge": "ann", "candidate": "c1", "rating": 2}
    for rows, code, message in (
        ([{**row, "candidate": "c9"}], "unknown_name", "judge 'ann', candidate 'c9': no such candidate"),
        ([row, row], "rating_twice", "judge 'ann', candidate 'c1': two ratings"),
        (
            [{**row, "rating": "good"}],
            "rating_outside_range",
            "judge 'ann', candidate 'c1': rating 'good' is not a number",
        ),
        ([{**row, "rating": "inf"}], "rating_outside_range", "judge 'ann', candidate 'c1': inf is not a rating"),
    ):
        with pytest.raises(StandardSettingError, match=message) as error:
            candidate_ratings(rows, ["c1"])  # type: ignore[arg-type]
        assert error.value.code == code


def test_too_little_to_set_a_cut_is_refused() -> None:
    with pytest.raises(StandardSettingError, match=r"none of 7 rated candidates is borderline \(5\)") as error:
        borderline_group_result(SCORES, RATINGS, borderline=5)
    assert error.value.code == "too_few_ratings"
    with pytest.raises(StandardSettingError, match="2 different ratings"):
        borderline_regression_result([1, 2, 3], [2, 2, 2], borderline=2)
    with pytest.raises(StandardSettingError, match="one row a candidate"):
        borderline_regression_result([1, 2, 3], [2, 2], borderline=2)
    with pytest.raises(StandardSettingError, match="row 2: score nan"):
        borderline_group_result([1, np.nan], [2, 2], borderline=2)
