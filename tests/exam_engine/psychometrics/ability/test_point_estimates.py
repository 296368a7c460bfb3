from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.ability import (
    AbilityEstimates,
    estimate_map,
    estimate_mle,
    estimate_wle,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import (
    fisher_information,
    response_log_likelihood,
)
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.ability import makers, reference

REFERENCES = {
    "LSAT6 1PL": (reference.LSAT6_1PL_ITEMS, reference.LSAT6_1PL),
    "LSAT6 3PL": (reference.LSAT6_3PL_ITEMS, reference.LSAT6_3PL),
    "LSAT7 2PL": (reference.LSAT7_2PL_ITEMS, reference.LSAT7_2PL),
    "GRM": (reference.GRM_ITEMS, reference.GRM),
    "GPCM": (reference.GPCM_ITEMS, reference.GPCM),
    "NRM": (reference.NRM_ITEMS, reference.NRM),
}
METHODS: Mapping[str, tuple[Callable[[ResponseMatrix, ItemParameters], AbilityEstimates], int]] = {
    "MAP": (estimate_map, 2),
    "MLE": (estimate_mle, 4),
    "WLE": (lambda responses, items: estimate_wle(responses, items, weight="jeffreys"), 6),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", REFERENCES)
def test_records_get_the_abilities_and_errors_of_the_reference(case: str, method: str) -> None:
    items, table = REFERENCES[case]
    estimate, column = METHODS[method]
    expected = np.array(list(table.values()))[:, column : column + 2]

    found = estimate(makers.records(table, items), items)

    finite = np.isfinite(expected[:, 0])
    np.testing.assert_array_equal(np.isfinite(found.theta), finite)
    np.testing.assert_allclose(found.theta[finite], expected[finite, 0], atol=2e-5)
    # The reference differentiates numerically, to some 1e-4 of the error.
    np.testing.assert_allclose(found.standard_error[finite], expected[finite, 1], rtol=1.5e-4)
    assert not found.with_flag("not_converged").any()


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_estimates_are_where_a_brute_force_search_finds_the_highest_point(items: ItemParameters) -> None:
    theta = np.linspace(-12.0, 12.0, 48_001)
    responses = simulate_responses(np.random.default_rng(1), np.linspace(-2.0, 2.0, 40), items)
    likelihood = response_log_likelihood(responses.scores, theta, items)
    posterior = likelihood - (theta - 0.5) ** 2 / (2 * 1.2**2)

    mode = estimate_map(responses, items, prior_mean=0.5, prior_sd=1.2)
    highest = estimate_mle(responses, items)

    np.testing.assert_allclose(mode.theta, theta[posterior.argmax(axis=1)], atol=3e-4)
    inside = np.abs(highest.theta) < 11.0
    assert inside.sum() > 20
    np.testing.assert_allclose(highest.theta[inside], theta[likelihood.argmax(axis=1)][inside], atol=3e-4)


def test_equal_rasch_items_have_closed_forms() -> None:
    items = ItemParameters.dichotomous(list("abcde"), 0.8, -0.3)
    responses = ResponseMatrix.from_array([[1, 1, 0, 0, 0], [0, 1, 1, 1, 1]], list("abcde"))

    likelihood, weighted = estimate_mle(responses, items), estimate_wle(responses, items)

    np.testing.assert_allclose(likelihood.theta, -0.3 + np.log([2 / 3, 4 / 1]) / 0.8, atol=1e-10)
    p = np.array([0.4, 0.8])
    np.testing.assert_allclose(likelihood.standard_error, 1 / (0.8 * np.sqrt(5 * p * (1 - p))), rtol=1e-10)
    # Adding half a right and half a wrong answer.
    np.testing.assert_allclose(weighted.theta, -0.3 + np.log([2.5 / 3.5, 4.5 / 1.5]) / 0.8, atol=1e-9)


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_observed_errors_come_from_the_curvature_of_what_is_maximised(items: ItemParameters) -> None:
    responses = simulate_responses(np.random.default_rng(4), np.linspace(-1.0, 1.0, 10), items)
    mode, highest = estimate_map(responses, items, prior_sd=0.7), estimate_mle(responses, items)

    step = 1e-3
    for found, precision in ((mode, 1 / 0.49), (highest, 0.0)):
        for row in np.flatnonzero(np.abs(found.theta) < 4.0):
            around = found.theta[row] + np.array([-step, 0.0, step])
            value = response_log_likelihood(responses.scores[row : row + 1], around, items)[0]
            curvature = precision - (value[0] - 2 * value[1] + value[2]) / step**2
            assert found.standard_error[row] == pytest.approx(curvature**-0.5, rel=1e-4)


def test_expected_errors_come_from_the_fisher_information() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(5), np.linspace(-1.0, 2.0, 10), items)

    highest = estimate_mle(responses, items, information="expected")
    mode = estimate_map(responses, items, prior_sd=2.0, information="expected")
    weighted = estimate_wle(responses, items, information="expected")

    for found, precision in ((highest, 0.0), (mode, 0.25), (weighted, 0.0)):
        information = fisher_information(found.theta, items).sum(axis=1)
        np.testing.assert_allclose(found.standard_error, (information + precision) ** -0.5, rtol=1e-9)


def test_who_was_shown_nothing_gets_the_prior_or_no_estimate() -> None:
    items = ItemParameters.dichotomous(list("abc"), [1.0, 1.0, 0.0], 0.0)
    responses = ResponseMatrix.from_array([[-1, -1, -1], [-1, -1, 1]], list("abc"))

    mode, highest, weighted = (f(responses, items) for f in (estimate_map, estimate_mle, estimate_wle))

    np.testing.assert_allclose(mode.theta, 0.0, atol=1e-12)
    np.testing.assert_allclose(mode.standard_error, 1.0)
    for found in (highest, weighted):
        assert np.isnan(found.theta).all()
        assert np.isinf(found.standard_error).all()
        assert found.with_flag("no_information").all()
    assert highest.n_items.tolist() == [0, 1]


@pytest.mark.parametrize("estimate", [estimate_mle, estimate_wle])
def test_estimates_move_with_the_scale_of_the_items(
    estimate: Callable[[ResponseMatrix, ItemParameters], AbilityEstimates],
) -> None:
    for items in makers.ITEMS_OF_EVERY_MODEL:
        responses = simulate_responses(np.random.default_rng(7), np.linspace(-2.0, 2.0, 15), items)
        here, there = estimate(responses, items), estimate(responses, items.transformed(100.0, 500.0))
        np.testing.assert_allclose(there.theta, 500.0 + 100.0 * here.theta, rtol=1e-8)
        np.testing.assert_allclose(there.standard_error, 100.0 * here.standard_error, rtol=1e-6)


def test_items_that_were_not_presented_change_nothing() -> None:
    items = makers.ITEMS_OF_EVERY_MODEL[-1]
    rng = np.random.default_rng(8)
    presented = rng.random((12, len(items))) < 0.3
    responses = simulate_responses(rng, rng.normal(size=12), items, presented)

    for estimate in (estimate_map, estimate_mle, estimate_wle):
        together = estimate(responses, items)
        for row in range(12):
            names = [name for name, shown in zip(items.names, presented[row], strict=True) if shown]
            short = ResponseMatrix.from_array(responses.scores[row : row + 1, presented[row]], names)
            np.testing.assert_allclose(estimate(short, items).theta[0], together.theta[row], atol=1e-8)


@given(
    st.lists(
        st.tuples(st.floats(0.2, 3.0), st.floats(-4.0, 4.0), st.sampled_from([0, 1, NOT_PRESENTED])),
        min_size=1,
        max_size=12,
    )
)
def test_estimates_are_stationary_points_of_their_objectives(parts: list[tuple[float, float, int]]) -> None:
    a, b = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
    scores = np.array([[part[2] for part in parts]], dtype=np.int8)
    items = ItemParameters.dichotomous([str(index) for index in range(a.size)], a, b)
    responses = ResponseMatrix.from_array(scores, items.names)

    def score(theta: float) -> float:
        residual = np.where(scores[0] == NOT_PRESENTED, 0.0, scores[0] - 1 / (1 + np.exp(-a * (theta - b))))
        return float(a @ residual)

    mode = float(estimate_map(responses, items).theta[0])
    assert score(mode) - mode == pytest.approx(0.0, abs=1e-8)
    top = float(estimate_mle(responses, items).theta[0])
    if np.isfinite(top):
        assert score(top) == pytest.approx(0.0, abs=1e-8)


def test_standard_errors_cover_the_true_abilities() -> None:
    rng = np.random.default_rng(5)
    items = ItemParameters.dichotomous(
        [str(index) for index in range(40)], rng.lognormal(0.0, 0.3, 40), rng.normal(size=40)
    )
    theta = rng.normal(size=4000)
    responses = simulate_responses(rng, theta, items)

    for estimate in (estimate_map, estimate_wle):
        found = estimate(responses, items)
        covered = np.abs(found.theta - theta) < 1.96 * found.standard_error
        assert covered.mean() == pytest.approx(0.95, abs=0.015)


def test_rows_in_another_order_and_items_in_another_order_give_the_same_estimates() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(10), np.linspace(-2.0, 2.0, 9), items)
    order, columns = np.random.default_rng(11).permutation(9), np.random.default_rng(12).permutation(20)
    mixed = ResponseMatrix.from_array(responses.scores[order][:, columns], [items.names[column] for column in columns])

    for estimate in (estimate_map, estimate_mle, estimate_wle):
        np.testing.assert_allclose(estimate(mixed, items).theta, estimate(responses, items).theta[order], atol=1e-8)


def test_blocks_do_not_show() -> None:
    items = makers.three_parameter()
    patterns = np.array(list(product([0, 1], repeat=5)))
    scores = np.tile(np.concatenate([patterns, np.full((32, 15), NOT_PRESENTED)], axis=1), (400, 1))
    responses = ResponseMatrix.from_array(scores, items.names)

    found = estimate_wle(responses, items).theta.reshape(400, 32)

    np.testing.assert_array_equal(found, np.broadcast_to(found[0], found.shape))
