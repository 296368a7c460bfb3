import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.ability import (
    ScoringError,
    estimate_map,
)
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.ability import makers


def test_each_candidate_may_have_the_prior_of_a_group() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(6), np.zeros(4), items)
    mean, sd = np.array([0.0, -1.0, 2.0, 0.5]), np.array([1.0, 0.5, 0.1, 3.0])

    together = estimate_map(responses, items, prior_mean=mean, prior_sd=sd)

    for row in range(4):
        alone = estimate_map(
            ResponseMatrix.from_array(responses.scores[row : row + 1], items.names),
            items,
            prior_mean=mean[row],
            prior_sd=sd[row],
        )
        assert together.theta[row] == pytest.approx(alone.theta[0], abs=1e-9)
        assert together.standard_error[row] == pytest.approx(alone.standard_error[0], rel=1e-9)


def test_a_prior_without_spread_is_refused_by_row() -> None:
    items = makers.three_parameter()
    responses = ResponseMatrix.from_array(np.ones((2, 20)), items.names)
    with pytest.raises(ScoringError, match="row 2") as caught:
        estimate_map(responses, items, prior_sd=[1.0, 0.0])
    assert caught.value.code == "bad_prior"


def test_priors_of_another_number_than_candidates_are_refused() -> None:
    items = makers.three_parameter()
    responses = ResponseMatrix.from_array(np.ones((2, 20)), items.names)
    with pytest.raises(ScoringError, match="or 2 of them") as caught:
        estimate_map(responses, items, prior_mean=[0.0, 1.0, 2.0])
    assert caught.value.code == "bad_prior"


def test_a_narrow_prior_far_from_the_items_is_followed() -> None:
    items = makers.three_parameter()
    responses = ResponseMatrix.from_array([[1, 0] * 10], items.names)

    found = estimate_map(responses, items, prior_mean=60.0, prior_sd=0.01)

    # Beyond the items each wrong answer pulls with its slope, against a precision of 10 000.
    assert found.theta[0] == pytest.approx(60.0 - items.a[1::2].sum() / 1e4, abs=1e-9)
    assert found.standard_error[0] == pytest.approx(0.01, rel=1e-9)
