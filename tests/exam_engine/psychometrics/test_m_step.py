import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from exam_engine.psychometrics import m_step, normal_quadrature
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.m_step import MaximisationStep, maximise_items, maximise_with_common_slope
from exam_engine.psychometrics.marginal_likelihood import Expectation

QUADRATURE = normal_quadrature()


def expected_under(a: FloatArray, d: FloatArray) -> Expectation:
    """Sufficient statistics that the given parameters reproduce exactly, so that they are the maximum."""
    counts = np.tile(1000 * QUADRATURE.weights, (a.size, 1))
    right = counts * expit(a[:, None] * QUADRATURE.nodes + d[:, None])
    return Expectation(0.0, right @ QUADRATURE.nodes, right.sum(axis=1), counts)


@given(st.floats(-3.0, 3.0), st.floats(-4.0, 4.0), st.floats(-8.0, 8.0), st.floats(-8.0, 8.0))
def test_the_maximum_is_found_from_far_away(a: float, d: float, start_a: float, start_d: float) -> None:
    at = expected_under(np.array([a, 1.0]), np.array([d, 0.0]))

    found_a, found_d = maximise_items(at, np.array([start_a, 1.0]), np.array([start_d, 0.0]), QUADRATURE)

    np.testing.assert_allclose(found_a, [a, 1.0], atol=1e-6)
    np.testing.assert_allclose(found_d, [d, 0.0], atol=1e-6)


@given(st.floats(-3.0, 3.0), st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(-6.0, 6.0))
def test_the_maximum_with_a_common_slope_is_found_from_far_away(a: float, d: float, e: float, start: float) -> None:
    at = expected_under(np.full(2, a), np.array([d, e]))

    found_a, found_d = maximise_with_common_slope(at, np.full(2, start), np.array([start, -start]), QUADRATURE)

    np.testing.assert_allclose(found_a, [a, a], atol=1e-6)
    np.testing.assert_allclose(found_d, [d, e], atol=1e-6)


@pytest.mark.parametrize("maximise", [maximise_items, maximise_with_common_slope])
def test_a_maximum_stays_where_it_is(maximise: MaximisationStep) -> None:
    a, d = np.full(3, 1.3), np.array([-1.0, 0.0, 2.0])

    found_a, found_d = maximise(expected_under(a, d), a, d, QUADRATURE)

    np.testing.assert_allclose(found_a, a, atol=1e-9)
    np.testing.assert_allclose(found_d, d, atol=1e-9)


@pytest.mark.parametrize("maximise", [maximise_items, maximise_with_common_slope])
def test_a_step_that_overshoots_is_shortened_until_it_climbs(
    maximise: MaximisationStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    # From here a full Newton step lands 90 log-likelihood units lower; one step only shows what is done about it.
    at = expected_under(np.array([-0.66]), np.array([3.05]))
    start_a, start_d = np.array([0.066]), np.array([3.93])
    monkeypatch.setattr(m_step, "_MAX_SCORING_STEPS", 1)

    found_a, found_d = maximise(at, start_a, start_d, QUADRATURE)

    assert complete_log_likelihood(at, found_a, found_d) > complete_log_likelihood(at, start_a, start_d)


def complete_log_likelihood(at: Expectation, a: FloatArray, d: FloatArray) -> float:
    z = a[:, None] * QUADRATURE.nodes + d[:, None]
    return float(a @ at.right_theta + d @ at.right - (at.counts * np.logaddexp(0.0, z)).sum())
