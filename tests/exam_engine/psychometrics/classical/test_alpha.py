import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.classical import (
    ClassicalDataError,
    coefficient_alpha,
    feldt_interval,
    guttman_bounds,
    kr_20,
    kr_21,
)
from tests.exam_engine.psychometrics import published


@pytest.mark.parametrize(("patterns", "alpha"), [(published.LSAT6_PATTERNS, 0.295), (published.LSAT7_PATTERNS, 0.453)])
def test_the_law_school_admission_test_has_its_published_alpha(patterns: dict[str, int], alpha: float) -> None:
    # R packages ltm (Rizopoulos 2006, cronbach.alpha) and mirt (itemstats).
    found = coefficient_alpha(published.pattern_responses(patterns))

    assert found.alpha == pytest.approx(alpha, abs=5e-4)
    assert found.n_candidates == 1000
    assert found.flags == ()


def test_alpha_worked_by_hand() -> None:
    # Items right: 3, 2 and 1 of 4; totals 3, 2, 1, 0. Σpq = 3/16 + 4/16 + 3/16 = .625, variance 1.25: α = 1.5 · .5.
    responses = ResponseMatrix.from_array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])

    assert coefficient_alpha(responses).alpha == pytest.approx(0.75)
    assert kr_20(responses) == pytest.approx(0.75)
    # M = 1.5: 1.5 · (1 − 1.5 · 1.5 / (3 · 1.25)).
    assert kr_21(responses) == pytest.approx(0.6)
    found = coefficient_alpha(responses)
    assert found.total_sd**2 == pytest.approx(5 / 3)
    assert found.standard_error_of_measurement == pytest.approx((5 / 3 * 0.25) ** 0.5)


def test_the_interval_covers_a_known_alpha_as_often_as_it_says() -> None:
    # Compound symmetry with ρ = .3 and 5 items: α = 5 · .3 / 2.2; under normality Feldt's interval is exact.
    rng = np.random.default_rng(1)
    n_items, n_candidates, n_samples = 5, 30, 4000
    truth = n_items * 0.3 / (1 + (n_items - 1) * 0.3)
    common = rng.normal(size=(n_samples, n_candidates, 1)) * 0.3**0.5
    scores = common + rng.normal(size=(n_samples, n_candidates, n_items)) * 0.7**0.5
    alphas = n_items / (n_items - 1) * (1 - scores.var(axis=1).sum(axis=1) / scores.sum(axis=2).var(axis=1))
    limits = np.array(
        [feldt_interval(alpha, n_items=n_items, n_candidates=n_candidates, confidence=0.9) for alpha in alphas]
    )

    # Each side misses 5 % of the time; four standard errors of a share over 4000 samples are .0138.
    assert np.mean(limits[:, 0] > truth) == pytest.approx(0.05, abs=0.014)
    assert np.mean(limits[:, 1] < truth) == pytest.approx(0.05, abs=0.014)


def test_guttmans_bounds_by_their_definitions() -> None:
    rng = np.random.default_rng(2)
    scores = np.clip(np.round(2 + rng.normal(size=(200, 1)) + rng.normal(size=(200, 5))), 0, 4)
    c = np.cov(scores.T)
    off = c - np.diag(np.diag(c))

    found = guttman_bounds(ResponseMatrix.from_array(scores))

    assert found.lambda1 == pytest.approx(1 - np.trace(c) / c.sum())
    assert found.lambda2 == pytest.approx(found.lambda1 + np.sqrt(5 / 4 * (off**2).sum()) / c.sum())
    assert found.lambda5 == pytest.approx(found.lambda1 + 2 * np.sqrt((off**2).sum(axis=0).max()) / c.sum())
    # λ6: error variances of the regressions of each item on all others.
    errors = [
        np.linalg.lstsq(np.column_stack([np.ones(200), np.delete(scores, item, axis=1)]), scores[:, item], rcond=None)[
            1
        ][0]
        / 199
        for item in range(5)
    ]
    assert found.lambda6 == pytest.approx(1 - sum(errors) / c.sum())
    assert found.lambda1 < found.lambda3 <= found.lambda2


def test_items_alike_but_for_error_have_equal_alpha_and_lambda2() -> None:
    # Equal covariances: the binary design in which every pattern of three items but the parity is equally common.
    table = np.array([[0, 0, 0], [1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]])
    table = np.concatenate([table, table[:, [1, 2, 0]], table[:, [2, 0, 1]]])

    found = guttman_bounds(ResponseMatrix.from_array(table))

    assert found.lambda2 == pytest.approx(found.lambda3, rel=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_alpha_ignores_row_and_item_order_and_what_is_added_to_an_item(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 3, size=(40, 4))
    table[:4] = [[0, 1, 2, 0], [2, 0, 0, 1], [2, 2, 2, 2], [0, 0, 0, 0]]

    plain = coefficient_alpha(ResponseMatrix.from_array(table))
    shifted = table + np.array([0, 3, 1, 0])
    moved = coefficient_alpha(ResponseMatrix.from_array(shifted[rng.permutation(40)][:, [2, 0, 3, 1]]))

    assert moved.alpha == pytest.approx(plain.alpha, abs=1e-12)
    assert plain.lower < plain.alpha < plain.upper


def test_missing_by_design_is_flagged() -> None:
    rng = np.random.default_rng(3)
    table = (rng.normal(size=(500, 1)) + rng.normal(size=(500, 4)) > 0).astype(int)
    full = coefficient_alpha(ResponseMatrix.from_array(table))
    table[:250, 0] = NOT_PRESENTED
    table[250:, 3] = NOT_PRESENTED
    with pytest.raises(ClassicalDataError, match="shown together to 0"):
        coefficient_alpha(ResponseMatrix.from_array(table))
    table[:50] = np.abs(table[:50])

    found = coefficient_alpha(ResponseMatrix.from_array(table))

    assert found.flags == ("pairwise_covariances",)
    assert found.n_candidates == 50
    assert found.alpha == pytest.approx(full.alpha, abs=0.15)


def test_negative_alpha_and_constant_items_are_flagged() -> None:
    found = coefficient_alpha(ResponseMatrix.from_array([[1, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]))

    assert found.alpha < 0
    assert set(found.flags) == {"negative_alpha", "constant_items"}
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["standardized"] is None
    bounds = guttman_bounds(ResponseMatrix.from_array([[1, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]))
    assert np.isnan(bounds.lambda6)


def test_pairwise_covariances_that_no_scores_can_have_are_flagged() -> None:
    # Three pairs of items, each seen by other candidates: two pairs go together perfectly, the third pair against that.
    na = NOT_PRESENTED
    alike, against = [[0, 0], [1, 1]] * 5, [[0, 1], [1, 0]] * 5
    table = [[x, y, na] for x, y in alike] + [[x, na, y] for x, y in alike] + [[na, x, y] for x, y in against]

    found = coefficient_alpha(ResponseMatrix.from_array(table))

    assert found.flags == ("pairwise_covariances", "impossible_covariances")
    assert np.isnan(feldt_interval(1.1, n_items=3, n_candidates=20)[0])


def test_an_item_that_repeats_another_leaves_no_lambda6() -> None:
    table = np.random.default_rng(4).integers(0, 2, size=(30, 3))

    found = guttman_bounds(ResponseMatrix.from_array(np.column_stack([table, table[:, 0]])))

    assert np.isnan(found.lambda6)
    assert found.flags == ("singular_correlations",)


def test_what_has_no_reliability_is_refused() -> None:
    with pytest.raises(ClassicalDataError) as error:
        coefficient_alpha(ResponseMatrix.from_array([[1, 0], [0, 1], [1, 0]]))
    assert error.value.code == "total_constant"
    with pytest.raises(ClassicalDataError, match="item 'item_2' has scores above 1") as error:
        kr_20(ResponseMatrix.from_array([[1, 2], [0, 1]]))
    assert error.value.code == "not_dichotomous"
    with pytest.raises(ClassicalDataError) as error:
        kr_21(ResponseMatrix.from_array([[1], [0]]))
    assert error.value.code == "too_few_items"
    with pytest.raises(ClassicalDataError) as error:
        kr_21(ResponseMatrix.from_array([[1, 0], [0, 1]]))
    assert error.value.code == "total_constant"
    with pytest.raises(ClassicalDataError) as error:
        kr_21(ResponseMatrix.from_array(np.zeros((0, 3))))
    assert error.value.code == "too_few_candidates"
    with pytest.raises(ValueError, match="between 0 and 1"):
        coefficient_alpha(ResponseMatrix.from_array([[1, 1], [0, 0]]), confidence=95)
