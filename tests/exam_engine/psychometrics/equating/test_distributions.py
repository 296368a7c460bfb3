import numpy as np
import pytest

from exam_engine.psychometrics.equating import BivariateDistribution, EquatingError, ScoreDistribution, UniformScores
from tests.exam_engine.psychometrics.equating.printed_scores import (
    ACT_X,
    ACT_X_PERCENTILE_RANKS,
    ACT_Y,
    MATH_SINGLE_GROUP,
)


def test_moments_of_the_two_mathematics_forms() -> None:
    # Kolen & Brennan (2004), section 2.4: mean, standard deviation, skewness and kurtosis.
    for frequencies, moments in (
        (ACT_X, (19.8524, 8.2116, 0.3753, 2.3024)),
        (ACT_Y, (18.9798, 8.9393, 0.3527, 2.1464)),
    ):
        scores = ScoreDistribution.from_frequencies(frequencies)
        assert (scores.mean, scores.sd, scores.skewness, scores.kurtosis) == pytest.approx(moments, abs=5e-5)


def test_percentile_ranks_of_the_mathematics_form() -> None:
    scores = ScoreDistribution.from_frequencies(ACT_X)
    ranks = 100.0 * UniformScores(scores).cdf(scores.scores)
    np.testing.assert_allclose(ranks, ACT_X_PERCENTILE_RANKS, atol=0.0051)


def test_scores_of_candidates_are_counted_with_their_weights() -> None:
    counted = ScoreDistribution.from_scores([10, 12, 12, 14], lowest=10, highest=16, step=2, weights=[1, 2, 1, 4])
    np.testing.assert_allclose(counted.scores, [10, 12, 14, 16])
    np.testing.assert_allclose(counted.probabilities, [1 / 8, 3 / 8, 4 / 8, 0.0])
    assert counted.n_candidates == 8.0
    pairs = BivariateDistribution.from_scores([1, 3, 3], [0, 1, 1], x_range=(1, 3), v_range=(0, 2), weights=[2, 1, 1])
    np.testing.assert_allclose(pairs.probabilities, np.array([[2, 0, 0], [0, 0, 0], [0, 2, 0]]) / 4)


def test_sampling_covariance_is_multinomial() -> None:
    scores = ScoreDistribution.from_frequencies([10, 30, 40, 20])
    p = np.array([0.1, 0.3, 0.4, 0.2])
    np.testing.assert_allclose(scores.covariance(np.eye(4)), (np.diag(p) - np.outer(p, p)) / 100.0)
    mean_variance = scores.covariance(scores.scores[None, :])[0, 0]
    assert mean_variance == pytest.approx(scores.sd**2 / 100.0)


def test_margins_carry_the_covariance_of_the_table() -> None:
    table = BivariateDistribution.from_frequencies(MATH_SINGLE_GROUP)
    sums = np.asarray(np.kron(np.eye(21), np.ones(21)), dtype=np.float64)
    np.testing.assert_allclose(table.x.covariance(np.eye(21)), table.covariance(sums), atol=1e-15)
    assert table.x.n_candidates == 1453.0


@pytest.mark.parametrize("frequencies", [[5], [[1, 2], [3, 4]], [1, -1], [1, np.nan], [0, 0]])
def test_frequencies_that_are_none_are_refused(frequencies: list[float]) -> None:
    with pytest.raises(EquatingError) as caught:
        ScoreDistribution.from_frequencies(frequencies)
    assert caught.value.code == "bad_frequencies"


@pytest.mark.parametrize("score", [-1.0, 11.0, 2.5, np.nan, np.inf])
def test_a_score_that_the_form_does_not_have_is_named(score: float) -> None:
    ScoreDistribution.from_scores([0.0, 10.0], lowest=0, highest=10)
    with pytest.raises(EquatingError, match="row 2") as caught:
        ScoreDistribution.from_scores([3.0, score], lowest=0, highest=10)
    assert caught.value.code == "score_outside"
