import numpy as np
import pytest
from scipy.special import logsumexp

from exam_engine.psychometrics import NOT_PRESENTED, normal_quadrature, p_correct
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.design import ResponseBlock, response_blocks
from exam_engine.psychometrics.marginal_likelihood import (
    expectation,
    gradient,
    observed_information,
    posterior_spread,
)

QUADRATURE = normal_quadrature()
A = np.array([0.8, 1.4, -0.5, 2.2])
D = np.array([0.3, -1.0, 0.0, 1.2])
DESIGNS = ["complete", "booklets", "scattered"]


def simulated(design: str) -> tuple[ScoreArray, FloatArray]:
    """80 weighted candidates; in booklets two sets of items, scattered any subset."""
    rng = np.random.default_rng(7)
    scores = (rng.random((80, 4)) < p_correct(rng.normal(size=80), A, -D / A)).astype(np.int8)
    if design == "booklets":
        scores[:40, 0] = NOT_PRESENTED
        scores[40:, 3] = NOT_PRESENTED
    elif design == "scattered":
        scores[np.arange(80), rng.integers(0, 4, 80)] = NOT_PRESENTED
    return scores, rng.uniform(0.5, 3.0, 80)


def blocks(design: str) -> list[ResponseBlock]:
    scores, weights = simulated(design)
    # Scattered rows fall into groups too small for blocks of their own, so they take the masked path.
    rows = slice(0, 24) if design == "scattered" else slice(None)
    return response_blocks(scores[rows], scores[rows] != NOT_PRESENTED, weights[rows], 16)


def log_likelihood(design: str, parameters: FloatArray) -> float:
    return expectation(blocks(design), parameters[:4], parameters[4:], QUADRATURE).log_likelihood


@pytest.mark.parametrize("design", DESIGNS)
def test_the_marginal_likelihood_is_the_sum_over_nodes_written_out(design: str) -> None:
    scores, weights = simulated(design)
    total = 0.0
    for row, weight in list(zip(scores, weights, strict=True))[: 24 if design == "scattered" else None]:
        p = p_correct(QUADRATURE.nodes, A, -D / A)
        density = np.where(row == 1, p, np.where(row == 0, 1 - p, 1.0)).prod(axis=1)
        total += weight * np.log(QUADRATURE.weights @ density)

    assert log_likelihood(design, np.concatenate([A, D])) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_gradient_is_the_finite_difference_of_the_likelihood(design: str) -> None:
    parameters, step = np.concatenate([A, D]), 1e-5
    differences = [
        (log_likelihood(design, parameters + shift) - log_likelihood(design, parameters - shift)) / (2 * step)
        for shift in step * np.eye(8)
    ]

    at = expectation(blocks(design), A, D, QUADRATURE)

    np.testing.assert_allclose(gradient(at, A, D, QUADRATURE), differences, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_information_is_the_finite_difference_of_the_gradient(design: str) -> None:
    parameters, step = np.concatenate([A, D]), 1e-5
    data = blocks(design)

    def slope(at: FloatArray) -> FloatArray:
        return gradient(expectation(data, at[:4], at[4:], QUADRATURE), at[:4], at[4:], QUADRATURE)

    differences = [-(slope(parameters + shift) - slope(parameters - shift)) / (2 * step) for shift in step * np.eye(8)]

    np.testing.assert_allclose(observed_information(data, A, D, QUADRATURE), differences, rtol=1e-5, atol=1e-5)


def test_expected_counts_add_up_to_the_candidates_who_saw_the_item() -> None:
    scores, weights = simulated("booklets")

    at = expectation(blocks("booklets"), A, D, QUADRATURE)

    np.testing.assert_allclose(at.counts.sum(axis=1), weights @ (scores != NOT_PRESENTED))
    np.testing.assert_allclose(at.right, weights @ (scores == 1))


def test_a_thousand_items_do_not_underflow() -> None:
    rng = np.random.default_rng(3)
    a, d = rng.uniform(0.5, 2.0, 1000), rng.normal(size=1000)
    scores = (rng.random((40, 1000)) < p_correct(rng.normal(size=40), a, -d / a)).astype(np.int8)
    data = response_blocks(scores, np.ones(scores.shape, dtype=np.bool_), np.ones(40), 64)

    at = expectation(data, a, d, QUADRATURE)

    z = QUADRATURE.nodes[:, None] * a + d
    exact = logsumexp(scores @ z.T - np.logaddexp(0, z).sum(axis=1) + np.log(QUADRATURE.weights), axis=1).sum()
    assert at.log_likelihood == pytest.approx(float(exact), rel=1e-12)
    assert at.log_likelihood < -10_000


def test_without_information_the_posterior_spread_is_that_of_the_population() -> None:
    data = blocks("complete")

    spread = posterior_spread(data, np.full(4, 1e-9), D, QUADRATURE)

    assert spread.smallest_sd == pytest.approx(1.0, abs=1e-6)
    assert spread.largest_edge_mass == pytest.approx(2 * QUADRATURE.weights[0], rel=1e-6)
