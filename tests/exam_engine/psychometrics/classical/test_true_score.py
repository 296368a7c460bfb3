import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import beta as beta_distribution
from scipy.stats import binom

from exam_engine.psychometrics.classical import BetaTrueScores, ClassicalDataError, fit_beta_true_scores


def score_distribution(alpha: float, beta: float, lower: float, upper: float, n: int) -> np.ndarray:
    """Exact probabilities of 0 … n right answers."""
    density = beta_distribution(alpha, beta, loc=lower, scale=upper - lower)
    return np.array(
        [quad(lambda t, k=k: binom.pmf(k, n, t) * density.pdf(t), lower, upper, epsabs=1e-13)[0] for k in range(n + 1)]
    )


@pytest.mark.parametrize(
    ("alpha", "beta", "lower", "upper"), [(5.0, 3.0, 0.25, 0.75), (2.0, 6.0, 0.1, 0.9), (3.0, 3.0, 0.2, 0.95)]
)
def test_a_four_parameter_beta_is_found_again_from_its_scores(
    alpha: float, beta: float, lower: float, upper: float
) -> None:
    n = 40

    found = fit_beta_true_scores(np.arange(n + 1.0), n, score_distribution(alpha, beta, lower, upper, n))

    assert (found.alpha, found.beta) == pytest.approx((alpha, beta), rel=1e-5)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=1e-6)
    assert found.flags == ()


def test_a_two_parameter_beta_is_a_four_parameter_beta_from_0_to_1() -> None:
    weights = score_distribution(4.0, 2.0, 0.0, 1.0, 30)

    found = fit_beta_true_scores(np.arange(31.0), 30, weights)

    # The ends lie at the border of what is allowed; rounding decides whether one is held.
    assert (found.alpha, found.beta, found.lower, found.upper) == pytest.approx((4.0, 2.0, 0.0, 1.0), abs=1e-3)


@pytest.mark.parametrize(("centre", "flag"), [(1.5, "lower_bound_at_0"), (-1.5, "upper_bound_at_1")])
def test_a_fit_that_leaves_the_range_holds_that_end_and_keeps_three_moments(centre: float, flag: str) -> None:
    # Normal logits: their long tail asks for true scores beyond 0 (or, mirrored, beyond 1).
    z = np.linspace(-5, 5, 2001)
    scores = np.arange(41.0)
    weights = (binom.pmf(scores[:, None], 40, expit(centre + z)) * np.exp(-0.5 * z**2)).sum(axis=1)

    found = fit_beta_true_scores(scores, 40, weights)

    assert found.flags == (flag,)
    for order in (1, 2, 3):
        raw = np.average(expit(centre + z) ** order, weights=np.exp(-0.5 * z**2))
        assert found.moment(order) == pytest.approx(raw, rel=1e-8)


def test_where_no_end_can_be_moved_mean_and_variance_are_kept() -> None:
    # Only two items: the third moment does not exist.
    scores = np.repeat([0.0, 1.0, 2.0], [20, 30, 50])

    found = fit_beta_true_scores(scores, 2)

    assert found.flags == ("two_parameter_beta",)
    assert found.moment(1) == pytest.approx(0.65)
    assert found.moment(2) == pytest.approx(0.5)


def test_expectations_agree_with_adaptive_integration() -> None:
    true = BetaTrueScores(1.5, 0.7, 0.2, 0.95)
    density = beta_distribution(1.5, 0.7, loc=0.2, scale=0.75)

    for lower, upper in ((0.0, 1.0), (0.3, 0.6), (0.9, 1.0)):
        expected = quad(lambda t: np.exp(t) * density.pdf(t), max(lower, 0.2), min(upper, 0.95), epsabs=1e-10)[0]
        assert true.expectation(np.exp, lower, upper) == pytest.approx(expected, abs=1e-9)
    assert true.cdf(0.5) == pytest.approx(density.cdf(0.5))
    assert (true.cdf(0.1), true.cdf(0.99)) == (0.0, 1.0)


def test_scores_that_vary_no_more_than_chance_have_no_distribution() -> None:
    with pytest.raises(ClassicalDataError, match="no more than chance") as error:
        fit_beta_true_scores(np.array([5.0, 5.0, 6.0, 5.0]), 10)
    assert error.value.code == "no_true_score_distribution"
