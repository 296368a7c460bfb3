from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    AbilityEstimates,
    estimate_eap,
    estimate_map,
    estimate_mle,
    log_likelihood,
    simulate_scores,
)
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from tests.exam_engine.psychometrics import published

# R package mirt 1.45.1, fscores() at the reference 2PL of LSAT section 6: pattern → (estimate, standard error).
EAP = {
    "00000": (-1.896770112, 0.801277639),
    "10000": (-1.366058991, 0.803094087),
    "01100": (-0.853960088, 0.810139685),
    "11110": (0.172019134, 0.839766914),
    "11111": (0.645620867, 0.859006668),
}
MAP = {
    "00000": (-1.895259375, 0.795524674),
    "10000": (-1.372433736, 0.796787722),
    "01100": (-0.868851281, 0.802984666),
    "11110": (0.138974598, 0.833151430),
    "11111": (0.606333582, 0.854614055),
}
MLE = {
    "10000": (-3.931322533, 1.532387279),
    "01100": (-2.384717350, 1.326805641),
    "11110": (0.473270395, 1.601029725),
}


@pytest.mark.parametrize(
    ("estimate", "reference"),
    [(estimate_eap, EAP), (estimate_map, MAP), (estimate_mle, MLE)],
    ids=["EAP", "MAP", "MLE"],
)
def test_lsat6_patterns_get_the_reference_abilities(
    estimate: Callable[[ScoreArray, FloatArray, FloatArray], AbilityEstimates],
    reference: dict[str, tuple[float, float]],
) -> None:
    scores = published.pattern_table(dict.fromkeys(reference, 1)).astype(np.int8)

    found = estimate(scores, published.LSAT6_A, published.LSAT6_B)

    np.testing.assert_allclose(found.theta, [theta for theta, _ in reference.values()], atol=1e-5)
    np.testing.assert_allclose(found.standard_error, [error for _, error in reference.values()], atol=1e-4)


def test_the_posterior_mean_equals_adaptive_integration() -> None:
    scores = np.array([[1, 0, 1, 1]], dtype=np.int8)
    a, b = np.array([0.7, 1.2, 2.0, -0.4]), np.array([-1.0, 0.0, 0.5, 1.0])

    def density(theta: float) -> float:
        return float(np.exp(log_likelihood(scores, np.array([theta]), a, b)[0] - theta**2 / 2))

    mass = quad(density, -12, 12)[0]
    mean = quad(lambda theta: theta * density(theta), -12, 12)[0] / mass

    assert estimate_eap(scores, a, b).theta[0] == pytest.approx(mean, abs=1e-7)


def test_all_right_and_all_wrong_have_infinite_likelihood_estimates_and_finite_others() -> None:
    a, b = np.array([1.0, 0.5, 2.0]), np.array([-1.0, 0.0, 1.0])
    scores = np.array([[1, 1, 1], [0, 0, 0], [1, NOT_PRESENTED, 1], [1, 1, 0]], dtype=np.int8)

    mle = estimate_mle(scores, a, b)

    assert mle.theta[:3].tolist() == [np.inf, -np.inf, np.inf]
    assert np.isinf(mle.standard_error[:3]).all()
    assert np.isfinite(mle.theta[3])
    for other in (estimate_eap(scores, a, b), estimate_map(scores, a, b)):
        assert np.isfinite(other.theta).all()
        assert np.isfinite(other.standard_error).all()


def test_with_a_negative_slope_the_ablest_pattern_has_that_item_wrong() -> None:
    a, b = np.array([1.0, -1.0, 1.5]), np.zeros(3)

    mle = estimate_mle(np.array([[1, 0, 1], [0, 1, 0], [1, 1, 1]], dtype=np.int8), a, b)

    assert mle.theta[:2].tolist() == [np.inf, -np.inf]
    assert np.isfinite(mle.theta[2])


def test_who_was_shown_nothing_gets_the_prior_or_no_estimate() -> None:
    scores, a, b = np.full((1, 3), NOT_PRESENTED, dtype=np.int8), np.ones(3), np.zeros(3)

    assert estimate_eap(scores, a, b).theta[0] == pytest.approx(0.0, abs=1e-12)
    assert estimate_eap(scores, a, b).standard_error[0] == pytest.approx(1.0, abs=1e-6)
    assert estimate_map(scores, a, b).theta[0] == 0.0
    assert estimate_map(scores, a, b).standard_error[0] == 1.0
    assert np.isnan(estimate_mle(scores, a, b).theta[0])
    assert np.isinf(estimate_mle(scores, a, b).standard_error[0])


@given(
    st.lists(
        st.tuples(st.floats(0.2, 3.0), st.floats(-4.0, 4.0), st.sampled_from([0, 1, NOT_PRESENTED])),
        min_size=1,
        max_size=12,
    )
)
def test_estimates_are_stationary_points_of_their_objectives(items: list[tuple[float, float, int]]) -> None:
    a, b = np.array([item[0] for item in items]), np.array([item[1] for item in items])
    scores = np.array([[item[2] for item in items]], dtype=np.int8)

    def score(theta: float) -> float:
        residual = np.where(scores[0] == NOT_PRESENTED, 0.0, scores[0] - 1 / (1 + np.exp(-a * (theta - b))))
        return float(a @ residual)

    mode = float(estimate_map(scores, a, b).theta[0])
    assert score(mode) - mode == pytest.approx(0.0, abs=1e-8)
    top = float(estimate_mle(scores, a, b).theta[0])
    if np.isfinite(top):
        assert score(top) == pytest.approx(0.0, abs=1e-8)


def test_more_right_answers_never_lower_the_posterior_mean() -> None:
    a, b = np.array([0.6, 1.0, 1.8, 0.9]), np.array([-1.0, 0.2, 0.4, 2.0])
    patterns = np.array([[p >> k & 1 for k in range(4)] for p in range(16)], dtype=np.int8)
    theta = estimate_eap(patterns, a, b).theta

    for low in range(16):
        for high in range(16):
            if low != high and low & high == low:
                assert theta[low] < theta[high]


def test_standard_errors_cover_the_true_abilities() -> None:
    rng = np.random.default_rng(5)
    a, b, theta = rng.lognormal(0, 0.3, 40), rng.normal(size=40), rng.normal(size=4000)

    found = estimate_eap(simulate_scores(rng, theta, a, b), a, b)

    covered = np.abs(found.theta - theta) < 1.96 * found.standard_error
    assert covered.mean() == pytest.approx(0.95, abs=0.015)


def test_parameters_that_do_not_fit_the_scores_are_refused() -> None:
    scores = np.array([[1, 0]], dtype=np.int8)
    for estimate in (estimate_eap, estimate_map, estimate_mle):
        with pytest.raises(ValueError, match="one slope and one difficulty per item"):
            estimate(scores, np.ones(3), np.zeros(3))
        with pytest.raises(ValueError, match="item 2: a = nan"):
            estimate(scores, np.array([1.0, np.nan]), np.zeros(2))
