import json

import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics.item_parameters import ItemParameterError, ItemParameters
from exam_engine.psychometrics.standard_setting import (
    AngoffRatings,
    StandardSettingError,
    angoff_result,
    angoff_worksheet,
)
from exam_engine.psychometrics.standard_setting.worksheet import WorksheetRow, WorksheetValue

JUDGES, ITEMS = ("ann", "bob", "eve"), ("q1", "q2")
FIRST = np.array([[0.5, 0.9], [0.6, 0.6], [0.7, 0.3]])
SECOND = np.array([[0.6, 0.8], [0.6, 0.6], [0.6, 0.4]])


def ratings(*rounds: np.ndarray, max_scores: tuple[float, ...] = (1.0, 1.0)) -> AngoffRatings:
    return AngoffRatings(JUDGES, ITEMS, np.array(rounds), np.array(max_scores))


def test_cuts_worked_by_hand() -> None:
    result = angoff_result(ratings(FIRST, SECOND))

    np.testing.assert_allclose(result.rounds[0].judge_cuts, [1.4, 1.2, 1.0])
    assert result.rounds[0].cut.cut == pytest.approx(1.2)
    assert result.rounds[0].cut.standard_error == pytest.approx(0.2 / 3**0.5)
    assert result.cut == result.rounds[1].cut
    assert result.pass_mark == 2
    assert result.maximum == 2.0
    np.testing.assert_allclose(result.rounds[1].item_means, [0.6, 0.6])


def test_rounds_say_how_far_judges_moved() -> None:
    first, second = angoff_result(ratings(FIRST, SECOND)).rounds

    assert np.isnan(first.share_changed)
    np.testing.assert_allclose(second.judge_changes, [0.1, 0.0, 0.1])
    assert second.share_changed == pytest.approx(4 / 6)


def test_a_worksheet_filled_in_gives_the_ratings_back() -> None:
    rows = angoff_worksheet(JUDGES, ITEMS, max_scores=[1, 4])
    assert len(rows) == 6
    assert rows[3] == {
        "round": 1,
        "judge": "bob",
        "item": "q2",
        "max_score": 4.0,
        "previous_rating": None,
        "panel_mean": None,
        "difficulty": None,
        "rating": None,
    }
    values: list[WorksheetValue] = [0.5, 3, 0.6, "2.5", 0.7, 2]
    filled = [row | {"rating": value} for row, value in zip(rows, values, strict=True)]
    first = AngoffRatings.from_rows(filled)
    np.testing.assert_array_equal(first.ratings, [[[0.5, 3], [0.6, 2.5], [0.7, 2]]])

    again = angoff_worksheet(JUDGES, ITEMS, max_scores=[1, 4], difficulty=[0.8, np.nan], previous=first)

    assert (again[3]["round"], again[3]["previous_rating"], again[3]["panel_mean"]) == (2, 2.5, 2.5)
    assert (again[2]["difficulty"], again[3]["difficulty"]) == (0.8, None)
    both = AngoffRatings.from_rows([*filled, *(row | {"rating": 1} for row in again)])
    assert both.ratings.shape == (2, 3, 2)
    json.dumps(again, allow_nan=False)


def test_judges_who_rate_like_the_item_parameters_stand_on_the_curve() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0.7, 1.6, 30), rng.normal(size=30)
    names = tuple(f"q{number}" for number in range(30))
    exact = expit(a * (0.4 - b))
    noisy = np.clip(exact + rng.normal(0, 0.15, 30), 0, 1)
    panel = AngoffRatings(("ann", "bob"), names, np.array([[exact, exact]]), np.ones(30))
    shuffled = ItemParameters.dichotomous(names, a, b).select(names[::-1])

    result = angoff_result(panel, items=shuffled)

    assert result.cut_ability == pytest.approx(0.4, abs=1e-9)
    assert result.judge_statistics[0].conditional_rmse == pytest.approx(0.0, abs=1e-9)
    other = AngoffRatings(("ann", "bob"), names, np.array([[exact, noisy]]), np.ones(30))
    careful, careless = angoff_result(other, items=shuffled).judge_statistics
    assert careful.conditional_rmse < careless.conditional_rmse


def test_a_cut_below_guessing_has_no_ability() -> None:
    items = ItemParameters.dichotomous(ITEMS, [1, 1], [0, 0], c=[0.25, 0.25])

    result = angoff_result(ratings(np.full((3, 2), 0.2)), items=items)

    assert np.isnan(result.cut_ability)
    assert np.isnan(result.judge_statistics[0].conditional_rmse)
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["cut_ability"] is None


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (1.2, "rating_outside_range", "round 2: judge 'bob' rated 1.2 outside 0 … 1 for item 'q2'"),
        (-0.1, "rating_outside_range", "round 2: judge 'bob' rated -0.1 outside 0 … 1 for item 'q2'"),
        (np.nan, "rating_missing", "round 2: judge 'bob' has no rating of item 'q2'"),
    ],
)
def test_a_rating_that_cannot_be_used_is_named(value: float, code: str, message: str) -> None:
    bad = SECOND.copy()
    bad[1, 1] = value
    with pytest.raises(StandardSettingError) as error:
        ratings(FIRST, bad)
    assert str(error.value) == message
    assert error.value.code == code
    assert error.value.data == {"round": 2, "judge": "bob", "item": "q2"}


def test_ratings_of_zero_and_of_all_points_are_taken() -> None:
    assert angoff_result(ratings(np.array([[0, 4], [1, 0], [0.5, 2]]), max_scores=(1, 4))).cut.cut == pytest.approx(2.5)


def test_rows_that_contradict_each_other_are_refused() -> None:
    row: WorksheetRow = {"round": 1, "judge": "ann", "item": "q1", "max_score": 1.0, "rating": 0.5}
    cases: list[tuple[list[WorksheetRow], str]] = [
        ([row, row], "rating_twice"),
        ([row, {**row, "round": 3}], "round_missing"),
        ([row, {**row, "round": 0}], "round_missing"),
        ([{**row, "max_score": 0}], "rating_outside_range"),
        ([row, {**row, "judge": "bob", "max_score": 2.0}], "conflicting_max_score"),
        ([row, {**row, "judge": "bob", "item": "q2"}], "rating_missing"),
        ([{**row, "rating": "half"}], "rating_outside_range"),
        ([{**row, "rating": None}], "rating_missing"),
        ([], "nothing_to_judge"),
    ]
    for rows, code in cases:
        with pytest.raises(StandardSettingError) as error:
            AngoffRatings.from_rows(rows)
        assert error.value.code == code


def test_names_and_shapes_are_checked() -> None:
    with pytest.raises(StandardSettingError, match="judge 'ann' occurs more than once"):
        AngoffRatings(("ann", "ann"), ITEMS, np.full((1, 2, 2), 0.5), np.ones(2))
    with pytest.raises(StandardSettingError, match="do not fit 3 judges and 2 items"):
        AngoffRatings(JUDGES, ITEMS, np.full((1, 2, 2), 0.5), np.ones(2))
    with pytest.raises(StandardSettingError, match="positive"):
        AngoffRatings(JUDGES, ITEMS, np.full((1, 3, 2), 0.5), np.array([1.0, 0.0]))
    with pytest.raises(StandardSettingError, match="difficulty has shape"):
        angoff_result(ratings(FIRST), difficulty=[0.5])
    with pytest.raises(ItemParameterError, match="'q2' has no parameters"):
        angoff_result(ratings(FIRST), items=ItemParameters.dichotomous(["q1"], [1.0], [0.0]))
