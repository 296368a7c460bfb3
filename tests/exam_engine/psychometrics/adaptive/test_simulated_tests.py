import json
from itertools import combinations

import numpy as np
import pytest

from exam_engine.psychometrics.adaptive import (
    AdaptiveSettings,
    AdaptiveTest,
    AdaptiveTestError,
    ConfidenceRule,
    SequentialRatioRule,
    SimulatedTests,
    simulate_adaptive_tests,
)
from tests.exam_engine.psychometrics.adaptive import makers


def written(
    items: list[list[int]], theta: list[float], estimate: list[float], category: list[int] | None = None
) -> SimulatedTests:
    """Tests written down by hand, of a pool of six items: A, A, A, B, B, C."""
    settings = AdaptiveSettings(maximum_length=3, classification=ConfidenceRule(cuts=(0.0,)))
    tests = SimulatedTests.unfilled(makers.pool(6), settings, np.array(theta))
    tests.items[:] = items
    tests.length[:] = (tests.items >= 0).sum(axis=1)
    tests.estimate[:] = estimate
    tests.standard_error[:] = 0.5
    if category is not None:
        tests.category[:] = category
    return tests


THREE = written([[0, 1, 5], [0, 3, -1], [5, 0, 3]], [-1.0, 0.2, 0.3], [-0.5, -0.1, 0.6], [0, 0, 1])


def test_exposure_is_counted_over_candidates() -> None:
    exposure = THREE.exposure
    assert exposure.rates == pytest.approx([1.0, 1 / 3, 0.0, 2 / 3, 0.0, 2 / 3])
    assert exposure.maximum == 1.0
    assert exposure.unused_share == pytest.approx(2 / 6)
    # Chang & Ying (1999): Σ (r − L/J)² / (L/J) with L = 8/3.
    even = 8 / 18
    assert exposure.chi_square == pytest.approx(sum((rate - even) ** 2 for rate in exposure.rates) / even)


def test_overlap_is_the_mean_over_all_pairs_of_candidates() -> None:
    tests = simulate_adaptive_tests(makers.adaptive_test(randomesque=(4,)), makers.abilities(40), seed=1)
    shared = [len(set(one) & set(other)) / 12 for one, other in combinations(tests.items.tolist(), 2)]
    assert tests.exposure.overlap == pytest.approx(np.mean(shared))
    # Candidates 1 and 2 share one item, 1 and 3 two, 2 and 3 two; the mean length is 8/3.
    assert THREE.exposure.overlap == pytest.approx((5 / 3) / (8 / 3))


def test_one_candidate_overlaps_with_nobody() -> None:
    tests = written([[0, 1, 2]], [0.0], [0.1])
    assert np.isnan(tests.exposure.overlap)
    assert tests.exposure.to_dict()["overlap"] is None


def test_content_and_lengths_are_counted() -> None:
    assert THREE.pool.area_names == ("A", "B", "C")
    assert THREE.content_counts.tolist() == [[2, 0, 1], [1, 1, 0], [1, 1, 1]]
    assert THREE.lengths == {2: 1, 3: 2}


def test_errors_are_of_estimates_against_abilities() -> None:
    assert THREE.bias == pytest.approx((0.5 - 0.3 + 0.3) / 3)
    assert THREE.rmse == pytest.approx(np.sqrt((0.25 + 0.09 + 0.09) / 3))


def test_conditional_errors_are_of_the_candidates_in_each_bin() -> None:
    bins = THREE.conditional([-1.0, 0.0, 0.3, 0.5])
    assert bins.n_candidates.tolist() == [1, 1, 1]  # one at an edge is in the bin above it
    assert bins.bias == pytest.approx([0.5, -0.3, 0.3])
    assert bins.rmse == pytest.approx([0.5, 0.3, 0.3])
    assert bins.length == pytest.approx([3.0, 2.0, 3.0])
    assert bins.standard_error == pytest.approx([0.5] * 3)
    empty = THREE.conditional([2.0, 3.0])
    assert np.isnan(empty.rmse[0])
    assert empty.to_dict()[0]["rmse"] is None


def test_decisions_are_held_against_true_categories() -> None:
    as_decided, by_estimate = THREE.decisions(), THREE.decisions([0.0])
    # One truly above the cut was put below it.
    assert as_decided.table == pytest.approx(np.array([[1.0, 0.0], [1.0, 1.0]]) / 3.0)
    assert as_decided.accuracy == pytest.approx(2 / 3)
    assert as_decided.false_negative == pytest.approx(1 / 3)
    assert as_decided.false_positive == 0.0
    assert by_estimate.table == pytest.approx(as_decided.table)
    assert THREE.decisions([0.25]).accuracy == pytest.approx(1.0)


def test_consistency_is_that_of_two_independent_tests() -> None:
    settings = AdaptiveSettings(maximum_length=20, classification=SequentialRatioRule(cuts=(0.3,), half_width=0.2))
    test = AdaptiveTest(makers.pool(), settings)
    theta = makers.abilities(8_000)
    first, second = (simulate_adaptive_tests(test, theta, seed=seed) for seed in (1, 2))
    agreed = float((first.category == second.category).mean())
    # Standard errors are 0.004 and, from pairs of neighbours, 0.005.
    assert first.decisions().consistency == pytest.approx(agreed, abs=0.022)
    assert first.decisions().accuracy > agreed


def test_cuts_are_needed_for_decisions() -> None:
    tests = simulate_adaptive_tests(makers.adaptive_test(), makers.abilities(5), seed=1)
    with pytest.raises(AdaptiveTestError) as caught:
        tests.decisions()
    assert caught.value.code == "bad_cuts"
    with pytest.raises(AdaptiveTestError) as caught:
        tests.conditional([1.0, 0.0])
    assert caught.value.code == "bad_cuts"


def test_a_report_is_json() -> None:
    data = json.loads(json.dumps(THREE.to_dict(), allow_nan=False))
    assert data["n_candidates"] == 3
    assert data["lengths"] == {"2": 1, "3": 2}
    assert data["content"]["A"] == {"least": 1, "mean": pytest.approx(4 / 3), "most": 2}
    assert sum(entry["n_candidates"] for entry in data["conditional"]) == 3
    assert data["decisions"]["accuracy"] == pytest.approx(2 / 3)
    plain = simulate_adaptive_tests(makers.adaptive_test(), makers.abilities(5), seed=1).to_dict()
    assert plain["decisions"] is None
    assert plain["stops"] == {"maximum_length": 5}
