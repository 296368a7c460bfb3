import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.equating import (
    BivariateDistribution,
    EquatingDesign,
    EquatingError,
    EquatingTable,
    GaussianScores,
    ScoreDistribution,
    UniformScores,
    bootstrap_equating,
    chained,
    choose_bandwidth,
    equating_difference,
    equivalent_groups,
    kernel_equating,
    linear_equating,
    poststratification,
    single_group,
    smooth_bivariate,
    smooth_scores,
)
from tests.exam_engine.psychometrics.equating.printed_scores import (
    MATH_RELATIVE_ERRORS,
    MATH_SINGLE_GROUP,
    MATH_SINGLE_GROUP_ERRORS,
    MATH_STANDARD_ERRORS,
    MATH_X,
    MATH_Y,
)


def mathematics() -> EquatingDesign:
    return equivalent_groups(
        smooth_scores(ScoreDistribution.from_frequencies(MATH_X), degree=2).distribution,
        smooth_scores(ScoreDistribution.from_frequencies(MATH_Y), degree=3).distribution,
    )


def test_standard_errors_and_relative_errors_of_von_davier_holland_and_thayer() -> None:
    table = kernel_equating(mathematics())
    places = list(MATH_STANDARD_ERRORS)
    np.testing.assert_allclose(table.standard_errors[places], list(MATH_STANDARD_ERRORS.values()), atol=0.0011)
    np.testing.assert_allclose(table.percent_relative_errors(), MATH_RELATIVE_ERRORS, atol=0.022)


@pytest.mark.parametrize("direction", list(MATH_SINGLE_GROUP_ERRORS))
def test_standard_errors_in_a_single_group_of_von_davier_holland_and_thayer(direction: str) -> None:
    frequencies = np.array(MATH_SINGLE_GROUP)
    table = BivariateDistribution.from_frequencies(frequencies if direction == "rows to columns" else frequencies.T)
    smoothed = smooth_bivariate(table, degrees=(3, 3)).distribution
    printed = MATH_SINGLE_GROUP_ERRORS[direction]
    errors = kernel_equating(single_group(smoothed)).standard_errors
    np.testing.assert_allclose(errors[list(printed)], list(printed.values()), atol=2e-4)


def test_a_wide_kernel_gives_linear_equating_with_its_errors() -> None:
    design = mathematics()
    wide = kernel_equating(design, x_bandwidth=2000.0, y_bandwidth=2000.0)
    linear = linear_equating(design)
    np.testing.assert_allclose(wide.equivalents, linear.equivalents, atol=1e-4)
    np.testing.assert_allclose(wide.standard_errors, linear.standard_errors, rtol=1e-3)


def test_difference_from_linear_equating_has_an_error_of_its_own() -> None:
    design = mathematics()
    kernel, linear = kernel_equating(design), linear_equating(design)
    result = equating_difference(kernel, linear)
    np.testing.assert_allclose(result.difference, kernel.equivalents - linear.equivalents)
    # Both functions rest on the same data, so the error of their difference is below that of independent ones.
    independent = np.hypot(kernel.standard_errors, linear.standard_errors)
    assert (result.standard_errors < independent).all()
    np.testing.assert_allclose(equating_difference(kernel, kernel).standard_errors, 0.0)
    with pytest.raises(EquatingError) as caught:
        equating_difference(kernel, linear_equating(mathematics()))
    assert caught.value.code == "design_differs"


@given(
    frequencies=st.lists(st.integers(1, 40), min_size=3, max_size=15),
    bandwidth=st.floats(0.2, 30.0),
)
@settings(deadline=None)
def test_the_kernel_keeps_mean_and_variance(frequencies: list[int], bandwidth: float) -> None:
    scores = ScoreDistribution.from_frequencies(frequencies)
    kernel = GaussianScores(scores, bandwidth)
    grid = np.linspace(scores.mean - 14 * (scores.sd + 1), scores.mean + 14 * (scores.sd + 1), 20_001)
    density = kernel.density(grid) * (grid[1] - grid[0])
    assert density.sum() == pytest.approx(1.0, abs=1e-6)
    assert density @ grid == pytest.approx(scores.mean, abs=1e-5)
    assert density @ (grid - scores.mean) ** 2 == pytest.approx(scores.sd**2, rel=1e-4)


@given(frequencies=st.lists(st.integers(1, 40), min_size=3, max_size=12), share=st.floats(0.01, 0.99))
@settings(deadline=None)
def test_quantiles_undo_cumulative_probabilities(frequencies: list[int], share: float) -> None:
    scores = ScoreDistribution.from_frequencies(frequencies)
    for continuous in (UniformScores(scores), GaussianScores(scores, 0.6)):
        p = np.array([share])
        np.testing.assert_allclose(continuous.cdf(continuous.quantile(p)), p, atol=1e-9)


@pytest.mark.parametrize("bandwidth", [0.4, 0.7, 5.0])
def test_density_and_gradients_are_derivatives(bandwidth: float) -> None:
    scores = ScoreDistribution.from_frequencies(MATH_X)
    x = np.array([0.3, 7.2, 15.9, 21.0])
    kernel = GaussianScores(scores, bandwidth)
    step = 1e-5
    np.testing.assert_allclose(
        kernel.density(x), (kernel.cdf(x + step) - kernel.cdf(x - step)) / (2 * step), rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(
        kernel.density_slope(x), (kernel.density(x + step) - kernel.density(x - step)) / (2 * step), atol=1e-7
    )
    # Move probability from one score to another: the total stays 1.
    moved = scores.probabilities.copy()
    moved[3] += step
    moved[12] -= step
    other = ScoreDistribution(scores=scores.scores, probabilities=moved, n_candidates=scores.n_candidates)
    for before, after in (
        (kernel, GaussianScores(other, bandwidth)),
        (UniformScores(scores), UniformScores(other)),
    ):
        gradient = before.cdf_gradient(x)
        np.testing.assert_allclose(
            gradient[:, 3] - gradient[:, 12], (after.cdf(x) - before.cdf(x)) / step, rtol=1e-3, atol=1e-6
        )


def test_errors_agree_with_the_bootstrap() -> None:
    design = mathematics()

    def equate(x: ScoreDistribution, y: ScoreDistribution) -> EquatingTable:
        smoothed = equivalent_groups(smooth_scores(x, degree=2).distribution, smooth_scores(y, degree=3).distribution)
        return kernel_equating(smoothed, x_bandwidth=0.62, y_bandwidth=0.57)

    drawn = bootstrap_equating([design.x, design.y], equate, n_replications=300, rng=np.random.default_rng(8))
    np.testing.assert_allclose(drawn.standard_errors, kernel_equating(design).standard_errors, rtol=0.15)
    assert np.abs(drawn.bias).max() < 0.1


def test_a_group_equated_to_itself_gives_the_scores_back_in_every_design() -> None:
    table = BivariateDistribution.from_frequencies(MATH_SINGLE_GROUP)
    smoothed = smooth_bivariate(table, degrees=(3, 3)).distribution
    for design in (poststratification(smoothed, smoothed), chained(smoothed, smoothed)):
        result = kernel_equating(design)
        np.testing.assert_allclose(result.equivalents, result.x_scores, atol=1e-8)
        assert np.isfinite(result.standard_errors).all()


def test_the_penalty_is_smallest_at_the_bandwidth_without_dips() -> None:
    scores = mathematics().x
    best = choose_bandwidth(scores)

    def misfit(bandwidth: float) -> float:
        return float(((scores.probabilities - GaussianScores(scores, bandwidth).density(scores.scores)) ** 2).sum())

    assert misfit(best) <= min(misfit(0.98 * best), misfit(1.02 * best))
    # A score that nobody has makes the density dip unless the kernel is wide or dips cost nothing.
    comb = ScoreDistribution.from_frequencies([10, 0, 20, 0, 30, 0, 20, 0, 10])
    assert choose_bandwidth(comb) > 1.5 * choose_bandwidth(comb, smoothness=0.0)


def test_rule_of_thumb_by_hand() -> None:
    scores = ScoreDistribution.from_frequencies([25, 50, 25])
    # sd = √0.5, n = 100.
    expected = 9.0 * np.sqrt(0.5) / np.sqrt(100.0 * 100.0**0.4 - 81.0)
    assert choose_bandwidth(scores, "rule-of-thumb") == pytest.approx(expected)


def test_bandwidths_and_scores_that_make_no_kernel_are_refused() -> None:
    design = mathematics()
    for bandwidth in (0.0, -1.0, np.nan):
        with pytest.raises(EquatingError) as caught:
            kernel_equating(design, x_bandwidth=bandwidth)
        assert caught.value.code == "bad_bandwidth"
    constant = ScoreDistribution.from_frequencies([0, 5, 0])
    with pytest.raises(EquatingError) as caught:
        kernel_equating(equivalent_groups(constant, design.y))
    assert caught.value.code == "no_spread"
