import json
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import betabinom

from exam_engine.psychometrics.classical import (
    ClassicalDataError,
    DecisionReliability,
    huynh,
    livingston_lewis,
    subkoviak,
)


def two_forms(seed: int, n_candidates: int = 60_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number-correct scores on two parallel forms of 50 three-parameter items, and expected scores."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.uniform(0.6, 1.8, 50), rng.normal(-0.5, 1.0, 50), 0.15
    p = c + (1 - c) * expit(a * (rng.normal(size=(n_candidates, 1)) - b))
    one, other = ((rng.random(p.shape) < p).sum(axis=1).astype(float) for _ in range(2))
    return one, other, p.sum(axis=1)


@pytest.mark.parametrize("cut", [25, 33, 40])
def test_livingston_and_lewis_are_within_one_point_of_what_two_forms_show(cut: int) -> None:
    # Livingston & Lewis (1995) report errors within one percentage point.
    one, other, true = two_forms(1)

    found = livingston_lewis(one, cut, reliability=float(np.corrcoef(one, other)[0, 1]), maximum=50)

    assert found.accuracy == pytest.approx(np.mean((one >= cut) == (true >= cut)), abs=0.01)
    assert found.false_passes == pytest.approx(np.mean((one >= cut) & (true < cut)), abs=0.01)
    assert found.consistency == pytest.approx(np.mean((one >= cut) == (other >= cut)), abs=0.01)
    assert found.pass_rate == pytest.approx(found.observed_pass_rate, abs=0.01)
    assert found.test_length > 50  # items of unequal difficulty leave less error than the binomial


def test_under_the_beta_binomial_model_all_methods_know_the_truth() -> None:
    # True proportions Beta(6, 4), 40 items: KR-21 is n / (n + α + β) = .8 and the two-form table follows by simulation.
    rng = np.random.default_rng(2)
    proportions = rng.beta(6, 4, 400_000)
    one, other = rng.binomial(40, proportions).astype(float), rng.binomial(40, proportions)
    consistency = np.mean((one >= 26) == (other >= 26))
    accuracy = np.mean((one >= 26) == (proportions >= 26 / 40))

    h = huynh(one, 26, n_items=40)
    ll = livingston_lewis(one, 26, reliability=0.8, maximum=40)

    assert h.reliability == pytest.approx(0.8, abs=0.003)
    assert ll.test_length == pytest.approx(40, rel=0.01)
    for found in (h, ll):
        assert found.consistency == pytest.approx(consistency, abs=0.003)
        assert found.accuracy == pytest.approx(accuracy, abs=0.003)
    # Subkoviak's regressed scores spread less than true scores, so consistency comes out a little high or low.
    assert subkoviak(one, 26, n_items=40, reliability=0.8).consistency == pytest.approx(consistency, abs=0.03)


def test_huynh_meets_the_definition_of_kappa_on_the_beta_binomial_table() -> None:
    scores = np.repeat(np.arange(7.0), [2, 5, 9, 14, 20, 18, 12])
    found = huynh(scores, 4, n_items=6)
    assert found.true_scores is not None
    alpha, beta = found.true_scores.alpha, found.true_scores.beta
    marginal = betabinom(6, alpha, beta)

    assert marginal.mean() == pytest.approx(scores.mean())
    assert marginal.var() == pytest.approx(scores.var())
    pass_rate = marginal.sf(3)
    assert found.pass_rate == pytest.approx(pass_rate)
    both_pass = sum(
        marginal.pmf(x) * betabinom(6, alpha + x, beta + 6 - x).sf(3) for x in range(4, 7)
    )  # the second form given the first
    agreement = both_pass + 1 - 2 * pass_rate + both_pass
    chance = pass_rate**2 + (1 - pass_rate) ** 2
    assert found.consistency == pytest.approx(agreement)
    assert found.kappa == pytest.approx((agreement - chance) / (1 - chance))


def test_subkoviak_worked_by_hand() -> None:
    # Two items, cut 2, reliability 1/2, mean 1: regressed proportions 1/4, 1/2, 3/4 pass with 1/16, 1/4, 9/16.
    found = subkoviak([0, 1, 2], 2, n_items=2, reliability=0.5)

    chances = np.array([1 / 16, 1 / 4, 9 / 16])
    assert found.consistency == pytest.approx(np.mean(chances**2 + (1 - chances) ** 2))
    p = chances.mean()
    assert found.chance_consistency == pytest.approx(p**2 + (1 - p) ** 2)
    assert np.isnan(found.accuracy)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["accuracy"] is None


def test_a_rescaled_score_has_the_same_decisions() -> None:
    one, _, _ = two_forms(3, 5000)

    plain = livingston_lewis(one, 30, reliability=0.85, maximum=50)
    scaled = livingston_lewis(200 + 4 * one, 320, reliability=0.85, minimum=200, maximum=400, step=4)

    assert scaled.accuracy == pytest.approx(plain.accuracy)
    assert scaled.kappa == pytest.approx(plain.kappa)
    assert scaled.true_cut == pytest.approx(320)


def test_a_more_reliable_test_decides_better_and_the_shares_add_up() -> None:
    one, _, _ = two_forms(4, 5000)
    results = [livingston_lewis(one, 33, reliability=r, maximum=50) for r in (0.7, 0.8, 0.9, 0.97)]

    assert all(a.accuracy < b.accuracy and a.kappa < b.kappa for a, b in pairwise(results))
    for found in results:
        assert found.accuracy + found.false_passes + found.false_failures == pytest.approx(1.0)
        assert 0 < found.consistency <= found.accuracy


def test_a_higher_true_cut_turns_failures_into_false_passes() -> None:
    one, _, _ = two_forms(5, 5000)
    low, high = (livingston_lewis(one, 33, reliability=0.85, maximum=50, true_cut=t) for t in (31, 35))

    assert low.false_passes < high.false_passes
    assert low.false_failures > high.false_failures
    assert low.consistency == pytest.approx(high.consistency, abs=1e-8)


def test_weights_are_numbers_of_candidates() -> None:
    scores, counts = np.array([3.0, 5, 6, 8, 9]), np.array([2, 5, 6, 4, 1])
    repeated = np.repeat(scores, counts)
    pairs = [
        (huynh(scores, 6, n_items=10, weights=counts), huynh(repeated, 6, n_items=10)),
        (
            subkoviak(scores, 6, n_items=10, reliability=0.6, weights=counts),
            subkoviak(repeated, 6, n_items=10, reliability=0.6),
        ),
        (
            livingston_lewis(scores, 6, reliability=0.6, maximum=10, weights=counts),
            livingston_lewis(repeated, 6, reliability=0.6, maximum=10),
        ),
    ]
    for one, other in pairs:
        assert one.kappa == pytest.approx(other.kappa)
        assert one.n_candidates == other.n_candidates


def test_a_cut_that_everybody_passes_has_no_kappa() -> None:
    found = subkoviak([99, 100], 1, n_items=100, reliability=1.0)

    assert found.consistency == pytest.approx(1.0)
    assert np.isnan(found.kappa)


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (lambda: huynh([3, 11], 5, n_items=10), "score_outside_range", r"row 2: score 11.0 is outside 0 … 10"),
        (lambda: huynh([3, 5], 0, n_items=10), "cut_outside_range", "cut 0 is not above 0"),
        (lambda: huynh([3.5, 5], 4, n_items=10), "score_outside_range", "row 1: 3.5 is not a number of right answers"),
        (lambda: huynh([3, 5], 4.5, n_items=10), "cut_outside_range", "cut 4.5"),
        (lambda: huynh([4, 5, 6], 5, n_items=10), "reliability_outside_range", "KR-21"),
        (lambda: huynh([4, 4], 5, n_items=10), "total_constant", "same score"),
        (lambda: huynh([4], 5, n_items=10), "too_few_candidates", "two candidates"),
        (lambda: subkoviak([3, 5], 4, n_items=10, reliability=1.2), "reliability_outside_range", "1.2"),
        (lambda: livingston_lewis([3, 5], 4, reliability=1.0, maximum=10), "reliability_outside_range", "1.0"),
        (lambda: livingston_lewis([0, 10], 5, reliability=0.1, maximum=10), "no_true_score_distribution", "length 1"),
        (lambda: livingston_lewis([[3, 5]], 4, reliability=0.5, maximum=10), "shape_mismatch", "one row"),
    ],
)
def test_what_no_decision_can_be_judged_from_is_refused(
    call: Callable[[], DecisionReliability], code: str, message: str
) -> None:
    with pytest.raises(ClassicalDataError, match=message) as error:
        call()
    assert error.value.code == code
