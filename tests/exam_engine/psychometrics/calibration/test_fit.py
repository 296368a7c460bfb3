"""What a calibration does with designs, settings and difficult data."""

from dataclasses import replace

import numpy as np
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ItemParameters,
    Prior,
    Priors,
    ResponseMatrix,
    calibrate,
)
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.calibration.em import run_em
from exam_engine.psychometrics.response_functions import category_probabilities
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.calibration.models import simulate, small_problem


def simulated(
    seed: int, n_candidates: int, n_items: int
) -> tuple[ScoreArray, FloatArray, FloatArray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    a, b = rng.lognormal(0.0, 0.3, n_items), rng.normal(size=n_items)
    items = ItemParameters.dichotomous([f"q{item}" for item in range(n_items)], a, b)
    return simulate(rng, rng.normal(size=n_candidates), items), a, b, rng


def codes(fit: CalibrationResult) -> list[str]:
    return [warning.code for warning in fit.warnings]


def errors_in_units_of_their_standard_error(fit: CalibrationResult, a: FloatArray, b: FloatArray) -> FloatArray:
    assert fit.standard_errors is not None
    return np.concatenate(
        [(fit.items.a - a) / fit.standard_errors.a, (fit.items.b[:, 0] - b) / fit.standard_errors.b[:, 0]]
    )


def test_the_fit_proves_its_own_maximum() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS))
    evidence = fit.certificate

    assert evidence.converged
    assert evidence.max_gradient <= 1e-6 * 1000
    assert evidence.max_change <= 1e-6
    assert evidence.newton_decrement is not None
    assert 0.0 <= evidence.newton_decrement < 1e-9
    assert evidence.is_identified
    assert evidence.condition_number is not None
    assert evidence.condition_number >= 1.0
    assert evidence.linked_item_sets == 1
    assert evidence.items_at_bounds == ()
    assert fit.covariance is not None
    assert (np.linalg.eigvalsh(fit.covariance) > 0).all()
    assert (np.diff(evidence.trace) >= -1e-9).all()
    assert fit.warnings == ()
    assert fit.flags == ((),) * 5


def test_extrapolation_changes_the_work_but_not_the_estimates() -> None:
    responses = published.pattern_responses(published.LSAT6_PATTERNS)
    fast = calibrate(responses)
    plain = calibrate(responses, CalibrationSettings(accelerate=False, parameter_tolerance=1e-7))

    assert plain.converged
    np.testing.assert_allclose(plain.items.a, fast.items.a, atol=1e-4)
    assert plain.certificate.e_steps > 2 * fast.certificate.e_steps


@pytest.mark.parametrize("model", ["GPCM", "NRM", "GRM"])
def test_newton_steps_finish_what_em_would_take_hundreds_of_passes_for(model: str) -> None:
    rng = np.random.default_rng(8)
    items = ItemParameters.polytomous(["x", "y", "z"], "GPCM", [0.4, 0.5, 0.6], [[-1.0, 0.0, 1.0]] * 3)
    scores = ResponseMatrix.from_array(simulate(rng, rng.normal(size=300), items))
    settings = CalibrationSettings(model=model)  # type: ignore[arg-type]  # names of models

    fit = calibrate(scores, settings)

    assert fit.converged
    assert fit.certificate.e_steps < 150
    assert fit.certificate.max_gradient < 3e-4


def test_two_booklets_with_common_items_recover_the_parameters_of_both() -> None:
    scores, a, b, _ = simulated(13, 4000, 18)
    scores[:2000, 12:] = NOT_PRESENTED
    scores[2000:, :6] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.converged
    assert codes(fit) == []
    # The mean square of standardised errors is a chi-square over its degrees of freedom, near 1.
    assert np.mean(errors_in_units_of_their_standard_error(fit, a, b) ** 2) < 2.0
    np.testing.assert_array_equal(fit.n_responses, [2000.0] * 6 + [4000.0] * 6 + [2000.0] * 6)


def test_items_that_no_candidate_links_are_reported() -> None:
    scores, _, _, _ = simulated(14, 4000, 8)
    scores[:2000, 4:] = NOT_PRESENTED
    scores[2000:, :4] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert [(warning.code, dict(warning.data)) for warning in fit.warnings] == [("unlinked_items", {"sets": 2})]
    assert fit.certificate.linked_item_sets == 2


def test_a_mixed_test_recovers_the_parameters_of_every_model() -> None:
    rng = np.random.default_rng(31)
    parts = [
        ItemParameters.dichotomous(
            [f"two{item}" for item in range(10)], rng.lognormal(0, 0.3, 10), rng.normal(size=10)
        ),
        ItemParameters.dichotomous(
            [f"three{item}" for item in range(6)], rng.lognormal(0.2, 0.2, 6), rng.normal(size=6), np.full(6, 0.2)
        ),
        ItemParameters.polytomous(
            [f"graded{item}" for item in range(4)],
            "GRM",
            rng.lognormal(0, 0.3, 4),
            np.sort(rng.normal(size=(4, 3)), axis=1) + np.array([-0.4, 0.0, 0.4]),
        ),
        ItemParameters.polytomous(
            [f"partial{item}" for item in range(4)], "GPCM", rng.lognormal(-0.3, 0.3, 4), rng.normal(size=(4, 2))
        ),
        ItemParameters.nominal(["nominal"], [[0.6, 1.2]], [[0.3, -0.2]]),
    ]
    items = ItemParameters.concatenate(parts)
    scores = simulate(rng, rng.normal(size=8000), items)

    fit = calibrate(
        ResponseMatrix.from_array(scores, items.names),
        CalibrationSettings(
            item_models=dict(zip(items.names, items.models, strict=True)), priors=Priors(lower=Prior("beta", 5, 17))
        ),
    )

    assert fit.converged
    assert fit.items.models == items.models
    errors = fit.standard_errors
    assert errors is not None
    z = np.concatenate(
        [
            ((getattr(fit.items, name) - getattr(items, name)) / getattr(errors, name)).ravel()
            for name in ("a", "d", "s", "c")
        ]
    )
    known = z[np.isfinite(z)]
    assert known.size == fit.n_parameters
    assert np.mean(known**2) < 2.0
    assert np.abs(known).max() < 4.0


@pytest.mark.parametrize("model", ["GRM", "GPCM", "NRM"])
def test_polytomous_models_mean_the_2pl_for_items_with_two_categories(model: str) -> None:
    responses = published.pattern_responses(published.LSAT7_PATTERNS)

    fit = calibrate(responses, CalibrationSettings(model=model))  # type: ignore[arg-type]  # names of models

    assert fit.items.models == ("2PL",) * 5
    assert fit.log_likelihood == pytest.approx(published.LSAT7_LOG_LIKELIHOOD, abs=1e-4)


def test_restrictions_lower_the_likelihood_and_save_parameters() -> None:
    rng = np.random.default_rng(32)
    items = ItemParameters.polytomous(
        [f"q{item}" for item in range(6)], "GPCM", rng.lognormal(0, 0.3, 6), rng.normal(size=(6, 3))
    )
    responses = ResponseMatrix.from_array(simulate(rng, rng.normal(size=800), items))

    fits = {model: calibrate(responses, CalibrationSettings(model=model)) for model in ("NRM", "GPCM", "PCM", "RSM")}

    assert [fits[model].n_parameters for model in fits] == [36, 24, 19, 9]
    likelihoods = [fits[model].log_likelihood for model in fits]
    assert likelihoods == sorted(likelihoods, reverse=True)
    steps = fits["RSM"].items.b - fits["RSM"].items.b.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(steps, np.broadcast_to(steps[0], steps.shape), atol=1e-6)
    rasch = calibrate(responses, CalibrationSettings(model="Rasch"))
    assert rasch.items.models == ("PCM",) * 6
    assert rasch.log_likelihood == pytest.approx(fits["PCM"].log_likelihood, abs=1e-5)
    np.testing.assert_array_equal(rasch.items.a, 1.0)
    assert rasch.groups[0].sd == pytest.approx(fits["PCM"].items.a[0], abs=1e-4)
    assert rasch.n_parameters == fits["PCM"].n_parameters


def test_under_the_rasch_model_items_of_every_length_have_the_slope_one() -> None:
    rng = np.random.default_rng(42)
    items = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["x", "y", "z"], np.full(3, 0.7), [-0.5, 0.0, 0.8]),
            ItemParameters.polytomous(["u", "v"], "GPCM", [1.4, 1.4], [[-1.0, 0.5], [-0.2, 0.9]]),
        ]
    )
    responses = ResponseMatrix.from_array(simulate(rng, rng.normal(size=600), items), items.names)

    rasch = calibrate(responses, CalibrationSettings(model="Rasch"))
    common = calibrate(responses, CalibrationSettings(model="PCM"))

    assert rasch.items.models == ("Rasch", "Rasch", "Rasch", "PCM", "PCM")
    assert common.items.models == ("1PL", "1PL", "1PL", "PCM", "PCM")
    np.testing.assert_array_equal(rasch.items.a, 1.0)
    assert rasch.log_likelihood == pytest.approx(common.log_likelihood, abs=1e-6)
    assert rasch.groups[0].sd == pytest.approx(common.items.a[0], abs=1e-4)
    np.testing.assert_allclose(rasch.items.d, common.items.d, atol=1e-4)


@pytest.mark.parametrize("density", ["histogram", "davidian"])
def test_a_shape_with_given_moments_and_a_free_spread_exclude_each_other(density: str) -> None:
    responses = published.pattern_responses(published.LSAT6_PATTERNS)
    settings = CalibrationSettings(model="Rasch", density=density)  # type: ignore[arg-type]  # names of densities

    with pytest.raises(CalibrationError, match="use the 1PL, which is the same model") as caught:
        calibrate(responses, settings)
    assert caught.value.code == "density_not_identified"
    anchor = ItemParameters.dichotomous(["item_1"], [1.0], [-2.0])
    assert calibrate(responses, replace(settings, max_iterations=3), fixed=anchor).n_parameters > 4
    with pytest.raises(ValueError, match="together or not at all"):
        replace(settings, free_means=False)


@pytest.mark.parametrize("density", ["histogram", "davidian"])
def test_every_group_has_the_standard_moments_when_they_are_not_freed(density: str) -> None:
    scores, _, _, _ = simulated(43, 600, 8)
    settings = CalibrationSettings(density=density, free_means=False, free_sds=False, max_iterations=40)  # type: ignore[arg-type]

    fit = calibrate(ResponseMatrix.from_array(scores), settings, groups=np.repeat(["a", "b"], 300))

    for group in fit.groups:
        # A little of a Davidian curve's tails lies beyond the nodes.
        assert group.mean == pytest.approx(0.0, abs=2e-3)
        assert group.sd == pytest.approx(1.0, abs=5e-3)


def test_fixed_items_put_a_new_sample_on_their_scale_with_a_distribution_of_its_own() -> None:
    # Focal population N(0.5, 1.2²); Kim (2006): pooling it under N(0, 1) would bias the new items.
    rng = np.random.default_rng(33)
    names = [f"q{item}" for item in range(50)]
    a, b = rng.lognormal(0.0, 0.25, 50), rng.normal(size=50)
    truth = ItemParameters.dichotomous(names, a, b)
    scores = simulate(rng, rng.normal(0.5, 1.2, 6000), truth)
    old = truth.select(names[:29])

    fit = calibrate(ResponseMatrix.from_array(scores, names), fixed=old)

    assert fit.converged
    assert fit.fixed_items == tuple(names[:29])
    np.testing.assert_array_equal(fit.items.a[:29], a[:29])
    np.testing.assert_allclose(fit.items.d[:29, 0], -a[:29] * b[:29])
    population = fit.groups[0]
    assert population.se_mean is not None
    assert population.se_sd is not None
    assert abs(population.mean - 0.5) < 3 * population.se_mean
    assert abs(population.sd - 1.2) < 3 * population.se_sd
    assert abs(np.mean(fit.items.a[29:] - a[29:])) < 0.035
    assert abs(np.mean(fit.items.d[29:, 0] + a[29:] * b[29:])) < 0.03
    errors = fit.standard_errors
    assert errors is not None
    assert np.isnan(errors.a[:29]).all()
    assert np.isfinite(errors.a[29:]).all()
    assert fit.n_parameters == 2 * 21 + 2


def test_all_items_fixed_leaves_only_the_population_to_estimate() -> None:
    rng = np.random.default_rng(34)
    truth = ItemParameters.dichotomous([f"q{item}" for item in range(30)], np.full(30, 1.2), np.linspace(-2, 2, 30))
    scores = simulate(rng, rng.normal(-0.7, 0.8, 3000), truth)

    fit = calibrate(ResponseMatrix.from_array(scores, truth.names), fixed=truth)

    assert fit.converged
    assert fit.n_parameters == 2
    assert fit.groups[0].mean == pytest.approx(-0.7, abs=0.06)
    assert fit.groups[0].sd == pytest.approx(0.8, abs=0.06)


def test_a_population_beyond_the_nodes_widens_them() -> None:
    rng = np.random.default_rng(35)
    truth = ItemParameters.dichotomous([f"q{item}" for item in range(40)], np.full(40, 1.2), np.linspace(-2, 6, 40))
    scores = simulate(rng, rng.normal(3.0, 1.3, 2000), truth)

    fit = calibrate(ResponseMatrix.from_array(scores, truth.names), fixed=truth.select(truth.names[:30]))

    assert fit.converged
    assert codes(fit) == ["quadrature_refined"]
    assert fit.quadrature.nodes[-1] >= fit.groups[0].mean + 4.4 * fit.groups[0].sd
    assert fit.groups[0].mean == pytest.approx(3.0, abs=0.15)


def test_groups_of_different_ability_share_items_without_bias() -> None:
    rng = np.random.default_rng(36)
    n_items = 24
    a, b = rng.lognormal(0, 0.3, n_items), rng.normal(size=n_items)
    truth = ItemParameters.dichotomous([f"q{item}" for item in range(n_items)], a, b)
    groups = np.repeat(["north", "south", "west"], 2000)
    theta = np.concatenate([rng.normal(0, 1, 2000), rng.normal(-0.8, 1.3, 2000), rng.normal(0.6, 0.7, 2000)])
    scores = simulate(rng, theta, truth)
    scores[:2000, 16:] = NOT_PRESENTED
    scores[2000:4000, :8] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores, truth.names), groups=groups)

    assert [group.name for group in fit.groups] == ["north", "south", "west"]
    assert [group.n_candidates for group in fit.groups] == [2000.0] * 3
    for group, mean, sd in zip(fit.groups[1:], (-0.8, 0.6), (1.3, 0.7), strict=True):
        assert group.se_mean is not None
        assert group.se_sd is not None
        assert abs(group.mean - mean) < 3.5 * group.se_mean
        assert abs(group.sd - sd) < 3.5 * group.se_sd
    assert np.mean(errors_in_units_of_their_standard_error(fit, a, b) ** 2) < 2.0


@pytest.mark.parametrize("density", ["histogram", "davidian"])
def test_an_estimated_distribution_beats_the_normal_one_where_ability_is_not_normal(density: str) -> None:
    rng = np.random.default_rng(37)
    truth = ItemParameters.dichotomous([f"q{item}" for item in range(30)], np.full(30, 1.3), np.linspace(-2, 2, 30))
    # Two thirds weak, one third strong; mean 0 and standard deviation 1.
    strong = rng.random(4000) < 1 / 3
    theta = np.where(strong, rng.normal(1.2, 0.45, 4000), rng.normal(-0.6, 0.45, 4000))
    theta = (theta - theta.mean()) / theta.std()
    responses = ResponseMatrix.from_array(simulate(rng, theta, truth), truth.names)

    normal = calibrate(responses)
    fit = calibrate(responses, CalibrationSettings(density=density, max_iterations=600))  # type: ignore[arg-type]

    assert fit.converged
    assert fit.log_likelihood > normal.log_likelihood + 20
    assert fit.groups[0].mean == pytest.approx(0.0, abs=1e-6)
    assert fit.groups[0].sd == pytest.approx(1.0, abs=1e-3)
    found = fit.items.a - 1.3
    assert np.mean(found**2) < np.mean((normal.items.a - 1.3) ** 2)
    centre = np.interp(0.0, fit.quadrature.nodes, fit.quadrature.weights)
    assert centre < np.interp(0.0, normal.quadrature.nodes, normal.quadrature.weights)


def test_an_asymptote_that_the_data_put_at_zero_is_named_and_not_hidden_behind_a_bound() -> None:
    scores, _, _, _ = simulated(38, 3000, 20)

    fit = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(model="3PL", max_iterations=500))

    assert "asymptotes_without_prior" in codes(fit)
    at_zero = [name for name, flags in zip(fit.items.names, fit.flags, strict=True) if "asymptote_at_bound" in flags]
    assert at_zero
    assert fit.certificate.items_at_bounds == tuple(at_zero)
    assert fit.standard_errors is not None
    index = fit.items.names.index(at_zero[0])
    assert np.isnan(fit.standard_errors.c[index])
    assert np.isfinite(fit.standard_errors.a[index])


def test_a_wrong_key_gives_a_negative_slope_and_a_flag() -> None:
    scores, a, _, _ = simulated(19, 1500, 15)
    scores[:, 4] = 1 - scores[:, 4]

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.converged
    assert fit.items.a[4] == pytest.approx(-a[4], abs=0.25)
    assert fit.flags[4] == ("negative_slope",)
    assert all("negative_slope" not in flags for number, flags in enumerate(fit.flags) if number != 4)


def test_an_item_that_measures_nothing_is_flagged_and_not_bounded() -> None:
    scores, _, _, rng = simulated(20, 2000, 15)
    scores[:, 3] = rng.random(2000) < 0.9

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert abs(fit.items.a[3]) < 0.2
    assert "slope_near_zero" in fit.flags[3]
    assert abs(fit.items.b[3, 0]) > 6.0
    assert "difficulty_extreme" in fit.flags[3]


def test_two_hundred_responses_are_enough_and_one_less_is_flagged() -> None:
    scores, _, _, _ = simulated(21, 200, 5)
    scores[0, 0] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert "few_responses" in fit.flags[0]
    assert all("few_responses" not in flags for flags in fit.flags[1:])


def test_steps_in_reversed_order_are_flagged() -> None:
    rng = np.random.default_rng(39)
    items = ItemParameters.polytomous(["x", "y", "z"], "GPCM", [1.0, 1.0, 1.0], [[-1.0, 1.0], [1.0, -1.0], [-0.5, 0.5]])

    fit = calibrate(
        ResponseMatrix.from_array(simulate(rng, rng.normal(size=3000), items)), CalibrationSettings(model="GPCM")
    )

    assert [("steps_disordered" in flags) for flags in fit.flags] == [False, True, False]


def test_a_long_informative_test_refines_its_own_quadrature() -> None:
    rng = np.random.default_rng(22)
    a, b = rng.uniform(2.0, 3.0, 120), rng.uniform(-1.5, 1.5, 120)
    items = ItemParameters.dichotomous([f"q{item}" for item in range(120)], a, b)
    responses = ResponseMatrix.from_array(simulate(rng, rng.normal(size=1200), items))

    fit = calibrate(responses)
    coarse = calibrate(responses, CalibrationSettings(refine_quadrature=False))
    fine = calibrate(responses, CalibrationSettings(n_nodes=481))

    assert codes(fit) == ["quadrature_refined"]
    assert fit.quadrature.nodes.size > 61
    assert codes(coarse) == ["quadrature_coarse"]
    assert codes(fine) == []
    assert fit.log_likelihood == pytest.approx(fine.log_likelihood, abs=1e-4)
    assert abs(coarse.log_likelihood - fine.log_likelihood) > 0.01


def test_nodes_are_refined_when_the_narrowest_posterior_is_narrower_than_their_spacing_and_not_before() -> None:
    scores, _, _, _ = simulated(26, 500, 40)
    responses = ResponseMatrix.from_array(scores)
    narrowest = calibrate(responses, CalibrationSettings(n_nodes=481)).certificate.smallest_posterior_sd
    assert narrowest is not None

    for spacing, expected in ((0.95 * narrowest, []), (1.05 * narrowest, ["quadrature_refined"])):
        reach = 30 * spacing
        fit = calibrate(responses, CalibrationSettings(n_nodes=61, theta_min=-reach, theta_max=reach))
        assert codes(fit) == expected


def test_nodes_that_end_where_candidates_are_give_a_warning_or_are_widened() -> None:
    scores, _, _, _ = simulated(27, 500, 20)
    short = CalibrationSettings(theta_min=-2.0, theta_max=2.0, refine_quadrature=False)

    assert codes(calibrate(ResponseMatrix.from_array(scores))) == []
    assert codes(calibrate(ResponseMatrix.from_array(scores), short)) == ["quadrature_range"]
    widened = calibrate(ResponseMatrix.from_array(scores), replace(short, refine_quadrature=True))
    assert codes(widened) == ["quadrature_refined"]
    assert widened.quadrature.nodes[-1] > 4.0


def test_running_out_of_iterations_is_not_called_convergence() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS), CalibrationSettings(max_iterations=3))

    assert not fit.converged
    assert fit.certificate.iterations == 3
    assert "not_converged" in codes(fit)
    decrement = fit.certificate.newton_decrement
    assert decrement is not None
    # The Newton decrement foretells how much likelihood is still missing.
    missing = published.LSAT6_LOG_LIKELIHOOD - fit.log_likelihood
    assert decrement == pytest.approx(missing, rel=0.3)


@pytest.mark.parametrize("accelerate", [True, False])
@pytest.mark.parametrize("most", [1, 2, 5, 6])
def test_no_more_iterations_are_made_than_allowed(most: int, accelerate: bool) -> None:
    settings = CalibrationSettings(max_iterations=most, accelerate=accelerate)

    fit = calibrate(published.pattern_responses(published.LSAT7_PATTERNS), settings)

    assert fit.certificate.iterations == most


def test_extrapolations_that_overshoot_are_thrown_away_so_the_likelihood_never_falls() -> None:
    thrown_away = 0
    for seed in range(5):
        scores, _, _, _ = simulated(300 + seed, 60, 5)
        fit = calibrate(
            ResponseMatrix.from_array(scores), CalibrationSettings(refine_quadrature=False, standard_errors="none")
        )
        assert (np.diff(fit.certificate.trace) >= -1e-9).all()
        # One pass per EM map; an extrapolation thrown away costs one more.
        thrown_away += fit.certificate.e_steps > fit.certificate.iterations + 1

    assert thrown_away > 0


def test_progress_reports_every_iteration_and_may_stop_the_run() -> None:
    reports: list[tuple[int, float, float]] = []
    responses = published.pattern_responses(published.LSAT6_PATTERNS)

    fit = calibrate(responses, progress=lambda *report: reports.append(report))

    assert [report[1] for report in reports] == list(fit.certificate.trace)
    assert reports[-1][0] == fit.certificate.iterations
    assert reports[-1][2] == fit.certificate.max_change

    def cancel(iteration: int, log_likelihood: float, change: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(responses, progress=cancel)


def test_an_item_that_splits_candidates_perfectly_is_told_apart_and_not_called_converged() -> None:
    # A Guttman scale: every candidate has all easier items right and all harder ones wrong.
    scores = (np.arange(40)[:, None] > 3 * np.arange(12)).astype(np.int8)

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert not fit.converged
    assert "not_converged" in codes(fit)
    assert any("slope_diverging" in flags for flags in fit.flags)
    assert fit.certificate.items_at_bounds


def test_model_and_observed_category_shares_agree_at_the_maximum() -> None:
    # The gradient in the intercepts is zero, so the model reproduces the share of every category.
    rng = np.random.default_rng(24)
    items = ItemParameters.polytomous([f"q{i}" for i in range(8)], "GPCM", np.full(8, 0.9), rng.normal(size=(8, 2)))
    fit = calibrate(
        ResponseMatrix.from_array(simulate(rng, rng.normal(size=3000), items)), CalibrationSettings(model="GPCM")
    )

    expected = np.einsum("q,qjk->jk", fit.quadrature.weights, category_probabilities(fit.quadrature.nodes, fit.items))

    np.testing.assert_allclose(expected, fit.category_counts / 3000, atol=0.01)


def test_sandwich_standard_errors_equal_the_others_where_the_model_holds() -> None:
    scores, _, _, _ = simulated(40, 4000, 12)
    responses = ResponseMatrix.from_array(scores)

    found = [
        calibrate(responses, CalibrationSettings(standard_errors=method)).standard_errors
        for method in ("observed", "crossproduct", "sandwich")
    ]

    assert all(errors is not None for errors in found)
    observed, cross, sandwich = (errors.a for errors in found if errors is not None)
    np.testing.assert_allclose(cross, observed, rtol=0.15)
    np.testing.assert_allclose(sandwich, observed, rtol=0.15)
    assert np.abs(sandwich / observed - 1).max() > 1e-4


def test_sandwich_standard_errors_grow_where_answers_of_a_candidate_hang_together() -> None:
    # Every candidate counted twice as an independent one: the observed information is wrong by a factor of 2, and so is
    # the cross-product of scores with weights 2 instead of pairs; the sandwich of weighted rows stays half-way.
    scores, _, _, _ = simulated(41, 2000, 12)
    once = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(standard_errors="sandwich"))
    twice = calibrate(
        ResponseMatrix.from_array(scores, weights=np.full(2000, 2.0)), CalibrationSettings(standard_errors="sandwich")
    )

    assert once.standard_errors is not None
    assert twice.standard_errors is not None
    np.testing.assert_allclose(twice.standard_errors.a, once.standard_errors.a / np.sqrt(2.0), rtol=1e-4)


def test_the_delta_method_carries_errors_to_any_function_of_the_parameters() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS))
    assert fit.standard_errors is not None
    rows = [fit.positions(name, ["a", "d1"]) for name in fit.items.names]

    value, covariance = fit.delta_method(lambda p: np.array([-p[d] / p[a] for a, d in rows]))

    np.testing.assert_allclose(value, fit.items.b[:, 0])
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), fit.standard_errors.b[:, 0], rtol=1e-5)


def test_many_candidates_are_first_sampled_and_end_where_they_would_have_without() -> None:
    scores, _, _, _ = simulated(42, 220_000, 12)
    scores[:110_000, :4] = NOT_PRESENTED
    responses = ResponseMatrix.from_array(scores)

    sampled = calibrate(responses)
    # So few blocks that none is left out.
    whole = calibrate(responses, CalibrationSettings(block_rows=20_000))

    assert sampled.converged
    assert sampled.certificate.e_steps < whole.certificate.e_steps / 2
    assert sampled.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-5)
    np.testing.assert_allclose(sampled.items.a, whole.items.a, atol=1e-5)
    assert sampled.standard_errors is not None
    assert whole.standard_errors is not None
    np.testing.assert_allclose(sampled.standard_errors.a, whole.standard_errors.a, rtol=1e-4)


def test_information_that_misleads_is_left_aside() -> None:
    items = ItemParameters.dichotomous([f"q{item}" for item in range(8)], 1.0, np.linspace(-1.5, 1.5, 8))
    small = small_problem(items, "complete")
    size = small.state.phi.size + 2
    options = {"max_iterations": 500, "parameter_tolerance": 1e-7, "gradient_tolerance": 1e-4, "progress": None}

    plain = run_em(small.problem, small.state, accelerate=True, **options)  # type: ignore[arg-type]  # options by name
    misled = run_em(
        small.problem,
        small.state,
        accelerate=True,
        rough_information=1e-3 * np.eye(size),
        **options,  # type: ignore[arg-type]
    )

    assert misled.is_stationary
    np.testing.assert_allclose(misled.point.state.phi, plain.point.state.phi, atol=1e-4)


def test_candidates_who_are_all_alike_are_reported_and_their_mean_still_found() -> None:
    # With equal slopes the number right is sufficient; when all have the same, nothing speaks for any spread.
    rng = np.random.default_rng(2)
    truth = ItemParameters.dichotomous([f"q{item}" for item in range(20)], np.full(20, 1.5), np.linspace(-2, 2, 20))
    eleven_right = np.array([1] * 11 + [0] * 9, dtype=np.int8)
    responses = ResponseMatrix.from_array([rng.permutation(eleven_right) for _ in range(60)], truth.names)

    fit = calibrate(responses, fixed=truth)

    assert fit.converged
    assert "population_at_bound" in codes(fit)
    population = fit.groups[0]
    assert population.sd == pytest.approx(0.02)
    assert population.se_sd is None
    p = category_probabilities(np.array([population.mean]), truth)[0]
    assert p[:, 1].sum() == pytest.approx(11.0, abs=1e-3)
    assert population.se_mean == pytest.approx((60 * 1.5**2 * (p[:, 1] * p[:, 0]).sum()) ** -0.5, rel=0.01)
    held = calibrate(responses, CalibrationSettings(refine_quadrature=False), fixed=truth)
    assert not held.converged
    assert {"population_at_bound", "not_converged"} <= set(codes(held))


def test_a_population_of_which_everybody_is_right_is_not_called_converged() -> None:
    scores, _, _, _ = simulated(44, 400, 10)
    scores[:40] = 1
    settings = CalibrationSettings(reference_group="rest", max_iterations=60)

    fit = calibrate(ResponseMatrix.from_array(scores), settings, groups=np.repeat(["best", "rest"], [40, 360]))

    assert not fit.converged
    assert "not_converged" in codes(fit)
    assert fit.groups[1].mean > fit.groups[0].mean + 3.0


def test_a_population_far_from_the_nodes_is_followed() -> None:
    rng = np.random.default_rng(45)
    truth = ItemParameters.dichotomous([f"q{item}" for item in range(30)], np.full(30, 0.6), np.linspace(-16, 2, 30))

    fit = calibrate(
        ResponseMatrix.from_array(simulate(rng, rng.normal(-9.0, 3.0, 800), truth), truth.names),
        fixed=truth.select(truth.names[::2]),
    )

    assert fit.converged
    assert codes(fit) == ["quadrature_refined"]
    population = fit.groups[0]
    assert population.se_mean is not None
    assert population.se_sd is not None
    assert abs(population.mean + 9.0) < 3 * population.se_mean
    assert abs(population.sd - 3.0) < 3 * population.se_sd
