from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix, estimate_eap
from exam_engine.psychometrics.adaptive import (
    AdaptiveTestError,
    ItemEligibility,
    SimulatedTests,
    simulate_adaptive_tests,
)
from exam_engine.psychometrics.adaptive.draws import uniform_draws
from exam_engine.psychometrics.responses import NOT_PRESENTED
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.adaptive import makers


def as_responses(tests: SimulatedTests) -> ResponseMatrix:
    table = np.full((tests.theta.size, len(tests.pool.items)), NOT_PRESENTED, dtype=np.int8)
    np.put_along_axis(table, tests.items.astype(np.intp), tests.scores, axis=1)
    return ResponseMatrix.from_array(table, tests.pool.items.names)


@pytest.mark.parametrize("criterion", ["MFI", "KL"])
def test_orders_by_bins_estimate_as_precisely_as_exact_selection(criterion: Any) -> None:
    test = makers.adaptive_test(makers.three_parameter(200), maximum_length=15, criterion=criterion)
    theta = makers.abilities(1_000)
    binned, exact = (simulate_adaptive_tests(test, theta, seed=5, exact=way) for way in (False, True))
    # Both see the same errors of measurement mostly; the standard error of the difference is about 0.005.
    assert binned.rmse == pytest.approx(exact.rmse, abs=0.02)
    # The first item, at the start, is the same; later ones mostly.
    assert (binned.items[:, 0] == exact.items[:, 0]).all()
    assert (binned.items == exact.items).mean() > 0.25


@pytest.mark.parametrize("items", [makers.three_parameter(), makers.mixed()], ids=["3PL", "mixed"])
def test_reported_estimates_are_those_of_the_whole_record(items: Any) -> None:
    tests = simulate_adaptive_tests(makers.adaptive_test(items, maximum_length=20), makers.abilities(300), seed=2)
    expected = estimate_eap(as_responses(tests), items)
    assert tests.estimate == pytest.approx(expected.theta, abs=1e-5)
    assert tests.standard_error == pytest.approx(expected.standard_error, abs=1e-5)


def test_standard_errors_are_the_errors_that_are_made() -> None:
    tests = simulate_adaptive_tests(makers.adaptive_test(maximum_length=20), makers.abilities(6_000), seed=2)
    # The relative standard error of a root mean square of 6,000 is 0.9 %.
    assert tests.rmse == pytest.approx(float(np.sqrt((tests.standard_error**2).mean())), rel=0.04)
    assert abs(tests.bias) < 4.0 * tests.rmse / np.sqrt(6_000)


def test_adaptive_tests_are_more_precise_than_random_forms() -> None:
    test = makers.adaptive_test(maximum_length=15)
    theta = makers.abilities(1_000)
    adaptive = simulate_adaptive_tests(test, theta, seed=2)
    rng = np.random.default_rng(3)
    presented = np.argsort(np.argsort(rng.random((1_000, 120)), axis=1), axis=1) < 15
    random_form = estimate_eap(simulate_responses(rng, theta, test.pool.items, presented), test.pool.items)
    assert adaptive.rmse < 0.75 * np.sqrt(((random_form.theta - theta) ** 2).mean())


@pytest.mark.parametrize("exposure", [None, ItemEligibility(maximum_rate=0.3)])
def test_a_simulation_is_the_same_under_the_same_seed(exposure: Any) -> None:
    test = makers.adaptive_test(randomesque=(3,), exposure=exposure)
    theta = makers.abilities(130)
    first, again, other = (simulate_adaptive_tests(test, theta, seed=seed) for seed in (5, 5, 6))
    assert (first.items == again.items).all()
    assert (first.estimate == again.estimate).all()
    assert (first.items != other.items).any()


def test_candidates_of_later_blocks_have_draws_of_their_own() -> None:
    tests = simulate_adaptive_tests(makers.adaptive_test(maximum_length=5), np.zeros(4_100), seed=5)
    assert (tests.length == 5).all()
    patterns = [tuple(row) for row in tests.scores[[0, 1, 2, 3, 4]]]
    assert patterns != [tuple(row) for row in tests.scores[[2_000, 2_001, 2_002, 2_003, 2_004]]]
    # Blocks agree in distribution: shares right on the first item, standard error 0.016.
    assert tests.scores[:2_000, 0].mean() == pytest.approx(tests.scores[2_000:4_000, 0].mean(), abs=0.06)


def test_known_scores_are_given_as_answers() -> None:
    test = makers.adaptive_test()
    theta = makers.abilities(80)
    known = simulate_responses(np.random.default_rng(4), theta, test.pool.items).scores
    tests = simulate_adaptive_tests(test, theta, seed=1, scores=known)
    assert (tests.scores == np.take_along_axis(known, tests.items.astype(np.intp), axis=1)).all()


def test_draws_of_fewer_candidates_are_the_first_of_more() -> None:
    many, one = uniform_draws(7, 0, 100, block=3, step=4), uniform_draws(7, 0, 1, block=3, step=4)
    assert one[0] == many[0]
    others = [uniform_draws(8, 0, 1, block=3, step=4), uniform_draws(7, 1, 1, block=3, step=4)]
    others += [uniform_draws(7, 0, 1, block=4, step=4), uniform_draws(7, 0, 1, block=3, step=5)]
    assert len({float(draw[0]) for draw in (one, *others)}) == 5


@pytest.mark.parametrize(
    ("theta", "options", "part"),
    [
        (np.zeros((2, 2)), {}, "one-dimensional"),
        (np.zeros(0), {}, "one-dimensional"),
        (np.array([0.0, np.nan]), {}, "finite"),
        (np.zeros(2), {"seed": -1}, "seed -1"),
        (np.zeros(2), {"concurrent": 0}, "concurrent 0"),
        (np.zeros(2), {"scores": np.zeros((3, 120), dtype=np.int8)}, "3 rows"),
        (np.zeros(2), {"scores": np.zeros((2, 119), dtype=np.int8)}, "120 items"),
        (np.zeros(2), {"scores": np.full((2, 120), 2, dtype=np.int8)}, "i000"),
        (np.zeros(2), {"scores": np.full((2, 120), -1, dtype=np.int8)}, "every item"),
    ],
)
def test_a_simulation_that_makes_no_sense_is_refused(theta: Any, options: Any, part: str) -> None:
    with pytest.raises(AdaptiveTestError, match=part) as caught:
        simulate_adaptive_tests(makers.adaptive_test(), theta, **({"seed": 1} | options))
    assert caught.value.code == "bad_simulation"
