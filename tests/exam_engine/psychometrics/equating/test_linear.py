import numpy as np
import pytest

from exam_engine.psychometrics.equating import (
    AnchorMethod,
    AnchorMoments,
    BivariateDistribution,
    EquatingError,
    EquatingTable,
    ScoreDistribution,
    anchor_line,
    bootstrap_equating,
    chained,
    equivalent_groups,
    linear_equating,
    nonequivalent_linear_equating,
    poststratification,
)
from tests.exam_engine.psychometrics.equating.printed_scores import ACT_X, ACT_Y
from tests.exam_engine.psychometrics.equating.test_equipercentile import anchored

# Kolen & Brennan (2004), chapter 4: moments of two forms with 36 items and an internal anchor of 12.
GROUP_X = AnchorMoments(
    form_mean=15.8205, anchor_mean=5.1063, form_variance=6.5278**2, anchor_variance=2.3760**2, covariance=13.4088
)
GROUP_Y = AnchorMoments(
    form_mean=18.6728, anchor_mean=5.8626, form_variance=6.8784**2, anchor_variance=2.4515**2, covariance=14.7603
)


def test_mean_and_linear_equating_of_the_mathematics_forms() -> None:
    design = equivalent_groups(ScoreDistribution.from_frequencies(ACT_X), ScoreDistribution.from_frequencies(ACT_Y))
    # Kolen & Brennan (2004), section 2.4.
    linear, mean = linear_equating(design).parameters, linear_equating(design, kind="mean").parameters
    assert (linear["slope"], linear["intercept"]) == pytest.approx((1.0886, -2.6319), abs=5e-5)
    assert (mean["slope"], mean["intercept"]) == pytest.approx((1.0, -0.8726), abs=5e-5)


@pytest.mark.parametrize(
    ("method", "slope", "intercept"),
    [("tucker", 1.029, 0.537), ("levine observed", 1.0110, 0.2514), ("levine true", 1.0086, 0.2912)],
)
def test_lines_of_kolen_and_brennan_for_nonequivalent_groups(
    method: AnchorMethod, slope: float, intercept: float
) -> None:
    # Lines from the scores of the candidates themselves; the moments above are rounded to four digits. R package equate
    # (Albano 2016, JSS 74(8)) gives the equivalents of score 36 as 37.579 (Tucker) and 36.653 (Levine).
    line = anchor_line(GROUP_X, GROUP_Y, method=method, x_weight=1.0)
    assert line == pytest.approx((slope, intercept), abs=5e-4)
    at_36 = {"tucker": 37.579, "levine observed": 36.653}.get(method)
    if at_36 is not None:
        assert line[0] * 36.0 + line[1] == pytest.approx(at_36, abs=2e-3)


def test_mean_equating_for_nonequivalent_groups() -> None:
    # Same sources: score 0 is worth 0.995 (Tucker) and 0.428 (Levine).
    for method, intercept in (("tucker", 0.995), ("levine observed", 0.428)):
        line = anchor_line(GROUP_X, GROUP_Y, method=method, x_weight=1.0, kind="mean")  # type: ignore[arg-type]
        assert line == pytest.approx((1.0, intercept), abs=5e-4)


def test_levine_with_an_external_anchor_by_its_formula() -> None:
    gammas = [
        (group.form_variance + group.covariance) / (group.anchor_variance + group.covariance)
        for group in (GROUP_X, GROUP_Y)
    ]
    slope, intercept = anchor_line(GROUP_X, GROUP_Y, method="levine true", anchor="external")
    assert slope == pytest.approx(gammas[1] / gammas[0])
    gap = GROUP_X.anchor_mean - GROUP_Y.anchor_mean
    assert intercept == pytest.approx(GROUP_Y.form_mean + gammas[1] * gap - slope * GROUP_X.form_mean)


def test_the_synthetic_population_does_not_matter_for_levine_true_scores_and_hardly_for_the_others() -> None:
    lines = {
        method: [anchor_line(GROUP_X, GROUP_Y, method=method, x_weight=weight) for weight in (0.0, 0.5, 1.0)]
        for method in ("tucker", "levine observed", "levine true")
    }
    assert len(set(lines["levine true"])) == 1
    for method in ("tucker", "levine observed"):
        equivalents = [slope * 18.0 + intercept for slope, intercept in lines[method]]
        assert 0.0 < max(equivalents) - min(equivalents) < 0.1


@pytest.mark.parametrize("method", ["tucker", "levine observed", "levine true"])
def test_a_group_equated_to_itself_gives_the_scores_back(method: AnchorMethod) -> None:
    assert anchor_line(GROUP_X, GROUP_X, method=method) == pytest.approx((1.0, 0.0), abs=1e-12)


def test_tucker_equating_is_braun_holland_when_regressions_are_straight_and_spread_is_even() -> None:
    # Every anchor score has the same conditional distribution about a straight line.
    x = np.zeros((9, 5))
    for v, count in enumerate([10, 20, 40, 20, 10]):
        x[v : v + 5, v] = count * np.array([1.0, 2.0, 4.0, 2.0, 1.0])
    y = np.zeros((9, 5))
    for v, count in enumerate([30, 30, 20, 10, 10]):
        y[v : v + 5, v] = count * np.array([1.0, 3.0, 2.0, 3.0, 1.0])
    xv, yv = BivariateDistribution.from_frequencies(x), BivariateDistribution.from_frequencies(y)
    tucker = nonequivalent_linear_equating(xv, yv, method="tucker", x_weight=0.4)
    braun_holland = linear_equating(poststratification(xv, yv, x_weight=0.4))
    np.testing.assert_allclose(tucker.equivalents, braun_holland.equivalents, atol=1e-9)


def test_chained_linear_equating_multiplies_the_slopes() -> None:
    xv, yv = anchored(1, 0.0), anchored(2, 0.5)
    table = linear_equating(chained(xv, yv))
    slope = (yv.x.sd / yv.v.sd) / (xv.x.sd / xv.v.sd)
    assert table.parameters["slope"] == pytest.approx(slope)
    at_mean = yv.x.mean + yv.x.sd / yv.v.sd * (xv.v.mean - yv.v.mean)
    assert table.apply(xv.x.mean, within_range=False) == pytest.approx(at_mean)


def test_the_error_of_mean_equating_in_closed_form() -> None:
    x, y = ScoreDistribution.from_frequencies(ACT_X), ScoreDistribution.from_frequencies(ACT_Y)
    errors = linear_equating(equivalent_groups(x, y), kind="mean").standard_errors
    np.testing.assert_allclose(errors, np.sqrt(x.sd**2 / x.n_candidates + y.sd**2 / y.n_candidates))


def test_the_error_of_linear_equating_in_closed_form() -> None:
    x, y = ScoreDistribution.from_frequencies(ACT_X), ScoreDistribution.from_frequencies(ACT_Y)
    table = linear_equating(equivalent_groups(x, y))
    z = (table.x_scores - x.mean) / x.sd
    # Braun & Holland (1982): Var = σ_Y² Σ (1 + skewness z + (kurtosis − 1) z²/4) / n over both groups.
    terms = [(1.0 + form.skewness * z + 0.25 * (form.kurtosis - 1.0) * z**2) / form.n_candidates for form in (x, y)]
    np.testing.assert_allclose(table.standard_errors, y.sd * np.sqrt(terms[0] + terms[1]))


@pytest.mark.parametrize("method", ["tucker", "levine observed", "levine true", "chained", "braun-holland"])
def test_errors_for_nonequivalent_groups_agree_with_the_bootstrap(method: str) -> None:
    samples = [anchored(1, 0.0, 3000), anchored(2, 0.4, 3000)]

    def equate(xv: BivariateDistribution, yv: BivariateDistribution) -> EquatingTable:
        if method == "chained":
            return linear_equating(chained(xv, yv))
        if method == "braun-holland":
            return linear_equating(poststratification(xv, yv))
        return nonequivalent_linear_equating(xv, yv, method=method, anchor="external")  # type: ignore[arg-type]

    delta = equate(samples[0], samples[1]).standard_errors
    drawn = bootstrap_equating(samples, equate, n_replications=300, rng=np.random.default_rng(6)).standard_errors
    np.testing.assert_allclose(drawn, delta, rtol=0.15)


def test_moments_that_cannot_be_equated_are_refused() -> None:
    against = AnchorMoments(form_mean=15.0, anchor_mean=5.0, form_variance=40.0, anchor_variance=5.0, covariance=-1.0)
    with pytest.raises(EquatingError, match="that took Y") as caught:
        anchor_line(GROUP_X, against, method="tucker")
    assert caught.value.code == "no_spread"
    with pytest.raises(EquatingError) as caught:
        anchor_line(GROUP_X, GROUP_Y, method="tucker", x_weight=1.5)
    assert caught.value.code == "bad_weight"
    constant = ScoreDistribution.from_frequencies([0, 7, 0])
    with pytest.raises(EquatingError) as caught:
        linear_equating(equivalent_groups(constant, ScoreDistribution.from_frequencies(ACT_Y)))
    assert caught.value.code == "no_spread"
