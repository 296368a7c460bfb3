import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.equating import (
    BivariateDistribution,
    EquatingError,
    ScoreDistribution,
    smooth_bivariate,
    smooth_scores,
)
from tests.exam_engine.psychometrics.equating.printed_scores import (
    ACT_X,
    MATH_SINGLE_GROUP,
    MATH_X,
    MATH_X_SMOOTHED,
    MATH_Y,
    MATH_Y_SMOOTHED,
)


def test_smoothed_frequencies_of_von_davier_holland_and_thayer() -> None:
    for frequencies, degree, printed in ((MATH_X, 2, MATH_X_SMOOTHED), (MATH_Y, 3, MATH_Y_SMOOTHED)):
        fit = smooth_scores(ScoreDistribution.from_frequencies(frequencies), degree=degree)
        smoothed = fit.distribution.probabilities * sum(frequencies)
        np.testing.assert_allclose(smoothed[list(printed)], list(printed.values()), atol=0.0051)


@given(
    frequencies=st.lists(st.integers(0, 60), min_size=8, max_size=25).filter(lambda f: sum(n > 0 for n in f) >= 6),
    degree=st.integers(1, 4),
)
@settings(deadline=None)
def test_as_many_moments_are_kept_as_the_degree_says(frequencies: list[int], degree: int) -> None:
    observed = ScoreDistribution.from_frequencies(frequencies)
    smoothed = smooth_scores(observed, degree=degree).distribution
    assert smoothed.probabilities.sum() == pytest.approx(1.0)
    assert (smoothed.probabilities > 0.0).all()
    scale = len(frequencies)
    for power in range(1, degree + 1):
        kept = smoothed.probabilities @ (smoothed.scores / scale) ** power
        assert kept == pytest.approx(observed.probabilities @ (observed.scores / scale) ** power, abs=1e-7)


def test_a_table_keeps_both_margins_and_the_cross_moments() -> None:
    observed = BivariateDistribution.from_frequencies(MATH_SINGLE_GROUP)
    smoothed = smooth_bivariate(observed, degrees=(4, 3), cross_moments=[(1, 1), (2, 1), (2, 2)]).distribution
    x, v = observed.x_scores / 20.0, observed.v_scores / 20.0
    for i, j in [(1, 0), (2, 0), (3, 0), (4, 0), (0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (2, 2)]:
        kept, wanted = ((x**i) @ table.probabilities @ (v**j) for table in (smoothed, observed))
        assert kept == pytest.approx(wanted, abs=1e-8)
    dropped, wanted = (x @ table.probabilities @ (v**2) for table in (smoothed, observed))
    assert abs(dropped - wanted) > 1e-5


def test_sampling_covariance_of_smoothed_probabilities_is_that_of_maximum_likelihood() -> None:
    observed = ScoreDistribution.from_frequencies(MATH_X)
    smoothed = smooth_scores(observed, degree=2).distribution
    p, n = smoothed.probabilities, smoothed.n_candidates
    basis = np.stack([observed.scores, observed.scores**2], axis=1)
    centred = basis - p @ basis
    information = n * (centred.T * p) @ centred
    expected = (p[:, None] * centred) @ np.linalg.solve(information, (p[:, None] * centred).T)
    np.testing.assert_allclose(smoothed.covariance(np.eye(21)), expected, rtol=1e-6, atol=1e-15)


def test_all_moments_give_back_the_frequencies() -> None:
    observed = ScoreDistribution.from_frequencies([5, 9, 14, 8, 3])
    fit = smooth_scores(observed, degree=4)
    np.testing.assert_allclose(fit.distribution.probabilities, observed.probabilities, atol=1e-8)
    assert fit.likelihood_ratio == pytest.approx(0.0, abs=1e-6)
    assert fit.degrees_of_freedom == 0
    np.testing.assert_allclose(fit.distribution.covariance(np.eye(5)), observed.covariance(np.eye(5)), atol=1e-9)


def test_the_degree_with_the_smallest_aic_is_taken() -> None:
    observed = ScoreDistribution.from_frequencies(ACT_X)
    chosen = smooth_scores(observed)
    criteria = {degree: smooth_scores(observed, degree=degree).aic for degree in range(1, 9)}
    assert chosen.degrees == (min(criteria, key=criteria.__getitem__),)
    # A further moment is worth its parameter only when G² falls by more than 2.
    six, seven = smooth_scores(observed, degree=6), smooth_scores(observed, degree=7)
    assert six.aic - seven.aic == pytest.approx(six.likelihood_ratio - seven.likelihood_ratio - 2.0)
    assert seven.bic - seven.aic == pytest.approx(7 * (np.log(observed.n_candidates) - 2.0))


def test_a_sample_from_a_log_linear_model_gets_its_degree_back() -> None:
    scores = np.arange(41)
    p = np.exp(-0.5 * ((scores - 22.0) / 7.0) ** 2)
    counts = np.random.default_rng(3).multinomial(20_000, p / p.sum())
    assert smooth_scores(ScoreDistribution.from_frequencies(counts)).degrees[0] in (2, 3)


@pytest.mark.parametrize("degree", [0, 4])
def test_a_degree_that_the_scores_cannot_carry_is_refused(degree: int) -> None:
    observed = ScoreDistribution.from_frequencies([0, 3, 4, 5, 6, 0])
    smooth_scores(observed, degree=3)
    with pytest.raises(EquatingError) as caught:
        smooth_scores(observed, degree=degree)
    assert caught.value.code == "log_linear_failed"


def test_one_score_has_nothing_to_smooth() -> None:
    with pytest.raises(EquatingError, match="same score"):
        smooth_scores(ScoreDistribution.from_frequencies([0, 9, 0]))


def test_powers_beyond_the_number_of_scores_are_refused() -> None:
    table = BivariateDistribution.from_frequencies([[4, 2, 1], [2, 5, 3], [1, 2, 4]])
    smooth_bivariate(table, degrees=(2, 2))
    for degrees, cross in (((3, 1), [(1, 1)]), ((0, 1), [(1, 1)]), ((1, 1), [(1, 3)]), ((1, 1), [(0, 1)])):
        with pytest.raises(EquatingError) as caught:
            smooth_bivariate(table, degrees=degrees, cross_moments=cross)
        assert caught.value.code == "log_linear_failed"
