import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.classical import ClassicalDataError, coefficient_alpha, item_statistics
from tests.exam_engine.psychometrics import published


def essay_scores(seed: int, n_candidates: int = 300) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Scores 0 … 4 on six questions of different difficulty."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=(n_candidates, 1))
    return np.clip(np.round(2 + ability + rng.normal(size=(n_candidates, 6)) - np.linspace(-1, 1, 6)), 0, 4).astype(int)


def test_lsat6_has_its_published_difficulties_and_the_textbook_item_rest_correlation() -> None:
    statistics = item_statistics(published.pattern_responses(published.LSAT6_PATTERNS))

    # 924, 709, 553, 763 and 870 of the 1000 candidates had the items right.
    np.testing.assert_allclose(statistics.difficulty, [0.924, 0.709, 0.553, 0.763, 0.870], atol=1e-12)
    rows = published.expanded_responses(published.LSAT6_PATTERNS).scores.astype(float)
    expected = [np.corrcoef(rows[:, item], np.delete(rows, item, axis=1).sum(axis=1))[0, 1] for item in range(5)]
    np.testing.assert_allclose(statistics.item_rest, expected, rtol=1e-10)


def test_statistics_use_only_those_who_saw_the_item() -> None:
    table = [[1, 1, NOT_PRESENTED], [0, 1, NOT_PRESENTED], [1, 0, NOT_PRESENTED], [1, NOT_PRESENTED, NOT_PRESENTED]]

    statistics = item_statistics(ResponseMatrix.from_array(table))

    np.testing.assert_array_equal(statistics.n_responses, [4, 3, 0])
    np.testing.assert_allclose(statistics.difficulty, [0.75, 2 / 3, np.nan])
    # Item 2's rest scores are 1, 0, 1 against answers 1, 1, 0; item 3 has none.
    np.testing.assert_allclose(statistics.item_rest[1:], [-0.5, np.nan])


def test_lsat6_has_the_discriminations_and_alphas_that_ltm_reports() -> None:
    # R package ltm (Rizopoulos 2006), descript(LSAT): point-biserial correlations with the total score, the item
    # included and excluded, and Cronbach's alpha without each item, as printed.
    statistics = item_statistics(published.pattern_responses(published.LSAT6_PATTERNS))

    np.testing.assert_allclose(statistics.item_total, [0.3620, 0.5668, 0.6184, 0.5344, 0.4354], atol=5.1e-5)
    np.testing.assert_allclose(statistics.item_rest, [0.1128, 0.1532, 0.1728, 0.1444, 0.1216], atol=5.1e-5)
    np.testing.assert_allclose(statistics.alpha_if_deleted, [0.2754, 0.2376, 0.2168, 0.2459, 0.2663], atol=5.1e-5)


def test_polytomous_difficulty_is_the_mean_share_of_the_points() -> None:
    scores = essay_scores(1)
    statistics = item_statistics(ResponseMatrix.from_array(scores), max_scores=[4] * 6)

    np.testing.assert_allclose(statistics.difficulty, scores.mean(axis=0) / 4)
    np.testing.assert_allclose(statistics.sd, scores.std(axis=0, ddof=1))
    for item in range(6):
        rest = np.delete(scores, item, axis=1).sum(axis=1)
        assert statistics.item_rest[item] == pytest.approx(np.corrcoef(scores[:, item], rest)[0, 1])
        assert statistics.item_total[item] == pytest.approx(np.corrcoef(scores[:, item], scores.sum(axis=1))[0, 1])
        np.testing.assert_array_equal(statistics.category_counts[item], np.bincount(scores[:, item], minlength=5))
        np.testing.assert_allclose(statistics.category_rest_means[item, 2], rest[scores[:, item] == 2].mean() / 20)


def test_alpha_if_deleted_is_the_alpha_of_the_other_items() -> None:
    scores = essay_scores(2)

    statistics = item_statistics(ResponseMatrix.from_array(scores))

    for item in range(6):
        others = coefficient_alpha(ResponseMatrix.from_array(np.delete(scores, item, axis=1)))
        assert statistics.alpha_if_deleted[item] == pytest.approx(others.alpha, rel=1e-12)


def test_the_biserial_correlation_is_that_of_the_trait_behind_the_item() -> None:
    # A normal trait cut into right and wrong, beside a normal rest score in fine steps: the biserial estimates ρ = .6.
    rng = np.random.default_rng(3)
    trait, rest = multivariate_normal.rvs(cov=[[1.0, 0.6], [0.6, 1.0]], size=200_000, random_state=rng).T
    points = np.clip(np.round(60 + 15 * rest), 0, 120)
    for thresholds in ([0.8], [-1.0, 0.0, 0.7]):
        item = np.searchsorted(thresholds, trait)
        statistics = item_statistics(ResponseMatrix.from_array(np.column_stack([item, points]).astype(np.int8)))
        assert statistics.biserial_rest[0] == pytest.approx(0.6, abs=0.006)


def test_biserial_of_a_dichotomous_item_follows_the_textbook_formula() -> None:
    statistics = item_statistics(published.pattern_responses(published.LSAT6_PATTERNS))
    p = statistics.difficulty

    np.testing.assert_allclose(
        statistics.biserial_rest, statistics.item_rest * np.sqrt(p * (1 - p)) / norm.pdf(norm.ppf(p)), rtol=1e-12
    )


def test_the_upper_lower_index_compares_the_best_and_the_worst_27_percent() -> None:
    # 100 candidates with distinct totals: the item is right for the best 40 and for one of the worst 27.
    item = np.zeros(100, dtype=int)
    item[60:] = 1
    item[5] = 1
    ranks = np.arange(100)
    responses = ResponseMatrix.from_array(np.column_stack([item, ranks]))

    statistics = item_statistics(responses)

    assert statistics.upper_lower[0] == pytest.approx(1.0 - 1.0 / 27.0)


def test_candidates_tied_at_the_border_count_by_the_fraction_that_fills_the_group() -> None:
    # Totals: 4 candidates each with 0, 1 and 2 of two items right; a quarter group of 3 takes 3/4 of the tied four.
    table = np.array([[0, 0]] * 4 + [[1, 0]] * 3 + [[0, 1]] + [[1, 1]] * 4)

    at_third = item_statistics(ResponseMatrix.from_array(table), extreme_share=1 / 3)
    at_half = item_statistics(ResponseMatrix.from_array(table), extreme_share=0.5)

    np.testing.assert_allclose(at_third.upper_lower, [1.0, 1.0])
    # Half groups of 6 take 2 of the 4 middle candidates, of whom 3/4 have item 1: (4 + 1.5)/6 − 1.5/6.
    np.testing.assert_allclose(at_half.upper_lower, [4 / 6, 4 / 6])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_weights_and_row_order_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(-1, 3, size=(30, 4))
    weights = rng.integers(1, 4, 30)
    order = rng.permutation(int(weights.sum()))

    weighted = item_statistics(ResponseMatrix.from_array(table, weights=weights), max_scores=[2] * 4).to_dict()
    repeated = item_statistics(
        ResponseMatrix.from_array(np.repeat(table, weights, axis=0)[order]), max_scores=[2] * 4
    ).to_dict()

    for name, values in weighted.items():
        expected = np.array([values], dtype=object if name == "item_names" else float)
        found = np.array([repeated[name]], dtype=object if name == "item_names" else float)
        if name == "item_names":
            assert (expected == found).all()
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_figures_do_not_depend_on_the_blocks_in_which_rows_are_read() -> None:
    table = np.random.default_rng(5).integers(0, 2, size=(20_000, 4))

    whole = item_statistics(ResponseMatrix.from_array(table))

    for item in range(4):
        rest = np.delete(table, item, axis=1).sum(axis=1)
        assert whole.item_rest[item] == pytest.approx(np.corrcoef(table[:, item], rest)[0, 1], abs=1e-12)


def test_an_item_that_all_have_right_has_no_correlation_and_is_stored_as_null() -> None:
    stored = item_statistics(ResponseMatrix.from_array([[1, 1, 0], [1, 0, 0], [1, 1, 1]])).to_dict()

    assert stored["difficulty"][0] == 1.0
    assert stored["item_rest"][0] is None
    assert stored["biserial_rest"][0] is None
    json.dumps(stored, allow_nan=False)


def test_highest_scores_that_do_not_fit_are_refused_by_item() -> None:
    responses = ResponseMatrix.from_array([[0, 3], [1, 2]], ["q1", "q2"])
    with pytest.raises(ClassicalDataError, match="item 'q2': highest score 2 is below") as error:
        item_statistics(responses, max_scores=[1, 2])
    assert error.value.code == "score_outside_range"
    with pytest.raises(ClassicalDataError, match="one for each of 2 items"):
        item_statistics(responses, max_scores=[1, 2, 3])
    with pytest.raises(ValueError, match="extreme_share"):
        item_statistics(responses, extreme_share=0.6)
