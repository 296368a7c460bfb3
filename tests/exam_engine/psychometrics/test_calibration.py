import json

import numpy as np
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ResponseMatrix,
    calibrate,
    normal_quadrature,
    p_correct,
    simulate_scores,
)
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.calibration import ModelName
from exam_engine.psychometrics.design import response_blocks
from exam_engine.psychometrics.marginal_likelihood import expectation, posterior_spread
from tests.exam_engine.psychometrics import published


@pytest.fixture(scope="module")
def lsat6() -> CalibrationResult:
    return calibrate(published.pattern_responses(published.LSAT6_PATTERNS))


def simulated(
    seed: int, n_candidates: int, n_items: int
) -> tuple[ScoreArray, FloatArray, FloatArray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    a, b = rng.lognormal(0.0, 0.3, n_items), rng.normal(size=n_items)
    return simulate_scores(rng, rng.normal(size=n_candidates), a, b), a, b, rng


def codes(fit: CalibrationResult) -> list[str]:
    return [warning.code for warning in fit.warnings]


def test_lsat6_has_the_published_estimates_at_default_settings(lsat6: CalibrationResult) -> None:
    assert lsat6.converged
    assert lsat6.log_likelihood == pytest.approx(published.LSAT6_LOG_LIKELIHOOD, abs=1e-6)
    assert lsat6.aic == pytest.approx(published.LSAT6_AIC, abs=1e-5)
    assert lsat6.bic == pytest.approx(published.LSAT6_BIC, abs=1e-5)
    assert lsat6.n_parameters == 10
    assert lsat6.n_candidates == 1000
    np.testing.assert_allclose(lsat6.a, published.LSAT6_A, atol=1e-4)
    np.testing.assert_allclose(lsat6.b, published.LSAT6_B, atol=1e-4)
    np.testing.assert_allclose(lsat6.d, published.LSAT6_D, atol=1e-4)


def test_lsat6_has_the_reference_standard_errors(lsat6: CalibrationResult) -> None:
    assert lsat6.se_a is not None
    assert lsat6.se_b is not None
    assert lsat6.se_d is not None
    np.testing.assert_allclose(lsat6.se_a, published.LSAT6_SE_A, rtol=1e-4)
    np.testing.assert_allclose(lsat6.se_b, published.LSAT6_SE_B, rtol=1e-4)
    np.testing.assert_allclose(lsat6.se_d, published.LSAT6_SE_D, rtol=1e-4)


def test_lsat7_has_the_published_estimates_at_default_settings() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT7_PATTERNS))

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(published.LSAT7_LOG_LIKELIHOOD, abs=1e-4)
    np.testing.assert_allclose(fit.a, published.LSAT7_A, atol=1e-4)
    np.testing.assert_allclose(fit.b, published.LSAT7_B, atol=1e-4)


def test_the_published_tables_hold_a_thousand_candidates_each() -> None:
    assert sum(published.LSAT6_PATTERNS.values()) == 1000
    assert sum(published.LSAT7_PATTERNS.values()) == 1000


def test_the_fit_proves_its_own_maximum(lsat6: CalibrationResult) -> None:
    assert lsat6.max_gradient <= 1e-6 * 1000
    assert lsat6.max_change <= 1e-6
    assert lsat6.newton_decrement is not None
    assert 0.0 <= lsat6.newton_decrement < 1e-9
    assert lsat6.covariance is not None
    assert (np.linalg.eigvalsh(lsat6.covariance) > 0).all()
    assert lsat6.condition_number is not None
    assert lsat6.condition_number >= 1.0
    assert (np.diff(lsat6.log_likelihood_trace) >= -1e-9).all()
    assert lsat6.warnings == ()
    assert lsat6.flags == ((),) * 5


def test_extrapolation_changes_the_work_but_not_the_estimates(lsat6: CalibrationResult) -> None:
    plain = calibrate(
        published.pattern_responses(published.LSAT6_PATTERNS),
        CalibrationSettings(accelerate=False, parameter_tolerance=1e-7),
    )

    assert plain.converged
    np.testing.assert_allclose(plain.a, lsat6.a, atol=1e-4)
    assert plain.e_steps > 2 * lsat6.e_steps


def test_weighted_patterns_equal_one_row_per_candidate(lsat6: CalibrationResult) -> None:
    expanded = calibrate(published.expanded_responses(published.LSAT6_PATTERNS))

    assert expanded.log_likelihood == pytest.approx(lsat6.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(expanded.a, lsat6.a, atol=1e-8)
    np.testing.assert_allclose(expanded.n_responses, 1000.0)


def test_the_order_of_items_and_of_candidates_does_not_matter() -> None:
    scores, _, _, rng = simulated(11, 300, 8)
    scores[rng.random(scores.shape) < 0.2] = NOT_PRESENTED
    rows, columns = rng.permutation(300), rng.permutation(8)
    names = [f"q{item}" for item in range(8)]

    one = calibrate(ResponseMatrix.from_array(scores, names))
    two = calibrate(ResponseMatrix.from_array(scores[rows][:, columns], [names[column] for column in columns]))

    assert two.item_names == tuple(names[column] for column in columns)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(two.a, one.a[columns], atol=1e-7)
    np.testing.assert_allclose(two.d, one.d[columns], atol=1e-7)


def test_the_size_of_the_blocks_does_not_matter() -> None:
    scores, _, _, rng = simulated(12, 400, 8)
    scores[rng.random(scores.shape) < 0.1] = NOT_PRESENTED
    responses = ResponseMatrix.from_array(scores)

    small = calibrate(responses, CalibrationSettings(block_rows=7))
    large = calibrate(responses, CalibrationSettings(block_rows=10_000))

    np.testing.assert_allclose(small.a, large.a, atol=1e-9)
    assert small.covariance is not None
    assert large.covariance is not None
    np.testing.assert_allclose(small.covariance, large.covariance, rtol=1e-7, atol=1e-12)


def test_two_booklets_with_common_items_recover_the_parameters_of_both() -> None:
    scores, a, b, _ = simulated(13, 4000, 18)
    scores[:2000, 12:] = NOT_PRESENTED
    scores[2000:, :6] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.converged
    assert codes(fit) == []
    assert fit.se_a is not None
    assert fit.se_b is not None
    # Standardised errors of 18 items: their mean square is a chi-square over its degrees of freedom, near 1.
    assert np.mean(((fit.a - a) / fit.se_a) ** 2) < 2.0
    assert np.mean(((fit.b - b) / fit.se_b) ** 2) < 2.0
    np.testing.assert_array_equal(fit.n_responses, [2000.0] * 6 + [4000.0] * 6 + [2000.0] * 6)


def test_items_that_no_candidate_links_are_reported() -> None:
    scores, _, _, _ = simulated(14, 4000, 8)
    scores[:2000, 4:] = NOT_PRESENTED
    scores[2000:, :4] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert [(warning.code, dict(warning.data)) for warning in fit.warnings] == [("unlinked_items", {"sets": 2})]


def test_items_without_a_maximum_are_left_out_with_the_reason() -> None:
    scores, _, _, _ = simulated(15, 300, 6)
    unused = np.full((300, 1), NOT_PRESENTED, dtype=np.int8)
    easy, hard = np.ones((300, 1), dtype=np.int8), np.zeros((300, 1), dtype=np.int8)
    table = np.hstack([scores[:, :2], easy, hard, unused, scores[:, 2:]])
    names = ["q1", "q2", "easy", "hard", "unused", "q3", "q4", "q5", "q6"]

    fit = calibrate(ResponseMatrix.from_array(table, names))
    alone = calibrate(ResponseMatrix.from_array(scores))

    assert [(item.name, item.reason) for item in fit.excluded] == [
        ("easy", "all_correct"),
        ("hard", "all_wrong"),
        ("unused", "never_presented"),
    ]
    assert fit.item_names == ("q1", "q2", "q3", "q4", "q5", "q6")
    np.testing.assert_allclose(fit.a, alone.a, atol=1e-9)
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)


def test_one_wrong_answer_is_enough_for_an_item_to_be_estimated_but_flagged() -> None:
    scores, _, _, _ = simulated(16, 300, 6)
    scores[:, 0] = 1
    scores[5, 0] = 0

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.excluded == ()
    assert "few_right_or_wrong" in fit.flags[0]
    assert fit.flags[1] == ()


def test_candidates_who_saw_nothing_are_counted_apart() -> None:
    scores, _, _, _ = simulated(17, 300, 6)
    silent = np.vstack([scores, np.full((7, 6), NOT_PRESENTED, dtype=np.int8)])

    fit = calibrate(ResponseMatrix.from_array(silent))

    assert fit.n_candidates == 300
    assert [(warning.code, dict(warning.data)) for warning in fit.warnings] == [
        ("candidates_without_responses", {"candidates": 7.0})
    ]
    assert fit.log_likelihood == pytest.approx(calibrate(ResponseMatrix.from_array(scores)).log_likelihood, rel=1e-12)


def test_fewer_than_three_estimable_items_are_refused() -> None:
    scores, _, _, _ = simulated(18, 300, 3)
    assert calibrate(ResponseMatrix.from_array(scores)).a.size == 3

    scores[:, 2] = 1
    with pytest.raises(CalibrationError, match="needs at least 3") as caught:
        calibrate(ResponseMatrix.from_array(scores))
    assert caught.value.code == "too_few_items"
    assert caught.value.data == {"estimable": 2, "needed": 3}


def test_a_wrong_key_gives_a_negative_slope_and_a_flag() -> None:
    scores, a, _, _ = simulated(19, 1500, 15)
    scores[:, 4] = 1 - scores[:, 4]

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.converged
    assert fit.a[4] == pytest.approx(-a[4], abs=0.25)
    assert fit.flags[4] == ("negative_slope",)
    assert all("negative_slope" not in flags for number, flags in enumerate(fit.flags) if number != 4)


def test_an_item_that_measures_nothing_is_flagged_and_not_bounded() -> None:
    scores, _, _, rng = simulated(20, 2000, 15)
    scores[:, 3] = rng.random(2000) < 0.9

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert abs(fit.a[3]) < 0.2
    assert "slope_near_zero" in fit.flags[3]
    assert abs(fit.b[3]) > 6.0
    assert "difficulty_extreme" in fit.flags[3]


def test_two_hundred_responses_are_enough_and_one_less_is_flagged() -> None:
    scores, _, _, _ = simulated(21, 200, 5)
    scores[0, 0] = NOT_PRESENTED

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert "few_responses" in fit.flags[0]
    assert all("few_responses" not in flags for flags in fit.flags[1:])


def test_a_long_informative_test_refines_its_own_quadrature() -> None:
    rng = np.random.default_rng(22)
    a, b = rng.uniform(2.0, 3.0, 120), rng.uniform(-1.5, 1.5, 120)
    responses = ResponseMatrix.from_array(simulate_scores(rng, rng.normal(size=1200), a, b))

    fit = calibrate(responses)
    coarse = calibrate(responses, CalibrationSettings(refine_quadrature=False))
    fine = calibrate(responses, CalibrationSettings(n_nodes=481))

    assert codes(fit) == ["quadrature_refined"]
    assert fit.quadrature.nodes.size > 61
    assert codes(coarse) == ["quadrature_coarse"]
    assert codes(fine) == []
    assert fit.log_likelihood == pytest.approx(fine.log_likelihood, abs=1e-4)
    assert abs(coarse.log_likelihood - fine.log_likelihood) > 0.01


def test_running_out_of_iterations_is_not_called_convergence() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS), CalibrationSettings(max_iterations=3))

    assert not fit.converged
    assert fit.iterations == 3
    assert "not_converged" in codes(fit)
    assert fit.newton_decrement is not None
    # The Newton decrement foretells how much likelihood is still missing.
    missing = published.LSAT6_LOG_LIKELIHOOD - fit.log_likelihood
    assert fit.newton_decrement == pytest.approx(missing, rel=0.3)


def test_progress_reports_every_iteration_and_may_stop_the_run() -> None:
    reports: list[tuple[int, float, float]] = []
    responses = published.pattern_responses(published.LSAT6_PATTERNS)

    fit = calibrate(responses, progress=lambda *report: reports.append(report))

    assert [report[1] for report in reports] == list(fit.log_likelihood_trace[:-1])
    assert reports[-1][0] == fit.iterations
    assert reports[-1][2] == fit.max_change

    def cancel(iteration: int, log_likelihood: float, change: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(responses, progress=cancel)


def test_standard_errors_can_be_left_out() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS), CalibrationSettings(standard_errors=False))

    assert fit.converged
    assert (fit.se_a, fit.se_b, fit.se_d, fit.covariance, fit.newton_decrement) == (None,) * 5


@pytest.mark.parametrize("model", ["2PL", "1PL"])
@pytest.mark.parametrize("standard_errors", [True, False])
def test_a_result_survives_json(standard_errors: bool, model: ModelName) -> None:
    scores, _, _, _ = simulated(23, 150, 5)
    scores[:, 4] = 1
    settings = CalibrationSettings(standard_errors=standard_errors, model=model)
    fit = calibrate(ResponseMatrix.from_array(scores), settings)

    text = json.dumps(fit.to_dict(), allow_nan=False)
    read = CalibrationResult.from_dict(json.loads(text))

    assert json.dumps(read.to_dict(), allow_nan=False) == text
    np.testing.assert_array_equal(read.a, fit.a)
    np.testing.assert_array_equal(read.quadrature.weights, fit.quadrature.weights)
    assert read.settings == fit.settings
    assert read.excluded == fit.excluded
    assert read.flags == fit.flags
    if standard_errors:
        assert read.covariance is not None
        assert fit.covariance is not None
        np.testing.assert_allclose(read.covariance, fit.covariance, rtol=1e-12)


def test_a_result_of_another_format_or_version_is_refused(lsat6: CalibrationResult) -> None:
    for change in ({"format": "other"}, {"version": 2}):
        with pytest.raises(CalibrationError, match="expected exam-engine/calibration version 1") as caught:
            CalibrationResult.from_dict(lsat6.to_dict() | change)
        assert caught.value.code == "unknown_format"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"n_nodes": 2}, "n_nodes is 2"),
        ({"max_iterations": 0}, "max_iterations is 0"),
        ({"block_rows": 0}, "block_rows is 0"),
        ({"parameter_tolerance": 0.0}, "parameter_tolerance"),
        ({"gradient_tolerance": -1.0}, "gradient_tolerance"),
        ({"theta_min": 6.0}, "theta_min 6.0 is not below"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        CalibrationSettings(**settings)  # type: ignore[arg-type]  # one dict for fields of different types


def test_expected_and_observed_proportions_correct_agree_at_the_maximum() -> None:
    # The gradient in d is zero, so the model reproduces every item's difficulty when all candidates saw all items.
    scores, _, _, _ = simulated(24, 800, 10)
    fit = calibrate(ResponseMatrix.from_array(scores))
    rule = normal_quadrature()

    expected = rule.weights @ p_correct(rule.nodes, fit.a, fit.b)

    np.testing.assert_allclose(expected, fit.proportion_correct, atol=0.01)


@pytest.mark.slow
def test_parameters_are_recovered_without_bias_and_with_honest_standard_errors() -> None:
    errors_a, errors_b, z_a, z_b = [], [], [], []
    for seed in range(20):
        scores, a, b, _ = simulated(1000 + seed, 5000, 40)
        fit = calibrate(ResponseMatrix.from_array(scores))
        assert fit.converged
        assert fit.se_a is not None
        assert fit.se_b is not None
        errors_a.append(fit.a - a)
        errors_b.append(fit.b - b)
        z_a.append(errors_a[-1] / fit.se_a)
        z_b.append(errors_b[-1] / fit.se_b)

    # 800 items; errors within a fit share the sampled abilities, so the bounds are wider than for independent ones.
    assert abs(np.mean(errors_a)) < 0.01
    assert abs(np.mean(errors_b)) < 0.02
    assert np.mean(np.square(z_a)) == pytest.approx(1.0, abs=0.2)
    assert np.mean(np.square(z_b)) == pytest.approx(1.0, abs=0.2)
    assert np.mean(np.abs(z_a) < 1.96) == pytest.approx(0.95, abs=0.03)


def test_an_item_that_splits_candidates_perfectly_is_told_apart_and_not_called_converged() -> None:
    # A Guttman scale: every candidate has all easier items right and all harder ones wrong.
    scores = (np.arange(40)[:, None] > 3 * np.arange(12)).astype(np.int8)

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert not fit.converged
    assert "not_converged" in codes(fit)
    assert any("slope_diverging" in flags for flags in fit.flags)


@pytest.mark.parametrize("accelerate", [True, False])
@pytest.mark.parametrize("most", [1, 2, 5, 6])
def test_no_more_iterations_are_made_than_allowed(most: int, accelerate: bool) -> None:
    settings = CalibrationSettings(max_iterations=most, accelerate=accelerate)

    assert calibrate(published.pattern_responses(published.LSAT7_PATTERNS), settings).iterations == most


def test_the_one_parameter_model_has_the_published_estimates_of_lsat6() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS), CalibrationSettings(model="1PL"))

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(published.LSAT6_1PL_LOG_LIKELIHOOD, abs=1e-4)
    assert fit.n_parameters == 6
    np.testing.assert_allclose(fit.a, published.LSAT6_1PL_A, atol=1e-4)
    np.testing.assert_allclose(fit.b, published.LSAT6_1PL_B, atol=1e-4)


def test_the_one_parameter_model_has_the_published_log_likelihood_of_lsat7() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT7_PATTERNS), CalibrationSettings(model="1PL"))

    assert fit.log_likelihood == pytest.approx(-2664.9009, abs=1e-4)


def test_standard_errors_of_the_one_parameter_model_come_from_its_own_information() -> None:
    settings = CalibrationSettings(model="1PL")
    responses = published.pattern_responses(published.LSAT6_PATTERNS)
    fit = calibrate(responses, settings)
    blocks = response_blocks(responses.scores, responses.presented, responses.weights, 64)
    rule = normal_quadrature()

    def log_likelihood(parameters: FloatArray) -> float:
        return expectation(blocks, np.full(5, parameters[0]), parameters[1:], rule).log_likelihood

    at, step = np.concatenate([fit.a[:1], fit.d]), 1e-3 * np.eye(6)
    hessian = np.array(
        [
            [
                log_likelihood(at + one + other)
                - log_likelihood(at + one - other)
                - log_likelihood(at - one + other)
                + log_likelihood(at - one - other)
                for other in step
            ]
            for one in step
        ]
    ) / (4 * 1e-6)
    covariance = np.linalg.inv(-hessian)

    assert fit.se_a is not None
    assert fit.se_d is not None
    np.testing.assert_allclose(fit.se_a, np.sqrt(covariance[0, 0]), rtol=1e-4)
    np.testing.assert_allclose(fit.se_d, np.sqrt(np.diag(covariance)[1:]), rtol=1e-4)


def test_the_one_parameter_model_needs_two_items_and_a_known_name() -> None:
    scores, _, _, _ = simulated(25, 300, 3)
    one = CalibrationSettings(model="1PL")
    assert calibrate(ResponseMatrix.from_array(scores[:, :2]), one).a.size == 2

    with pytest.raises(CalibrationError, match="1PL needs at least 2"):
        calibrate(ResponseMatrix.from_array(scores[:, :1]), one)
    with pytest.raises(ValueError, match="model '3PL' is not one of 2PL, 1PL"):
        CalibrationSettings(model="3PL")  # type: ignore[arg-type]  # the mistake under test


def test_extrapolations_that_overshoot_are_thrown_away_so_the_likelihood_never_falls() -> None:
    thrown_away = 0
    for seed in range(12):
        scores, _, _, _ = simulated(300 + seed, 60, 5)
        fit = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(refine_quadrature=False))
        assert (np.diff(fit.log_likelihood_trace) >= -1e-9).all()
        # One pass per EM map and one at the end; an extrapolation thrown away costs one more.
        thrown_away += fit.e_steps > fit.iterations + 1

    assert thrown_away > 0


def test_nodes_are_refined_when_the_narrowest_posterior_is_narrower_than_their_spacing_and_not_before() -> None:
    scores, _, _, _ = simulated(26, 500, 40)
    responses = ResponseMatrix.from_array(scores)
    fine = calibrate(responses, CalibrationSettings(n_nodes=481))
    blocks = response_blocks(responses.scores, responses.presented, responses.weights, 512)
    narrowest = posterior_spread(blocks, fine.a, fine.d, fine.quadrature).smallest_sd

    for spacing, expected in ((0.95 * narrowest, []), (1.05 * narrowest, ["quadrature_refined"])):
        reach = 30 * spacing
        fit = calibrate(responses, CalibrationSettings(n_nodes=61, theta_min=-reach, theta_max=reach))
        assert codes(fit) == expected


def test_nodes_that_end_where_candidates_are_give_a_warning() -> None:
    scores, _, _, _ = simulated(27, 500, 20)

    assert codes(calibrate(ResponseMatrix.from_array(scores))) == []
    short = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(theta_min=-2.0, theta_max=2.0))
    assert codes(short) == ["quadrature_range"]
