import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import beta, lognorm, norm

from exam_engine.psychometrics import Prior, Priors

WORKING = np.array([0.2, 0.7, 1.3, 2.4])


def test_densities_are_those_of_the_metric_in_which_they_are_stated() -> None:
    np.testing.assert_allclose(Prior("normal", 0.5, 2.0).terms(WORKING).value, norm(0.5, 2.0).logpdf(WORKING))
    np.testing.assert_allclose(
        Prior("lognormal", 0.1, 0.4).terms(WORKING).value, lognorm(0.4, scale=np.exp(0.1)).logpdf(WORKING)
    )
    np.testing.assert_allclose(Prior("logitnormal", -1.0, 0.5).terms(WORKING).value, norm(-1.0, 0.5).logpdf(WORKING))
    # The density of the proportion itself, without the Jacobian of the logit: the mode is that of the Beta.
    np.testing.assert_allclose(Prior("beta", 5.0, 17.0).terms(WORKING).value, beta(5, 17).logpdf(expit(WORKING)))


def test_the_beta_prior_pulls_to_its_mode() -> None:
    mode = (5.0 - 1.0) / (5.0 + 17.0 - 2.0)

    slope = Prior("beta", 5.0, 17.0).terms(np.log([mode / (1.0 - mode)])).slope

    np.testing.assert_allclose(slope, 0.0, atol=1e-12)


@given(
    st.sampled_from(
        [Prior("normal", 0.5, 2.0), Prior("lognormal", 0.1, 0.4), Prior("logitnormal", -1.0, 0.5), Prior("beta", 5, 17)]
    ),
    st.floats(0.05, 3.0),
)
def test_derivatives_are_finite_differences(prior: Prior, at: float) -> None:
    step = 1e-4 * at
    below, here, above = (prior.terms(np.array([at + shift])) for shift in (-step, 0.0, step))

    np.testing.assert_allclose(here.slope, (above.value - below.value) / (2 * step), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(here.information, -(above.slope - below.slope) / (2 * step), rtol=1e-5, atol=1e-5)


def test_a_slope_of_zero_or_less_is_impossible_under_a_log_normal_prior() -> None:
    assert Prior("lognormal", 0.0, 0.5).terms(np.array([0.0, -1.0])).value.tolist() == [-np.inf, -np.inf]


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("beta(5, 17)", Prior("beta", 5.0, 17.0)),
        ("normal(0,1)", Prior("normal", 0.0, 1.0)),
        (" logitnormal(-1.386, 0.5)", Prior("logitnormal", -1.386, 0.5)),
    ],
)
def test_priors_are_read_from_text(text: str, prior: Prior) -> None:
    assert Prior.parse(text) == prior


@pytest.mark.parametrize(
    "text", ["beta", "beta(5)", "beta(5, 17", "beta(a, b)", "gamma(1, 1)", "beta(0, 1)", "normal(0, 0)"]
)
def test_text_that_is_no_prior_is_refused_with_the_text_or_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match="prior"):
        Prior.parse(text)


@pytest.mark.parametrize(
    ("name", "prior"),
    [
        ("slope", Prior("beta", 5, 17)),
        ("intercept", Prior("lognormal", 0, 1)),
        ("lower", Prior("normal", 0, 1)),
        ("upper", Prior("lognormal", 0, 1)),
    ],
)
def test_a_prior_that_does_not_fit_its_parameter_is_refused(name: str, prior: Prior) -> None:
    with pytest.raises(ValueError, match=f"does not fit {name}"):
        Priors(**{name: prior})


def test_a_beta_prior_stays_a_number_where_the_asymptote_is_next_to_nothing() -> None:
    terms = Prior("beta", 1.0, 40.0).terms(np.array([-800.0, 800.0]))

    # Beta(1, β) has density β at 0; log(1 − c) is −800 at a logit of 800.
    np.testing.assert_allclose(terms.value, [np.log(40.0), np.log(40.0) - 39.0 * 800.0])
    assert np.isfinite(terms.slope).all()
    assert np.isfinite(terms.information).all()
