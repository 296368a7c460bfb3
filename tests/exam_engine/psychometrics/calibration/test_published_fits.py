"""Calibrations against reference results of other programs, at default settings."""

import numpy as np
import pytest

from exam_engine.psychometrics import (
    CalibrationResult,
    CalibrationSettings,
    Prior,
    Priors,
    ResponseMatrix,
    calibrate,
)
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, simulated_responses


@pytest.fixture(scope="module")
def lsat6() -> CalibrationResult:
    return calibrate(published.pattern_responses(published.LSAT6_PATTERNS))


def fit_lsat6(**settings: object) -> CalibrationResult:
    responses = published.pattern_responses(published.LSAT6_PATTERNS)
    return calibrate(responses, CalibrationSettings(**settings))  # type: ignore[arg-type]  # settings by name


def test_the_published_tables_hold_a_thousand_candidates_each() -> None:
    assert sum(published.LSAT6_PATTERNS.values()) == 1000
    assert sum(published.LSAT7_PATTERNS.values()) == 1000


def test_lsat6_has_the_published_estimates(lsat6: CalibrationResult) -> None:
    assert lsat6.converged
    assert lsat6.log_likelihood == pytest.approx(published.LSAT6_LOG_LIKELIHOOD, abs=1e-6)
    assert lsat6.aic == pytest.approx(published.LSAT6_AIC, abs=1e-5)
    assert lsat6.bic == pytest.approx(published.LSAT6_BIC, abs=1e-5)
    assert lsat6.n_parameters == 10
    assert lsat6.n_candidates == 1000
    np.testing.assert_allclose(lsat6.items.a, published.LSAT6_A, atol=1e-4)
    np.testing.assert_allclose(lsat6.items.b[:, 0], published.LSAT6_B, atol=1e-4)
    np.testing.assert_allclose(lsat6.items.d[:, 0], published.LSAT6_D, atol=1e-4)


def test_lsat6_has_the_reference_standard_errors(lsat6: CalibrationResult) -> None:
    errors = lsat6.standard_errors
    assert errors is not None
    np.testing.assert_allclose(errors.a, published.LSAT6_SE_A, rtol=1e-4)
    np.testing.assert_allclose(errors.b[:, 0], published.LSAT6_SE_B, rtol=1e-4)
    np.testing.assert_allclose(errors.d[:, 0], published.LSAT6_SE_D, rtol=1e-4)


def test_lsat6_has_the_reference_standard_errors_from_the_cross_product() -> None:
    errors = fit_lsat6(standard_errors="crossproduct").standard_errors
    assert errors is not None
    np.testing.assert_allclose(errors.a, published.LSAT6_CROSS_PRODUCT_SE_A, rtol=1e-4)
    np.testing.assert_allclose(errors.d[:, 0], published.LSAT6_CROSS_PRODUCT_SE_D, rtol=1e-4)


def test_lsat7_has_the_published_estimates() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT7_PATTERNS))

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(published.LSAT7_LOG_LIKELIHOOD, abs=1e-4)
    np.testing.assert_allclose(fit.items.a, published.LSAT7_A, atol=1e-4)
    np.testing.assert_allclose(fit.items.b[:, 0], published.LSAT7_B, atol=1e-4)


def test_the_one_parameter_model_has_the_published_estimates() -> None:
    fit = fit_lsat6(model="1PL")

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(published.LSAT6_1PL_LOG_LIKELIHOOD, abs=1e-4)
    assert fit.n_parameters == 6
    np.testing.assert_allclose(fit.items.a, published.LSAT6_1PL_A, atol=1e-4)
    np.testing.assert_allclose(fit.items.b[:, 0], published.LSAT6_1PL_B, atol=1e-4)
    lsat7 = calibrate(published.pattern_responses(published.LSAT7_PATTERNS), CalibrationSettings(model="1PL"))
    assert lsat7.log_likelihood == pytest.approx(-2664.9009, abs=1e-4)


def test_the_rasch_model_is_the_one_parameter_model_in_units_of_its_slope() -> None:
    rasch, one = fit_lsat6(model="Rasch"), fit_lsat6(model="1PL")

    assert rasch.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    assert rasch.n_parameters == 6
    np.testing.assert_array_equal(rasch.items.a, 1.0)
    assert rasch.groups[0].sd == pytest.approx(published.LSAT6_1PL_A, abs=1e-4)
    np.testing.assert_allclose(rasch.items.d, one.items.d, atol=1e-4)
    # R package mirt 1.45.1, Oakes' method: standard errors of the intercepts, and of the variance.
    errors = rasch.standard_errors
    assert errors is not None
    np.testing.assert_allclose(
        errors.d[:, 0], [0.130441341699, 0.079177471661, 0.071774787666, 0.08463825267, 0.105445162366], rtol=1e-4
    )
    assert rasch.groups[0].se_sd is not None
    assert 2.0 * rasch.groups[0].sd * rasch.groups[0].se_sd == pytest.approx(0.10486399044649, rel=1e-4)
    assert np.isnan(errors.a).all()


def test_the_three_parameter_model_under_a_prior_has_the_reference_estimates() -> None:
    # R package mirt 1.45.1: logit(c) normal with mean logit(0.2) and standard deviation 0.5.
    prior = Prior("logitnormal", float(np.log(0.2 / 0.8)), 0.5)

    fit = fit_lsat6(model="3PL", priors=Priors(lower=prior))

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(-2466.80810645829, abs=1e-4)
    assert fit.log_prior == pytest.approx(-1.13338415990035, abs=1e-4)
    assert fit.items.a[0] == pytest.approx(0.846899862094, abs=1e-4)
    assert fit.items.b[0, 0] == pytest.approx(-2.98515081187, abs=1e-3)
    assert fit.items.c[0] == pytest.approx(0.199649429588, abs=1e-5)
    errors = fit.standard_errors
    assert errors is not None
    np.testing.assert_allclose(
        errors.a, [0.284079468428, 0.245546137988, 0.457870362679, 0.224088434117, 0.235859384212], rtol=1e-3
    )
    np.testing.assert_allclose(
        errors.b[:, 0], [0.832870480777, 0.323015259935, 0.212533918106, 0.412737795933, 0.757798247273], rtol=1e-3
    )
    np.testing.assert_allclose(
        errors.c, [0.079801354941, 0.079223622182, 0.074494617738, 0.079396993245, 0.079711863668], rtol=1e-3
    )


def test_two_groups_with_equal_items_have_the_reference_likelihood_and_populations() -> None:
    # R package mirt 1.45.1, full invariance with free mean and variance of the second group.
    fit = calibrate(simulated_responses(), CalibrationSettings(reference_group="F"), groups=GROUPS)

    assert fit.converged
    assert [group.name for group in fit.groups] == ["F", "R"]
    assert fit.log_likelihood == pytest.approx(-21517.1727972073, abs=1e-4)
    assert fit.groups[1].mean == pytest.approx(-0.271567, abs=1e-4)
    assert fit.groups[1].sd ** 2 == pytest.approx(0.951871, abs=1e-4)
    assert fit.items.a[0] == pytest.approx(1.55324422, abs=1e-3)
    assert fit.items.d[0, 0] == pytest.approx(-1.77636135, abs=1e-3)


def test_items_can_be_freed_between_groups_by_a_column_for_each() -> None:
    # R package mirt 1.45.1: items 1, 2, 4, 5 and 6 equal in both groups, all others free.
    responses = simulated_responses()
    anchors = [0, 1, 3, 4, 5]
    others = [item for item in range(20) if item not in anchors]
    is_first = np.array(GROUPS == "R")[:, None]
    apart = [np.where(is_first == own, responses.scores[:, others], -1) for own in (True, False)]
    table = np.hstack([responses.scores[:, anchors], *apart]).astype(np.int8)

    fit = calibrate(ResponseMatrix.from_array(table), CalibrationSettings(reference_group="F"), groups=GROUPS)

    assert fit.log_likelihood == pytest.approx(-21461.7042455991, abs=1e-4)
    assert fit.groups[1].mean == pytest.approx(-0.249286, abs=1e-3)
    assert fit.groups[1].sd ** 2 == pytest.approx(0.823478, abs=1e-3)
