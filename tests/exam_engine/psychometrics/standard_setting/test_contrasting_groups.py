import json

import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics.standard_setting import StandardSettingError, contrasting_groups_result


def test_the_classic_logistic_example_is_reproduced() -> None:
    # Hours of study and passing, 20 students: intercept -4.0777, slope 1.5046, published with the history of logistic
    # regression by Cox (1958) and in most introductions since; the odds are even at 2.71 hours.
    hours = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
    passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]

    result = contrasting_groups_result(hours, passed)

    assert result.intercept == pytest.approx(-4.0777, abs=5e-5)
    assert result.slope == pytest.approx(1.5046, abs=5e-5)
    assert result.cut == pytest.approx(2.710, abs=5e-4)
    assert (result.n_competent, result.n_not_competent) == (10, 10)


def test_the_cut_and_its_error_are_what_repeated_panels_show() -> None:
    rng = np.random.default_rng(1)
    results = []
    for _ in range(600):
        scores = rng.integers(20, 81, 300)
        results.append(contrasting_groups_result(scores, rng.random(300) < expit(0.15 * (scores - 55))))

    cuts = np.array([result.cut for result in results])
    assert cuts.mean() == pytest.approx(55, abs=0.2)
    assert np.mean([result.standard_error for result in results]) == pytest.approx(cuts.std(), rel=0.1)


def test_costlier_false_passes_raise_the_cut_by_their_log_odds() -> None:
    rng = np.random.default_rng(2)
    scores = rng.integers(20, 81, 400)
    competent = rng.random(400) < expit(0.15 * (scores - 55))

    even, strict = (contrasting_groups_result(scores, competent, false_pass_cost=cost) for cost in (1.0, 3.0))

    assert strict.cut - even.cut == pytest.approx(np.log(3) / even.slope)
    assert strict.cheapest_mark >= even.cheapest_mark


def test_errors_of_each_mark_are_counted() -> None:
    result = contrasting_groups_result([3, 5, 6, 4, 6, 7], [0, 0, 0, 1, 1, 1])

    np.testing.assert_array_equal(result.marks, [3, 4, 5, 6, 7, 8])
    np.testing.assert_array_equal(result.false_passes, [3, 2, 2, 1, 0, 0])
    np.testing.assert_array_equal(result.false_failures, [0, 0, 1, 1, 2, 3])
    assert result.cheapest_mark == 4.0


def test_groups_apart_are_flagged_and_cut_half_way() -> None:
    for best_other, flags in ((50, ("separated",)), (60, ("separated",)), (61, ())):
        result = contrasting_groups_result([40, best_other, 45, 60, 70, 80], [0, 0, 0, 1, 1, 1])
        assert result.flags == flags
        if flags:
            assert result.cut == pytest.approx((best_other + 60) / 2)
            assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["standard_error"] is None


def test_undecided_and_unjudged_candidates_are_left_out() -> None:
    result = contrasting_groups_result([3, 5, 6, 4, 6, 7, 9, 1], [0, 0.25, 0, 1, 0.75, 1, 0.5, np.nan])

    assert (result.n_competent, result.n_not_competent) == (3, 3)


def test_what_does_not_contrast_is_refused() -> None:
    with pytest.raises(StandardSettingError, match="got 2 competent of 2") as error:
        contrasting_groups_result([1, 2], [1, 1])
    assert error.value.code == "too_few_ratings"
    for scores in ([1, 2, 3, 4], [1, 3, 2, 4], [1, 3, 3, 1]):
        with pytest.raises(StandardSettingError, match="mixed up") as error:
            contrasting_groups_result(scores, [1, 1, 0, 0])
        assert error.value.code == "groups_reversed"
    assert contrasting_groups_result([1, 3.5, 3, 1], [1, 1, 0, 0]).slope > 0
    with pytest.raises(StandardSettingError, match="competence 2 is not in"):
        contrasting_groups_result([1, 2], [1, 2])
    with pytest.raises(ValueError, match="false_pass_cost"):
        contrasting_groups_result([1, 2], [0, 1], false_pass_cost=0)
