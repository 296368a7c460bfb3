import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.standard_setting import StandardSettingError, hofstee_result, hofstee_worksheet
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow

UNIFORM = np.arange(100.0)  # one candidate a score 0 … 99: the fail rate at cut c is c / 100


def row(judge: str, low: float, high: float, least: float, most: float) -> FilledRow:
    return {
        "judge": judge,
        "lowest_cut": low,
        "highest_cut": high,
        "lowest_fail_rate": least,
        "highest_fail_rate": most,
    }


def test_the_compromise_worked_by_hand() -> None:
    # The line from (20, .5) to (60, .1) meets the curve c/100 where .5 − .01 (c − 20) = .01 c: c = 35.
    result = hofstee_result([row("ann", 20, 60, 0.1, 0.5)], UNIFORM, maximum=100)

    assert result.status == "crossed"
    assert result.cut == pytest.approx(35.0)
    assert result.fail_rate == pytest.approx(0.35)
    assert result.pass_mark == 35.0
    assert result.pass_mark_fail_rate == pytest.approx(0.35)
    assert np.isnan(result.standard_error)


def test_bounds_of_the_panel_are_means_or_medians() -> None:
    rows = [row("ann", 20, 60, 0.1, 0.5), row("bob", 20, 60, 0.1, 0.5), row("eve", 50, 90, 0.1, 0.5)]

    mean = hofstee_result(rows, UNIFORM, maximum=100)
    median = hofstee_result(rows, UNIFORM, maximum=100, summary="median")

    assert (mean.bounds.lowest_cut, mean.bounds.highest_cut) == (30.0, 70.0)
    assert mean.cut == pytest.approx(40.0)
    assert median.cut == pytest.approx(35.0)
    # Without each judge in turn the mean bounds give 42.5, 42.5 and 35; jackknife by hand.
    left_out = np.array([42.5, 42.5, 35.0])
    assert mean.standard_error == pytest.approx((2 / 3 * ((left_out - left_out.mean()) ** 2).sum()) ** 0.5)


def test_scores_between_possible_cuts_are_drawn_straight() -> None:
    # All candidates score 4, so the curve rises from 0 at cut 4 to 1 at cut 5; the line from (2, .8) to (8, .2).
    result = hofstee_result([row("ann", 2, 8, 0.2, 0.8)], np.full(10, 4.0), maximum=10)

    # c − 4 = .8 − .1 (c − 2) gives c = 5 / 1.1.
    assert result.cut == pytest.approx(5 / 1.1)
    assert (result.pass_mark, result.pass_mark_fail_rate) == (5.0, 1.0)


@pytest.mark.parametrize(
    ("bounds", "status", "nearest"),
    [
        ((60, 80, 0.1, 0.6), "crossed", 60.0),
        ((60, 80, 0.1, 0.59), "curve_above_box", 60.0),
        ((10, 20, 0.2, 0.5), "crossed", 20.0),
        ((10, 20, 0.21, 0.5), "curve_below_box", 20.0),
    ],
)
def test_a_curve_outside_the_box_is_reported_on_each_side(
    bounds: tuple[float, float, float, float], status: str, nearest: float
) -> None:
    result = hofstee_result([row("ann", *bounds)], UNIFORM, maximum=100)

    assert result.status == status
    assert result.nearest_cut == pytest.approx(nearest)
    assert np.isnan(result.cut) == (status != "crossed")
    assert (json.loads(json.dumps(result.to_dict(), allow_nan=False))["cut"] is None) == (status != "crossed")


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_the_compromise_lies_on_curve_and_line_and_weights_are_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, weights = rng.integers(0, 41, 30), rng.integers(1, 5, 30)
    rows = [row("ann", 10, 30, 0.05, 0.6)]

    result = hofstee_result(rows, scores, maximum=40, weights=weights)
    repeated = hofstee_result(rows, np.repeat(scores, weights), maximum=40)

    assert result.status == repeated.status
    if result.status == "crossed":
        assert result.cut == pytest.approx(repeated.cut)
        line = 0.6 - 0.55 * (result.cut - 10) / 20
        assert result.fail_rate == pytest.approx(line, abs=1e-9)
        assert np.mean(np.repeat(scores, weights) < result.pass_mark) == pytest.approx(result.pass_mark_fail_rate)


def test_half_points_have_their_own_cuts() -> None:
    result = hofstee_result([row("ann", 2, 4, 0.1, 0.5)], np.arange(0, 10, 0.5), maximum=10, step=0.5)

    # F(c) = c / 10 at every half point: c/10 = .5 − .2 (c − 2) gives 3, a possible score.
    assert result.cut == pytest.approx(3.0)
    assert result.pass_mark == pytest.approx(3.0)


def test_one_acceptable_cut_is_met_when_its_fail_rate_is_acceptable() -> None:
    result = hofstee_result([row("ann", 30, 30, 0.2, 0.4)], UNIFORM, maximum=100)

    assert (result.status, result.cut) == ("crossed", 30.0)


def test_the_worksheet_names_what_is_to_be_filled_in() -> None:
    assert hofstee_worksheet(["ann"], maximum=40) == [
        {
            "judge": "ann",
            "maximum": 40,
            "lowest_cut": None,
            "highest_cut": None,
            "lowest_fail_rate": None,
            "highest_fail_rate": None,
        }
    ]


def test_bounds_and_scores_that_cannot_be_used_are_named() -> None:
    cases: list[tuple[list[FilledRow], str, str]] = [
        (hofstee_worksheet(["ann"], maximum=40), "rating_missing", "judge 'ann': lowest_cut is empty"),  # type: ignore[list-item]
        ([row("ann", 30, 20, 0.1, 0.5)], "bounds_out_of_order", "judge 'ann'"),
        ([row("ann", 20, 30, 10, 50)], "rating_outside_range", "judge 'ann': lowest_fail_rate 10 is outside 0 … 1"),
        ([row("ann", 20, 130, 0.1, 0.5)], "rating_outside_range", "judge 'ann': highest_cut 130 is outside 0 … 100"),
        ([row("ann", 20, 30, 0.1, 0.5)] * 2, "rating_twice", "judge 'ann' has two rows"),
        ([], "nothing_to_judge", "no judge"),
    ]
    for rows, code, message in cases:
        with pytest.raises(StandardSettingError, match=message) as error:
            hofstee_result(rows, UNIFORM, maximum=100)
        assert error.value.code == code
    good = [row("ann", 20, 30, 0.1, 0.5)]
    with pytest.raises(StandardSettingError, match="row 2: score 101"):
        hofstee_result(good, [3, 101], maximum=100)
    with pytest.raises(StandardSettingError, match="positive weight"):
        hofstee_result(good, [3, 4], maximum=100, weights=[1, 0])
    with pytest.raises(ValueError, match="step"):
        hofstee_result(good, [3, 4], maximum=100, step=0)
