import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.classical import (
    ClassicalDataError,
    conditional_sem,
    kr_20,
    kr_21,
    standard_error_of_measurement,
    total_scores,
)


def test_a_reliability_of_84_leaves_four_tenths_of_the_sd() -> None:
    assert standard_error_of_measurement(15.0, 0.84) == pytest.approx(6.0)
    with pytest.raises(ClassicalDataError, match="above 1"):
        standard_error_of_measurement(15.0, 1.01)


def test_lords_error_worked_by_hand() -> None:
    np.testing.assert_allclose(conditional_sem([0, 5, 10], 10), [0.0, (25 / 9) ** 0.5, 0.0])


def test_the_mean_error_variance_is_that_of_kr21_and_with_keats_factor_that_of_kr20() -> None:
    rng = np.random.default_rng(1)
    table = (rng.normal(size=(300, 1)) + rng.normal(size=(300, 20)) > np.linspace(-1.5, 1.5, 20)).astype(int)
    responses = ResponseMatrix.from_array(table)
    scores, r20, r21 = total_scores(responses), kr_20(responses), kr_21(responses)

    lord = conditional_sem(scores, 20)
    keats = conditional_sem(scores, 20, kr20=r20, kr21=r21)

    assert np.mean(lord**2) == pytest.approx(scores.var() * (1 - r21))
    assert np.mean(keats**2) == pytest.approx(scores.var() * (1 - r20))


def test_scores_and_coefficients_out_of_range_are_refused() -> None:
    with pytest.raises(ClassicalDataError, match=r"score 11.0 is outside 0 … 10"):
        conditional_sem([3, 11], 10)
    with pytest.raises(ClassicalDataError, match="at least 2 items"):
        conditional_sem([1], 1)
    with pytest.raises(ClassicalDataError, match="KR-21 ≤ KR-20"):
        conditional_sem([1], 10, kr20=0.7, kr21=0.8)
    with pytest.raises(ValueError, match="go together"):
        conditional_sem([1], 10, kr20=0.7)
