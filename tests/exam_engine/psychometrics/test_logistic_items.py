import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    ItemParameters,
    category_probabilities,
    expected_item_scores,
    fisher_information,
    response_log_likelihood,
)
from exam_engine.psychometrics.arrays import FloatArray
from tests.exam_engine.psychometrics import published

theta_values = st.floats(-50.0, 50.0)
slopes = st.floats(-5.0, 5.0)
difficulties = st.floats(-20.0, 20.0)


def items(a: FloatArray, b: FloatArray) -> ItemParameters:
    return ItemParameters.dichotomous([f"q{item}" for item in range(a.size)], a, b)


def p_correct(theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    return category_probabilities(theta, items(a, b))[:, :, 1]


def test_probability_information_and_expected_score_have_their_closed_forms() -> None:
    theta, a, b = np.array([0.0, 1.0]), np.array([1.0, 2.0]), np.array([0.0, 0.5])

    p = p_correct(theta, a, b)

    expected = [[1 / (1 + math.exp(-s * (t - m))) for s, m in ((1.0, 0.0), (2.0, 0.5))] for t in (0.0, 1.0)]
    np.testing.assert_allclose(p, expected, rtol=1e-14)
    np.testing.assert_allclose(fisher_information(theta, items(a, b)), a**2 * p * (1 - p), rtol=1e-12)
    np.testing.assert_allclose(expected_item_scores(theta, items(a, b)), p, rtol=1e-14)


def test_test_information_of_lsat6_equals_the_reference() -> None:
    theta = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])

    information = fisher_information(theta, items(published.LSAT6_A, published.LSAT6_B)).sum(axis=1)

    # R package mirt 1.45.1, testinfo() at the reference parameters.
    reference = [0.529900248, 0.578879719, 0.559200432, 0.460183097, 0.307007707, 0.170840520, 0.0854041285]
    np.testing.assert_allclose(information, reference, rtol=1e-7)


@given(theta_values, slopes, difficulties)
def test_information_is_the_squared_slope_of_the_curve_over_its_variance(theta: float, a: float, b: float) -> None:
    z = a * (theta - b)
    assume(abs(z) < 15.0)  # beyond, the difference quotient has no digits left
    step = 1e-5
    curve = p_correct(np.array([theta - step, theta, theta + step]), np.array([a]), np.array([b]))[:, 0]
    derivative = (curve[2] - curve[0]) / (2 * step)

    information = fisher_information(np.array([theta]), items(np.array([a]), np.array([b])))[0, 0]

    assert information * curve[1] * (1 - curve[1]) == pytest.approx(derivative**2, rel=1e-3, abs=1e-9)


@given(theta_values, slopes, difficulties)
def test_probabilities_of_an_item_and_of_its_mirror_image_add_to_one(theta: float, a: float, b: float) -> None:
    one = p_correct(np.array([theta]), np.array([a]), np.array([b]))
    other = p_correct(np.array([theta]), np.array([-a]), np.array([b]))

    assert float(one[0, 0] + other[0, 0]) == pytest.approx(1.0, abs=1e-15)


def test_the_tails_neither_overflow_nor_vanish() -> None:
    theta = np.array([-1e6, -400.0, 400.0, 1e6])
    a, b = np.array([1.5]), np.array([0.0])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        p = p_correct(theta, a, b)[:, 0]
        information = fisher_information(theta, items(a, b))[:, 0]
        log_likelihood = np.diag(
            response_log_likelihood(np.array([[1], [1], [0], [0]], dtype=np.int8), theta, items(a, b))
        )

    assert p.tolist() == [0.0, pytest.approx(math.exp(-600.0)), 1.0, 1.0]
    # 1 − P would have rounded to zero long before this.
    assert information[2] == pytest.approx(2.25 * math.exp(-600.0), rel=1e-12)
    np.testing.assert_allclose(log_likelihood, [-1.5e6, -600.0, -600.0, -1.5e6])


def test_the_log_likelihood_skips_what_was_not_presented() -> None:
    theta, a, b = np.array([0.3, 0.3]), np.array([1.0, 2.0]), np.array([0.0, 1.0])
    p = p_correct(theta[:1], a, b)[0]

    result = response_log_likelihood(np.array([[1, 0], [NOT_PRESENTED, 0]], dtype=np.int8), theta[:1], items(a, b))[
        :, 0
    ]

    np.testing.assert_allclose(result, [np.log(p[0]) + np.log(1 - p[1]), np.log(1 - p[1])], rtol=1e-13)
